package decide

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/visitor"
)

// alikeness is the mean likeness of every two products of a list.
func (s *shop) alikeness(list []scoring.ProductID) float64 {
	q := newQuery(s.decider)
	var sum, n float64
	for k := range list {
		for j := range k {
			a, _ := s.products.Lookup(list[k])
			b, _ := s.products.Lookup(list[j])
			sum += float64(q.alike(s.products.Facets(a), s.products.Facets(b)))
			n++
		}
	}
	return sum / max(1, n)
}

// A product gives way as its likeness to those before it outweighs its lead.
func TestDiversityArithmetic(t *testing.T) {
	for _, test := range []struct {
		name  string
		level scoring.Diversity
		want  []scoring.ProductID
	}{
		// After a, of two equal shoes b and c and a hat d, with scores
		//   b 5.0, c 4.9, d 4.0, likeness of b and c 1, of either and d 0:
		// LOW    c 4.9 - 1/3 = 4.57 > d 4.0
		// MEDIUM c 4.9 - 1   = 3.9  < d 4.0
		// HIGH   c 4.9 - 4   = 0.9  < d 4.0
		{"off", scoring.DiversityOff, []scoring.ProductID{"b", "c", "d"}},
		{"low, as not stated", 0, []scoring.ProductID{"b", "c", "d"}},
		{"low", scoring.DiversityLow, []scoring.ProductID{"b", "c", "d"}},
		{"medium", scoring.DiversityMedium, []scoring.ProductID{"b", "d", "c"}},
		{"high", scoring.DiversityHigh, []scoring.ProductID{"b", "d", "c"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newShop(product("b", "shoes", "Acme"), product("c", "shoes", "Acme"), product("d", "hats", "Bee"))
			p := page(nil, 0, 3)
			p.Slots[0].Rules.Diversity = test.level
			got := s.fillFrom(p, map[scoring.ProductID]float32{"b": 5, "c": 4.9, "d": 4})
			if !slices.Equal(ids(got), test.want) {
				t.Errorf("got %v, want %v", ids(got), test.want)
			}
		})
	}
}

// fillFrom fills the page's first slot from a ranking with these scores.
func (s *shop) fillFrom(p *Page, scores map[scoring.ProductID]float32) scoring.FilledPlacement {
	q := s.decider.scratch.Get().(*query)
	q.begin(p)
	r := q.ranked.of(q.mix)
	r.done, q.gathered = true, true
	for id, score := range scores {
		i, _ := s.products.Lookup(id)
		q.candidates.of(i)
		r.list = append(r.list, scored{
			candidate: int32(len(q.candidates.list) - 1), row: int32(len(r.views)),
			score: score, product: s.products.Product(i), rank: int32(q.placeOf(i)),
		})
		r.views = append(r.views, view{candidate: &q.candidates.list[len(q.candidates.list)-1], at: s.products.Product(i)})
	}
	r.values = make([]float32, len(q.features)*len(r.views))
	slices.SortFunc(r.list, func(a, b scored) int { return int(1000 * (b.score - a.score)) })
	for k := range r.list {
		r.total += math.Exp(float64(r.list[k].score - r.list[0].score))
	}
	filled := q.fill(&p.Slots[0])
	q.end()
	return filled
}

func TestDiversityLaws(t *testing.T) {
	g := generate(7, 600)
	g.learn(1500)
	levels := []scoring.Diversity{
		scoring.DiversityOff, scoring.DiversityLow, scoring.DiversityMedium, scoring.DiversityHigh,
	}
	draw := func(t *rapid.T) *Page {
		var p *visitor.Profile
		for k := range rapid.IntRange(1, 6).Draw(t, "events") {
			p = visitor.Apply(p, g.event(scoring.ProductViewed, "me", float64(k), g.id(rapid.IntRange(0, g.n-1).Draw(t, "product"))))
		}
		q := page(p, 10, rapid.IntRange(1, 20).Draw(t, "count"))
		q.Now = g.at.Add(time.Hour)
		return q
	}
	t.Run("off is the order of the scores", rapid.MakeCheck(func(t *rapid.T) {
		p := draw(t)
		p.Slots[0].Rules.Diversity = scoring.DiversityOff
		items := g.decider.Decide(p)[0].Items
		for k := 1; k < len(items); k++ {
			if items[k].Score > items[k-1].Score {
				t.Fatalf("%+v", items)
			}
		}
	}))
	t.Run("the first is the best", rapid.MakeCheck(func(t *rapid.T) {
		p := draw(t)
		p.Slots[0].Rules.Diversity = scoring.DiversityOff
		best := g.decider.Decide(p)[0].Items[0]
		for _, level := range levels[1:] {
			p.Slots[0].Rules.Diversity = level
			if got := g.decider.Decide(p)[0].Items[0]; got.Product != best.Product || got.Score != best.Score {
				t.Fatalf("level %d begins with %+v, want %+v", level, got, best)
			}
		}
	}))
	t.Run("more diversity is less likeness", func(t *testing.T) {
		var mean [len(pressure)]float64
		rng := g.rng
		for range 200 {
			walk := g.walk()
			p := g.ask(g.events(walk[:1+rng.IntN(len(walk))]), 10)
			for _, level := range levels {
				p.Slots[0].Rules = &scoring.ProductRules{Diversity: level}
				mean[level] += g.alikeness(ids(g.decider.Decide(p)[0])) / 200
			}
		}
		t.Logf("mean likeness off %.3f, low %.3f, medium %.3f, high %.3f", mean[1], mean[2], mean[3], mean[4])
		for level := scoring.DiversityLow; level <= scoring.DiversityHigh; level++ {
			if mean[level] >= mean[level-1] {
				t.Errorf("mean likeness %.3f at level %d, %.3f at the one below", mean[level], level, mean[level-1])
			}
		}
	})
}

// Where products have no facets, those that visitors see in the same visits are
// alike.
func TestLikenessWithoutFacets(t *testing.T) {
	bare := func(id scoring.ProductID) *scoring.Product { return &scoring.Product{ID: id, Title: string(id)} }
	s := newShop(bare("a1"), bare("a2"), bare("a3"), bare("b1"), bare("b2"), bare("b3"))
	for k := range 200 {
		who := scoring.VisitorID([]byte{byte(k), 'v'})
		if k%2 == 0 {
			s.views(who, float64(-20000+60*k), "a1", "a2", "a3")
		} else {
			s.views(who, float64(-20000+60*k), "b1", "b2", "b3")
		}
	}
	scores := map[scoring.ProductID]float32{"a1": 5, "a2": 4.9, "a3": 4.8, "b1": 4.5}
	p := page(nil, 0, 4)
	p.Slots[0].Rules.Diversity = scoring.DiversityOff
	if got, want := ids(s.fillFrom(p, scores)), []scoring.ProductID{"a1", "a2", "a3", "b1"}; !slices.Equal(got, want) {
		t.Errorf("off: %v, want %v", got, want)
	}
	p.Slots[0].Rules.Diversity = scoring.DiversityHigh
	if got := ids(s.fillFrom(p, scores)); got[0] != "a1" || got[1] != "b1" {
		t.Errorf("high: %v, want a1 and then b1", got)
	}
}

// From MEDIUM on, what the page shows above counts below.
func TestDiversityOfAWholePage(t *testing.T) {
	s := newShop(
		product("a", "shoes", "Acme"), product("b", "shoes", "Acme"), product("c", "shoes", "Acme"),
		product("d", "shoes", "Acme"), product("e", "hats", "Bee"), product("f", "hats", "Bee"),
	)
	for k := range 30 {
		s.views(scoring.VisitorID(rune('0'+k)), float64(-2000+60*k), "a", "b", "c", "d")
	}
	s.views("hatter", -60, "e", "f")
	for _, test := range []struct {
		level scoring.Diversity
		hats  int // of two products of the second slot
	}{{scoring.DiversityLow, 0}, {scoring.DiversityHigh, 1}} {
		p := page(nil, 0, 2)
		p.Slots[0].Rules.Diversity = scoring.DiversityOff
		p.Slots = append(p.Slots, Slot{Placement: "below", Count: 2, Rules: &scoring.ProductRules{Diversity: test.level}})
		got := s.decider.Decide(p)
		hats := 0
		for _, id := range ids(got[1]) {
			if id == "e" || id == "f" {
				hats++
			}
		}
		if hats != test.hats {
			t.Errorf("level %d: %v above, %v below", test.level, ids(got[0]), ids(got[1]))
		}
	}
}
