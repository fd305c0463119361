package model

// The section: the pairs in carts, those in orders, the open carts by session, the
// visits before the last orders.

func (b *baskets) save(w *writer) {
	w.pairsOf(&b.cart)
	w.pairsOf(&b.order)
	for s := b.open.oldest; s != nil; s = s.newer {
		w.list(s.carted)
	}
	w.uint(b.next)
	for n := b.next - min(b.next, maxPaths); n < b.next; n++ {
		p := b.at(n)
		w.word(p.trip)
		w.list(p.products)
	}
}

func (b *baskets) load(r *reader) {
	r.pairsOf(&b.cart)
	r.pairsOf(&b.order)
	for s := b.open.oldest; s != nil; s = s.newer {
		s.carted = r.list()
	}
	b.next = r.Uint()
	kept := min(b.next, maxPaths)
	if kept > uint64(len(r.B)) {
		r.Failed = true
		return
	}
	b.paths = make([]path, kept)
	for n := b.next - kept; n < b.next && !r.Failed; n++ {
		p := b.at(n)
		p.trip, p.products = r.Word(), r.list()
		if p.trip != 0 {
			b.byTrip[p.trip] = n
		}
	}
}
