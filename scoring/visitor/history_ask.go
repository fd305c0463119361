package visitor

import (
	"time"

	"github.com/vitrine-io/vitrine/scoring"
)

// EventTypes is a set of types of events.
type EventTypes uint64

// EventTypesOf is the set of those in the list.
func EventTypesOf(list ...scoring.EventType) (set EventTypes) {
	for _, t := range list {
		set |= 1 << t
	}
	return set
}

// Deeds says which deeds are meant: of these types, about a product with the facet, or
// about the product, or about whatever when neither is given.
type Deeds struct {
	Types   EventTypes
	Facet   scoring.FacetID
	Product scoring.ProductID
}

// numbers is a set of things by their numbers; anything has what is about no product,
// too.
type numbers struct {
	set      [4]uint64
	anything bool
}

func (n *numbers) has(number byte) bool {
	return n.anything || n.set[number/64]&(1<<(number%64)) != 0
}

// about finds the things that are meant; false if there are none.
func (h *History) about(d *Deeds) (n numbers, some bool) {
	if d.Facet == 0 && d.Product == "" {
		n.anything = true
		return n, true
	}
	facet, ok := h.facet(d.Facet)
	if !ok && d.Product == "" {
		return n, false
	}
	for at, number := 0, 1; at < len(h.things); number++ {
		product, facets, next := h.thingAt(at)
		at = next
		meant := string(product) == string(d.Product)
		if d.Product == "" {
			for _, f := range facets {
				meant = meant || int(f) == facet
			}
		}
		if meant {
			n.set[number/64] |= 1 << (number % 64)
			some = true
		}
	}
	return n, some
}

// firstSecond is the first second after a time.
func firstSecond(t time.Time) int64 { return t.Unix() + 1 }

// Times is how many such deeds there were after a time, each once whatever number of
// products it was about. Deeds are known to the second.
func (h *History) Times(d *Deeds, after time.Time) (n int64) {
	h = h.whole()
	things, some := h.about(d)
	if !some {
		return 0
	}
	from, meant := firstSecond(after), false
	for i := h.count() - 1; i >= 0 && int64(h.deed(i).second()) >= from; i-- {
		one := h.deed(i)
		meant = meant || d.Types&(1<<one.kind()) != 0 && things.has(one[5])
		if !one.more() {
			if meant {
				n++
			}
			meant = false
		}
	}
	return n
}

// Products is how many different products such deeds were about after a time.
func (h *History) Products(d *Deeds, after time.Time) (n int64) {
	h = h.whole()
	things, some := h.about(d)
	if !some {
		return 0
	}
	var seen [4]uint64
	for i, from := h.count()-1, firstSecond(after); i >= 0 && int64(h.deed(i).second()) >= from; i-- {
		if number := h.deed(i)[5]; number > 0 && d.Types&(1<<h.deed(i).kind()) != 0 && things.has(number) {
			seen[number/64] |= 1 << (number % 64)
		}
	}
	// A product whose facets changed has several numbers.
	var room [16][]byte
	ids := room[:0]
	for at, number := 0, 1; at < len(h.things); number++ {
		product, _, next := h.thingAt(at)
		at = next
		if seen[number/64]&(1<<(number%64)) != 0 && !containsBytes(ids, product) {
			ids = append(ids, product)
		}
	}
	return int64(len(ids))
}

func containsBytes(list [][]byte, b []byte) bool {
	for _, x := range list {
		if string(x) == string(b) {
			return true
		}
	}
	return false
}

// Orders is how many orders the visitor placed and kept, ever.
func (h *History) Orders() int64 { return int64(h.whole().orders) }

// Spent is what they were worth, in billionths of their currency, ever.
func (h *History) Spent() int64 { return h.whole().spent }

// SpentAfter is what the orders after a time were worth.
func (h *History) SpentAfter(after time.Time) (sum int64) {
	h = h.whole()
	for i, from := h.count()-1, firstSecond(after); i >= 0 && int64(h.deed(i).second()) >= from; i-- {
		if n := h.deed(i).line(); n > 0 {
			sum = addTo(sum, h.line(n).amount)
		}
	}
	return sum
}

// LastOrder is when the last order was placed of which something was kept; false if
// there is none.
func (h *History) LastOrder() (time.Time, bool) {
	h = h.whole()
	for i := h.count() - 1; i >= 0; i-- {
		if h.deed(i).line() > 0 {
			return time.Unix(int64(h.deed(i).second()), 0).UTC(), true
		}
	}
	return time.Time{}, false
}

// Step is one thing a visitor did.
type Step struct {
	Type    scoring.EventType
	Product scoring.ProductID // empty when it was about none, or several
	Time    time.Time
	// Source is where the visit came from that begins with the step, as far as that was
	// told; nil within a visit.
	Source *Source
}

// Journey lists the steps from the entry on, as far as they are kept, the first first.
func (h *History) Journey() []Step {
	h = h.whole()
	list := make([]Step, 0, h.count())
	products := h.products()
	for i := range h.count() {
		d := h.deed(i)
		if d.more() {
			list[len(list)-1].Product = ""
			continue
		}
		s := Step{Type: d.kind(), Product: products[d.thing()], Time: time.Unix(int64(d.second()), 0).UTC()}
		if b := h.sourceAt(d[6]); b != nil {
			source, _ := sourceFrom(b)
			source.Time = s.Time
			s.Source = &source
		}
		list = append(list, s)
	}
	return list
}

// products lists those of the things, by their numbers; the first is none.
func (h *History) products() []scoring.ProductID {
	list := []scoring.ProductID{""}
	for at := 0; at < len(h.things); {
		product, _, next := h.thingAt(at)
		list = append(list, scoring.ProductID(product))
		at = next
	}
	return list
}
