package visitor_test

import (
	"fmt"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/visitor"
)

func ExampleApply() {
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	item := []scoring.EventItem{{Product: "trail-1", Quantity: 1}}

	seen := visitor.Apply(nil, &scoring.Event{Type: scoring.ProductViewed, Time: noon, Items: item})
	bought := visitor.Apply(seen, &scoring.Event{
		Type: scoring.OrderCompleted, Time: noon.Add(time.Hour), Items: item, Order: &scoring.Order{ID: "1001"},
	})
	fmt.Println(len(seen.Purchases), "then", len(bought.Purchases))
	// Output: 0 then 1
}

func ExampleProfile_AppendBinary() {
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	p := visitor.Apply(nil, &scoring.Event{
		Type: scoring.ProductViewed, Time: noon, Items: []scoring.EventItem{{Product: "trail-1"}},
	})
	record, _ := p.AppendBinary(nil)

	var q visitor.Profile
	if err := q.UnmarshalBinary(record); err != nil {
		fmt.Println(err)
	}
	fmt.Println(len(record), "bytes:", q.Touches[0].Product)
	// Output: 69 bytes: trail-1
}

func ExampleProfile_Bought() {
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	p := visitor.Apply(nil, &scoring.Event{
		Type: scoring.OrderCompleted, Time: noon, Items: []scoring.EventItem{{Product: "trail-1"}},
	})
	at, ok := p.Bought("trail-1")
	fmt.Println(at.Format(time.TimeOnly), ok)
	// Output: 12:00:00 true
}

func ExampleProfile_Refused() {
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	p := visitor.Apply(nil, &scoring.Event{
		Type: scoring.Dismissed, Time: noon, Items: []scoring.EventItem{{Product: "trail-1"}},
	})
	fmt.Println(p.Refused("trail-1"), p.Refused("trail-2"))
	// Output: true false
}
