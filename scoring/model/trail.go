package model

import (
	"math"
	"sync/atomic"
	"time"

	"github.com/vitrine-io/vitrine/scoring/catalog"
)

const (
	// maxTrails is how many visitors are followed over their visits, those seen
	// last: 28 MiB when full.
	maxTrails = 1 << 18
	// laterFade is what each product further back in the trail leaves of a pair's
	// weight.
	laterFade = 0.7
)

// trails follow visitors over their visits. Sessions know what goes together
// within half an hour; trails know what the same visitor turned to on another day:
// from them come pairs across visits, and neighbours by their histories.
type trails struct {
	lines growing[ClosedSession] // by place: the minute of the last visit's end, then products + 1
	items growing[lastingItem]   // by product

	// For the learner alone.
	places         map[uint64]uint32 // of a visitor's trail
	list           []trail           // by place
	oldest, newest uint32            // place + 1; 0: there is none
	past           [sessionProducts]catalog.Index
}

// lastingItem is what is learned of one product over visits.
type lastingItem struct {
	pairs  atomic.Pointer[pairs]   // what visitors turned to in later visits, and in earlier ones
	trails atomic.Pointer[posting] // the newest trails with it, of visitors who came back
}

// trail is a visitor's last products, each once, in the order in which they were
// last turned to. They stand in the line of the same place.
type trail struct {
	key          uint64
	older, newer uint32 // place + 1, by the end of the last visit
	held         bool   // it is somebody's
	returned     bool   // who came back after a first visit
}

func (*trails) name() string { return "trails" }

func (r *trails) reset() {
	r.lines.reset()
	r.items.reset()
	r.places, r.list = map[uint64]uint32{}, nil
	r.oldest, r.newest = 0, 0
}

// before returns the products of the visits that the visitor made before this one,
// oldest first: nil for a first visit. They are valid until the next call.
func (r *trails) before(key uint64) []catalog.Index {
	at, ok := r.places[key]
	if !ok {
		return nil
	}
	return r.read(at)
}

// end is when the last of those visits ended, to the minute.
func (r *trails) end(key uint64) time.Time {
	at, ok := r.places[key]
	if !ok {
		return time.Time{}
	}
	return time.Unix(epoch+60*int64(r.lines.peek(at)[0].Load()), 0).UTC()
}

func (r *trails) read(at uint32) []catalog.Index {
	l := r.lines.peek(at)
	n := 0
	for n < sessionProducts && l[1+n].Load() != 0 {
		r.past[n] = catalog.Index(l[1+n].Load() - 1)
		n++
	}
	return r.past[:n]
}

// extend adds a visit that has ended to its visitor's trail. It is offered to
// others as a neighbour once the visitor has come back.
func (r *trails) extend(s *session) {
	if len(s.products) == 0 {
		return
	}
	at, ok := r.places[s.key]
	if ok {
		r.unlink(at)
	} else {
		at = r.room()
		r.places[s.key] = at
		r.list[at] = trail{key: s.key, held: true}
	}
	r.link(at)
	t := &r.list[at]
	l := r.lines.at(at)
	var known []catalog.Index
	if ok {
		known = r.read(at)
	}
	if ok && !t.returned {
		t.returned = true
		for _, i := range known {
			post(&r.items.at(uint32(i)).trails, at)
		}
	}
	var next [2 * sessionProducts]catalog.Index
	n := 0
	for _, i := range known {
		if !contains(s.products, i) {
			next[n] = i
			n++
		}
	}
	for k, i := range s.products {
		if contains(s.products[k+1:], i) {
			continue
		}
		next[n] = i
		n++
		if t.returned && !contains(known, i) {
			post(&r.items.at(uint32(i)).trails, at)
		}
	}
	kept := next[max(0, n-sessionProducts):n]
	l[0].Store(seconds(s.end) / 60)
	for k := range sessionProducts {
		var v uint32
		if k < len(kept) {
			v = uint32(kept[k]) + 1
		}
		l[1+k].Store(v)
	}
}

// room finds a place for a new trail: that of the visitor idle longest when all
// are taken.
func (r *trails) room() uint32 {
	if len(r.list) < maxTrails {
		r.list = append(r.list, trail{})
		return uint32(len(r.list) - 1)
	}
	at := r.oldest - 1
	r.unlink(at)
	if r.list[at].held {
		delete(r.places, r.list[at].key)
	}
	return at
}

func (r *trails) link(at uint32) {
	t := &r.list[at]
	t.older, t.newer = r.newest, 0
	if r.newest != 0 {
		r.list[r.newest-1].newer = at + 1
	} else {
		r.oldest = at + 1
	}
	r.newest = at + 1
}

func (r *trails) unlink(at uint32) {
	t := &r.list[at]
	if t.older != 0 {
		r.list[t.older-1].newer = t.newer
	} else {
		r.oldest = t.newer
	}
	if t.newer != 0 {
		r.list[t.newer-1].older = t.older
	} else {
		r.newest = t.older
	}
	t.older, t.newer = 0, 0
}

// cameBack counts a new visit for the products of those before it.
func (r *trails) cameBack(past []catalog.Index, t instantMillis) {
	w := 1.0
	for k := len(past) - 1; k >= 0; k-- {
		addSessions(&r.items.at(uint32(past[k])).pairs, w, t)
		w *= laterFade
	}
}

// pair learns that a later visit turned to product i.
func (r *trails) pair(past []catalog.Index, i catalog.Index, w float64, t instantMillis) {
	near := math.Sqrt(w)
	for k := len(past) - 1; k >= 0; k-- {
		if j := past[k]; j != i {
			link(&r.items.at(uint32(j)).pairs, maxPairs, i, t, 0, near, 0)
			link(&r.items.at(uint32(i)).pairs, maxPairs, j, t, 0, 0, near)
		}
		near *= laterFade
	}
}

// LaterPairs is Pairs over visits: Forward is what visitors turned to in later
// visits, Backward in earlier ones, Next stays 0. Visits is how many visits came
// after one with the product, those further back in the visitor's trail counting
// less.
func (m *Model) LaterPairs(dst []Pair, i catalog.Index, t time.Time) (neighbours []Pair, visits, now float64) {
	x := m.trails.items.peek(uint32(i))
	if x == nil {
		return dst, 0, 1
	}
	return x.pairs.Load().appendTo(dst, t)
}

// RecentTrails appends to dst the places of up to most of the trails that got a
// product last, the newest first. Some may have lost it since.
func (m *Model) RecentTrails(dst []SessionRef, i catalog.Index, most int) []SessionRef {
	x := m.trails.items.peek(uint32(i))
	if x == nil {
		return dst
	}
	p := x.trails.Load()
	if p == nil {
		return dst
	}
	n, size := p.n.Load(), uint32(len(p.sessions))
	for k := range min(n, size, uint32(most)) {
		dst = append(dst, SessionRef(p.sessions[(n-1-k)&(size-1)].Load()))
	}
	return dst
}

// Trail finds a trail, as a session of all its products that ended when the last of
// its visits did; nil if there never was one.
func (m *Model) Trail(at SessionRef) *ClosedSession { return m.trails.lines.peek(uint32(at)) }
