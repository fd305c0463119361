package visitor

import (
	"bytes"
	"math"
	"sync"

	"github.com/vitrine-io/vitrine/scoring"
)

// together is what several did. It is put together when it is first asked for: by a rule,
// or for people to read; most decisions do not ask.
type together struct {
	parts []*History
	once  sync.Once
	whole History
}

// whole is the history itself.
func (h *History) whole() *History {
	if h.together == nil {
		return h
	}
	t := h.together
	t.once.Do(func() { t.whole = putTogether(t.parts) })
	return &t.whole
}

// mergeHistories is what the parts did together.
func mergeHistories(parts []*Profile) History {
	var some []*History
	for _, p := range parts {
		if p.History.first != nil || p.History.together != nil {
			some = append(some, &p.History)
		}
	}
	switch len(some) {
	case 0:
		return History{}
	case 1:
		return *some[0]
	}
	return History{together: &together{parts: some}}
}

// putTogether puts events in the order of time. An order that two parts tell of was placed
// once. Amounts are in the currency of the first part that
// has one; those in another are not added.
func putTogether(parts []*History) History {
	some := make([]*History, len(parts))
	for k, h := range parts {
		some[k] = h.whole()
	}
	var m History
	for _, h := range some {
		if m.first == nil || bytes.Compare(h.first, m.first) < 0 { // the second comes first
			m.first = h.first
		}
		if bytes.Compare(h.last, m.last) > 0 {
			m.last = h.last
		}
		if bytes.Compare(h.here, m.here) > 0 {
			m.here = h.here
		}
		if m.currency == "" {
			m.currency = h.currency
		}
	}
	for _, h := range some {
		m.orders += min(h.orders, math.MaxUint32-m.orders)
		if h.currency == m.currency {
			m.spent = addTo(m.spent, h.spent)
		}
	}
	cursors := make([]mergeCursor, len(some))
	for k, h := range some {
		cursors[k].h = h
	}
	tellers := tellersOf(some)
	for {
		next := -1
		for k := range cursors {
			c := &cursors[k]
			if c.i < c.h.count() && (next < 0 || c.h.deed(c.i).second() < cursors[next].h.deed(cursors[next].i).second()) {
				next = k
			}
		}
		if next < 0 {
			break
		}
		cursors[next].take(&m, func(order uint32) bool { return order == 0 || tellers[order] == next })
	}
	for k, h := range some { // of an order that is told twice one counts
		again := map[uint32]bool{}
		for n := 1; n <= len(h.lines)/lineSize; n++ {
			l := h.line(n)
			if l.order == 0 || tellers[l.order] == k {
				continue
			}
			if h.currency == m.currency {
				m.spent -= min(m.spent, l.amount)
			}
			if !again[l.order] {
				m.orders -= min(m.orders, 1)
			}
			again[l.order] = true
		}
	}
	if m.size() > maxHistory {
		m.shrink(historyGoal)
	}
	return m
}

// tellersOf says which part each order is taken from: the first that tells of it.
func tellersOf(parts []*History) map[uint32]int {
	tellers := map[uint32]int{}
	for k, h := range parts {
		for n := 1; n <= len(h.lines)/lineSize; n++ {
			order := h.line(n).order
			if _, known := tellers[order]; !known {
				tellers[order] = k
			}
		}
	}
	return tellers
}

// mergeCursor goes through the events of a part.
type mergeCursor struct {
	h        *History
	i        int     // of the next deed
	products []thing // once one was asked for
}

type thing struct {
	product scoring.ProductID
	facets  []scoring.FacetID
}

// take moves the next event into m. Lines of orders that are not its own are left out.
// When something has no number left there, m lets go of what says least.
func (c *mergeCursor) take(m *History, own func(order uint32) bool) {
	end := c.h.end(c.i)
	first := true
	for begin := c.i; c.i < end; c.i++ {
		d := c.h.deed(c.i)
		s := step{second: d.second(), kind: d.kind(), more: !first}
		if first {
			s.source = c.h.sourceAt(c.h.deed(begin)[6])
		}
		if n := d.line(); n > 0 {
			if s.isOrder, s.line = true, c.h.line(n); !own(s.line.order) {
				continue
			}
			if c.h.currency != m.currency {
				s.line.amount = 0
			}
		}
		if n := d.thing(); n > 0 {
			t := c.thing(n)
			s.product, s.facets = t.product, t.facets
		}
		first = false
		for !m.push(&s) {
			if m.drop(max(1, m.count()/8)); len(m.lines) == maxLines*lineSize {
				m.dropOrders(maxLines / 8)
			}
			s.more = s.more && m.count() > 0
		}
	}
}

func (c *mergeCursor) thing(n int) *thing {
	if c.products == nil {
		for at := 0; at < len(c.h.things); {
			product, numbers, next := c.h.thingAt(at)
			t := thing{product: scoring.ProductID(product)}
			for _, f := range numbers {
				t.facets = append(t.facets, c.h.facetAt(int(f)))
			}
			c.products = append(c.products, t)
			at = next
		}
	}
	return &c.products[n-1]
}
