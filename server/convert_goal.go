package server

import (
	"math"
	"time"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/campaign"
)

// leastBid is a millionth of a unit: a thousandth of it is a billionth, and what can be
// charged.
const leastBid = 1000

func goalFromProto(v *violations, field string, m *pb.Goal) *scoring.Goal {
	if m == nil {
		return nil
	}
	g := &scoring.Goal{Metric: scoring.Metric(m.GetMetric()), Amount: m.GetAmount()}
	switch spend := g.Metric == scoring.MetricSpend; {
	case spend && g.Amount != 0:
		v.add(field+".amount", "is %d, must be left out with SPEND: the budget says how much", g.Amount)
	case !spend && g.Amount == 0:
		v.add(field+".amount", "is 0, must be at least 1")
	}
	return g
}

func bidFromProto(v *violations, field string, m *pb.Bid, currency string) *scoring.Bid {
	amount := moneyFromProto(v, field+".amount", m.GetAmount(), currency)
	if amount == nil {
		return nil // none, or said so
	}
	switch {
	case amount.Nanos < leastBid:
		v.add(field+".amount", "is %v, must be at least 0.000001", amount.Amount())
	case amount.Currency != currency:
		v.add(field+".amount.currency_code", "is %q, must be the site's, %q", clip(amount.Currency), currency)
	}
	return &scoring.Bid{Charge: scoring.Charge(m.GetCharge()), Amount: *amount}
}

// checkBudget checks what goal, budget and bid ask of each other.
func checkBudget(v *violations, field string, c *scoring.Campaign, currency string) {
	if c.Goal != nil && c.Goal.Metric == scoring.MetricSpend && c.Budget == nil {
		v.add(field+"budget", "is absent, must be there with a goal of SPEND: it is what is to be spent")
	}
	switch {
	case c.Budget == nil:
	case c.Budget.Nanos <= 0:
		v.add(field+"budget", "is %v, must be above 0: pause a campaign that is to spend nothing", c.Budget.Amount())
	case c.Budget.Currency != currency:
		v.add(field+"budget.currency_code", "is %q, must be the site's, %q", clip(c.Budget.Currency), currency)
	case c.Bid == nil:
		v.add(field+"bid", "is absent, must be there with a budget: without it nothing is charged")
	case c.Bid.Price() > c.Budget.Nanos:
		v.add(field+"budget", "is %v, must be enough for one of what bid pays for, %v", c.Budget.Amount(), float64(c.Bid.Price())/1e9)
	}
}

// flightToProto is a campaign with what it has brought about.
func (st *site) flightToProto(f *campaign.Flight, now time.Time) *pb.Campaign {
	m := campaignToProto(st.id, &f.Campaign)
	s := st.learner.model.Deliveries().Standing(st.shelf.Load().Paced(f, now), now)
	m.Delivery = &pb.Delivery{
		HandedOut: s.HandedOut, Impressions: s.Impressions, Clicks: s.Clicks, Conversions: s.Conversions,
		Spent: moneyToProto(&scoring.Money{Currency: st.info.Currency, Nanos: s.Spent}),
	}
	if f.Counted() {
		m.Delivery.Progress, m.Delivery.Participation = &s.Done, &s.Part
		if !math.IsNaN(s.Planned) {
			m.Delivery.Planned = &s.Planned
		}
	}
	return m
}
