package model

import (
	"cmp"
	"slices"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
)

// forget lets go of the facets of products, and of what was counted of a facet
// that no product is left of.
func (a *affinity) forget(gone func(catalog.Index) bool) {
	for i := range a.facets.span() {
		if had := a.of(catalog.Index(i)); len(had) > 0 && gone(catalog.Index(i)) {
			a.unlist(had)
			a.facets.at(i).Store(nil)
		}
	}
	for f := range a.counts.span() {
		if c := a.counts.peek(f); c != nil && c.products.Load() == 0 {
			c.clear()
		}
	}
}

// save writes the facets that anything is known of, by id, each with its counts;
// the sums; then the products with facets.
func (a *affinity) save(w *writer) {
	var facets []catalog.Term
	for f := range a.counts.span() {
		if c := a.counts.peek(f); c != nil && c.known() {
			facets = append(facets, catalog.Term(f))
		}
	}
	slices.SortFunc(facets, func(f, g catalog.Term) int {
		return cmp.Compare(w.m.products.FacetID(f), w.m.products.FacetID(g))
	})
	place := make(map[catalog.Term]uint64, len(facets))
	w.uint(uint64(len(facets)))
	for n, f := range facets {
		place[f] = uint64(n)
		w.word(uint64(w.m.products.FacetID(f)))
		w.facetCount(a.counts.peek(uint32(f)))
	}
	w.facetCount(&a.total)
	w.uint(uint64(len(a.kinds)))
	for k := range a.kinds {
		w.facetCount(&a.kinds[k])
	}
	products := w.m.sorted((*item).known)
	products = slices.DeleteFunc(products, func(i catalog.Index) bool { return len(a.of(i)) == 0 })
	w.uint(uint64(len(products)))
	for _, i := range products {
		w.product(i)
		w.uint(uint64(len(a.of(i))))
		for _, f := range a.of(i) {
			w.uint(place[f])
		}
	}
}

// known reports whether a product has the facet, or steps went by it.
func (c *facetCount) known() bool {
	for _, n := range c.steps() {
		if n.Load() != 0 {
			return true
		}
	}
	return c.products.Load() != 0
}

func (w *writer) facetCount(c *facetCount) {
	for _, n := range c.steps() {
		w.word(n.Load())
	}
}

func (r *reader) facetCount(c *facetCount) {
	for _, n := range c.steps() {
		n.Store(r.Word())
	}
}

func (a *affinity) load(r *reader) {
	facets := make([]catalog.Term, r.Count(32))
	for k := range facets {
		facets[k] = r.m.products.InternFacet(scoring.FacetID(r.Word()))
		r.facetCount(a.counts.at(uint32(facets[k])))
	}
	r.facetCount(&a.total)
	kinds := r.Count(24)
	if kinds > len(a.kinds) {
		r.Failed = true
		return
	}
	for k := range kinds {
		r.facetCount(&a.kinds[k])
	}
	for range r.Count(3) {
		i := r.product()
		terms := make([]catalog.Term, r.Count(1))
		if r.Failed || len(terms) == 0 || len(terms) > scoring.MaxFacets || len(a.of(i)) > 0 {
			r.Failed = true
			return
		}
		for k := range terms {
			n := r.Uint()
			if n >= uint64(len(facets)) {
				r.Failed = true
				return
			}
			terms[k] = facets[n]
		}
		a.list(i, terms)
	}
}
