package model

import (
	"math"
	"slices"
	"testing"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/blend"
	"github.com/vitrine-io/vitrine/scoring/catalog"
)

// aimsOf are all aims that a student is shown when a visit that looked at a goes
// on with that event, in their order.
func aimsOf(e *scoring.Event) (aims []Aim) {
	for chances := range 4 { // of which one in four is taken
		m := New(catalog.New())
		for range chances {
			m.blend.Due(0)
		}
		student := &notes{m: m}
		m.Learn(event(scoring.ProductViewed, "v", 0, "a"))
		m.Teach(student)
		m.Learn(e)
		var shown []Aim
		for _, s := range student.steps {
			shown = append(shown, s.Aims...)
		}
		if len(shown) > len(aims) {
			aims = shown
		}
	}
	return aims
}

func TestWhatAnEventTeachesBesideTheSharedWeights(t *testing.T) {
	const (
		own  = blend.Objective
		both = blend.Objective | blend.Set
	)
	on := func(e *scoring.Event, page scoring.PageType) *scoring.Event {
		e.Context = &scoring.Context{PageType: page}
		return e
	}
	led := func(e *scoring.Event, l scoring.Led) *scoring.Event {
		e.AttributionToken, e.Led = "token", &l
		return e
	}
	view := func() *scoring.Event { return event(scoring.ProductViewed, "v", 1, "b") }
	click := func() *scoring.Event { return event(scoring.ProductClicked, "v", 1, "b") }
	cart := func() *scoring.Event { return event(scoring.ProductAdded, "v", 1, "a") } // what is looked at
	order := func() *scoring.Event { return event(scoring.OrderCompleted, "v", 1, "a") }
	older := view()
	older.AttributionToken = "token of an earlier version"
	for _, test := range []struct {
		name  string
		event *scoring.Event
		want  []Aim
	}{
		{"a view", view(), nil},
		{"a view on the page that shows it", on(view(), scoring.PageProduct), nil},
		{"a click on the home page", on(click(), scoring.PageHome), []Aim{{blend.Home, scoring.ObjectiveClick, blend.Set, 1}}},
		{"a cart", cart(), []Aim{{0, scoring.ObjectiveCart, own, 1}}},
		{"a cart on a product's page", on(cart(), scoring.PageProduct), []Aim{{blend.Product, scoring.ObjectiveCart, both, 1}}},
		{"a wish", event(scoring.ProductWishlisted, "v", 1, "a"), nil},
		{"an order", order(), []Aim{{0, scoring.ObjectiveOrder, own, 1}, {0, scoring.ObjectiveRevenue, own, 1}}},
		{"led, but not known to what", older, nil},
		{"led by the first position", led(view(), scoring.Led{Page: scoring.PageCart}), []Aim{{blend.Cart, scoring.ObjectiveClick, both, 1}}},
		// (1+3)^0.5 = 2, over a propensity of 0.4
		{"led by the fourth, by chance", led(view(), scoring.Led{Page: scoring.PageHome, Position: 3, Propensity: 0.4}), []Aim{{blend.Home, scoring.ObjectiveClick, both, 5}}},
		{"led by mere chance", led(view(), scoring.Led{Position: 60, Propensity: 0.001}), []Aim{{blend.Home, scoring.ObjectiveClick, both, maxLedWeight}}},
		{"a cart that was led to", led(cart(), scoring.Led{Page: scoring.PageSearch, Position: 1}), []Aim{{blend.Search, scoring.ObjectiveCart, both, math.Sqrt2}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := aimsOf(test.event); !slices.Equal(got, test.want) {
				t.Errorf("taught %+v, want %+v", got, test.want)
			}
		})
	}
}

// What visitors were led to says what we showed: it never moves what all
// decisions share.
func TestLedStepsTeachNoSharedWeights(t *testing.T) {
	m := New(catalog.New())
	student := &notes{m: m}
	m.Teach(student)
	for k, id := range []scoring.ProductID{"a", "b", "c", "d", "e", "f", "g", "h", "i"} {
		e := event(scoring.ProductViewed, "v", float64(k), id)
		e.AttributionToken, e.Led = "token", &scoring.Led{Page: scoring.PageHome}
		m.Learn(e)
	}
	if len(student.steps) == 0 {
		t.Fatal("no step was shown")
	}
	for _, s := range student.steps {
		if s.Weight != 0 {
			t.Errorf("%+v weighs on what is shared", s)
		}
	}
}

func TestRevenueWeighsByTheMean(t *testing.T) {
	var r revenue
	for _, test := range []struct {
		amount   float64
		currency string
		want     float64
	}{
		{20, "EUR", 1},                // the mean so far
		{60, "EUR", 1.5},              // 60 / ((20+60)/2)
		{1, "EUR", 0.25},              // far below 27
		{3000, "JPY", 1},              // a mean of its own
		{1000, "EUR", 1000. / 270.25}, // ((81 + 1000) / 4)
		{100000, "EUR", 4},
		{0, "EUR", 1}, // not told
	} {
		if got := r.weigh(test.amount, test.currency); math.Abs(got-test.want) > 1e-9 {
			t.Errorf("%v %s weighs %v, want %v", test.amount, test.currency, got, test.want)
		}
	}
}

func TestALargeOrderTeachesBoundedly(t *testing.T) {
	m := New(catalog.New())
	student := &notes{m: m}
	m.Learn(event(scoring.ProductViewed, "v", 0, "a"))
	m.Teach(student)
	e := event(scoring.OrderCompleted, "v", 1, "a")
	for range 100 {
		e.Items = append(e.Items, e.Items[0])
	}
	m.Learn(e)
	outcomes := 0
	for _, s := range student.steps {
		if s.Weight == 0 {
			outcomes++
		}
	}
	if outcomes != maxTargets {
		t.Errorf("%d outcomes, want %d", outcomes, maxTargets)
	}
}
