package visitor

import (
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/interest"
)

// VisitGap is how long nothing happens between two visits: the convention of web
// analytics, as in model.SessionGap.
const VisitGap = 30 * time.Minute

// Returning reports whether the visitor was here before the visit that goes on now,
// or begins.
func (p *Profile) Returning(now time.Time) bool {
	return !p.FirstSeen.IsZero() && p.FirstSeen.Before(p.visitBegan(now).Add(-VisitGap))
}

// visitBegan is when the visit began that goes on now; now if none does.
func (p *Profile) visitBegan(now time.Time) time.Time {
	begun := now
	for k := len(p.Touches) - 1; k >= 0 && begun.Sub(p.Touches[k].Time) <= VisitGap; k-- {
		begun = p.Touches[k].Time
	}
	return begun
}

// ThisVisit is what is known of whoever uses the device in the visit that goes on now,
// and nothing from before: for a device that many persons share. facets tells what a
// product is. What caps count by stays with the device, and orders with what they were
// credited to.
func ThisVisit(p *Profile, now time.Time, facets func(scoring.ProductID) []scoring.FacetID) *Profile {
	begun := p.visitBegan(now)
	before := func(at time.Time) bool { return at.Before(begun) }
	v := &Profile{
		FirstSeen: begun, LastSeen: later(begun, p.LastSeen), CartSince: p.CartSince,
		Contacts: p.Contacts, Ads: Ads{Credited: p.Ads.Credited}, Identity: p.Identity, Consents: p.Consents,
		Touches:   since(p.Touches, func(t *Touch) bool { return before(t.Time) }),
		Cart:      since(p.Cart, func(c *CartItem) bool { return before(c.Time) }),
		Purchases: since(p.Purchases, func(b *Purchase) bool { return before(b.Time) }),
		Shown:     since(p.Shown, func(s *Shown) bool { return before(s.Time) }),
	}
	v.History = p.History.from(begun)
	v.Events = int64(len(v.Touches))
	v.Habits = habitsOf(v.Purchases)
	for i := range v.Touches {
		t := &v.Touches[i]
		v.Interests = v.Interests.Add(facets(t.Product), interest.OfEvent(t.Type), t.Time)
	}
	if !before(p.SearchTime) {
		v.Search, v.SearchTime = p.Search, p.SearchTime
	}
	if !before(p.Ads.Clicked.Time) {
		v.Ads.Clicked = p.Ads.Clicked
	}
	if !before(p.Ads.Viewed.Time) {
		v.Ads.Viewed = p.Ads.Viewed
	}
	if !before(p.Ads.Ordered) {
		v.Ads.Ordered = p.Ads.Ordered
	}
	return v
}

// since is the end of a list in the order of time that is not before.
func since[T any](list []T, before func(*T) bool) []T {
	for k := range list {
		if !before(&list[k]) {
			return list[k:]
		}
	}
	return nil
}
