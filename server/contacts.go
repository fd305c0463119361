package server

import (
	"context"
	"sync"
	"time"

	"github.com/cespare/xxhash/v2"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/campaign"
)

// turns has the decisions that hand out something counted to one visitor come one
// after the other, each with the last one's contacts: reading, choosing and writing
// down are one step. Visitors who share a lock wait for each other, and nobody else.
type turns [1024]sync.Mutex

// take waits for the visitor's turn, which ends with done.
func (t *turns) take(v scoring.VisitorID) (done func()) {
	lock := &t[t.lockOf(v)]
	lock.Lock()
	return lock.Unlock
}

func (t *turns) lockOf(v scoring.VisitorID) int {
	return int(xxhash.Sum64String(string(v)) % uint64(len(t)))
}

// counted reports whether the page may hand out creatives that are counted.
func (q *query) counted() bool {
	if q.dryRun || !q.shelf.Counts() {
		return false
	}
	for k := range q.slots {
		if q.slots[k].placement.Creatives != nil {
			return true
		}
	}
	return false
}

// counts reports whether handing out the ad on this page is written down: contacts with
// a visitor who may not be known are with the caller.
func (q *query) counts(ad *campaign.Ad) bool {
	return ad.Flight.Counted() || ad.Keep() > 0 && q.visitor != ""
}

// turn is the visitor's, if what they are handed out is counted in the journal.
func (s *decisions) turn(ctx context.Context, q *query) (done func(), err error) {
	if q.device == "" || !q.counted() {
		return func() {}, nil
	}
	return s.turnOf(ctx, q.site, q.device)
}

// countMail has an e-mail that was delivered count as a contact, if anything counts
// it. One of ours was counted when it was decided on.
func (st *site) countMail(e *scoring.Event) {
	if keep := st.shelf.Load().KeepMail(); e.Type == scoring.EmailDelivered && e.Ad == nil && keep > 0 {
		e.Served = []scoring.Served{{Channel: scoring.ChannelEmail, Keep: keep}}
	}
}

// purchased is when a visitor last bought something that they kept, as far as is
// known.
func (k knowledge) purchased() time.Time {
	if p := k.bounds.Profile(); p != nil {
		return p.Purchased()
	}
	return time.Time{}
}
