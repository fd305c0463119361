package model

import (
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/scoring/creative"
)

// responses learns what visitors do about the creatives that came into their sight:
// click, or order.
type responses struct {
	to      objective
	learner *creative.Learner
}

// objective is what counts as a response.
type objective struct {
	section string
	model   creative.Options
	windows creative.LearnerOptions
}

// The objectives. The section of clicks was there first, hence its name.
var (
	toClicks = objective{"responses", creative.DefaultOptions(), creative.ClickWindows}
	toOrders = objective{"conversions", creative.ConversionOptions(), creative.ConversionWindows}
)

// Responses predicts how likely a creative is to be clicked. It may be read beside
// Learn.
func (m *Model) Responses() *creative.Model { return m.clicks.learner.Model() }

// Conversions predicts how likely it is that a creative which comes into sight leads to
// an order: by the order's own token, or because it was the last that its visitor
// clicked or saw within the look-back windows. It may be read beside Learn.
func (m *Model) Conversions() *creative.Model { return m.orders.learner.Model() }

func (r *responses) name() string { return r.to.section }

func (r *responses) reset() {
	if r.learner == nil {
		r.learner = creative.NewLearner(creative.New(r.to.model), r.to.windows)
	}
	r.learner.Reset()
}

// learn takes in an event about a creative of ours, and lets the time pass. It tells
// what that is news of: an impression, a response.
func (r *responses) learn(e *scoring.Event, t instantMillis) (news outcomes) {
	at := time.UnixMilli(int64(t))
	r.learner.Advance(at)
	if e.Ad == nil {
		return news
	}
	token := creative.Token(e.Ad.Token)
	switch e.Type {
	case scoring.CreativeViewed, scoring.Dismissed, scoring.CreativeClicked:
		// What was waved away or clicked was in sight, whether or not that was told.
		features := creative.Unpack(e.Ad.Features)
		if features == nil {
			return news // written by a version whose features mean something else
		}
		news.impression = r.learner.Shown(creative.Impression{Token: token, Visitor: visitorKey(e.Visitor), Time: at, Features: features}) == creative.Counted
	}
	switch {
	case r.responds(e.Type):
		v := r.learner.Responded(token, at)
		news.response = v == creative.Counted || v == creative.Reversed
	case r.to == toOrders && (e.Type == scoring.OrderRefunded || e.Type == scoring.OrderCancelled):
		r.learner.Undone(token, at)
	}
	return news
}

// outcomes are what an event is news of.
type outcomes struct{ impression, response bool }

// responds reports whether an event of that type is a response.
func (r *responses) responds(t scoring.EventType) bool {
	if r.to == toOrders {
		return t == scoring.OrderCompleted
	}
	return t == scoring.CreativeClicked
}

func (r *responses) erase(visitor, _ uint64) { r.learner.Erase(visitor) }

// forget implements section: creatives are no products.
func (*responses) forget(func(catalog.Index) bool) {}

func (r *responses) save(w *writer) { w.b = r.learner.AppendTo(w.room()) }

func (r *responses) load(from *reader) {
	rest, err := r.learner.Restore(from.B)
	from.B, from.Failed = rest, from.Failed || err != nil
}
