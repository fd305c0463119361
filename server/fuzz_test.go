package server

import (
	"bytes"
	"testing"
	"time"

	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/contact"
)

// Whatever a token is, reading it does no harm, and what passes is of a decision that
// was signed.
func FuzzToken(f *testing.F) {
	ours := &tokens{key: []byte("secret")}
	const id = scoring.DecisionID("01kbcd0000000000000000000g")
	good := string(ours.forDecision("shop", id).of(1, scoring.Led{Page: scoring.PageHome, Position: 3, Propensity: 0.5}))
	f.Add(good)
	f.Add(good[:len(good)-8])
	f.Add("")
	f.Fuzz(func(t *testing.T, token string) {
		var v violations
		led := ours.read(&v, "token", "shop", token)
		place, ok := placeOf(token)
		if led != nil && (len(v) > 0 || !ok || place.decision != id) {
			t.Errorf("%q passes as of decision %q, %v", token, place.decision, v)
		}
		if token != "" && led == nil && len(v) == 0 && !ok {
			t.Errorf("%q is refused without a word", token)
		}
	})
}

// Whatever a blob is, opening it does no harm, and only what was sealed opens.
func FuzzBlob(f *testing.F) {
	ours := &blobs{secret: []byte("secret"), chance: bytes.NewReader(make([]byte, 64))}
	now := time.Unix(1_770_000_000, 0)
	good, err := ours.seal("shop", contact.Log{}, now)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(good[:len(good)-1])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, blob []byte) {
		var v violations
		ours.open(&v, "contact_blob", "shop", blob, now)
		if len(blob) > 0 && (len(v) == 0) != bytes.Equal(blob, good) {
			t.Errorf("%x: %v", blob, v)
		}
	})
}

// Whatever bytes come as a message, the codec takes what protobuf takes, and of all else
// it says what is wrong.
func FuzzCodec(f *testing.F) {
	good, err := proto.Marshal(&pb.DecideRequest{
		Site: "sites/shop", Visitor: &pb.VisitorKey{DeviceId: "d"}, Context: &pb.PageContext{SearchQuery: "tents"},
		Placements: []*pb.PlacementRequest{{Placement: "home", Count: 4}},
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(good[:len(good)-1])
	f.Add(protowire.AppendString(protowire.AppendTag(nil, 1, protowire.BytesType), "\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		want := proto.Unmarshal(b, &pb.DecideRequest{})
		var got pb.DecideRequest
		if err := Codec().Unmarshal(mem.BufferSlice{mem.SliceBuffer(b)}, &got); err != nil {
			t.Fatalf("%x: %v: gRPC would answer INTERNAL", b, err)
		}
		if note := noted(&got); want != nil && note == nil {
			t.Errorf("%x passes, and is no message: %v", b, want)
		}
	})
}

// Whatever a page token is, reading it does no harm, and what passes is one of ours.
func FuzzPageToken(f *testing.F) {
	f.Add(pageToken("tent-1"))
	f.Add("%%%")
	f.Fuzz(func(t *testing.T, token string) {
		var v violations
		last := pageAfter(&v, token)
		if len(v) == 0 && pageAfter(&v, pageToken(last)) != last {
			t.Errorf("%q is read as %q", token, last)
		}
	})
}
