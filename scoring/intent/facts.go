// Package intent tells how likely a visitor is to buy within a week or a month: a
// logistic model of what their profile says of recency, frequency, the cart and the
// attention of late, learned online, and calibrated on its own predictions.
package intent

import (
	"math"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/interest"
	"github.com/vitrine-io/vitrine/scoring/visitor"
)

// fact is the number of something that is read off a profile. The numbers stand in the
// journal and never change.
type fact uint8

// The facts. Ages and gaps are in days, Inf for what never happened.
const (
	sinceFirst    fact = iota // since the visitor was first seen
	sinceSeen                 // and last
	sinceOrder                // since they last bought something
	orderGap                  // between the last two times they bought
	orderRhythm               // between the times they bought, on average
	orders                    // how often they bought, as far as the profile tells
	ordersLately              // the same, each counting half after 90 days
	products                  // different ones that they bought and kept
	sinceCart                 // since the newest product in the open cart was put in
	cartProducts              // in the open cart
	shortInterest             // in the facet they care for most, by time scale
	midInterest
	longInterest
	looksDay  // products they turned to, each counting half after a day
	looksWeek // and after a week
	addsWeek  // put into the cart, whether or not still there
	wishesWeek
	sinceSearch
	sinceAdClick
	events // all that they did
	facts
)

// Facts is what is known of a visitor at a time, as far as it bears on what they will
// buy. Each is rounded to what Pack keeps.
type Facts [facts]float32

const day = 24 * time.Hour

// fades are the half-lives of the facts that fade.
var fades = [facts]time.Duration{
	ordersLately: 90 * day, shortInterest: 30 * time.Minute, midInterest: 7 * day, longInterest: 90 * day,
	looksDay: day, looksWeek: 7 * day, addsWeek: 7 * day, wishesWeek: 7 * day,
}

// isAge reports whether a fact grows by a day a day.
func (f fact) isAge() bool {
	switch f {
	case sinceFirst, sinceSeen, sinceOrder, sinceCart, sinceSearch, sinceAdClick:
		return true
	}
	return false
}

// isSpan reports whether a fact is a time, which is Inf when there is none.
func (f fact) isSpan() bool { return f.isAge() || f == orderGap || f == orderRhythm }

var never = float32(math.Inf(1))

// nothing is what is known of a visitor never seen.
func nothing() (f Facts) {
	for k := range f {
		if fact(k).isSpan() {
			f[k] = never
		}
	}
	return f
}

// Of reads a profile, which may be nil, as of a time.
func Of(p *visitor.Profile, now time.Time) Facts {
	f := nothing()
	if p == nil {
		return f
	}
	since := func(t time.Time) float32 {
		if t.IsZero() {
			return never
		}
		return float32(max(0, now.Sub(t)).Hours() / 24)
	}
	half := func(t time.Time, halfLife time.Duration) float32 {
		return float32(math.Exp2(-max(0, now.Sub(t)).Hours() / halfLife.Hours()))
	}
	f[sinceFirst], f[sinceSeen], f[events] = since(p.FirstSeen), since(p.LastSeen), float32(p.Events)
	f[sinceSearch], f[sinceAdClick] = since(p.SearchTime), since(p.Ads.Clicked.Time)
	times := bought(p)
	if n := len(times); n > 0 {
		f[sinceOrder], f[orders] = since(times[n-1]), float32(max(n, int(p.History.Orders())))
		for _, t := range times {
			f[ordersLately] += half(t, fades[ordersLately])
		}
		if n > 1 {
			f[orderGap] = float32(times[n-1].Sub(times[n-2]).Hours() / 24)
			f[orderRhythm] = float32(times[n-1].Sub(times[0]).Hours() / 24 / float64(n-1))
		}
	}
	f[products], f[cartProducts] = float32(len(p.Habits)), float32(len(p.Cart))
	for i := range p.Cart {
		f[sinceCart] = min(f[sinceCart], since(p.Cart[i].Time))
	}
	for _, e := range p.Interests.AppendAt(nil, now) {
		for s := range interest.Scales {
			f[shortInterest+fact(s)] = max(f[shortInterest+fact(s)], e.Weight[s])
		}
	}
	for _, t := range p.Touches {
		switch t.Type {
		case scoring.ProductAdded:
			f[addsWeek] += half(t.Time, fades[addsWeek])
		case scoring.ProductWishlisted, scoring.ProductShared:
			f[wishesWeek] += half(t.Time, fades[wishesWeek])
		case scoring.ProductViewed, scoring.ProductClicked:
			f[looksDay] += half(t.Time, fades[looksDay])
			f[looksWeek] += half(t.Time, fades[looksWeek])
		}
	}
	return f.rounded()
}

// bought lists when the visitor went shopping, as far as the profile tells, the first
// time first: orders within visitor.Occasion of each other are one.
func bought(p *visitor.Profile) []time.Time {
	var all []time.Time
	for i := range p.Purchases {
		all = append(all, p.Purchases[i].Time)
	}
	for i := range p.Habits {
		all = append(all, p.Habits[i].Last)
	}
	sortTimes(all)
	n := 0
	for _, t := range all {
		if n > 0 && t.Sub(all[n-1]) < visitor.Occasion {
			continue
		}
		all[n] = t
		n++
	}
	return all[:n]
}

// After is what the facts are when the visitor has done nothing for that long.
func (f Facts) After(silence time.Duration) Facts {
	for k := range f {
		switch {
		case fact(k).isAge():
			f[k] += float32(silence.Hours() / 24)
		case fades[k] > 0:
			f[k] *= float32(math.Exp2(-silence.Hours() / fades[k].Hours()))
		}
	}
	return f.rounded()
}
