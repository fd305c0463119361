package model

import (
	"cmp"
	"slices"
	"sync/atomic"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
)

// kindTrust is how many products of the shop's average a facet's mean is mixed with:
// one good seller makes no category popular.
const kindTrust = 5

// kinds learns how popular the products of a facet are together, so that of one that
// nobody has seen yet it can be said how popular its like is.
type kinds struct {
	facets growing[atomic.Uint64] // packed counters, as Popularity.Slow
	all    atomic.Uint64          // of all products, the same
	since  atomic.Uint32          // second of the first event; 0: none yet
}

func (*kinds) name() string { return "kinds" }

func (k *kinds) reset() {
	k.facets.reset()
	k.all.Store(0)
	k.since.Store(0)
}

// learn adds to what is turned to.
func (k *kinds) learn(m *Model, it *scoring.EventItem, w float64, t instantMillis) {
	if k.since.Load() == 0 {
		k.since.Store(seconds(t))
	}
	add(&k.all, w, t, slowHalfLife)
	for _, f := range it.Facets {
		add(k.facets.at(uint32(m.products.InternFacet(f))), w, t, slowHalfLife)
	}
}

// Missed is how much of a product's popularity its counters can't tell, as it was
// offered only at that time, or if that is not told (zero), as the shop has been
// watched only since its first event: from 1 for right now by half every week.
func (m *Model) Missed(offered, now time.Time) float64 {
	t := seconds(instant(now))
	from := m.kinds.since.Load()
	if !offered.IsZero() {
		from = max(from, seconds(instant(offered)))
	}
	if from == 0 {
		return 1
	}
	return fade(int64(t)-int64(from), slowHalfLife)
}

// KindPopularity is what Popularity.Slow of a product is to be expected by its
// narrowest category and its brand: the mean of their means.
func (m *Model) KindPopularity(i catalog.Index, now time.Time) float64 {
	t := instant(now)
	mean := max(0, read(m.kinds.all.Load(), t, slowHalfLife)) / float64(max(1, m.products.Len()))
	category, brand := noTerm, noTerm
	for _, f := range m.products.Facets(i) {
		switch m.products.FacetID(f).Kind() {
		case scoring.FacetCategory:
			if category == noTerm || m.products.Count(f) <= m.products.Count(category) {
				category = f
			}
		case scoring.FacetBrand:
			brand = f
		}
	}
	sum, n := 0.0, 0.0
	for _, f := range [...]catalog.Term{category, brand} {
		if f == noTerm {
			continue
		}
		touched := 0.0
		if c := m.kinds.facets.peek(uint32(f)); c != nil {
			touched = max(0, read(c.Load(), t, slowHalfLife))
		}
		sum += (touched + kindTrust*mean) / (float64(m.products.Count(f)) + kindTrust)
		n++
	}
	if n == 0 {
		return mean
	}
	return sum / n
}

func (k *kinds) forget(func(catalog.Index) bool) {} // what a kind was liked stays

// The section: the first event, what all products have, then the facets by id.

func (k *kinds) save(w *writer) {
	w.uint(uint64(k.since.Load()))
	w.word(k.all.Load())
	var terms []catalog.Term
	for f := range k.facets.span() {
		if c := k.facets.peek(f); c != nil && c.Load() != 0 {
			terms = append(terms, catalog.Term(f))
		}
	}
	slices.SortFunc(terms, func(a, b catalog.Term) int {
		return cmp.Compare(w.m.products.FacetID(a), w.m.products.FacetID(b))
	})
	w.uint(uint64(len(terms)))
	for _, f := range terms {
		w.word(uint64(w.m.products.FacetID(f)))
		w.word(k.facets.peek(uint32(f)).Load())
	}
}

func (k *kinds) load(r *reader) {
	k.since.Store(uint32(r.Uint()))
	k.all.Store(r.Word())
	for range r.Count(16) {
		f := r.m.products.InternFacet(scoring.FacetID(r.Word()))
		k.facets.at(uint32(f)).Store(r.Word())
	}
}
