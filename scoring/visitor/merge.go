package visitor

import (
	"bytes"
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/vitrine-io/vitrine/scoring/contact"
	"github.com/vitrine-io/vitrine/scoring/interest"
)

// Merge is what is known of a person: of their own record, which may be nil, and of all
// their devices together. The parts stay as they are, and their order does not matter.
//
//   - Interests add up. Touches, purchases and what was shown stand in the order of time;
//     each list has its own bound.
//   - An order that two parts tell of was placed once, and purchases of a product within
//     Occasion of each other are one shopping.
//   - A product that lies in two carts lies in the person's once, as often as in the
//     fuller one: shops keep one cart for whoever is signed in. What the person bought on
//     another device since they put it in is no longer in it.
//   - What they answered to on another device was not left alone.
//   - Contacts are all that there were on any device, so that caps and budgets hold for
//     the person.
//   - Of several answers for a purpose the most restrictive holds.
//   - Of several words on the same thing the last one stands: clicks, searches, what the
//     shop told.
//
// It returns nil when nothing is known, and a part that is the only one as it is.
func Merge(person *Profile, devices ...*Profile) *Profile {
	parts := make([]*Profile, 0, 1+len(devices))
	for _, p := range append([]*Profile{person}, devices...) {
		if p != nil {
			parts = append(parts, p)
		}
	}
	switch len(parts) {
	case 0:
		return nil
	case 1:
		return parts[0]
	}
	slices.SortFunc(parts, byContents)
	m := &Profile{Identity: mergeIdentities(parts), Ads: mergeAds(parts)}
	vectors, logs := make([]interest.Vector, len(parts)), make([]contact.Log, len(parts))
	for k, p := range parts {
		vectors[k], logs[k] = p.Interests, p.Contacts
		if m.FirstSeen.IsZero() || !p.FirstSeen.IsZero() && p.FirstSeen.Before(m.FirstSeen) {
			m.FirstSeen = p.FirstSeen
		}
		m.LastSeen, m.CartSince = later(m.LastSeen, p.LastSeen), later(m.CartSince, p.CartSince)
		m.Events += p.Events
		m.Consents = StrictestConsents(m.Consents, p.Consents)
		if p.SearchTime.After(m.SearchTime) || p.SearchTime.Equal(m.SearchTime) && p.Search > m.Search {
			m.Search, m.SearchTime = p.Search, p.SearchTime
		}
	}
	m.Interests, m.Contacts = interest.Sum(vectors...), contact.Merge(logs...)
	m.History = mergeHistories(parts)
	m.Touches = lastOf(parts, func(p *Profile) []Touch { return p.Touches }, func(t *Touch) time.Time { return t.Time }, MaxTouches, nil)
	m.Purchases = mergePurchases(parts)
	m.Habits = mergeHabits(parts)
	m.Cart = mergeCarts(parts)
	m.Shown = mergeShown(parts)
	return m
}

// byContents orders profiles by nothing but what is in them.
func byContents(a, b *Profile) int {
	if c := cmp.Or(a.FirstSeen.Compare(b.FirstSeen), a.LastSeen.Compare(b.LastSeen), cmp.Compare(a.Events, b.Events)); c != 0 || a == b {
		return c
	}
	x, _ := a.AppendBinary(nil)
	y, _ := b.AppendBinary(nil)
	return bytes.Compare(x, y)
}

// lastOf takes the last n off lists in the order of time, and keeps that order. join, if
// not nil, is asked whether one that is older is the same as one taken already, which it
// may change.
func lastOf[T any](parts []*Profile, list func(*Profile) []T, at func(*T) time.Time, n int, join func(taken, older *T) bool) []T {
	rest := make([][]T, 0, len(parts))
	some := 0
	for _, p := range parts {
		if l := list(p); len(l) > 0 {
			rest = append(rest, l)
			some += len(l)
		}
	}
	if len(rest) < 2 {
		return slices.Concat(rest, [][]T{nil})[0]
	}
	taken := make([]T, 0, min(n, some))
	for {
		from := -1
		for k, l := range rest {
			if len(l) > 0 && (from < 0 || !at(&l[len(l)-1]).Before(at(&rest[from][len(rest[from])-1]))) {
				from = k
			}
		}
		if from < 0 {
			break
		}
		end := len(rest[from]) - 1
		next := &rest[from][end]
		rest[from] = rest[from][:end]
		joined := false
		for k := 0; join != nil && k < len(taken) && !joined; k++ {
			joined = join(&taken[k], next)
		}
		switch {
		case joined:
		case len(taken) < n:
			taken = append(taken, *next)
		case join == nil:
			rest = nil
		}
	}
	slices.Reverse(taken)
	return taken
}

// mergePurchases has the lines of an order that several parts tell of once.
func mergePurchases(parts []*Profile) []Purchase {
	return lastOf(parts, func(p *Profile) []Purchase { return p.Purchases }, func(b *Purchase) time.Time { return b.Time }, MaxPurchases,
		func(taken, older *Purchase) bool {
			if older.Order == "" || taken.Order != older.Order || taken.Product != older.Product {
				return false
			}
			taken.Quantity = max(taken.Quantity, older.Quantity)
			return true
		})
}

// mergeHabits adds up on how many occasions each product was bought.
func mergeHabits(parts []*Profile) []Habit {
	var all []Habit
	some := 0
	for _, p := range parts {
		if len(p.Habits) == 0 {
			continue
		}
		if some++; some == 1 {
			all = p.Habits
			continue
		}
		all = append(all[:len(all):len(all)], p.Habits...)
	}
	if some < 2 {
		return all
	}
	slices.SortStableFunc(all, func(a, b Habit) int { return cmp.Or(cmp.Compare(a.Product, b.Product), a.Last.Compare(b.Last)) })
	kept := make([]Habit, 0, len(all))
	for _, h := range all {
		n := len(kept) - 1
		if n < 0 || kept[n].Product != h.Product {
			kept = append(kept, h)
			continue
		}
		times, lately := h.Times, float64(h.Lately)
		if h.Last.Sub(kept[n].Last) < Occasion { // bought once, and told twice
			times, lately = times-1, lately-1
		}
		kept[n].Lately = float32(float64(kept[n].Lately)*HabitLeft(kept[n].Last, h.Last) + lately)
		kept[n].Times, kept[n].Last = sum(kept[n].Times, times), h.Last
	}
	m := Profile{Habits: kept}
	m.sortHabits()
	return m.Habits
}

// mergeCarts unites what lies in the carts.
func mergeCarts(parts []*Profile) []CartItem {
	carts := make([]*Profile, len(parts))
	for k, p := range parts {
		carts[k] = p
		if len(p.Cart) == 0 {
			continue
		}
		gone := func(c CartItem) bool { return boughtElsewhere(parts, k, &c) }
		if slices.ContainsFunc(p.Cart, gone) {
			carts[k] = &Profile{Cart: slices.DeleteFunc(slices.Clone(p.Cart), gone)}
		}
	}
	return lastOf(carts, func(p *Profile) []CartItem { return p.Cart }, func(c *CartItem) time.Time { return c.Time }, MaxCart,
		func(taken, older *CartItem) bool {
			if taken.Product != older.Product {
				return false
			}
			taken.Quantity = max(taken.Quantity, older.Quantity)
			return true
		})
}

// boughtElsewhere reports whether another part than the k-th has bought the item since.
func boughtElsewhere(parts []*Profile, k int, c *CartItem) bool {
	for i, p := range parts {
		if i == k {
			continue
		}
		for j := len(p.Purchases) - 1; j >= 0 && !p.Purchases[j].Time.Before(c.Time); j-- {
			if p.Purchases[j].Product == c.Product {
				return true
			}
		}
	}
	return false
}

// mergeShown adds up how often each product was seen and left alone.
func mergeShown(parts []*Profile) []Shown {
	seen := make([]*Profile, len(parts))
	for k, p := range parts {
		seen[k] = p
		if len(p.Shown) == 0 {
			continue
		}
		answered := func(s Shown) bool {
			for i, other := range parts {
				if i != k && other.touchedSince(s.Product, s.Time) {
					return true
				}
			}
			return false
		}
		if slices.ContainsFunc(p.Shown, answered) {
			seen[k] = &Profile{Shown: slices.DeleteFunc(slices.Clone(p.Shown), answered)}
		}
	}
	return lastOf(seen, func(p *Profile) []Shown { return p.Shown }, func(s *Shown) time.Time { return s.Time }, MaxShown,
		func(taken, older *Shown) bool {
			if taken.Product != older.Product {
				return false
			}
			times := float64(taken.Times) + older.TimesAt(taken.Time)
			taken.Times = float32(min(mostShown, math.Round(times/shownUnit)*shownUnit))
			return true
		})
}

// mergeAds has the last word of each kind.
func mergeAds(parts []*Profile) (m Ads) {
	for _, p := range parts {
		if !p.Ads.Clicked.Time.Before(m.Clicked.Time) {
			m.Clicked = p.Ads.Clicked
		}
		if !p.Ads.Viewed.Time.Before(m.Viewed.Time) {
			m.Viewed = p.Ads.Viewed
		}
		m.Ordered = later(m.Ordered, p.Ads.Ordered)
		for _, c := range p.Ads.Credited {
			if !slices.ContainsFunc(m.Credited, func(o AdCredit) bool { return o.Order == c.Order }) {
				m.Credited = append(m.Credited, c)
			}
		}
	}
	slices.SortStableFunc(m.Credited, func(a, b AdCredit) int { return a.Ad.Time.Compare(b.Ad.Time) })
	m.Credited = newest(m.Credited, maxCredited)
	return m
}

// mergeIdentities has the person, their devices and what was told of any of them; nil
// when nothing is.
func mergeIdentities(parts []*Profile) *Identity {
	var m Identity
	for _, p := range parts {
		if p.Identity == nil {
			continue
		}
		m.Person = max(m.Person, p.Identity.Person)
		for _, d := range p.Identity.Devices {
			if !slices.Contains(m.Devices, d) {
				m.Devices = append(m.Devices, d)
			}
		}
		for _, a := range p.Identity.Attributes {
			k := slices.IndexFunc(m.Attributes, func(o Attribute) bool { return o.Key == a.Key })
			switch {
			case k < 0:
				m.Attributes = append(m.Attributes, a)
			case cmp.Or(a.Time.Compare(m.Attributes[k].Time), cmp.Compare(a.Value, m.Attributes[k].Value)) > 0:
				m.Attributes[k] = a
			}
		}
	}
	if m.Attributes = boundAttributes(m.Attributes); m.empty() {
		return nil
	}
	return &m
}
