package model

import (
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/blend"
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/scoring/interest"
)

// Step is a visitor going on to another product.
type Step struct {
	Visit    []catalog.Index // the visit's products so far, oldest first
	Past     []catalog.Index // those of the visitor's earlier visits, likewise; of both there is at least one
	PastEnd  time.Time       // when the last of those visits ended
	Looks    []uint8         // at each of them, one after the other
	Kinds    []TouchKind     // the weightiest touch at each of them
	Returned bool            // its last step went back to a product of it
	To       catalog.Index
	Weight   float64 // of the event, as interest.OfEvent; 0: it teaches no shared weights
	Time     time.Time
	Aims     []Aim    // what else it teaches
	Bought   []Bought // by the visitor before
}

// Student is shown steps of visits before the model learns from them, and moves
// the model's Blend. What it does must depend on the steps and the model alone:
// it is part of the fold of the journal.
type Student interface {
	// Study may use the step until it returns. It is called within Learn.
	Study(s *Step)
}

// Teach shows s a part of the visits from the next event on, in the place of
// whoever was shown them before.
func (m *Model) Teach(s Student) { m.student.Store(&s) }

// Blend is what was learned about the features of a ranking.
func (m *Model) Blend() *blend.Blend { return m.blend }

// teach shows the student a step, if it is one. What a decision of ours led to
// says what we showed, not what the visitor would have looked for: steps that
// carry an attribution token teach no shared weights (docs/decisions/0010).
func (m *Model) teach(s *session, e *scoring.Event, id scoring.ProductID) {
	student := m.student.Load()
	if student == nil || s == nil || s.steps >= maxSteps || e.Unstudied || e.AttributionToken != "" && e.Led == nil {
		return
	}
	past := m.trails.before(s.key)
	if len(s.products) == 0 && (len(past) == 0 || e.Led != nil) {
		return
	}
	to := m.products.Intern(id)
	if s.last() == to && !looksAgain(e.Type, s.clicked) || !m.blend.Due(m.taught(s, e)) {
		return
	}
	step := Step{
		Visit: s.products, Looks: s.looks, Kinds: s.kinds, Returned: s.returned, To: to, Time: e.Time, Aims: m.clickAims(e),
		Past: past, PastEnd: m.trails.end(s.key), Bought: m.boughtBy(e),
	}
	if e.Led == nil {
		step.Weight = max(0, interest.Of(e))
	} else if len(step.Aims) == 0 {
		return
	}
	(*student).Study(&step)
}

// taught is how many lessons those weights rest on that the step would move most: the
// shared ones, those of visitors who come back, or those of a decision's page and
// objective, which are always taken for young, as nothing else teaches them.
func (m *Model) taught(s *session, e *scoring.Event) uint64 {
	if e.Led != nil {
		return 0
	}
	lessons := m.blend.Lessons(blend.Scope{Situation: blend.NoVisit})
	if len(s.products) == 0 {
		return lessons.Situation
	}
	return lessons.Shared
}
