package server

import (
	"time"

	"github.com/vitrine-io/vitrine/scoring/intent"
	"github.com/vitrine-io/vitrine/scoring/persona"
	"github.com/vitrine-io/vitrine/scoring/visitor"
)

// intentScores say how likely a visitor is to buy.
type intentScores struct {
	week, month float64 // probabilities of an order within 7 and 30 days
	category    string  // that they are likeliest to buy from; empty when nothing tells
}

// intent is that of a visitor at a time, as far as has been learned; p may be nil. It
// costs 5 us.
func (st *site) intent(p *visitor.Profile, now time.Time) (s intentScores) {
	facts := intent.Of(p, now)
	within := st.learner.model.Intent().Probabilities(&facts)
	s.week, s.month = within[intent.Week], within[intent.Month]
	if p != nil {
		s.category = intent.Category(p.Interests, now, st.products.Facet)
	}
	return s
}

// persona is the typical profile that a visitor resembles at a time; 0 for none. p may be
// nil.
func (st *site) persona(p *visitor.Profile, now time.Time) persona.ID {
	if p == nil {
		return 0
	}
	return st.learner.model.Personas().Of(p.Interests, now)
}
