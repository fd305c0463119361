package catalog

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vitrine-io/vitrine/scoring"
)

func shoe(id scoring.ProductID) *scoring.Product {
	return &scoring.Product{ID: id, Title: "Trail Shoes " + string(id), Categories: []string{"shoes/trail"}, Brand: "Acme"}
}

var trail = scoring.Facet{Kind: scoring.FacetCategory, Value: "shoes/trail"}

func TestNumbers(t *testing.T) {
	c := New()
	early := c.Intern("early") // an event came before the product
	c.Put(shoe("a"))
	a, ok := c.Lookup("a")
	if !ok || early != 0 || a != 1 {
		t.Fatalf("early %d, a %d %v; want dense numbers from 0", early, a, ok)
	}
	if c.Product(early) != nil || c.Product(a) == nil || c.Len() != 1 || c.Numbers() != 2 {
		t.Errorf("one of two numbers is in the catalogue, got %d of %d", c.Len(), c.Numbers())
	}
	c.Delete("a")
	if c.Product(a) != nil || c.Len() != 0 || c.Intern("a") != a || c.ID(a) != "a" {
		t.Error("a deleted product keeps its number and nothing else")
	}
	c.Delete("never")
	if _, ok := c.Lookup("never"); ok || c.Len() != 0 {
		t.Error("deleting what is not there does nothing")
	}
}

func TestFacets(t *testing.T) {
	c := New()
	c.Put(shoe("a"))
	if f, ok := c.Facet(trail.ID()); !ok || f != trail {
		t.Errorf("facet %+v, %v", f, ok)
	}
	n, _ := c.LookupFacet(trail.ID())
	for i := range 7 {
		c.Put(&scoring.Product{ID: scoring.ProductID(fmt.Sprint("hat", i)), Categories: []string{"hats"}})
	}
	if got, want := c.IDF(n), math.Log1p(8.0/1); got != want { // ln(1 + 8 products / 1 with it)
		t.Errorf("idf %v, want %v", got, want)
	}
	c.Put(&scoring.Product{ID: "a", Title: "Now a hat", Categories: []string{"hats"}})
	if c.Count(n) != 0 || len(c.Sample(n)) != 0 {
		t.Errorf("%d products, sample %v, of a facet that none has", c.Count(n), c.Sample(n))
	}
	if _, ok := c.Facet(trail.ID()); !ok {
		t.Error("a facet that some product had is still known")
	}
	secret := shoe("s")
	secret.Sensitive = true
	c.Put(secret)
	i, _ := c.Lookup("s")
	if len(c.Facets(i)) != 0 || len(c.Words(i)) != 0 || c.Count(n) != 0 {
		t.Error("a sensitive product has no facets and no words")
	}
}

func TestWords(t *testing.T) {
	c := New()
	c.Put(shoe("a"))
	c.Put(&scoring.Product{ID: "b", Title: "Bicycle bell, brass"})
	for query, want := range map[string][]scoring.ProductID{
		"SHOE":            {"a"},
		"trail shoes!":    {"a"},
		"acme":            {"a"}, // the brand
		"brass bell":      {"b"},
		"something else?": nil,
	} {
		found := map[scoring.ProductID]bool{}
		for _, term := range c.WordTerms(query) {
			for _, i := range c.Sample(term) {
				found[c.ID(i)] = true
			}
		}
		if len(found) != len(want) || len(want) > 0 && !found[want[0]] {
			t.Errorf("%q finds %v, want %v", query, found, want)
		}
	}
}

func TestCandidate(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	none := int64(0)
	for _, test := range []struct {
		name  string
		setup func(p *scoring.Product)
		want  scoring.Rejection
	}{
		{"plain", func(*scoring.Product) {}, 0},
		{"offered and not expired", func(p *scoring.Product) { p.AvailableAt, p.ExpiresAt = now, now.Add(1) }, 0},
		{"not yet offered", func(p *scoring.Product) { p.AvailableAt = now.Add(1) }, scoring.RejectedUnavailable},
		{"expired", func(p *scoring.Product) { p.ExpiresAt = now }, scoring.RejectedUnavailable},
		{"offered in 1600", func(p *scoring.Product) { p.AvailableAt = time.Date(1600, 1, 1, 0, 0, 0, 0, time.UTC) }, 0},
		{"expired in 1600", func(p *scoring.Product) { p.ExpiresAt = time.Date(1600, 1, 1, 0, 0, 0, 0, time.UTC) }, scoring.RejectedUnavailable},
		{"offered in 9999", func(p *scoring.Product) { p.AvailableAt = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC) }, scoring.RejectedUnavailable},
		{"expires in 9999", func(p *scoring.Product) { p.ExpiresAt = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC) }, 0},
		{"out of stock", func(p *scoring.Product) { p.Stock = &none }, scoring.RejectedUnavailable},
		{"sensitive", func(p *scoring.Product) { p.Sensitive = true }, scoring.RejectedSensitive},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := New()
			p := shoe("a")
			test.setup(p)
			c.Put(p)
			if got, why := c.Candidate(0, InstantOf(now)); got != c.Product(0) || why != test.want {
				t.Errorf("got %v, want %v", why, test.want)
			}
		})
	}
}

// contents is all that can be read of a catalogue, by ids.
func contents(c *Catalog) map[string]any {
	names := func(list []Index) []scoring.ProductID {
		var ids []scoring.ProductID
		for _, i := range list {
			ids = append(ids, c.ID(i))
		}
		return ids
	}
	all := map[string]any{"len": c.Len(), "scan": names(c.Scan())}
	for n := range c.Numbered() {
		if t := Term(n); c.Count(t) > 0 {
			all[fmt.Sprint(c.FacetID(t))] = []any{c.Count(t), names(c.Sample(t)), c.IDF(t)}
		}
	}
	return all
}

func TestCatalogLaws(t *testing.T) {
	t.Run("what is read depends on the products alone", rapid.MakeCheck(func(t *rapid.T) {
		c := New()
		held := map[scoring.ProductID]*scoring.Product{}
		for range rapid.IntRange(0, 300).Draw(t, "changes") {
			id := scoring.ProductID(fmt.Sprint("p", rapid.IntRange(0, 120).Draw(t, "id")))
			if rapid.IntRange(0, 3).Draw(t, "what") == 0 {
				c.Delete(id)
				delete(held, id)
				continue
			}
			p := &scoring.Product{ID: id, Brand: rapid.SampledFrom([]string{"", "Acme", "Bee"}).Draw(t, "brand"),
				Title: rapid.SampledFrom([]string{"red shoe", "blue shoe", "hat"}).Draw(t, "title")}
			c.Put(p)
			held[id] = p
		}
		fresh := New()
		ids := make([]scoring.ProductID, 0, len(held))
		for id := range held {
			ids = append(ids, id)
		}
		slices.Sort(ids)
		for _, id := range ids {
			fresh.Put(held[id])
		}
		if got, want := contents(c), contents(fresh); !reflect.DeepEqual(got, want) {
			t.Fatalf("after changes\n%v\nloaded afresh\n%v", got, want)
		}
	}))
}

func TestReadsBesideWrites(t *testing.T) {
	c := New()
	var writers, readers sync.WaitGroup
	done := make(chan struct{})
	for r := range 2 {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				for i := range c.Numbers() {
					id := c.ID(Index(i))
					if n, ok := c.Lookup(id); !ok || n != Index(i) {
						t.Errorf("reader %d: %s has number %d, %v, want %d", r, id, n, ok, i)
						return
					}
					for _, f := range c.Facets(Index(i)) {
						c.Sample(f)
						c.IDF(f)
					}
				}
				c.WordTerms("trail shoes")
			}
		})
	}
	for w := range 2 {
		writers.Go(func() {
			for i := range 300 {
				id := scoring.ProductID(fmt.Sprint(w, "-", i))
				c.Put(shoe(id))
				if i%3 == 0 {
					c.Delete(id)
				}
			}
		})
	}
	writers.Wait()
	close(done)
	readers.Wait()
	if want := 2 * 200; c.Len() != want {
		t.Errorf("%d products, want %d", c.Len(), want)
	}
}

func BenchmarkLookup(b *testing.B) {
	c := New()
	ids := make([]scoring.ProductID, 100000)
	for i := range ids {
		ids[i] = scoring.ProductID(fmt.Sprint("sku-", i))
		c.Put(shoe(ids[i]))
	}
	b.Run("products=100k", func(b *testing.B) {
		b.ReportAllocs()
		i := 0
		for b.Loop() {
			c.Lookup(ids[i*7919%len(ids)])
			i++
		}
	})
}
