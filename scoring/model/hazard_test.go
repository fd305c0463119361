package model

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
)

const day = 24 * time.Hour

func category(path string) []scoring.FacetID {
	var ids []scoring.FacetID
	for _, level := range scoring.CategoryLevels(path) {
		ids = append(ids, scoring.Facet{Kind: scoring.FacetCategory, Value: level}.ID())
	}
	return ids
}

// order is one of the products, days after noon.
func order(who scoring.VisitorID, days float64, path string, ids ...scoring.ProductID) *scoring.Event {
	e := event(scoring.OrderCompleted, who, days*24*60, ids...)
	e.Order = &scoring.Order{ID: scoring.OrderID(fmt.Sprint(who, "-", days))}
	for i := range e.Items {
		e.Items[i].Facets = category(path)
	}
	return e
}

// inTime tells events in the order of their times.
func inTime(events []*scoring.Event) []*scoring.Event {
	slices.SortStableFunc(events, func(a, b *scoring.Event) int { return a.Time.Compare(b.Time) })
	return events
}

// household is a year of a shop: coffee is bought again about every 30 days, of
// one of three brands, most often the same; a TV once.
func household(buyers int) (*Model, time.Time) {
	rng := rand.New(rand.NewPCG(7, 7))
	var events []*scoring.Event
	for k := range buyers {
		who := scoring.VisitorID(fmt.Sprint("v", k))
		coffee := k % 3
		for at := rng.Float64() * 60; at < 400; at += 30 + 3*rng.NormFloat64() {
			if rng.IntN(5) == 0 {
				coffee = rng.IntN(3)
			}
			events = append(events, order(who, at, "food/coffee", scoring.ProductID(fmt.Sprint("coffee", coffee))))
		}
		events = append(events, order(who, rng.Float64()*400, "electronics/tv", scoring.ProductID(fmt.Sprint("tv", rng.IntN(3)))))
	}
	products := catalog.New()
	for k := range 4 { // the fourth of each is new: nobody has bought it
		products.Put(&scoring.Product{ID: scoring.ProductID(fmt.Sprint("coffee", k)), Categories: []string{"food/coffee"}})
		products.Put(&scoring.Product{ID: scoring.ProductID(fmt.Sprint("tv", k)), Categories: []string{"electronics/tv"}})
	}
	products.Put(&scoring.Product{ID: "thing", Categories: []string{"things"}})
	m := New(products)
	for _, e := range inTime(events) {
		m.Learn(e)
	}
	return m, noon.Add(400 * day)
}

func TestWhatIsUsedUpComesBackAndWhatLastsDoesNot(t *testing.T) {
	m, now := household(60)
	rebuying := m.Rebuying(now)
	due := func(id scoring.ProductID, days float64) float64 {
		due, _ := rebuying.Due(m.number(id), m.Categories(nil, m.number(id)), now.Add(-time.Duration(days*24)*time.Hour))
		return due
	}
	kind := func(id scoring.ProductID, days float64) float64 {
		return rebuying.DueKind(m.Categories(nil, m.number(id)), now.Add(-time.Duration(days*24)*time.Hour))
	}
	for _, test := range []struct {
		name      string
		got       float64
		low, high float64
	}{
		{"coffee, bought a moment ago", due("coffee0", 0.1), 0, 0},
		{"coffee, after a week", due("coffee0", 8), 0, 0.5},
		{"coffee, after a month", due("coffee0", 30), 2, 20},
		{"another coffee, after a week", kind("coffee0", 8), 0, 0.5},
		{"another coffee, after a month", kind("coffee0", 30), 2, 20},
		{"a coffee nobody has bought yet, after a month", due("coffee3", 30), 2, 20},
		{"a TV, after a week", due("tv0", 8), 0, 0.5},
		{"a TV, after a month", due("tv0", 30), 0, 0.5},
		{"a TV, after half a year", due("tv0", 180), 0, 0.2},
		{"another TV, after half a year", kind("tv1", 180), 0, 0.2},
		{"a TV nobody has bought yet", due("tv3", 60), 0, 0.3},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.got < test.low || test.got > test.high {
				t.Errorf("due %.3f, want %v to %v", test.got, test.low, test.high)
			}
		})
	}
	best, most := 0.0, 0.0
	for days := 1.0; days < 90; days++ {
		if d := due("coffee0", days); d > most {
			best, most = days, d
		}
	}
	if best < 25 || best > 35 {
		t.Errorf("coffee is most due after %v days, want about 30", best)
	}
}

// Nothing known is no opinion; a category unheard of is as the shop in general.
func TestDueWithoutEvidence(t *testing.T) {
	m := New(catalog.New())
	for _, days := range []float64{1, 30, 400} {
		r := m.Rebuying(noon.Add(time.Duration(days * float64(day))))
		if due, again := r.Due(m.number("a"), nil, noon); math.Abs(due-1) > 1e-9 || math.Abs(again-1) > 1e-9 {
			t.Errorf("due %v, again %v after %v days in an empty shop, want 1", due, again, days)
		}
	}
	full, now := household(60)
	rebuying := full.Rebuying(now)
	shop, _ := rebuying.Due(full.number("never heard of"), nil, now.Add(-30*day))
	if thing, _ := rebuying.Due(full.number("thing"), full.Categories(nil, full.number("thing")), now.Add(-30*day)); thing != shop {
		t.Errorf("due %v, want the shop's %v", thing, shop)
	}
}

// The arithmetic of the table: four buy on day 0; one again on day 3, one on day
// 12, two never. The bins from 2 to 4 days and from 10 to 14 see 1 of 4 and 1 of 3.
func TestLifeTable(t *testing.T) {
	events := []*scoring.Event{
		order("a", 0, "c", "p"), order("b", 0, "c", "p"), order("c", 0, "c", "p"), order("d", 0, "c", "p"),
		order("a", 3, "c", "p"), order("b", 12, "c", "p"),
		order("x", 20, "other", "q"), // by now, what was bought at 0 has passed 14 days
	}
	m := learned(events)
	type seen struct{ risk, again float64 }
	want := map[int]seen{0: {4, 0}, 2: {4, 1}, 3: {3, 0}, 5: {3, 1}, 6: {0, 0}}
	// a's purchase of day 3 has passed 14 days by day 20 as well, b's of day 12 passed 7.
	for bin, w := range map[int]seen{0: {2, 0}, 2: {2, 0}, 3: {2, 0}, 5: {1, 0}} {
		want[bin] = seen{want[bin].risk + w.risk, want[bin].again}
	}
	l := m.hazard.products.peek(uint32(m.number("p"))).Load()
	for bin, w := range want {
		risk, again := l.at(bin)
		scale := 1 / lifeWeight(seconds(instant(noon)))
		// Half-life a year: purchases of day 12 weigh 2 % more than those of day 0.
		if math.Abs(risk*scale-w.risk) > 0.06 || math.Abs(again*scale-w.again) > 0.03 {
			t.Errorf("%v to %v days: %.2f at risk, %.2f again, want %v", lifeEdges[bin], lifeEdges[bin+1], risk*scale, again*scale, w)
		}
	}
}

func TestWhatWasSentBackWasNotBought(t *testing.T) {
	back := func(kind scoring.EventType, days float64, order scoring.OrderID, ids ...scoring.ProductID) *scoring.Event {
		e := event(kind, "a", days*24*60, ids...)
		e.Order = &scoring.Order{ID: order}
		return e
	}
	last := order("z", 500, "other", "q")
	for _, test := range []struct {
		name         string
		events, want []*scoring.Event
	}{
		{
			"the only purchase",
			[]*scoring.Event{order("a", 0, "c", "p"), back(scoring.OrderRefunded, 5, "a-0", "p")},
			nil,
		}, {
			"all of an order",
			[]*scoring.Event{order("a", 0, "c", "p", "q"), back(scoring.OrderCancelled, 5, "a-0")},
			nil,
		}, {
			"long after, when it has counted",
			[]*scoring.Event{order("a", 0, "c", "p"), order("b", 50, "c", "p"), back(scoring.OrderRefunded, 60, "a-0", "p")},
			[]*scoring.Event{order("b", 50, "c", "p")},
		}, {
			"the second one: the first goes on",
			[]*scoring.Event{order("a", 0, "c", "p"), order("a", 30, "c", "p"), back(scoring.OrderRefunded, 40, "a-30", "p")},
			[]*scoring.Event{order("a", 0, "c", "p")},
		}, {
			"the first one, by its number",
			[]*scoring.Event{order("a", 0, "c", "p"), order("a", 30, "c", "p"), back(scoring.OrderRefunded, 40, "a-0", "p")},
			[]*scoring.Event{order("a", 30, "c", "p")},
		}, {
			"one of two pieces: one is kept",
			[]*scoring.Event{twice(order("a", 0, "c", "p")), back(scoring.OrderRefunded, 5, "a-0", "p")},
			[]*scoring.Event{order("a", 0, "c", "p")},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, want := learned(append(test.events, last)), learned(append(test.want, last))
			f, _ := got.products.LookupFacet(category("c")[0])
			for _, l := range []*life{&got.hazard.same, &got.hazard.kind, &got.hazard.category(f).kind} {
				wanted := &want.hazard.same
				switch l {
				case &got.hazard.kind:
					wanted = &want.hazard.kind
				case &got.hazard.category(f).kind:
					wanted = &want.hazard.category(want.products.InternFacet(category("c")[0])).kind
				}
				for bin := range l {
					r, a := l.at(bin)
					wr, wa := wanted.at(bin)
					if math.Abs(r-wr)+math.Abs(a-wa) > 1e-6*lifeWeight(seconds(instant(noon))) {
						t.Errorf("%v days: %v %v, want %v %v", lifeEdges[bin], r, a, wr, wa)
					}
				}
			}
		})
	}
}

func twice(e *scoring.Event) *scoring.Event {
	for i := range e.Items {
		e.Items[i].Quantity = 2
	}
	return e
}

// Several lines of one order, and an order told in two events, are one purchase of
// the category.
func TestOneShoppingIsOnePurchase(t *testing.T) {
	m := learned([]*scoring.Event{
		order("a", 0, "c", "p", "q"), order("a", 0.1, "c", "r"), order("z", 500, "other", "x"),
	})
	f, _ := m.products.LookupFacet(category("c")[0])
	risk, again := m.hazard.category(f).kind.at(3)
	if one := lifeWeight(seconds(instant(noon))); math.Abs(risk/one-1) > 1e-3 || again != 0 {
		t.Errorf("%.2f purchases of the category, %v again, want 1 and 0", risk/one, again)
	}
}

func TestTheOldestPurchaseGoes(t *testing.T) {
	m := New(catalog.New())
	h := &m.hazard
	e := order("", 0, "c", "p")
	for k := range maxSpells + 10 {
		e.Visitor = scoring.VisitorID(fmt.Sprint(k / 2))
		h.buy(m, e, &e.Items[0], uint32(1e9+k*86400))
	}
	if len(h.spells) != maxSpells || len(h.last) != maxSpells/2 {
		t.Errorf("%d purchases of %d visitors, want %d of %d", len(h.spells), len(h.last), maxSpells, maxSpells/2)
	}
}

// A forgotten product leaves no number behind; its category keeps what it showed.
func TestHazardForgets(t *testing.T) {
	m := learned([]*scoring.Event{order("a", 0, "c", "p"), order("a", 30, "c", "q"), order("z", 100, "other", "x")})
	p := m.number("p")
	m.hazard.forget(func(i catalog.Index) bool { return i == p })
	if l := m.hazard.products.peek(uint32(p)); l.Load() != nil {
		t.Error("its life table is still there")
	}
	for _, s := range m.hazard.spells {
		if s.product == p {
			t.Error("a purchase still names it")
		}
	}
	m.Learn(event(scoring.OrderRefunded, "a", 101*24*60, "p")) // nothing is left to take back
	f, _ := m.products.LookupFacet(category("c")[0])
	if risk, again := m.hazard.category(f).kind.at(lifeBin(30)); risk == 0 || again == 0 {
		t.Error("the category has lost what it showed")
	}
	back := New(catalog.New())
	if err := back.Load(bytes.NewReader(save(t, m))); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(save(t, back), save(t, m)) {
		t.Error("the snapshot does not come back as it was")
	}
}

// shopping is a journal of orders and what became of them, some told late, over
// two years.
func shopping(seed uint64, n int) []*scoring.Event {
	rng := rand.New(rand.NewPCG(seed, 2))
	events := make([]*scoring.Event, n)
	for i := range events {
		days := 700 * float64(i) / float64(n)
		if rng.IntN(10) == 0 {
			days -= rng.Float64() * 40
		}
		who := scoring.VisitorID(fmt.Sprint("v", rng.IntN(1+n/30)))
		p := rng.IntN(12)
		e := order(who, days, fmt.Sprintf("c%d/d%d", p%2, p%4), scoring.ProductID(fmt.Sprint("p", p)), scoring.ProductID(fmt.Sprint("p", (p+4)%12)))
		e.Order.ID = scoring.OrderID(fmt.Sprint(rng.IntN(n)))
		switch rng.IntN(8) {
		case 0:
			e.Type = scoring.OrderRefunded
		case 1:
			e.Type, e.Items = scoring.OrderCancelled, nil
		}
		if rng.IntN(4) == 0 {
			e.Person = scoring.PersonID(who)
		}
		events[i] = e
	}
	return events
}

func TestHazardSnapshotAndTail(t *testing.T) {
	events := shopping(3, 3000)
	whole := learned(events)
	want := save(t, whole)
	for _, cut := range []int{0, 1, 800, 2999, 3000} {
		products := catalog.New()
		for i := 11; i >= 0; i-- {
			products.Intern(scoring.ProductID(fmt.Sprint("p", i)))
		}
		m := New(products)
		if err := m.Load(bytes.NewReader(save(t, learned(events[:cut])))); err != nil {
			t.Fatal(err)
		}
		for _, e := range events[cut:] {
			m.Learn(e)
		}
		if !bytes.Equal(save(t, m), want) {
			t.Errorf("cut at %d: the model differs from one that never stopped", cut)
		}
		for k := range 12 { // also what it says, for what is not saved can't differ there
			id := scoring.ProductID(fmt.Sprint("p", k))
			now := events[len(events)-1].Time
			bought := now.AddDate(0, 0, -25)
			again, once := m.Rebuying(now), whole.Rebuying(now)
			got, _ := again.Due(m.number(id), m.Categories(nil, m.number(id)), bought)
			if want, _ := once.Due(whole.number(id), whole.Categories(nil, whole.number(id)), bought); got != want || want == 1 {
				t.Errorf("cut at %d: %s is due by %v, want %v", cut, id, got, want)
			}
		}
	}
}
