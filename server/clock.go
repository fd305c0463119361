package server

import (
	"sync/atomic"
	"time"
)

// Clock tells the time of a decision. Inside of Vitrine nothing else does.
type Clock interface {
	Now() time.Time
	// Saw tells of the time of an event that was stored, or of nothing yet by
	// the zero time.
	Saw(t time.Time)
}

// SystemClock is the machine's.
type SystemClock struct{}

// Now is the current time.
func (SystemClock) Now() time.Time { return time.Now() }

// Saw does nothing: events do not move the machine's clock.
func (SystemClock) Saw(time.Time) {}

// EventClock stands at the latest event seen: for backtests and replays, where
// now is when the log says. It is safe for concurrent use.
type EventClock struct{ latest atomic.Int64 }

// Now is the time of the latest event, the machine's before the first.
func (c *EventClock) Now() time.Time {
	if latest := c.latest.Load(); latest != 0 {
		return time.UnixMicro(latest)
	}
	return time.Now()
}

// Saw moves the clock forward to t, never back.
func (c *EventClock) Saw(t time.Time) {
	for at := t.UnixMicro(); ; {
		latest := c.latest.Load()
		if at <= latest || c.latest.CompareAndSwap(latest, at) {
			return
		}
	}
}
