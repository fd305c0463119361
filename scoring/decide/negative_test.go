package decide

import (
	"slices"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
)

// What the visitor turned away from takes the products that share its facets
// down, and brings none.
func TestNegativeInterest(t *testing.T) {
	bounced := func(s *shop, id scoring.ProductID) *scoring.Event {
		e := s.event(scoring.ProductViewed, "me", -9, id)
		e.Dwell = time.Second
		return e
	}
	hats := []scoring.ProductID{"h1", "h2", "h3"}
	for _, test := range []struct {
		name   string
		events func(s *shop) []*scoring.Event
	}{
		{"waved away", func(s *shop) []*scoring.Event {
			return []*scoring.Event{s.event(scoring.Dismissed, "me", -9, "h0")}
		}},
		{"bounced", func(s *shop) []*scoring.Event { return []*scoring.Event{bounced(s, "h0")} }},
		{"taken off the wish list", func(s *shop) []*scoring.Event {
			return []*scoring.Event{s.event(scoring.ProductUnwishlisted, "me", -9, "h0")}
		}},
		{"taken out of the cart, and never looked at before", func(s *shop) []*scoring.Event {
			return []*scoring.Event{s.event(scoring.ProductRemoved, "me", -9, "h0")}
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newShop(
				product("h0", "hats", "Bee"), product("h1", "hats", "Bee"), product("h2", "hats", "Bee"), product("h3", "hats", "Bee"),
				product("s1", "shoes", "Acme"), product("s2", "shoes", "Acme"), product("s3", "shoes", "Acme"),
			)
			for k := range 12 { // hats are a little more popular than shoes
				who := scoring.VisitorID(rune('a' + k))
				s.views(who, float64(-3000+100*k), hats[k%3])
				if k%4 == 0 {
					s.views(who, float64(-2950+100*k), "s1", "s2", "s3")
				}
			}
			nobody := page(nil, 0, 3)
			nobody.Slots[0].Rules.Diversity = scoring.DiversityOff
			if got := ids(s.decider.Decide(nobody)[0]); !slices.Contains(hats, got[0]) {
				t.Fatalf("before: %v, want hats first", got)
			}
			p := page(profile(test.events(s)...), 24*60, 6) // not in the same visit
			p.Slots[0].Rules.Diversity = scoring.DiversityOff
			f := s.decider.Decide(p)[0]
			for k, id := range ids(f)[:3] {
				if slices.Contains(hats, id) {
					t.Errorf("%s stands in place %d of %v", id, k, ids(f))
				}
			}
			for _, it := range f.Items {
				if slices.Contains(kinds(it), scoring.ReasonInterest) {
					t.Errorf("%s for %+v", it.Product, it.Reasons)
				}
			}
			q := newQuery(s.decider)
			q.begin(p)
			facetChampions{}.gather(q)
			if n := len(q.candidates.list); n > 0 {
				t.Errorf("what was turned away from brings %d candidates", n)
			}
		})
	}
}
