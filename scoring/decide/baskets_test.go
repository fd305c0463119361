package decide

import (
	"slices"
	"testing"

	"github.com/vitrine-io/vitrine/scoring"
)

// puts lets a visitor put products into the cart, a minute each.
func (s *shop) puts(who scoring.VisitorID, minutes float64, ids ...scoring.ProductID) {
	for k, id := range ids {
		s.learned.Learn(s.event(scoring.ProductAdded, who, minutes+float64(k), id))
	}
}

// compared is the mall after many visitors who looked at the shoe and at others like
// it, or at the hat, and a few who bought the shoe with socks.
func compared(buyers int) *shop {
	s := mall()
	for k := range 20 {
		s.views(v(k), float64(-3000+40*k), "shoe", "shoe2", "hat")
	}
	for k := range buyers {
		s.orders(v(30+k), float64(-2000+40*k), "shoe", "socks")
	}
	return s
}

func TestBaskets(t *testing.T) {
	const bought, completes = scoring.StrategyBoughtTogether, scoring.StrategyCompleteCart
	for _, test := range []struct {
		name  string
		setup func() (*shop, *Page)
		first scoring.ProductID
		kind  scoring.ReasonKind // the first reason; of the shoe
	}{
		{
			"what is ordered with it leads, however often others are looked at with it",
			func() (*shop, *Page) { s := compared(4); return s, on(asks(bought, nil, 3), "shoe") },
			"socks", scoring.ReasonBoughtTogether,
		}, {
			"until it was all sent back",
			func() (*shop, *Page) {
				s := compared(4)
				for k := range 4 {
					s.learned.Learn(s.event(scoring.OrderRefunded, v(30+k), -1000, "shoe", "socks"))
				}
				return s, on(asks(bought, nil, 3), "shoe")
			},
			"hat", scoring.ReasonPageContext,
		}, {
			"what is put into carts with it, where nobody has ordered yet",
			func() (*shop, *Page) {
				s := compared(0)
				for k := range 4 {
					s.puts(v(30+k), float64(-2000+40*k), "laces", "shoe")
				}
				return s, on(asks(bought, nil, 3), "shoe")
			},
			"laces", scoring.ReasonPageContext,
		}, {
			"a cart is completed by what is ordered with it",
			func() (*shop, *Page) {
				s := compared(4)
				return s, asks(completes, profile(s.event(scoring.ProductAdded, "me", -5, "shoe")), 3)
			},
			"socks", scoring.ReasonBoughtTogether,
		}, {
			"also when the visitor has looked at it",
			func() (*shop, *Page) {
				s := compared(4)
				p := asks(completes, profile(s.event(scoring.ProductViewed, "me", -6, "socks"), s.event(scoring.ProductAdded, "me", -5, "shoe")), 3)
				p.Folded = true
				return s, p
			},
			"socks", scoring.ReasonBoughtTogether,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, p := test.setup()
			f := s.decider.Decide(p)[0]
			it := f.Items[0]
			if it.Product != test.first || it.Reasons[0].Kind != test.kind || it.Reasons[0].Product != "shoe" {
				t.Errorf("got %v, for %+v; want %s first for kind %d", ids(f), it.Reasons, test.first, test.kind)
			}
		})
	}
}

// For you takes what is ordered with the cart's products into account on its page.
func TestTheCartPageKnowsBaskets(t *testing.T) {
	place := func(buyers int) int {
		s := compared(buyers)
		p := page(profile(s.event(scoring.ProductAdded, "me", -5, "shoe")), 0, 7)
		p.Context = &scoring.Context{PageType: scoring.PageCart}
		return slices.Index(ids(s.decider.Decide(p)[0]), "socks")
	}
	if without, with := place(0), place(6); with >= without {
		t.Errorf("socks at place %d with orders and %d without", with, without)
	}
}
