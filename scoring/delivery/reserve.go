package delivery

import (
	"math"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/pacing"
)

// Flight is a campaign as pacing sees it.
type Flight struct {
	*scoring.Campaign
	Hours  *pacing.Hours // it may be shown in; nil: all
	Offset int           // seconds from UTC of the time zone that Hours are meant in
}

// Standing is where a campaign stands at a time.
type Standing struct {
	Counts
	// Full: goal or budget have no room for one more creative.
	Full bool
	// Part is the probability with which it is to take part in a decision.
	Part float64
	// Done is the part of the goal that is reached, or of the budget where there is
	// no goal. Planned is the part that was to be by now; NaN where there is no end,
	// or nothing was handed out yet.
	Done, Planned float64
}

// Standing tells where a campaign stands.
func (l *Ledger) Standing(f Flight, now time.Time) Standing {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := l.accounts[f.ID]
	if a == nil {
		a = &account{}
	}
	s := Standing{Counts: a.Counts, Planned: math.NaN()}
	forecast := a.forecast(l.traffic.Forecast(), f)
	waiting := a.waiting(now)
	terms := a.terms(f.Campaign, waiting.number)
	plan := a.plan(f, &terms, &waiting, forecast, now)
	s.Full = !a.fits(f.Campaign, &terms, &waiting)
	if !s.Full {
		s.Part = a.part(f, plan, forecast, now)
	}
	switch {
	case terms.Goal != 0:
		s.Done = float64(*a.of(terms.Goal)) / float64(f.Goal.Amount)
	case terms.Budget > 0:
		s.Done = float64(a.Spent) / float64(terms.Budget)
	}
	if plan.Flight > 0 && (!f.Start.IsZero() || a.begun > 0) {
		s.Planned = min(1, max(0, 1-plan.Ahead/plan.Flight))
	}
	return s
}

// Part is what a decision asks of a Standing: whether there is no room, and the
// probability of taking part.
func (l *Ledger) Part(f Flight, now time.Time) (part float64, full bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := l.accounts[f.ID]
	if a == nil {
		a = &account{}
	}
	waiting := a.waiting(now)
	terms := a.terms(f.Campaign, waiting.number)
	if !a.fits(f.Campaign, &terms, &waiting) {
		return 0, true
	}
	forecast := a.forecast(l.traffic.Forecast(), f)
	return a.part(f, a.plan(f, &terms, &waiting, forecast, now), forecast, now), false
}

// plan is what a campaign still has before it; nothing without an end.
func (a *account) plan(f Flight, t *scoring.Terms, waiting *reserved, forecast *pacing.Forecast, now time.Time) (p pacing.Plan) {
	if f.End.IsZero() {
		return p
	}
	start := f.Start
	switch {
	case start.IsZero() && a.begun > 0:
		start = time.UnixMilli(a.begun)
	case start.IsZero() || now.Before(start):
		start = now
	}
	p.Need = a.need(f.Campaign, t, waiting)
	p.Ahead = forecast.Between(now, pacing.Target(start, f.End))
	p.Flight = p.Ahead + forecast.Between(start, now)
	return p
}

// part is the probability with which a campaign is to take part. Without an end it
// always does: it delivers as fast as it goes.
func (a *account) part(f Flight, p pacing.Plan, forecast *pacing.Forecast, now time.Time) float64 {
	if f.End.IsZero() {
		return 1
	}
	return p.Part(a.supply, a.since(f, forecast, now))
}

// forecast is the traffic within the hours that the campaign may be shown in.
func (a *account) forecast(all *pacing.Forecast, f Flight) *pacing.Forecast {
	if f.Hours == nil {
		return all
	}
	if w := &a.within; w.of != all || w.hours != f.Hours || w.offset != f.Offset {
		*w = within{all, f.Hours, f.Offset, all.Within(f.Hours, f.Offset)}
	}
	return a.within.forecast
}

// within is a forecast within some hours, kept until the one or the others change.
type within struct {
	of       *pacing.Forecast
	hours    *pacing.Hours
	offset   int
	forecast *pacing.Forecast
}

// since is the traffic since a creative of the campaign was last handed out, since its
// flight began, or since it was last changed: it may have been paused before.
func (a *account) since(f Flight, forecast *pacing.Forecast, now time.Time) float64 {
	from := f.UpdatedAt
	if f.Start.After(from) {
		from = f.Start
	}
	if last := max(a.handed, a.seen); last > 0 && time.UnixMilli(last).After(from) {
		from = time.UnixMilli(last)
	}
	if from.IsZero() {
		return 0
	}
	return forecast.Between(from, now)
}

// Hold holds goal and budget for one more creative, under the hash of its token, and
// returns its terms; false if there is no room. It is one step: of decisions at the
// same time no more hold than there is room for. The hold ends when the creative is
// learned from the journal, or with Drop. Part is what Part told.
func (l *Ledger) Hold(f Flight, token uint64, part float64, now time.Time) (*scoring.Terms, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := l.account(f.ID)
	waiting := a.waiting(now)
	terms := a.terms(f.Campaign, waiting.number)
	if !a.fits(f.Campaign, &terms, &waiting) {
		return nil, false
	}
	if !f.End.IsZero() {
		forecast := a.forecast(l.traffic.Forecast(), f)
		plan := a.plan(f, &terms, &waiting, forecast, now)
		terms.Taken, terms.Passed = part, plan.Passed(a.supply, a.since(f, forecast, now))
	}
	a.seen = max(a.seen, now.UnixMilli())
	a.held.add(1, terms.Share, terms.Cost)
	l.holds[token] = hold{a, terms.Share, terms.Cost}
	return &terms, true
}

// Drop lets go of what is held under a token, as what it was for is not handed out.
func (l *Ledger) Drop(token uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.drop(token)
}

func (l *Ledger) drop(token uint64) {
	if h, ok := l.holds[token]; ok {
		h.account.held.add(-1, -h.share, -h.cost)
		delete(l.holds, token)
	}
}

// clickTrustForOrders is what the usual rate of conversions, one in so many clicks,
// weighs: so many clicks.
const clickTrustForOrders = 50

// Knows reports whether anything was counted of a campaign.
func (l *Ledger) Knows(id scoring.CampaignID) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.accounts[id] != nil
}

// HandedOut is the campaign of a creative that was handed out, by its token, if that is
// known.
func (l *Ledger) HandedOut(token uint64) (scoring.CampaignID, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var of *account
	if i, ok := l.byToken[token]; ok {
		of = l.handed[i].account
	} else if h, ok := l.holds[token]; ok {
		of = h.account
	}
	for id, a := range l.accounts {
		if a == of {
			return id, true
		}
	}
	return "", false
}

// PerClick is how many conversions of a campaign there are for a click.
func (l *Ledger) PerClick(id scoring.CampaignID) float64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	var c Counts
	if a := l.accounts[id]; a != nil {
		c = a.Counts
	}
	return (float64(c.Conversions) + 1) / (float64(c.Clicks) + clickTrustForOrders)
}
