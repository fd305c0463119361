package model

import (
	"math"
	"slices"
	"sync/atomic"
	"time"

	"github.com/cespare/xxhash/v2"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/scoring/interest"
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
	items *growing[item]
	open  *tracker
	path  []catalog.Index // of the visit that is ordering
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
		if s != nil {
			b.path = append(b.path, s.products...)
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
		unlink(place, to, t, -with, -after, 0)
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
	lines, at := b.lines(h, n, n)
	if again(lines, at) {
		return // the same once more
	}
	s := h.at(n)
	trip := tripOf(s)
	if _, known := b.byTrip[trip]; !known && len(b.path) > 0 {
		b.remember(trip)
	}
	b.orderOf(lines, at, b.pathOf(trip), timeOf(s.begun), 1)
}

// sentBack takes back what a purchase taught that is void now: of baskets, and of what
// goes on to what. It forgets the visit once nothing of the order is left.
func (b *baskets) sentBack(h *hazard, n uint64) {
	s := h.at(n)
	lines, at := b.lines(h, n, h.last[s.who])
	if s.product == none || again(lines, at) {
		return
	}
	trip := tripOf(s)
	b.orderOf(lines, at, b.pathOf(trip), timeOf(s.begun), -1)
	b.unvisit(lines, at, b.pathOf(trip), timeOf(s.begun))
	if k, known := b.byTrip[trip]; known && !slices.ContainsFunc(lines, func(l orderLine) bool { return l.kept }) {
		*b.at(k) = path{}
		delete(b.byTrip, trip)
	}
}

// orderLine is a product of an order.
type orderLine struct {
	product catalog.Index
	kept    bool // not sent back
}

// again reports whether another line that is kept has the same product.
func again(lines []orderLine, at int) bool {
	for k, l := range lines {
		if k != at && l.kept && l.product == lines[at].product {
			return true
		}
	}
	return false
}

// orderOf puts on or takes off what a line of an order says, beside those that are
// kept.
func (b *baskets) orderOf(lines []orderLine, at int, before []catalog.Index, t instantMillis, sign float64) {
	i := lines[at].product
	addSessions(b.order.at(uint32(i)), sign, t)
	for k, l := range lines {
		if k != at && l.kept {
			b.together(&b.order, i, l.product, t, sign)
		}
	}
	for k, j := range before {
		if j != i && first(before, k) {
			weigh(b.order.at(uint32(j)), i, t, 0, sign)
		}
	}
}

// unvisit takes off the pairs of the visit what a line of its order put on them, as
// in Model.pair: that the product was looked at stays.
func (b *baskets) unvisit(lines []orderLine, at int, before []catalog.Index, t instantMillis) {
	i := lines[at].product
	weight := math.Sqrt(interest.OfEvent(scoring.OrderCompleted))
	apart := func(from, to catalog.Index, distance int) {
		near, next := weight*math.Pow(pairFade, float64(distance)), 0.0
		if distance == 0 {
			next = weight
		}
		unlink(&b.items.at(uint32(from)).pairs, to, t, next, near, 0)
		unlink(&b.items.at(uint32(to)).pairs, from, t, 0, 0, near)
	}
	distance := 0
	for k := at - 1; k >= -len(before) && distance < pairSpan; k-- {
		l := orderLine{kept: true}
		if k >= 0 {
			l = lines[k]
		} else {
			l.product = before[len(before)+k]
		}
		if l.product == i {
			continue
		}
		if l.kept {
			apart(l.product, i, distance)
		}
		distance++
	}
	distance = 0
	for k := at + 1; k < len(lines) && distance < pairSpan; k++ {
		if l := lines[k]; l.product != i {
			if l.kept {
				apart(i, l.product, distance)
			}
			distance++
		}
	}
}

// lines lists the order of purchase n, which is the one at that place, in the order
// that it was told, as far as the visitor's purchases from number last back tell.
func (b *baskets) lines(h *hazard, n, last uint64) (list []orderLine, at int) {
	s := h.at(n)
	take := func(o *spell) {
		if sameOrder(s, o) && o.product != none {
			list = append(list, orderLine{o.product, o.quantity > 0})
		}
	}
	if last > n { // those told after it
		h.each(last, func(k uint64, o *spell) bool {
			if k > n {
				take(o)
			}
			return k > n
		})
	}
	at = len(list)
	list = append(list, orderLine{s.product, s.quantity > 0})
	if s.before > 0 && uint64(s.before) <= n {
		h.each(n-uint64(s.before), func(_ uint64, o *spell) bool {
			take(o)
			return sameOrder(s, o)
		})
	}
	slices.Reverse(list)
	return list, len(list) - 1 - at
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
