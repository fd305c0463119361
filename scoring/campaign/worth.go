package campaign

import (
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/creative"
)

// ForOrders reports whether the ad is to bring orders, and not clicks: its campaign
// pays for conversions or has a goal of them, and does not say what a click is worth.
func (a *Ad) ForOrders() bool {
	f := a.Flight
	return f.ClickValue == nil &&
		(f.Bid != nil && f.Bid.Charge == scoring.ChargeConversion || f.Goal != nil && f.Goal.Metric == scoring.MetricConversions)
}

// Value is what a response is worth, in units of the site's currency: a click, or an
// order of an ad ForOrders. It is what the campaign says a click is worth, or else its
// bid for the response, or 1 for a click without either. Of an ad for orders that pays
// for clicks or not at all, an order is worth as much as the clicks that lead to one,
// which perClick tells: so it competes as it would for clicks, and those of its creatives
// win that are bought from. Of a bid for impressions it is 1, and Settle makes it right.
func (a *Ad) Value(perClick func(scoring.CampaignID) float64) float64 {
	bid, value := a.Flight.Bid, 1.0
	switch {
	case a.Flight.ClickValue != nil:
		return a.Flight.ClickValue.Amount()
	case bid != nil && bid.Charge == scoring.ChargeThousandImpressions:
		return 1
	case bid != nil:
		value = bid.Amount.Amount()
	}
	if a.ForOrders() && (bid == nil || bid.Charge != scoring.ChargeConversion) {
		value /= perClick(a.Campaign)
	}
	return value
}

// perImpression is what showing the ad is worth where that does not depend on
// responses; 0 where it does.
func (a *Ad) perImpression() float64 {
	bid := a.Flight.Bid
	if a.Flight.ClickValue != nil || bid == nil || bid.Charge != scoring.ChargeThousandImpressions {
		return 0
	}
	return bid.Amount.Amount() / 1000
}

// Settle gives the arms of campaigns that pay by the impression their values: what
// their creatives are worth is the bid on average, and more for those that are likelier
// to be responded to, so that among its own creatives a campaign shows those that
// visitors welcome. The ads are in the order of campaigns, and the arms theirs.
func Settle(ads []*Ad, arms []creative.Arm) {
	for from := 0; from < len(ads); {
		to := from + 1
		for to < len(ads) && ads[to].Flight == ads[from].Flight {
			to++
		}
		if worth := ads[from].perImpression(); worth > 0 {
			var sum float64
			for k := from; k < to; k++ {
				arms[k].Value = 1
				sum += arms[k].Worth()
			}
			for k := from; k < to; k++ {
				arms[k].Value = worth * float64(to-from) / sum
			}
		}
		from = to
	}
}
