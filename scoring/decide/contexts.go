package decide

import (
	"slices"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/model"
)

// contexts brings what visitors of the page's contexts turn to: those of the same
// place, source, device and channel. It says most of a first-ever visitor, and
// is not asked once there is a visit to go by.
type contexts struct{}

func (contexts) name() string { return "contexts" }

func (contexts) gather(q *query) {
	if len(q.visit) > 0 {
		return
	}
	q.settings = q.learned.Settings(q.settings, &q.context, q.page.Now)
	if len(q.settings) == 0 {
		return
	}
	q.inContext, q.candidates.rare = true, true
	q.shares = q.learned.Shares(q.page.Now)
	few := len(q.candidates.list) < max(q.config.secondStage, 3*q.wanted) // to choose from
	for k := range q.settings {
		s := &q.settings[k]
		for _, x := range s.Turned {
			c := q.candidates.likely(x.Product)
			if c.product != x.Product {
				if c = q.candidates.sought(x.Product, few); c == nil {
					continue
				}
			}
			if q.placeOf(x.Product) >= 0 {
				continue // whether to go back to one's own is another matter
			}
			c.signal[sigContext] += s.Part(float64(x.Weight))
			q.turned = append(q.turned, turned{weight: x.Weight, setting: uint16(k), before: c.turned})
			c.turned = uint16(len(q.turned))
		}
	}
}

// turned is how much the visitors of a setting turn to a candidate. It is noted while
// candidates are gathered; what follows from it is worked out for the few that go on.
type turned struct {
	weight  float32
	setting uint16
	before  uint16 // the candidate's next place in query.turned + 1; 0: none
}

// lifts is how many times as much as others, whose share of it that is, the visitors of
// each setting turn to a candidate, in logarithms.
func (q *query) lifts(c *candidate, share float64) (by [model.Traits]float32) {
	var weights [model.Traits]float64
	for k := c.turned; k > 0; k = q.turned[k-1].before {
		weights[q.turned[k-1].setting] = float64(q.turned[k-1].weight)
	}
	for k := range q.settings {
		by[k] = q.settings[k].Lift(weights[k], share)
	}
	return by
}

// likedHere is how much more than others the visitors of the page's contexts turn to
// a product: the sum of the logarithms of how many times as much over the traits, 1
// for 150 times. Traits count as independent of each other (naive Bayes).
func likedHere(q *query, views []view, into []float32) {
	clear(into)
	if !q.inContext {
		return
	}
	// What everybody turns to first: one does not wait for the memory of another.
	q.usual = slices.Grow(q.usual[:0], len(views))[:len(views)]
	for k := range views {
		q.usual[k] = q.shares.Of(views[k].product)
	}
	for k := range views {
		v := &views[k]
		if v.rank >= 0 {
			continue
		}
		for _, by := range q.lifts(v.candidate, q.usual[k]) {
			into[k] += by
		}
		into[k] = max(-1, min(1, into[k]/5))
	}
}

// whoLikes is the reason of what visitors of a context turn to more than others. A
// kind of device is no reason that a visitor would understand.
func (q *query) whoLikes(c *candidate) scoring.Reason {
	by := q.lifts(c, q.shares.Of(c.product))
	most := 0
	for k := range q.settings {
		if by[k] > by[most] {
			most = k
		}
	}
	if by[most] > 0 && q.settings[most].Trait <= model.TraitSource {
		return scoring.Reason{Kind: scoring.ReasonLikedHere}
	}
	return scoring.Reason{Kind: scoring.ReasonPopular}
}
