package vitrine

import (
	"sync"
	"time"
)

const (
	// breakerTrips is how many failures in a row say that the server is gone
	// rather than slow once.
	breakerTrips = 5
	// breakerProbes is how often a call goes through to see: one visitor in
	// 250 ms waits out the deadline, and recovery is noticed as fast.
	breakerProbes = 250 * time.Millisecond
)

// breaker keeps pages from waiting for a server that does not answer. It is
// safe for concurrent use; the zero value lets calls through.
type breaker struct {
	mu       sync.Mutex
	failures int // in a row
	probeAt  time.Time
}

// allow reports whether to ask.
func (b *breaker) allow(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failures < breakerTrips {
		return true
	}
	if now.Before(b.probeAt) {
		return false
	}
	b.probeAt = now.Add(breakerProbes)
	return true
}

// answered notes that the server is there.
func (b *breaker) answered() {
	b.mu.Lock()
	b.failures = 0
	b.mu.Unlock()
}

// failed notes that it did not answer.
func (b *breaker) failed(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failures++
	if b.failures == breakerTrips {
		b.probeAt = now.Add(breakerProbes)
	}
}
