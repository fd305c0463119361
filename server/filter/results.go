package filter

import (
	"hash/maphash"
	"runtime"
	"sync/atomic"

	"github.com/vitrine-io/vitrine/scoring"
)

// The table of a filter begins small, since many filters are used a few times,
// and grows while it misses, to at most 4 MiB.
const (
	firstSlots = 1 << 8
	mostSlots  = 1 << 18
	growth     = 4
)

// results remembers judgements by the product's address: a change of a product
// puts a new one in its place. A product that is remembered is kept alive, so
// its address is not taken by another. It forgets as it likes. Safe for
// concurrent use, without locks.
type results struct {
	budget *budget
	table  atomic.Pointer[table]
	misses atomic.Int64 // since the table was made
}

// table has one slot for a product, found by hash; the latest one stays.
type table struct{ slots []slot }

// slot holds at most one product either way; another one may be in the other.
type slot struct {
	passed, failed atomic.Pointer[scoring.Product]
}

func (t *table) slot(seed maphash.Seed, p *scoring.Product) *slot {
	return &t.slots[maphash.Comparable(seed, p)&uint64(len(t.slots)-1)]
}

func (r *results) get(p *scoring.Product) (passes, ok bool) {
	t := r.table.Load()
	if t == nil {
		return false, false
	}
	s := t.slot(r.budget.seed, p)
	if s.passed.Load() == p {
		return true, true
	}
	return false, s.failed.Load() == p
}

func (r *results) put(p *scoring.Product, passes bool) {
	t := r.table.Load()
	if n := r.misses.Add(1); t == nil || n > int64(2*len(t.slots)) && len(t.slots) < mostSlots {
		if t = r.grow(t); t == nil {
			return
		}
	}
	if s := t.slot(r.budget.seed, p); passes {
		s.passed.Store(p)
	} else {
		s.failed.Store(p)
	}
}

// grow puts a larger, empty table in the place of old, if there is budget for
// it, and returns the table to use.
func (r *results) grow(old *table) *table {
	n := firstSlots
	if old != nil {
		n = len(old.slots) * growth
	}
	r.misses.Store(0)
	if !r.budget.take(n) {
		return old
	}
	t := &table{slots: make([]slot, n)}
	runtime.AddCleanup(t, r.budget.giveBack, n)
	if !r.table.CompareAndSwap(old, t) {
		return r.table.Load()
	}
	return t
}

// budget bounds the slots of all tables together. A table gives its slots back
// when it is garbage.
type budget struct {
	seed maphash.Seed
	left atomic.Int64
}

func newBudget(slots int) *budget {
	b := &budget{seed: maphash.MakeSeed()}
	b.left.Store(int64(slots))
	return b
}

func (b *budget) take(n int) bool {
	if b.left.Add(-int64(n)) >= 0 {
		return true
	}
	b.giveBack(n)
	return false
}

func (b *budget) giveBack(n int) { b.left.Add(int64(n)) }
