package model

import (
	"encoding/binary"
	"math"
	"sync/atomic"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
)

// reader reads what writer wrote, into an empty model.
type reader struct {
	m        *Model
	version  byte
	b        []byte
	products []catalog.Index
	facets   []catalog.Term
	failed   bool
}

func (r *reader) uint() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.failed, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *reader) int() int64 {
	v, n := binary.Varint(r.b)
	if n <= 0 {
		r.failed, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *reader) bytes(n uint64) []byte {
	if n > uint64(len(r.b)) {
		r.failed, r.b = true, nil
		return make([]byte, 8)
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

func (r *reader) word() uint64   { return binary.BigEndian.Uint64(r.bytes(8)) }
func (r *reader) weight() uint32 { return binary.BigEndian.Uint32(r.bytes(4)) }

func (r *reader) text() string { return string(r.bytes(r.uint())) }

// count reads a number of things that take at least that many bytes each, so
// that a length made up can't ask for memory.
func (r *reader) count(bytes int) int {
	n := r.uint()
	if n > uint64(len(r.b)/bytes) {
		r.failed, r.b = true, nil
		return 0
	}
	return int(n)
}

func (r *reader) product() catalog.Index {
	n := r.uint()
	if n >= uint64(len(r.products)) {
		r.failed, r.b = true, nil
		return 0
	}
	return r.products[n]
}

func (r *reader) body() {
	r.products = make([]catalog.Index, r.count(1))
	for k := range r.products {
		r.products[k] = r.m.products.Intern(scoring.ProductID(r.text()))
	}
	r.facets = make([]catalog.Term, r.count(8))
	for k := range r.facets {
		r.facets[k] = r.m.products.InternFacet(scoring.FacetID(r.word()))
	}
	r.m.learned.Store(r.word())
	r.m.sessions.Store(r.word())
	r.m.repeats.each(func(c *atomic.Uint64) { c.Store(r.word()) })
	r.top(&r.m.popular, popularSize)
	for _, t := range r.facets {
		r.top(&r.m.facets.at(uint32(t)).champions, championsSize)
	}
	for _, i := range r.products {
		if r.failed {
			return
		}
		r.item(r.m.items.at(uint32(i)))
	}
	r.ring()
	r.tracker()
	if r.version >= 2 {
		r.vectors()
		rest, ok := r.m.blend.Restore(r.b)
		r.b, r.failed = rest, r.failed || !ok
	}
	if r.version >= 3 {
		r.sections()
	}
}

// room is the length of a list that grew by doubling from 4 until n fitted.
func room(n, most int) int {
	size := 4
	for size < n {
		size *= 2
	}
	return min(size, most)
}

func (r *reader) top(t *top, most int) {
	n := r.count(5) - 1
	if n < 0 {
		return
	}
	if n > most {
		r.failed = true
		return
	}
	l := &topList{at: instantMillis(r.int()), slots: make([]atomic.Uint64, room(n, most))}
	for k := range n {
		i := r.product()
		l.slots[k].Store(uint64(i)<<32 | uint64(r.weight()))
	}
	l.n.Store(uint32(n))
	t.list.Store(l)
}

func (r *reader) item(x *item) {
	for _, c := range []*atomic.Uint64{&x.fast, &x.slow, &x.long, &x.seen} {
		c.Store(r.word())
	}
	x.pairs.Store(r.pairs(maxPairs))
	x.sessions.Store(r.posting())
}

// posting reads that of a product; nil if it has none.
func (r *reader) posting() *posting {
	kept := int(r.uint()) - 1
	if kept < 0 || kept > maxPosting {
		r.failed = r.failed || kept > maxPosting
		return nil
	}
	n := uint32(r.uint())
	s := newPosting(kept)
	for k := range uint32(kept) {
		s.sessions[(n-uint32(kept)+k)%uint32(len(s.sessions))].Store(uint32(r.uint()))
	}
	s.n.Store(n)
	return s
}

// pairs reads those of a product, at most so many; nil if it has none.
func (r *reader) pairs(most int) *pairs {
	n := int(r.uint()) - 1
	if n < 0 {
		return nil
	}
	if n > most {
		r.failed = true
		return nil
	}
	p := newPairs(n, instantMillis(r.int()))
	p.sessions.Store(r.weight())
	for k := range n {
		e := Pair{To: r.product()}
		e.Next = math.Float32frombits(r.weight())
		e.Forward = math.Float32frombits(r.weight())
		e.Backward = math.Float32frombits(r.weight())
		p.slots[k].store(e)
	}
	p.n.Store(uint32(n))
	return p
}

func (r *reader) pairsOf(of *growing[atomic.Pointer[pairs]]) {
	for range r.count(2) {
		i := r.product()
		of.at(uint32(i)).Store(r.pairs(maxBasketPairs))
	}
}

func (r *reader) list() []catalog.Index {
	n := r.count(1)
	if n == 0 {
		return nil
	}
	list := make([]catalog.Index, n)
	for k := range list {
		list[k] = r.product()
	}
	return list
}

func (r *reader) ring() {
	next := uint32(r.uint())
	kept := min(next, ringSize)
	for n := next - kept; n != next && !r.failed; n++ {
		l := r.m.recent.lines.at(n % ringSize)
		l[0].Store(uint32(r.uint()))
		count := r.count(1)
		if count > sessionProducts {
			r.failed = true
			return
		}
		for k := range count {
			l[1+k].Store(uint32(r.product()) + 1)
		}
	}
	r.m.recent.next.Store(next)
}

func (r *reader) tracker() {
	for range r.count(12) {
		s := &session{key: r.word(), end: instantMillis(r.int()), steps: int(r.uint())}
		flags := r.uint()
		s.clicked, s.returned = flags&1 != 0, flags&2 != 0
		n := r.count(1)
		if n > sessionProducts || r.m.open.byKey[s.key] != nil {
			r.failed = true
			return
		}
		for range n {
			s.products = append(s.products, r.product())
			looks := uint64(1)
			if r.version >= 2 {
				looks = r.uint()
			}
			s.looks = append(s.looks, uint8(min(looks, math.MaxUint8)))
			s.kinds = append(s.kinds, Viewed)
		}
		r.m.open.byKey[s.key] = s
		r.m.open.size.Add(1)
		r.m.open.link(s)
	}
}

func (r *reader) vectors() {
	v := &r.m.vectors
	for range r.count(1 + 4*(Dims+1)) {
		i := r.product()
		row, squares := v.rows.at(uint32(i)), v.squares.at(uint32(i))
		if *squares != 0 {
			r.failed = true
			return
		}
		for d := range row {
			row[d].Store(r.weight())
		}
		*squares = math.Float32frombits(r.weight())
		v.seen = append(v.seen, i)
	}
	v.next = r.uint()
	if v.next > 0 && len(v.seen) == 0 {
		r.failed = true
		return
	}
	kept := min(v.next, lately)
	for k := v.next - kept; k != v.next && !r.failed; k++ {
		v.recent[k%lately] = r.product()
	}
}
