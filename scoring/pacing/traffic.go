package pacing

import (
	"encoding/binary"
	"errors"
	"math"
	"sync/atomic"
	"time"
)

// ErrCorrupt is returned by Restore for bytes that AppendTo did not write.
var ErrCorrupt = errors.New("pacing: corrupt bytes")

const (
	// fade is what is left, after a week, of what an hour of the week was like: half
	// of it after two weeks. Seasons and sales pass; a week alone is too noisy.
	fade = 0.7
	// trust is how many weeks of its hour of the day an hour of the week is mixed
	// with, and that with how many of the average hour: of what was never seen the
	// forecast knows nothing, and after a week it knows the most.
	trust = 0.5
	// quiet bounds the hours without an event that are counted as such: after four
	// weeks nothing would be left of what was known before.
	quiet = 4 * WeekHours
)

// Traffic learns when a site has how much traffic. Learn is for one goroutine at a
// time; Forecast may run beside it.
type Traffic struct {
	hour    int64   // since 1970, of the latest event; 0: none yet
	covered float64 // of that hour, the part that was watched
	events  float64 // within it
	count   [WeekHours]float64
	weeks   [WeekHours]float64

	forecast atomic.Pointer[Forecast]
}

// Forecast is what is known: uniform at the start.
func (t *Traffic) Forecast() *Forecast {
	if f := t.forecast.Load(); f != nil {
		return f
	}
	return uniform
}

var uniform = Uniform()

// Learn counts an event at its time. Events are late or early by little: one from
// before the latest hour counts in that. The forecast changes with the hour alone.
func (t *Traffic) Learn(at time.Time) {
	hour := at.Unix() / 3600
	switch {
	case t.hour == 0:
		t.hour, t.covered = hour, 1-float64(at.Unix()%3600)/3600
	case hour > t.hour:
		t.close(hour)
	}
	t.events++
}

// close takes in the hours before the one that begins.
func (t *Traffic) close(next int64) {
	for n := max(t.hour, next-quiet); n < next; n++ {
		h := (n + 4*24) % WeekHours // Unix time begins with a Thursday
		t.count[h] = t.count[h]*fade + t.events
		t.weeks[h] = t.weeks[h]*fade + t.covered
		t.events, t.covered = 0, 1
	}
	t.hour, t.events, t.covered = next, 0, 1
	t.publish()
}

// publish makes the forecast from what was counted.
func (t *Traffic) publish() {
	var all, weeks float64
	var day [24]struct{ count, weeks float64 }
	for h := range WeekHours {
		all, weeks = all+t.count[h], weeks+t.weeks[h]
		day[h%24].count += t.count[h]
		day[h%24].weeks += t.weeks[h]
	}
	if all == 0 {
		t.forecast.Store(nil)
		return
	}
	mean := all / weeks
	var rate [WeekHours]float64
	var sum float64
	for h := range rate {
		d := &day[h%24]
		daily := (d.count + trust*mean) / (d.weeks + trust)
		rate[h] = (t.count[h] + trust*daily) / (t.weeks[h] + trust)
		sum += rate[h]
	}
	for h := range rate {
		rate[h] *= WeekHours / sum
	}
	t.forecast.Store(newForecast(&rate))
}

// Reset forgets everything.
func (t *Traffic) Reset() {
	t.hour, t.covered, t.events = 0, 0, 0
	clear(t.count[:])
	clear(t.weeks[:])
	t.forecast.Store(nil)
}

// AppendTo appends what was learned: the hour, then the sums in eight bytes each.
func (t *Traffic) AppendTo(b []byte) []byte {
	b = binary.BigEndian.AppendUint64(b, uint64(t.hour))
	for _, x := range [...]float64{t.covered, t.events} {
		b = binary.BigEndian.AppendUint64(b, math.Float64bits(x))
	}
	for h := range WeekHours {
		b = binary.BigEndian.AppendUint64(b, math.Float64bits(t.count[h]))
		b = binary.BigEndian.AppendUint64(b, math.Float64bits(t.weeks[h]))
	}
	return b
}

// Restore replaces what was learned by what AppendTo appended and returns the bytes
// behind it. On an error, ErrCorrupt, nothing is known.
func (t *Traffic) Restore(b []byte) (rest []byte, err error) {
	t.Reset()
	const size = 8 * (3 + 2*WeekHours)
	if len(b) < size {
		return nil, ErrCorrupt
	}
	next := func() float64 {
		x := math.Float64frombits(binary.BigEndian.Uint64(b))
		b = b[8:]
		if !(x >= 0 && x < math.MaxFloat64) {
			err = ErrCorrupt
		}
		return x
	}
	t.hour = int64(binary.BigEndian.Uint64(b))
	b = b[8:]
	t.covered, t.events = next(), next()
	for h := range WeekHours {
		t.count[h], t.weeks[h] = next(), next()
	}
	if err != nil || t.hour < 0 {
		t.Reset()
		return nil, ErrCorrupt
	}
	t.publish()
	return b, nil
}
