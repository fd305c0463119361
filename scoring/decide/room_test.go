package decide

import (
	"reflect"
	"testing"

	"github.com/vitrine-io/vitrine/scoring"
)

// TestARoomHoldsOnePageAtATime: what is decided in a room that others were decided in
// before, larger and smaller ones, is what is decided without one.
func TestARoomHoldsOnePageAtATime(t *testing.T) {
	t.Parallel()
	g := generate(1, 1000)
	g.learn(2000)
	room := new(Room)
	for n, p := range g.requests(200) {
		count := 1 + n*37%60
		p.Slots = append(p.Slots,
			Slot{Placement: "below", Count: count, Rules: &scoring.ProductRules{Explore: count / 5, Pinned: []scoring.ProductID{g.id(n), g.id(n + 1)}}},
			Slot{Placement: "last", Count: 3 + n%7})
		p.Reasons = n%5 > 0
		want := g.decider.Decide(p)
		p.Room = room
		if got := g.decider.Decide(p); !reflect.DeepEqual(got, want) {
			t.Fatalf("page %d in a room:\n%+v, want\n%+v", n, got, want)
		}
	}
}
