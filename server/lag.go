package server

import (
	"sync"
	"time"

	"github.com/vitrine-io/vitrine/store"
)

// lagStep is how far apart in time the heads that a lag remembers are at least: a
// learner an hour behind has some 36,000 of them.
const lagStep = 100 * time.Millisecond

// lag knows how long events have waited to be learned from, without a time of arrival
// in each: by the heads of the journal that were seen, and when. It is safe for
// concurrent use.
type lag struct {
	mu   sync.Mutex
	seen []headSeen // heads grow
}

type headSeen struct {
	head store.Seq
	at   time.Time
}

// saw notes how far the journal goes now.
func (l *lag) saw(head store.Seq, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if n := len(l.seen); n > 0 {
		if last := l.seen[n-1]; head <= last.head || now.Sub(last.at) < lagStep {
			return
		}
	}
	l.seen = append(l.seen, headSeen{head, now})
}

// waited is how long the first event after the one reached has waited at least; 0 when
// none was seen.
func (l *lag) waited(reached store.Seq, now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.forget(reached)
	if len(l.seen) == 0 {
		return 0
	}
	return max(0, now.Sub(l.seen[0].at))
}

// reached forgets the heads that have been learned up to.
func (l *lag) reached(seq store.Seq) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.forget(seq)
}

func (l *lag) forget(seq store.Seq) {
	n := 0
	for n < len(l.seen) && l.seen[n].head <= seq {
		n++
	}
	if l.seen = l.seen[n:]; len(l.seen) == 0 {
		l.seen = nil
	}
}
