package model

import (
	"math"

	"github.com/cespare/xxhash/v2"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/blend"
	"github.com/vitrine-io/vitrine/scoring/catalog"
)

// VisitorHash stands for a visitor in a control entry, which holds no id.
func VisitorHash(v scoring.VisitorID) uint64 { return visitorKey(v) }

// PersonHash stands for a person likewise.
func PersonHash(p scoring.PersonID) uint64 { return xxhash.Sum64String("person\x00" + string(p)) }

// ProductHash stands for a product likewise.
func ProductHash(p scoring.ProductID) uint64 { return xxhash.Sum64String("product\x00" + string(p)) }

// control does what a control entry says. One of a kind that is not known, from a
// later version, does nothing.
func (m *Model) control(e *scoring.Event, t instantMillis) {
	about := e.Control
	if about == nil {
		about = &scoring.Control{}
	}
	switch e.Type {
	case scoring.WeightsReset:
		if about.Objective == 0 {
			m.blend.Reset()
		} else {
			m.blend.ResetSet(blend.PageOf(about.Page), about.Objective)
		}
	case scoring.ProductDeleted, scoring.ProductRestored:
		for k := range e.Items {
			i, ok := m.products.Lookup(e.Items[k].Product)
			switch {
			case !ok:
			case e.Type == scoring.ProductDeleted:
				m.markDeleted(i, t)
			default:
				m.markRestored(i)
			}
		}
	case scoring.CampaignDeleted:
		m.personas.learner.Forget(about.Campaign)
	case scoring.VisitorErased:
		m.erase(about)
	}
}

// eraser is a section that knows visitors apart.
type eraser interface {
	// erase takes back what the visitor, or the person if that is not 0, taught,
	// as far as it can be told apart, and keeps nothing that stands for them.
	erase(visitor, person uint64)
}

// erase takes back what a visitor taught, as far as it can be told apart: what
// their open session did to the pairs and counts of its products, and what the
// sections know of them. Sessions that have ended have no visitor any more.
func (m *Model) erase(who *scoring.Control) {
	if s := m.open.byKey[who.Visitor]; s != nil {
		m.open.close(s, m.takeBack)
	}
	for _, s := range m.sections() {
		if s, ok := s.(eraser); ok {
			s.erase(who.Visitor, who.Person)
		}
	}
	m.forgetHashed(who.Products)
}

// forgetHashed lets go of products by their hashes.
func (m *Model) forgetHashed(hashes []uint64) {
	if len(hashes) == 0 {
		return
	}
	wanted := make(map[uint64]bool, len(hashes))
	for _, hash := range hashes {
		wanted[hash] = true
	}
	gone := make(map[catalog.Index]bool)
	for i := range m.items.span() {
		if x := m.items.peek(i); x != nil && x.known() && wanted[ProductHash(m.products.ID(catalog.Index(i)))] {
			gone[catalog.Index(i)] = true
		}
	}
	if len(gone) > 0 {
		m.forget(func(i catalog.Index) bool { return gone[i] })
	}
}

// takeBack undoes a session: its steps as views, at the time of its end, which
// for a session of minutes is what it had added to a hundredth.
func (m *Model) takeBack(s *session) {
	m.baskets.takeBack(s)
	add(&m.sessions, -1, s.end, pairHalfLife)
	for k, i := range s.products {
		x := m.items.at(uint32(i))
		looks := -float64(s.looks[k])
		add(&x.fast, looks, s.end, fastHalfLife)
		slow := add(&x.slow, looks, s.end, slowHalfLife)
		add(&x.long, looks, s.end, longHalfLife)
		m.popular.set(uint32(i), slow, s.end, slowHalfLife, popularSize)
		if first(s.products, k) {
			m.unpair(s.products, i, s.end)
			if k > 0 {
				m.step(s.products[k-1], i, -1, s.end)
			}
		}
	}
}

// unpair takes what a session's steps taught off one of its products.
func (m *Model) unpair(steps []catalog.Index, i catalog.Index, t instantMillis) {
	addSessions(m.pairsOf(i), -1, t)
	p := ready(m.pairsOf(i), t)
	grown := math.Exp2(lives(p.at, t))
	empty := map[catalog.Index]bool{}
	for k := range int(p.n.Load()) {
		e := p.load(k)
		next, forward, backward := PairsOf(steps, i, e.To)
		if forward+backward == 0 {
			continue
		}
		e.Next = max(0, e.Next-float32(next*grown))
		e.Forward = max(0, e.Forward-float32(forward*grown))
		e.Backward = max(0, e.Backward-float32(backward*grown))
		p.store(k, e)
		empty[e.To] = float64(e.Next+e.Forward+e.Backward) < nothing*grown
	}
	m.items.at(uint32(i)).pairs.Store(p.without(func(to catalog.Index) bool { return empty[to] }))
}
