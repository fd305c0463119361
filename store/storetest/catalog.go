package storetest

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

func richProduct(id scoring.ProductID) scoring.Product {
	stock := int64(7)
	return scoring.Product{
		ID: id, Title: "Läufer", Categories: []string{"shoes/running", "sale"}, Brand: "B", Tags: []string{"new"},
		Price: &scoring.Money{Currency: "EUR", Nanos: 99_990_000_000}, ListPrice: &scoring.Money{Currency: "EUR", Nanos: 120e9},
		Availability: scoring.Preorder, Stock: &stock,
		Attributes: map[string]string{"colour": "red"}, Numbers: map[string]float64{"weight": 0.25},
		GroupID: "g", URL: "https://example.org/p", ImageURL: "https://example.org/p.jpg",
		AvailableAt: time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC), ExpiresAt: time.Date(2027, 5, 1, 0, 0, 0, 1000, time.UTC),
		Sensitive: true, UpdatedAt: time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC),
	}
}

func products(n int) []scoring.Product {
	all := make([]scoring.Product, n)
	for i := range all {
		all[i] = scoring.Product{ID: scoring.ProductID(fmt.Sprintf("p%05d", i))}
	}
	return all
}

// productIDs lists what EachProduct gives after an id.
func (e *env) productIDs(site scoring.SiteID, after scoring.ProductID) []string {
	e.Helper()
	var ids []string
	e.must(e.EachProduct(e.ctx, site, after, func(p scoring.Product) bool {
		ids = append(ids, string(p.ID))
		return true
	}))
	return ids
}

var productPromises = []promise{
	{"AreKeptWhole", func(e *env) {
		want := richProduct("a")
		put, err := e.PutProducts(e.ctx, shop, []scoring.Product{want, {ID: "bare"}})
		e.must(err)
		want.Revision = put[0].Revision
		for range 2 {
			got, err := e.Product(e.ctx, shop, "a")
			e.must(err)
			if !reflect.DeepEqual(got, want) || !reflect.DeepEqual(put[0], want) {
				e.Errorf("got %+v\nput %+v\nwant %+v", got, put[0], want)
			}
			bare, err := e.Product(e.ctx, shop, "bare")
			e.must(err)
			if !reflect.DeepEqual(bare, put[1]) {
				e.Errorf("got %+v, want %+v", bare, put[1])
			}
			e.reopen()
		}
	}},
	{"NotThereIsErrNotFound", func(e *env) {
		_, err := e.Product(e.ctx, shop, "p")
		e.wantError(err, store.ErrNotFound)
		_, err = e.Product(e.ctx, "nowhere", "p")
		e.wantError(err, store.ErrNotFound)
		_, err = e.PutProducts(e.ctx, "nowhere", products(1))
		e.wantError(err, store.ErrNotFound)
		_, err = e.DeleteProducts(e.ctx, "nowhere", []scoring.ProductID{"p"})
		e.wantError(err, store.ErrNotFound)
	}},
	{"RevisionsGrowWithEveryChange", func(e *env) {
		last := uint64(0)
		for i := range 6 {
			put, err := e.PutProducts(e.ctx, shop, []scoring.Product{{ID: "p", Revision: 99}})
			e.must(err)
			if put[0].Revision <= last {
				e.Errorf("revision %d after %d", put[0].Revision, last)
			}
			last = put[0].Revision
			switch i % 3 {
			case 1:
				e.reopen()
			case 2:
				_, err := e.DeleteProducts(e.ctx, shop, []scoring.ProductID{"p"})
				e.must(err)
			}
		}
	}},
	{"EachProductIsInOrderFromTheFirstAfter", func(e *env) {
		_, err := e.PutProducts(e.ctx, shop, products(2000))
		e.must(err)
		_, err = e.PutProducts(e.ctx, other, []scoring.Product{{ID: "p00000x"}})
		e.must(err)
		for _, from := range []int{0, 1, 511, 512, 1999} {
			ids := e.productIDs(shop, scoring.ProductID(fmt.Sprintf("p%05d", from)))
			if len(ids) != 1999-from {
				e.Fatalf("%d products after %d", len(ids), from)
			}
			for i, id := range ids {
				if want := fmt.Sprintf("p%05d", from+1+i); id != want {
					e.Fatalf("product %s, want %s", id, want)
				}
			}
		}
		if ids := e.productIDs(shop, ""); len(ids) != 2000 {
			e.Errorf("%d products in all", len(ids))
		}
		if ids := e.productIDs(shop, "p00000a"); len(ids) != 1999 || ids[0] != "p00001" {
			e.Errorf("%d products after one that is not there", len(ids))
		}
	}},
	{"EachProductEndsWhenFnReturnsFalse", func(e *env) {
		_, err := e.PutProducts(e.ctx, shop, products(10))
		e.must(err)
		n := 0
		e.must(e.EachProduct(e.ctx, shop, "", func(scoring.Product) bool {
			n++
			return n < 3
		}))
		if n != 3 {
			e.Errorf("fn ran %d times", n)
		}
		e.wantError(e.EachProduct(e.ctx, "nowhere", "", func(scoring.Product) bool { return true }), store.ErrNotFound)
	}},
	{"EachProductLetsFnWrite", func(e *env) {
		_, err := e.PutProducts(e.ctx, shop, products(1200))
		e.must(err)
		n := 0
		e.must(e.EachProduct(e.ctx, shop, "", func(p scoring.Product) bool {
			if n%100 == 0 {
				if _, err := e.PutProducts(e.ctx, shop, []scoring.Product{p}); err != nil {
					e.Error(err)
				}
			}
			n++
			return true
		}))
		if n != 1200 {
			e.Errorf("fn ran %d times", n)
		}
	}},
	{"PutWritesAllOrNone", func(e *env) {
		if _, err := e.PutProducts(e.ctx, shop, []scoring.Product{{ID: "good"}, {ID: ""}}); err == nil {
			e.Error("a product without id was taken")
		}
		if ids := e.productIDs(shop, ""); len(ids) != 0 {
			e.Errorf("products %v", ids)
		}
	}},
	{"DeleteReturnsHowManyWereThere", func(e *env) {
		_, err := e.PutProducts(e.ctx, shop, products(3))
		e.must(err)
		n, err := e.DeleteProducts(e.ctx, shop, []scoring.ProductID{"p00000", "nothing", "p00002", "p00002"})
		if n != 2 || err != nil {
			e.Errorf("%d, %v", n, err)
		}
		for range 2 {
			if got := strings.Join(e.productIDs(shop, ""), " "); got != "p00001" {
				e.Errorf("left are %s", got)
			}
			e.reopen()
		}
	}},
	{"ConcurrentChangesAllCount", func(e *env) {
		inParallel(8, func(i int) {
			for n := range 25 {
				_, err := e.PutProducts(e.ctx, shop, []scoring.Product{{ID: scoring.ProductID(fmt.Sprintf("%d-%d", i, n))}})
				if err != nil {
					e.Error(err)
				}
			}
		})
		if ids := e.productIDs(shop, ""); len(ids) != 200 {
			e.Errorf("%d products", len(ids))
		}
	}},
}

var placementPromises = []promise{
	{"AreKeptWholeAndInOrder", func(e *env) {
		want := scoring.Placement{
			ID: "b", DisplayName: "B", PageType: scoring.PageHome, Count: 8,
			Products: scoring.ProductRules{
				Filter: "true", ShowBought: true, BoughtWindow: time.Hour, ShowInCart: true, RepeatPolicy: scoring.RepeatExclude,
				Pinned: []scoring.ProductID{"p"}, FallbackFirst: []scoring.ProductID{"q"},
			},
			Creatives: &scoring.CreativeRules{Formats: []string{"f"}, Sizes: []scoring.CreativeSize{{Width: 1, Height: 2}}},
			UpdatedAt: time.Date(2026, 3, 1, 0, 0, 0, 1000, time.UTC),
		}
		put, err := e.PutPlacement(e.ctx, shop, want)
		e.must(err)
		_, err = e.PutPlacement(e.ctx, shop, scoring.Placement{ID: "a"})
		e.must(err)
		_, err = e.PutPlacement(e.ctx, other, scoring.Placement{ID: "c"})
		e.must(err)
		want.Revision = put.Revision
		for range 2 {
			got, err := e.Placements(e.ctx, shop)
			e.must(err)
			if len(got) != 2 || got[0].ID != "a" || !reflect.DeepEqual(got[1], want) || !reflect.DeepEqual(put, want) {
				e.Errorf("got %+v\nput %+v\nwant %+v", got, put, want)
			}
			e.reopen()
		}
	}},
	{"RevisionsGrowWithEveryChange", func(e *env) {
		last := uint64(0)
		for range 3 {
			put, err := e.PutPlacement(e.ctx, shop, scoring.Placement{ID: "p"})
			e.must(err)
			if put.Revision <= last {
				e.Errorf("revision %d after %d", put.Revision, last)
			}
			last = put.Revision
			e.must(e.DeletePlacement(e.ctx, shop, "p"))
		}
	}},
	{"NotThereIsErrNotFound", func(e *env) {
		e.wantError(e.DeletePlacement(e.ctx, shop, "p"), store.ErrNotFound)
		e.wantError(e.DeletePlacement(e.ctx, "nowhere", "p"), store.ErrNotFound)
		_, err := e.Placements(e.ctx, "nowhere")
		e.wantError(err, store.ErrNotFound)
		_, err = e.PutPlacement(e.ctx, "nowhere", scoring.Placement{ID: "p"})
		e.wantError(err, store.ErrNotFound)
	}},
}

var decisionPromises = []promise{
	{"IsFoundAtOnceAndAfterReopening", func(e *env) {
		want := richDecision("01")
		if !e.RecordDecision(shop, want) {
			e.Fatal("refused")
		}
		for range 3 {
			got, err := e.Decision(e.ctx, shop, "01")
			e.must(err)
			if !reflect.DeepEqual(got, want) {
				e.Errorf("got %+v\nwant %+v", got, want)
			}
			_, err = e.Decision(e.ctx, other, "01")
			e.wantError(err, store.ErrNotFound)
			e.reopen()
		}
	}},
	{"NeverMadeIsErrNotFound", func(e *env) {
		_, err := e.Decision(e.ctx, shop, "never")
		e.wantError(err, store.ErrNotFound)
		_, err = e.Decision(e.ctx, "nowhere", "never")
		e.wantError(err, store.ErrNotFound)
		if e.RecordDecision("nowhere", richDecision("01")) {
			e.Error("taken for a site that is not there")
		}
	}},
	{"AllThatWereTakenAreKept", func(e *env) {
		const callers, each = 8, 300
		var mu sync.Mutex
		taken := make(map[scoring.DecisionID]bool)
		inParallel(callers, func(i int) {
			for n := range each {
				d := richDecision(scoring.DecisionID(fmt.Sprintf("%04d-%d", n, i)))
				ok := e.RecordDecision(shop, d)
				mu.Lock()
				taken[d.ID] = ok
				mu.Unlock()
				if ok {
					if _, err := e.Decision(e.ctx, shop, d.ID); err != nil {
						e.Error(err)
					}
				}
				if n%10 == 0 {
					e.append(shop, view(scoring.VisitorID(fmt.Sprint("v", i)), n))
				}
			}
		})
		e.reopen()
		for id, ok := range taken {
			if _, err := e.Decision(e.ctx, shop, id); (err == nil) != ok {
				e.Errorf("decision %s: taken %v, found %v", id, ok, err)
			}
		}
	}},
}

func richDecision(id scoring.DecisionID) *scoring.Decision {
	return &scoring.Decision{
		ID: id, Time: time.Date(2026, 3, 1, 12, 0, 0, 123_000, time.UTC), Visitor: "v", Person: "p",
		Context: scoring.Context{PageType: scoring.PageHome, LocalTime: time.Date(2026, 3, 1, 13, 0, 0, 0, time.UTC)},
		Mode:    scoring.ModeProfile, DataClasses: []scoring.DataClass{scoring.DataProfile},
		Placements: []scoring.FilledPlacement{{
			Placement: "home",
			Items: []scoring.Item{{Product: "a", Score: 0.1 + 0.2, Propensity: 0.7, Reasons: []scoring.Reason{
				{Kind: scoring.ReasonInterest, Share: 0.6, Facet: 1 << 47}, {Kind: scoring.ReasonInCart, Share: 0.4, Product: "b"},
			}}},
			NoFill:   scoring.NoFillFiltered,
			Rejected: []scoring.Rejected{{Product: "c", Rejection: scoring.RejectedInCart, Score: 0.01}},
		}},
	}
}
