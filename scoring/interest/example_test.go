package interest_test

import (
	"fmt"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/interest"
)

func ExampleVector_Add() {
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	shoe := scoring.Product{ID: "trail-1", Categories: []string{"shoes/trail"}, Brand: "Acme"}

	var v interest.Vector
	v = v.Add(shoe.FacetIDs(), interest.OfEvent(scoring.ProductViewed), noon)
	for _, e := range v.AppendAt(nil, noon.Add(30*time.Minute)) {
		for _, f := range shoe.Facets() {
			if f.ID() == e.Facet {
				fmt.Printf("%-11s %.2f %.2f %.2f\n", f.Value, e.Weight[0], e.Weight[1], e.Weight[2])
			}
		}
	}
	// Unordered output:
	// shoes       0.25 0.50 0.50
	// shoes/trail 0.25 0.50 0.50
	// Acme        0.50 1.00 1.00
}
