package campaign

import (
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/creative"
)

// Value is what a click is worth, in units of the site's currency: what the campaign
// says, or else its bid; of a bid for conversions as much as of the clicks lead to one,
// which perClick tells. Of a bid for impressions it is 1, and Settle makes it right.
func (a *Ad) Value(perClick func(scoring.CampaignID) float64) float64 {
	switch bid := a.Flight.Bid; {
	case a.Flight.ClickValue != nil:
		return a.Flight.ClickValue.Amount()
	case bid == nil || bid.Charge == scoring.ChargeThousandImpressions:
		return 1
	case bid.Charge == scoring.ChargeConversion:
		return bid.Amount.Amount() * perClick(a.Campaign)
	default:
		return bid.Amount.Amount()
	}
}

// perImpression is what showing the ad is worth where that does not depend on clicks;
// 0 where it does.
func (a *Ad) perImpression() float64 {
	bid := a.Flight.Bid
	if a.Flight.ClickValue != nil || bid == nil || bid.Charge != scoring.ChargeThousandImpressions {
		return 0
	}
	return bid.Amount.Amount() / 1000
}

// Settle gives the arms of campaigns that pay by the impression their values: what
// their creatives are worth is the bid on average, and more for those that are likelier
// to be clicked, so that among its own creatives a campaign shows those that visitors
// welcome. The ads are in the order of campaigns, and the arms theirs.
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
