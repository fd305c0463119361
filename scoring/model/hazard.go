package model

import (
	"math"
	"sync/atomic"

	"github.com/cespare/xxhash/v2"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
)

const (
	// maxSpells is how many purchases are followed at a time, the newest: 14 MiB
	// when full. In a shop that sells more within a year, the late ages are not
	// seen, and follow the early ones of their category.
	maxSpells = 1 << 18
	// maxKinds is how many categories of a product are told apart: three levels.
	maxKinds = 3
	// maxLookBack is how many purchases of a visitor the next one is held against,
	// and how many products of an order are followed.
	maxLookBack = 64
)

// hazard learns from orders alone how long after a purchase visitors buy the
// product, or something of its categories, again. A purchase counts for an age
// once it is past it, whether or not the next one came: those that are still
// waiting count for the ages they have reached and no other (right censoring).
type hazard struct {
	same       life // the same product, over all of them
	kind       life // something of the same category, over all of them
	products   growing[atomic.Pointer[life]]
	categories growing[atomic.Pointer[categoryLives]]

	// For the learner alone.
	baskets *baskets          // told of what was bought, and of what was sent back
	spells  []spell           // number n at n modulo maxSpells
	next    uint64            // number of the next purchase
	passed  [lifeBins]uint64  // the purchases below that number are past that age
	last    map[uint64]uint64 // a visitor's last purchase, by number
}

// categoryLives are the life tables of a category.
type categoryLives struct {
	same life // the same product again
	kind life // something of the category again
}

// spell is a purchase and how long it lasted.
type spell struct {
	who      uint64
	order    uint32 // hash of the order's number; 0: none
	begun    uint32 // second
	before   uint32 // how many purchases before this one stands the visitor's last; 0: there is none
	product  catalog.Index
	quantity int32
	kinds    [maxKinds]catalog.Term
	// ended is at what age + 1 the next purchase came, of the product first, then
	// of each kind.
	ended [1 + maxKinds]uint8
}

// How a spell stands at one of its levels, beside the age at which it ended.
const (
	spellVoid     = 0            // does not count: one purchase with another, or sent back
	spellOutlived = lifeBins + 1 // the next purchase came later than a year
	spellOpen     = lifeBins + 2 // no next purchase yet
)

func (*hazard) name() string { return "hazard" }

func (h *hazard) reset() {
	h.spells, h.next, h.passed = nil, 0, [lifeBins]uint64{}
	h.last = map[uint64]uint64{}
	h.products.reset()
	h.categories.reset()
	for j := range lifeBins {
		h.same[j].Store(0)
		h.kind[j].Store(0)
	}
}

// forget drops a product's own table. A purchase of it goes on as one of its
// categories.
func (h *hazard) forget(gone func(catalog.Index) bool) {
	for i := range h.products.span() {
		if p := h.products.peek(i); p != nil && gone(catalog.Index(i)) {
			p.Store(nil)
		}
	}
	for k := range h.spells {
		if s := &h.spells[k]; s.product != none && gone(s.product) {
			s.product, s.ended[0] = none, spellVoid
		}
	}
}

// buyer is who a purchase is counted for: the person, if the event tells, for
// they may order from several devices.
func buyer(e *scoring.Event) uint64 {
	if e.Person != "" {
		return xxhash.Sum64String("person\x00" + string(e.Person))
	}
	return visitorKey(e.Visitor)
}

func orderKey(e *scoring.Event) uint32 {
	if e.Order == nil || e.Order.ID == "" {
		return 0
	}
	return uint32(xxhash.Sum64String(string(e.Order.ID))) | 1
}

// learn takes in an order, or what became of it.
func (h *hazard) learn(m *Model, e *scoring.Event, t instantMillis) {
	switch e.Type {
	case scoring.OrderCompleted:
		h.pass(seconds(t))
		m.again.learn(h, e, m.products, t)
		for i := range e.Items[:min(len(e.Items), maxLookBack)] {
			h.buy(m, e, &e.Items[i], seconds(t))
		}
	case scoring.OrderRefunded, scoring.OrderCancelled:
		h.undo(m, e)
	}
}

func (h *hazard) oldest() uint64 { return h.next - min(h.next, maxSpells) }

func (h *hazard) at(n uint64) *spell { return &h.spells[n%maxSpells] }

// pass counts the purchases that have passed an age by now.
func (h *hazard) pass(now uint32) {
	for j := range h.passed {
		h.passed[j] = max(h.passed[j], h.oldest())
		for h.passed[j] < h.next {
			s := h.at(h.passed[j])
			if float64(now)-float64(s.begun) < lifeEdges[j+1]*86400 {
				break
			}
			for level := range s.ended {
				h.countAt(s, level, j, 1)
			}
			h.passed[j]++
		}
	}
}

// count puts on or takes off what a spell has said so far at a level.
func (h *hazard) count(n uint64, level int, sign float64) {
	for j := range h.passed {
		if n < h.passed[j] {
			h.countAt(h.at(n), level, j, sign)
		}
	}
}

func (h *hazard) countAt(s *spell, level, bin int, sign float64) {
	ended := int(s.ended[level])
	if ended == spellVoid || ended-1 < bin {
		return
	}
	risk, again := sign*lifeWeight(s.begun), 0.0
	if ended-1 == bin {
		again = risk
	}
	if level > 0 {
		h.kind.add(bin, risk, again)
		h.category(s.kinds[level-1]).kind.add(bin, risk, again)
		return
	}
	h.same.add(bin, risk, again)
	p := h.products.at(uint32(s.product))
	if p.Load() == nil {
		p.Store(new(life))
	}
	p.Load().add(bin, risk, again)
	for _, t := range s.kinds {
		if t != noTerm {
			h.category(t).same.add(bin, risk, again)
		}
	}
}

func (h *hazard) category(t catalog.Term) *categoryLives {
	c := h.categories.at(uint32(t))
	if c.Load() == nil {
		c.Store(new(categoryLives))
	}
	return c.Load()
}

// noTerm stands for no category.
const noTerm = ^catalog.Term(0)

// buy begins the spell of a purchase and ends those it follows.
func (h *hazard) buy(m *Model, e *scoring.Event, it *scoring.EventItem, now uint32) {
	s := spell{
		who: buyer(e), order: orderKey(e), begun: now, product: m.products.Intern(it.Product),
		quantity: max(1, it.Quantity), kinds: [maxKinds]catalog.Term{noTerm, noTerm, noTerm},
	}
	s.ended[0] = spellOpen
	k := 0
	for _, f := range it.Facets {
		if f.Kind() == scoring.FacetCategory && k < maxKinds {
			s.kinds[k] = m.products.InternFacet(f)
			h.category(s.kinds[k])
			k++
			s.ended[k] = spellOpen
		}
	}
	if last, ok := h.last[s.who]; ok && h.next-last <= math.MaxUint32 {
		s.before = uint32(h.next - last)
		h.follow(&s, last)
	}
	if h.next < maxSpells {
		h.spells = append(h.spells, s)
	} else {
		gone := h.at(h.next)
		if h.last[gone.who] == h.next-maxSpells {
			delete(h.last, gone.who)
		}
		*gone = s
	}
	h.last[s.who] = h.next
	h.next++
	h.baskets.bought(h, h.next-1)
}

// follow ends the open spells that s is the next purchase of. What was bought
// within half a day is one purchase, and one told late, after a newer one, says
// nothing.
func (h *hazard) follow(s *spell, last uint64) {
	h.each(last, func(n uint64, o *spell) bool {
		bin := lifeBin((float64(s.begun) - float64(o.begun)) / 86400)
		for level := range o.ended {
			mine := s.meets(o, level)
			if o.ended[level] != spellOpen || mine < 0 {
				continue
			}
			if bin < 0 {
				s.ended[mine] = spellVoid
				continue
			}
			h.count(n, level, -1)
			o.ended[level] = uint8(bin + 1)
			h.count(n, level, 1)
		}
		return true
	})
}

// each goes back through the purchases of a visitor from the one with that number.
func (h *hazard) each(n uint64, do func(n uint64, o *spell) bool) {
	for range maxLookBack {
		if n < h.oldest() {
			return
		}
		o := h.at(n)
		if !do(n, o) || o.before == 0 || uint64(o.before) > n {
			return
		}
		n -= uint64(o.before)
	}
}

// meets returns the level at which s buys again what o bought at that level; -1 if
// it does not.
func (s *spell) meets(o *spell, level int) int {
	if level == 0 {
		if s.product == o.product {
			return 0
		}
		return -1
	}
	for k, t := range s.kinds {
		if t != noTerm && t == o.kinds[level-1] {
			return k + 1
		}
	}
	return -1
}

// undo takes back the purchases that a refund or cancellation names: with items,
// their quantities off that order's, else off the newest of the product; without,
// the whole order.
func (h *hazard) undo(m *Model, e *scoring.Event) {
	last, ok := h.last[buyer(e)]
	if !ok {
		return
	}
	order := orderKey(e)
	if len(e.Items) == 0 && order != 0 {
		h.each(last, func(n uint64, o *spell) bool {
			if o.order == order {
				h.void(n)
			}
			return true
		})
	}
	for i := range e.Items[:min(len(e.Items), maxLookBack)] {
		product := m.products.Intern(e.Items[i].Product)
		for left := max(1, e.Items[i].Quantity); left > 0; {
			n := h.newestOf(last, product, order)
			if n < 0 {
				break
			}
			o := h.at(uint64(n))
			taken := min(left, o.quantity)
			left -= taken
			if taken == o.quantity {
				h.void(uint64(n))
				continue
			}
			o.quantity -= taken
		}
	}
}

// newestOf finds the purchase a return is taken from; -1 if there is none.
func (h *hazard) newestOf(last uint64, product catalog.Index, order uint32) int64 {
	found := int64(-1)
	h.each(last, func(n uint64, o *spell) bool {
		if o.product != product || o.quantity == 0 {
			return true
		}
		if found < 0 || order != 0 && o.order == order {
			found = int64(n)
		}
		return order == 0 || o.order != order
	})
	return found
}

// void makes a purchase as if it had not been: what it had ended goes on.
func (h *hazard) void(n uint64) {
	s := h.at(n)
	if s.quantity != 0 {
		s.quantity = 0
		h.baskets.sentBack(h, n)
	}
	for level := range s.ended {
		if s.ended[level] == spellVoid {
			continue
		}
		h.count(n, level, -1)
		s.ended[level] = spellVoid
		if s.before == 0 || uint64(s.before) > n {
			continue
		}
		h.each(n-uint64(s.before), func(k uint64, o *spell) bool {
			bin := lifeBin((float64(s.begun) - float64(o.begun)) / 86400)
			for l := range o.ended {
				if bin >= 0 && o.ended[l] == uint8(bin+1) && s.meets(o, l) == level {
					h.count(k, l, -1)
					o.ended[l] = spellOpen
					h.count(k, l, 1)
					return false
				}
			}
			return true
		})
	}
}
