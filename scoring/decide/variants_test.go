package decide

import (
	"slices"
	"testing"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/visitor"
)

// Of a product's variants a page shows one, however it came onto the page.
func TestOneVariantAPage(t *testing.T) {
	for _, test := range []struct {
		name  string
		setup func(s *shop, p *Page)
		want  scoring.ProductID // of b, c and d, which are variants
	}{
		{"the best scored", func(*shop, *Page) {}, "b"},
		{"the one that the visitor turned to", func(s *shop, p *Page) {
			p.Visitor = knowing(profile(s.event(scoring.ProductViewed, "me", -2, "c"), s.event(scoring.ProductViewed, "me", -1, "a")))
		}, "c"},
		{"the last one that the visitor turned to", func(s *shop, p *Page) {
			p.Visitor = knowing(profile(
				s.event(scoring.ProductViewed, "me", -3, "d"), s.event(scoring.ProductViewed, "me", -2, "c"),
				s.event(scoring.ProductViewed, "me", -1, "a")))
		}, "c"},
		{"not one that was waved away", func(s *shop, p *Page) {
			p.Visitor = knowing(visitor.Apply(p.Visitor.Profile(), s.event(scoring.Dismissed, "me", -1, "b")))
		}, "c"},
		{"pinned", func(_ *shop, p *Page) { p.Slots[0].Rules.Pinned = []scoring.ProductID{"d", "c"} }, "d"},
		{"under diversity", func(_ *shop, p *Page) { p.Slots[0].Rules.Diversity = scoring.DiversityHigh }, "b"},
		{"as the fallback", func(s *shop, p *Page) {
			p.Slots[0].Exclude = []scoring.ProductID{"b"}
			p.Slots[0].Rules.FallbackFirst = []scoring.ProductID{"d"}
		}, "c"},
		{"the page's own product stands for its variants", func(_ *shop, p *Page) {
			p.Context = &scoring.Context{PageType: scoring.PageProduct, Product: "c"}
		}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := corner()
			for _, id := range []scoring.ProductID{"b", "c", "d"} {
				v := product(id, "shoes", "Acme")
				v.GroupID = "sneaker"
				s.products.Put(v)
			}
			p := page(profile(s.event(scoring.ProductViewed, "me", -1, "a")), 0, 3)
			p.Slots = append(p.Slots, Slot{Placement: "below", Count: 6})
			test.setup(s, p)
			var got []scoring.ProductID
			for _, f := range s.decider.Decide(p) {
				for _, id := range ids(f) {
					if slices.Contains([]scoring.ProductID{"b", "c", "d"}, id) {
						got = append(got, id)
					}
				}
			}
			want := []scoring.ProductID{test.want}
			if test.want == "" {
				want = nil
			}
			if !slices.Equal(got, want) {
				t.Errorf("the page shows %v of the variants, want %v", got, want)
			}
		})
	}
}
