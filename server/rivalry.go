package server

import (
	"time"

	"github.com/vitrine-io/vitrine/scoring/campaign"
	"github.com/vitrine-io/vitrine/scoring/creative"
	"github.com/vitrine-io/vitrine/scoring/model"
)

// rivalry is the ads that compete for a slot, and what they are predicted by. It is
// reused.
type rivalry struct {
	clicks, orders creative.Reading
	rivals         []creative.Contestant
	features       []creative.Feature // of the rivals, one after the other
	arms           []creative.Arm

	// Of a slot with ads for orders: those that compete for one kind of response.
	alike     []creative.Contestant
	alikeArms []creative.Arm
}

// begin reads what is known at the time of a page.
func (r *rivalry) begin(m *model.Model, now time.Time) {
	r.clicks, r.orders = m.Responses().At(now), m.Conversions().At(now)
}

// responses predict the response that the ad is for.
func (r *rivalry) responses(ad *campaign.Ad) *creative.Reading {
	if ad.ForOrders() {
		return &r.orders
	}
	return &r.clicks
}

// compete makes arms of the eligible ads. All are worth money at the end, whatever
// response brings it.
func (a *ads) compete(ask *campaign.Ask, common []creative.Feature) {
	a.rivals, a.features = a.rivals[:0], a.features[:0]
	forOrders := 0
	for _, ad := range a.eligible {
		from := len(a.features)
		a.features = append(a.features, a.builder.Own(ad.Prepared(), ask.Contacts.Lately(ad.Key(), ask.Now))...)
		a.rivals = append(a.rivals, creative.Contestant{Own: a.features[from:len(a.features):len(a.features)], Value: ad.Value(a.pace.ledger.PerClick)})
		if ad.ForOrders() {
			forOrders++
		}
	}
	switch forOrders {
	case 0:
		a.arms = a.clicks.AppendArms(a.arms[:0], common, a.rivals)
	case len(a.eligible):
		a.arms = a.orders.AppendArms(a.arms[:0], common, a.rivals)
	default:
		a.arms = append(a.arms[:0], make([]creative.Arm, len(a.rivals))...)
		a.competeAlike(&a.clicks, common)
		a.competeAlike(&a.orders, common)
	}
	campaign.Settle(a.eligible, a.arms)
}

// competeAlike makes the arms of the ads that are predicted by one reading.
func (a *ads) competeAlike(by *creative.Reading, common []creative.Feature) {
	a.alike = a.alike[:0]
	for k, ad := range a.eligible {
		if a.responses(ad) == by {
			a.alike = append(a.alike, a.rivals[k])
		}
	}
	a.alikeArms = by.AppendArms(a.alikeArms[:0], common, a.alike)
	n := 0
	for k, ad := range a.eligible {
		if a.responses(ad) == by {
			a.arms[k] = a.alikeArms[n]
			n++
		}
	}
}
