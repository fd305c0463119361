package visitor

import (
	"slices"

	"github.com/vitrine-io/vitrine/scoring"
)

// without is p without the facets and products that are gone: of those for which gone
// says so, a facet or a product, the other being empty.
func (p *Profile) without(gone func(scoring.FacetID, scoring.ProductID) bool) *Profile {
	next := *p
	next.Interests = p.Interests.Without(func(f scoring.FacetID) bool { return gone(f, "") })
	is := func(id scoring.ProductID) bool { return gone(0, id) }
	next.Touches = sift(p.Touches, func(t *Touch) bool { return is(t.Product) })
	next.Cart = sift(p.Cart, func(c *CartItem) bool { return is(c.Product) })
	next.Purchases = sift(p.Purchases, func(b *Purchase) bool { return is(b.Product) })
	next.Habits = sift(p.Habits, func(h *Habit) bool { return is(h.Product) })
	next.Shown = sift(p.Shown, func(s *Shown) bool { return is(s.Product) })
	return &next
}

// sift is a list without what is gone: the list itself if nothing is.
func sift[T any](list []T, gone func(*T) bool) []T {
	if !slices.ContainsFunc(list, func(x T) bool { return gone(&x) }) {
		return list
	}
	return newest(slices.DeleteFunc(slices.Clone(list), func(x T) bool { return gone(&x) }), len(list))
}
