package model

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
)

// BenchmarkLearnStep takes by themselves what each learner does with a view, on what
// 300,000 events of visits in a shop of 20,000 products with three facets each have
// taught: first all of it, without the lessons for the blend, which
// BenchmarkLearn of scoring/decide has with and without. The others, alone, move their own
// part of the model only, for visits as they stand.
func BenchmarkLearnStep(b *testing.B) {
	v := newPublic(20_000)
	m := New(catalog.New())
	for range 300_000 {
		m.Learn(v.next())
	}
	events := make([]*scoring.Event, 50_000)
	for i := range events {
		events[i] = v.next()
	}
	b.Run("step=all", func(b *testing.B) { eachEvent(b, events, func(e *scoring.Event, _ instantMillis) { m.Learn(e) }) })
	events = events[len(events)-5_000:] // whose visits are open
	now := instant(events[len(events)-1].Time)
	item := func(e *scoring.Event) (*session, catalog.Index) {
		s, _ := m.open.session(visitorKey(e.Visitor), now, m.file)
		return s, m.products.Intern(e.Items[0].Product)
	}
	for _, step := range []struct {
		name string
		take func(e *scoring.Event, t instantMillis)
	}{
		{"deliveries", func(e *scoring.Event, _ instantMillis) { m.deliveries.Learn(e) }},
		{"session", func(e *scoring.Event, t instantMillis) { m.open.closeIdle(t, m.file); m.session(e.Visitor, t) }},
		{"baskets", func(e *scoring.Event, t instantMillis) { s, _ := item(e); m.baskets.learn(m, s, e, t) }},
		{"contexts", func(e *scoring.Event, t instantMillis) { s, _ := item(e); m.contexts.learn(m, s, e, t) }},
		{"counts", func(e *scoring.Event, t instantMillis) { m.count(&e.Items[0], 1, t) }},
		{"repeats", func(e *scoring.Event, t instantMillis) { s, i := item(e); m.repeats.learn(s, i, t) }},
		{"vectors", func(e *scoring.Event, _ instantMillis) {
			s, i := item(e)
			m.met(i)
			m.place(s.products, i)
		}},
		{"affinity", func(e *scoring.Event, t instantMillis) {
			if s, i := item(e); len(s.products) > 0 {
				m.step(s.last(), i, 1, t)
			}
		}},
		{"pairs", func(e *scoring.Event, t instantMillis) { s, i := item(e); m.pair(s, i, 1, t) }},
		{"visits", func(e *scoring.Event, t instantMillis) { s, i := item(e); m.later(s, i, 1, t) }},
		{"hazard", func(e *scoring.Event, t instantMillis) { m.hazard.learn(m, e, t) }},
		{"searches", func(e *scoring.Event, t instantMillis) { m.searches.learn(m, e, t) }},
		{"personas", func(e *scoring.Event, t instantMillis) {
			m.personas.learn(e, t)
			m.personas.responded(e, m.clicks.learn(e, t))
		}},
		{"orders", func(e *scoring.Event, t instantMillis) { m.orders.learn(e, t) }},
		{"intents", func(e *scoring.Event, t instantMillis) { m.intents.learn(e, t) }},
	} {
		b.Run("step="+step.name, func(b *testing.B) {
			eachEvent(b, events, func(e *scoring.Event, _ instantMillis) { step.take(e, now) })
		})
	}
}

func eachEvent(b *testing.B, events []*scoring.Event, take func(*scoring.Event, instantMillis)) {
	b.ReportAllocs()
	for k := 0; b.Loop(); k++ {
		e := events[k%len(events)]
		take(e, instant(e.Time))
	}
}

// public is views of products in windows of forty, by visitors of whom two thousand are
// in the shop at a time and look at five each, one in three of them not for the first
// time.
type public struct {
	rng      *rand.Rand
	products int
	at       time.Time
	come     int
	in       []guest
}

type guest struct {
	who    scoring.VisitorID
	window int
	left   int
}

func newPublic(products int) *public {
	return &public{rng: rand.New(rand.NewPCG(3, 3)), products: products, at: noon, in: make([]guest, 2000)}
}

func (v *public) next() *scoring.Event {
	v.at = v.at.Add(300 * time.Millisecond)
	of := &v.in[v.rng.IntN(len(v.in))]
	if of.left == 0 {
		v.come++
		who := v.come
		if v.rng.IntN(3) == 0 {
			who = v.rng.IntN(v.come)
		}
		*of = guest{scoring.VisitorID(fmt.Sprint("v", who)), int(float64(v.products/40) * v.rng.Float64() * v.rng.Float64()), 1 + v.rng.IntN(9)}
	}
	of.left--
	p := of.window*40 + v.rng.IntN(40)
	return &scoring.Event{
		Type: scoring.ProductViewed, Time: v.at, Visitor: of.who,
		Items: []scoring.EventItem{{
			Product: scoring.ProductID(fmt.Sprint("p", p)), Quantity: 1,
			Facets: []scoring.FacetID{1<<40 | scoring.FacetID(p/40), 1<<41 | scoring.FacetID(p%500), 1<<42 | scoring.FacetID(p%90)},
		}},
	}
}
