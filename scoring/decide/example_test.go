package decide_test

import (
	"fmt"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/scoring/decide"
	"github.com/vitrine-io/vitrine/scoring/model"
	"github.com/vitrine-io/vitrine/scoring/visitor"
)

func ExampleDecider_Decide() {
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	products := catalog.New()
	for _, id := range []scoring.ProductID{"tent", "stove", "lamp"} {
		products.Put(&scoring.Product{ID: id, Categories: []string{"camping"}})
	}
	learned := model.New(products)
	view := func(who scoring.VisitorID, id scoring.ProductID, at time.Time) *scoring.Event {
		return &scoring.Event{
			Type: scoring.ProductViewed, Visitor: who, Time: at,
			Items: []scoring.EventItem{{Product: id, Quantity: 1}},
		}
	}
	// Two others looked at the stove after the tent.
	for k, who := range []scoring.VisitorID{"ann", "bob"} {
		at := noon.Add(time.Duration(k-3) * time.Hour)
		learned.Learn(view(who, "tent", at))
		learned.Learn(view(who, "stove", at.Add(time.Minute)))
	}

	me := visitor.Apply(nil, view("me", "tent", noon))
	page := decide.New(products, learned).Decide(&decide.Page{
		Now: noon.Add(time.Minute), Visitor: visitor.Open[visitor.Products](visitor.Seal(me), scoring.AllPurposes), Reasons: true,
		Slots: []decide.Slot{{Placement: "home", Count: 1}},
	})
	item := page[0].Items[0]
	fmt.Println(item.Product, "because of", item.Reasons[0].Product)
	// Output: stove because of tent
}

func ExampleNew() {
	products := catalog.New()
	decider := decide.New(products, model.New(products))
	page := decider.Decide(&decide.Page{Now: time.Unix(0, 0), Slots: []decide.Slot{{Placement: "home", Count: 3}}})
	fmt.Println(page[0].NoFill == scoring.NoFillNoCandidates)
	// Output: true
}
