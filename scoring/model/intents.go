package model

import (
	"time"

	"github.com/cespare/xxhash/v2"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/scoring/intent"
)

// intents learns how likely visitors are to buy.
type intents struct{ learner *intent.Learner }

// Intent tells how likely a visitor is to buy, as far as was learned until now.
func (m *Model) Intent() *intent.Reading { return m.intents.learner.Reading() }

func (*intents) name() string { return "intents" }

func (i *intents) reset() {
	if i.learner == nil {
		i.learner = intent.NewLearner(intent.DefaultMaxSamples)
	}
	i.learner.Reset()
}

// learn takes in what an event says of visits and orders, and lets the time pass.
func (i *intents) learn(e *scoring.Event, t instantMillis) {
	at, who := time.UnixMilli(int64(t)), buyer(e)
	i.learner.Advance(at)
	switch e.Type {
	case scoring.OrderCompleted:
		i.learner.Ordered(who, orderHash(e), at)
	case scoring.OrderRefunded, scoring.OrderCancelled:
		if len(e.Items) == 0 { // all of it
			i.learner.Undone(who, orderHash(e), at)
		}
	}
	if e.Visit == nil {
		return
	}
	if facts, ok := intent.Unpack(e.Visit.Intent); ok {
		i.learner.Visited(who, &facts, e.Type == scoring.OrderCompleted, at)
	}
}

// orderHash stands for an event's order; 0 when it names none.
func orderHash(e *scoring.Event) uint64 {
	if e.Order == nil || e.Order.ID == "" {
		return 0
	}
	return xxhash.Sum64String(string(e.Order.ID))
}

// erase implements eraser. What the visitor has taught can't be told apart.
func (i *intents) erase(visitor, person uint64) {
	i.learner.Erase(visitor)
	i.learner.Erase(person)
}

// forget implements section: it knows no products.
func (*intents) forget(func(catalog.Index) bool) {}

func (i *intents) save(w *writer) { w.b = i.learner.AppendTo(w.room()) }

func (i *intents) load(from *reader) {
	rest, err := i.learner.Restore(from.B)
	from.B, from.Failed = rest, from.Failed || err != nil
}
