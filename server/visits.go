package server

import (
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/intent"
	"github.com/vitrine-io/vitrine/scoring/persona"
	"github.com/vitrine-io/vitrine/scoring/visitor"
)

// knownSoFar is what is known of a visitor in the middle of a batch.
type knownSoFar struct {
	profile  *visitor.Profile
	lastSeen time.Time // with the events that are not in the profile yet
	since    []int     // these, by their number in the batch
}

// visitOf is what the journal keeps with an event that a visit begins with, given what is
// known of the visitor before it.
func visitOf(before *visitor.Profile, e *scoring.Event) *scoring.Visit {
	p := visitor.Apply(before, e)
	facts := intent.Of(p, e.Time)
	v := &scoring.Visit{Intent: facts.Pack()}
	if noted := persona.Of(p.Interests, e.Time); noted != nil {
		v.Interests = noted.Pack()
	}
	return v
}

// noteVisits writes into events that a visit begins with what is known of their visitors
// then, so that learning from it needs no profile of the past.
func (b *eventBatch) noteVisits() {
	if len(b.events) == 1 {
		of := b.knownBefore(0)
		b.noteVisit(&of, 0)
		return
	}
	known := make(map[scoring.VisitorID]*knownSoFar, len(b.events))
	for i := range b.events {
		of := known[b.events[i].Visitor]
		if of == nil {
			before := b.knownBefore(i)
			of = &before
			known[b.events[i].Visitor] = of
		}
		b.noteVisit(of, i)
	}
}

// knownBefore is what was known of the visitor of the i-th event before the batch.
func (b *eventBatch) knownBefore(i int) (of knownSoFar) {
	of.profile = visitor.Open[visitor.Learning](b.server.seal(b.site, b.behind[i]), b.allowed[i]).Profile()
	if of.profile != nil {
		of.lastSeen = of.profile.LastSeen
	}
	return of
}

// noteVisit notes the visit that the i-th event begins, if it begins one.
func (b *eventBatch) noteVisit(of *knownSoFar, i int) {
	e := &b.events[i]
	if intent.Begins(of.lastSeen, e) {
		for _, k := range of.since {
			of.profile = visitor.Apply(of.profile, &b.events[k])
		}
		of.since = of.since[:0]
		e.Visit = visitOf(of.profile, e)
	}
	if len(b.events) > 1 {
		of.since = append(of.since, i)
	}
	if e.Time.After(of.lastSeen) {
		of.lastSeen = e.Time
	}
}
