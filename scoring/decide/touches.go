package decide

import (
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/model"
)

// touchFeatures learn what a touch of each type says of what is turned to next,
// beside a view. The value is what part of the co-visitation that speaks for a
// candidate comes from products of the visit that were touched so. With weight w
// such a touch counts as e^w views: the odds of what it alone speaks for are that
// many times those of what a view speaks for.
func touchFeatures() []feature {
	from := func(k model.TouchKind) column {
		return each(func(_ *query, v *view) float32 { return v.touches[k] })
	}
	const because = scoring.ReasonViewedTogether
	return []feature{
		{"from a click", because, 0, 0, from(model.Clicked)},
		{"from a wish list", because, 0, 0, from(model.Wished)},
		{"from the cart", because, 0, 0, from(model.Carted)},
		{"from an order", because, 0, 0, from(model.Ordered)},
	}
}

// lookAtTouches finds these shares, of products that are new to the visit.
func (q *query) lookAtTouches(views []view) {
	clear(q.viewed)
	for k := range views {
		if v := &views[k]; v.rank < 0 {
			q.viewed[v.product] = k
		}
	}
	for r := range min(covisitSeeds, len(q.seeds)) {
		s := &q.seeds[r]
		if s.kind == model.Viewed {
			continue
		}
		var sessions, now float64
		q.pairs, sessions, now = q.learned.Pairs(q.pairs[:0], s.product, q.page.Now)
		sessions = q.withoutOwn(s.product, q.pairs, sessions, now)
		w := float32(s.weight * q.fade(r, q.config.covisitFade) * now / (sessions*now + 1))
		for _, p := range q.pairs {
			if k, ok := q.viewed[p.To]; ok {
				v := &views[k]
				v.touches[s.kind] += w * (p.Next + p.Forward + p.Backward) / (v.signal[sigNext] + v.signal[sigForward] + v.signal[sigBackward])
			}
		}
	}
}
