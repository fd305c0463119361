package model

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
)

// visits lets a visitor look at products, a day for each list.
func visits(who scoring.VisitorID, day int, lists ...[]scoring.ProductID) (events []*scoring.Event) {
	for d, list := range lists {
		for k, id := range list {
			events = append(events, event(scoring.ProductViewed, who, float64((day+d)*minutesOfDay+k), id))
		}
	}
	return events
}

// trailOf is what the model holds of a visitor's visits that have ended.
func (m *Model) trailOf(who scoring.VisitorID) (list []scoring.ProductID) {
	for _, i := range m.trails.before(visitorKey(who)) {
		list = append(list, m.products.ID(i))
	}
	return list
}

func (m *Model) laterEdge(from, to scoring.ProductID, now time.Time) (p Pair, visits float64) {
	pairs, visits, factor := m.LaterPairs(nil, m.number(from), now)
	for _, p := range pairs {
		if p.To == m.number(to) {
			p.Forward, p.Backward = p.Forward*float32(factor), p.Backward*float32(factor)
			return p, visits * factor
		}
	}
	return Pair{}, visits * factor
}

func TestATrailHoldsTheLastProductsOfAllVisits(t *testing.T) {
	many := make([]scoring.ProductID, 14)
	for k := range many {
		many[k] = scoring.ProductID(fmt.Sprint("m", k))
	}
	for _, test := range []struct {
		name string
		days [][]scoring.ProductID
		want []scoring.ProductID
	}{
		{"of a visit that goes on nothing", [][]scoring.ProductID{{"a", "b"}}, nil},
		{"one visit", [][]scoring.ProductID{{"a", "b"}, {"z"}}, []scoring.ProductID{"a", "b"}},
		{"each product once, where it was last", [][]scoring.ProductID{{"a", "b"}, {"c", "a"}, {"z"}}, []scoring.ProductID{"b", "c", "a"}},
		{"15 products, the oldest go", [][]scoring.ProductID{{"a", "b"}, many, {"z"}}, append([]scoring.ProductID{"b"}, many...)},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := learned(visits("v", 0, test.days...)).trailOf("v"); !slices.Equal(got, test.want) {
				t.Errorf("%v, want %v", got, test.want)
			}
		})
	}
}

func TestPairsOverVisits(t *testing.T) {
	m := learned(visits("v", 0, []scoring.ProductID{"a", "b"}, []scoring.ProductID{"c", "d"}))
	now := noon.Add(24 * time.Hour)
	for _, test := range []struct {
		from, to                  scoring.ProductID
		forward, backward, visits float64
	}{
		{"b", "c", 1, 0, 1},     // the latest of the visit before
		{"a", "c", 0.7, 0, 0.7}, // one further back
		{"b", "d", 1, 0, 1},     // the second of the visit is as far from the one before
		{"c", "b", 0, 1, 0},     // nobody came back after c yet
		{"a", "b", 0, 0, 0.7},   // of one visit
	} {
		e, n := m.laterEdge(test.from, test.to, now)
		if !close32(e.Forward, test.forward) || !close32(e.Backward, test.backward) || math.Abs(n-test.visits) > 1e-4 {
			t.Errorf("%s to %s: %v forward, %v backward of %v visits, want %v, %v, %v", test.from, test.to, e.Forward, e.Backward, n, test.forward, test.backward, test.visits)
		}
	}
	if e := m.edge("b", "c", now); e != (Pair{}) {
		t.Errorf("products of two visits are a pair of one: %+v", e)
	}
}

// Those who came back are neighbours, with all that they had since; others are not.
func TestTrailsAreOfferedOnceTheVisitorIsBack(t *testing.T) {
	events := visits("once", 0, []scoring.ProductID{"a", "b"})
	events = append(events, visits("back", 1, []scoring.ProductID{"a", "b"}, []scoring.ProductID{"c"})...)
	events = append(events, quiet(5*minutesOfDay))
	m := learned(events)
	for _, id := range []scoring.ProductID{"a", "b", "c"} {
		refs := m.RecentTrails(nil, m.number(id), 10)
		if len(refs) != 1 {
			t.Fatalf("%d trails with %s, want that of the visitor who came back", len(refs), id)
		}
		var into Steps
		if got, want := m.Trail(refs[0]).Products(&into), []catalog.Index{m.number("a"), m.number("b"), m.number("c")}; !slices.Equal(got, want) {
			t.Errorf("with %s: %v, want %v", id, got, want)
		}
	}
}

func TestTheVisitorIdleLongestGoes(t *testing.T) {
	m := New(catalog.New())
	a := m.number("a")
	for n := range maxTrails {
		m.trails.extend(&session{key: uint64(n) + 1, end: instant(noon), products: []catalog.Index{a}})
	}
	m.trails.extend(&session{key: 1, end: instant(noon), products: []catalog.Index{a}}) // is back
	m.trails.extend(&session{key: 1 << 40, end: instant(noon), products: []catalog.Index{a}})
	for key, want := range map[uint64]int{1: 1, 2: 0, 3: 1, 1 << 40: 1} {
		if got := len(m.trails.before(key)); got != want {
			t.Errorf("visitor %d has %d products, want %d", key, got, want)
		}
	}
}

func TestTrailsSnapshotAndTail(t *testing.T) {
	var events []*scoring.Event
	for v := range 60 {
		who := scoring.VisitorID(fmt.Sprint("v", v))
		for d := range 1 + v%4 {
			list := []scoring.ProductID{scoring.ProductID(fmt.Sprint("p", (v+d)%9)), scoring.ProductID(fmt.Sprint("p", (v*3+d)%9))}
			events = append(events, visits(who, 2*d+v%2, list)...)
		}
	}
	events = inTime(events)
	whole := learned(events)
	half := learned(events[:len(events)/2])
	restored := New(catalog.New())
	if err := restored.Load(bytes.NewReader(save(t, half))); err != nil {
		t.Fatal(err)
	}
	for _, e := range events[len(events)/2:] {
		restored.Learn(e)
	}
	if !bytes.Equal(save(t, restored), save(t, whole)) {
		t.Error("a snapshot and the rest of the journal differ from all of it")
	}
}

func TestTrailsForget(t *testing.T) {
	events := visits("v", 0, []scoring.ProductID{"a", "x-to-go"}, []scoring.ProductID{"c"})
	t.Run("products", func(t *testing.T) {
		m := learned(append(slices.Clone(events), deleted(3*minutesOfDay, "x-to-go"), quiet(40*minutesOfDay)))
		if got := m.trailOf("v"); !slices.Equal(got, []scoring.ProductID{"a", "c"}) {
			t.Errorf("the trail is %v", got)
		}
		if m.knows("x-to-go") {
			t.Error("something of it is left")
		}
	})
	t.Run("visitors", func(t *testing.T) {
		m := learned(append(slices.Clone(events), quiet(3*minutesOfDay)))
		refs := m.RecentTrails(nil, m.number("a"), 10)
		m.Learn(&scoring.Event{Type: scoring.VisitorErased, Time: noon, Control: &scoring.Control{Visitor: VisitorHash("v")}})
		var into Steps
		if left := m.Trail(refs[0]).Products(&into); len(left) != 0 || m.trailOf("v") != nil {
			t.Errorf("%d products are left", len(left))
		}
		before := save(t, m)
		again := New(catalog.New())
		if err := again.Load(bytes.NewReader(before)); err != nil || !bytes.Equal(save(t, again), before) {
			t.Errorf("the snapshot after an erasure: %v", err)
		}
	})
}

// The first product of a new visit teaches, from the visits before it.
func TestTeachFromEarlierVisits(t *testing.T) {
	led := event(scoring.ProductViewed, "v", 2*minutesOfDay, "c")
	led.AttributionToken = "token"
	for _, test := range []struct {
		name string
		last *scoring.Event
		want []scoring.ProductID // the past of the step; nil: no step
	}{
		{"a visitor is back", event(scoring.ProductViewed, "v", 2*minutesOfDay, "c"), []scoring.ProductID{"a", "b"}},
		{"led by a decision of ours", led, nil},
		{"a visitor is new", event(scoring.ProductViewed, "w", 2*minutesOfDay, "c"), nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []scoring.ProductID
			for chances := range 4 { // one chance in four is taken
				m := learned(append(visits("v", 0, []scoring.ProductID{"a", "b"}), quiet(minutesOfDay)))
				for range chances {
					m.blend.Due(0)
				}
				student := &notes{m: m}
				m.Teach(student)
				m.Learn(test.last)
				for _, s := range student.steps {
					if len(s.Visit) > 0 {
						t.Errorf("the visit has %v", s.Visit)
					}
					if want := noon.Add(time.Minute); !s.PastEnd.Equal(want) {
						t.Errorf("the last visit ended %v, want %v", s.PastEnd, want)
					}
					for _, i := range s.Past {
						got = append(got, m.products.ID(i))
					}
				}
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("shown a past of %v, want %v", got, test.want)
			}
		})
	}
}
