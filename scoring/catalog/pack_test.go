package catalog

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/vitrine-io/vitrine/scoring"
)

// What comes out of the catalogue is what went in, whatever is changed outside of it
// afterwards, and whatever the products share.
func TestAProductIsKeptAsACopy(t *testing.T) {
	full := func(n int) *scoring.Product {
		stock := int64(n)
		return &scoring.Product{
			ID: scoring.ProductID(fmt.Sprintf("p%d", n)), Title: fmt.Sprintf("Shoe %d", n), Brand: "Acme",
			Categories: []string{"shoes/running", strings.Repeat("long ", 60)}, Tags: []string{"new", "a\x00b"},
			Price: &scoring.Money{Currency: "EUR", Nanos: int64(n)}, ListPrice: &scoring.Money{Currency: "EUR", Nanos: 9},
			Availability: scoring.Backorder, Stock: &stock,
			Attributes: map[string]string{"colour": "red", "size": fmt.Sprint(n%2, "\x00"), "ean": strings.Repeat(fmt.Sprint(n/4), 200*(n%3))},
			Numbers:    map[string]float64{"weight": float64(n)},
			GroupID:    "g", URL: "https://shop.example/p", ImageURL: "https://shop.example/i",
			AvailableAt: time.Unix(1, 0), ExpiresAt: time.Unix(1<<40, 0), Revision: 3, UpdatedAt: time.Unix(2, 0),
		}
	}
	c := New()
	for n := range 10 {
		p := full(n)
		c.Put(p)
		*p.Stock, p.Price.Nanos, p.Categories[0], p.Attributes["colour"], p.Numbers["weight"] = -1, -1, "x", "x", -1
	}
	c.Put(&scoring.Product{ID: "bare", Tags: []string{"a", "b"}})
	for n := range 10 {
		if got := c.Product(Index(n)); !reflect.DeepEqual(got, full(n)) {
			t.Errorf("product %d is\n%+v, want\n%+v", n, got, full(n))
		}
	}
	if got, want := c.Product(10), (&scoring.Product{ID: "bare", Tags: []string{"a", "b"}}); !reflect.DeepEqual(got, want) {
		t.Errorf("a bare product is %+v", got)
	}
	first, second := c.Product(0), c.Product(1)
	for name, texts := range map[string][2]string{
		"brand": {first.Brand, second.Brand}, "category": {first.Categories[0], second.Categories[0]},
		"currency": {first.Price.Currency, second.ListPrice.Currency},
	} {
		if unsafe.StringData(texts[0]) != unsafe.StringData(texts[1]) {
			t.Errorf("%s %q is kept twice", name, texts[0])
		}
	}
}

// However many texts come, those that are shared are bounded.
func TestSharedTextsAreBounded(t *testing.T) {
	var sh shared
	for n := range 3 * sharedTexts / 2 {
		sh.list([]string{fmt.Sprint(n)})
		sh.attributes(map[string]string{"size": fmt.Sprint(n)})
	}
	if len(sh.texts) > sharedTexts || len(sh.lists) > sharedTexts || len(sh.maps) > sharedTexts {
		t.Errorf("%d texts, %d lists and %d attributes are shared", len(sh.texts), len(sh.lists), len(sh.maps))
	}
}
