package model_test

import (
	"bytes"
	"fmt"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/scoring/model"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func view(who scoring.VisitorID, id scoring.ProductID, at time.Time) *scoring.Event {
	return &scoring.Event{
		Type: scoring.ProductViewed, Visitor: who, Time: at,
		Items: []scoring.EventItem{{Product: id, Quantity: 1}},
	}
}

func ExampleModel_Learn() {
	products := catalog.New()
	m := model.New(products)
	m.Learn(view("ann", "tent", noon))
	m.Learn(view("ann", "stove", noon.Add(time.Minute)))

	tent, _ := products.Lookup("tent")
	pairs, _, _ := m.Pairs(nil, tent, noon)
	fmt.Printf("%s %.2f\n", products.ID(pairs[0].To), pairs[0].Next)
	// Output: stove 1.00
}

func ExampleModel_Popularity() {
	products := catalog.New()
	m := model.New(products)
	m.Learn(view("ann", "tent", noon))

	tent, _ := products.Lookup("tent")
	p := m.Popularity(tent, noon.Add(20*time.Hour))
	fmt.Printf("%.2f %.2f\n", p.Fast, p.Slow)
	// Output: 0.50 0.92
}

func ExampleModel_Save() {
	before := model.New(catalog.New())
	before.Learn(view("ann", "tent", noon))
	var snapshot bytes.Buffer
	if err := before.Save(&snapshot); err != nil {
		fmt.Println(err)
	}

	after := model.New(catalog.New()) // another process, other numbers
	if err := after.Load(&snapshot); err != nil {
		fmt.Println(err)
	}
	fmt.Println(after.Learned())
	// Output: 1
}
