package decide

import (
	"fmt"
	"testing"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/visitor"
)

// A visitor who looked at shoes 70 times of 100 gets about 7 of 10, however much
// better every pair of shoes scores than every tent.
func TestCalibration(t *testing.T) {
	type kinds struct{ shoes, tents, hats int }
	for _, test := range []struct {
		name     string
		category map[string]string // of shoes, tents and hats
		brand    map[string]string
		views    kinds
		change   func(s *shop, p *Page)
		want     kinds
	}{
		{name: "70 and 30", views: kinds{shoes: 7, tents: 3}, want: kinds{shoes: 7, tents: 3}},
		{name: "half and half", views: kinds{shoes: 5, tents: 5}, want: kinds{shoes: 5, tents: 5}},
		{name: "nine in ten", views: kinds{shoes: 9, tents: 1}, want: kinds{shoes: 9, tents: 1}},
		{name: "three interests", views: kinds{shoes: 5, tents: 3, hats: 2}, want: kinds{shoes: 5, tents: 3, hats: 2}},
		{name: "one interest", views: kinds{shoes: 4}, want: kinds{shoes: 10}},
		{name: "no interest", want: kinds{shoes: 10}},
		{
			name: "levels of categories", views: kinds{shoes: 7, tents: 3}, want: kinds{shoes: 7, tents: 3},
			category: map[string]string{"shoes": "wear/shoes/trail", "tents": "camp/tents", "hats": "wear/hats"},
		}, {
			name: "by brand in a shop without categories", views: kinds{shoes: 7, tents: 3}, want: kinds{shoes: 7, tents: 3},
			category: map[string]string{}, brand: map[string]string{"shoes": "Falk", "tents": "Nordtuch", "hats": "Lumo"},
		}, {
			name: "off", views: kinds{shoes: 7, tents: 3}, want: kinds{shoes: 10},
			change: func(_ *shop, p *Page) { p.Slots[0].Rules.Calibrate = false },
		}, {
			name: "with diversity", views: kinds{shoes: 7, tents: 3}, want: kinds{shoes: 7, tents: 3},
			change: func(_ *shop, p *Page) { p.Slots[0].Rules.Diversity = scoring.DiversityHigh },
		}, {
			name: "pinned products take from their share", views: kinds{shoes: 7, tents: 3}, want: kinds{shoes: 7, tents: 3},
			change: func(_ *shop, p *Page) { p.Slots[0].Rules.Pinned = []scoring.ProductID{"tents1", "tents2"} },
		}, {
			name: "what was turned away from has no share", views: kinds{shoes: 7, tents: 3}, want: kinds{shoes: 10},
			change: func(s *shop, p *Page) {
				for range 3 {
					p.Visitor = knowing(visitor.Apply(p.Visitor.Profile(), s.event(scoring.Dismissed, "me", -1, "tents19")))
				}
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.category == nil {
				test.category = map[string]string{"shoes": "shoes", "tents": "tents", "hats": "hats"}
			}
			s := newShop()
			scores := map[scoring.ProductID]float32{}
			var p *visitor.Profile
			for _, kind := range []struct {
				name  string
				views int
				score float32
			}{{"shoes", test.views.shoes, 5}, {"tents", test.views.tents, 2}, {"hats", test.views.hats, 1}} {
				for k := range 20 {
					x := &scoring.Product{ID: scoring.ProductID(fmt.Sprint(kind.name, k)), Brand: test.brand[kind.name]}
					if c := test.category[kind.name]; c != "" {
						x.Categories = []string{c}
					}
					s.products.Put(x)
					scores[x.ID] = kind.score - float32(k)/20
				}
				for k := range kind.views {
					p = visitor.Apply(p, s.event(scoring.ProductViewed, "me", -1, scoring.ProductID(fmt.Sprint(kind.name, 10+k))))
				}
			}
			q := page(p, 0, 10)
			q.Slots[0].Rules.Calibrate = true
			if test.change != nil {
				test.change(s, q)
			}
			var got kinds
			for _, id := range ids(s.fillFrom(q, scores)) {
				switch id[:4] {
				case "shoe":
					got.shoes++
				case "tent":
					got.tents++
				case "hats":
					got.hats++
				}
			}
			if got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

// Within an interest the score decides, and the list begins with the strongest.
func TestCalibrationKeepsTheOrder(t *testing.T) {
	s := newShop()
	scores := map[scoring.ProductID]float32{}
	var p *visitor.Profile
	for k := range 10 {
		for j, kind := range []string{"shoes", "tents"} {
			id := scoring.ProductID(fmt.Sprint(kind, k))
			s.products.Put(&scoring.Product{ID: id, Categories: []string{kind}})
			scores[id] = 5 - float32(3*j) - float32(k)/10
		}
	}
	for k := range 3 {
		kind := []string{"shoes", "shoes", "tents"}[k]
		p = visitor.Apply(p, s.event(scoring.ProductViewed, "me", -1, scoring.ProductID(fmt.Sprint(kind, 9))))
	}
	q := page(p, 0, 6)
	q.Slots[0].Rules = &scoring.ProductRules{Calibrate: true, Diversity: scoring.DiversityOff}
	// Two thirds shoes: after each three products two are shoes.
	got := fmt.Sprint(ids(s.fillFrom(q, scores)))
	if want := "[shoes0 tents0 shoes1 shoes2 tents1 shoes3]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
