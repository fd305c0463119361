package server

import (
	"runtime"
	"time"

	"github.com/vitrine-io/vitrine/store"
)

const (
	// putOff is how long events wait at most because learning gives way to more of them.
	putOff = 10 * time.Second
	// crowded is the part of all cores that keeping up takes when learning gives way. On
	// ten cores and more one learner never takes it.
	crowded = 0.1
	// leastFlood is how many events a second are none, whatever the first of them cost.
	leastFlood = 500
	// givingWay is how long learning gives way before it looks again.
	givingWay = 10 * time.Millisecond
	// floodStep is how far apart the heads are at least that tell how fast events come.
	floodStep = 50 * time.Millisecond
)

// flood knows how fast a journal grows, and whether to learn from it now would take the
// cores that its events come in by. Not safe for concurrent use.
type flood struct {
	cost float64 // seconds of learning an event, of late
	rate float64 // events a second, of late
	head store.Seq
	at   time.Time
}

// learned notes how long learning from so many events took.
func (f *flood) learned(events int, took time.Duration) {
	cost := took.Seconds() / float64(events)
	if f.cost == 0 {
		f.cost = cost
	}
	f.cost += (cost - f.cost) / 8
}

// saw notes how far the journal goes now.
func (f *flood) saw(head store.Seq, now time.Time) {
	since := now.Sub(f.at)
	if since < floodStep && head >= f.head {
		return
	}
	if f.rate = 0; !f.at.IsZero() && head > f.head {
		f.rate = float64(head-f.head) / since.Seconds()
	}
	f.head, f.at = head, now
}

// crowds is whether keeping up takes more of the machine than can be spared.
func (f *flood) crowds() bool {
	return f.rate > leastFlood && f.rate*f.cost > crowded*float64(runtime.GOMAXPROCS(0))
}
