package model

import (
	"slices"
	"sync/atomic"
	"time"

	"github.com/cespare/xxhash/v2"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
)

const (
	// maxBasketPairs is how many products are kept that go with one in carts, and as
	// many in orders. Half of those in visits: carts are rarer and more alike.
	maxBasketPairs = 32
	// maxBasket is how many products of a visit's cart are paired with the next one.
	maxBasket = 32
	// maxPaths is how many visits that ended in an order are remembered, so that
	// sending it back takes back what they taught: 8 MiB when full.
	maxPaths = 1 << 16
)

// baskets learns which products are put into the cart, and which are ordered, after
// a product was turned to and together with it: apart from what is looked at,
// which is ten times as much and of another kind, since what is compared is not
// bought together.
//
// In its pairs Next counts carts or orders with both, in either direction, and
// Forward the visits that turned to the one and then put in, or ordered, the other.
type baskets struct {
	cart  growing[atomic.Pointer[pairs]]
	order growing[atomic.Pointer[pairs]]

	// For the learner alone.
	open *tracker
	path []catalog.Index // of the visit that is ordering
	// The visits before the last orders, number n at n modulo maxPaths.
	paths  []path
	next   uint64
	byTrip map[uint64]uint64 // by order
}

// path is what a visit turned to before an order.
type path struct {
	trip     uint64 // which order
	products []catalog.Index
}

func (*baskets) name() string { return "baskets" }

func (b *baskets) reset() {
	b.cart.reset()
	b.order.reset()
	b.path, b.paths, b.next, b.byTrip = nil, nil, 0, map[uint64]uint64{}
}

// Carted appends to dst what was put into the cart with a product (Next) and after it
// (Forward), and returns the number of carts that had it, on the scale of Pairs.
func (m *Model) Carted(dst []Pair, i catalog.Index, t time.Time) (with []Pair, carts, now float64) {
	return basketOf(&m.baskets.cart, dst, i, t)
}

// Ordered is the same for orders.
func (m *Model) Ordered(dst []Pair, i catalog.Index, t time.Time) (with []Pair, orders, now float64) {
	return basketOf(&m.baskets.order, dst, i, t)
}

func basketOf(of *growing[atomic.Pointer[pairs]], dst []Pair, i catalog.Index, t time.Time) (with []Pair, baskets, now float64) {
	if p := of.peek(uint32(i)); p != nil {
		return p.Load().appendTo(dst, t)
	}
	return dst, 0, 1
}

// learn takes in what is put into a cart, and notes the visit that leads to an
// order. The event's products are not yet steps of the session. What is taken out
// of a cart again had been thought of with the rest: it stays.
func (b *baskets) learn(m *Model, s *session, e *scoring.Event, t instantMillis) {
	switch e.Type {
	case scoring.ProductAdded:
		for i := range e.Items {
			if s != nil {
				b.put(s, m.products.Intern(e.Items[i].Product), t)
			}
		}
	case scoring.OrderCompleted:
		b.path = b.path[:0]
		if s == nil {
			return
		}
		for _, i := range s.products {
			if !contains(b.path, i) {
				b.path = append(b.path, i)
			}
		}
	}
}

// put learns that a visit puts a product into the cart.
func (b *baskets) put(s *session, i catalog.Index, t instantMillis) {
	if contains(s.carted, i) || len(s.carted) == maxBasket {
		return
	}
	b.cartOf(s.products, s.carted, i, t, 1)
	s.carted = append(s.carted, i)
}

// cartOf puts on or takes off what a product in the cart says, after those steps and
// with those in the cart.
func (b *baskets) cartOf(steps, cart []catalog.Index, i catalog.Index, t instantMillis, sign float64) {
	addSessions(b.cart.at(uint32(i)), sign, t)
	for _, j := range cart {
		b.together(&b.cart, i, j, t, sign)
	}
	near, distance := sign, 0
	for k := len(steps) - 1; k >= 0 && distance < pairSpan; k-- {
		if j := steps[k]; j != i {
			if !contains(steps[k+1:], j) {
				weigh(b.cart.at(uint32(j)), i, t, 0, near)
			}
			near *= pairFade
			distance++
		}
	}
}

// together puts on or takes off that two products were in one basket.
func (b *baskets) together(of *growing[atomic.Pointer[pairs]], i, j catalog.Index, t instantMillis, sign float64) {
	weigh(of.at(uint32(i)), j, t, sign, 0)
	weigh(of.at(uint32(j)), i, t, sign, 0)
}

// weigh links, or with weights below 0 unlinks.
func weigh(place *atomic.Pointer[pairs], to catalog.Index, t instantMillis, with, after float64) {
	if with+after > 0 {
		link(place, maxBasketPairs, to, t, with, after, 0)
	} else {
		unlink(place, to, t, -with, -after)
	}
}

// tripOf tells orders apart.
func tripOf(s *spell) uint64 {
	var b [20]byte
	for i := range 8 {
		b[i] = byte(s.who >> (8 * i))
	}
	for i := range 4 {
		b[8+i] = byte(s.order >> (8 * i))
	}
	if s.order == 0 {
		for i := range 4 {
			b[12+i] = byte(s.begun >> (8 * i))
		}
	}
	return xxhash.Sum64(b[:])
}

// sameOrder reports whether two purchases of a visitor were made at once, or told as
// of one order.
func sameOrder(a, b *spell) bool {
	return a.order == b.order && (a.order != 0 || a.begun == b.begun)
}

// bought learns a purchase that was just made, from those of its order before it.
func (b *baskets) bought(h *hazard, n uint64) {
	s := h.at(n)
	others := b.others(h, n, n)
	if contains(others, s.product) {
		return // the same once more
	}
	trip := tripOf(s)
	if _, known := b.byTrip[trip]; !known && len(b.path) > 0 {
		b.remember(trip)
	}
	b.orderOf(s, others, b.pathOf(trip), 1)
}

// sentBack takes back what a purchase taught that is void now, and forgets the visit
// once nothing of the order is left.
func (b *baskets) sentBack(h *hazard, n uint64) {
	s := h.at(n)
	others := b.others(h, n, h.last[s.who])
	if s.product == none || contains(others, s.product) {
		return
	}
	trip := tripOf(s)
	b.orderOf(s, others, b.pathOf(trip), -1)
	if k, known := b.byTrip[trip]; known && len(others) == 0 {
		*b.at(k) = path{}
		delete(b.byTrip, trip)
	}
}

// orderOf puts on or takes off what a product in an order says.
func (b *baskets) orderOf(s *spell, others, before []catalog.Index, sign float64) {
	t := timeOf(s.begun)
	addSessions(b.order.at(uint32(s.product)), sign, t)
	for _, j := range others {
		b.together(&b.order, s.product, j, t, sign)
	}
	for _, j := range before {
		if j != s.product {
			weigh(b.order.at(uint32(j)), s.product, t, 0, sign)
		}
	}
}

// others lists what else the visitor bought and kept in the order of purchase n, as
// far as their purchases from number last back tell.
func (b *baskets) others(h *hazard, n, last uint64) []catalog.Index {
	var list []catalog.Index
	s := h.at(n)
	take := func(k uint64, o *spell) {
		if k != n && sameOrder(s, o) && o.quantity > 0 && o.product != none {
			list = append(list, o.product)
		}
	}
	if last > n { // those told after it
		h.each(last, func(k uint64, o *spell) bool {
			if k > n {
				take(k, o)
			}
			return k > n
		})
	}
	if s.before > 0 && uint64(s.before) <= n {
		h.each(n-uint64(s.before), func(k uint64, o *spell) bool {
			take(k, o)
			return sameOrder(s, o)
		})
	}
	return list
}

func (b *baskets) at(n uint64) *path { return &b.paths[n%maxPaths] }

// remember keeps the visit before an order in the place of the oldest, if there is
// no more room.
func (b *baskets) remember(trip uint64) {
	n := b.next
	b.next++
	if n < maxPaths {
		b.paths = append(b.paths, path{})
	} else if old := b.at(n); len(old.products) > 0 {
		delete(b.byTrip, old.trip)
	}
	*b.at(n) = path{trip: trip, products: slices.Clone(b.path)}
	b.byTrip[trip] = n
}

func (b *baskets) pathOf(trip uint64) []catalog.Index {
	if n, known := b.byTrip[trip]; known {
		return b.at(n).products
	}
	return nil
}

// takeBack undoes what a session that is erased put into the cart.
func (b *baskets) takeBack(s *session) {
	for k, i := range s.carted {
		steps := s.products
		if at := slices.Index(steps, i); at >= 0 {
			steps = steps[:at]
		}
		b.cartOf(steps, s.carted[:k], i, s.end, -1)
	}
}

func (b *baskets) forget(gone func(catalog.Index) bool) {
	for _, of := range [...]*growing[atomic.Pointer[pairs]]{&b.cart, &b.order} {
		for i := range of.span() {
			switch p := of.peek(i); {
			case p == nil:
			case gone(catalog.Index(i)):
				p.Store(nil)
			default:
				p.Store(p.Load().without(gone))
			}
		}
	}
	for s := b.open.oldest; s != nil; s = s.newer {
		s.carted = slices.DeleteFunc(s.carted, gone)
	}
	for k := range b.paths {
		b.paths[k].products = slices.DeleteFunc(b.paths[k].products, gone)
	}
	b.path = b.path[:0]
}

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
	b.next = r.uint()
	kept := min(b.next, maxPaths)
	if kept > uint64(len(r.b)) {
		r.failed = true
		return
	}
	b.paths = make([]path, kept)
	for n := b.next - kept; n < b.next && !r.failed; n++ {
		p := b.at(n)
		p.trip, p.products = r.word(), r.list()
		if p.trip != 0 {
			b.byTrip[p.trip] = n
		}
	}
}
