package retarget

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/visitor"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// did is an event about products, so long after noon.
func did(kind scoring.EventType, after time.Duration, products ...scoring.ProductID) *scoring.Event {
	e := &scoring.Event{Type: kind, Time: noon.Add(after), Order: &scoring.Order{ID: "o"}}
	for _, id := range products {
		e.Items = append(e.Items, scoring.EventItem{Product: id, Quantity: 1})
	}
	return e
}

func TestFill(t *testing.T) {
	const (
		viewed, added, removed, dismissed = scoring.ProductViewed, scoring.ProductAdded, scoring.ProductRemoved, scoring.Dismissed
		bought, refunded                  = scoring.OrderCompleted, scoring.OrderRefunded
		m, h, day                         = time.Minute, time.Hour, 24 * time.Hour
	)
	cart, seen := scoring.RetargetCart, scoring.RetargetViewed
	for _, test := range []struct {
		name    string
		sources []scoring.RetargetSource
		events  []*scoring.Event
		at      time.Duration
		want    string
	}{
		{"the cart first, the last put in first, then what was looked at", nil,
			[]*scoring.Event{did(viewed, 0, "v"), did(added, m, "a"), did(added, 2*m, "b"), did(viewed, 3*m, "w")}, 2 * h, "[b a w v]"},
		{"as many as there are slots", nil,
			[]*scoring.Event{did(viewed, 0, "1"), did(viewed, m, "2"), did(viewed, 2*m, "3"), did(viewed, 3*m, "4"), did(viewed, 4*m, "5")}, h, "[5 4 3 2]"},
		{"what was looked at first", []scoring.RetargetSource{seen, cart},
			[]*scoring.Event{did(added, 0, "a"), did(viewed, m, "v")}, h, "[v a]"},
		{"the cart alone", []scoring.RetargetSource{cart}, []*scoring.Event{did(added, 0, "a"), did(viewed, m, "v")}, h, "[a]"},
		{"a cart that does not rest yet", nil, []*scoring.Event{did(added, 0, "a"), did(added, h, "b"), did(viewed, h, "v")}, h + 29*m, "[v]"},
		{"a cart that rests for just long enough", nil, []*scoring.Event{did(added, 0, "a"), did(added, h, "b")}, h + 30*m, "[b a]"},
		{"what was taken out again was looked at", nil, []*scoring.Event{did(added, 0, "a"), did(removed, m, "a")}, h, "[a]"},
		{"looked at twice stands once", nil, []*scoring.Event{did(viewed, 0, "v"), did(viewed, m, "w"), did(viewed, 2*m, "v")}, h, "[v w]"},
		{"waved away", nil, []*scoring.Event{did(viewed, 0, "v"), did(viewed, m, "w"), did(dismissed, 2*m, "v")}, h, "[w]"},
		{"waved away out of the cart", nil, []*scoring.Event{did(added, 0, "a"), did(dismissed, 2*m, "a")}, h, "[]"},
		{"an order ends it, also for what was not bought", nil,
			[]*scoring.Event{did(viewed, 0, "v"), did(added, m, "a"), did(bought, 2*m, "a")}, 2*m + time.Second, "[]"},
		{"a refund brings nothing back", nil,
			[]*scoring.Event{did(viewed, 0, "v"), did(added, m, "a"), did(bought, 2*m, "a"), did(refunded, h, "a")}, 2 * h, "[]"},
		{"what comes after the order counts, but for what was bought", nil,
			[]*scoring.Event{did(added, m, "a"), did(bought, 2*m, "a"), did(viewed, 3*m, "a"), did(viewed, 4*m, "v")}, h, "[v]"},
		{"a month ago", nil, []*scoring.Event{did(viewed, 0, "v")}, 30 * day, "[v]"},
		{"longer ago", nil, []*scoring.Event{did(viewed, 0, "v"), did(added, 0, "a")}, 30*day + m, "[]"},
		{"out of stock", nil, []*scoring.Event{did(viewed, 0, "gone"), did(viewed, 0, "v")}, h, "[v]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var p *visitor.Profile
			for _, e := range test.events {
				p = visitor.Apply(p, e)
			}
			s := &scoring.ProductSlots{Count: 4, Min: 1, Sources: test.sources, After: 30 * m}
			got := Fill(nil, visitor.Open[visitor.Creatives](visitor.Seal(p), scoring.AllPurposes), s, noon.Add(test.at), func(id scoring.ProductID) bool { return id != "gone" })
			if fmt.Sprint(got) != test.want {
				t.Errorf("got %v, want %s", got, test.want)
			}
		})
	}
}

// Nothing is known of a visitor who may not be known, and what stands in dst stays.
func TestFillKeepsWhatIsThere(t *testing.T) {
	dst := []scoring.ProductID{"x"}
	all := func(scoring.ProductID) bool { return true }
	if got := Fill(dst, visitor.For[visitor.Creatives]{}, &scoring.ProductSlots{Count: 3, Min: 1}, noon, all); !slices.Equal(got, dst) {
		t.Errorf("got %v", got)
	}
	p := visitor.Apply(nil, did(scoring.ProductViewed, 0, "x", "y"))
	if got := Fill(dst, visitor.Open[visitor.Creatives](visitor.Seal(p), scoring.AllPurposes), &scoring.ProductSlots{Count: 2, Min: 1}, noon, all); fmt.Sprint(got) != "[x y x]" {
		t.Errorf("got %v", got)
	}
}
