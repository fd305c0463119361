package decide

import (
	"math"
	"slices"
	"testing"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/visitor"
)

// sneakers is the mall after so many visitors who searched for "sneakers", which no
// title has, and then looked at the hat.
func sneakers(visitors int) *shop {
	s := mall()
	for k := range visitors {
		s.learned.Learn(search(v(k), float64(-300+5*k), "sneakers"))
		s.views(v(k), float64(-299+5*k), "hat")
	}
	for k := range 12 { // others are far more popular
		s.views(v(30+k), float64(-200+5*k), "laces", "wax")
	}
	return s
}

func TestWordsFindWhatVisitorsChose(t *testing.T) {
	home := func(p *visitor.Profile) *Page { return page(p, 0, 3) }
	for _, test := range []struct {
		name     string
		visitors int
		ask      func(s *shop) *Page
		found    bool // the hat stands first, for the search
	}{
		{"on the page of the search", 5, func(*shop) *Page {
			return searching(page(nil, 0, 3), "Sneaker")
		}, true},
		{"in a placement from the search, which shows nothing else", 5, func(*shop) *Page {
			return asks(scoring.StrategyFromSearch, profile(search("me", -3*days, "sneakers")), 3)
		}, true},
		{"at home, in a visit with the search", 5, func(*shop) *Page {
			return home(profile(search("me", -10, "sneakers")))
		}, true},
		{"at home, in a visit of an hour that began with the search", 5, func(s *shop) *Page {
			return home(profile(search("me", -50, "sneakers"), s.event(scoring.ProductViewed, "me", -25, "cap")))
		}, true},
		{"at home, the day after", 5, func(*shop) *Page {
			return home(profile(search("me", -1*days, "sneakers")))
		}, false},
		{"a word that two visitors typed", 2, func(*shop) *Page {
			return searching(page(nil, 0, 3), "sneakers")
		}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := sneakers(test.visitors)
			p := test.ask(s)
			f := s.decider.Decide(p)[0]
			for k, it := range f.Items {
				found := it.Product == "hat" && slices.ContainsFunc(it.Reasons, func(r scoring.Reason) bool {
					return r.Kind == scoring.ReasonSearched && r.Query != ""
				})
				if found != (test.found && k == 0) {
					t.Errorf("place %d: %s for %+v", k+1, it.Product, it.Reasons)
				}
			}
			if strict := p.Slots[0].Rules.Strategy == scoring.StrategyFromSearch; strict && len(f.Items) != 1 {
				t.Errorf("got %v, want what was chosen alone", ids(f))
			}
		})
	}
}

// What the visitor turned to since makes a search say less.
func TestASearchFades(t *testing.T) {
	s := sneakers(5)
	says := func(touches int) float32 {
		events := []*scoring.Event{search("me", -20, "sneakers")}
		for k := range touches {
			events = append(events, s.event(scoring.ProductViewed, "me", float64(-19+k), "cap"))
		}
		q := newQuery(s.decider)
		q.begin(page(profile(events...), 0, 3))
		q.gather()
		c := q.candidates.find(s.index("hat"))
		if c == nil {
			return 0
		}
		return c.signal[sigSearched]
	}
	if now, later := says(0), says(3); math.Abs(float64(later-now*0.343)) > 1e-6 || now == 0 { // 0.7^3
		t.Errorf("says %v at once and %v three touches on, want 0.343 of it", now, later)
	}
}
