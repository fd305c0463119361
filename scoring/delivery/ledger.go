// Package delivery counts what campaigns bring about, reserves goal and budget for
// what is handed out, and so keeps both from being exceeded.
package delivery

import (
	"sync"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/pacing"
)

// maxHanded bounds the creatives whose outcomes are told apart: 22 MB of them. At a
// hundred decisions a second that is the last 40 minutes; an outcome of an older one
// counts once more if it is told again under another id.
const maxHanded = 1 << 18

// Ledger is what a site's campaigns have brought about: a fold of its journal, the
// same for the same events, and beside it what decisions hold that do not stand in the
// journal yet. It is for any number of goroutines. Each call holds its lock for less
// than a microsecond.
type Ledger struct {
	traffic pacing.Traffic // for the goroutine that learns; its Forecast is for all

	mu       sync.Mutex
	accounts map[scoring.CampaignID]*account
	handed   []handed         // a ring once it is full
	next     int              // of handed, the oldest
	byToken  map[uint64]int32 // in handed
	holds    map[uint64]hold
}

// handed is a creative that was handed out, or of which an outcome was told.
type handed struct {
	token       uint64
	account     *account
	minute      int64
	price       int64
	share, cost int64 // that are still reserved
	conversions int32
	goal        scoring.Metric
	charge      scoring.Charge
	viewed      bool
	clicked     bool
	waits       bool // for its impression
}

// hold is what a decision holds until it stands in the journal.
type hold struct {
	account     *account
	share, cost int64
}

// New returns an empty ledger.
func New() *Ledger {
	l := &Ledger{}
	l.Reset()
	return l
}

// Reset forgets everything.
func (l *Ledger) Reset() {
	l.traffic.Reset()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.accounts, l.byToken, l.holds = map[scoring.CampaignID]*account{}, map[uint64]int32{}, map[uint64]hold{}
	l.handed, l.next = nil, 0
}

// Learn folds in an event. Events come in the order of the journal.
func (l *Ledger) Learn(e *scoring.Event) {
	switch {
	case e.Type == scoring.CampaignDeleted && e.Control != nil:
		l.mu.Lock()
		defer l.mu.Unlock()
		l.forget(e.Control.Campaign)
	case e.Type.Control():
	case e.Type == scoring.CreativeServed:
		l.mu.Lock()
		defer l.mu.Unlock()
		for i := range e.Served {
			if s := &e.Served[i]; s.Campaign != "" {
				l.hand(s, e.Time)
			}
		}
	case e.Type.Internal():
	default:
		l.traffic.Learn(e.Time)
		if e.Ad != nil {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.outcome(e)
		}
	}
}

// hand counts a creative that was handed out, and takes over what its decision held.
func (l *Ledger) hand(s *scoring.Served, at time.Time) {
	a := l.account(s.Campaign)
	a.HandedOut++
	h := l.add(s.Token, a, at)
	if t := s.Terms; t != nil {
		h.goal, h.charge, h.price, h.share, h.cost, h.waits = t.Goal, t.Charge, t.Price, t.Share, t.Cost, true
		a.budget = t.Budget
		a.reserve(h.minute, 1, h.share, h.cost)
		if t.Taken > 0 {
			a.supply = a.supply.Handed(t.Taken, t.Passed)
		}
		a.handed = max(a.handed, at.UnixMilli())
		if a.begun == 0 {
			a.begun = a.handed
		}
	}
	l.drop(s.Token)
}

// outcome counts what became of a creative. Each creative is seen once and clicked
// once, however often that is told.
func (l *Ledger) outcome(e *scoring.Event) {
	h := l.find(e)
	switch e.Type {
	case scoring.CreativeViewed:
		h.view()
	case scoring.CreativeClicked:
		h.view() // what was clicked was in sight, whether or not that was told
		if !h.clicked {
			h.clicked = true
			h.happened(scoring.MetricClicks)
		}
	case scoring.OrderCompleted:
		h.conversions++
		h.happened(scoring.MetricConversions)
	case scoring.OrderRefunded, scoring.OrderCancelled:
		if h.conversions == 0 {
			return
		}
		h.conversions--
		h.account.Conversions--
		if h.charge == scoring.ChargeConversion {
			h.account.Spent = max(0, h.account.Spent-h.price)
		}
	}
}

func (h *handed) view() {
	if h.viewed {
		return
	}
	h.viewed = true
	h.happened(scoring.MetricImpressions)
	if h.waits {
		h.waits = false
		h.account.release(h.minute, 1, 0, 0)
	}
}

// happened counts an outcome, charges it if it costs, and releases what was reserved
// for it.
func (h *handed) happened(m scoring.Metric) {
	a := h.account
	*a.of(m)++
	if h.charge.Metric() == m {
		a.charge(h.price)
		a.release(h.minute, 0, 0, h.cost)
		h.cost = 0
	}
	if h.goal == m {
		a.release(h.minute, 0, h.share, 0)
		h.share = 0
	}
}

// find is what an event is about. One that is not known any more, or that nobody
// counted when it was handed out, is taken in now: it brings an outcome and costs
// nothing.
func (l *Ledger) find(e *scoring.Event) *handed {
	if i, ok := l.byToken[e.Ad.Token]; ok {
		return &l.handed[i]
	}
	return l.add(e.Ad.Token, l.account(e.Ad.Campaign), e.Time)
}

// add takes in a creative, in the place of the oldest if there are too many.
func (l *Ledger) add(token uint64, a *account, at time.Time) *handed {
	if i, ok := l.byToken[token]; ok {
		return &l.handed[i]
	}
	i := l.next
	if len(l.handed) < maxHanded {
		i = len(l.handed)
		l.handed = append(l.handed, handed{})
	} else {
		delete(l.byToken, l.handed[i].token)
		l.next = (i + 1) % maxHanded
	}
	l.handed[i] = handed{token: token, account: a, minute: minuteOf(at)}
	l.byToken[token] = int32(i)
	return &l.handed[i]
}

func (l *Ledger) account(id scoring.CampaignID) *account {
	a := l.accounts[id]
	if a == nil {
		a = &account{}
		l.accounts[id] = a
	}
	return a
}

// forget lets go of a campaign: one that takes its id later begins anew.
func (l *Ledger) forget(id scoring.CampaignID) {
	a := l.accounts[id]
	if a == nil {
		return
	}
	delete(l.accounts, id)
	kept := make([]handed, 0, len(l.handed))
	for i := range l.handed {
		if h := &l.handed[(l.next+i)%len(l.handed)]; h.account != a {
			kept = append(kept, *h)
		}
	}
	l.handed, l.next = kept, 0
	clear(l.byToken)
	for i := range l.handed {
		l.byToken[l.handed[i].token] = int32(i)
	}
	for token, h := range l.holds {
		if h.account == a {
			delete(l.holds, token)
		}
	}
}
