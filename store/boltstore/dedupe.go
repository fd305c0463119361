package boltstore

import "time"

// dedupe knows the ids that arrived within the window, as hashes. Only the committer
// uses it.
type dedupe struct {
	window time.Duration
	most   int
	known  hashQueue
	hours  []dedupeHour // oldest first
}

// dedupeHour is how many of those known arrived in an hour.
type dedupeHour struct {
	hour hour
	ids  int
}

func newDedupe(window time.Duration, most int) *dedupe {
	return &dedupe{window: window, most: most}
}

// add reports whether the hash is new, and knows it from then on.
func (d *dedupe) add(h hour, hash uint64) bool {
	if !d.known.add(hash) {
		return false
	}
	if n := len(d.hours); n == 0 || d.hours[n-1].hour < h {
		d.hours = append(d.hours, dedupeHour{hour: h})
	}
	d.hours[len(d.hours)-1].ids++
	return true
}

// renew has the ids of the last hour known on from h, if that hour is long over: the clock
// was doubted, and they came while it was.
func (d *dedupe) renew(h hour) {
	if n := len(d.hours); n > 0 && d.hours[n-1].hour+hour(clockJump/time.Hour) < h {
		d.hours[n-1].hour = h - 1
	}
}

// forget takes back the last n that were added: their commit failed.
func (d *dedupe) forget(n int) {
	d.known.dropNewest(n)
	for n > 0 {
		last := &d.hours[len(d.hours)-1]
		take := min(n, last.ids)
		if last.ids -= take; last.ids == 0 {
			d.hours = d.hours[:len(d.hours)-1]
		}
		n -= take
	}
}

// expire forgets the hours that are wholly past the window, and the oldest ids
// beyond the bound.
func (d *dedupe) expire(now time.Time) {
	for len(d.hours) > 0 && d.past(d.hours[0].hour, now) {
		d.drop(d.hours[0].ids)
	}
	d.drop(max(0, d.known.size()-d.most))
}

// past reports whether every id that arrived in h has left the window.
func (d *dedupe) past(h hour, now time.Time) bool {
	return !now.Before(h.end().Add(d.window))
}

// drop forgets the n oldest.
func (d *dedupe) drop(n int) {
	d.known.dropOldest(n)
	for n > 0 {
		first := &d.hours[0]
		take := min(n, first.ids)
		if first.ids -= take; first.ids == 0 {
			d.hours = d.hours[1:]
		}
		n -= take
	}
}
