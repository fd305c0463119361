package server_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/server"
)

func (s *shop) erase(name string) *pb.EraseVisitorResponse {
	s.t.Helper()
	resp, err := s.visitors.EraseVisitor(s.t.Context(), &pb.EraseVisitorRequest{Name: name})
	must(s.t, err)
	return resp
}

// export returns the lines, and the error that ends them.
func (s *shop) export(name string) (lines []string, err error) {
	s.t.Helper()
	stream, err := s.visitors.ExportVisitor(s.t.Context(), &pb.ExportVisitorRequest{Name: name})
	must(s.t, err)
	for {
		resp, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return lines, nil
		}
		if err != nil {
			return lines, err
		}
		lines = append(lines, resp.GetLines()...)
	}
}

func (s *shop) compact() (last *pb.CompactResponse) {
	s.t.Helper()
	stream, err := pb.NewAdminServiceClient(s.conn).Compact(s.t.Context(), &pb.CompactRequest{})
	must(s.t, err)
	for {
		resp, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return last
		}
		must(s.t, err)
		last = resp
	}
}

// shopWithPast has products, banners, and two visitors who did much alike.
func shopWithPast(t *testing.T) *shop {
	// Its clock stands still while nothing happens, so that nothing decays meanwhile.
	s := &shop{t: t, dir: t.TempDir(), clock: &server.EventClock{}}
	s.start()
	t.Cleanup(func() { s.stop() })
	s.create("shop")
	s.sell("shop", smallRange()...)
	for _, who := range []string{"ada", "bob"} {
		for i := range 6 {
			s.track("shop", viewed(who, fmt.Sprintf("shoe-%d", i)))
		}
		e := event(who, pb.EventType_EVENT_TYPE_PRODUCTS_SEARCHED)
		e.SearchQuery = "words of " + who
		s.track("shop", e)
		e = event(who, pb.EventType_EVENT_TYPE_ORDER_COMPLETED, "shoe-1")
		e.Order = &pb.Order{Id: "order of " + who}
		s.track("shop", e)
		e = event(who, pb.EventType_EVENT_TYPE_CUSTOM, "only "+who+" knows")
		e.CustomType = "custom of " + who
		s.track("shop", e)
		s.track("shop", viewed(who, "only "+who+" looks"))
		s.home("shop", who, 5)
		s.home("shop", who, 5)
	}
	return s
}

// An erased visitor is answered as one never seen, byte for byte.
func TestErasedEqualsNeverSeen(t *testing.T) {
	s := shopWithPast(t)
	const name = "sites/shop/visitors/ada"
	receipt := s.erase(name)
	if receipt.GetProfiles() != 1 || receipt.GetEvents() != 10 || receipt.GetDecisions() != 2 || receipt.GetLinks() != 0 ||
		receipt.GetJournalPosition() < 20 || receipt.GetTime() == nil {
		t.Errorf("receipt %v", receipt)
	}
	if text := protojson.Format(receipt); strings.Contains(text, "ada") {
		t.Errorf("the receipt names the visitor: %s", text)
	}
	dry := func(r *pb.DecideRequest) { r.DryRun = true; r.Explain = pb.Explain_EXPLAIN_FULL }
	for range 2 {
		s.settle("shop")
		if got, want := s.home("shop", "ada", 10, dry), s.home("shop", "never", 10, dry); encode(t, got) != encode(t, want) {
			t.Errorf("erased: %v\nnever seen: %v", got, want)
		}
		if bob := s.home("shop", "bob", 10, dry); encode(t, bob) == encode(t, s.home("shop", "never", 10, dry)) {
			t.Error("another visitor's profile makes no difference any more")
		}
		for what, call := range map[string]func(name string) error{
			"GetVisitor": func(name string) error {
				_, err := s.visitors.GetVisitor(t.Context(), &pb.GetVisitorRequest{Name: name})
				return err
			},
			"ExportVisitor": func(name string) error { _, err := s.export(name); return err },
			"EraseVisitor": func(name string) error {
				_, err := s.visitors.EraseVisitor(t.Context(), &pb.EraseVisitorRequest{Name: name})
				return err
			},
		} {
			err := call(name)
			wantCode(t, err, codes.NotFound)
			never := strings.ReplaceAll(call("sites/shop/visitors/never").Error(), "never", "ada")
			if err.Error() != never {
				t.Errorf("%s: %v, for one never seen: %v", what, err, never)
			}
		}
		s.restart()
	}
	// What arrives under the id begins a new visitor.
	s.track("shop", viewed("ada", "lamp-1"))
	if v := s.known("visitors/ada"); v.GetEventCount() != 1 || len(v.GetPurchases()) > 0 {
		t.Errorf("begun anew: %v", v)
	}
}

// After a compaction no byte of what an erased visitor left is in any file.
func TestNoByteOfTheErasedIsInAnyFile(t *testing.T) {
	s := shopWithPast(t)
	s.settle("shop")
	s.restart() // with a snapshot, and everything in its place
	for _, word := range []string{"ada", "bob"} {
		if len(s.holding(word)) == 0 {
			t.Fatalf("no file holds %q: the test shows nothing", word)
		}
	}
	s.erase("sites/shop/visitors/ada")
	if last := s.compact(); last.GetDoneBytes() != last.GetTotalBytes() || last.GetTotalBytes() == 0 || last.GetSizeBytes() == 0 {
		t.Errorf("the last report is %v", last)
	}
	for range 2 {
		if files := s.holding("ada"); len(files) > 0 { // it stands in all their words
			t.Errorf("%v still hold something", files)
		}
		for _, word := range []string{"bob", "words of bob", "order of bob", "only bob knows", "only bob looks", "custom of bob"} {
			if len(s.holding(word)) == 0 {
				t.Errorf("%q is lost", word)
			}
		}
		s.restart()
	}
}

// holding are the files of the data folder that hold the word.
func (s *shop) holding(word string) (files []string) {
	s.t.Helper()
	must(s.t, filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if bytes.Contains(b, []byte(word)) {
			files = append(files, d.Name())
		}
		return err
	}))
	return files
}

// Erasing a person erases their devices; erasing a device leaves the person the others.
func TestErasingPersonsAndTheirDevices(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	for _, device := range []string{"phone", "laptop", "tablet", "former"} {
		s.track("shop", viewed(device, "shoe-1", device))
	}
	s.link("person-of-many", "phone", "laptop", "tablet", "former")
	s.unlink("person-of-many", "former")
	signedIn := viewed("former", "shoe-2")
	signedIn.Visitor.PersonId = "person-of-many"
	s.track("shop", signedIn)

	receipt := s.erase("sites/shop/visitors/tablet")
	if receipt.GetProfiles() != 1 || receipt.GetLinks() != 1 {
		t.Errorf("receipt of a device: %v", receipt)
	}
	if devices := s.known("persons/person-of-many").GetDevices(); !slices.Equal(devices, []string{"sites/shop/visitors/phone", "sites/shop/visitors/laptop"}) {
		t.Errorf("the person's devices are %v", devices)
	}
	s.compact()
	if files := s.holding("tablet"); len(files) > 0 {
		t.Errorf("%v name the device, as the person's links did", files)
	}

	receipt = s.erase("sites/shop/persons/person-of-many")
	if receipt.GetProfiles() != 3 || receipt.GetLinks() != 2 {
		t.Errorf("receipt of a person: %v", receipt)
	}
	for _, name := range []string{"persons/person-of-many", "visitors/phone", "visitors/laptop"} {
		_, err := s.visitors.GetVisitor(t.Context(), &pb.GetVisitorRequest{Name: "sites/shop/" + name})
		wantCode(t, err, codes.NotFound)
	}
	if v := s.known("visitors/former"); v.GetEventCount() != 2 {
		t.Errorf("the former device is %v", v)
	}
	s.compact()
	s.restart()
	for _, word := range []string{"person-of-many", "phone", "laptop"} {
		if files := s.holding(word); len(files) > 0 {
			t.Errorf("%v hold %q", files, word)
		}
	}
	if lines, err := s.export("sites/shop/visitors/former"); err != nil || strings.Contains(strings.Join(lines, "\n"), `person-of-many`) {
		t.Errorf("the former device's export: %v\n%s", err, strings.Join(lines, "\n"))
	}
}

// What an export says of events restores the same profile elsewhere.
func TestExportIsTakenBack(t *testing.T) {
	s := shopWithPast(t)
	s.create("other")
	s.sell("other", smallRange()...)
	lines, err := s.export("sites/shop/visitors/ada")
	must(t, err)
	whole, err := s.visitors.GetVisitor(t.Context(), &pb.GetVisitorRequest{Name: "sites/shop/visitors/ada"})
	must(t, err)
	var told struct{ Profile json.RawMessage }
	must(t, json.Unmarshal([]byte(lines[0]), &told))
	profile := &pb.Visitor{}
	must(t, protojson.Unmarshal(told.Profile, profile))
	if !proto.Equal(profile, whole) {
		t.Errorf("the profile's line is %v\nGetVisitor tells %v", protojson.Format(profile), protojson.Format(whole))
	}
	var events []*pb.Event
	decisions, profiles := 0, 0
	for i, line := range lines {
		switch {
		case strings.HasPrefix(line, `{"profile":`):
			profiles++
			if i != 0 {
				t.Errorf("the profile is line %d", i)
			}
		case strings.HasPrefix(line, `{"decision":`):
			decisions++
		case strings.HasPrefix(line, `{"internal":`):
		default:
			e := &pb.Event{}
			must(t, protojson.Unmarshal([]byte(line), e))
			e.Consent = granted()
			events = append(events, e)
		}
	}
	if profiles != 1 || decisions != 2 || len(events) != 10 {
		t.Fatalf("%d profiles, %d decisions, %d events:\n%s", profiles, decisions, len(events), strings.Join(lines, "\n"))
	}
	s.importEvents("other", events)
	of := func(site string) *pb.Visitor {
		v, err := s.visitors.GetVisitor(t.Context(), &pb.GetVisitorRequest{Name: "sites/" + site + "/visitors/ada"})
		must(t, err)
		return v
	}
	got, want := of("other"), of("shop")
	for _, v := range []*pb.Visitor{got, want} {
		v.Name, v.Decisions = "", nil
		for i, name := range v.GetSegments() {
			v.Segments[i] = name[strings.LastIndexByte(name, '/')+1:]
		}
		v.Summary = slices.DeleteFunc(v.GetSummary(), func(line string) bool { return strings.HasPrefix(line, "Pages that were chosen") })
	}
	if !proto.Equal(got, want) {
		t.Errorf("taken back: %v\nwant: %v", protojson.Format(got), protojson.Format(want))
	}
}
