package model

import "github.com/vitrine-io/vitrine/scoring/catalog"

// The section: how many places there are; the trails from the one idle longest,
// each with its place, visitor's key, flags and line; then the products' pairs and
// trails, in the order of the snapshot's products.

const (
	trailHeld = 1 << iota
	trailReturned
)

func (r *trails) save(w *writer) {
	w.uint(uint64(len(r.list)))
	for p := r.oldest; p != 0; p = r.list[p-1].newer {
		t, l := &r.list[p-1], r.lines.peek(p-1)
		w.uint(uint64(p - 1))
		w.word(t.key)
		w.uint(flagged(t.held, trailHeld) | flagged(t.returned, trailReturned))
		w.uint(uint64(l[0].Load()))
		products := r.read(p - 1)
		w.uint(uint64(len(products)))
		for _, i := range products {
			w.product(i)
		}
	}
	for _, i := range w.ids {
		x := r.items.peek(uint32(i))
		if x == nil {
			x = &lastingItem{}
		}
		w.pairs(x.pairs.Load())
		w.posting(x.trails.Load())
	}
}

func flagged(is bool, bit uint64) uint64 {
	if is {
		return bit
	}
	return 0
}

func (r *trails) load(in *reader) {
	const least = 1 + 8 + 3 // bytes of a trail
	n := in.Count(least)
	r.list = make([]trail, n)
	met := make([]bool, n)
	for range n {
		at := in.Uint()
		if at >= uint64(n) || met[at] || in.Failed {
			in.Failed = true
			return
		}
		met[at] = true
		key, flags := in.Word(), in.Uint()
		r.list[at] = trail{key: key, held: flags&trailHeld != 0, returned: flags&trailReturned != 0}
		if r.list[at].held {
			r.places[key] = uint32(at)
		}
		l := r.lines.at(uint32(at))
		l[0].Store(uint32(in.Uint()))
		count := in.Count(1)
		if count > sessionProducts {
			in.Failed = true
			return
		}
		for k := range count {
			l[1+k].Store(uint32(in.product()) + 1)
		}
		r.link(uint32(at))
	}
	for _, i := range in.products {
		pairs, posting := in.pairs(maxPairs), in.posting()
		if in.Failed {
			return
		}
		if pairs != nil || posting != nil {
			x := r.items.at(uint32(i))
			x.pairs.Store(pairs)
			x.trails.Store(posting)
		}
	}
}

// forget lets go of products in the trails and pairs of others.
func (r *trails) forget(gone func(catalog.Index) bool) {
	for at := range r.list {
		r.lines.peek(uint32(at)).forget(gone)
	}
	for i := range r.items.span() {
		x := r.items.peek(i)
		switch {
		case x == nil:
		case gone(catalog.Index(i)):
			x.pairs.Store(nil)
			x.trails.Store(nil)
		default:
			x.pairs.Store(x.pairs.Load().without(gone))
		}
	}
}

// erase empties the visitor's trail: nobody's neighbour any more, and the next
// place to be given away. Pairs of visits that have ended have no visitor.
func (r *trails) erase(visitor, _ uint64) {
	at, ok := r.places[visitor]
	if !ok {
		return
	}
	delete(r.places, visitor)
	r.list[at].key, r.list[at].held, r.list[at].returned = 0, false, false
	l := r.lines.peek(at)
	for k := range l {
		l[k].Store(0)
	}
	r.unlink(at)
	t := &r.list[at]
	t.newer = r.oldest
	if r.oldest != 0 {
		r.list[r.oldest-1].older = at + 1
	} else {
		r.newest = at + 1
	}
	r.oldest = at + 1
}
