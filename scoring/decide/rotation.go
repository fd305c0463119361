package decide

import (
	"github.com/vitrine-io/vitrine/scoring/approx"
	"github.com/vitrine-io/vitrine/scoring/catalog"
)

// sight is a product that came into the visitor's sight and was left alone.
type sight struct {
	product catalog.Index
	alone   float32
}

// believed is how many sights the blend's opinion of a product is worth: that of
// a Beta prior, whose odds fall by (believed + n) / believed after n sights
// without response. At 2, once leaves two thirds of them, three times two fifths,
// ten times a sixth, about as steeply as invitations left alone lose their
// chances (Lee, Lakshmanan, Tiwari, Shah: Modeling impression discounting in
// large-scale recommender systems, KDD 2014). Sights fade with a half-life of
// three days (visitor.Shown), so that a product comes back within two weeks.
const believed = 2

// readShown finds what the visitor saw and left alone.
func (q *query) readShown() {
	q.sights = q.sights[:0]
	if q.page.Visitor.Profile() == nil {
		return
	}
	shown := q.page.Visitor.Profile().Shown
	for k := range shown {
		if i, ok := q.find(shown[k].Product); ok {
			n := float32(shown[k].TimesAt(q.page.Now))
			q.sights = append(q.sights, sight{product: i, alone: approx.Ln(1 + n/believed)})
		}
	}
}

// leftAlone is what being seen without response costs in logarithms of odds,
// where the placement rotates.
func leftAlone(q *query, v *view) float32 {
	if !q.rotates {
		return 0
	}
	for k := range q.sights {
		if q.sights[k].product == v.product {
			return q.sights[k].alone
		}
	}
	return 0
}
