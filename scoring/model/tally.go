package model

import (
	"math"
	"math/bits"
	"sync/atomic"
	"time"

	"github.com/vitrine-io/vitrine/scoring/catalog"
)

// tally is what visitors with something in common, such as a country or a word
// they searched for, turn to.
type tally struct {
	key      uint64
	weight   atomic.Uint64 // packed counter: of all products
	visitors atomic.Uint64 // a bit for each hash of a visitor: as many bits, as many visitors or more
	products top
}

// tallies are the tallies of one kind by key, at most size of them. They are kept
// in sets of eight, like the lines of a cache: a full set gives up the tally with
// the least weight.
type tallies struct {
	size     int // a power of two
	products int // kept of each
	floor    int // different visitors before a tally speaks: 64 at most
	halfLife time.Duration
	owed     bool // each product's weight comes with what of it may be another's
	sets     atomic.Pointer[[]tallySet]
}

const tallyWays = 8

type tallySet [tallyWays]atomic.Pointer[tally]

func (t *tallies) reset() { t.sets.Store(nil) }

func (t *tallies) setOf(key uint64) *tallySet {
	sets := t.sets.Load()
	if sets == nil {
		return nil
	}
	return &(*sets)[key%uint64(len(*sets))]
}

// find returns the tally of a key; nil if there is none.
func (t *tallies) find(key uint64) *tally {
	set := t.setOf(key)
	if set == nil {
		return nil
	}
	for k := range set {
		if x := set[k].Load(); x != nil && x.key == key {
			return x
		}
	}
	return nil
}

// at returns the tally of a key, a new one if need be.
func (t *tallies) at(key uint64, now instantMillis) *tally {
	if x := t.find(key); x != nil {
		return x
	}
	if t.sets.Load() == nil {
		sets := make([]tallySet, t.size/tallyWays)
		t.sets.Store(&sets)
	}
	x := &tally{key: key}
	if t.owed {
		x.products.list.Store(&topList{at: now, slots: make([]atomic.Uint64, 4), owed: make([]atomic.Uint32, 4)})
	}
	t.put(x, now)
	return x
}

// put makes room for a tally in its set.
func (t *tallies) put(x *tally, now instantMillis) {
	set := t.setOf(x.key)
	least, low := 0, math.Inf(1)
	for k := range set {
		old := set[k].Load()
		if old == nil {
			set[k].Store(x)
			return
		}
		if w := read(old.weight.Load(), now, t.halfLife); w < low {
			least, low = k, w
		}
	}
	set[least].Store(x)
}

// add counts that a visitor of the key turned to a product, or with a weight below
// 0 that it is taken back.
func (t *tallies) add(key, who uint64, i catalog.Index, w float64, now instantMillis) {
	if w < 0 && t.find(key) == nil {
		return
	}
	x := t.at(key, now)
	x.visitors.Store(x.visitors.Load() | 1<<(who>>58))
	add(&x.weight, w, now, t.halfLife)
	x.products.add(uint32(i), w, now, t.halfLife, t.products)
}

// Turned is how much visitors turned to a product, in the units of
// interest.OfEvent and as of now.
type Turned struct {
	Product catalog.Index
	Weight  float32
}

// known returns the tally of a key with the weight of all its products; nil before
// enough different visitors had the key.
func (t *tallies) known(key uint64, now instantMillis) (x *tally, weight float64) {
	x = t.find(key)
	if x == nil || bits.OnesCount64(x.visitors.Load()) < t.floor {
		return nil, 0
	}
	return x, max(0, read(x.weight.Load(), now, t.halfLife))
}

// appendTo appends what is known for sure of a key's products to dst, and returns
// the weight of all its products, 0 before enough different visitors had the key, and
// the most that a product has which is not listed.
func (t *tallies) appendTo(dst []Turned, key uint64, now instantMillis) (products []Turned, weight, most float64) {
	x, weight := t.known(key, now)
	if x == nil {
		return dst, 0, 0
	}
	l := x.products.list.Load()
	if l == nil {
		return dst, 0, 0
	}
	scale := float32(math.Exp2(-float64(now-l.at) / float64(t.halfLife.Milliseconds())))
	n := int(l.n.Load())
	// What a newcomer took over from the lowest is not its own.
	least := l.least(t.products)
	for k := range n {
		s := l.slots[k].Load()
		owed := least
		if l.owed != nil {
			owed = l.owes(k)
		}
		if w := (math.Float32frombits(uint32(s)) - owed) * scale; w > 0 {
			dst = append(dst, Turned{Product: catalog.Index(s >> 32), Weight: w})
		}
	}
	return dst, weight, float64(least * scale)
}

// least is the lowest weight of a list that has no more room, of which any product
// that is not in it has at most as much; 0 of one that has.
func (l *topList) least(size int) float32 {
	n := int(l.n.Load())
	if n < size {
		return 0
	}
	least := float32(math.Inf(1))
	for k := range n {
		least = min(least, math.Float32frombits(uint32(l.slots[k].Load())))
	}
	return least
}

func (l *topList) owes(k int) float32      { return math.Float32frombits(l.owed[k].Load()) }
func (l *topList) owe(k int, owed float32) { l.owed[k].Store(math.Float32bits(owed)) }

// each goes through all tallies in the order of their places.
func (t *tallies) each(do func(*tally)) {
	sets := t.sets.Load()
	if sets == nil {
		return
	}
	for s := range *sets {
		for k := range (*sets)[s] {
			if x := (*sets)[s][k].Load(); x != nil {
				do(x)
			}
		}
	}
}

func (t *tallies) forget(gone func(catalog.Index) bool) {
	t.each(func(x *tally) { x.products.drop(gone) })
}

func (t *tallies) save(w *writer) {
	n := 0
	t.each(func(*tally) { n++ })
	w.uint(uint64(n))
	t.each(func(x *tally) {
		w.word(x.key)
		w.word(x.weight.Load())
		w.word(x.visitors.Load())
		w.top(&x.products)
		if l := x.products.list.Load(); t.owed && l != nil {
			for k := range int(l.n.Load()) {
				w.weight(l.owed[k].Load())
			}
		}
	})
}

func (t *tallies) load(r *reader) {
	for range r.Count(25) {
		key := r.Word()
		if t.find(key) != nil {
			r.Failed = true
			return
		}
		x := t.at(key, 0)
		x.weight.Store(r.Word())
		x.visitors.Store(r.Word())
		x.products.reset()
		r.top(&x.products, t.products)
		if l := x.products.list.Load(); t.owed && l != nil {
			l.owed = make([]atomic.Uint32, len(l.slots))
			for k := range int(l.n.Load()) {
				l.owed[k].Store(r.Half())
			}
		}
	}
}

// add adds to the weight of a number as of now. In a full list a new one takes the
// place and the weight of the lowest (Space-Saving; Metwally, Agrawal, El Abbadi,
// ICDT 2005): what is turned to more often than the lowest is in the list, and
// no weight is too high by more than the lowest.
func (t *top) add(i uint32, w float64, now instantMillis, halfLife time.Duration, size int) {
	l := t.list.Load()
	if l == nil {
		l = &topList{at: now, slots: make([]atomic.Uint64, 4)}
		t.list.Store(l)
	}
	if lives := float64(now-l.at) / float64(halfLife.Milliseconds()); lives > rebaseAfter {
		l = l.copied(len(l.slots), now, math.Exp2(-lives))
		t.list.Store(l)
	}
	grown := float32(w * math.Exp2(float64(now-l.at)/float64(halfLife.Milliseconds())))
	n := int(l.n.Load())
	lowest, low := -1, float32(math.Inf(1))
	for k := range n {
		s := l.slots[k].Load()
		v := math.Float32frombits(uint32(s))
		if uint32(s>>32) == i {
			l.slots[k].Store(uint64(i)<<32 | uint64(math.Float32bits(max(0, v+grown))))
			return
		}
		if v < low {
			low, lowest = v, k
		}
	}
	switch {
	case grown <= 0:
	case n < size:
		if n == len(l.slots) {
			l = l.copied(min(size, 2*n), l.at, 1)
			t.list.Store(l)
		}
		l.slots[n].Store(uint64(i)<<32 | uint64(math.Float32bits(grown)))
		l.n.Store(uint32(n + 1))
	default:
		l.slots[lowest].Store(uint64(i)<<32 | uint64(math.Float32bits(low+grown)))
		if l.owed != nil {
			l.owe(lowest, low)
		}
	}
}

// drop takes the numbers that are gone off the list.
func (t *top) drop(gone func(catalog.Index) bool) {
	old := t.list.Load()
	if old == nil {
		return
	}
	kept := &topList{at: old.at, slots: make([]atomic.Uint64, len(old.slots))}
	if old.owed != nil {
		kept.owed = make([]atomic.Uint32, len(old.slots))
	}
	n := 0
	for k := range int(old.n.Load()) {
		if s := old.slots[k].Load(); !gone(catalog.Index(s >> 32)) {
			kept.slots[n].Store(s)
			if old.owed != nil {
				kept.owe(n, old.owes(k))
			}
			n++
		}
	}
	if n == int(old.n.Load()) {
		return
	}
	kept.n.Store(uint32(n))
	t.list.Store(kept)
}
