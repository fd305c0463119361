package decide

import (
	"bytes"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/blend"
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/scoring/model"
)

// shopping are visits that put into the cart the last product they looked at, on
// the page that shows it.
func (g *generated) shopping(visits int) (all []*scoring.Event) {
	for range visits {
		events := g.events(g.walk())
		last := events[len(events)-1]
		cart := *last
		cart.Type, cart.Time = scoring.ProductAdded, last.Time.Add(10*time.Second)
		cart.Context = &scoring.Context{PageType: scoring.PageProduct}
		all = append(append(all, events...), &cart)
	}
	return all
}

// rankFor is the place of a product on a page that wants this objective.
func (s *shop) rankFor(p *Page, in blend.Scope, id scoring.ProductID) int {
	q := newQuery(s.decider)
	q.begin(p)
	q.scope = in
	r := q.rankingOf(mix{strategy: q.strategy(0), objective: in.Objective}, nil)
	for k := range r.list {
		if r.list[k].product.ID == id {
			return k
		}
	}
	return len(r.list)
}

// A shop whose visitors put into the cart what they look at, and seldom return to
// it otherwise: pages that want carts learn to show it, those that want clicks do
// not.
func TestAnObjectiveLearnsFromWhatMeetsIt(t *testing.T) {
	g := generate(21, 200)
	for _, e := range g.shopping(1500) {
		g.learned.Learn(e)
	}
	cart := blend.Scope{Page: blend.Product, Objective: scoring.ObjectiveCart}
	var forCart, forClick, visits int
	for range 100 {
		walk := g.walk()
		if len(walk) < 4 {
			continue
		}
		p := g.ask(g.events(walk), 20)
		visits++
		forCart += g.rankFor(p, cart, walk[len(walk)-1])
		forClick += g.rankFor(p, blend.Scope{Page: blend.Product}, walk[len(walk)-1])
	}
	if forCart*2 > forClick {
		t.Errorf("the latest product stands at %.1f for carts and %.1f for clicks, want far ahead",
			float64(forCart)/float64(visits), float64(forClick)/float64(visits))
	}
	lessons := g.learned.Blend().Lessons(cart)
	if lessons.Set == 0 || lessons.Set != lessons.Objective {
		t.Errorf("%+v lessons, want as many of the page as of the objective: all carts were on that page", lessons)
	}
}

// The weights after a snapshot and the rest of the journal are those of a model
// that never stopped, of all layers.
func TestWeightsAfterASnapshot(t *testing.T) {
	g := generate(22, 150)
	events := g.shopping(300)
	for i, e := range events {
		if i%6 == 0 {
			e.AttributionToken, e.Led = "token", &scoring.Led{Page: scoring.PageHome, Position: i % 9}
		}
		if i%11 == 0 {
			e.Type = scoring.OrderCompleted
			e.Order = &scoring.Order{Revenue: &scoring.Money{Currency: "EUR", Nanos: int64(i) * 1e9}}
		}
	}
	learn := func(from []byte, events []*scoring.Event) []byte {
		products := catalog.New()
		m := model.New(products)
		New(products, m)
		if from != nil {
			if err := m.Load(bytes.NewReader(from)); err != nil {
				t.Fatal(err)
			}
		}
		for _, e := range events {
			m.Learn(e)
		}
		var b bytes.Buffer
		if err := m.Save(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	want := learn(nil, events)
	for _, cut := range []int{1, 400, len(events)} {
		if !bytes.Equal(learn(learn(nil, events[:cut]), events[cut:]), want) {
			t.Errorf("cut at %d: the model differs from one that never stopped", cut)
		}
	}
}
