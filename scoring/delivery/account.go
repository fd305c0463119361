package delivery

import (
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/pacing"
)

// Window is how long what was handed out reserves its share of goal and budget. Pages
// are seen within seconds and creatives clicked within minutes of their impression;
// what has not come by then hardly does, and a campaign must not wait for it.
const Window = 10 * time.Minute

// million is the unit of shares: an outcome is so many.
const million = 1_000_000

// Counts are what a campaign has brought about since it began.
type Counts struct {
	HandedOut, Impressions, Clicks, Conversions int64
	Spent                                       int64 // charged, in billionths of the currency's unit
}

// of is the count of a metric.
func (c *Counts) of(m scoring.Metric) *int64 {
	switch m {
	case scoring.MetricImpressions:
		return &c.Impressions
	case scoring.MetricClicks:
		return &c.Clicks
	case scoring.MetricConversions:
		return &c.Conversions
	}
	return &c.Spent
}

// account is what is known of a campaign. All that stands before held follows
// from the journal.
type account struct {
	Counts
	budget int64 // as last told; 0: none
	open   [slots]reserved
	supply pacing.Supply
	begun  int64 // when it was first handed out, in Unix milliseconds; 0: never
	handed int64 // when it last was

	held reserved // by decisions that do not stand in the journal yet
	seen int64    // when one of them last was, in Unix milliseconds

	within within // what its forecast was worked out from
}

// reserved is what was handed out and has not brought its share yet.
type reserved struct {
	minute int64 // since 1970 that it was handed out in
	number int64 // of creatives
	share  int64 // of the goal, in millionths
	cost   int64
}

// slots are minutes that are told apart: those of Window and some more for decisions
// that reach the journal out of turn.
const slots = 16

func (r *reserved) add(number, share, cost int64) {
	r.number += number
	r.share += share
	r.cost += cost
}

func minuteOf(at time.Time) int64 { return at.Unix() / 60 }

// reserve adds to what was handed out in a minute, unless that is long over.
func (a *account) reserve(minute, number, share, cost int64) {
	r := &a.open[uint64(minute)%slots]
	switch {
	case r.minute < minute:
		*r = reserved{minute: minute}
	case r.minute > minute:
		return
	}
	r.add(number, share, cost)
}

// release takes off what is not to be waited for any more.
func (a *account) release(minute, number, share, cost int64) {
	if r := &a.open[uint64(minute)%slots]; r.minute == minute {
		r.add(-number, -share, -cost)
	}
}

// waiting is all that is reserved at a time.
func (a *account) waiting(now time.Time) (sum reserved) {
	sum = a.held
	from := minuteOf(now.Add(-Window))
	for i := range a.open {
		if r := &a.open[i]; r.minute > from {
			sum.add(r.number, r.share, r.cost)
		}
	}
	return sum
}

// What is assumed of a creative before a campaign has shown any: the usual rates of
// banners, each weighing as much as one outcome of its kind.
const (
	clickTrust      = 100  // one click of so many that were handed out
	conversionTrust = 2000 // one conversion likewise
	impressionTrust = 20   // all come into sight
)

// each is how much of an outcome a creative that is handed out brings on average, so
// many of them being still waited for.
func (a *account) each(m scoring.Metric, waiting int64) float64 {
	settled := float64(max(0, a.HandedOut-waiting))
	switch m {
	case scoring.MetricImpressions:
		return min(1, (float64(a.Impressions)+impressionTrust)/(settled+impressionTrust))
	case scoring.MetricClicks:
		return (float64(a.Clicks) + 1) / (settled + clickTrust)
	}
	return (float64(a.Conversions) + 1) / (settled + conversionTrust)
}

// share is what is reserved of a goal for one creative, in millionths: of impressions a
// whole one, so that there are never more than agreed; of what is rarer what it brings
// on average, or else a campaign would stand still until it knows.
func (a *account) share(m scoring.Metric, waiting int64) int64 {
	if m == scoring.MetricImpressions {
		return million
	}
	return max(1, int64(a.each(m, waiting)*million))
}

// terms are those of one more creative of a campaign.
func (a *account) terms(c *scoring.Campaign, waiting int64) scoring.Terms {
	var t scoring.Terms
	if c.Goal != nil && c.Goal.Metric != scoring.MetricSpend {
		t.Goal = c.Goal.Metric
		t.Share = a.share(t.Goal, waiting)
	}
	if c.Bid != nil {
		t.Charge, t.Price = c.Bid.Charge, c.Bid.Price()
		t.Cost = t.Price
		if share := a.share(t.Charge.Metric(), waiting); share < million {
			t.Cost = int64(float64(t.Price) * float64(share) / million)
		}
	}
	if c.Budget != nil {
		t.Budget = c.Budget.Nanos
	}
	return t
}

// fits reports whether there is room for one more creative.
func (a *account) fits(c *scoring.Campaign, t *scoring.Terms, waiting *reserved) bool {
	if t.Goal != 0 {
		done := *a.of(t.Goal)
		if done >= c.Goal.Amount || (c.Goal.Amount-done)*million < waiting.share+t.Share {
			return false
		}
	}
	if t.Budget > 0 && (a.Spent >= t.Budget || t.Budget-a.Spent < waiting.cost+t.Cost) {
		return false
	}
	return true
}

// need is how many creatives are still to be handed out for goal and budget, whatever
// is the less.
func (a *account) need(c *scoring.Campaign, t *scoring.Terms, waiting *reserved) float64 {
	need := -1.0
	if t.Goal != 0 {
		left := float64(c.Goal.Amount-*a.of(t.Goal)) - float64(waiting.share)/million
		need = left / a.each(t.Goal, waiting.number)
	}
	if t.Budget > 0 && t.Price > 0 {
		left := float64(t.Budget - a.Spent - waiting.cost)
		if n := left / float64(t.Price) / a.each(t.Charge.Metric(), waiting.number); need < 0 || n < need {
			need = n
		}
	}
	return max(0, need)
}

// charge charges an outcome, as far as the budget goes.
func (a *account) charge(price int64) {
	if a.budget > 0 {
		price = min(price, max(0, a.budget-a.Spent))
	}
	a.Spent += price
}
