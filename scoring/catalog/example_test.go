package catalog_test

import (
	"fmt"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
)

func ExampleCatalog() {
	c := catalog.New()
	c.Put(&scoring.Product{ID: "trail-1", Categories: []string{"shoes/trail"}})

	i, _ := c.Lookup("trail-1")
	fmt.Println(i, c.Product(i).ID, c.Len())
	for _, t := range c.Facets(i) {
		f, _ := c.Facet(c.FacetID(t))
		fmt.Println(f.Value, c.Count(t))
	}
	// Output:
	// 0 trail-1 1
	// shoes 1
	// shoes/trail 1
}

func ExampleCatalog_WordTerms() {
	c := catalog.New()
	c.Put(&scoring.Product{ID: "trail-1", Title: "Trail shoe"})
	for _, t := range c.WordTerms("red SHOES") {
		for _, i := range c.Sample(t) {
			fmt.Println(c.ID(i))
		}
	}
	// Output: trail-1
}
