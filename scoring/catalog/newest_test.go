package catalog

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vitrine-io/vitrine/scoring"
)

// What is listed as newest is the beginning of the catalogue by date, however the
// products came and went, and no less than half of what there is room for.
func TestNewest(t *testing.T) {
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		c := New()
		held := map[scoring.ProductID]*scoring.Product{}
		put := func(n, day int) {
			p := &scoring.Product{ID: scoring.ProductID(fmt.Sprint("p", n))}
			if day > 0 {
				p.AvailableAt = noon.AddDate(0, 0, day)
			}
			held[p.ID] = p
			c.Put(p)
		}
		for n := range rapid.IntRange(0, 2*newestSample).Draw(t, "products") {
			put(n, n%700)
		}
		for range rapid.IntRange(0, 500).Draw(t, "changes") {
			n := rapid.IntRange(0, 2*newestSample).Draw(t, "product")
			if rapid.IntRange(0, 3).Draw(t, "change") > 0 {
				id := scoring.ProductID(fmt.Sprint("p", n))
				delete(held, id)
				c.Delete(id)
			} else {
				put(n, rapid.IntRange(0, 900).Draw(t, "day"))
			}
		}
		var want []Index
		for id, p := range held {
			if i, _ := c.Lookup(id); !p.AvailableAt.IsZero() {
				want = append(want, i)
			}
		}
		slices.SortFunc(want, c.later)
		got := c.Newest()
		if len(got) > len(want) || !slices.Equal(got, want[:len(got)]) {
			t.Fatalf("got %v, want the beginning of %v", got, want)
		}
		if len(got) < min(len(want), newestSample/2) {
			t.Fatalf("%d of %d are listed", len(got), len(want))
		}
	})
}
