package persona

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/interest"
)

var opening = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// likes is what a visitor of one of some kinds cares for: four of the five facets of their
// kind, and one that everybody has.
func likes(kind int, rng *rand.Rand) Noted {
	v := interest.Vector{}
	for _, k := range rng.Perm(5)[:4] {
		v = v.Add([]scoring.FacetID{scoring.FacetID(10*(kind+1) + k)}, 1+3*rng.Float64(), opening)
	}
	return Of(v.Add([]scoring.FacetID{5}, 2, opening), opening)
}

// shopOf plays a shop with visitors of so many kinds, in an order of the seed's, and
// returns each visitor's persona.
func shopOf(kinds, visitors int, seed uint64) (*Learner, []ID) {
	l, rng := New(), rand.New(rand.NewPCG(7, 7))
	all := make([]Noted, visitors)
	for i := range all {
		all[i] = likes(i%kinds, rng)
	}
	order := rand.New(rand.NewPCG(seed, 1))
	for n, i := range order.Perm(visitors) {
		l.Visited(order.Uint64(), all[i], opening.Add(time.Duration(n)*time.Minute))
	}
	ids := make([]ID, visitors)
	for i := range all {
		ids[i], _ = l.Reading().Nearest(all[i])
	}
	return l, ids
}

// Visitors of four kinds make four personas, each of one kind, and what everybody cares
// for is in none; whoever comes first.
func TestKindsOfVisitorsArePersonas(t *testing.T) {
	for seed := range uint64(2) {
		l, ids := shopOf(4, 1000, seed)
		found := l.Reading().Personas()
		if len(found) != 4 {
			t.Fatalf("seed %d: %d personas: %v", seed, len(found), found)
		}
		of := map[int]ID{}
		for i, id := range ids {
			if was, ok := of[i%4]; ok && was != id || id == 0 {
				t.Fatalf("seed %d: visitors of kind %d resemble %v and %v", seed, i%4, was, id)
			}
			of[i%4] = id
		}
		for _, p := range found {
			if math.Abs(p.Share-0.25) > 0.02 || len(p.Interests) != 5 {
				t.Errorf("seed %d: persona %v has share %.3f and interests %v", seed, p.ID, p.Share, p.Interests)
			}
			square := 0.0
			for _, in := range p.Interests {
				square += in.Weight * in.Weight
			}
			if math.Abs(square-1) > 1e-9 {
				t.Errorf("squares add up to %v", square)
			}
		}
	}
}

// A persona keeps its id while more visitors come, and when a new kind appears, which
// becomes one more.
func TestIDsStay(t *testing.T) {
	l, _ := shopOf(3, 600, 1)
	rng := rand.New(rand.NewPCG(3, 3))
	of := func(kind int) ID {
		id, _ := l.Reading().Nearest(likes(kind, rng))
		return id
	}
	before := [3]ID{of(0), of(1), of(2)}
	if id := of(3); id != 0 {
		t.Errorf("a kind that was never here resembles %v", id)
	}
	for n := range 1200 {
		l.Visited(rng.Uint64(), likes(3-n%2, rng), opening.Add(time.Duration(600+n)*time.Minute))
	}
	if after := [3]ID{of(0), of(1), of(2)}; after != before {
		t.Errorf("personas %v were %v", after, before)
	}
	if id := of(3); id == 0 || id == before[0] || id == before[1] || id == before[2] {
		t.Errorf("the new kind resembles %v", id)
	}
}

func TestResponses(t *testing.T) {
	l, _ := shopOf(2, 400, 1)
	rng := rand.New(rand.NewPCG(3, 3))
	noted := likes(0, rng)
	l.Visited(1, noted, opening.Add(day))
	id, _ := l.Reading().Nearest(noted)
	l.Responded(1, Response{Campaign: "seldom", Impressions: 1})
	l.Responded(1, Response{Campaign: "spring", Impressions: 1})
	l.Responded(1, Response{Campaign: "spring", Impressions: 1, Clicks: 1})
	l.Responded(1, Response{Campaign: "spring", Conversions: 1})
	l.Responded(2, Response{Campaign: "spring", Impressions: 1}) // nobody knows them
	if got := fmt.Sprint(l.Responses(id)); got != "[{spring 2 1 1} {seldom 1 0 0}]" {
		t.Errorf("got %s", got)
	}
	l.Forget("spring")
	l.Erase(1)
	l.Responded(1, Response{Campaign: "seldom", Impressions: 1})
	if got := fmt.Sprint(l.Responses(id)); got != "[{seldom 1 0 0}]" {
		t.Errorf("got %s", got)
	}
	if bytes.Contains(l.AppendTo(nil), []byte{0, 0, 0, 0, 0, 0, 0, 1, 0}) {
		t.Error("the erased visitor's hash is still there")
	}
}

const day = 24 * time.Hour

// A learner that was saved and restored goes on as if it had never stopped, bit for bit.
func TestRestoredGoesOn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		at := opening
		step := func(both ...*Learner) {
			at = at.Add(time.Duration(rng.IntN(100)) * time.Hour)
			who, what, noted := uint64(rng.IntN(200)), rng.IntN(12), likes(rng.IntN(4), rng)
			for _, l := range both {
				switch what {
				case 0:
					l.Erase(who)
				case 1, 2:
					l.Responded(who, Response{Campaign: "spring", Impressions: 1})
				default:
					l.Visited(who, noted, at)
				}
			}
		}
		l := New()
		for range rapid.IntRange(0, 250).Draw(t, "before") {
			step(l)
		}
		saved := l.AppendTo(nil)
		again := New()
		rest, err := again.Restore(append(bytes.Clone(saved), "rest"...))
		if err != nil || string(rest) != "rest" || !bytes.Equal(again.AppendTo(nil), saved) {
			t.Fatalf("%v, %q", err, rest)
		}
		for range 60 {
			step(l, again)
		}
		if !bytes.Equal(l.AppendTo(nil), again.AppendTo(nil)) || fmt.Sprint(l.Reading().Personas()) != fmt.Sprint(again.Reading().Personas()) {
			t.Fatal("they went apart")
		}
		if _, err := again.Restore(saved[:len(saved)-1]); !errors.Is(err, ErrCorrupt) || len(again.sample) > 0 {
			t.Fatalf("cut off: %v", err)
		}
	})
}

func FuzzUnpack(f *testing.F) {
	f.Add(likes(1, rand.New(rand.NewPCG(1, 1))).Pack())
	f.Fuzz(func(t *testing.T, b []byte) {
		if n, ok := Unpack(b); ok && !bytes.Equal(n.Pack(), b) {
			t.Errorf("%x became %x", b, n.Pack())
		}
	})
}

// Whatever bytes a learner is read from, it does no harm; what it takes it writes so
// that it reads the same.
func FuzzRestore(f *testing.F) {
	l, _ := shopOf(3, 120, 1)
	f.Add(l.AppendTo(nil))
	f.Add(l.AppendTo(nil)[:200])
	f.Add(New().AppendTo(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		l := New()
		if _, err := l.Restore(b); err != nil {
			if !errors.Is(err, ErrCorrupt) || len(l.sample) > 0 {
				t.Fatalf("%v, and something is known", err)
			}
			return
		}
		written := l.AppendTo(nil)
		again := New()
		if rest, err := again.Restore(written); err != nil || len(rest) > 0 || !bytes.Equal(again.AppendTo(nil), written) {
			t.Errorf("%v, %d bytes left", err, len(rest))
		}
	})
}

// BenchmarkOf is all that telling a visitor's persona takes.
func BenchmarkOf(b *testing.B) {
	l, _ := shopOf(8, 2000, 1)
	v := interest.Vector{}
	for k := range 40 {
		v = v.Add([]scoring.FacetID{scoring.FacetID(10 + 2*k)}, 1, opening)
	}
	b.ReportAllocs()
	for b.Loop() {
		l.Reading().Of(v, opening)
	}
}

// BenchmarkFind is how long finding the groups of a full sample anew takes.
func BenchmarkFind(b *testing.B) {
	l, _ := shopOf(10, 5000, 1)
	for b.Loop() {
		l.find(opening)
	}
}
