// Package model learns from the journal, event by event, what all visitors of a
// site do: which products go together, which are popular, which are on the rise.
package model

import (
	"sync/atomic"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/blend"
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/scoring/interest"
)

// Model is what one site has learned. Learn, Save and Load are for one
// goroutine at a time; everything else may run beside them without a lock.
//
// It is a fold of the journal and reads nothing else: no profile, no product's
// data. What a reader gets while events are learned may be one event old in one
// part and not in another.
type Model struct {
	products *catalog.Catalog
	items    growing[item]
	facets   growing[facetStats]
	popular  top
	recent   ring
	trails   trails
	open     tracker
	repeats  repeats
	vectors  vectors
	hazard   hazard
	again    rebuys
	searches searches
	baskets  baskets
	contexts contexts
	affinity affinity
	kinds    kinds
	clicks   responses
	orders   responses
	intents  intents
	personas personas
	blend    *blend.Blend
	revenue  revenue
	removal  removal

	deliveries deliveries
	aims       []Aim    // of the step being shown
	bought     []Bought // before it
	student    atomic.Pointer[Student]
	sessions   atomic.Uint64 // packed counter of sessions begun
	learned    atomic.Uint64
}

// item is what is learned about one product number: a cache line.
type item struct {
	pairs    atomic.Pointer[pairs]
	sessions atomic.Pointer[posting]
	fast     atomic.Uint64 // packed counter
	slow     atomic.Uint64 // packed counter
	long     atomic.Uint64 // packed counter
	seen     atomic.Uint64 // first and last second of touches, 32 bits each
	deleted  atomic.Uint32 // second from which the shop no longer sells it; 0: it does
	_        [12]byte
}

// facetStats is what is learned about one facet number.
type facetStats struct {
	champions top
}

// New returns a model that knows nothing yet.
func New(products *catalog.Catalog) *Model {
	m := &Model{products: products, blend: blend.New()}
	m.clicks.to, m.orders.to = toClicks, toOrders
	m.baskets.items, m.baskets.open, m.hazard.baskets = &m.items, &m.open, &m.baskets
	m.reset()
	return m
}

func (m *Model) reset() {
	m.items.reset()
	m.facets.reset()
	m.popular.reset()
	m.recent.reset()
	m.open.reset()
	m.repeats.reset()
	m.vectors.reset()
	m.blend.Reset()
	for _, s := range m.sections() {
		s.reset()
	}
	m.sessions.Store(0)
	m.learned.Store(0)
}

// Learn folds in one event. Events come in the order of the journal: the same
// order gives the same model. docs/performance.md has what it costs.
func (m *Model) Learn(e *scoring.Event) {
	t := instant(e.Time)
	m.deliveries.Learn(e)
	if e.Type.Control() {
		m.control(e, t)
		m.sweepDaily(t)
		m.learned.Add(1)
		return
	}
	if e.Type.Internal() { // not the visitor's doing
		m.sweepDaily(t)
		m.learned.Add(1)
		return
	}
	m.open.closeIdle(t, m.file)
	if e.Type.Touched() {
		s := m.session(e.Visitor, t)
		m.outcome(s, e)
		m.baskets.learn(m, s, e, t)
		m.contexts.learn(m, s, e, t)
		for i := range e.Items {
			if i == 0 { // the others came with it: no step leads from one to the next
				m.teach(s, e, e.Items[i].Product)
			}
			m.touch(s, &e.Items[i], e.Type, t, i < maxTargets)
			if w := interest.Of(e) - interest.OfEvent(e.Type); w != 0 {
				m.count(&e.Items[i], w, t) // a bounce
			}
		}
	} else if w := takenBack(e.Type); w != 0 {
		for i := range e.Items {
			m.count(&e.Items[i], w, t)
		}
	}
	m.hazard.learn(m, e, t)
	m.searches.learn(m, e, t)
	m.personas.learn(e, t)
	m.personas.responded(e, m.clicks.learn(e, t))
	m.orders.learn(e, t)
	m.intents.learn(e, t)
	m.sweepDaily(t)
	m.learned.Add(1)
}

// takenBack is what an event takes off the counts of its products: what the
// event it undoes had given them.
func takenBack(t scoring.EventType) float64 {
	switch t {
	case scoring.OrderRefunded, scoring.OrderCancelled:
		return -interest.OfEvent(scoring.OrderCompleted)
	case scoring.ProductRemoved, scoring.ProductUnwishlisted, scoring.Dismissed:
		return interest.OfEvent(t)
	}
	return 0
}

// session finds the visitor's open session or begins one. It returns nil for an
// event that is later than its session by more than the gap: it still counts,
// but what came before it is no longer known.
func (m *Model) session(v scoring.VisitorID, t instantMillis) *session {
	s, begun := m.open.session(visitorKey(v), t, m.file)
	if begun {
		add(&m.sessions, 1, t, pairHalfLife)
	}
	return s
}

// touch learns one product that a visitor turned to, and moves its vector if it is
// to be placed: the first products of a large order do, for eight times the cost of
// all the rest.
func (m *Model) touch(s *session, it *scoring.EventItem, kind scoring.EventType, t instantMillis, placed bool) {
	w := interest.OfEvent(kind)
	i := m.count(it, w, t)
	if s == nil || s.steps >= maxSteps {
		return
	}
	again := s.last() == i
	if kind == scoring.ProductViewed && (!again || looksAgain(kind, s.clicked)) {
		m.repeats.learn(s, i, t)
	}
	first := !s.has(i)
	if first {
		addSessions(m.pairsOf(i), 1, t)
	}
	if again && kind == scoring.ProductViewed {
		s.step(i, kind)
		return // looked at once more: says nothing about others
	}
	m.met(i)
	if placed && len(s.products) > 0 && !again {
		m.place(s.products, i)
		if !s.has(i) {
			m.step(s.last(), i, 1, t)
		}
	}
	m.pair(s, i, w, t)
	if first {
		m.later(s, i, w, t)
	}
	s.step(i, kind)
}

// later learns a product that a visit turned to from the visits before it.
func (m *Model) later(s *session, i catalog.Index, w float64, t instantMillis) {
	past := m.trails.before(s.key)
	if len(past) == 0 {
		return
	}
	if len(s.products) == 0 {
		m.trails.cameBack(past, t)
		m.place(past, i)
	}
	m.trails.pair(past, i, w, t)
}

// count adds to the popularity of a product, and to its standing within each of
// its facets.
func (m *Model) count(it *scoring.EventItem, w float64, t instantMillis) catalog.Index {
	i := m.products.Intern(it.Product)
	x := m.items.at(uint32(i))
	add(&x.fast, w, t, fastHalfLife)
	slow := add(&x.slow, w, t, slowHalfLife)
	add(&x.long, w, t, longHalfLife)
	x.see(t)
	m.kinds.learn(m, it, w, t)
	if d := x.deleted.Load(); d != 0 && w > 0 && seconds(t) >= d {
		x.deleted.Store(0) // visitors still turn to it
	}
	m.popular.set(uint32(i), slow, t, slowHalfLife, popularSize)
	m.affinity.tell(m.products, i, it.Facets)
	for _, f := range m.affinity.of(i) {
		m.facets.at(uint32(f)).champions.set(uint32(i), slow, t, slowHalfLife, championsSize)
	}
	return i
}

// Learned is how many events were folded in. It names the state: two models of
// one journal that have learned the same number of events are equal.
func (m *Model) Learned() uint64 { return m.learned.Load() }

// Stats are figures of the model's size, for metrics.
type Stats struct {
	Events       uint64
	OpenSessions int
	Sessions     int // closed ones that neighbours are sought among
	Products     int // with anything learned or not
}

// Stats may be called beside Learn.
func (m *Model) Stats() Stats {
	return Stats{
		Events:       m.learned.Load(),
		OpenSessions: int(m.open.size.Load()),
		Sessions:     int(min(m.recent.next.Load(), ringSize)),
		Products:     m.products.Numbers(),
	}
}

// instantMillis is a time in Unix milliseconds.
type instantMillis int64

func instant(t time.Time) instantMillis { return instantMillis(t.UnixMilli()) }
