package visitor

import (
	"encoding/binary"
	"math"
	"slices"
	"time"

	"github.com/cespare/xxhash/v2"

	"github.com/vitrine-io/vitrine/scoring"
)

// The bounds of a history.
const (
	// maxHistory bounds its bytes: some 200 deeds about 60 products with ids of eight
	// bytes and ten facets each.
	maxHistory = 3072
	// historyGoal is what remains when it would grow past that, so that it is packed
	// anew once in some twenty deeds only.
	historyGoal = maxHistory * 7 / 8
	// itemsOfDeed is how many products of one event are kept, the first ones.
	itemsOfDeed = 32
	maxLines    = 64 // of orders
	maxNumber   = 255
	maxSources  = 64
)

// History is the log of what a visitor did, the journey from where they came in: each
// deed with the products it was about and their facets as they were, orders with what
// they were worth, visits with where they came from. It is what segments count by. It
// stays packed, and is read when it is asked. A History is never changed: Add returns a
// new one. The zero value is empty.
//
// When it is full, pages and the like that say little go first, then the oldest of the
// rest, and orders last.
type History struct {
	facets  []byte // six bytes each; numbered from 0
	things  []byte // product, and numbers of facets, each with a byte of length; from 1
	sources []byte // each with a byte of length; from 1
	lines   []byte // of orders: order, quantity, amount; from 1
	deeds   []byte // second, type, thing, source, line; in the order of time
	first   []byte // second and source of the first visit
	last    []byte // of the last one
	here    []byte // where the visitor was seen last
	// currency is that of the first amount. What was paid in another is not added to it.
	currency string
	orders   uint32 // all there ever were, less those sent back
	spent    int64  // on them, in billionths

	tip      *tip[byte] // of deeds, which every event grows, and so of all parts
	together *together  // not nil: it is this, and nothing else is set
}

const (
	facetSize = 6
	deedSize  = 8
	lineSize  = 16
	// more marks a deed as another product of the event before it.
	more = 0x80
)

// step is a deed unpacked.
type step struct {
	second  uint32
	kind    scoring.EventType
	more    bool
	product scoring.ProductID
	facets  []scoring.FacetID
	source  []byte // where the visit came from that begins with it; nil within a visit
	isOrder bool
	line    line // of an order
}

// line is a product of an order, or an order of which no product is told.
type line struct {
	order    uint32 // a hash of its id; 0: has none
	quantity uint32
	amount   int64 // of all of it, in billionths of the currency
}

// told are the products that the deed of an event is about.
func told(e *scoring.Event) []scoring.EventItem {
	switch e.Type {
	case scoring.ProductViewed, scoring.ProductClicked, scoring.ProductAdded, scoring.ProductRemoved,
		scoring.OrderCompleted, scoring.OrderRefunded, scoring.OrderCancelled,
		scoring.ProductWishlisted, scoring.ProductUnwishlisted, scoring.ProductShared, scoring.Dismissed:
		return e.Items[:min(len(e.Items), itemsOfDeed)]
	}
	return nil
}

// isDeed reports whether an event is something that the visitor did, and not what came
// into their sight or their mailbox.
func isDeed(t scoring.EventType) bool {
	switch t {
	case scoring.CreativeViewed, scoring.PromotionViewed, scoring.EmailDelivered:
		return false
	}
	return t >= scoring.PageViewed && t <= scoring.Custom
}

// Add returns the history with an event in it, at its place in time. A refund or
// cancellation takes what is sent back off the orders.
func (h History) Add(e *scoring.Event, at time.Time) History {
	if !isDeed(e.Type) {
		return h
	}
	h = *h.whole()
	if !h.tip.take(h.deeds) {
		h.tip = new(tip[byte])
		h.clip()
	}
	if e.Type == scoring.OrderRefunded || e.Type == scoring.OrderCancelled {
		h.undo(e)
	}
	second := secondOf(at)
	var text [maxSourceRecord]byte
	source := appendSource(text[:0], e)
	n := h.count()
	late := n > 0 && second < h.deed(n-1).second()
	if !late {
		begins := n == 0 || second-h.deed(n-1).second() > uint32(VisitGap/time.Second)
		h.met(source, second, begins)
		if !begins {
			source = nil
		}
	}
	var room [2]step // most events are about one product
	steps := h.stepsOf(room[:0], e, second, source)
	if over := len(h.lines)/lineSize + len(steps) - maxLines; over > 0 && steps[0].isOrder {
		h.dropOrders(over + maxLines/8)
	}
	for {
		next := h
		if next.put(steps, late) {
			if next.size() > maxHistory {
				next.shrink(historyGoal)
			}
			next.tip.leave(next.deeds)
			return next
		}
		// Of products or facets there are too many.
		if h.count() == 0 {
			steps = steps[:len(steps)/2]
		}
		h.drop(max(1, h.count()/8))
	}
}

// clip leaves no room behind the parts: what is added goes into copies.
func (h *History) clip() {
	for _, part := range [...]*[]byte{&h.facets, &h.things, &h.sources, &h.lines, &h.deeds} {
		*part = slices.Clip(*part)
	}
}

// put adds the steps of an event. It is false when something has no number left.
func (h *History) put(steps []step, late bool) bool {
	if late && len(h.deeds) > 0 {
		return h.insert(steps)
	}
	for i := range steps {
		if !h.push(&steps[i]) {
			return false
		}
	}
	return true
}

// stepsOf appends the steps of an event, and counts what an order adds to the value.
func (h *History) stepsOf(dst []step, e *scoring.Event, second uint32, source []byte) []step {
	items := told(e)
	isOrder := e.Type == scoring.OrderCompleted
	if isOrder {
		h.countOrder(e)
	}
	for i := range max(1, len(items)) {
		s := step{second: second, kind: e.Type, more: i > 0}
		if i == 0 {
			s.source = source
		}
		if i < len(items) {
			s.product = items[i].Product
			s.facets = items[i].Facets[:min(len(items[i].Facets), scoring.MaxFacets)]
		}
		if isOrder {
			s.isOrder, s.line = true, h.lineOf(e, i, len(items))
			h.spent = addTo(h.spent, s.line.amount)
		}
		dst = append(dst, s)
	}
	return dst
}

// lineOf is the i-th of an order's lines. Where no price is told the first has the
// revenue; the last that is kept has the amount of those that are not.
func (h *History) lineOf(e *scoring.Event, i, kept int) line {
	l := line{order: orderNumber(orderOf(e)), quantity: 1}
	if kept > 0 {
		l.quantity = uint32(quantity(&e.Items[i]))
	}
	priced := false
	for k := range e.Items {
		p := e.Items[k].Price
		if p == nil {
			continue
		}
		priced = true
		if k == i || i == kept-1 && k >= kept {
			l.amount = addTo(l.amount, h.inCurrency(p, int64(quantity(&e.Items[k]))))
		}
	}
	if !priced && i == 0 && e.Order != nil && e.Order.Revenue != nil {
		l.amount = h.inCurrency(e.Order.Revenue, 1)
	}
	return l
}

// inCurrency is so many times an amount; nothing of one in another currency.
func (h *History) inCurrency(m *scoring.Money, times int64) int64 {
	if h.currency == "" && len(m.Currency) <= maxNumber {
		h.currency = m.Currency
	}
	switch {
	case m.Currency != h.currency || m.Nanos <= 0:
		return 0
	case m.Nanos > math.MaxInt64/times:
		return math.MaxInt64
	}
	return m.Nanos * times
}

// addTo adds amounts without running over.
func addTo(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

// countOrder counts an order once, in however many events it is told.
func (h *History) countOrder(e *scoring.Event) {
	number := orderNumber(orderOf(e))
	for at := 0; number != 0 && at < len(h.lines); at += lineSize {
		if binary.BigEndian.Uint32(h.lines[at:]) == number {
			return
		}
	}
	h.orders = min(h.orders, math.MaxUint32-1) + 1
}

// orderNumber is a hash of an order's id; 0 for none.
func orderNumber(id scoring.OrderID) uint32 {
	if id == "" {
		return 0
	}
	return max(1, uint32(xxhash.Sum64String(string(id))))
}

// secondOf is the time in whole seconds since 1970, and until 2106.
func secondOf(at time.Time) uint32 { return uint32(max(0, min(math.MaxUint32, at.Unix()))) }

// push appends a step. It is false when something has no number left.
func (h *History) push(s *step) bool {
	var d [deedSize]byte
	binary.BigEndian.PutUint32(d[:], s.second)
	d[4] = byte(s.kind)
	if s.more {
		d[4] |= more
	}
	if s.product != "" {
		n, ok := h.thing(s.product, s.facets)
		if !ok {
			return false
		}
		d[5] = n
	}
	if s.source != nil {
		d[6] = h.source(s.source)
	}
	if s.isOrder {
		if len(h.lines) == maxLines*lineSize {
			return false
		}
		var room [lineSize]byte
		h.lines = behind(h.lines, room[:]...)
		n := len(h.lines) / lineSize
		h.setLine(n, s.line)
		d[7] = byte(n)
	}
	h.deeds = behind(h.deeds, d[:]...)
	return true
}

// thing is the number of a product with its facets.
func (h *History) thing(id scoring.ProductID, facets []scoring.FacetID) (byte, bool) {
	n := 0
	for at := 0; at < len(h.things); {
		product, numbers, next := h.thingAt(at)
		n++
		if string(product) == string(id) && h.same(numbers, facets) {
			return byte(n), true
		}
		at = next
	}
	if n == maxNumber || len(id) > maxNumber {
		return 0, len(id) > maxNumber // no id is that long; it counts as none
	}
	var room [2 + maxNumber + scoring.MaxFacets]byte
	b := append(room[:0], byte(len(id)))
	b = append(b, id...)
	b = append(b, byte(len(facets)))
	var fresh [scoring.MaxFacets * facetSize]byte
	added := fresh[:0]
	for _, f := range facets {
		number, ok := findFacet(h.facets, f)
		if !ok {
			number, ok = findFacet(added, f)
			number += len(h.facets) / facetSize
		}
		if !ok {
			if number == maxNumber {
				return 0, false
			}
			added = append(added, packFacet(f)...)
		}
		b = append(b, byte(number))
	}
	if len(added) > 0 {
		h.facets = behind(h.facets, added...)
	}
	h.things = behind(h.things, b...)
	return byte(n + 1), true
}

// thingAt reads a thing, and where the next one begins.
func (h *History) thingAt(at int) (product, facets []byte, next int) {
	n := int(h.things[at])
	at++
	product, at = h.things[at:at+n], at+n
	n = int(h.things[at])
	at++
	return product, h.things[at : at+n], at + n
}

func (h *History) same(numbers []byte, facets []scoring.FacetID) bool {
	if len(numbers) != len(facets) {
		return false
	}
	for i, n := range numbers {
		if h.facetAt(int(n)) != facets[i] {
			return false
		}
	}
	return true
}

func packFacet(f scoring.FacetID) []byte {
	return []byte{byte(f >> 40), byte(f >> 32), byte(f >> 24), byte(f >> 16), byte(f >> 8), byte(f)}
}

func (h *History) facetAt(n int) scoring.FacetID { return unpackFacet(h.facets[n*facetSize:]) }

func unpackFacet(b []byte) scoring.FacetID {
	return scoring.FacetID(b[0])<<40 | scoring.FacetID(b[1])<<32 | scoring.FacetID(binary.BigEndian.Uint32(b[2:]))
}

// facet is the number of a facet; false if none of the things has it.
func (h *History) facet(f scoring.FacetID) (int, bool) { return findFacet(h.facets, f) }

// findFacet is the place of a facet among packed ones, or their number.
func findFacet(packed []byte, f scoring.FacetID) (n int, ok bool) {
	for ; len(packed) >= facetSize; packed = packed[facetSize:] {
		if unpackFacet(packed) == f {
			return n, true
		}
		n++
	}
	return n, false
}

// size is how many bytes it takes in a record.
func (h *History) size() int {
	return 2*binary.MaxVarintLen64 + 9 + len(h.facets) + len(h.things) + len(h.sources) + len(h.lines) + len(h.deeds) +
		len(h.first) + len(h.last) + len(h.here) + len(h.currency)
}
