package decide

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/scoring/visitor"
)

const days = 24 * 60 // in minutes

// asks is a page with one slot of a strategy.
func asks(strategy scoring.Strategy, p *visitor.Profile, count int) *Page {
	q := page(p, 0, count)
	q.Slots[0].Rules.Strategy = strategy
	return q
}

// orders lets visitors order these products together, so many of them.
func (s *shop) orders(who scoring.VisitorID, minutes float64, ids ...scoring.ProductID) {
	s.learned.Learn(s.event(scoring.OrderCompleted, who, minutes, ids...))
}

func on(p *Page, id scoring.ProductID) *Page {
	p.Context = &scoring.Context{PageType: scoring.PageProduct, Product: id}
	return p
}

func searching(p *Page, words string) *Page {
	p.Context = &scoring.Context{PageType: scoring.PageSearch, SearchQuery: words}
	return p
}

// one of many visitors.
func v(n int) scoring.VisitorID { return scoring.VisitorID(rune('A' + n)) }

// mall is a shop with two kinds of shoes and what goes with them.
func mall() *shop {
	return newShop(
		product("shoe", "shoes", "Acme"), product("shoe2", "shoes", "Acme"), product("shoe3", "shoes", "Acme"),
		product("socks", "wear", "Bee"), product("laces", "care", "Cee"), product("wax", "care", "Dee"),
		product("hat", "hats", "Eff"), product("cap", "hats", "Eff"),
	)
}

func TestStrategies(t *testing.T) {
	type list = []scoring.ProductID
	for _, test := range []struct {
		name  string
		setup func(s *shop) *Page
		first list // in this order
		only  list // no others; nil: any
		never list
		noFil scoring.NoFillReason
	}{
		{
			name: "similar prefers the same facets to what is looked at next, and never shows the product itself",
			setup: func(s *shop) *Page {
				for k := range 8 {
					s.views(v(k), float64(-100+5*k), "shoe", "hat")
				}
				return on(asks(scoring.StrategySimilar, nil, 7), "shoe")
			},
			first: list{"shoe2", "shoe3", "hat"},
			never: list{"shoe"},
		}, {
			name: "similar to the latest, where the page shows no product",
			setup: func(s *shop) *Page {
				return asks(scoring.StrategySimilar, profile(
					s.event(scoring.ProductViewed, "me", -3, "shoe"), s.event(scoring.ProductViewed, "me", -2, "hat")), 3)
			},
			first: list{"cap"},
			never: list{"hat"},
		}, {
			name: "complete the cart starts from all of it, and shows none of it",
			setup: func(s *shop) *Page {
				for k := range 6 { // the shoe's socks, the hat's wax
					s.views(v(k), float64(-100+5*k), "shoe", "socks")
					s.views(v(10+k), float64(-100+5*k), "hat", "wax")
				}
				p := asks(scoring.StrategyCompleteCart, profile(
					s.event(scoring.ProductAdded, "me", -5, "shoe"), s.event(scoring.ProductAdded, "me", -4, "cap"),
					s.event(scoring.ProductAdded, "me", -3, "hat")), 2)
				p.Slots[0].Rules.ShowInCart = true // of no avail
				return p
			},
			only: list{"socks", "wax"},
		}, {
			name: "recently viewed is in the order of time, nothing twice, also what was bought",
			setup: func(s *shop) *Page {
				for k := range 9 {
					s.views(v(k), float64(-100+5*k), "hat", "cap")
				}
				p := asks(scoring.StrategyRecentlyViewed, profile(
					s.event(scoring.ProductViewed, "me", -9, "wax"), s.event(scoring.ProductViewed, "me", -8, "shoe"),
					s.event(scoring.OrderCompleted, "me", -7, "cap"), s.event(scoring.ProductViewed, "me", -6, "hat"),
					s.event(scoring.ProductViewed, "me", -5, "shoe"), s.event(scoring.Dismissed, "me", -4, "laces")), 8)
				p.Slots[0].Rules.RepeatPolicy = scoring.RepeatExclude
				return p
			},
			first: list{"shoe", "hat", "cap", "wax"},
			only:  list{"shoe", "hat", "cap", "wax"},
			noFil: scoring.NoFillNoCandidates,
		}, {
			name: "recently viewed says when the rest may not be shown",
			setup: func(s *shop) *Page {
				p := asks(scoring.StrategyRecentlyViewed, profile(
					s.event(scoring.ProductViewed, "me", -9, "wax"), s.event(scoring.ProductViewed, "me", -8, "shoe")), 2)
				p.Slots[0].Exclude = list{"wax"}
				return p
			},
			first: list{"shoe"}, only: list{"shoe"},
			noFil: scoring.NoFillExcluded,
		}, {
			name:  "recently viewed has nothing for a stranger",
			setup: func(*shop) *Page { return asks(scoring.StrategyRecentlyViewed, nil, 3) },
			only:  list{},
			noFil: scoring.NoFillNoCandidates,
		}, {
			name: "buy again shows what was bought, what is due first",
			setup: func(s *shop) *Page {
				// Wax is ordered again every month, shoes never are.
				for k := range 12 {
					for month := range 5 {
						s.orders(v(k), float64(-200*days+month*30*days+k), "wax")
					}
					s.orders(v(20+k), float64(-200*days+k), "shoe")
				}
				return asks(scoring.StrategyBuyAgain, profile(
					s.event(scoring.OrderCompleted, "me", -32*days, "wax"), s.event(scoring.OrderCompleted, "me", -31*days, "shoe"),
					s.event(scoring.ProductViewed, "me", -5, "hat")), 3)
			},
			first: list{"wax", "shoe"}, only: list{"wax", "shoe"},
			noFil: scoring.NoFillNoCandidates,
		}, {
			name: "what was sent back is not bought again",
			setup: func(s *shop) *Page {
				return asks(scoring.StrategyBuyAgain, profile(
					s.event(scoring.OrderCompleted, "me", -32*days, "wax"), s.event(scoring.OrderCompleted, "me", -31*days, "shoe"),
					s.event(scoring.OrderRefunded, "me", -5*days, "shoe")), 3)
			},
			first: list{"wax"}, only: list{"wax"},
			noFil: scoring.NoFillNoCandidates,
		}, {
			name: "trending prefers what rises to what is always looked at",
			setup: func(s *shop) *Page {
				for day := range 30 {
					for k := range 20 { // 20 a day
						s.views(v(k), float64((day-30)*days+k*60), "shoe")
					}
				}
				for k := range 15 { // 15, all in the last hours
					s.views(v(k), float64(-300+k), "hat")
				}
				return asks(scoring.StrategyTrending, nil, 8)
			},
			first: list{"hat", "shoe"},
		}, {
			name: "new for you shows new products alone, what fits first",
			setup: func(s *shop) *Page {
				for id, weeks := range map[scoring.ProductID]int{"cap": 2, "laces": 1, "wax": 1, "socks": 9} {
					p := *s.products.Product(s.index(id))
					p.AvailableAt = noon.Add(-time.Duration(weeks) * 7 * 24 * time.Hour)
					s.products.Put(&p)
				}
				for k := range 9 {
					s.views(v(k), float64(-100+5*k), "hat", "shoe")
				}
				return asks(scoring.StrategyNewForYou, profile(s.event(scoring.ProductViewed, "me", -5, "hat")), 8)
			},
			first: list{"cap"}, only: list{"cap", "laces", "wax"},
			noFil: scoring.NoFillNoCandidates,
		}, {
			name: "from the search on the page",
			setup: func(s *shop) *Page {
				return searching(asks(scoring.StrategyFromSearch, profile(search("me", -9, "shoes")), 8), "hats")
			},
			only:  list{"hat", "cap"},
			noFil: scoring.NoFillNoCandidates,
		}, {
			name: "from the visitor's last search",
			setup: func(s *shop) *Page {
				return asks(scoring.StrategyFromSearch, profile(search("me", -9, "shoes"), search("me", -8, "hats"),
					s.event(scoring.ProductViewed, "me", -7, "laces")), 8)
			},
			only:  list{"hat", "cap"},
			noFil: scoring.NoFillNoCandidates,
		}, {
			name: "from a search that nothing fits",
			setup: func(*shop) *Page {
				return searching(asks(scoring.StrategyFromSearch, nil, 8), "zeppelin")
			},
			only:  list{},
			noFil: scoring.NoFillNoCandidates,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := mall()
			p := test.setup(s)
			f := s.decider.Decide(p)[0]
			got := ids(f)
			if len(got) < len(test.first) || !slices.Equal(got[:len(test.first)], test.first) {
				t.Errorf("got %v, want %v first", got, test.first)
			}
			for _, id := range got {
				if slices.Contains(test.never, id) || test.only != nil && !slices.Contains(test.only, id) {
					t.Errorf("got %v, with %s", got, id)
				}
			}
			if want := len(test.only); test.only != nil && len(got) != want {
				t.Errorf("got %v, want all of %v", got, test.only)
			}
			if f.NoFill != test.noFil {
				t.Errorf("no-fill %d, want %d", f.NoFill, test.noFil)
			}
		})
	}
}

func (s *shop) index(id scoring.ProductID) catalog.Index {
	i, ok := s.products.Lookup(id)
	if !ok {
		panic("no product " + id)
	}
	return i
}

func search(who scoring.VisitorID, minutes float64, words string) *scoring.Event {
	return &scoring.Event{
		Type: scoring.ProductsSearched, Visitor: who, SearchQuery: words,
		Time: noon.Add(time.Duration(minutes * float64(time.Minute))),
	}
}

// Where a strategy finds too few, the placement's own list and then what is for
// the visitor fill up: b, which others went on to, and not f, the popular one.
func TestStrategiesFillUp(t *testing.T) {
	for _, test := range []struct {
		name     string
		strategy scoring.Strategy
	}{
		{"an empty cart", scoring.StrategyCompleteCart},
		{"nothing searched for", scoring.StrategyFromSearch},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := corner()
			for k := range 25 {
				s.views(v(k), float64(-50+k), "f")
			}
			p := asks(test.strategy, profile(s.event(scoring.ProductViewed, "me", -1, "a")), 5)
			p.Slots[0].Rules.FallbackFirst = []scoring.ProductID{"e"}
			p.Slots[0].Rules.RepeatPolicy = scoring.RepeatExclude
			f := s.decider.Decide(p)[0]
			if got := ids(f); len(got) != 5 || f.NoFill != 0 || got[0] != "e" || got[1] != "b" {
				t.Errorf("got %v (%d), want e, then b, then the rest", got, f.NoFill)
			}
		})
	}
	t.Run("nothing to be similar to", func(t *testing.T) {
		s := corner()
		p := asks(scoring.StrategySimilar, nil, 6)
		if got := s.decider.Decide(p)[0]; len(got.Items) != 6 || got.NoFill != 0 {
			t.Errorf("got %v (%d), want all six", ids(got), got.NoFill)
		}
	})
}

// A page of several strategies has in each slot what it would have alone, less
// what stands elsewhere.
func TestStrategiesOnOnePage(t *testing.T) {
	g := generate(11, 500)
	g.learn(1500)
	for range 40 {
		p := g.ask(g.events(g.walk()), 2) // 18 in all: few enough not to widen the search
		p.Context = &scoring.Context{PageType: scoring.PageSearch, SearchQuery: "thing aisle"}
		p.Slots = nil
		for k := scoring.StrategyForYou; k <= scoring.StrategyFromSearch; k++ {
			p.Slots = append(p.Slots, Slot{Placement: "slot", Count: 2, Rules: &scoring.ProductRules{Strategy: k, Diversity: scoring.DiversityOff}})
		}
		var taken []scoring.ProductID
		for k, together := range g.decider.Decide(p) {
			alone := *p
			alone.Slots = []Slot{p.Slots[k]}
			alone.Slots[0].Exclude = taken
			if want := g.decider.Decide(&alone)[0]; !slices.Equal(ids(together), ids(want)) {
				t.Fatalf("strategy %d: got %v, alone %v", k+1, ids(together), ids(want))
			}
			taken = append(taken, ids(together)...)
		}
	}
}

// Every strategy tells what it left out, and why.
func TestStrategiesTellWhatTheyLeaveOut(t *testing.T) {
	for _, test := range []struct {
		name     string
		strategy scoring.Strategy
		left     scoring.ProductID
		why      scoring.Rejection
	}{
		{"for you", scoring.StrategyForYou, "hat", scoring.RejectedExcluded},
		{"similar", scoring.StrategySimilar, "shoe2", scoring.RejectedInCart},
		{"bought together", scoring.StrategyBoughtTogether, "shoe2", scoring.RejectedInCart},
		{"complete the cart", scoring.StrategyCompleteCart, "hat", scoring.RejectedExcluded},
		{"recently viewed", scoring.StrategyRecentlyViewed, "hat", scoring.RejectedExcluded},
		{"buy again", scoring.StrategyBuyAgain, "hat", scoring.RejectedExcluded},
		{"trending", scoring.StrategyTrending, "hat", scoring.RejectedExcluded},
		{"new for you", scoring.StrategyNewForYou, "socks", scoring.RejectedStrategy},
		{"from search", scoring.StrategyFromSearch, "socks", scoring.RejectedStrategy},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := mall()
			for k := range 6 {
				s.views(v(k), float64(-100+5*k), "shoe2", "hat", "socks", "shoe", "shoe2", "hat")
			}
			p := asks(test.strategy, profile(
				s.event(scoring.OrderCompleted, "me", -200*days, "hat"), search("me", -9, "hat"),
				s.event(scoring.ProductAdded, "me", -8, "shoe2"), s.event(scoring.ProductViewed, "me", -7, "shoe")), 1)
			p.Rejected = true
			p.Slots[0].Exclude = []scoring.ProductID{"hat"}
			f := s.decider.Decide(p)[0]
			if !slices.ContainsFunc(f.Rejected, func(r scoring.Rejected) bool {
				return r.Product == test.left && r.Rejection == test.why
			}) {
				t.Errorf("%s for reason %d is not among %+v; shown %v", test.left, test.why, f.Rejected, ids(f))
			}
		})
	}
}

func TestReasonsOfStrategies(t *testing.T) {
	for _, test := range []struct {
		name  string
		setup func(s *shop) *Page
		item  scoring.ProductID
		want  scoring.Reason // share aside
	}{
		{
			name:  "similar to the page's product",
			setup: func(*shop) *Page { return on(asks(scoring.StrategySimilar, nil, 3), "shoe") },
			item:  "shoe2",
			want:  scoring.Reason{Kind: scoring.ReasonSimilar, Product: "shoe"},
		}, {
			name: "similar to what the visitor looked at",
			setup: func(s *shop) *Page {
				return asks(scoring.StrategySimilar, profile(s.event(scoring.ProductViewed, "me", -5, "shoe")), 3)
			},
			item: "shoe2",
			want: scoring.Reason{Kind: scoring.ReasonSimilar, Product: "shoe", Did: scoring.ProductViewed},
		}, {
			name: "with what is in the cart",
			setup: func(s *shop) *Page {
				for k := range 6 {
					s.views(v(k), float64(-100+5*k), "shoe", "socks")
				}
				return asks(scoring.StrategyCompleteCart, profile(s.event(scoring.ProductAdded, "me", -5, "shoe")), 3)
			},
			item: "socks",
			want: scoring.Reason{Kind: scoring.ReasonViewedTogether, Product: "shoe", Did: scoring.ProductAdded},
		}, {
			name: "looked at lately",
			setup: func(s *shop) *Page {
				return asks(scoring.StrategyRecentlyViewed, profile(s.event(scoring.ProductViewed, "me", -5, "shoe")), 3)
			},
			item: "shoe",
			want: scoring.Reason{Kind: scoring.ReasonRecentlyViewed, Product: "shoe"},
		}, {
			name: "used up",
			setup: func(s *shop) *Page {
				for k := range 12 { // wax, every month
					for month := range 5 {
						s.orders(v(k), float64(-200*days+month*30*days+k), "wax")
					}
					s.orders(v(20+k), float64(-200*days+k), "shoe")
				}
				return asks(scoring.StrategyBuyAgain, profile(s.event(scoring.OrderCompleted, "me", -60*days, "wax")), 3)
			},
			item: "wax",
			want: scoring.Reason{Kind: scoring.ReasonRestock, Product: "wax"},
		}, {
			name: "searched for",
			setup: func(s *shop) *Page {
				return asks(scoring.StrategyFromSearch, profile(search("me", -5, "acme shoes")), 3)
			},
			item: "shoe",
			want: scoring.Reason{Kind: scoring.ReasonSearched, Query: "acme shoes"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := mall()
			it := find(t, s.decider.Decide(test.setup(s))[0], test.item)
			if !slices.ContainsFunc(it.Reasons, func(r scoring.Reason) bool {
				r.Share = 0
				return r == test.want
			}) {
				t.Errorf("reasons %+v, want %+v among them", it.Reasons, test.want)
			}
		})
	}
}

// The table names features that exist, and no strategy changes what for you does.
func TestTheTableOfStrategies(t *testing.T) {
	d := newShop().decider
	if n := len(d.strategies); n != int(scoring.StrategyFromSearch) {
		t.Fatalf("%d strategies, the contract has %d", n, scoring.StrategyFromSearch)
	}
	if d.strategies[0].times != nil || d.strategies[0].prior != nil {
		t.Error("for you changes weights")
	}
	for _, s := range d.strategies {
		for f := range s.times {
			if math.Abs(float64(s.times[f])) > 3 || math.Abs(float64(s.plus[f])) > 10 {
				t.Errorf("%s: %s times %v plus %v", s.name, d.features[f].name, s.times[f], s.plus[f])
			}
		}
	}
}
