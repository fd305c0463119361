// Package retarget fills the product slots of a creative with what the visitor left
// behind: in the cart, or looked at and not bought.
package retarget

import (
	"slices"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/visitor"
)

// LookBack is how long ago a product may have been put into the cart or looked at:
// after a month most have bought, here or elsewhere, or no longer want to.
const LookBack = 30 * 24 * time.Hour

// Fill appends to dst the products for a creative's slots: from each source in turn,
// what the visitor turned to last first, none twice, as many as there are slots. Only
// those that may be shown, says may.
//
// An order ends it: what was looked at before the last order counts no more, whether
// or not it was bought, and a refund brings none of it back.
func Fill(dst []scoring.ProductID, of visitor.For[visitor.Creatives], s *scoring.ProductSlots, now time.Time, may func(scoring.ProductID) bool) []scoring.ProductID {
	p := of.Profile()
	if p == nil {
		return dst
	}
	from := len(dst)
	take := func(id scoring.ProductID, at time.Time) {
		if len(dst)-from < s.Count && now.Sub(at) <= LookBack && !slices.Contains(dst[from:], id) && !p.Refused(id) && may(id) {
			dst = append(dst, id)
		}
	}
	sources := s.Sources
	if len(sources) == 0 {
		sources = []scoring.RetargetSource{scoring.RetargetCart, scoring.RetargetViewed}
	}
	for _, source := range sources {
		switch source {
		case scoring.RetargetCart:
			if rests(p.Cart, now.Add(-s.After)) {
				for k := len(p.Cart) - 1; k >= 0; k-- {
					take(p.Cart[k].Product, p.Cart[k].Time)
				}
			}
		case scoring.RetargetViewed:
			for k := len(p.Touches) - 1; k >= 0; k-- {
				if t := &p.Touches[k]; lookedAt(p, t) {
					take(t.Product, t.Time)
				}
			}
		}
	}
	return dst
}

// rests reports whether nothing was put into the cart since.
func rests(cart []visitor.CartItem, since time.Time) bool {
	return !slices.ContainsFunc(cart, func(c visitor.CartItem) bool { return c.Time.After(since) })
}

// lookedAt reports whether a touch is of a product that the visitor turned to and
// neither bought nor has in the cart, after their last order.
func lookedAt(p *visitor.Profile, t *visitor.Touch) bool {
	if t.Type == scoring.Dismissed || !p.Ads.Ordered.IsZero() && !t.Time.After(p.Ads.Ordered) {
		return false
	}
	_, bought := p.Bought(t.Product)
	return !bought && !slices.ContainsFunc(p.Cart, func(c visitor.CartItem) bool { return c.Product == t.Product })
}
