package visitor

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/interest"
)

var (
	noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	acme = scoring.Facet{Kind: scoring.FacetBrand, Value: "Acme"}.ID()
)

// event is an event of that type, minutes after noon, about single pieces.
func event(t scoring.EventType, minutes int, products ...scoring.ProductID) *scoring.Event {
	e := &scoring.Event{Type: t, Time: noon.Add(time.Duration(minutes) * time.Minute)}
	for _, p := range products {
		e.Items = append(e.Items, scoring.EventItem{Product: p, Quantity: 1, Facets: []scoring.FacetID{acme}})
	}
	return e
}

func order(t scoring.EventType, minutes int, id scoring.OrderID, products ...scoring.ProductID) *scoring.Event {
	e := event(t, minutes, products...)
	e.Order = &scoring.Order{ID: id}
	return e
}

func with(e *scoring.Event, quantity int32) *scoring.Event {
	for i := range e.Items {
		e.Items[i].Quantity = quantity
	}
	return e
}

func stayed(e *scoring.Event, dwell time.Duration) *scoring.Event {
	e.Dwell = dwell
	return e
}

func fold(events ...*scoring.Event) *Profile {
	var p *Profile
	for _, e := range events {
		p = Apply(p, e)
	}
	return p
}

func TestTouchesStandInTheOrderOfTime(t *testing.T) {
	p := fold(
		event(scoring.ProductViewed, 0, "a"),
		event(scoring.ProductViewed, 10, "b"),
		event(scoring.HomeViewed, 11),
		event(scoring.ProductAdded, 5, "c"), // late
		event(scoring.ProductRemoved, 12, "c"),
	)
	var got []scoring.ProductID
	for _, touch := range p.Touches {
		got = append(got, touch.Product)
	}
	if want := []scoring.ProductID{"a", "c", "b"}; !reflect.DeepEqual(got, want) {
		t.Errorf("touches %v, want %v", got, want)
	}
	if !p.FirstSeen.Equal(noon) || !p.LastSeen.Equal(noon.Add(12*time.Minute)) || p.Events != 5 {
		t.Errorf("seen %v to %v, %d events", p.FirstSeen, p.LastSeen, p.Events)
	}
}

func TestCart(t *testing.T) {
	type cart map[scoring.ProductID]int32
	for _, test := range []struct {
		name   string
		events []*scoring.Event
		want   cart
	}{
		{"added twice", []*scoring.Event{
			event(scoring.ProductAdded, 0, "a"), with(event(scoring.ProductAdded, 1, "a", "b"), 2),
		}, cart{"a": 3, "b": 2}},
		{"removed", []*scoring.Event{
			with(event(scoring.ProductAdded, 0, "a", "b"), 2), event(scoring.ProductRemoved, 1, "a"),
			with(event(scoring.ProductRemoved, 1, "b"), 5),
		}, cart{"a": 1}},
		{"a removal never known in the cart", []*scoring.Event{
			event(scoring.ProductRemoved, 0, "a"),
		}, cart{}},
		{"a cart seen with its items replaces", []*scoring.Event{
			event(scoring.ProductAdded, 0, "a", "b"), with(event(scoring.CartViewed, 1, "b", "c"), 4),
		}, cart{"b": 4, "c": 4}},
		{"a cart seen without items says nothing", []*scoring.Event{
			event(scoring.ProductAdded, 0, "a"), event(scoring.CartViewed, 1),
		}, cart{"a": 1}},
		{"an order empties it", []*scoring.Event{
			event(scoring.ProductAdded, 0, "a", "b"), order(scoring.OrderCompleted, 1, "o", "a"),
		}, cart{}},
		{"a late order leaves what was put in since", []*scoring.Event{
			event(scoring.ProductAdded, 0, "a"), event(scoring.ProductAdded, 5, "b"),
			order(scoring.OrderCompleted, 1, "o", "a"),
		}, cart{"b": 1}},
		{"what was put in before an order does not come back late", []*scoring.Event{
			order(scoring.OrderCompleted, 5, "o", "a"), event(scoring.ProductAdded, 4, "a"),
		}, cart{}},
		{"a late removal spares what was put in since", []*scoring.Event{
			event(scoring.ProductAdded, 5, "a"), event(scoring.ProductRemoved, 4, "a"),
		}, cart{"a": 1}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := cart{}
			for _, c := range fold(test.events...).Cart {
				got[c.Product] = c.Quantity
			}
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("cart %v, want %v", got, test.want)
			}
		})
	}
}

func TestPurchases(t *testing.T) {
	type bought map[string]int32
	for _, test := range []struct {
		name   string
		events []*scoring.Event
		want   bought
	}{
		{"an order told in parts adds up", []*scoring.Event{
			order(scoring.OrderCompleted, 0, "o", "a"), with(order(scoring.OrderCompleted, 0, "o", "a", "b"), 2),
		}, bought{"o/a": 3, "o/b": 2}},
		{"a refund lowers its order", []*scoring.Event{
			with(order(scoring.OrderCompleted, 0, "o1", "a"), 3), order(scoring.OrderCompleted, 1, "o2", "a"),
			order(scoring.OrderRefunded, 2, "o1", "a"),
		}, bought{"o1/a": 2, "o2/a": 1}},
		{"a refund that names no known order takes from the newest", []*scoring.Event{
			with(order(scoring.OrderCompleted, 0, "o1", "a"), 3), with(order(scoring.OrderCompleted, 1, "o2", "a"), 2),
			with(order(scoring.OrderRefunded, 2, "C7", "a"), 4),
		}, bought{"o1/a": 1}}, // 2 off o2, 2 of 3 off o1
		{"a refund without items undoes the order", []*scoring.Event{
			order(scoring.OrderCompleted, 0, "o1", "a", "b"), order(scoring.OrderCompleted, 1, "o2", "a"),
			order(scoring.OrderRefunded, 2, "o1"),
		}, bought{"o2/a": 1}},
		{"a cancellation undoes the order", []*scoring.Event{
			order(scoring.OrderCompleted, 0, "o1", "a", "b"), order(scoring.OrderCancelled, 2, "o1"),
		}, bought{}},
		{"a refund that overtakes its order changes nothing", []*scoring.Event{
			order(scoring.OrderRefunded, 2, "o1", "a"), order(scoring.OrderCompleted, 0, "o1", "a"),
		}, bought{"o1/a": 1}},
		{"a late order stands in its place", []*scoring.Event{
			order(scoring.OrderCompleted, 9, "o2", "a"), order(scoring.OrderCompleted, 0, "o1", "a"),
			order(scoring.OrderRefunded, 10, "", "a"),
		}, bought{"o1/a": 1}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := bought{}
			for _, b := range fold(test.events...).Purchases {
				got[string(b.Order)+"/"+string(b.Product)] = b.Quantity
			}
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("bought %v, want %v", got, test.want)
			}
		})
	}
}

func TestInterestFollowsTheEvents(t *testing.T) {
	for _, test := range []struct {
		name   string
		events []*scoring.Event
		want   float32 // long-term, all events in one minute
	}{
		{"a view", []*scoring.Event{event(scoring.ProductViewed, 0, "a")}, 1},
		{"view, cart, order", []*scoring.Event{
			event(scoring.ProductViewed, 0, "a"), event(scoring.ProductAdded, 0, "a"),
			order(scoring.OrderCompleted, 0, "o", "a"),
		}, 10}, // 1 + 3 + 6
		{"a bounce takes back the click that led to it", []*scoring.Event{
			event(scoring.ProductViewed, 0, "a"), event(scoring.ProductClicked, 0, "b"), stayed(event(scoring.ProductViewed, 0, "b"), 2*time.Second),
		}, 1}, // 1 + 0.5 - 0.5
		{"bounces alone speak against it", []*scoring.Event{
			stayed(event(scoring.ProductViewed, 0, "a"), time.Second), stayed(event(scoring.ProductViewed, 0, "b"), time.Second),
		}, -1}, // -0.5 - 0.5
		{"a look of three seconds is one", []*scoring.Event{stayed(event(scoring.ProductViewed, 0, "a"), 3*time.Second)}, 1},
		{"put in and taken out", []*scoring.Event{
			event(scoring.ProductAdded, 0, "a"), event(scoring.ProductRemoved, 0, "a"),
		}, 1}, // 3 - 2
		{"ordered and sent back", []*scoring.Event{
			event(scoring.ProductViewed, 0, "a"), order(scoring.OrderCompleted, 0, "o", "a"),
			order(scoring.OrderRefunded, 0, "o", "a"),
		}, 1}, // 1 + 6 - 6
		{"one of two sent back", []*scoring.Event{
			with(order(scoring.OrderCompleted, 0, "o", "a"), 2), order(scoring.OrderRefunded, 0, "o", "a"),
		}, 6}, // the other one is still theirs
	} {
		t.Run(test.name, func(t *testing.T) {
			var got float32
			for _, e := range fold(test.events...).Interests.AppendAt(nil, noon) {
				got = e.Weight[interest.Long]
			}
			if got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// Touches and purchases of an order too large for either are the same products.
func TestTheFirstProductsOfALargeOrderStand(t *testing.T) {
	var ids []scoring.ProductID
	for i := range 60 {
		ids = append(ids, scoring.ProductID(rune('A'+i)))
	}
	p := fold(order(scoring.OrderCompleted, 0, "o", ids...))
	if len(p.Touches) != touchesOfEvent {
		t.Errorf("%d touches, want %d", len(p.Touches), touchesOfEvent)
	}
	for _, touch := range p.Touches {
		if _, ok := p.Bought(touch.Product); !ok {
			t.Errorf("%s was touched by an order and not bought", touch.Product)
		}
	}
}

func TestBought(t *testing.T) {
	p := fold(order(scoring.OrderCompleted, 0, "o1", "a"), order(scoring.OrderCompleted, 7, "o2", "a"))
	if at, ok := p.Bought("a"); !ok || !at.Equal(noon.Add(7*time.Minute)) {
		t.Errorf("bought a at %v, %v", at, ok)
	}
	if _, ok := p.Bought("b"); ok {
		t.Error("b was never bought")
	}
}

// Everything that an event may fill has ids of the greatest length at once.
func TestTheLongestIDsFit(t *testing.T) {
	const longest = 128 // by the contract
	id := func(parts ...any) string {
		s := fmt.Sprint(parts...)
		return strings.Repeat("x", longest-len(s)) + s
	}
	var p *Profile
	for minute := range 6 {
		for _, kind := range []scoring.EventType{scoring.ProductViewed, scoring.ProductListViewed, scoring.ProductAdded, scoring.OrderCompleted} {
			var ids []scoring.ProductID
			for k := range 100 {
				ids = append(ids, scoring.ProductID(id(minute, "-", k, "-", kind)))
			}
			e := event(kind, minute, ids...)
			if kind == scoring.OrderCompleted {
				e.Order = &scoring.Order{ID: scoring.OrderID(id(minute))}
			}
			if p = Apply(p, e); p.size() > MaxBytes {
				t.Fatalf("minute %d, %v: %d bytes", minute, kind, p.size())
			}
		}
	}
	if len(p.Touches) == 0 || len(p.Cart)+len(p.Purchases) == 0 {
		t.Errorf("%+v: nothing of it is kept", p)
	}
}
