package model

import (
	"math"
	"sync/atomic"
	"time"

	"github.com/vitrine-io/vitrine/scoring/catalog"
)

const (
	popularSize   = 512 // products kept at hand as the most popular
	championsSize = 64  // per facet
)

// see widens the span of time in which the item was touched.
func (x *item) see(t instantMillis) {
	now := uint64(seconds(t))
	seen := x.seen.Load()
	if seen == 0 {
		x.seen.Store(now<<32 | now)
		return
	}
	x.seen.Store(min(seen>>32, now)<<32 | max(seen&math.MaxUint32, now))
}

// Popularity is how much a product is touched, as of some time. A product view
// counts 1, an order 6, as in interest.OfEvent; what was sent back counts against.
type Popularity struct {
	Fast float64 // half-life 20 hours
	Slow float64 // about a week
	Long float64 // more than a year
	// Age is the time since the first touch, Idle since the last; both 0 for a
	// product never touched.
	Age, Idle time.Duration
}

// Popularity returns that of a product. None is below 0.
func (m *Model) Popularity(i catalog.Index, now time.Time) Popularity {
	x := m.items.peek(uint32(i))
	if x == nil {
		return Popularity{}
	}
	t := instant(now)
	p := Popularity{
		Fast: max(0, read(x.fast.Load(), t, fastHalfLife)),
		Slow: max(0, read(x.slow.Load(), t, slowHalfLife)),
		Long: max(0, read(x.long.Load(), t, longHalfLife)),
	}
	if seen := x.seen.Load(); seen != 0 {
		s := int64(seconds(t))
		p.Age = time.Duration(max(0, s-int64(seen>>32))) * time.Second
		p.Idle = time.Duration(max(0, s-int64(seen&math.MaxUint32))) * time.Second
	}
	return p
}

// Standing is a product's place among others: its Popularity.Slow, as a share of
// the first one's.
type Standing struct {
	Product catalog.Index
	Share   float32 // 0 to 1
}

// Popular appends the most popular products to dst, in no order.
func (m *Model) Popular(dst []Standing) []Standing { return m.popular.appendTo(dst) }

// Champions appends the most popular products with a facet to dst, in no order.
func (m *Model) Champions(dst []Standing, f catalog.Term) []Standing {
	if x := m.facets.peek(uint32(f)); x != nil {
		return x.champions.appendTo(dst)
	}
	return dst
}

// top keeps the numbers with the highest decayed weights, in forward-decay form:
// weights are as of a landmark that moves, with a new copy, before they outgrow
// a float32.
type top struct {
	list atomic.Pointer[topList]
}

type topList struct {
	at    instantMillis
	n     atomic.Uint32
	slots []atomic.Uint64 // number in the upper half, float32 weight in the lower
	// owed is what of each weight may be another's, as float32; nil: not told.
	owed []atomic.Uint32
}

func (t *top) reset() { t.list.Store(nil) }

// rebaseAfter is the number of half-lives after which a landmark moves: weights
// grow by 2^32 until then, of the 2^127 there is room for.
const rebaseAfter = 32

// set gives a number its weight as of now. A full list takes it in the place of
// its lowest, if that is lower.
func (t *top) set(i uint32, weight float64, now instantMillis, halfLife time.Duration, size int) {
	l := t.list.Load()
	if l == nil {
		l = &topList{at: now, slots: make([]atomic.Uint64, 4)}
		t.list.Store(l)
	}
	if lives := float64(now-l.at) / float64(halfLife.Milliseconds()); lives > rebaseAfter {
		l = l.copied(len(l.slots), now, math.Exp2(-lives))
		t.list.Store(l)
	}
	w := float32(max(0, weight) * math.Exp2(float64(now-l.at)/float64(halfLife.Milliseconds())))
	n := int(l.n.Load())
	slots := l.slots[:n]
	for k := range slots {
		if uint32(slots[k].Load()>>32) == i {
			slots[k].Store(uint64(i)<<32 | uint64(math.Float32bits(w)))
			return
		}
	}
	if n < size {
		if n == len(l.slots) {
			l = l.copied(min(size, 2*n), l.at, 1)
			t.list.Store(l)
		}
		l.slots[n].Store(uint64(i)<<32 | uint64(math.Float32bits(w)))
		l.n.Store(uint32(n + 1))
		return
	}
	if lowest, low := lightest(slots); w > low {
		slots[lowest].Store(uint64(i)<<32 | uint64(math.Float32bits(w)))
	}
}

// lightest is the place of the lowest weight, the first of equals, and the weight.
func lightest(slots []atomic.Uint64) (at int, low float32) {
	low = float32(math.Inf(1))
	for k := range slots {
		if w := math.Float32frombits(uint32(slots[k].Load())); w < low {
			at, low = k, w
		}
	}
	return at, low
}

func (l *topList) copied(size int, at instantMillis, factor float64) *topList {
	c := &topList{at: at, slots: make([]atomic.Uint64, size)}
	if l.owed != nil {
		c.owed = make([]atomic.Uint32, size)
	}
	for k := range int(l.n.Load()) {
		s := l.slots[k].Load()
		w := float32(float64(math.Float32frombits(uint32(s))) * factor)
		c.slots[k].Store(s&^math.MaxUint32 | uint64(math.Float32bits(w)))
		if l.owed != nil {
			c.owe(k, float32(float64(l.owes(k))*factor))
		}
	}
	c.n.Store(l.n.Load())
	return c
}

func (t *top) appendTo(dst []Standing) []Standing {
	l := t.list.Load()
	if l == nil {
		return dst
	}
	from := len(dst)
	var most float32
	for k := range int(l.n.Load()) {
		s := l.slots[k].Load()
		w := math.Float32frombits(uint32(s))
		most = max(most, w)
		dst = append(dst, Standing{Product: catalog.Index(s >> 32), Share: w})
	}
	if most > 0 {
		for k := from; k < len(dst); k++ {
			dst[k].Share /= most
		}
	}
	return dst
}
