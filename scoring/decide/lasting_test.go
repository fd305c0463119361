package decide

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/blend"
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/scoring/model"
)

const day = 24 * 60 // minutes

// hobbies is a shop whose visitors look at one thing a day: of each hobby its
// first, then its second, then its third product. No visit has two of them.
func hobbies(visitors int) *shop {
	s := newShop()
	for h := range 8 {
		for k := range 3 {
			s.products.Put(product(hobby(h, k), "all", "one"))
		}
	}
	for d := range visitors + 3 {
		for k := range 3 {
			if v := d - k; v >= 0 && v < visitors {
				s.views(scoring.VisitorID(fmt.Sprint("v", v)), float64(d*day+k), hobby(v%8, k))
			}
		}
	}
	return s
}

func hobby(h, k int) scoring.ProductID { return scoring.ProductID(fmt.Sprintf("h%d-%d", h, k)) }

// Whoever comes back is shown what others came back to after the same, whose visits
// tell nothing of each other.
func TestAVisitorIsBack(t *testing.T) {
	s := hobbies(80)
	for h := range 8 {
		me := profile(s.event(scoring.ProductViewed, "me", 90*day, hobby(h, 0)))
		filled := s.decider.Decide(page(me, 92*day, 1))
		if got := ids(filled[0]); !slices.Equal(got, []scoring.ProductID{hobby(h, 1)}) && !slices.Equal(got, []scoring.ProductID{hobby(h, 2)}) {
			t.Errorf("after %s: %v, want the next of the hobby", hobby(h, 0), got)
		}
		because := slices.ContainsFunc(filled[0].Items[0].Reasons, func(r scoring.Reason) bool {
			return r.Kind == scoring.ReasonViewedTogether && r.Product == hobby(h, 0)
		})
		if !because {
			t.Errorf("%s is shown for %+v, want for %s", filled[0].Items[0].Product, filled[0].Items[0].Reasons, hobby(h, 0))
		}
	}
}

// What the visitor's own trail says of them is nothing new: a decision is the same
// before and after the model has learned from their visits, but for what is theirs.
func TestSourcesOverVisitsBringWhatIsNew(t *testing.T) {
	s := hobbies(80)
	events := []*scoring.Event{
		s.event(scoring.ProductViewed, "me", 90*day, hobby(1, 0)), s.event(scoring.ProductViewed, "me", 91*day, hobby(1, 1)),
	}
	for _, e := range append(events, s.event(scoring.HomeViewed, "somebody", 92*day)) {
		s.learned.Learn(e)
	}
	q := newQuery(s.decider)
	p := page(profile(events...), 93*day, 3)
	p.Folded = true
	q.begin(p)
	q.gather()
	if c := q.candidates.find(s.number(hobby(1, 2))); c == nil || c.signal[sigTrail] == 0 || c.signal[sigLater] == 0 {
		t.Errorf("the third of the hobby has %+v", c)
	}
	for k := range 2 {
		if c := q.candidates.find(s.number(hobby(1, k))); c != nil && (c.signal[sigTrail] != 0 || c.signal[sigLater] != 0 || c.signal[sigEarlier] != 0) {
			t.Errorf("%s, which the visitor had, has %+v", hobby(1, k), c)
		}
	}
}

func (s *shop) number(id scoring.ProductID) catalog.Index { return s.products.Intern(id) }

// A first visit asks nothing of what is learned over visits.
func TestNoTrailNoSignals(t *testing.T) {
	s := hobbies(80)
	q := newQuery(s.decider)
	q.begin(page(profile(s.event(scoring.ProductViewed, "me", 90*day, hobby(1, 0))), 90*day+5, 3))
	q.gather()
	if q.candidates.rare {
		t.Error("rare signals are said to be there")
	}
}

// How much a past means is learned from those who come back, and by itself: the
// weights of visits stay as they are.
func TestWhatAPastMeansIsLearned(t *testing.T) {
	s := hobbies(400)
	var most float64
	for k, r := range s.decider.rows {
		if alone := math.Abs(float64(r.Alone(noVisit))); alone > most {
			most = alone
		}
		if v := r.Moved(blend.Scope{}); v != 0 {
			t.Errorf("%q of visits has moved by %v: there was no visit of two products", s.decider.features[k].name, v)
		}
	}
	if most < 0.05 {
		t.Errorf("no weight has moved by more than %v", most)
	}
	list, _ := s.decider.Weights(nil, scoring.PageHome, scoring.ObjectiveClick, noon)
	for k, w := range list {
		if want := w.Start[noVisit] + s.decider.rows[k].Alone(noVisit); w.InEffect[noVisit] != want && w.Learned {
			t.Errorf("%q is shown with %v in effect, want %v", w.Feature, w.InEffect[noVisit], want)
		}
	}
}

// A lesson about a visitor who is back ranks as a decision for them does.
func TestALessonOfThePastScoresAsADecision(t *testing.T) {
	s := hobbies(80)
	seen := noon.Add(90 * day * time.Minute)
	me := profile(s.event(scoring.ProductViewed, "me", 90*day, hobby(3, 0)))
	p := page(me, 95*day, 5)

	decision := newQuery(s.decider)
	decision.begin(p)
	ranked := decision.rankingOf(decision.mixOf(&scoring.ProductRules{}), nil)

	q := newQuery(s.decider)
	q.beginVisit(&model.Step{Past: []catalog.Index{s.number(hobby(3, 0))}, PastEnd: seen, Time: p.Now})
	q.gather()
	q.weigh()
	q.shortlist()
	var r ranking
	for k := range q.candidates.list {
		q.consider(&r, k, nil)
	}
	q.appraise(&r)
	compared := 0
	for k := range r.list {
		for _, other := range ranked.list {
			if other.product != r.list[k].product {
				continue
			}
			compared++
			if math.Abs(float64(other.score-r.list[k].score)) > 0.02 {
				t.Errorf("%s scores %v in a lesson, %v in a decision", other.product.ID, r.list[k].score, other.score)
			}
		}
	}
	if compared < 3 {
		t.Errorf("%d products compared", compared)
	}
}
