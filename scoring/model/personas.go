package model

import (
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/scoring/persona"
)

// personas finds typical profiles among the visitors, and counts what those who resemble
// them make of campaigns.
type personas struct{ learner *persona.Learner }

// Personas tells which typical profile a visitor resembles, as far as was learned until
// now.
func (m *Model) Personas() *persona.Reading { return m.personas.learner.Reading() }

// PersonaResponses are what those who resemble a persona made of campaigns, those they
// saw most first. It may be called beside Learn.
func (m *Model) PersonaResponses(id persona.ID) []persona.Response {
	return m.personas.learner.Responses(id)
}

func (*personas) name() string { return "personas" }

func (p *personas) reset() {
	if p.learner == nil {
		p.learner = persona.New()
	}
	p.learner.Reset()
}

// learn takes in what a visitor cares for at the beginning of a visit.
func (p *personas) learn(e *scoring.Event, t instantMillis) {
	if e.Visit == nil {
		return
	}
	if noted, ok := persona.Unpack(e.Visit.Interests); ok {
		p.learner.Visited(buyer(e), noted, time.UnixMilli(int64(t)))
	}
}

// responded counts what a visitor did about a creative; news says what of it had not been
// told before.
func (p *personas) responded(e *scoring.Event, news outcomes) {
	if e.Ad == nil || e.Ad.Campaign == "" {
		return
	}
	did := persona.Response{Campaign: e.Ad.Campaign}
	if news.impression {
		did.Impressions++
	}
	if news.response {
		did.Clicks++
	}
	switch e.Type { // each order is credited once
	case scoring.OrderCompleted:
		did.Conversions++
	case scoring.OrderRefunded, scoring.OrderCancelled:
		did.Conversions--
	}
	if did != (persona.Response{Campaign: did.Campaign}) {
		p.learner.Responded(buyer(e), did)
	}
}

func (p *personas) erase(visitor, person uint64) {
	p.learner.Erase(visitor)
	p.learner.Erase(person)
}

// forget implements section: it knows no products.
func (*personas) forget(func(catalog.Index) bool) {}

func (p *personas) save(w *writer) { w.b = p.learner.AppendTo(w.room()) }

func (p *personas) load(from *reader) {
	rest, err := p.learner.Restore(from.B)
	from.B, from.Failed = rest, from.Failed || err != nil
}
