package decide

import (
	"math"
	"slices"

	"github.com/vitrine-io/vitrine/scoring/blend"
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/scoring/model"
)

// Study lets the blend learn from a step of a visit, which the model is about to
// fold in: the second stage ranks the visit as it would for a decision, by the
// same sources and features, and learns from where the visitor went.
//
// It reads the model alone. Catalogue and profile are not as they were when a
// journal is replayed, so facets are those that events told, interests those of
// the visit and of the visitor's trail, and what depends on more (words, availability) neither brings
// candidates here nor learns; those features keep their weights.
func (d *Decider) Study(s *model.Step) {
	q := d.scratch.Get().(*query)
	defer d.scratch.Put(q)
	q.beginVisit(s)
	q.gather()
	q.weigh()
	q.shortlist()
	if q.examine(s.To) {
		switch {
		case s.Weight <= 0:
		case q.cameBack():
			q.lessonFor(blend.Scope{}, blend.Alone, math.Sqrt(s.Weight))
		default:
			q.lessonFor(q.scope, blend.Shared, math.Sqrt(s.Weight))
		}
		for _, a := range s.Aims {
			q.lessonFor(blend.Scope{Page: a.Page, Objective: a.Objective}, a.Layers, a.Weight)
		}
	}
	q.end()
}

// beginVisit is begin for a visit that is known by its steps alone.
func (q *query) beginVisit(s *model.Step) {
	q.begin(&Page{Now: s.Time, Folded: true})
	q.steps = append(q.steps, s.Visit...)
	for _, n := range s.Looks {
		q.looks = append(q.looks, float32(n))
	}
	for k := len(s.Visit) - 1; k >= 0; k-- {
		q.sawInVisit(s.Visit[k])
		q.addSeed(seed{product: s.Visit[k], weight: 1, ofVisit: true, kind: s.Kinds[k]})
	}
	if len(s.Visit) > 0 {
		q.fresh = 1
	}
	q.studied = true
	q.readVisitInterests(s)
	q.readTrail(s.Past, s.PastEnd)
	q.readBought(s.Bought)
	q.returned = s.Returned
	q.rates = q.learned.RepeatRates(len(q.visit), q.returned, s.Time)
}

// examine fills the lesson with the candidates of the second stage; false if the
// product turned to is not among them.
func (q *query) examine(to catalog.Index) bool {
	l := &q.lesson
	l.Rows, l.Values = l.Rows[:0], l.Values[:0]
	l.Target = -1
	some := min(q.config.secondStage, len(q.firsts))
	largestFirst(q.firsts, some)
	for k, f := range q.firsts[:some] {
		if q.candidates.list[f.candidate()].product == to {
			l.Target = k
		}
	}
	if l.Target < 0 {
		return false
	}
	q.aheadOfCandidates(q.firsts[:some])
	q.views = q.views[:0]
	for _, f := range q.firsts[:some] {
		q.views = append(q.views, view{candidate: &q.candidates.list[f.candidate()]})
	}
	q.look(q.views)
	q.taught = q.taught[:0]
	for k := range q.features {
		if q.learns(k) {
			q.taught = append(q.taught, k)
			l.Rows = append(l.Rows, q.rows[k])
		}
	}
	l.Values = slices.Grow(l.Values, some*len(q.taught))[:some*len(q.taught)]
	for at, k := range q.taught {
		q.features[k].column(q, q.views, l.Values[at*some:(at+1)*some])
	}
	return true
}

// learns reports whether a feature is learned, and says anything here.
func (q *query) learns(feature int) bool { return q.fitted[feature] != nil && !q.silent(feature) }

// lessonFor has the blend learn from what was examined, by the weights of that
// page and objective.
func (q *query) lessonFor(in blend.Scope, layers blend.Layer, weight float64) {
	l := &q.lesson
	q.scope = in
	q.weigh()
	l.Scope, l.Teach, l.Weight = q.scope, layers, float32(weight)
	if layers == blend.Alone {
		l.Scope.Situation = noVisit
	}
	n := len(q.views)
	l.Scores = slices.Grow(l.Scores[:0], n)[:n]
	clear(l.Scores)
	for at, k := range q.taught {
		w := q.weights[k]
		for c, x := range l.Values[at*n : (at+1)*n] {
			l.Scores[c] += w * x
		}
	}
	q.learned.Blend().Learn(l)
}
