package decide

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"

	"github.com/vitrine-io/vitrine/scoring"
)

// launch is a shop of twenty products that everybody knows, and of ten new pairs
// of shoes and ten new hats that nobody has seen.
func launch() *shop {
	var list []*scoring.Product
	for k := range 20 {
		list = append(list, product(scoring.ProductID(fmt.Sprintf("old%02d", k)), "shoes", "Acme"))
	}
	for k := range 20 {
		p := product(scoring.ProductID(fmt.Sprintf("new%02d", k)), []string{"shoes", "hats"}[k%2], []string{"Acme", "Bee"}[k%2])
		p.AvailableAt = noon.AddDate(0, 0, -k)
		list = append(list, p)
	}
	s := newShop(list...)
	for k := range 30 {
		for j := range 4 {
			s.views(scoring.VisitorID(fmt.Sprint("v", k, j)), float64(-9000+60*k+j), list[(k+j)%20].ID, list[(k+j+1)%20].ID)
		}
	}
	return s
}

func explorePage(s *shop, explore, count int) *Page {
	p := page(profile(s.event(scoring.ProductViewed, "me", -2, "old01"), s.event(scoring.ProductViewed, "me", -1, "old02")), 0, count)
	p.Slots[0].Rules.Explore = explore
	p.Slots[0].Rules.Diversity = scoring.DiversityOff
	return p
}

// Over many seeds each product stands in a position as often as its propensity
// says (Pearson's chi-square), and the propensities of a position add up to 1.
func TestPropensitiesAreExact(t *testing.T) {
	s := launch()
	const draws, positions = 20000, 3
	p := explorePage(s, positions, 8)
	p.Reasons = false
	times := [positions]map[scoring.ProductID]float64{}
	chance := [positions]map[scoring.ProductID]float64{}
	for k := range times {
		times[k], chance[k] = map[scoring.ProductID]float64{}, map[scoring.ProductID]float64{}
	}
	for seed := range uint64(draws) {
		p.Seed = seed
		items := s.decider.Decide(p)[0].Items
		for k, it := range items[len(items)-positions:] {
			times[k][it.Product]++
			if was, ok := chance[k][it.Product]; ok && was != it.Propensity {
				t.Fatalf("%s has propensity %v and %v", it.Product, was, it.Propensity)
			}
			chance[k][it.Product] = it.Propensity
		}
	}
	for k := range positions {
		var chi, sum float64
		for id, p := range chance[k] {
			d := times[k][id] - draws*p
			chi += d * d / (draws * p)
			sum += p
		}
		if math.Abs(sum-1) > 1e-9 {
			t.Errorf("position %d: propensities add up to %v", k, sum)
		}
		// The 99.9th percentile for the 6 or 5 degrees of freedom of 7 or 6
		// products, of the 20 dealt out to three positions, is 22.5 or 20.5.
		if n := len(chance[k]); n < 6 || n > 7 || chi > 20.5 {
			t.Errorf("position %d: chi-square %.1f over %d products", k, chi, n)
		}
	}
}

func TestExploration(t *testing.T) {
	s := launch()
	p := explorePage(s, 2, 8)
	plain := explorePage(s, 0, 8)
	before := s.decider.Decide(plain)[0].Items
	drawn := map[scoring.ProductID]float64{}
	shown := 0 // new shoes that need no luck
	for _, it := range before[:6] {
		if it.Product[:3] == "new" {
			shown++
		}
	}
	for seed := range uint64(300) {
		p.Seed = seed
		items := s.decider.Decide(p)[0].Items
		if len(items) != 8 {
			t.Fatalf("%d items", len(items))
		}
		for k, it := range items {
			switch {
			case k < 6 && (it.Product != before[k].Product || it.Propensity != 1):
				t.Fatalf("place %d: %+v, without exploration %+v", k, it, before[k])
			case k >= 6 && (it.Product[:3] != "new" || !slices.Equal(kinds(it), []scoring.ReasonKind{scoring.ReasonExploration})):
				t.Fatalf("place %d: %+v", k, it)
			case k >= 6:
				drawn[it.Product] = it.Propensity
			}
		}
	}
	// Ten products a position: shoes, which the visitor looks at, more often, and
	// no hat less often than by a fifth of the chance.
	for id, p := range drawn {
		if p < evenly/10 {
			t.Errorf("%s is drawn with %v only", id, p)
		}
	}
	if drawn["new10"] < 2*drawn["new11"] {
		t.Errorf("shoes are drawn with %v, hats with %v", drawn["new10"], drawn["new11"])
	}
	if len(drawn) != 20-shown {
		t.Errorf("%d of 20 new products were drawn, and %d shown", len(drawn), shown)
	}
}

func TestExplorationKeepsTheRules(t *testing.T) {
	for _, test := range []struct {
		name  string
		setup func(s *shop, p *Page)
		want  int // new products in the slot
	}{
		{"as many positions as asked for", func(*shop, *Page) {}, 3},
		{"pinned products keep their place", func(_ *shop, p *Page) {
			p.Slots[0].Rules.Pinned = []scoring.ProductID{"old03", "old04", "old05", "old06"}
		}, 1},
		{"too few new products", func(_ *shop, p *Page) {
			p.Slots[0].Filters = []Filter{cheap{"old07", "old08", "old09", "old10", "new03"}}
		}, 1},
		{"none may be shown", func(s *shop, p *Page) {
			for k := range 20 {
				p.Slots[0].Exclude = append(p.Slots[0].Exclude, scoring.ProductID(fmt.Sprintf("new%02d", k)))
			}
		}, 0},
		{"variants count once", func(s *shop, _ *Page) {
			for k := range 20 {
				i, _ := s.products.Lookup(scoring.ProductID(fmt.Sprintf("new%02d", k)))
				v := *s.products.Product(i)
				v.GroupID = "the one"
				s.products.Put(&v)
			}
		}, 1},
		{"no longer new", func(s *shop, p *Page) {
			p.Now = p.Now.AddDate(0, 2, 0)
			for k := range 20 {
				id := scoring.ProductID(fmt.Sprintf("new%02d", k))
				for j := range 4 {
					s.views(scoring.VisitorID(fmt.Sprint("later", j)), float64(60*24*50+k), id)
				}
			}
		}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			for seed := range uint64(20) {
				s := launch()
				p := explorePage(s, 3, 5)
				p.Seed = seed
				test.setup(s, p)
				f := s.decider.Decide(p)[0]
				fresh, all := 0, map[scoring.ProductID]bool{}
				for _, it := range f.Items {
					all[it.Product] = true
					if kinds(it)[0] == scoring.ReasonExploration {
						fresh++
					}
				}
				if fresh != test.want || len(f.Items) != 5 || len(all) != 5 {
					t.Fatalf("%v with %d drawn, want %d of 5", ids(f), fresh, test.want)
				}
			}
		})
	}
}

// A page without exploration leaves nothing to chance, and one with it nothing
// but what its seed decides.
func TestTheSeedDecides(t *testing.T) {
	s := launch()
	p, other := explorePage(s, 0, 8), explorePage(s, 0, 8)
	other.Seed = SeedOf("01jxvh2m9f5nqk8z4c7r3w6t0b")
	if a, b := s.decider.Decide(p), s.decider.Decide(other); !reflect.DeepEqual(a, b) {
		t.Errorf("%v and %v without exploration", ids(a[0]), ids(b[0]))
	}
	p.Slots[0].Rules.Explore, other.Slots[0].Rules.Explore = 4, 4
	p.Seed = other.Seed
	if a, b := s.decider.Decide(p), s.decider.Decide(other); !reflect.DeepEqual(a, b) {
		t.Errorf("%v and %v with one seed", ids(a[0]), ids(b[0]))
	}
}

// A shop whose visitors have seen nothing yet explores among all it has.
func TestExplorationInANewShop(t *testing.T) {
	s := newShop()
	for k := range 200 {
		s.products.Put(product(scoring.ProductID(fmt.Sprint("p", k)), "shoes", "Acme"))
	}
	p := page(nil, 0, 10)
	p.Slots[0].Rules.Explore = 5
	items := s.decider.Decide(p)[0].Items
	for k, it := range items {
		if explored := kinds(it)[0] == scoring.ReasonExploration; explored != (k >= 5) || it.Propensity < evenly/maxNew {
			t.Errorf("place %d: %+v", k, it)
		}
	}
}
