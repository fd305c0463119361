package model

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/scoring/wire"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// journal is a made-up log: visitors who come and go, look around, put into
// carts, order, send back; some events late.
func journal(seed uint64, n int) []*scoring.Event {
	rng := rand.New(rand.NewPCG(seed, 1))
	types := []scoring.EventType{
		scoring.ProductViewed, scoring.ProductViewed, scoring.ProductViewed, scoring.ProductClicked,
		scoring.ProductAdded, scoring.ProductRemoved, scoring.OrderCompleted, scoring.OrderRefunded, scoring.HomeViewed,
	}
	events := make([]*scoring.Event, n)
	for i := range events {
		at := noon.Add(time.Duration(i) * 90 * time.Second)
		if rng.IntN(20) == 0 {
			at = at.Add(-time.Duration(rng.IntN(10000)) * time.Minute)
		}
		e := &scoring.Event{
			Type: types[rng.IntN(len(types))], Time: at,
			Visitor: scoring.VisitorID(fmt.Sprint("v", rng.IntN(1+n/20))),
		}
		for range 1 + rng.IntN(2) {
			p := int(rng.ExpFloat64() * 20)
			e.Items = append(e.Items, scoring.EventItem{
				Product: scoring.ProductID(fmt.Sprint("p", p)), Quantity: 1,
				Facets: []scoring.FacetID{scoring.Facet{Kind: scoring.FacetTag, Value: fmt.Sprint(p % 7)}.ID()},
			})
		}
		events[i] = e
	}
	return events
}

// priced gives the events what a shop that tells all would send with them.
func priced(events []*scoring.Event) []*scoring.Event {
	for i, e := range events {
		if i%3 > 0 {
			e.Items[0].Price = &scoring.Money{Currency: []string{"EUR", "USD"}[i%2], Nanos: int64(1+i%90) * 1e9}
		}
		if i%5 == 0 {
			e.AttributionToken, e.Led = "token", &scoring.Led{Page: scoring.PageCart, Position: i % 8, Propensity: 0.5}
		}
	}
	return events
}

func save(t testing.TB, m *Model) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := m.Save(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func learned(events []*scoring.Event) *Model {
	m := New(catalog.New())
	for _, e := range events {
		m.Learn(e)
	}
	return m
}

func TestTheSameJournalGivesTheSameModel(t *testing.T) {
	events := journal(1, 3000)
	if !bytes.Equal(save(t, learned(events)), save(t, learned(events))) {
		t.Error("two models of one journal differ")
	}
}

// A snapshot and the rest of the journal must leave no trace of the restart,
// although product numbers differ in the new process.
func TestSnapshotAndTail(t *testing.T) {
	events := priced(journal(2, 4000))
	want := save(t, learned(events))
	for _, cut := range []int{0, 1, 137, 2000, 3999, 4000} {
		t.Run(fmt.Sprint("cut=", cut), func(t *testing.T) {
			before := learned(events[:cut])
			products := catalog.New()
			for i := 90; i >= 0; i-- {
				products.Intern(scoring.ProductID(fmt.Sprint("p", i)))
			}
			after := New(products)
			if err := after.Load(bytes.NewReader(save(t, before))); err != nil {
				t.Fatal(err)
			}
			for _, e := range events[cut:] {
				after.Learn(e)
			}
			if !bytes.Equal(save(t, after), want) {
				t.Error("the model differs from one that never stopped")
			}
			if after.Learned() != uint64(len(events)) {
				t.Errorf("learned %d of %d", after.Learned(), len(events))
			}
		})
	}
}

func TestLoadRefuses(t *testing.T) {
	good := save(t, learned(journal(3, 200)))
	flip := func(at int, bits byte) []byte {
		b := bytes.Clone(good)
		b[at] ^= bits
		return b
	}
	for _, test := range []struct {
		name string
		b    []byte
		want error
	}{
		{"nothing", nil, ErrCorrupt},
		{"another file", []byte("PNG and a lot more than the magic"), ErrCorrupt},
		{"a later version", flip(len(magic), version^(version+1)), ErrVersion},
		{"a flipped bit", flip(len(good)/2, 1), ErrCorrupt},
		{"a flipped checksum", flip(len(good)-1, 1), ErrCorrupt},
		{"a cut file", good[:len(good)-9], ErrCorrupt},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := learned(journal(4, 50))
			if err := m.Load(bytes.NewReader(test.b)); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
			if !bytes.Equal(save(t, m), save(t, New(m.products))) {
				t.Error("the model is not as New made it")
			}
		})
	}
}

// What the first version wrote opens for ever: here after 60 events of journal 6.
// It knows nothing of vectors, nor of the blend, which begin anew.
func TestLoadVersion1(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("testdata", "v1.snapshot"))
	if err != nil {
		t.Fatal(err)
	}
	m := New(catalog.New())
	if err := m.Load(bytes.NewReader(b)); err != nil {
		t.Fatal(err)
	}
	// The visits that were open end: how often they looked at a product is new.
	tail := append(journal(7, 30), event(scoring.HomeViewed, "late", 1e6))
	for _, e := range tail {
		m.Learn(e)
	}
	want := learned(append(journal(6, 60), tail...))
	want.vectors, m.vectors = vectors{}, vectors{}
	for k, s := range want.sections() { // begin anew as well
		s.reset()
		m.sections()[k].reset()
	}
	if !bytes.Equal(save(t, m), save(t, want)) {
		t.Error("the model differs from one that never stopped")
	}
}

// The second version, after the same events. It knows nothing of sections.
func TestLoadVersion2(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("testdata", "v2.snapshot"))
	if err != nil {
		t.Fatal(err)
	}
	m := New(catalog.New())
	if err := m.Load(bytes.NewReader(b)); err != nil {
		t.Fatal(err)
	}
	tail := journal(7, 30)
	for _, e := range tail {
		m.Learn(e)
	}
	want := learned(append(journal(6, 60), tail...))
	if m.Learned() != want.Learned() || m.Stats() != want.Stats() {
		t.Errorf("%+v, want %+v", m.Stats(), want.Stats())
	}
	at := noon.Add(24 * time.Hour)
	for i := range want.products.Numbers() {
		id := want.products.ID(catalog.Index(i))
		if got, want := m.Popularity(m.number(id), at), want.Popularity(catalog.Index(i), at); got != want {
			t.Errorf("popularity of %s: %+v, want %+v", id, got, want)
		}
	}
}

// The body is read behind a checksum, but must stand any bytes all the same.
func FuzzLoadBody(f *testing.F) {
	f.Add([]byte{})
	good := save(f, learned(journal(5, 40)))
	f.Add(good[len(magic)+3 : len(good)-8])
	f.Fuzz(func(t *testing.T, b []byte) {
		m := New(catalog.New())
		in := reader{m: m, version: version, Reader: wire.Reader{B: b}}
		in.body()
	})
}

// Earlier versions kept up to 64 neighbours of a product: the heaviest stay, each as heavy
// as it was.
func TestLoadKeepsTheHeaviestPairs(t *testing.T) {
	w := writer{products: map[catalog.Index]uint32{}}
	w.uint(pairsBefore + 1)
	w.int(0)
	w.weight(math.Float32bits(7))
	ids := make([]catalog.Index, pairsBefore)
	for k := range pairsBefore {
		i := catalog.Index(k)
		ids[k], w.products[i] = i, uint32(k)
		w.product(i)
		heavy := float32(1 + (k*13)%pairsBefore) // each another
		w.weight(math.Float32bits(heavy / 4))
		w.weight(math.Float32bits(heavy))
		w.weight(math.Float32bits(heavy / 2))
	}
	r := reader{Reader: wire.Reader{B: w.b}, products: ids}
	p := r.pairs(maxPairs)
	if r.Failed || p == nil || p.n.Load() != maxPairs {
		t.Fatalf("read %v, failed: %v", p, r.Failed)
	}
	seen := map[catalog.Index]bool{}
	for k := range maxPairs {
		e := p.load(k)
		heavy := float32(1 + (int(e.To)*13)%pairsBefore)
		if e.Forward != heavy || e.Next != heavy/4 || e.Backward != heavy/2 || heavy <= pairsBefore-maxPairs || seen[e.To] {
			t.Errorf("%d: %+v", k, e)
		}
		seen[e.To] = true
	}
}

// A pair's weights are kept to 1 part in 16,000, however large or small, and nothing
// remains nothing.
func TestPairsKeepTheirWeights(t *testing.T) {
	p := newPairs(1, 0)
	rapid.Check(t, func(t *rapid.T) {
		weight := rapid.OneOf(rapid.Just(float32(0)), rapid.Float32Range(1e-20, 1e20))
		want := Pair{
			To: catalog.Index(rapid.Uint32().Draw(t, "to")), Next: weight.Draw(t, "next"),
			Forward: weight.Draw(t, "forward"), Backward: weight.Draw(t, "backward"),
		}
		p.store(0, want)
		got := p.load(0)
		near := func(a, b float32) bool { return math.Abs(float64(a-b)) <= float64(b)/16_000 }
		if got.To != want.To || !near(got.Next, want.Next) || !near(got.Forward, want.Forward) || !near(got.Backward, want.Backward) {
			t.Errorf("got %+v, want %+v", got, want)
		}
		if p.store(0, got); p.load(0) != got {
			t.Errorf("%+v becomes %+v", got, p.load(0))
		}
	})
}
