package model

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
)

// come are views of a product by so many visitors of a context, each of their own.
func come(c *scoring.Context, visitors int, id scoring.ProductID) []*scoring.Event {
	var events []*scoring.Event
	for k := range visitors {
		e := event(scoring.ProductViewed, scoring.VisitorID(fmt.Sprint(c.Country, c.City, c.Campaign, id, k)), 0, id)
		e.Context = c
		events = append(events, e)
	}
	return events
}

// lifts are how many times as much a product is turned to in each setting of a page.
func (m *Model) lifts(c *scoring.Context, id scoring.ProductID) map[Trait]float64 {
	got := map[Trait]float64{}
	i := m.number(id)
	shares := m.Shares(noon)
	share := shares.Of(i)
	for _, s := range m.Settings(nil, c, noon) {
		var turned float64
		for _, x := range s.Turned {
			if x.Product == i {
				turned = float64(x.Weight)
			}
		}
		got[s.Trait] = math.Exp(float64(s.Lift(turned, share)))
	}
	return got
}

func TestContexts(t *testing.T) {
	lyon := &scoring.Context{Country: "FR", Region: "ARA", City: "Lyon", Campaign: "spring", Device: scoring.DevicePhone}
	nice := &scoring.Context{Country: "FR", Region: "PAC", City: "Nice", Device: scoring.DevicePhone}
	rome := &scoring.Context{Country: "IT", City: "Roma", Device: scoring.DevicePhone}
	var events []*scoring.Event
	events = append(events, come(lyon, 40, "scarf")...)
	events = append(events, come(lyon, 210, "umbrella")...)
	events = append(events, come(nice, 9, "hat")...) // too few visitors to tell of
	events = append(events, come(rome, 150, "hat")...)
	m := learned(events)
	all := 409.5 // views, and half a one for what was never seen
	for _, test := range []struct {
		name    string
		context *scoring.Context
		id      scoring.ProductID
		want    map[Trait]float64
	}{
		{"a city that is known well enough stands for its country", lyon, "scarf", map[Trait]float64{
			TraitPlace:  45 / (250*40.5/all + 5), // (40 + 5) / (expected + 5)
			TraitSource: 45 / (250*40.5/all + 5),
			TraitDevice: 45 / (409*40.5/all + 5),
		}},
		{"a city of which too little is known: its country", nice, "hat", map[Trait]float64{
			TraitPlace:  14 / (259*159.5/all + 5), // 9 of the 259 in France
			TraitDevice: 164 / (409*159.5/all + 5),
		}},
		{"what nobody there turns to", rome, "scarf", map[Trait]float64{
			TraitPlace:  5 / (150*40.5/all + 5),
			TraitDevice: 45 / (409*40.5/all + 5),
		}},
		{"however it is written", &scoring.Context{Country: "it", City: "ROMA"}, "hat", map[Trait]float64{
			TraitPlace: 155 / (150*159.5/all + 5),
		}},
		{"a place nobody came from", &scoring.Context{Country: "NO"}, "hat", map[Trait]float64{}},
		{"a page that tells nothing", &scoring.Context{}, "hat", map[Trait]float64{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := m.lifts(test.context, test.id)
			if len(got) != len(test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
			for trait, want := range test.want {
				if math.Abs(got[trait]-want) > 0.01 {
					t.Errorf("trait %d: %.3f times, want %.3f", trait, got[trait], want)
				}
			}
		})
	}
}

// Looking again does not make a product more liked; a cart does.
func TestAVisitCountsAProductOnce(t *testing.T) {
	c := &scoring.Context{Country: "FR"}
	var events []*scoring.Event
	for k := range 12 {
		for n := range 3 {
			e := event(scoring.ProductViewed, scoring.VisitorID(fmt.Sprint(k)), float64(n), "a")
			e.Context = c
			events = append(events, e)
			if n == 1 {
				b := *e
				b.Items = []scoring.EventItem{{Product: "b", Quantity: 1}}
				events = append(events, &b)
			}
		}
		put := event(scoring.ProductAdded, scoring.VisitorID(fmt.Sprint(k)), 3, "a")
		put.Context = c
		events = append(events, put)
	}
	m := learned(inTime(events))
	for _, x := range m.Settings(nil, c, noon)[0].Turned {
		want := map[scoring.ProductID]float64{"a": 12 * (1 + 3), "b": 12}[m.products.ID(x.Product)]
		if math.Abs(float64(x.Weight)-want) > 0.1 {
			t.Errorf("%s: %v, want %v", m.products.ID(x.Product), x.Weight, want)
		}
	}
}

// A list that is full still knows what is turned to most to a view, and how much what
// it does not have may be turned to at most.
func TestAFullContextKnowsItsFavourites(t *testing.T) {
	m := New(catalog.New())
	c := &scoring.Context{Country: "FR"}
	rng := rand.New(rand.NewPCG(1, 2))
	favourites := 0
	for k := range 20000 {
		id := scoring.ProductID(fmt.Sprint("p", rng.IntN(5000)))
		if k%100 == 0 {
			id = "favourite"
			favourites++
		}
		e := event(scoring.ProductViewed, scoring.VisitorID(fmt.Sprint(k)), 0, id)
		e.Context = c
		m.Learn(e)
	}
	s := m.Settings(nil, c, noon)[0]
	found := false
	for _, x := range s.Turned {
		if x.Product == m.number("favourite") {
			found = true
			if x.Weight != float32(favourites) {
				t.Errorf("the favourite has %v of %d views", x.Weight, favourites)
			}
		}
	}
	if !found || len(s.Turned) > contextProducts || s.least < 20000.0/5000 || s.least > 20000.0/contextProducts {
		t.Errorf("favourite found: %v; %d products; others have at most %v", found, len(s.Turned), s.least)
	}
}

// coming is a journal with contexts.
func coming(seed uint64, n int) []*scoring.Event {
	events := journal(seed, n)
	rng := rand.New(rand.NewPCG(seed, 7))
	for _, e := range events {
		if rng.IntN(5) > 0 {
			e.Context = &scoring.Context{
				Country: []string{"FR", "IT", ""}[rng.IntN(3)], City: fmt.Sprint(rng.IntN(4)),
				Campaign: []string{"", "spring"}[rng.IntN(2)], Device: scoring.DeviceType(rng.IntN(3)),
				Referrer: []string{"", "https://google.com/?q=red+hat"}[rng.IntN(2)],
			}
		}
	}
	return events
}

func TestContextsSnapshotAndTail(t *testing.T) {
	events := coming(9, 3000)
	want := save(t, learned(events))
	for _, cut := range []int{0, 1, 800, 2999, 3000} {
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
	m := learned(events)
	gone := m.number("p3")
	m.forget(func(i catalog.Index) bool { return i == gone })
	for _, s := range m.Settings(nil, &scoring.Context{Country: "FR", Device: scoring.DevicePhone}, noon) {
		for _, x := range s.Turned {
			if x.Product == gone {
				t.Error("a forgotten product is still liked")
			}
		}
	}
}

// Words that led a visitor to the shop count until the visit searches itself.
func TestArrivalWordsAreASearch(t *testing.T) {
	var events []*scoring.Event
	for k := range 6 {
		who := scoring.VisitorID(fmt.Sprint("v", k))
		landing := event(scoring.ProductViewed, who, float64(10*k), "hat")
		landing.Context = &scoring.Context{Referrer: "https://google.com/search?q=summer+hat"}
		later := event(scoring.ProductViewed, who, float64(10*k+2), "shoe")
		later.Context = landing.Context
		events = append(events, landing, searchFor("shoes", who, float64(10*k+1)), later)
	}
	m := learned(events)
	if got := m.shares("summer hat", 60); got["hat"] == 0 || got["shoe"] != 0 {
		t.Errorf("after arriving by summer hat: %v", got)
	}
	if got := m.shares("shoes", 60); got["shoe"] == 0 {
		t.Errorf("after searching for shoes: %v", got)
	}
}
