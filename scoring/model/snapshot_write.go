package model

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"
	"sync/atomic"

	"github.com/vitrine-io/vitrine/scoring/catalog"
)

// writer writes the parts; products and facets by their place in the
// snapshot's own lists. Sizes stand before what they are of, so all is written twice:
// counted at first, and then handed on piece by piece. A large shop's snapshot is a
// hundred megabytes, which memory need not have as well.
type writer struct {
	m        *Model
	b        []byte       // not yet handed on
	to       func([]byte) // takes a piece; nil: it is only counted
	written  uint64       // handed on
	sizes    []uint64     // of the sections, once counted
	ids      []catalog.Index
	terms    []catalog.Term
	products map[catalog.Index]uint32
	facets   map[catalog.Term]uint32
}

// pieceSize is about how large the pieces are that are handed on.
const pieceSize = 256 << 10

// room is where to write on.
func (w *writer) room() []byte {
	if len(w.b) >= pieceSize {
		w.flush()
	}
	return w.b
}

// flush hands on what there is.
func (w *writer) flush() {
	if w.to != nil {
		w.to(w.b)
	}
	w.written += uint64(len(w.b))
	w.b = w.b[:0]
}

// number lists what was learned about, sorted by id.
func (w *writer) number() {
	w.ids = w.m.sorted((*item).known)
	for n, i := range w.ids {
		w.products[i] = uint32(n)
	}
	for t := range w.m.facets.span() {
		if x := w.m.facets.peek(t); x != nil && x.champions.list.Load() != nil {
			w.terms = append(w.terms, catalog.Term(t))
		}
	}
	slices.SortFunc(w.terms, func(a, b catalog.Term) int {
		return cmp.Compare(w.m.products.FacetID(a), w.m.products.FacetID(b))
	})
	for n, t := range w.terms {
		w.facets[t] = uint32(n)
	}
}

// sorted lists the items that are wanted by their ids.
func (m *Model) sorted(want func(*item) bool) (list []catalog.Index) {
	for i := range m.items.span() {
		if x := m.items.peek(i); x != nil && want(x) {
			list = append(list, catalog.Index(i))
		}
	}
	slices.SortFunc(list, func(a, b catalog.Index) int { return cmp.Compare(m.products.ID(a), m.products.ID(b)) })
	return list
}

// known reports whether an event was about the item: whatever else is learned of
// it came with one.
func (x *item) known() bool { return x.seen.Load() != 0 }

func (w *writer) uint(v uint64)           { w.b = binary.AppendUvarint(w.room(), v) }
func (w *writer) int(v int64)             { w.b = binary.AppendVarint(w.room(), v) }
func (w *writer) word(v uint64)           { w.b = binary.BigEndian.AppendUint64(w.room(), v) }
func (w *writer) weight(v uint32)         { w.b = binary.BigEndian.AppendUint32(w.room(), v) }
func (w *writer) product(i catalog.Index) { w.uint(uint64(w.products[i])) }

func (w *writer) text(s string) {
	w.uint(uint64(len(s)))
	w.b = append(w.b, s...)
}

func (w *writer) body() {
	w.uint(uint64(len(w.ids)))
	for _, i := range w.ids {
		w.text(string(w.m.products.ID(i)))
	}
	w.uint(uint64(len(w.terms)))
	for _, t := range w.terms {
		w.word(uint64(w.m.products.FacetID(t)))
	}
	w.word(w.m.learned.Load())
	w.word(w.m.sessions.Load())
	w.m.repeats.each(func(c *atomic.Uint64) { w.word(c.Load()) })
	w.top(&w.m.popular)
	for _, t := range w.terms {
		w.top(&w.m.facets.peek(uint32(t)).champions)
	}
	for _, i := range w.ids {
		w.item(w.m.items.peek(uint32(i)))
	}
	w.ring()
	w.tracker()
	w.vectors()
	w.b = w.m.blend.AppendTo(w.room())
	w.sections()
}

func (w *writer) top(t *top) {
	l := t.list.Load()
	if l == nil {
		w.uint(0)
		return
	}
	n := int(l.n.Load())
	w.uint(uint64(n) + 1)
	w.int(int64(l.at))
	for k := range n {
		s := l.slots[k].Load()
		w.product(catalog.Index(s >> 32))
		w.weight(uint32(s))
	}
}

func (w *writer) item(x *item) {
	for _, c := range []*atomic.Uint64{&x.fast, &x.slow, &x.long, &x.seen} {
		w.word(c.Load())
	}
	w.pairs(x.pairs.Load())
	w.posting(x.sessions.Load())
}

// posting writes that of a product, which may be nil.
func (w *writer) posting(s *posting) {
	if s == nil {
		w.uint(0)
		return
	}
	n, size := s.n.Load(), uint32(len(s.sessions))
	kept := min(n, size)
	w.uint(uint64(kept) + 1)
	w.uint(uint64(n))
	for k := range kept {
		w.uint(uint64(s.sessions[(n-kept+k)%size].Load()))
	}
}

func (w *writer) pairs(p *pairs) {
	if p == nil {
		w.uint(0)
		return
	}
	n := int(p.n.Load())
	w.uint(uint64(n) + 1)
	w.int(int64(p.at))
	w.weight(p.sessions.Load())
	for k := range n {
		e := p.load(k)
		w.product(e.To)
		w.weight(math.Float32bits(e.Next))
		w.weight(math.Float32bits(e.Forward))
		w.weight(math.Float32bits(e.Backward))
	}
}

// pairsOf writes the pairs of every product that has some, by id.
func (w *writer) pairsOf(of *growing[atomic.Pointer[pairs]]) {
	var have []catalog.Index
	for _, i := range w.ids {
		if p := of.peek(uint32(i)); p != nil && p.Load() != nil {
			have = append(have, i)
		}
	}
	w.uint(uint64(len(have)))
	for _, i := range have {
		w.product(i)
		w.pairs(of.peek(uint32(i)).Load())
	}
}

// list writes products in their order.
func (w *writer) list(products []catalog.Index) {
	w.uint(uint64(len(products)))
	for _, i := range products {
		w.product(i)
	}
}

func (w *writer) ring() {
	next := w.m.recent.next.Load()
	kept := min(next, ringSize)
	w.uint(uint64(next))
	for n := next - kept; n != next; n++ {
		l := w.m.recent.lines.peek(n % ringSize)
		w.uint(uint64(l[0].Load()))
		count := 0
		for count < sessionProducts && l[1+count].Load() != 0 {
			count++
		}
		w.uint(uint64(count))
		for k := range count {
			w.product(catalog.Index(l[1+k].Load() - 1))
		}
	}
}

func (w *writer) tracker() {
	w.uint(uint64(len(w.m.open.byKey)))
	for s := w.m.open.oldest; s != nil; s = s.newer {
		w.word(s.key)
		w.int(int64(s.end))
		w.uint(uint64(s.steps))
		w.uint(uint64(flag(s.clicked) | flag(s.returned)<<1))
		w.uint(uint64(len(s.products)))
		for k, i := range s.products {
			w.product(i)
			w.uint(uint64(s.looks[k]))
		}
	}
}

func (w *writer) vectors() {
	v := &w.m.vectors
	w.uint(uint64(len(v.seen)))
	var e Vector
	for _, i := range v.seen {
		w.product(i)
		v.rows.at(uint32(i)).load(&e)
		for _, x := range e {
			w.weight(math.Float32bits(x))
		}
		w.weight(math.Float32bits(*v.squares.at(uint32(i))))
	}
	w.uint(v.next)
	kept := min(v.next, lately)
	for k := v.next - kept; k != v.next; k++ {
		w.product(v.recent[k%lately])
	}
}
