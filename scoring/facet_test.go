package scoring_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
)

func ExampleProduct_Facets() {
	shoe := scoring.Product{
		Categories: []string{"shoes/running/trail", "sale/shoes"}, Brand: "Falk", Tags: []string{"light"},
		Price: &scoring.Money{Currency: "EUR", Nanos: 89_500_000_000}, Attributes: map[string]string{"colour": "red"},
	}
	for _, f := range shoe.Facets() {
		fmt.Println(f.Kind, f.Key, f.Value)
	}
	// Output:
	// 1  shoes
	// 1  shoes/running
	// 1  shoes/running/trail
	// 1  sale
	// 1  sale/shoes
	// 2  Falk
	// 4  46-100 EUR
	// 3  light
	// 5 colour red
}

func TestPriceBand(t *testing.T) {
	for _, c := range []struct {
		price float64
		want  string
	}{
		{0, ""}, {0.05, "0.046-0.10"}, {1, "1.0-2.2"}, {9.99, "4.6-10"}, {10, "10-22"}, {21.5, "10-22"}, {21.6, "22-46"},
		{99.99, "46-100"}, {100, "100-220"}, {1234, "1000-2200"},
	} {
		if got := scoring.PriceBand(scoring.Money{Nanos: int64(c.price * 1e9)}); got != c.want {
			t.Errorf("%v falls into %q, want %q", c.price, got, c.want)
		}
	}
}

func TestCategoryLevels(t *testing.T) {
	for path, want := range map[string][]string{
		"shoes/running": {"shoes", "shoes/running"}, "/shoes/": {"shoes"}, "//": {}, "": {},
	} {
		if got := scoring.CategoryLevels(path); !slices.Equal(got, want) {
			t.Errorf("%q has the levels %q, want %q", path, got, want)
		}
	}
}

// A sensitive product is never a source of interests.
func TestSensitiveProductHasNoFacets(t *testing.T) {
	p := scoring.Product{Brand: "Falk", Sensitive: true}
	if got := p.Facets(); len(got) != 0 {
		t.Errorf("facets %v", got)
	}
}

func TestShowable(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	none, one := int64(0), int64(1)
	for _, c := range []struct {
		name string
		p    scoring.Product
		want bool
	}{
		{"nothing said", scoring.Product{}, true},
		{"out of stock", scoring.Product{Availability: scoring.OutOfStock}, false},
		{"on backorder", scoring.Product{Availability: scoring.Backorder}, true},
		{"none left", scoring.Product{Stock: &none}, false},
		{"one left", scoring.Product{Stock: &one}, true},
		{"not yet", scoring.Product{AvailableAt: now.Add(time.Second)}, false},
		{"from now on", scoring.Product{AvailableAt: now}, true},
		{"until now", scoring.Product{ExpiresAt: now}, false},
		{"a little longer", scoring.Product{ExpiresAt: now.Add(time.Second)}, true},
	} {
		if got := c.p.Showable(now); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
