package decide

import (
	"testing"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
)

func TestVisitEnd(t *testing.T) {
	type touch struct {
		product catalog.Index
		kind    scoring.EventType
	}
	const (
		view  = scoring.ProductViewed
		click = scoring.ProductClicked
		add   = scoring.ProductAdded
	)
	for _, test := range []struct {
		name    string
		touches []touch // oldest first
		want    bool
	}{
		{"one", []touch{{1, view}}, false},
		{"on and on", []touch{{1, view}, {2, view}, {3, view}}, false},
		{"there and back", []touch{{1, view}, {2, view}, {1, view}}, true},
		{"back and on", []touch{{1, view}, {2, view}, {1, view}, {3, view}}, false},
		{"looked at again", []touch{{1, view}, {1, view}}, true},
		{"a click and its page", []touch{{1, click}, {1, view}}, false},
		{"a view and the cart", []touch{{1, view}, {1, add}}, false},
		{"click, page, cart, after another", []touch{{2, view}, {1, click}, {1, view}, {1, add}}, false},
		{"back by a click", []touch{{1, view}, {2, view}, {1, click}, {1, view}}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			var end visitEnd
			var got bool
			for k := len(test.touches) - 1; k >= 0; k-- {
				got = end.returned(test.touches[k].product, test.touches[k].kind)
			}
			if got != test.want {
				t.Errorf("returned %v, want %v", got, test.want)
			}
		})
	}
}

// A shop where visitors always go back shows the product to go back to; one where
// they never do does not put it first.
func TestWhetherToRepeatIsLearned(t *testing.T) {
	for _, test := range []struct {
		name  string
		visit []scoring.ProductID
		first bool
	}{
		{"they go back", []scoring.ProductID{"a", "b", "a"}, true},
		{"they go on", []scoring.ProductID{"a", "b", "c"}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newShop()
			for _, id := range []scoring.ProductID{"a", "b", "c", "d"} {
				s.products.Put(&scoring.Product{ID: id})
			}
			for k := range 300 {
				s.views(scoring.VisitorID(rune('0'+k)), float64(k-400), test.visit...)
			}
			p := page(profile(
				s.event(scoring.ProductViewed, "me", -2, "a"), s.event(scoring.ProductViewed, "me", -1, "b")), 0, 4)
			got := ids(s.decider.Decide(p)[0])
			if (got[0] == "a") != test.first {
				t.Errorf("got %v", got)
			}
		})
	}
}

// A stranger's page of a product is the same whoever was decided for before: a
// decision uses the memory of an earlier one, and nothing that it left there.
func TestDecisionsLeaveNothingBehind(t *testing.T) {
	g := generate(5, 300)
	g.learn(400)
	stranger := page(nil, 0, 10)
	stranger.Context = &scoring.Context{PageType: scoring.PageProduct, Product: g.id(3)}
	want := g.decider.Decide(stranger)[0]
	walk := []scoring.ProductID{g.id(7), g.id(8), g.id(7), g.id(8), g.id(7)}
	for n := range len(walk) {
		g.decider.Decide(g.ask(g.events(walk[:n+1]), 10))
		got := g.decider.Decide(stranger)[0]
		for k, it := range got.Items {
			if it.Product != want.Items[k].Product || it.Score != want.Items[k].Score {
				t.Fatalf("after a visit of %d, item %d is %s %v, want %s %v", n+1, k, it.Product, it.Score, want.Items[k].Product, want.Items[k].Score)
			}
		}
	}
}
