package model

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
)

// Each of ten visitors buys one of ten products and, ten days on, that one and
// another: of 20 products ordered, 10 had been bought before. A stranger would have
// ordered the first with the 1/10 that each has of all that is bought: 2 of 20.
func TestAgainOverChance(t *testing.T) {
	m := New(catalog.New())
	var events []*scoring.Event
	for k := range 10 {
		who := scoring.VisitorID(fmt.Sprint(k))
		mine, other := scoring.ProductID(fmt.Sprint("p", k)), scoring.ProductID(fmt.Sprint("p", (k+1)%10))
		events = append(events,
			&scoring.Event{Type: scoring.OrderCompleted, Visitor: who, Time: noon, Items: []scoring.EventItem{{Product: mine, Quantity: 1}}},
			&scoring.Event{Type: scoring.OrderCompleted, Visitor: who, Time: noon.Add(10 * day), Items: []scoring.EventItem{{Product: mine, Quantity: 1}, {Product: other, Quantity: 1}}})
	}
	for _, e := range inTime(events) {
		m.Learn(e)
	}
	now := noon.Add(10 * day)
	if got, want := m.again.overChance(instant(now)), (10.0+againTrust)/(2+againTrust); math.Abs(got-want) > 0.01 {
		t.Errorf("%v times likelier than by chance, want %v", got, want)
	}
}

// What is used up is bought again more often than by chance, what lasts less often,
// and in a shop of nothing but what lasts that holds for products nobody knows yet.
func TestAgainTellsWhatComesBack(t *testing.T) {
	m, now := household(60)
	r := m.Rebuying(now)
	_, coffee := r.Due(m.number("coffee0"), m.Categories(nil, m.number("coffee0")), now.Add(-30*day))
	_, tv := r.Due(m.number("tv0"), m.Categories(nil, m.number("tv0")), now.Add(-30*day))
	if coffee < 1.5 || tv > 0.75 {
		t.Errorf("coffee %.2f, a TV %.2f: want above 1.5 and below 0.75", coffee, tv)
	}

	lasting := New(catalog.New())
	for k := range 400 {
		lasting.Learn(&scoring.Event{
			Type: scoring.OrderCompleted, Visitor: scoring.VisitorID(fmt.Sprint(k % 100)), Time: noon.Add(time.Duration(k) * day / 2),
			Items: []scoring.EventItem{{Product: scoring.ProductID(fmt.Sprint("p", (k%100+7*(k/100))%40)), Quantity: 1}}, // four different ones each
		})
	}
	r = lasting.Rebuying(noon.Add(200 * day))
	if _, again := r.Due(lasting.number("new"), nil, noon.Add(190*day)); again > 0.5 {
		t.Errorf("%.2f in a shop where nothing is bought twice, want below 0.5", again)
	}
}
