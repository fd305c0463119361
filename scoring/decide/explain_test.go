package decide

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/visitor"
)

func kinds(it scoring.Item) []scoring.ReasonKind {
	var k []scoring.ReasonKind
	for _, r := range it.Reasons {
		k = append(k, r.Kind)
	}
	return k
}

func find(t *testing.T, f scoring.FilledPlacement, id scoring.ProductID) scoring.Item {
	t.Helper()
	for _, it := range f.Items {
		if it.Product == id {
			return it
		}
	}
	t.Fatalf("%s is not among %v", id, ids(f))
	return scoring.Item{}
}

func TestReasons(t *testing.T) {
	shoes := scoring.Facet{Kind: scoring.FacetCategory, Value: "shoes"}.ID()
	for _, test := range []struct {
		name  string
		setup func(s *shop, p *Page)
		item  scoring.ProductID
		want  scoring.Reason // share aside; among the item's reasons
	}{
		{
			name:  "viewed together with the visitor's own product",
			setup: func(*shop, *Page) {},
			item:  "b",
			want:  scoring.Reason{Kind: scoring.ReasonViewedTogether, Product: "a", Did: scoring.ProductViewed},
		}, {
			name: "of two products the one that it goes with",
			setup: func(s *shop, p *Page) {
				p.Visitor = knowing(visitor.Apply(p.Visitor.Profile(), s.event(scoring.ProductViewed, "me", -0.5, "f")))
			},
			item: "b",
			want: scoring.Reason{Kind: scoring.ReasonViewedTogether, Product: "a", Did: scoring.ProductViewed},
		}, {
			name:  "a facet that the visitor cares for and the item has",
			setup: func(*shop, *Page) {},
			item:  "d",
			want:  scoring.Reason{Kind: scoring.ReasonInterest, Facet: shoes},
		}, {
			name: "their own product",
			setup: func(s *shop, p *Page) {
				p.Visitor = knowing(profile(
					s.event(scoring.ProductViewed, "me", -2, "a"), s.event(scoring.ProductViewed, "me", -1, "f")))
			},
			item: "a",
			want: scoring.Reason{Kind: scoring.ReasonRecentlyViewed, Product: "a"},
		}, {
			name: "in the cart, where the placement shows that",
			setup: func(s *shop, p *Page) {
				p.Visitor = knowing(profile(
					s.event(scoring.ProductAdded, "me", -2, "a"), s.event(scoring.ProductViewed, "me", -1, "f")))
				p.Slots[0].Rules.ShowInCart = true
			},
			item: "a",
			want: scoring.Reason{Kind: scoring.ReasonInCart, Product: "a"},
		}, {
			name: "the page's product, nothing known of the visitor",
			setup: func(_ *shop, p *Page) {
				p.Visitor = knowing(nil)
				p.Context = &scoring.Context{PageType: scoring.PageProduct, Product: "a"}
			},
			item: "b",
			want: scoring.Reason{Kind: scoring.ReasonPageContext, Product: "a"},
		}, {
			name: "the page's category",
			setup: func(_ *shop, p *Page) {
				p.Visitor = knowing(nil)
				p.Context = &scoring.Context{PageType: scoring.PageCategory, Category: "shoes"}
			},
			item: "b",
			want: scoring.Reason{Kind: scoring.ReasonPageContext, Facet: shoes},
		}, {
			name:  "popular, nothing known at all",
			setup: func(_ *shop, p *Page) { p.Visitor = knowing(nil) },
			item:  "b",
			want:  scoring.Reason{Kind: scoring.ReasonPopular},
		}, {
			name:  "pinned",
			setup: func(_ *shop, p *Page) { p.Slots[0].Rules.Pinned = []scoring.ProductID{"e"} },
			item:  "e",
			want:  scoring.Reason{Kind: scoring.ReasonPinned},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := corner()
			p := page(profile(s.event(scoring.ProductViewed, "me", -1, "a")), 0, 6)
			test.setup(s, p)
			it := find(t, s.decider.Decide(p)[0], test.item)
			if !slices.ContainsFunc(it.Reasons, func(r scoring.Reason) bool {
				r.Share = 0
				return r == test.want
			}) {
				t.Errorf("reasons %+v, want %+v among them", it.Reasons, test.want)
			}
		})
	}
}

// A sensitive product is neither shown nor a reason, even when the visitor
// looked at it.
func TestSensitiveIsNoReason(t *testing.T) {
	s := corner()
	a := product("a", "shoes", "Acme")
	a.Sensitive = true
	s.products.Put(a)
	p := page(profile(s.event(scoring.ProductViewed, "me", -1, "a")), 0, 6)
	nobody := page(nil, 0, 6)
	got, want := s.decider.Decide(p)[0], s.decider.Decide(nobody)[0]
	if !slices.Equal(ids(got), ids(want)) {
		t.Errorf("shown %v, to a visitor never seen %v", ids(got), ids(want))
	}
	for _, it := range got.Items {
		if slices.Contains(kinds(it), scoring.ReasonViewedTogether) {
			t.Errorf("%s for %+v", it.Product, it.Reasons)
		}
	}
}

func TestReasonLaws(t *testing.T) {
	g := generate(3, 800)
	g.learn(1500)
	rapid.Check(t, func(t *rapid.T) {
		var p *visitor.Profile
		own := map[scoring.ProductID]bool{}
		minutes := 60.0 * 24
		for range rapid.IntRange(0, 8).Draw(t, "events") {
			kind := rapid.SampledFrom([]scoring.EventType{
				scoring.ProductViewed, scoring.ProductViewed, scoring.ProductAdded, scoring.OrderCompleted, scoring.ProductRemoved,
			}).Draw(t, "type")
			id := g.id(rapid.IntRange(0, g.n-1).Draw(t, "product"))
			own[id] = true
			minutes += rapid.Float64Range(0, 3000).Draw(t, "gap")
			p = visitor.Apply(p, g.event(kind, "me", minutes, id))
		}
		q := page(p, minutes+1, rapid.IntRange(1, 30).Draw(t, "count"))
		for _, it := range g.decider.Decide(q)[0].Items {
			if len(it.Reasons) == 0 || len(it.Reasons) > maxReasons || it.Propensity != 1 {
				t.Fatalf("item %+v", it)
			}
			var sum float64
			for k, r := range it.Reasons {
				sum += r.Share
				if r.Share <= 0 || k > 0 && r.Share > it.Reasons[k-1].Share {
					t.Fatalf("shares of %+v", it.Reasons)
				}
				if r.Product != "" && !own[r.Product] {
					t.Fatalf("%s is not the visitor's: %+v", r.Product, r)
				}
				i, _ := g.products.Lookup(it.Product)
				if r.Facet != 0 && !slices.Contains(g.products.Product(i).FacetIDs(), r.Facet) {
					t.Fatalf("%s does not have the facet of %+v", it.Product, r)
				}
				if r.Kind == scoring.ReasonInterest && r.Facet == 0 {
					t.Fatalf("an interest in nothing: %+v", it.Reasons)
				}
			}
			if sum > 1+1e-6 || len(it.Reasons) < maxReasons && math.Abs(sum-1) > 1e-6 {
				t.Fatalf("shares add up to %v: %+v", sum, it.Reasons)
			}
		}
	})
}
