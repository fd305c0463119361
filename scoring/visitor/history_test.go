package visitor

import (
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vitrine-io/vitrine/scoring"
)

func euros(n int64) *scoring.Money { return &scoring.Money{Currency: "EUR", Nanos: n * 1e9} }

// did is an event about products, at a time of its own.
func did(t scoring.EventType, at time.Time, products ...scoring.ProductID) *scoring.Event {
	e := &scoring.Event{Type: t, Time: at}
	for _, id := range products {
		e.Items = append(e.Items, scoring.EventItem{Product: id, Quantity: 1, Facets: []scoring.FacetID{shoes, scoring.Facet{Kind: scoring.FacetTag, Value: string(id)}.ID()}})
	}
	return e
}

var (
	shoes  = scoring.Facet{Kind: scoring.FacetCategory, Value: "shoes"}.ID()
	viewed = EventTypesOf(scoring.ProductViewed)
	bought = EventTypesOf(scoring.OrderCompleted)
)

func historyOf(events ...*scoring.Event) History {
	var p *Profile
	for _, e := range events {
		p = Apply(p, e)
	}
	return p.History
}

func TestHistoryCountsInWindows(t *testing.T) {
	day := func(n int) time.Time { return noon.AddDate(0, 0, n) }
	h := historyOf(
		did(scoring.ProductViewed, day(0), "a"),
		did(scoring.ProductViewed, day(2), "a"),
		did(scoring.ProductViewed, day(3), "b"),
		did(scoring.ProductListViewed, day(3), "b"),
		did(scoring.OrderCompleted, day(4), "b", "c"),
		did(scoring.ProductViewed, day(1), "a"), // late
	)
	for _, test := range []struct {
		name  string
		got   int64
		want  int64
		about string
	}{
		{"all views", h.Times(&Deeds{Types: viewed}, day(-1)), 4, "days 0, 1, 2, 3"},
		{"of shoes", h.Times(&Deeds{Types: viewed, Facet: shoes}, day(-1)), 4, "all are shoes"},
		{"of another category", h.Times(&Deeds{Types: viewed, Facet: 1}, day(-1)), 0, ""},
		{"of a product", h.Times(&Deeds{Types: viewed, Product: "a"}, day(-1)), 3, "days 0, 1, 2"},
		{"after day 1", h.Times(&Deeds{Types: viewed, Product: "a"}, day(1)), 1, "day 2; what was at the very time is not after it"},
		{"just before day 1", h.Times(&Deeds{Types: viewed, Product: "a"}, day(1).Add(-time.Millisecond)), 2, "days 1, 2"},
		{"products", h.Products(&Deeds{Types: viewed, Facet: shoes}, day(-1)), 2, "a, b"},
		{"an order of two counts once", h.Times(&Deeds{Types: bought, Facet: shoes}, day(-1)), 1, ""},
		{"and has two products", h.Products(&Deeds{Types: bought}, day(-1)), 2, "b, c"},
		{"a list is about no product", h.Times(&Deeds{Types: EventTypesOf(scoring.ProductListViewed), Product: "b"}, day(-1)), 0, ""},
	} {
		if test.got != test.want {
			t.Errorf("%s: %d, want %d: %s", test.name, test.got, test.want, test.about)
		}
	}
}

func placed(id scoring.OrderID, at time.Time, lines ...scoring.EventItem) *scoring.Event {
	return &scoring.Event{Type: scoring.OrderCompleted, Time: at, Order: &scoring.Order{ID: id}, Items: lines}
}

func TestHistoryValue(t *testing.T) {
	day := func(n int) time.Time { return noon.AddDate(0, 0, n) }
	item := func(id scoring.ProductID, n int32, price *scoring.Money) scoring.EventItem {
		return scoring.EventItem{Product: id, Quantity: n, Price: price}
	}
	events := []*scoring.Event{
		placed("1", day(0), item("a", 2, euros(10)), item("b", 1, euros(5))), // 25
		placed("2", day(10), item("a", 3, euros(10))),                        // 30
		{Type: scoring.OrderCompleted, Time: day(20), Order: &scoring.Order{ID: "3", Revenue: euros(7)}, Items: []scoring.EventItem{item("c", 1, nil)}},
		placed("4", day(21), item("d", 1, &scoring.Money{Currency: "USD", Nanos: 99e9})), // another currency
		placed("1", day(0), item("e", 1, euros(1))),                                      // the first order, told on
	}
	check := func(name string, h History, orders, spent, since5 int64) {
		t.Helper()
		if h.Orders() != orders || h.Spent() != spent*1e9 || h.SpentAfter(day(5)) != since5*1e9 {
			t.Errorf("%s: %d orders of %d, %d after day 5; want %d, %d, %d", name, h.Orders(), h.Spent()/1e9, h.SpentAfter(day(5))/1e9, orders, spent, since5)
		}
	}
	check("all", historyOf(events...), 4, 25+30+7+1, 30+7)
	back := func(e *scoring.Event) History { return historyOf(append(events[:len(events):len(events)], e)...) }
	check("one of three comes back", back(&scoring.Event{
		Type: scoring.OrderRefunded, Time: day(22), Order: &scoring.Order{ID: "2"}, Items: []scoring.EventItem{item("a", 1, nil)},
	}), 4, 63-10, 37-10)
	check("more than the order had come back, of the newest", back(&scoring.Event{
		Type: scoring.OrderRefunded, Time: day(22), Order: &scoring.Order{ID: "return"}, Items: []scoring.EventItem{item("a", 4, nil)},
	}), 3, 63-30-10, 37-30) // all three of the second order and one of the first
	check("an order is cancelled", back(&scoring.Event{Type: scoring.OrderCancelled, Time: day(22), Order: &scoring.Order{ID: "1"}}), 3, 63-26, 37)
	check("one that is not known", back(&scoring.Event{Type: scoring.OrderCancelled, Time: day(22), Order: &scoring.Order{ID: "x"}}), 4, 63, 37)

	h := back(&scoring.Event{Type: scoring.OrderCancelled, Time: day(22), Order: &scoring.Order{ID: "4"}})
	if last, ok := h.LastOrder(); !ok || !last.Equal(day(20)) {
		t.Errorf("the last order that was kept is of %v", last)
	}
	if n := h.Times(&Deeds{Types: bought}, day(-1)); n != 4 { // two events of order 1, orders 2 and 3
		t.Errorf("bought %d times", n)
	}
}

func TestHistoryIsTheJourney(t *testing.T) {
	from := func(e *scoring.Event, c scoring.Context) *scoring.Event { e.Context = &c; return e }
	phone := scoring.Context{Source: "google", Medium: "cpc", Referrer: "https://www.google.com/search?q=me@example.com", Device: scoring.DevicePhone, Country: "FR"}
	desk := scoring.Context{Source: "newsletter", Medium: "email", Device: scoring.DeviceDesktop, Country: "DE", City: "Berlin"}
	h := historyOf(
		from(did(scoring.HomeViewed, noon), phone),
		from(did(scoring.ProductViewed, noon.Add(time.Minute), "a"), phone),
		from(did(scoring.ProductViewed, noon.Add(24*time.Hour), "b"), desk),
		did(scoring.OrderCompleted, noon.Add(24*time.Hour+10*time.Minute), "b", "c"),
	)
	wantFirst := Source{Time: noon, Device: scoring.DevicePhone, Source: "google", Medium: "cpc", Referrer: "google.com", Country: "FR"}
	wantLast := Source{Time: noon.Add(24 * time.Hour), Device: scoring.DeviceDesktop, Source: "newsletter", Medium: "email", Country: "DE", City: "Berlin"}
	if h.First() != wantFirst || h.Last() != wantLast || h.Here() != wantLast {
		t.Errorf("first %+v\nlast %+v\nhere %+v", h.First(), h.Last(), h.Here())
	}
	want := []Step{
		{Type: scoring.HomeViewed, Time: noon, Source: &wantFirst},
		{Type: scoring.ProductViewed, Product: "a", Time: noon.Add(time.Minute)},
		{Type: scoring.ProductViewed, Product: "b", Time: noon.Add(24 * time.Hour), Source: &wantLast},
		{Type: scoring.OrderCompleted, Time: noon.Add(24*time.Hour + 10*time.Minute)}, // of two products
	}
	if got := h.Journey(); !reflect.DeepEqual(got, want) {
		t.Errorf("journey\n%+v\nwant\n%+v", got, want)
	}
}

// A history that is full keeps orders longest, and the end of the journey.
func TestHistoryIsBounded(t *testing.T) {
	var p *Profile
	for n := range 3000 {
		at := noon.Add(time.Duration(n) * time.Hour)
		id := scoring.ProductID("product-" + string(rune('a'+n%26)) + string(rune('a'+n/26%26)))
		p = Apply(p, did(scoring.HomeViewed, at))
		p = Apply(p, did(scoring.ProductViewed, at, id))
		if n%100 == 0 {
			p = Apply(p, placed("", at, scoring.EventItem{Product: id, Quantity: 1, Price: euros(1)}))
		}
		if size := p.History.size(); size > maxHistory {
			t.Fatalf("%d bytes", size)
		}
	}
	h := p.History
	if n := h.Times(&Deeds{Types: bought}, time.Time{}); n != 30 {
		t.Errorf("%d of 30 orders are kept", n)
	}
	if n := h.Times(&Deeds{Types: viewed}, time.Time{}); n < 40 || n > 300 {
		t.Errorf("%d views are kept", n)
	}
	journey := h.Journey()
	if last := journey[len(journey)-2]; last.Type != scoring.HomeViewed {
		t.Errorf("the journey ends with %+v", last)
	}
	for n := range 100 {
		p = Apply(p, placed(scoring.OrderID(rune('a'+n)), noon.AddDate(1, 0, n), scoring.EventItem{Product: "p", Quantity: 1, Price: euros(1)}))
	}
	if n := p.History.Times(&Deeds{Types: bought}, time.Time{}); n < 50 || n > maxLines {
		t.Errorf("%d orders are kept", n)
	}
	if p.History.Orders() != 130 || p.History.Spent() != 130e9 {
		t.Errorf("%d orders of %d", p.History.Orders(), p.History.Spent()/1e9)
	}
}

// What is counted does not depend on the order in which events arrive, nor on packing.
func TestHistoryLaws(t *testing.T) {
	t.Run("late events count as those that came in time", rapid.MakeCheck(func(t *rapid.T) {
		n := rapid.IntRange(1, 40).Draw(t, "events")
		events := make([]*scoring.Event, n)
		for i := range events {
			kind := rapid.SampledFrom([]scoring.EventType{scoring.ProductViewed, scoring.ProductAdded, scoring.HomeViewed, scoring.OrderCompleted}).Draw(t, "type")
			products := rapid.SliceOfN(rapid.SampledFrom([]scoring.ProductID{"a", "b", "c"}), 0, 3).Draw(t, "products")
			events[i] = did(kind, noon.Add(time.Duration(rapid.IntRange(0, 200000).Draw(t, "second"))*time.Second), products...)
		}
		one := historyOf(events...)
		other := historyOf(rapid.Permutation(events).Draw(t, "order")...)
		for _, d := range []Deeds{{Types: viewed}, {Types: viewed | bought, Facet: shoes}, {Types: bought, Product: "a"}, {Types: viewed, Product: "b"}} {
			after := noon.Add(time.Duration(rapid.IntRange(0, 200000).Draw(t, "after")) * time.Second)
			var times int64
			products := map[scoring.ProductID]bool{}
			for _, e := range events {
				if d.Types&(1<<e.Type) == 0 || !e.Time.After(after) {
					continue
				}
				hit := d.Product == "" && d.Facet == 0
				for _, it := range told(e) {
					if d.Product == "" || d.Product == it.Product {
						products[it.Product], hit = true, true
					}
				}
				if hit {
					times++
				}
			}
			for _, h := range []History{one, other} {
				if got := h.Times(&d, after); got != times {
					t.Fatalf("%+v: %d times, want %d", d, got, times)
				}
				if got := h.Products(&d, after); got != int64(len(products)) {
					t.Fatalf("%+v: %d products, want %d", d, got, len(products))
				}
			}
		}
		if one.First() != other.First() || one.Orders() != other.Orders() {
			t.Fatalf("first %+v and %+v, %d and %d orders", one.First(), other.First(), one.Orders(), other.Orders())
		}
	}))
	t.Run("devices together count as one", rapid.MakeCheck(func(t *rapid.T) {
		var whole, one, other *Profile
		for i := range rapid.IntRange(1, 40).Draw(t, "events") {
			kind := rapid.SampledFrom([]scoring.EventType{scoring.ProductViewed, scoring.OrderCompleted, scoring.HomeViewed}).Draw(t, "type")
			e := did(kind, noon.Add(time.Duration(i)*time.Hour), rapid.SliceOfN(rapid.SampledFrom([]scoring.ProductID{"a", "b", "c"}), 0, 3).Draw(t, "products")...)
			if kind == scoring.OrderCompleted {
				e.Order = &scoring.Order{ID: scoring.OrderID(rapid.StringMatching("[op]").Draw(t, "order")), Revenue: euros(1)}
			}
			whole = Apply(whole, e)
			device := &one
			if rapid.Bool().Draw(t, "other") {
				device = &other
			}
			*device = Apply(*device, e)
		}
		merged := Merge(nil, one, other)
		h, m := whole.History, merged.History.whole()
		if !m.sound() {
			t.Fatalf("%+v", m)
		}
		for _, d := range []Deeds{{Types: viewed}, {Types: viewed, Facet: shoes}, {Types: viewed, Product: "a"}} {
			after := noon.Add(time.Duration(rapid.IntRange(-1, 40).Draw(t, "after")) * time.Hour)
			if h.Times(&d, after) != m.Times(&d, after) || h.Products(&d, after) != m.Products(&d, after) {
				t.Fatalf("%+v: %d and %d times", d, h.Times(&d, after), m.Times(&d, after))
			}
		}
		if h.First() != m.First() || h.Last() != m.Last() || h.Orders() != m.Orders() {
			t.Fatalf("first %v, %v, last %v, %v, orders %d, %d", h.First(), m.First(), h.Last(), m.Last(), h.Orders(), m.Orders())
		}
	}))
	t.Run("the packed bytes are sound", rapid.MakeCheck(func(t *rapid.T) {
		var p *Profile
		for _, e := range rapid.SliceOfN(eventGen(), 1, 60).Draw(t, "events") {
			p = Apply(p, e)
			if h := &p.History; len(h.first) > 0 && !h.sound() {
				t.Fatalf("after %+v: %+v", e, h)
			}
			if size := p.History.size(); size > maxHistory {
				t.Fatalf("%d bytes", size)
			}
		}
	}))
}

// BenchmarkHistory adds product views to a history that is full: what it costs an event
// beside all else that Apply does.
func BenchmarkHistory(b *testing.B) {
	events := make([]*scoring.Event, 256)
	for i := range events {
		events[i] = did(scoring.ProductViewed, noon, scoring.ProductID("sku-"+string(rune('a'+i%26))+string(rune('a'+i/26))))
		for f := range 6 {
			events[i].Items[0].Facets = append(events[i].Items[0].Facets, scoring.Facet{Kind: scoring.FacetTag, Value: string(rune('a' + (i*7+f*f)%60))}.ID())
		}
	}
	for _, late := range []bool{false, true} {
		b.Run(map[bool]string{false: "event=in order", true: "event=an hour late"}[late], func(b *testing.B) {
			var h History
			i := 0
			add := func() {
				at := noon.Add(time.Duration(i) * time.Minute)
				if late && i%2 == 1 {
					at = at.Add(-time.Hour)
				}
				h = h.Add(events[i*7919%len(events)], at)
				i++
			}
			for range 1000 {
				add()
			}
			b.ReportAllocs()
			for b.Loop() {
				add()
			}
		})
	}
	b.Run("ask=facet in a week", func(b *testing.B) {
		var h History
		for i := range 1000 {
			h = h.Add(events[i*7919%len(events)], noon.Add(time.Duration(i)*time.Minute))
		}
		d := Deeds{Types: viewed, Facet: shoes}
		b.ReportAllocs()
		for b.Loop() {
			h.Times(&d, noon)
		}
	})
}

// What comes late may show that two visits were one, or that the last began earlier.
func TestHistoryFindsTheLastVisitAgain(t *testing.T) {
	from := func(e *scoring.Event, medium string) *scoring.Event {
		e.Context = &scoring.Context{Medium: medium}
		return e
	}
	view := func(minutes int, medium string) *scoring.Event {
		return from(did(scoring.ProductViewed, noon.Add(time.Duration(minutes)*time.Minute), "a"), medium)
	}
	for _, test := range []struct {
		name   string
		events []*scoring.Event
		medium string
		began  int // minutes
		visits int
	}{
		{"two visits", []*scoring.Event{view(0, "email"), view(31, "social")}, "social", 31, 2},
		{"that were one", []*scoring.Event{view(0, "email"), view(31, "social"), view(20, "cpc")}, "email", 0, 1},
		{"the last began earlier", []*scoring.Event{view(0, "email"), view(100, "social"), view(80, "cpc")}, "cpc", 80, 2},
		{"in the first", []*scoring.Event{view(0, "email"), view(100, "social"), view(20, "cpc")}, "social", 100, 2},
		{"one between", []*scoring.Event{view(0, "email"), view(100, "social"), view(50, "cpc")}, "social", 100, 3},
	} {
		h := historyOf(test.events...)
		if last := h.Last(); last.Medium != test.medium || !last.Time.Equal(noon.Add(time.Duration(test.began)*time.Minute)) {
			t.Errorf("%s: the last visit came from %q at %v", test.name, last.Medium, last.Time)
		}
		visits := 0
		for _, s := range h.Journey() {
			if s.Source != nil {
				visits++
			}
		}
		if visits != test.visits {
			t.Errorf("%s: %d visits in the journey, want %d", test.name, visits, test.visits)
		}
	}
}
