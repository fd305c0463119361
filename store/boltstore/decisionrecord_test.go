package boltstore

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

// TestDecisionRecordsHoldAllOfADecision fills decisions by reflection, so that a field
// that is added and not written fails here. What is read back is what CBOR, which was
// version 1, gives back; they are compared by their CBOR, as NaN is not NaN.
func TestDecisionRecordsHoldAllOfADecision(t *testing.T) {
	c := testCodec(t)
	r := rand.New(rand.NewPCG(1, 2))
	decisions := []scoring.Decision{{}, *fixtureDecision(), pageOf20(1)}
	for range 2000 {
		var d scoring.Decision
		fillAtRandom(r, reflect.ValueOf(&d).Elem())
		normaliseDecision(&d)
		decisions = append(decisions, d)
	}
	before := []byte("what stands before")
	for _, d := range decisions {
		record, err := c.appendDecision(before, &d)
		if err != nil {
			t.Fatal(err)
		}
		record = record[len(before):]
		version1, err := c.encode(&d)
		if err != nil {
			t.Fatal(err)
		}
		var read, want scoring.Decision
		if err := c.decodeDecision(record, &read); err != nil {
			t.Fatal(err)
		}
		if err := c.decodeDecision(version1, &want); err != nil {
			t.Fatal(err)
		}
		normaliseDecision(&read)
		normaliseDecision(&want)
		if got, want := sealedCBOR(t, c, &read), sealedCBOR(t, c, &want); !bytes.Equal(got, want) {
			t.Fatalf("%+v, want\n%+v", read, d)
		}
		again, err := c.appendDecision(nil, &read)
		if err != nil || !bytes.Equal(again, record) {
			t.Fatalf("%x, written again\n%x, %v", record, again, err)
		}
	}
}

func sealedCBOR(t *testing.T, c codec, v any) []byte {
	t.Helper()
	b, err := c.encode(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestDecisionRecordSize shows where a record's bytes are.
func TestDecisionRecordSize(t *testing.T) {
	c := testCodec(t)
	d := pageOf20(0)
	record, err := c.appendDecision(nil, &d)
	if err != nil {
		t.Fatal(err)
	}
	version1, err := c.encode(&d)
	if err != nil {
		t.Fatal(err)
	}
	// 5 of version and checksum; 27 of the id; 8 of the time; 18 of visitor and person; 13 of
	// the context; 2 of mode and what is allowed; 4 of data classes; 9 of the page's head.
	// 82 of scores and propensities; 50 of products; 20 of how many reasons each has; 241 of
	// these' shares; 77 of 7 interests, 15 of a product looked at, 6 of popularity, 51 of
	// reasons said again; 2 for that nothing was left out.
	if got := len(record); got != 630 {
		t.Errorf("a page of 20 takes %d bytes, want 630", got)
	}
	if got := len(version1); got < 2*len(record) {
		t.Errorf("a page of 20 took %d bytes in version 1, and takes %d", got, len(record))
	}
}

// FuzzDecisionRecord reads what is no record, under a checksum that is right.
func FuzzDecisionRecord(f *testing.F) {
	c := testCodec(f)
	page, creative := pageOf20(7), scoring.Decision{ID: "d", Placements: []scoring.FilledPlacement{{
		Placement: "ads", NoFill: scoring.NoFillCapped,
		Items:    []scoring.Item{{Campaign: "summer", Creative: "banner", Features: []byte{1, 2}, Products: []scoring.ProductID{"p1", "p12"}, Score: 0.3}},
		Rejected: []scoring.Rejected{{Campaign: "summer", Creative: "tower", Rejection: scoring.RejectedCapped, Score: 1}},
		Chances:  []scoring.Chance{{Campaign: "summer", Creative: "banner", Propensity: 0.75}},
	}}}
	for _, d := range []*scoring.Decision{{}, fixtureDecision(), &page, &creative} {
		record, err := c.appendDecision(nil, d)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(record[1 : len(record)-4])
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var d, again scoring.Decision
		err := c.decodeDecision(sealRecord(append([]byte{decisionVersion}, body...)), &d)
		if err != nil {
			if !errors.Is(err, store.ErrCorrupt) {
				t.Fatalf("error %v", err)
			}
			return
		}
		record, err := c.appendDecision(nil, &d)
		if err != nil {
			return // a context that says what can't be said again
		}
		if err := c.decodeDecision(record, &again); err != nil {
			t.Fatal(err)
		}
		once, err := c.appendDecision(nil, &again)
		if err != nil || !bytes.Equal(once, record) {
			t.Fatalf("%x, written again\n%x, %v", record, once, err)
		}
	})
}

// TestEventRecordsAreAsTheCodecHasThem does the same for events.
func TestEventRecordsAreAsTheCodecHasThem(t *testing.T) {
	c := testCodec(t)
	r := rand.New(rand.NewPCG(1, 2))
	entries := make([]store.Entry, 5000)
	for i := range entries {
		if e := &entries[i].Event; i > 0 {
			fillAtRandom(r, reflect.ValueOf(e).Elem())
			normaliseEvent(e)
		}
	}
	records, hashes, err := c.encodeEvents(1, entries)
	if err != nil {
		t.Fatal(err)
	}
	for i, got := range records {
		e := &entries[i].Event
		body, err := c.encode(e)
		if err != nil {
			t.Fatal(err)
		}
		want := binary.LittleEndian.AppendUint64([]byte{recordVersion}, hashes[i])
		want = sealRecord(append(want, body[1:len(body)-4]...))
		if !bytes.Equal(got, want) {
			t.Fatalf("%+v:\n%x, want\n%x", e, got, want)
		}
		var read scoring.Event
		if err := c.decodeEvent(got, &read); err != nil {
			t.Fatal(err)
		}
	}
}

// fillAtRandom sets what can be set, and leaves some of it as it is.
func fillAtRandom(r *rand.Rand, v reflect.Value) {
	if r.IntN(3) == 0 {
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(strings.Repeat("ä", r.IntN(300)/(1+r.IntN(30))))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(r.Int64N(100) - 50)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(r.Uint64() >> r.IntN(64) & (1<<v.Type().Bits() - 1))
	case reflect.Float32, reflect.Float64:
		v.SetFloat([]float64{r.NormFloat64(), 1, 0.5, math.NaN(), math.Inf(1), math.Inf(-1), math.Copysign(0, -1)}[r.IntN(7)])
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), r.IntN(40)/(1+r.IntN(20)), 40))
		for k := range v.Len() {
			fillAtRandom(r, v.Index(k))
		}
	case reflect.Map:
		v.Set(reflect.ValueOf(map[string]string{"theme": "dark"}).Convert(v.Type()))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fillAtRandom(r, v.Elem())
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Unix(r.Int64N(4e9), r.Int64N(3)*1e8)))
			return
		}
		for k := range v.NumField() {
			fillAtRandom(r, v.Field(k))
		}
	default:
		panic("a kind that no decision had before: " + v.Type().String())
	}
}

// TestLargeDecisionsAreKeptAsTheyAre: pages of the largest ids, some longer than what is
// made room for at a time, between short ones.
func TestLargeDecisionsAreKeptAsTheyAre(t *testing.T) {
	ctx := context.Background()
	s := openTest(t, t.TempDir(), Options{Now: fixtureNow})
	if _, err := s.CreateSite(ctx, fixtureSite()); err != nil {
		t.Fatal(err)
	}
	page := func(n int) *scoring.Decision {
		d := &scoring.Decision{ID: scoring.DecisionID(fmt.Sprintf("%03d", n)), Time: fixtureNow(), Visitor: "v"}
		for p := range n % 7 {
			f := scoring.FilledPlacement{Placement: scoring.PlacementID(fmt.Sprint("p", p))}
			for i := range 100 {
				f.Items = append(f.Items, scoring.Item{
					Product: scoring.ProductID(fmt.Sprintf("%0128d", n*i)), Score: 1 / float64(i+2), Propensity: 1,
					Reasons: []scoring.Reason{{Kind: scoring.ReasonSearched, Share: 1, Query: fmt.Sprintf("%0256d", i)}},
				})
			}
			d.Placements = append(d.Placements, f)
		}
		return d
	}
	const n = 40
	for i := range n {
		if !s.RecordDecision("shop", page(i)) {
			t.Fatalf("decision %d was not taken", i)
		}
	}
	for _, when := range []string{"while they wait", "on disk"} {
		for i := range n {
			want := page(i)
			if got, err := s.Decision(ctx, "shop", want.ID); err != nil || !reflect.DeepEqual(got, want) {
				t.Fatalf("%s: decision %d: %+v, %v", when, i, got, err)
			}
		}
		flushDecisions(s)
	}
}
