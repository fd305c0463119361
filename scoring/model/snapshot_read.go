package model

import (
	"math"
	"sync/atomic"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/scoring/wire"
)

// reader reads what writer wrote, into an empty model.
type reader struct {
	wire.Reader
	m        *Model
	version  byte
	products []catalog.Index
	facets   []catalog.Term
}

func (r *reader) product() catalog.Index {
	n := r.Uint()
	if n >= uint64(len(r.products)) {
		r.Failed, r.B = true, nil
		return 0
	}
	return r.products[n]
}

func (r *reader) body() {
	r.products = make([]catalog.Index, r.Count(1))
	for k := range r.products {
		r.products[k] = r.m.products.Intern(scoring.ProductID(r.Text()))
	}
	r.facets = make([]catalog.Term, r.Count(8))
	for k := range r.facets {
		r.facets[k] = r.m.products.InternFacet(scoring.FacetID(r.Word()))
	}
	r.m.learned.Store(r.Word())
	r.m.sessions.Store(r.Word())
	r.m.repeats.each(func(c *atomic.Uint64) { c.Store(r.Word()) })
	r.top(&r.m.popular, popularSize)
	for _, t := range r.facets {
		r.top(&r.m.facets.at(uint32(t)).champions, championsSize)
	}
	for _, i := range r.products {
		if r.Failed {
			return
		}
		r.item(r.m.items.at(uint32(i)))
	}
	r.ring()
	r.tracker()
	if r.version >= 2 {
		r.vectors()
		rest, ok := r.m.blend.Restore(r.B)
		r.B, r.Failed = rest, r.Failed || !ok
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
	n := r.Count(5) - 1
	if n < 0 {
		return
	}
	if n > most {
		r.Failed = true
		return
	}
	l := &topList{at: instantMillis(r.Int()), slots: make([]atomic.Uint64, room(n, most))}
	for k := range n {
		i := r.product()
		l.slots[k].Store(uint64(i)<<32 | uint64(r.Half()))
	}
	l.n.Store(uint32(n))
	t.list.Store(l)
}

func (r *reader) item(x *item) {
	for _, c := range []*atomic.Uint64{&x.fast, &x.slow, &x.long, &x.seen} {
		c.Store(r.Word())
	}
	x.pairs.Store(r.pairs(maxPairs))
	x.sessions.Store(r.posting())
}

// posting reads that of a product; nil if it has none.
func (r *reader) posting() *posting {
	kept := int(r.Uint()) - 1
	if kept < 0 || kept > maxPosting {
		r.Failed = r.Failed || kept > maxPosting
		return nil
	}
	n := uint32(r.Uint())
	s := newPosting(kept)
	for k := range uint32(kept) {
		s.sessions[(n-uint32(kept)+k)%uint32(len(s.sessions))].Store(uint32(r.Uint()))
	}
	s.n.Store(n)
	return s
}

// pairsBefore is how many neighbours of a product earlier versions wrote at most.
const pairsBefore = 64

// pairs reads those of a product, the heaviest of more than so many; nil if it has none.
func (r *reader) pairs(most int) *pairs {
	n := int(r.Uint()) - 1
	if n < 0 {
		return nil
	}
	if n > pairsBefore {
		r.Failed = true
		return nil
	}
	p := newPairs(min(n, most), instantMillis(r.Int()))
	p.sessions.Store(r.Half())
	for k := range n {
		e := Pair{To: r.product()}
		e.Next = math.Float32frombits(r.Half())
		e.Forward = math.Float32frombits(r.Half())
		e.Backward = math.Float32frombits(r.Half())
		if k < most {
			p.store(k, e)
			p.n.Store(uint32(k + 1))
		} else if at := p.weakest(); p.load(at).sum() < e.sum() {
			p.store(at, e)
		}
	}
	return p
}

func (r *reader) pairsOf(of *growing[atomic.Pointer[pairs]]) {
	for range r.Count(2) {
		i := r.product()
		of.at(uint32(i)).Store(r.pairs(maxBasketPairs))
	}
}

func (r *reader) list() []catalog.Index {
	n := r.Count(1)
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
	next := uint32(r.Uint())
	kept := min(next, ringSize)
	for n := next - kept; n != next && !r.Failed; n++ {
		l := r.m.recent.lines.at(n % ringSize)
		l[0].Store(uint32(r.Uint()))
		count := r.Count(1)
		if count > sessionProducts {
			r.Failed = true
			return
		}
		for k := range count {
			l[1+k].Store(uint32(r.product()) + 1)
		}
	}
	r.m.recent.next.Store(next)
}

func (r *reader) tracker() {
	for range r.Count(12) {
		s := newSession(r.Word(), instantMillis(r.Int()))
		s.steps = int(r.Uint())
		flags := r.Uint()
		s.clicked, s.returned = flags&1 != 0, flags&2 != 0
		n := r.Count(1)
		if n > sessionProducts || r.m.open.byKey[s.key] != nil {
			r.Failed = true
			return
		}
		for range n {
			s.products = append(s.products, r.product())
			looks := uint64(1)
			if r.version >= 2 {
				looks = r.Uint()
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
	for range r.Count(1 + 4*(Dims+1)) {
		i := r.product()
		row, squares := v.rows.at(uint32(i)), v.squares.at(uint32(i))
		if *squares != 0 {
			r.Failed = true
			return
		}
		var e Vector
		for d := range e {
			e[d] = math.Float32frombits(r.Half())
		}
		row.store(&e)
		*squares = math.Float32frombits(r.Half())
		v.seen = append(v.seen, i)
	}
	v.next = r.Uint()
	if v.next > 0 && len(v.seen) == 0 {
		r.Failed = true
		return
	}
	kept := min(v.next, lately)
	for k := v.next - kept; k != v.next && !r.Failed; k++ {
		v.recent[k%lately] = r.product()
	}
}
