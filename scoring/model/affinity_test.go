package model

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
)

var (
	held = scoring.Facet{Kind: scoring.FacetBrand, Value: "held"}.ID()
	left = scoring.Facet{Kind: scoring.FacetBrand, Value: "left"}.ID()
)

// step is a visit from one product to another, each with a facet.
func step(who int, from scoring.ProductID, had scoring.FacetID, to scoring.ProductID, has scoring.FacetID) []*scoring.Event {
	v := scoring.VisitorID(fmt.Sprint("v", who))
	events := []*scoring.Event{
		event(scoring.ProductViewed, v, float64(60*who), from),
		event(scoring.ProductViewed, v, float64(60*who+1), to),
	}
	events[0].Items[0].Facets = []scoring.FacetID{had}
	events[1].Items[0].Facets = []scoring.FacetID{has}
	return events
}

func (m *Model) learnAll(events ...*scoring.Event) {
	for _, e := range events {
		m.Learn(e)
	}
}

// Of 40 steps on from the one brand 30 stay with it, of 40 from the other none.
func steps(m *Model) {
	for k := range 40 {
		if k%4 > 0 {
			m.learnAll(step(2*k, "h1", held, "h2", held)...)
		} else {
			m.learnAll(step(2*k, "h1", held, "l1", left)...)
		}
		m.learnAll(step(2*k+1, "l1", left, "h2", held)...)
	}
}

func TestAffinity(t *testing.T) {
	m := New(catalog.New())
	now := noon.Add(80 * time.Hour)
	affinity := func(f scoring.FacetID, share float64) float64 {
		return m.Affinity(m.products.InternFacet(f), share, now)
	}
	for _, share := range []float64{0.5, 0.01} { // logit 0.3 - logit share: an idf
		if got, want := affinity(held, share), math.Log(0.3/0.7)-math.Log(share/(1-share)); math.Abs(got-want) > 1e-9 {
			t.Errorf("before anything was learned %v, want %v", got, want)
		}
	}
	steps(m)
	logit := func(p float64) float64 { return math.Log(p / (1 - p)) }
	mean := (30 + 10*0.3) / (80 + 10) // of brands
	for _, test := range []struct {
		name         string
		facet        scoring.FacetID
		from, stayed float64
		to           float64
	}{
		{"held", held, 40, 30, 30 + 40},
		{"left", left, 40, 0, 10},
	} {
		want := logit((test.stayed+10*mean)/(test.from+10)) - logit((test.to+10*0.5)/(80+10))
		if got := affinity(test.facet, 0.5); math.Abs(got-want) > 0.03 { // three days have faded
			t.Errorf("%s: %v, want %v", test.name, got, want)
		}
	}
}

// A product visited before, and the same one again, say nothing of facets: they
// come back for themselves.
func TestReturnsAreNoAffinity(t *testing.T) {
	m := New(catalog.New())
	first := step(1, "h1", held, "h2", held)
	m.learnAll(first...)
	before := m.Affinity(m.products.InternFacet(held), 0.5, first[1].Time)
	again := event(scoring.ProductViewed, "v1", 62, "h1")
	again.Items[0].Facets = []scoring.FacetID{held}
	m.Learn(again)
	if after := m.Affinity(m.products.InternFacet(held), 0.5, first[1].Time); after != before {
		t.Errorf("affinity %v, was %v", after, before)
	}
}

// Facets are as the last event told them: none for a product that became
// sensitive.
func TestFacetsAreThoseToldLast(t *testing.T) {
	m := New(catalog.New())
	for k, facets := range [][]scoring.FacetID{{held}, {left, held}, nil, {left}} {
		e := event(scoring.ProductViewed, "v", float64(k), "p")
		e.Items[0].Facets = facets
		m.Learn(e)
		var got []scoring.FacetID
		for _, f := range m.Facets(m.number("p")) {
			got = append(got, m.products.FacetID(f))
		}
		if fmt.Sprint(got) != fmt.Sprint(facets) {
			t.Errorf("facets %v, want %v", got, facets)
		}
		if got, want := m.affinity.total.products.Load(), int32(min(1, len(facets))); got != want {
			t.Errorf("%d products with facets, want %d", got, want)
		}
	}
}

func TestAffinityForgets(t *testing.T) {
	m := New(catalog.New())
	steps(m)
	gone := m.number("l1") // the only one of its brand
	m.forget(func(i catalog.Index) bool { return i == gone })
	if got := m.Facets(gone); got != nil {
		t.Errorf("facets %v are left", got)
	}
	if c := m.affinity.counts.peek(uint32(m.products.InternFacet(left))); c.known() {
		t.Error("something is left of a facet that no product has")
	}
	if c := m.affinity.counts.peek(uint32(m.products.InternFacet(held))); !c.known() || c.products.Load() != 2 {
		t.Errorf("%d products have the other facet, want 2", c.products.Load())
	}
}

// What an erased visitor's open session taught of facets is taken back.
func TestAffinityOfAnErasedVisitor(t *testing.T) {
	m := New(catalog.New())
	steps(m)
	now := noon.Add(80*time.Hour + time.Minute)
	f := m.products.InternFacet(held)
	before := m.Affinity(f, 0.5, now)
	m.learnAll(step(80, "h1", held, "h2", held)...)
	if m.Affinity(f, 0.5, now) <= before {
		t.Fatal("the visit taught nothing")
	}
	m.Learn(&scoring.Event{Type: scoring.VisitorErased, Time: now, Control: &scoring.Control{Visitor: VisitorHash("v80")}})
	if after := m.Affinity(f, 0.5, now); math.Abs(after-before) > 1e-4 {
		t.Errorf("affinity %v, before the visit %v", after, before)
	}
}
