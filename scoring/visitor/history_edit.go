package visitor

import (
	"encoding/binary"
	"slices"
	"sort"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
)

// keptAnyway is how many of the last deeds are kept whatever they are: the end of the
// journey.
const keptAnyway = 16

// deed is one as it is packed, eight bytes.
type deed []byte

func (d deed) second() uint32          { return binary.BigEndian.Uint32(d) }
func (d deed) kind() scoring.EventType { return scoring.EventType(d[4] &^ more) }
func (d deed) more() bool              { return d[4]&more != 0 }
func (d deed) thing() int              { return int(d[5]) }
func (d deed) source() int             { return int(d[6]) }
func (d deed) line() int               { return int(d[7]) }

func (h *History) count() int      { return len(h.deeds) / deedSize }
func (h *History) deed(i int) deed { return h.deeds[i*deedSize : (i+1)*deedSize] }

// end is where the event ends that begins with the i-th deed.
func (h *History) end(i int) int {
	end := i + 1
	for end < h.count() && h.deed(end).more() {
		end++
	}
	return end
}

// events goes through where each event begins and ends among the deeds.
func (h *History) events(yield func(i, end int) bool) {
	for i := 0; i < h.count(); {
		end := h.end(i)
		if !yield(i, end) {
			return
		}
		i = end
	}
}

// insert puts the steps of an event that came late at their place in time. They begin a
// visit if nothing else happened around them. It is false when something has no number
// left.
func (h *History) insert(late []step) bool {
	second := late[0].second
	at := sort.Search(h.count(), func(i int) bool { return h.deed(i).second() > second })
	const gap = uint32(VisitGap / 1e9)
	begins := at == 0 || second-h.deed(at-1).second() > gap
	if at == 0 && second < binary.BigEndian.Uint32(h.first) {
		h.first = exactly(append(binary.BigEndian.AppendUint32(nil, second), late[0].source...))
	}
	if !begins {
		late[0].source = nil
	}
	tail := h.deeds[at*deedSize:]
	h.deeds = append(make([]byte, 0, len(h.deeds)+len(late)*deedSize), h.deeds[:at*deedSize]...)
	for i := range late {
		if !h.push(&late[i]) {
			return false
		}
	}
	if len(tail) > 0 && deed(tail).second()-second <= gap {
		// The next begins no visit: this one does, or both are of the one before.
		tail = slices.Clone(tail)
		if own := h.deed(at); begins && own[6] == 0 {
			own[6] = tail[6]
		}
		tail[6] = 0
	}
	h.deeds = behind(h.deeds, tail...)
	h.findLast()
	return true
}

// findLast finds the beginning of the last visit again, after something came late. One
// whose beginning is no longer kept began when it is known to have.
func (h *History) findLast() {
	i := h.count() - 1
	for i > 0 && h.deed(i).second()-h.deed(i-1).second() <= uint32(VisitGap/time.Second) {
		i--
	}
	began, known := h.deed(i).second(), binary.BigEndian.Uint32(h.last)
	if began == known || i == 0 && known < began {
		return
	}
	h.last = exactly(append(binary.BigEndian.AppendUint32(nil, began), h.sourceAt(h.deed(i)[6])...))
}

// shrink lets go of the deeds that say least, until the history has no more bytes than
// that: whole events, first of those that say little, the oldest, then of the others,
// then orders.
func (h *History) shrink(goal int) {
	for h.size() > goal && len(h.deeds) > 0 {
		h.drop(max(1, h.count()*(h.size()-goal)/h.size()))
	}
}

// drop lets go of at least n deeds, and of what only they refer to.
func (h *History) drop(n int) {
	gone := make([]bool, h.count())
	for rank := 0; rank < 4 && n > 0; rank++ {
		for i := 0; i < len(gone) && n > 0; {
			end := h.end(i)
			if !gone[i] && (rank == 3 || end <= len(gone)-keptAnyway && worth(h.deed(i).kind()) == rank) {
				for k := i; k < end; k++ {
					gone[k] = true
				}
				n -= end - i
			}
			i = end
		}
	}
	h.without(gone)
}

// worth is how much a deed says.
func worth(t scoring.EventType) int {
	switch t {
	case scoring.OrderCompleted:
		return 2
	case scoring.PageViewed, scoring.HomeViewed, scoring.ProductListViewed, scoring.CartViewed, scoring.EmailOpened:
		return 0
	}
	return 1
}

// dropOrders lets go of the oldest orders, with n lines or more.
func (h *History) dropOrders(n int) {
	gone := make([]bool, h.count())
	for i, end := range h.events {
		for k := i; k < end && h.deed(i).line() > 0 && (n > 0 || k > i); k++ {
			gone[k] = true
			n--
		}
	}
	h.without(gone)
}

// without lets go of the deeds that are gone, and of what only they refer to. The
// first that is left of an event stands for it.
func (h *History) without(gone []bool) {
	left := make([]byte, 0, len(h.deeds))
	var things, sources, lines renumbering
	source, first := byte(0), true // of the event
	for i := range gone {
		d := h.deed(i)
		if !d.more() {
			source, first = d[6], true
		}
		if gone[i] {
			continue
		}
		left = append(left, d...)
		own := deed(left[len(left)-deedSize:])
		if first {
			own[4], own[6] = byte(d.kind()), source
		}
		first = false
		things.use(own.thing())
		sources.use(own.source())
		lines.use(own.line())
	}
	h.collect(&things, &sources, &lines)
	for i := 0; i < len(left); i += deedSize {
		own := left[i : i+deedSize]
		own[5], own[6], own[7] = things.to[own[5]], sources.to[own[6]], lines.to[own[7]]
	}
	h.deeds = exactly(left)
}

// renumbering gives what is still used the next numbers.
type renumbering struct {
	to   [maxNumber + 1]byte
	used [maxNumber + 1]bool
	n    byte
}

func (r *renumbering) use(n int) { r.used[n] = true }

// next renumbers a record; it is false for one that is not used.
func (r *renumbering) next(n int) bool {
	if r.used[n] {
		r.n++
		r.to[n] = r.n
	}
	return r.used[n]
}

// collect lets go of the things, facets, sources and lines that are not used.
func (h *History) collect(things, sources, lines *renumbering) {
	var facets renumbering
	var room [maxHistory]byte
	kept := room[:0]
	for at, n := 0, 1; at < len(h.things); n++ {
		from := at
		_, numbers, next := h.thingAt(at)
		at = next
		if !things.next(n) {
			continue
		}
		for _, f := range numbers {
			facets.use(int(f) + 1)
		}
		kept = append(kept, h.things[from:next]...)
	}
	h.things = exactly(kept)
	kept = kept[:0]
	for n := range len(h.facets) / facetSize {
		if facets.next(n + 1) {
			kept = append(kept, h.facets[n*facetSize:(n+1)*facetSize]...)
		}
	}
	h.facets = exactly(kept)
	kept = kept[:0]
	for at, n := 0, 1; at < len(h.sources); n++ {
		next := at + 1 + int(h.sources[at])
		if sources.next(n) {
			kept = append(kept, h.sources[at:next]...)
		}
		at = next
	}
	h.sources = exactly(kept)
	kept = kept[:0]
	for n := range len(h.lines) / lineSize {
		if lines.next(n + 1) {
			kept = append(kept, h.lines[n*lineSize:(n+1)*lineSize]...)
		}
	}
	h.lines = exactly(kept)
	for at := 0; at < len(h.things); {
		_, numbers, next := h.thingAt(at)
		for i, f := range numbers {
			numbers[i] = facets.to[f+1] - 1
		}
		at = next
	}
}

// exactly copies b without room behind it; an empty one is nil.
func exactly(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	c := make([]byte, len(b))
	copy(c, b)
	return c[:len(b):len(b)]
}

// undo takes what a refund or cancellation names off the orders: with items their
// quantities, from that order or else from the newest line of the product; without, the
// whole order. What overtakes its order changes nothing.
func (h *History) undo(e *scoring.Event) {
	if len(h.lines) == 0 {
		return
	}
	h.lines = exactly(h.lines)
	number := orderNumber(orderOf(e))
	if len(e.Items) == 0 {
		for n := 1; n <= len(h.lines)/lineSize; n++ {
			if l := h.line(n); number != 0 && l.order == number {
				h.spent -= min(h.spent, l.amount)
				h.setLine(n, line{order: l.order})
			}
		}
	}
	for k := range e.Items {
		left := uint32(quantity(&e.Items[k]))
		for left > 0 {
			n := h.lineOfProduct(e.Items[k].Product, number)
			if n == 0 {
				break
			}
			l := h.line(n)
			taken := min(left, l.quantity)
			back := l.amount
			if taken < l.quantity {
				back = l.amount / int64(l.quantity) * int64(taken)
			}
			left, l.quantity, l.amount = left-taken, l.quantity-taken, l.amount-back
			h.spent -= min(h.spent, back)
			h.setLine(n, l)
		}
	}
	h.dropEmptyLines()
}

func (h *History) line(n int) line {
	b := h.lines[(n-1)*lineSize:]
	return line{binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[4:]), int64(binary.BigEndian.Uint64(b[8:]))}
}

func (h *History) setLine(n int, l line) {
	b := h.lines[(n-1)*lineSize:]
	binary.BigEndian.PutUint32(b, l.order)
	binary.BigEndian.PutUint32(b[4:], l.quantity)
	binary.BigEndian.PutUint64(b[8:], uint64(l.amount))
}

// lineOfProduct finds the line that a return is taken from: that of the order if it has
// one, else the newest; 0 if none.
func (h *History) lineOfProduct(id scoring.ProductID, order uint32) (found int) {
	things, _ := h.about(&Deeds{Product: id})
	for i := range h.count() {
		d := h.deed(i)
		n := d.line()
		if n == 0 || id == "" || !things.has(d[5]) || h.line(n).quantity == 0 {
			continue
		}
		if order != 0 && h.line(n).order == order {
			return n
		}
		found = n
	}
	return found
}

// dropEmptyLines lets go of the lines of which nothing is left, and counts the orders
// that end with them.
func (h *History) dropEmptyLines() {
	empty := func(i int) bool { n := h.deed(i).line(); return n > 0 && h.line(n).quantity == 0 }
	left := map[uint32]bool{}
	ended := 0
	for i, end := range h.events {
		if h.deed(i).line() == 0 {
			continue
		}
		order := h.line(h.deed(i).line()).order
		some := false
		for k := i; k < end; k++ {
			some = some || !empty(k)
		}
		if order == 0 && !some {
			ended++
		} else if order != 0 {
			left[order] = left[order] || some
		}
	}
	for _, some := range left {
		if !some {
			ended++
		}
	}
	h.orders -= min(h.orders, uint32(ended))
	gone := make([]bool, h.count())
	for i := range gone {
		gone[i] = empty(i)
	}
	h.without(gone)
}

// from is what was done from a time on, as if nothing had been before.
func (h History) from(begun time.Time) History {
	h = *h.whole()
	second := secondOf(begun)
	gone := make([]bool, h.count())
	for i := range gone {
		gone[i] = h.deed(i).second() < second
	}
	h.without(gone)
	if h.count() == 0 {
		return History{}
	}
	if len(h.last) == 0 || binary.BigEndian.Uint32(h.last) < second {
		h.last = binary.BigEndian.AppendUint32(nil, h.deed(0).second())
	}
	h.first, h.orders, h.spent = h.last, 0, 0
	told := map[uint32]bool{}
	for i := range h.count() {
		n := h.deed(i).line()
		if n == 0 {
			continue
		}
		l := h.line(n)
		h.spent = addTo(h.spent, l.amount)
		if l.order == 0 && !h.deed(i).more() || l.order != 0 && !told[l.order] {
			h.orders++
		}
		told[l.order] = true
	}
	return h
}
