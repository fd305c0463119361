package boltstore

import "time"

// dedupe knows the ids that arrived within the window, as hashes by hour of
// arrival. Only the committer uses it.
type dedupe struct {
	window time.Duration
	most   int
	known  hashSet
	hours  []dedupeHour // oldest first
}

type dedupeHour struct {
	hour   hour
	hashes []uint64
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
	last := &d.hours[len(d.hours)-1]
	last.hashes = append(last.hashes, hash)
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
	for n > 0 {
		last := &d.hours[len(d.hours)-1]
		take := min(n, len(last.hashes))
		keep := len(last.hashes) - take
		for _, hash := range last.hashes[keep:] {
			d.known.remove(hash)
		}
		last.hashes = last.hashes[:keep]
		if keep == 0 {
			d.hours = d.hours[:len(d.hours)-1]
		}
		n -= take
	}
}

// expire forgets the hours that are wholly past the window, and the oldest ids
// beyond the bound.
func (d *dedupe) expire(now time.Time) {
	for len(d.hours) > 0 && d.past(d.hours[0].hour, now) {
		d.drop(len(d.hours[0].hashes))
	}
	d.drop(d.known.size() - d.most)
}

// past reports whether every id that arrived in h has left the window.
func (d *dedupe) past(h hour, now time.Time) bool {
	return !now.Before(h.end().Add(d.window))
}

// drop forgets the n oldest.
func (d *dedupe) drop(n int) {
	for n > 0 {
		first := &d.hours[0]
		take := min(n, len(first.hashes))
		for _, hash := range first.hashes[:take] {
			d.known.remove(hash)
		}
		first.hashes = first.hashes[take:]
		if len(first.hashes) == 0 {
			d.hours = d.hours[1:]
		}
		n -= take
	}
}
