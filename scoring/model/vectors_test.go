package model

import (
	"fmt"
	"testing"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
)

// What visits go on to lies nearer to them than what they never touch, also when
// the two were never in one visit: a and c share only b.
func TestVectorsOfOneVisitLieNear(t *testing.T) {
	m := New(catalog.New())
	for k := range 60 {
		at := float64(60 * k)
		who := scoring.VisitorID(fmt.Sprint(k))
		for _, pair := range [][2]scoring.ProductID{{"a", "b"}, {"b", "c"}, {"x", "y"}, {"y", "z"}} {
			m.Learn(event(scoring.ProductViewed, who+scoring.VisitorID(pair[0]), at, pair[0]))
			m.Learn(event(scoring.ProductViewed, who+scoring.VisitorID(pair[0]), at+1, pair[1]))
		}
	}
	var q Vector
	if m.Query([]catalog.Index{m.number("a")}, &q) == 0 {
		t.Fatal("no query")
	}
	near := func(id scoring.ProductID) float32 {
		var at Vector
		if !m.Place(m.number(id), &at) {
			t.Fatalf("%s has no place", id)
		}
		return Dot(&q, &at)
	}
	b, c, z := near("b"), near("c"), near("z")
	if b < 0.5 || c < 0.5 || z > 0.3 {
		t.Errorf("b, c and z have cosines %v, %v and %v with a: want the first two high", b, c, z)
	}
	if m.Place(m.number("never"), &Vector{}) {
		t.Error("a product never touched has a place")
	}
}

func BenchmarkPlace(b *testing.B) {
	m := learned(journal(9, 20000))
	visit := m.vectors.seen[:3]
	b.ReportAllocs()
	k := 0
	for b.Loop() {
		i := m.vectors.seen[k%len(m.vectors.seen)]
		m.met(i)
		m.place(visit, i)
		k++
	}
}
