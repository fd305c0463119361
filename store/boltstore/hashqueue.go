package boltstore

// hashQueue is a set of hashes that come and go in one order: 13 to 16 bytes each. They
// stand in blocks, one behind the other, and are found by an index of their numbers.
type hashQueue struct {
	blocks []*[queueBlock]uint64
	gone   int    // of the first block
	n      int    // hashes
	first  uint32 // number of the oldest, modulo queueNumbers
	index  [1 << queueParts]queuePart
}

const (
	queueBlock   = 4096
	queueNumbers = 1 << 31
	// queueParts is the logarithm of how many parts the index has: one that grows holds
	// up whoever adds for as much less.
	queueParts = 6
	leastSlots = 16
)

// queuePart is an open table with linear probing, half to three quarters full. What a slot
// says is a hint: a number that is no longer in the queue, or has become another's, is
// passed over, and goes when the table is made anew.
type queuePart struct {
	slots []uint32 // number + queueNumbers; 0 is free
	taken int
}

func (q *hashQueue) size() int { return q.n }

// at is the hash that so many came before.
func (q *hashQueue) at(k int) *uint64 {
	k += q.gone
	return &q.blocks[k/queueBlock][k%queueBlock]
}

// add puts a hash behind the others; it is false for one that is among them.
func (q *hashQueue) add(hash uint64) bool {
	p, home := q.part(hash)
	if (p.taken+1)*4 > len(p.slots)*3 {
		q.renew(p)
	}
	slot, is := q.find(p, home, hash)
	if is {
		return false
	}
	if (q.gone+q.n)/queueBlock == len(q.blocks) {
		q.blocks = append(q.blocks, new([queueBlock]uint64))
	}
	p.slots[slot] = (q.first+uint32(q.n))%queueNumbers + queueNumbers //nolint:gosec // fewer than numbers
	p.taken++
	q.n++
	*q.at(q.n - 1) = hash
	return true
}

// has reports whether a hash is in the queue.
func (q *hashQueue) has(hash uint64) bool {
	p, home := q.part(hash)
	if len(p.slots) == 0 {
		return false
	}
	_, is := q.find(p, home, hash)
	return is
}

// part is where a hash is indexed, and the place there that it wants, as a part of 1<<32.
func (q *hashQueue) part(hash uint64) (p *queuePart, home uint32) {
	hash *= 0x9e3779b97f4a7c15                                                // the upper bits of the product have to do with all of it
	return &q.index[hash>>(64-queueParts)], uint32(hash >> (32 - queueParts)) //nolint:gosec // the bits behind those
}

// find is the slot with a hash, or the free one where it would stand.
func (q *hashQueue) find(p *queuePart, home uint32, hash uint64) (slot int, is bool) {
	for slot = int(uint64(home) * uint64(len(p.slots)) >> 32); p.slots[slot] != 0; {
		if k, ok := q.place(p.slots[slot]); ok && *q.at(k) == hash {
			return slot, true
		}
		if slot++; slot == len(p.slots) {
			slot = 0
		}
	}
	return slot, false
}

// place is how many are before the hash that a slot speaks of, if it is still there.
func (q *hashQueue) place(slot uint32) (k int, ok bool) {
	k = int((slot - q.first) % queueNumbers)
	return k, k < q.n
}

// renew makes a part's table anew, twice as large as what is in it.
func (q *hashQueue) renew(p *queuePart) {
	old, held := p.slots, 0
	for _, s := range old {
		if s != 0 {
			if _, ok := q.place(s); ok {
				held++
			}
		}
	}
	p.slots, p.taken = make([]uint32, max(leastSlots, 2*held)), 0
	for _, s := range old {
		k, ok := q.place(s)
		if s == 0 || !ok {
			continue
		}
		hash := *q.at(k)
		of, home := q.part(hash)
		if of != p {
			continue // the number was another's
		}
		if slot, is := q.find(p, home, hash); !is {
			p.slots[slot] = s
			p.taken++
		}
	}
}

// dropOldest takes the n oldest out.
func (q *hashQueue) dropOldest(n int) {
	q.n -= n
	q.first = (q.first + uint32(n)) % queueNumbers //nolint:gosec // fewer than numbers
	q.gone += n
	clear(q.blocks[:q.gone/queueBlock])
	q.blocks = q.blocks[q.gone/queueBlock:]
	q.gone %= queueBlock
}

// dropNewest takes the n newest out.
func (q *hashQueue) dropNewest(n int) {
	q.n -= n
	kept := (q.gone + q.n + queueBlock - 1) / queueBlock
	clear(q.blocks[kept:])
	q.blocks = q.blocks[:kept]
}
