package model

import (
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/scoring/creative"
)

// responses learns which creatives visitors click, of those that came into their
// sight.
type responses struct{ learner *creative.Learner }

// Responses predicts how likely a creative is to be clicked. It may be read beside
// Learn.
func (m *Model) Responses() *creative.Model { return m.clicks.learner.Model() }

func (*responses) name() string { return "responses" }

func (r *responses) reset() {
	if r.learner == nil {
		r.learner = creative.NewLearner(creative.New(creative.DefaultOptions()), creative.ClickWindows)
	}
	r.learner.Reset()
}

// learn takes in an event about a creative of ours, and lets the time pass.
func (r *responses) learn(e *scoring.Event, t instantMillis) {
	at := time.UnixMilli(int64(t))
	switch {
	case e.Ad == nil, e.Type != scoring.CreativeViewed && e.Type != scoring.CreativeClicked && e.Type != scoring.Dismissed:
		r.learner.Advance(at)
		return
	}
	features := creative.Unpack(e.Ad.Features)
	if features == nil {
		return // written by a version whose features mean something else
	}
	shown := creative.Impression{
		Token: creative.Token(e.Ad.Token), Visitor: visitorKey(e.Visitor), Time: at, Features: features,
	}
	switch e.Type {
	case scoring.CreativeViewed, scoring.Dismissed:
		// What was waved away was in sight, and got no click.
		r.learner.Shown(shown)
	case scoring.CreativeClicked:
		// What was clicked was in sight, whether or not that was told.
		if r.learner.Responded(shown.Token, at) == creative.Unknown {
			r.learner.Shown(shown)
			r.learner.Responded(shown.Token, at)
		}
	}
}

func (r *responses) erase(visitor, _ uint64) { r.learner.Erase(visitor) }

// forget implements section: creatives are no products.
func (*responses) forget(func(catalog.Index) bool) {}

func (r *responses) save(w *writer) { w.b = r.learner.AppendTo(w.b) }

func (r *responses) load(from *reader) {
	rest, err := r.learner.Restore(from.b)
	from.b, from.failed = rest, from.failed || err != nil
}
