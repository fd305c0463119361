package edge

import (
	"math"
	runtimemetrics "runtime/metrics"
	"sync/atomic"
	"time"
)

const (
	// pressureWindow is how often pressure is measured while calls come: long enough
	// for a hundred samples under load, short against what a page may wait.
	pressureWindow = 10 * time.Millisecond
	// quietWindow is how long a window is at most. With less than enoughSamples in it
	// nobody waits for others: one slow start among few says nothing.
	quietWindow   = 100 * time.Millisecond
	enoughSamples = 20
)

// pressure measures how long goroutines that could run wait for a processor. A
// decision never blocks once it has begun, so that its queue is the scheduler's:
// this is the time spent in it. What waits for the disk does not count.
type pressure struct {
	next   atomic.Int64 // when to measure again, Unix nanoseconds
	delay  atomic.Int64 // of the last window, nanoseconds
	sample []runtimemetrics.Sample
	before []uint64  // counts at the end of the last window
	ended  time.Time // the last window
}

func newPressure() *pressure {
	return &pressure{sample: []runtimemetrics.Sample{{Name: "/sched/latencies:seconds"}}}
}

// wait is how long goroutines waited of late.
func (p *pressure) wait() time.Duration { return time.Duration(p.delay.Load()) }

// due reports whether a window has passed. It says so to one caller alone, who
// must measure.
func (p *pressure) due(now time.Time) bool {
	next := p.next.Load()
	at := now.UnixNano()
	return at >= next && p.next.CompareAndSwap(next, math.MaxInt64)
}

// measure ends a window, unless there is too little in it, and reports whether it did.
func (p *pressure) measure(now time.Time) bool {
	defer p.next.Store(now.Add(pressureWindow).UnixNano())
	runtimemetrics.Read(p.sample)
	h := p.sample[0].Value.Float64Histogram()
	if p.before == nil {
		p.before = make([]uint64, len(h.Counts))
	}
	total := uint64(0)
	for i, n := range h.Counts {
		total += n - p.before[i]
	}
	switch {
	case total >= enoughSamples:
		p.delay.Store(int64(quantileOfNew(h, p.before, total, 0.9)))
	case now.Sub(p.ended) >= quietWindow:
		p.delay.Store(0)
	default:
		return false
	}
	copy(p.before, h.Counts)
	p.ended = now
	return true
}

// quantileOfNew is the quantile of the total that has come into the histogram since
// before: the lower bound of its bucket.
func quantileOfNew(h *runtimemetrics.Float64Histogram, before []uint64, total uint64, q float64) time.Duration {
	rest := uint64(float64(total) * (1 - q))
	for i := len(h.Counts) - 1; i >= 0; i-- {
		n := h.Counts[i] - before[i]
		if n > rest {
			low := h.Buckets[i]
			if math.IsInf(low, 0) {
				low = 0
			}
			return time.Duration(low * float64(time.Second))
		}
		rest -= n
	}
	return 0
}
