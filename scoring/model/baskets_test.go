package model

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
)

// goesWith is what is learned of two products in baskets, as of noon.
type goesWith func(m *Model, dst []Pair, i catalog.Index, t time.Time) ([]Pair, float64, float64)

func inCarts(m *Model, dst []Pair, i catalog.Index, t time.Time) ([]Pair, float64, float64) {
	return m.Carted(dst, i, t)
}

func inOrders(m *Model, dst []Pair, i catalog.Index, t time.Time) ([]Pair, float64, float64) {
	return m.Ordered(dst, i, t)
}

// basket returns how often two products were together, and the one after the other,
// and the baskets with the first.
func (m *Model) basket(of goesWith, from, to scoring.ProductID) (with, after, baskets float64) {
	pairs, n, now := of(m, nil, m.number(from), noon)
	for _, p := range pairs {
		if p.To == m.number(to) {
			with, after = float64(p.Next)*now, float64(p.Forward)*now
		}
	}
	return with, after, n * now
}

// numbered gives an event the number of an order.
func numbered(e *scoring.Event, id scoring.OrderID) *scoring.Event {
	e.Order = &scoring.Order{ID: id}
	return e
}

func TestBaskets(t *testing.T) {
	view := func(minutes float64, id scoring.ProductID) *scoring.Event {
		return event(scoring.ProductViewed, "v", minutes, id)
	}
	put := func(minutes float64, id scoring.ProductID) *scoring.Event {
		return event(scoring.ProductAdded, "v", minutes, id)
	}
	bought := func(minutes float64, ids ...scoring.ProductID) *scoring.Event {
		return event(scoring.OrderCompleted, "v", minutes, ids...)
	}
	type want struct {
		of                  goesWith
		from, to            scoring.ProductID
		with, after, having float64
	}
	for _, test := range []struct {
		name   string
		events []*scoring.Event
		want   []want
	}{
		{
			"put in after others were looked at, the nearer the more",
			[]*scoring.Event{view(0, "a"), view(1, "b"), view(2, "c"), put(3, "c")},
			[]want{{inCarts, "b", "c", 0, 1, 0}, {inCarts, "a", "c", 0, 0.7, 0}, {inCarts, "c", "b", 0, 0, 1}, {inOrders, "b", "c", 0, 0, 0}},
		}, {
			"two in one cart go with each other",
			[]*scoring.Event{put(0, "a"), put(1, "b")},
			[]want{{inCarts, "a", "b", 1, 1, 1}, {inCarts, "b", "a", 1, 0, 1}},
		}, {
			"the same put in twice",
			[]*scoring.Event{put(0, "a"), put(1, "b"), put(2, "b")},
			[]want{{inCarts, "a", "b", 1, 1, 1}},
		}, {
			"the next visit has a new cart",
			[]*scoring.Event{put(0, "a"), put(40, "b")},
			[]want{{inCarts, "a", "b", 0, 0, 1}},
		}, {
			"an order pairs all its products, and what was looked at before with them",
			[]*scoring.Event{view(0, "x"), bought(1, "a", "b", "c")},
			[]want{
				{inOrders, "a", "b", 1, 0, 1}, {inOrders, "b", "a", 1, 0, 1}, {inOrders, "a", "c", 1, 0, 1},
				{inOrders, "x", "a", 0, 1, 0}, {inOrders, "x", "c", 0, 1, 0}, {inOrders, "a", "x", 0, 0, 1},
			},
		}, {
			"an order told product by product is one order",
			[]*scoring.Event{numbered(bought(0, "a"), "1"), numbered(bought(1, "b"), "1"), numbered(bought(2, "c"), "2")},
			[]want{{inOrders, "a", "b", 1, 1, 1}, {inOrders, "b", "c", 0, 1, 1}}, // after: c, in the same visit
		}, {
			"a refund of the whole order takes all of it back",
			[]*scoring.Event{view(0, "x"), numbered(bought(1, "a", "b"), "1"), numbered(event(scoring.OrderRefunded, "v", 900, "a", "b"), "1")},
			[]want{{inOrders, "a", "b", 0, 0, 0}, {inOrders, "b", "a", 0, 0, 0}, {inOrders, "x", "a", 0, 0, 0}, {inOrders, "x", "b", 0, 0, 0}},
		}, {
			"a cancellation names the order alone",
			[]*scoring.Event{view(0, "x"), numbered(bought(1, "a", "b"), "1"), bought(50, "a", "b"), numbered(event(scoring.OrderCancelled, "v", 900), "1")},
			[]want{{inOrders, "a", "b", 1, 0, 1}, {inOrders, "x", "a", 0, 0, 0}},
		}, {
			"one of three sent back",
			[]*scoring.Event{view(0, "x"), bought(1, "a", "b", "c"), event(scoring.OrderRefunded, "v", 900, "b")},
			[]want{
				{inOrders, "a", "b", 0, 0, 1}, {inOrders, "b", "a", 0, 0, 0}, {inOrders, "a", "c", 1, 0, 1},
				{inOrders, "x", "b", 0, 0, 0}, {inOrders, "x", "c", 0, 1, 0},
			},
		}, {
			"one piece of two sent back changes nothing",
			[]*scoring.Event{
				{Type: scoring.OrderCompleted, Visitor: "v", Time: noon, Items: []scoring.EventItem{{Product: "a", Quantity: 2}, {Product: "b", Quantity: 1}}},
				event(scoring.OrderRefunded, "v", 900, "a"),
			},
			[]want{{inOrders, "a", "b", 1, 0, 1}},
		}, {
			"erased: the cart and the orders go",
			[]*scoring.Event{
				view(0, "x"), bought(1, "a", "b"), view(2, "y"), put(3, "c"), put(4, "d"),
				{Type: scoring.VisitorErased, Time: noon, Control: &scoring.Control{Visitor: VisitorHash("v")}},
			},
			[]want{
				{inOrders, "a", "b", 0, 0, 0}, {inOrders, "x", "a", 0, 0, 0},
				{inCarts, "c", "d", 0, 0, 0}, {inCarts, "y", "c", 0, 0, 0},
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := learned(test.events)
			for _, w := range test.want {
				with, after, having := m.basket(w.of, w.from, w.to)
				if math.Abs(with-w.with)+math.Abs(after-w.after)+math.Abs(having-w.having) > 0.01 {
					t.Errorf("%s and %s: together %.2f, after %.2f of %.2f; want %v, %v of %v",
						w.from, w.to, with, after, having, w.with, w.after, w.having)
				}
			}
		})
	}
}

// A refund leaves co-visitation as if the products had been looked at alone.
func TestARefundTakesTheOrderOffCoVisitation(t *testing.T) {
	look := []*scoring.Event{
		event(scoring.ProductViewed, "v", 0, "x"), event(scoring.ProductViewed, "v", 1, "a"), event(scoring.ProductViewed, "v", 2, "b"),
	}
	other := event(scoring.OrderCompleted, "w", 0, "a", "b", "c")
	without := learned(append([]*scoring.Event{other}, look...))
	for _, sentBack := range [][]scoring.ProductID{{"a", "b", "c"}, {"b"}} {
		events := append([]*scoring.Event{other}, look...)
		events = append(events, event(scoring.OrderCompleted, "v", 3, "a", "b", "c"), event(scoring.OrderRefunded, "v", 900, sentBack...))
		with := learned(events)
		for _, from := range []scoring.ProductID{"x", "a", "b", "c"} {
			for _, to := range []scoring.ProductID{"x", "a", "b", "c"} {
				got, want := with.edge(from, to, noon), without.edge(from, to, noon)
				for k, d := range [...]float32{got.Next - want.Next, got.Forward - want.Forward, got.Backward - want.Backward} {
					if len(sentBack) == 1 && (to != "b" || from == "c" || k == 2) {
						continue // what was kept was ordered after b was looked at
					}
					if math.Abs(float64(d)) > 0.01 {
						t.Errorf("%v sent back, %s to %s: weight %d is %+v, want %+v", sentBack, from, to, k, got, want)
					}
				}
			}
		}
	}
}

// buying is a journal with orders of several products, told with and without a number,
// and sent back.
func buying(seed uint64, n int) []*scoring.Event {
	events := journal(seed, n)
	rng := rand.New(rand.NewPCG(seed, 5))
	for _, e := range events {
		switch e.Type {
		case scoring.OrderCompleted, scoring.OrderRefunded:
			for range rng.IntN(3) {
				e.Items = append(e.Items, events[rng.IntN(n)].Items[0])
			}
			if rng.IntN(2) == 0 {
				numbered(e, scoring.OrderID(fmt.Sprint(rng.IntN(20))))
			}
		}
	}
	return events
}

func TestBasketsSnapshotAndTail(t *testing.T) {
	events := buying(8, 4000)
	want := save(t, learned(events))
	for _, cut := range []int{0, 1, 900, 3999, 4000} {
		m := New(catalog.New())
		if err := m.Load(bytes.NewReader(save(t, learned(events[:cut])))); err != nil {
			t.Fatal(err)
		}
		for _, e := range events[cut:] {
			m.Learn(e)
		}
		if !bytes.Equal(save(t, m), want) {
			t.Errorf("cut at %d: the model differs from one that never stopped", cut)
		}
	}
}

// A list holds 32 and gives up the weakest; a product that is gone leaves no trace.
func TestBasketsAreBoundedAndForget(t *testing.T) {
	m := New(catalog.New())
	for k := range 2 * maxBasketPairs {
		who := scoring.VisitorID(fmt.Sprint(k))
		m.Learn(event(scoring.OrderCompleted, who, float64(k), "bread", scoring.ProductID(fmt.Sprint("p", k))))
		m.Learn(event(scoring.OrderCompleted, who+"'", float64(k), "bread", "butter"))
	}
	bread := m.number("bread")
	list, _, _ := m.Ordered(nil, bread, noon)
	if len(list) != maxBasketPairs {
		t.Errorf("%d products go with bread, want %d", len(list), maxBasketPairs)
	}
	if with, _, _ := m.basket(inOrders, "bread", "butter"); math.Abs(with-2*maxBasketPairs) > 0.1 {
		t.Errorf("butter went with it %.1f times, want %d", with, 2*maxBasketPairs)
	}
	butter := m.number("butter")
	m.forget(func(i catalog.Index) bool { return i == butter })
	if with, _, _ := m.basket(inOrders, "bread", "butter"); with != 0 {
		t.Error("bread still goes with butter, which is gone")
	}
	if list, _, _ := m.Ordered(nil, butter, noon); len(list) != 0 {
		t.Error("butter still goes with others")
	}
}

// What is learned of how long a product lasts is in the snapshot, too.
func TestProductsLivesAreInTheSnapshot(t *testing.T) {
	var events []*scoring.Event
	for k := range 20 {
		for month := range 5 {
			events = append(events, event(scoring.OrderCompleted, scoring.VisitorID(fmt.Sprint(k)), float64(month*30*24*60+k), "wax"))
		}
	}
	events = inTime(events)
	m := learned(events)
	restored := New(catalog.New())
	if err := restored.Load(bytes.NewReader(save(t, m))); err != nil {
		t.Fatal(err)
	}
	at := noon.Add(200 * 24 * time.Hour)
	bought := at.Add(-31 * 24 * time.Hour)
	before, after := m.Rebuying(at), restored.Rebuying(at)
	want, _ := before.Due(m.number("wax"), nil, bought)
	if got, _ := after.Due(restored.number("wax"), nil, bought); got != want {
		t.Errorf("after a restart wax is due %v, was %v", got, want)
	}
}
