package boltstore

import (
	"bytes"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/visitor"
	"github.com/vitrine-io/vitrine/store"
)

func testCodec(t testing.TB) codec {
	t.Helper()
	c, err := newCodec()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTimesComeBackAsTheyWere(t *testing.T) {
	c := testCodec(t)
	for _, at := range []time.Time{
		{},
		time.Unix(0, 0),
		time.Unix(0, 1000),
		time.Unix(1_772_366_400, 999_999_000),
		time.Unix(1_772_366_400, 1000),
		time.Unix(1_772_366_400, 499),
		time.Unix(1_772_366_400, 500),
		time.Date(2241, 12, 31, 23, 59, 59, 999_999_000, time.FixedZone("", -3600)),
		time.Date(1900, 1, 1, 0, 0, 0, 1000, time.UTC),
	} {
		entries := []store.Entry{{Event: scoring.Event{ID: "e", Time: at}}}
		normaliseEvent(&entries[0].Event)
		records, _, err := c.encodeEvents(1, entries)
		if err != nil {
			t.Fatal(err)
		}
		var got scoring.Event
		if err := c.decodeEvent(records[0], &got); err != nil {
			t.Fatal(err)
		}
		if got.Time != entries[0].Event.Time || !at.IsZero() && got.Time.Sub(at).Abs() > 500*time.Nanosecond {
			t.Errorf("%v became %v, then %v", at, entries[0].Event.Time, got.Time)
		}
	}
}

// TestEventRecordSize shows what an event takes, so that a change of it is seen.
func TestEventRecordSize(t *testing.T) {
	c := testCodec(t)
	view := scoring.Event{
		ID: "0190b4a2-7d1c-7e2b-9b1a-0242ac120002", Type: scoring.ProductViewed, Visitor: "visitor-0123456789",
		Time:  time.Unix(1_772_366_400, 123_456_000),
		Items: []scoring.EventItem{{Product: "sku-12345", Quantity: 1, Facets: []scoring.FacetID{1 << 47, 2 << 45, 3 << 44, 5 << 43}}},
	}
	records, _, err := c.encodeEvents(1, []store.Entry{{Event: view}})
	if err != nil {
		t.Fatal(err)
	}
	// 13 of version, hash and checksum; 38 of the id; 19 of the visitor; 9 of the
	// time; 1 of the type; 11 of product and quantity; 36 of facets; 12 of CBOR's
	// keys and lengths.
	if got := len(records[0]); got != 139 {
		t.Errorf("a product view takes %d bytes, want 139", got)
	}
}

func FuzzEventRecord(f *testing.F) {
	c := testCodec(f)
	for _, e := range fixtureEvents() {
		records, _, err := c.encodeEvents(1, []store.Entry{{Event: e}})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(records[0][1 : len(records[0])-4])
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		// The checksum would keep nearly everything out.
		record := sealRecord(append([]byte{recordVersion}, body...))
		var e scoring.Event
		err := c.decodeEvent(record, &e)
		if err != nil {
			if !errors.Is(err, store.ErrCorrupt) {
				t.Fatalf("error %v", err)
			}
			return
		}
		records, _, err := c.encodeEvents(1, []store.Entry{{Event: e}})
		if err != nil {
			return // what it says can't be said again
		}
		var again scoring.Event
		if err := c.decodeEvent(records[0], &again); err != nil {
			t.Fatal(err)
		}
		if e.Time.Year() > 1677 && e.Time.Year() < 2242 && e.Context == nil && !reflect.DeepEqual(again.Time, e.Time) {
			t.Fatalf("%v became %v", e.Time, again.Time)
		}
	})
}

func FuzzRecords(f *testing.F) {
	c := testCodec(f)
	seed := func(v any) {
		b, err := c.encode(v)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	product, placement := fixtureProduct(), fixturePlacement()
	seed(&product)
	seed(&placement)
	seed(fixtureDecision())
	seed(siteRecord{No: 1, Site: fixtureSite()})
	var p *visitor.Profile
	for _, e := range fixtureEvents() {
		p = visitor.Apply(p, &e)
	}
	b, err := encodeProfile(held{profile: p, seq: 5, chunks: allUpTo(5)})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		check := func(err error) {
			if err != nil && !errors.Is(err, store.ErrCorrupt) && !errors.Is(err, store.ErrNewerFormat) {
				t.Fatalf("error %v", err)
			}
		}
		for _, record := range [][]byte{b, sealRecord(append([]byte{recordVersion}, b...))} {
			check(c.decode(record, new(scoring.Product)))
			check(c.decode(record, new(scoring.Placement)))
			check(c.decodeDecision(record, new(scoring.Decision)))
			check(c.decode(record, new(siteRecord)))
			_, err := decodeProfile(record)
			check(err)
		}
		_, err := decodeProfile(sealRecord(append([]byte{profileVersion}, b...)))
		check(err)
	})
}

func FuzzPages(f *testing.F) {
	f.Add([]byte("not a database"), uint32(0), byte(0))
	dir := smallFolder(f)
	whole := readAll(f, dir+"/"+stateName)
	f.Add(whole[:16<<10], uint32(8200), byte(1))
	f.Fuzz(func(t *testing.T, b []byte, at uint32, flip byte) {
		b = bytes.Clone(b)
		if len(b) > 0 {
			b[int(at)%len(b)] ^= flip
		}
		r := bytes.NewReader(b)
		meta, err := readMeta(r, int64(len(b)))
		if err == nil {
			err = verifyPages(r, meta)
		}
		if err != nil && !errors.Is(err, store.ErrCorrupt) {
			t.Fatalf("error %v", err)
		}
	})
}
