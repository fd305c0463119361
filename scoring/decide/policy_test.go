package decide

import (
	"slices"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/visitor"
)

// cheap is a filter by id.
type cheap []scoring.ProductID

func (c cheap) Passes(p *scoring.Product) bool { return slices.Contains(c, p.ID) }

// corner is a shop of six products; after a, visitors went on to b, c, d.
func corner() *shop {
	s := newShop(
		product("a", "shoes", "Acme"), product("b", "shoes", "Acme"), product("c", "shoes", "Acme"),
		product("d", "shoes", "Acme"), product("e", "hats", "Bee"), product("f", "hats", "Bee"),
	)
	for k, who := range []scoring.VisitorID{"1", "2", "3", "4", "5", "6"} {
		at := float64(-600 + 60*k)
		s.views(who, at, "a", "b")
		if k < 4 {
			s.views(who, at+2, "c")
		}
		if k < 2 {
			s.views(who, at+3, "d")
		}
	}
	return s
}

func TestRules(t *testing.T) {
	five := int64(5)
	none := int64(0)
	for _, test := range []struct {
		name  string
		setup func(s *shop, p *Page)
		want  []scoring.ProductID // in this order; what follows is not looked at
		among []scoring.ProductID
		never []scoring.ProductID
	}{
		{
			name:  "what others went on to, the most first",
			setup: func(*shop, *Page) {},
			want:  []scoring.ProductID{"b", "c", "d"},
		}, {
			name: "out of stock",
			setup: func(s *shop, _ *Page) {
				b := product("b", "shoes", "Acme")
				b.Stock = &none
				s.products.Put(b)
			},
			want:  []scoring.ProductID{"c", "d"},
			never: []scoring.ProductID{"b"},
		}, {
			name: "back in stock counts at once",
			setup: func(s *shop, _ *Page) {
				b := product("b", "shoes", "Acme")
				b.Stock = &none
				s.products.Put(b)
				b = product("b", "shoes", "Acme")
				b.Stock = &five
				s.products.Put(b)
			},
			want: []scoring.ProductID{"b", "c"},
		}, {
			name: "not yet offered, expired, deleted",
			setup: func(s *shop, _ *Page) {
				b, c := product("b", "shoes", "Acme"), product("c", "shoes", "Acme")
				b.AvailableAt = noon.Add(time.Hour)
				c.ExpiresAt = noon
				s.products.Put(b)
				s.products.Put(c)
				s.products.Delete("d")
			},
			never: []scoring.ProductID{"b", "c", "d"},
		}, {
			name: "sensitive products are never shown",
			setup: func(s *shop, _ *Page) {
				b := product("b", "shoes", "Acme")
				b.Sensitive = true
				s.products.Put(b)
			},
			want:  []scoring.ProductID{"c"},
			never: []scoring.ProductID{"b"},
		}, {
			name:  "filters",
			setup: func(_ *shop, p *Page) { p.Slots[0].Filters = []Filter{cheap{"c", "d", "e"}, cheap{"d", "c"}} },
			want:  []scoring.ProductID{"c", "d"},
			never: []scoring.ProductID{"a", "b", "e", "f"},
		}, {
			name:  "exclude_ids",
			setup: func(_ *shop, p *Page) { p.Slots[0].Exclude = []scoring.ProductID{"b"} },
			want:  []scoring.ProductID{"c", "d"},
			never: []scoring.ProductID{"b"},
		}, {
			name:  "the page's own product",
			setup: func(_ *shop, p *Page) { p.Context = &scoring.Context{PageType: scoring.PageProduct, Product: "c"} },
			never: []scoring.ProductID{"c"},
		}, {
			name: "bought",
			setup: func(s *shop, p *Page) {
				p.Visitor = knowing(visitor.Apply(p.Visitor.Profile(), s.event(scoring.OrderCompleted, "me", 0, "b")))
			},
			never: []scoring.ProductID{"b"},
		}, {
			name: "bought before the window",
			setup: func(s *shop, p *Page) {
				p.Visitor = knowing(visitor.Apply(p.Visitor.Profile(), s.event(scoring.OrderCompleted, "me", -3*24*60, "b")))
				p.Slots[0].Rules.BoughtWindow = 48 * time.Hour
			},
			want: []scoring.ProductID{"b"},
		}, {
			name: "bought may be shown",
			setup: func(s *shop, p *Page) {
				p.Visitor = knowing(visitor.Apply(p.Visitor.Profile(), s.event(scoring.OrderCompleted, "me", -3*24*60, "b")))
				p.Slots[0].Rules.ShowBought = true
			},
			want: []scoring.ProductID{"b"},
		}, {
			name: "sent back is not bought",
			setup: func(s *shop, p *Page) {
				p.Visitor = knowing(visitor.Apply(p.Visitor.Profile(), s.event(scoring.OrderCompleted, "me", -3*24*60, "b")))
				p.Visitor = knowing(visitor.Apply(p.Visitor.Profile(), s.event(scoring.OrderRefunded, "me", -2*24*60, "b")))
			},
			want: []scoring.ProductID{"b"},
		}, {
			name: "in the cart",
			setup: func(s *shop, p *Page) {
				p.Visitor = knowing(visitor.Apply(p.Visitor.Profile(), s.event(scoring.ProductAdded, "me", -1, "b")))
			},
			never: []scoring.ProductID{"b"},
		}, {
			name: "seen, and the placement does not repeat",
			setup: func(_ *shop, p *Page) {
				p.Slots[0].Rules.RepeatPolicy = scoring.RepeatExclude
			},
			want:  []scoring.ProductID{"b"},
			never: []scoring.ProductID{"a"},
		}, {
			name: "waved away",
			setup: func(s *shop, p *Page) {
				p.Visitor = knowing(visitor.Apply(p.Visitor.Profile(), s.event(scoring.Dismissed, "me", -0.5, "b")))
			},
			never: []scoring.ProductID{"b"},
		}, {
			name: "waved away and turned to since",
			setup: func(s *shop, p *Page) {
				p.Visitor = knowing(visitor.Apply(p.Visitor.Profile(), s.event(scoring.Dismissed, "me", -2, "b")))
				p.Visitor = knowing(visitor.Apply(p.Visitor.Profile(), s.event(scoring.ProductViewed, "me", -1.5, "b")))
			},
			among: []scoring.ProductID{"b"},
		}, {
			name:  "pinned first, in their order",
			setup: func(_ *shop, p *Page) { p.Slots[0].Rules.Pinned = []scoring.ProductID{"f", "unknown", "d"} },
			want:  []scoring.ProductID{"f", "d", "b"},
		}, {
			name: "pinned only as far as they may be shown",
			setup: func(_ *shop, p *Page) {
				p.Slots[0].Rules.Pinned = []scoring.ProductID{"f", "d"}
				p.Slots[0].Exclude = []scoring.ProductID{"f"}
			},
			want:  []scoring.ProductID{"d", "b"},
			never: []scoring.ProductID{"f"},
		}, {
			name: "no two variants",
			setup: func(s *shop, _ *Page) {
				b, c := product("b", "shoes", "Acme"), product("c", "shoes", "Acme")
				b.GroupID, c.GroupID = "sneaker", "sneaker"
				s.products.Put(b)
				s.products.Put(c)
			},
			want:  []scoring.ProductID{"b", "d"},
			never: []scoring.ProductID{"c"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := corner()
			p := page(profile(s.event(scoring.ProductViewed, "me", -1, "a")), 0, 6)
			test.setup(s, p)
			got := ids(s.decider.Decide(p)[0])
			// The visitor's own a may stand anywhere: how often visitors return is learned.
			others := slices.DeleteFunc(slices.Clone(got), func(id scoring.ProductID) bool { return id == "a" })
			if len(others) < len(test.want) || !slices.Equal(others[:len(test.want)], test.want) {
				t.Errorf("got %v, want %v first", got, test.want)
			}
			for _, id := range test.among {
				if !slices.Contains(got, id) {
					t.Errorf("got %v, without %s", got, id)
				}
			}
			for _, id := range test.never {
				if slices.Contains(got, id) {
					t.Errorf("got %v, with %s", got, id)
				}
			}
		})
	}
}

func TestNothingTwiceAcrossSlots(t *testing.T) {
	s := corner()
	p := page(profile(s.event(scoring.ProductViewed, "me", -1, "a")), 0, 2)
	p.Slots[0].Rules.RepeatPolicy = scoring.RepeatExclude
	p.Slots = append(p.Slots, Slot{Placement: "below", Count: 6, Rules: p.Slots[0].Rules})
	got := s.decider.Decide(p)
	if want := []scoring.ProductID{"b", "c"}; !slices.Equal(ids(got[0]), want) {
		t.Errorf("first slot %v, want %v", ids(got[0]), want)
	}
	for _, id := range ids(got[1]) {
		if slices.Contains(ids(got[0]), id) {
			t.Errorf("%s stands twice", id)
		}
	}
	if len(got[1].Items) != 3 || got[1].NoFill == 0 { // d, e, f are left of six, a was seen
		t.Errorf("second slot %v, no-fill %d", ids(got[1]), got[1].NoFill)
	}
}

func TestFallbackThenPopularThenAnything(t *testing.T) {
	s := newShop(product("a", "x", ""), product("b", "x", ""), product("c", "x", ""), product("d", "x", ""))
	s.views("1", -60, "b")
	p := page(nil, 0, 4)
	p.Slots[0].Rules.FallbackFirst = []scoring.ProductID{"d"}
	got := s.decider.Decide(p)[0]
	if list := ids(got); len(list) != 4 || list[0] != "b" || list[1] != "d" {
		t.Errorf("got %v, want b as popular, d as the fallback, then the rest", list)
	}
	if k := got.Items[0].Reasons[0].Kind; k != scoring.ReasonPopular && k != scoring.ReasonTrending {
		t.Errorf("b for reason %d", k)
	}
	for _, it := range got.Items[1:] {
		if len(it.Reasons) != 1 || it.Reasons[0].Kind != scoring.ReasonFallback || it.Reasons[0].Share != 1 {
			t.Errorf("%s for reasons %v", it.Product, it.Reasons)
		}
	}
}

func TestNoFill(t *testing.T) {
	for _, test := range []struct {
		name  string
		setup func(s *shop, p *Page)
		want  scoring.NoFillReason
	}{
		{"full", func(_ *shop, p *Page) { p.Slots[0].Count = 3 }, 0},
		{"filtered", func(_ *shop, p *Page) { p.Slots[0].Filters = []Filter{cheap{"e"}} }, scoring.NoFillFiltered},
		{"excluded", func(_ *shop, p *Page) {
			p.Slots[0].Exclude = []scoring.ProductID{"a", "b", "c", "d", "e", "f"}
		}, scoring.NoFillExcluded},
		{"unavailable", func(s *shop, _ *Page) {
			for _, id := range []scoring.ProductID{"a", "b", "c", "d", "e", "f"} {
				p := product(id, "shoes", "Acme")
				p.Availability = scoring.OutOfStock
				s.products.Put(p)
			}
		}, scoring.NoFillUnavailable},
		{"shown elsewhere", func(_ *shop, p *Page) {
			p.Slots = append([]Slot{{Placement: "top", Count: 5}}, p.Slots...)
		}, scoring.NoFillShownElsewhere},
		{"no candidates", func(s *shop, _ *Page) {
			for _, id := range []scoring.ProductID{"a", "b", "c", "d", "e", "f"} {
				s.products.Delete(id)
			}
		}, scoring.NoFillNoCandidates},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := corner()
			p := page(nil, 0, 6)
			test.setup(s, p)
			if test.want == 0 != (len(s.decider.Decide(p)[len(p.Slots)-1].Items) == p.Slots[len(p.Slots)-1].Count) {
				t.Error("full and with a reason, or the other way round")
			}
			if got := s.decider.Decide(p)[len(p.Slots)-1].NoFill; got != test.want {
				t.Errorf("no-fill %d, want %d", got, test.want)
			}
		})
	}
}

// What a rule kept out is listed however many were merely outranked.
func TestRejectedTellsOfRulesFirst(t *testing.T) {
	g := generate(5, 400)
	g.learn(400)
	p := g.ask(g.events(g.walk()), 1)
	p.Rejected = true
	all := g.decider.Decide(p)[0].Rejected
	if len(all) != maxRejected {
		t.Fatalf("%d rejected, want %d", len(all), maxRejected)
	}
	p.Slots[0].Count = 40 // find one that 20 and more outrank
	far := ids(g.decider.Decide(p)[0])[35]
	p.Slots[0].Count, p.Slots[0].Exclude = 1, []scoring.ProductID{far}
	got := g.decider.Decide(p)[0].Rejected
	if !slices.ContainsFunc(got, func(r scoring.Rejected) bool {
		return r.Product == far && r.Rejection == scoring.RejectedExcluded
	}) {
		t.Errorf("%s is not among %+v", far, got)
	}
	for k := 1; k < len(got); k++ {
		if got[k].Score > got[k-1].Score {
			t.Errorf("not the best first: %+v", got)
		}
	}
}

func TestRejected(t *testing.T) {
	s := corner()
	p := page(profile(s.event(scoring.ProductViewed, "me", -1, "a")), 0, 1)
	p.Rejected = true
	p.Slots[0].Exclude = []scoring.ProductID{"b"}
	p.Slots[0].Rules.RepeatPolicy = scoring.RepeatExclude
	got := map[scoring.ProductID]scoring.Rejection{}
	for _, r := range s.decider.Decide(p)[0].Rejected {
		if got[r.Product] != 0 {
			t.Errorf("%s is listed twice", r.Product)
		}
		got[r.Product] = r.Rejection
	}
	if got["b"] != scoring.RejectedExcluded || got["d"] != scoring.RejectedOutranked || got["c"] != 0 {
		t.Errorf("rejected %v; want b as excluded, d as outranked, c shown", got)
	}
}
