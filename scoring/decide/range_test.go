package decide

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
)

// opening is a shop that has seen nobody: forty pairs of shoes, five hats, five tents
// and five lamps, of which the first of each is sold out.
func opening() *shop {
	none := int64(0)
	var list []*scoring.Product
	for _, kind := range []struct {
		name string
		n    int
	}{{"shoe", 40}, {"hat", 5}, {"tent", 5}, {"lamp", 5}} {
		for k := range kind.n {
			p := product(scoring.ProductID(fmt.Sprintf("%s%02d", kind.name, k)), kind.name+"s", "Acme")
			if k == 0 {
				p.Stock = &none
			}
			list = append(list, p)
		}
	}
	return newShop(list...)
}

func (s *shop) offered(id scoring.ProductID, at time.Time) {
	p := *s.products.Product(s.index(id))
	p.AvailableAt = at
	s.products.Put(&p)
}

func TestTheFirstVisitorOfANewShop(t *testing.T) {
	for _, test := range []struct {
		name  string
		setup func(s *shop) *Page
		first []scoring.ProductID // in this order
		kinds int                 // of products among eight, at least
	}{
		{"of each kind some", func(*shop) *Page { return page(nil, 0, 8) }, nil, 4},
		{"the newest first", func(s *shop) *Page {
			s.offered("hat03", noon.Add(-time.Hour))
			s.offered("shoe07", noon.AddDate(0, 0, -3))
			s.offered("tent02", noon.AddDate(0, 0, 3)) // not yet
			return page(nil, 0, 8)
		}, []scoring.ProductID{"hat03", "shoe07"}, 4},
		{"what the first few turned to, then of each kind some", func(s *shop) *Page {
			s.views("a", -30, "lamp02", "lamp03")
			s.views("b", -20, "lamp02")
			return page(nil, 0, 8)
		}, []scoring.ProductID{"lamp02", "lamp03"}, 4},
		{"a page of bought together is as full", func(*shop) *Page { return asks(scoring.StrategyBoughtTogether, nil, 8) }, nil, 4},
		{"within a filter", func(*shop) *Page {
			p := page(nil, 0, 8)
			p.Slots[0].Filters = []Filter{inCategory("shoes")}
			return p
		}, nil, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := opening()
			p := test.setup(s)
			f := s.decider.Decide(p)[0]
			got := ids(f)
			if len(got) != 8 || f.NoFill != 0 || !slices.Equal(got[:len(test.first)], test.first) {
				t.Errorf("got %v (%d), want eight, %v first", got, f.NoFill, test.first)
			}
			found := map[scoring.ProductID]bool{}
			for k, it := range f.Items {
				found[it.Product[:3]] = true
				if n := string(it.Product); n[len(n)-2:] == "00" || it.Product == "tent02" && test.first != nil && test.first[0] == "hat03" {
					t.Errorf("%s is not to be had", it.Product)
				}
				// Nobody has looked at it: it is not popular.
				if k >= len(test.first) && (len(it.Reasons) == 0 || it.Reasons[0].Kind != scoring.ReasonFallback) {
					t.Errorf("%s for %+v", it.Product, it.Reasons)
				}
			}
			if len(found) < test.kinds {
				t.Errorf("%d kinds of products: %v", len(found), got)
			}
		})
	}
}

// inCategory is a filter.
type inCategory string

func (c inCategory) Passes(p *scoring.Product) bool { return slices.Contains(p.Categories, string(c)) }

// A product that came today, and that nobody has seen, is shown to who likes its kind,
// and to no others.
func TestANewProductFindsItsVisitors(t *testing.T) {
	for _, test := range []struct {
		viewed scoring.ProductID
		found  bool
	}{{"shoe", true}, {"hat", false}} {
		s := mall()
		for k := range 40 { // far more popular than the new ones will be
			s.views(v(k), float64(-30*days+120*k), "shoe", "shoe2")
			s.views(v(k), float64(-30*days+120*k+40), "hat", "cap")
			s.views(v(k), float64(-30*days+120*k+80), "laces", "wax")
		}
		for k := range 30 {
			p := product(scoring.ProductID(fmt.Sprint("wear", k)), "wear", "Zed")
			p.AvailableAt = noon.Add(-time.Minute)
			s.products.Put(p)
		}
		p := product("newshoe", "shoes", "Acme")
		p.AvailableAt = noon.Add(-time.Hour)
		s.products.Put(p)
		got := ids(s.decider.Decide(page(profile(s.event(scoring.ProductViewed, "me", -5, test.viewed)), 0, 6))[0])
		if slices.Contains(got, "newshoe") != test.found {
			t.Errorf("after looking at the %s: %v", test.viewed, got)
		}
	}
}

// What nobody has seen yet is taken to be as popular as its kind, until it shows by
// itself what it is.
func TestPopularKind(t *testing.T) {
	s := mall()
	for k := range 40 { // 40 days: the shop is known
		for n := range 10 {
			s.views(v(n), float64((k-40)*days+60*n), "shoe", "shoe2", "shoe3")
		}
	}
	shoes := s.learned.Popularity(s.index("shoe"), noon).Slow // as each of the three
	old := s.index("shoe")
	new1, new2 := product("new1", "shoes", "Acme"), product("new2", "shoes", "Acme")
	new1.AvailableAt, new2.AvailableAt = noon, noon.Add(-160*time.Hour) // a half-life ago
	s.products.Put(new1)
	s.products.Put(new2)
	// Three of five shoes, by category and brand alike, with five of the shop's mean.
	mean := 3 * shoes / 10 // of the ten products of the shop, new ones among them
	kind := (3*shoes + 5*mean) / (5 + 5)
	q := newQuery(s.decider)
	q.begin(page(nil, 0, 3))
	for _, test := range []struct {
		product *scoring.Product
		slow    float64 // what its own counter tells
		want    float64 // what it is taken for
	}{
		{s.products.Product(old), shoes, shoes},
		{new1, 0, kind},
		{new1, 2, 2 + 3*kind}, // three views in no time: as gamma has it, (2 + 1) / (1 / kind) more
		{new2, 0, 0.5 / (0.5 + 1/kind)},
		{new2, 4, 4 + 0.5*5/(0.5+1/kind)},
	} {
		i, _ := s.products.Lookup(test.product.ID)
		v := &view{candidate: &candidate{product: i}, at: test.product, offered: s.products.Offered(i)}
		v.pop.Slow = test.slow
		got := popularKind(q, v)
		if want := much(test.want) - much(test.slow); math.Abs(float64(got-want)) > 0.01 {
			t.Errorf("%s, seen %v: %v more, want %v", test.product.ID, test.slow, got, want)
		}
	}
}

// TestWhatWasOfferedInAnotherCenturyIsNotNew: nor does the time since run over.
func TestWhatWasOfferedInAnotherCenturyIsNotNew(t *testing.T) {
	for _, year := range []int{2, 1600, 1800, 1970, 2000} {
		p := product("old", "shoes", "Acme")
		p.AvailableAt = time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
		s := newShop(p)
		q := newQuery(s.decider)
		q.begin(page(nil, 0, 1))
		if x := q.isNewSince(q.products.Offered(0)); x > 1e-6 || q.justOffered(0) {
			t.Errorf("offered in %d: new by %v, just offered %v", year, x, q.justOffered(0))
		}
	}
}
