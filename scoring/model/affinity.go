package model

import (
	"math"
	"slices"
	"sync/atomic"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
)

const (
	// affinityHalfLife: how much a category or a brand holds its visitors is as
	// lasting as which products go together.
	affinityHalfLife = pairHalfLife
	// affinityTrust is how many steps the rate of a facet's kind counts for beside
	// the facet's own, and the kind's guess beside the kind's.
	affinityTrust = 10
	// affinityGuess is the rate at which visitors stay with a facet in a shop that
	// has seen no steps.
	affinityGuess = 0.3
	facetKinds    = int(scoring.FacetAttribute) + 1
)

// affinity learns, from the facets that events tell of their products, how much
// a facet holds the visitors who are at it: how much more often than chance those
// who go on from a product with it to another product turn to one that has it,
// too.
type affinity struct {
	facets growing[atomic.Pointer[[]catalog.Term]] // of products, as last told
	counts growing[facetCount]
	total  facetCount             // products with facets, and steps between them
	kinds  [facetKinds]facetCount // sums over the facets of a kind
}

// facetCount is what is counted of a facet.
type facetCount struct {
	products atomic.Int32  // that have it
	from     atomic.Uint64 // packed counter: steps on from a product with it
	stayed   atomic.Uint64 // of these, to a product with it
	to       atomic.Uint64 // steps to a product with it
}

func (c *facetCount) clear() {
	c.products.Store(0)
	for _, n := range c.steps() {
		n.Store(0)
	}
}

func (c *facetCount) steps() [3]*atomic.Uint64 {
	return [3]*atomic.Uint64{&c.from, &c.stayed, &c.to}
}

func (*affinity) name() string { return "affinity" }

func (a *affinity) reset() {
	a.facets.reset()
	a.counts.reset()
	a.total.clear()
	for k := range a.kinds {
		a.kinds[k].clear()
	}
}

// Facets returns the facets of a product as the last event about it told them:
// what the catalogue said then, which a replay of the journal need not know. The
// slice is shared and must not be changed.
func (m *Model) Facets(i catalog.Index) []catalog.Term { return m.affinity.of(i) }

func (a *affinity) of(i catalog.Index) []catalog.Term {
	if p := a.facets.peek(uint32(i)); p != nil {
		if l := p.Load(); l != nil {
			return *l
		}
	}
	return nil
}

// tell notes the facets of a product. One that has none any more, because it
// became sensitive, has none from then on.
func (a *affinity) tell(products *catalog.Catalog, i catalog.Index, facets []scoring.FacetID) {
	facets = facets[:min(len(facets), scoring.MaxFacets)]
	had := a.of(i)
	if slices.EqualFunc(had, facets, func(t catalog.Term, f scoring.FacetID) bool { return products.FacetID(t) == f }) {
		return
	}
	a.unlist(had)
	if len(facets) == 0 {
		a.facets.at(uint32(i)).Store(nil)
		return
	}
	terms := make([]catalog.Term, len(facets))
	for k, f := range facets {
		terms[k] = products.InternFacet(f)
	}
	a.list(i, terms)
}

func (a *affinity) list(i catalog.Index, terms []catalog.Term) {
	a.total.products.Add(1)
	for _, t := range terms {
		a.counts.at(uint32(t)).products.Add(1)
	}
	a.facets.at(uint32(i)).Store(&terms)
}

func (a *affinity) unlist(had []catalog.Term) {
	if len(had) == 0 {
		return
	}
	a.total.products.Add(-1)
	for _, t := range had {
		a.counts.at(uint32(t)).products.Add(-1)
	}
}

// step learns that a visitor went on from a product to another, new to the visit;
// w is 1, or -1 to take that back.
func (m *Model) step(from, to catalog.Index, w float64, t instantMillis) {
	a := &m.affinity
	had, has := a.of(from), a.of(to)
	if len(had) == 0 || len(has) == 0 {
		return
	}
	add(&a.total.from, w, t, affinityHalfLife)
	for _, f := range had {
		c, kind := a.counts.at(uint32(f)), &a.kinds[m.kindOf(f)]
		add(&c.from, w, t, affinityHalfLife)
		add(&kind.from, w, t, affinityHalfLife)
		if slices.Contains(has, f) {
			add(&c.stayed, w, t, affinityHalfLife)
			add(&kind.stayed, w, t, affinityHalfLife)
		}
	}
	for _, f := range has {
		add(&a.counts.at(uint32(f)).to, w, t, affinityHalfLife)
	}
}

func (m *Model) kindOf(f catalog.Term) int {
	return min(int(m.products.FacetID(f).Kind()), facetKinds-1)
}

// FacetShare is a facet's share of the products that events told the facets of.
func (m *Model) FacetShare(f catalog.Term) float64 {
	var n int32
	if c := m.affinity.counts.peek(uint32(f)); c != nil {
		n = c.products.Load()
	}
	return (float64(n) + 0.5) / (float64(m.affinity.total.products.Load()) + 1)
}

// Affinity is how much a facet holds the visitors who are at it: the logarithm of
// the odds that those who go on from a product with it go on to one that has it,
// too, over the odds that visitors go on to such a product at all. 0 for a facet
// that tells nothing of where they go, below 0 for one that they have had enough
// of.
//
// Both rates are shrunk (empirical Bayes, with Beta priors): that of staying
// towards the mean of the facet's kind, and that of chance towards share, the
// facet's share of all products, so that before anything is learned the affinity
// is an inverse document frequency.
func (m *Model) Affinity(f catalog.Term, share float64, now time.Time) float64 {
	t := instant(now)
	count := func(c *atomic.Uint64) float64 { return max(0, read(c.Load(), t, affinityHalfLife)) }
	var from, stayed, to float64
	if c := m.affinity.counts.peek(uint32(f)); c != nil {
		from, stayed, to = count(&c.from), count(&c.stayed), count(&c.to)
	}
	kind := &m.affinity.kinds[m.kindOf(f)]
	mean := (count(&kind.stayed) + affinityTrust*affinityGuess) / (count(&kind.from) + affinityTrust)
	stay := (stayed + affinityTrust*mean) / (from + affinityTrust)
	chance := (to + affinityTrust*share) / (count(&m.affinity.total.from) + affinityTrust)
	return logOdds(stay) - logOdds(chance)
}

// logOdds is bounded where a rate is 0 or 1.
func logOdds(p float64) float64 {
	p = min(1-1e-6, max(1e-6, p))
	return math.Log(p / (1 - p))
}
