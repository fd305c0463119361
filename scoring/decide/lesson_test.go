package decide

import (
	"math"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/blend"
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/scoring/model"
)

// values are the features of the candidates of the second stage for that visit,
// by product.
func (s *shop) values(p *Page) map[scoring.ProductID][]float32 {
	q := newQuery(s.decider)
	q.begin(p)
	for _, from := range q.sources {
		from.gather(q)
	}
	q.weigh()
	q.shortlist()
	all := map[scoring.ProductID][]float32{}
	for k := range q.candidates.list {
		c := &q.candidates.list[k]
		views := []view{{candidate: c, at: q.products.Product(c.product)}}
		q.look(views)
		for f := range q.features {
			all[views[0].at.ID] = append(all[views[0].at.ID], q.valueOf(f, views))
		}
	}
	return all
}

// valueOf is a feature's value for the first candidate.
func (q *query) valueOf(feature int, views []view) float32 {
	var value [1]float32
	q.features[feature].column(q, views[:1], value[:])
	return value[0]
}

// A visit means the same whether the model has learned from it or not: what it
// taught about its own products is taken off.
func TestAVisitSaysNothingOfItself(t *testing.T) {
	g := generate(7, 200)
	g.learn(400)
	for range 50 {
		walk := g.walk()
		g.at = g.at.Add(time.Hour)
		g.learned.Learn(&scoring.Event{Type: scoring.HomeViewed, Visitor: "me", Time: g.at}) // ends all visits before
		events := g.events(walk)
		p := g.ask(events, 20)
		before := g.values(p)
		for _, e := range events {
			g.learned.Learn(e)
		}
		p.Folded = true
		after := g.values(p)
		for id, b := range before {
			a, ok := after[id]
			if !ok {
				continue // the sample of a facet gave way to what is popular in it
			}
			for f := range b {
				if g.decider.fitted[f] == nil {
					continue
				}
				// All sessions, the repeat rates and the vectors of so young a shop
				// move a little.
				name, most := g.decider.features[f].name, 0.03
				if name == "like the visit" {
					most = 0.2
				}
				if math.Abs(float64(a[f]-b[f])) > most {
					t.Errorf("%v: %s of %s is %v, was %v", walk, name, id, a[f], b[f])
				}
			}
		}
	}
}

// moved is how far the weights have moved from the shipped ones, at most.
func (s *shop) moved() (most float64) {
	for _, r := range s.decider.rows {
		for k := range situations {
			most = max(most, math.Abs(float64(r.Moved(blend.Scope{Situation: k}))))
		}
	}
	return most
}

func TestAYoungShopStaysAtTheShippedWeights(t *testing.T) {
	g := generate(8, 400)
	g.learn(30)
	if young := g.moved(); young > 0.25 {
		t.Errorf("after 30 visits a weight has moved by %v", young)
	}
	g.learn(1000)
	if old := g.moved(); old < 0.5 {
		t.Errorf("after 1,000 visits of another kind of shop no weight has moved by more than %v", old)
	}
}

// Lessons are the decision's own features: what a lesson ranks first, a decision
// without filters does, too. The shares of facets among all products and among those
// that events told of differ a little.
func TestALessonScoresAsADecision(t *testing.T) {
	g := generate(9, 300)
	g.learn(500)
	for range 30 {
		walk := g.walk()
		events := g.events(walk[:1])
		p := g.ask(events, 20)
		p.Folded = true
		for _, e := range events {
			g.learned.Learn(e)
		}
		want := newQuery(g.decider)
		want.begin(p)
		ranked := want.rankingOf(want.mixOf(&scoring.ProductRules{}), nil)

		seed, _ := g.products.Lookup(walk[0])
		q := newQuery(g.decider)
		q.beginVisit(&model.Step{Visit: []catalog.Index{seed}, Looks: []uint8{1}, Kinds: []model.TouchKind{model.Viewed}, Time: p.Now})
		q.gather()
		q.weigh()
		q.shortlist()
		var r ranking
		for k := range q.candidates.list {
			q.consider(&r, k, nil)
		}
		q.appraise(&r)
		for k := range r.list {
			c, score := r.views[k].candidate, r.list[k].score
			for _, s := range ranked.list {
				if other := &want.candidates.list[s.candidate]; other.product == c.product && s.rank < 0 && math.Abs(float64(s.score-score)) > 0.02 {
					t.Fatalf("%v: %s scores %v in a lesson, %v in a decision", walk, s.product.ID, score, s.score)
				}
			}
		}
	}
}
