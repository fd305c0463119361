package model

import (
	"sync/atomic"
	"time"

	"github.com/vitrine-io/vitrine/scoring/catalog"
)

const (
	// removalGrace is how long what was learned of a deleted product is kept: a
	// shop that takes one out of its feed for a week gets it back as it was.
	removalGrace = 30 * 24 * time.Hour
	// idleGrace is how long a product that nobody turns to is kept: beyond a year,
	// so that what sells once a year is known when its season returns. Ids that
	// came with an event by mistake go the same way.
	idleGrace = 400 * 24 * time.Hour
)

// removal forgets products. It looks once a day, by the times of events, so that
// the same journal forgets at the same place.
type removal struct {
	day int64 // since 1970, of the latest look
}

func (r *removal) name() string                    { return "removal" }
func (r *removal) reset()                          { r.day = 0 }
func (r *removal) forget(func(catalog.Index) bool) {} // item holds what is marked

// save writes the day, then what is marked as deleted.
func (r *removal) save(w *writer) {
	w.int(r.day)
	marked := w.m.sorted(func(x *item) bool { return x.deleted.Load() != 0 })
	w.uint(uint64(len(marked)))
	for _, i := range marked {
		w.product(i)
		w.uint(uint64(w.m.items.peek(uint32(i)).deleted.Load()))
	}
}

func (r *removal) load(in *reader) {
	r.day = in.Int()
	for range in.Count(2) {
		i := in.product()
		in.m.items.at(uint32(i)).deleted.Store(uint32(in.Uint()))
	}
}

// Known reports whether anything is learned of a product.
func (m *Model) Known(i catalog.Index) bool {
	x := m.items.peek(uint32(i))
	return x != nil && x.known()
}

// Deleted reports whether a product was deleted and has not come back since. What
// was learned of it is kept for a while.
func (m *Model) Deleted(i catalog.Index) bool {
	x := m.items.peek(uint32(i))
	return x != nil && x.deleted.Load() != 0
}

// markDeleted notes that the shop no longer sells a product, if anything was
// learned of it.
func (m *Model) markDeleted(i catalog.Index, t instantMillis) {
	if x := m.items.peek(uint32(i)); x != nil && x.known() {
		x.deleted.Store(seconds(t))
	}
}

func (m *Model) markRestored(i catalog.Index) {
	if x := m.items.peek(uint32(i)); x != nil {
		x.deleted.Store(0)
	}
}

// sweepDaily forgets what is past its grace, at the first event of a day. A day
// that goes back is none.
func (m *Model) sweepDaily(t instantMillis) {
	const day = int64(24 * time.Hour / time.Millisecond)
	today := int64(t) / day
	if today <= m.removal.day {
		return
	}
	first := m.removal.day == 0
	m.removal.day = today
	if !first {
		m.sweep(t)
	}
}

func (m *Model) sweep(t instantMillis) {
	now := seconds(t)
	gone := make(map[catalog.Index]struct{})
	for i := range m.items.span() {
		if x := m.items.peek(i); x != nil && x.known() && x.past(now) {
			gone[catalog.Index(i)] = struct{}{}
		}
	}
	if len(gone) > 0 {
		m.forget(func(i catalog.Index) bool { _, is := gone[i]; return is })
	}
}

// past reports whether an item is to be forgotten.
func (x *item) past(now uint32) bool {
	since := func(s uint32) time.Duration { return time.Duration(int64(now)-int64(s)) * time.Second }
	d := x.deleted.Load()
	return d != 0 && since(d) >= removalGrace || since(uint32(x.seen.Load())) >= idleGrace
}

// forget lets go of everything that was learned about products: their own lists,
// and their places in those of others. What they taught that can't be told apart,
// such as where they moved the vectors of others, stays. It goes through the
// whole model: a tenth of a second for a million products, behind the answers.
func (m *Model) forget(gone func(catalog.Index) bool) {
	for i := range m.items.span() {
		x := m.items.peek(i)
		switch {
		case x == nil:
		case gone(catalog.Index(i)):
			x.clear()
		default:
			x.pairs.Store(x.pairs.Load().without(gone))
		}
	}
	m.popular.forget(gone)
	for f := range m.facets.span() {
		if x := m.facets.peek(f); x != nil {
			x.champions.forget(gone)
		}
	}
	m.recent.forget(gone)
	m.open.forget(gone)
	m.vectors.forget(gone)
	for _, s := range m.sections() {
		s.forget(gone)
	}
}

func (x *item) clear() {
	x.pairs.Store(nil)
	x.sessions.Store(nil)
	x.fast.Store(0)
	x.slow.Store(0)
	x.long.Store(0)
	x.seen.Store(0)
	x.deleted.Store(0)
}

// without returns the pairs without those products: p itself if it has none of
// them. Readers may hold p.
func (p *pairs) without(gone func(catalog.Index) bool) *pairs {
	if p == nil {
		return nil
	}
	n := int(p.n.Load())
	kept := 0
	for k := range n {
		if !gone(p.load(k).To) {
			kept++
		}
	}
	if kept == n {
		return p
	}
	c := newPairs(kept, p.at)
	at := 0
	for k := range n {
		if e := p.load(k); !gone(e.To) {
			c.store(at, e)
			at++
		}
	}
	c.n.Store(uint32(kept))
	c.sessions.Store(p.sessions.Load())
	return c
}

func (t *top) forget(gone func(catalog.Index) bool) {
	l := t.list.Load()
	if l == nil {
		return
	}
	n := int(l.n.Load())
	c := &topList{at: l.at, slots: make([]atomic.Uint64, len(l.slots))}
	kept := 0
	for k := range n {
		if s := l.slots[k].Load(); !gone(catalog.Index(s >> 32)) {
			c.slots[kept].Store(s)
			kept++
		}
	}
	switch {
	case kept == 0:
		t.list.Store(nil)
	case kept < n:
		c.slots = c.slots[:room(kept, len(c.slots))]
		c.n.Store(uint32(kept))
		t.list.Store(c)
	}
}

// forget moves the products behind a forgotten one forward. A reader may see one
// of them twice meanwhile.
func (r *ring) forget(gone func(catalog.Index) bool) {
	next := r.next.Load()
	kept := min(next, ringSize)
	for n := next - kept; n != next; n++ {
		r.lines.peek(n % ringSize).forget(gone)
	}
}

func (s *ClosedSession) forget(gone func(catalog.Index) bool) {
	at := 1
	for k := 1; k <= sessionProducts; k++ {
		v := s[k].Load()
		if v == 0 {
			break
		}
		if !gone(catalog.Index(v - 1)) {
			if at < k {
				s[at].Store(v)
			}
			at++
		}
	}
	for ; at <= sessionProducts && s[at].Load() != 0; at++ {
		s[at].Store(0)
	}
}

func (t *tracker) forget(gone func(catalog.Index) bool) {
	for s := t.oldest; s != nil; s = s.newer {
		at := 0
		for k, i := range s.products {
			switch {
			case gone(i):
			case at > 0 && s.products[at-1] == i: // what stood between is gone
				s.looks[at-1] = uint8(min(255, int(s.looks[at-1])+int(s.looks[k])))
				s.kinds[at-1] = Weightier(s.kinds[at-1], s.kinds[k])
			default:
				s.products[at], s.looks[at], s.kinds[at] = i, s.looks[k], s.kinds[k]
				at++
			}
		}
		s.products, s.looks, s.kinds = s.products[:at], s.looks[:at], s.kinds[:at]
	}
}

// forget lets go of the vectors. Among the products touched lately others stand
// in for those that are gone.
func (v *vectors) forget(gone func(catalog.Index) bool) {
	seen := v.seen[:0:0]
	for _, i := range v.seen {
		if !gone(i) {
			seen = append(seen, i)
			continue
		}
		*v.squares.at(uint32(i)) = 0
		v.rows.at(uint32(i)).store(&Vector{})
	}
	v.seen = seen
	if len(seen) == 0 {
		v.next = 0
	}
	for k := range min(v.next, lately) {
		if gone(v.recent[k]) {
			v.recent[k] = seen[k%uint64(len(seen))]
		}
	}
}
