package catalog

import "sync/atomic"

// chunks is a growing array whose elements never move, so that readers need no
// lock: one writer grows it while anyone reads what was grown before.
type chunks[T any] struct {
	dir atomic.Pointer[[]*[chunkSize]T]
	n   atomic.Uint32
}

const (
	chunkBits = 10
	chunkSize = 1 << chunkBits
)

func (c *chunks[T]) len() uint32 { return c.n.Load() }

// at returns element i, which must have been grown.
func (c *chunks[T]) at(i uint32) *T {
	return &(*c.dir.Load())[i>>chunkBits][i%chunkSize]
}

// grow makes room for one more and returns it with its number. It counts only
// once it is published, when its fields are set.
func (c *chunks[T]) grow() (*T, uint32) {
	i := c.n.Load()
	if i%chunkSize == 0 {
		var dir []*[chunkSize]T
		if old := c.dir.Load(); old != nil {
			dir = append(dir, *old...)
		}
		dir = append(dir[:i>>chunkBits], new([chunkSize]T))
		c.dir.Store(&dir)
	}
	return c.at(i), i
}

// publish counts what grow returned last.
func (c *chunks[T]) publish() { c.n.Add(1) }

// table is an open-addressing hash table from hashes to numbers, with linear
// probing. Readers take no lock; a full table is replaced by one twice the size.
type table struct {
	slots atomic.Pointer[[]atomic.Uint64]
	n     int
}

// slotOf is what a slot holds: the upper half of the hash, which tells most others
// apart without a look at what they are, and the number + 1; 0: free.
func slotOf(hash uint64, i uint32) uint64 { return hash>>32<<32 | uint64(i+1) }

// find returns the first number under that hash which the caller recognises.
func (t *table) find(hash uint64, is func(uint32) bool) (uint32, bool) {
	p := t.slots.Load()
	if p == nil {
		return 0, false
	}
	slots := *p
	mask := uint64(len(slots) - 1)
	for s := hash & mask; ; s = (s + 1) & mask {
		switch x := slots[s].Load(); {
		case x == 0:
			return 0, false
		case x>>32 == hash>>32 && is(uint32(x)-1):
			return uint32(x) - 1, true
		}
	}
}

// likely is the number in the slot where find begins, if it may be the one.
func (t *table) likely(hash uint64) (uint32, bool) {
	p := t.slots.Load()
	if p == nil {
		return 0, false
	}
	slots := *p
	x := slots[hash&uint64(len(slots)-1)].Load()
	return uint32(x) - 1, x != 0 && x>>32 == hash>>32
}

// insert adds a number that is not in the table; hashOf gives that of any.
func (t *table) insert(hash uint64, i uint32, hashOf func(uint32) uint64) {
	p := t.slots.Load()
	if p == nil || 4*(t.n+1) > 3*len(*p) {
		bigger := make([]atomic.Uint64, 64)
		if p != nil {
			bigger = make([]atomic.Uint64, 2*len(*p))
			for s := range *p {
				if old := uint32((*p)[s].Load()); old != 0 {
					put(bigger, hashOf(old-1), old-1)
				}
			}
		}
		p = &bigger
		put(*p, hash, i)
		t.slots.Store(p)
	} else {
		put(*p, hash, i)
	}
	t.n++
}

func put(slots []atomic.Uint64, hash uint64, i uint32) {
	mask := uint64(len(slots) - 1)
	s := hash & mask
	for slots[s].Load() != 0 {
		s = (s + 1) & mask
	}
	slots[s].Store(slotOf(hash, i))
}
