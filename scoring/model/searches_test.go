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

func searchFor(query string, who scoring.VisitorID, minutes float64) *scoring.Event {
	e := event(scoring.ProductsSearched, who, minutes)
	e.SearchQuery = query
	return e
}

// shares are those of Searched, by product.
func (m *Model) shares(query string, minutes float64) map[scoring.ProductID]float64 {
	got := map[scoring.ProductID]float64{}
	for _, s := range m.Searched(nil, query, event(0, "", minutes).Time) {
		got[m.products.ID(s.Product)] += float64(s.Share)
	}
	return got
}

func TestSearched(t *testing.T) {
	// Each visitor does these things, one a minute.
	three := func(steps ...*scoring.Event) []*scoring.Event {
		var events []*scoring.Event
		for k := range 3 {
			for n, e := range steps {
				copied := *e
				copied.Visitor = scoring.VisitorID(fmt.Sprint("v", k))
				copied.Time = event(0, "", float64(10*k+n)).Time
				events = append(events, &copied)
			}
		}
		return events
	}
	view := func(id scoring.ProductID) *scoring.Event { return event(scoring.ProductViewed, "", 0, id) }
	clickIn := func(query string, id scoring.ProductID) *scoring.Event {
		e := event(scoring.ProductViewed, "", 0, id)
		e.Context = &scoring.Context{PageType: scoring.PageSearch, SearchQuery: query}
		return e
	}
	for _, test := range []struct {
		name   string
		events []*scoring.Event
		query  string
		want   map[scoring.ProductID]float64
	}{
		{
			"what was looked at after it, the sooner the more",
			three(searchFor("Sneakers", "", 0), view("a"), view("b")), "sneaker",
			map[scoring.ProductID]float64{"a": 3 / (3*1.7 + 5), "b": 3 * 0.7 / (3*1.7 + 5)},
		}, {
			"an order says more than a look",
			three(searchFor("sneakers", "", 0), view("a"), event(scoring.OrderCompleted, "", 0, "b")), "sneakers",
			map[scoring.ProductID]float64{"a": 3 / (3*5.2 + 5), "b": 3 * 4.2 / (3*5.2 + 5)}, // 6 x 0.7
		}, {
			"several words: all together, and each",
			three(searchFor("red shoes", "", 0), view("a")), "shoe in red",
			// of red and shoe; in is unknown, and so is the whole query
			map[scoring.ProductID]float64{"a": 2 * 3.0 / 8 / 4},
		}, {
			"several words, in whatever order",
			three(searchFor("red shoes", "", 0), view("a")), "SHOES, red",
			map[scoring.ProductID]float64{"a": 3.0 / 8},
		}, {
			"a click on the search page tells its words itself",
			three(clickIn("hat", "a")), "hat",
			map[scoring.ProductID]float64{"a": 3.0 / 8},
		}, {
			"a new search ends the one before",
			three(searchFor("hat", "", 0), searchFor("shoe", "", 0), view("a")), "hat",
			map[scoring.ProductID]float64{},
		}, {
			"a word two visitors typed does not speak",
			three(searchFor("hat", "", 0), view("a"))[:4], "hat",
			map[scoring.ProductID]float64{},
		}, {
			"what was looked at before it",
			three(view("a"), searchFor("hat", "", 0)), "hat",
			map[scoring.ProductID]float64{},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := learned(test.events).shares(test.query, 30)
			if len(got) != len(test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
			for id, want := range test.want {
				if math.Abs(got[id]-want) > 0.002 { // half an hour of a half-life of 60 days
					t.Errorf("%s has %.4f, want %.4f", id, got[id], want)
				}
			}
		})
	}
	t.Run("another visit", func(t *testing.T) {
		var events []*scoring.Event
		for k := range 3 {
			who := scoring.VisitorID(fmt.Sprint(k))
			events = append(events, searchFor("hat", who, 0), event(scoring.ProductViewed, who, 31, "a"))
		}
		if got := learned(inTime(events)).shares("hat", 40); len(got) > 0 {
			t.Errorf("got %v for what was looked at in another visit", got)
		}
	})
}

// A word's list is bounded, and what is turned to most stays on it.
func TestSearchedIsBounded(t *testing.T) {
	m := New(catalog.New())
	rng := rand.New(rand.NewPCG(1, 1))
	for k := range 2000 {
		who := scoring.VisitorID(fmt.Sprint(k))
		m.Learn(searchFor("gift", who, float64(k)))
		id := scoring.ProductID(fmt.Sprint("rare", rng.IntN(1000)))
		if k%10 == 0 {
			id = "often"
		}
		m.Learn(event(scoring.ProductViewed, who, float64(k), id))
	}
	got := m.shares("gift", 2000)
	if len(got) > wordProducts {
		t.Errorf("%d products of a word, want at most %d", len(got), wordProducts)
	}
	// One in ten, less what the newcomers to a full list are granted too much: at
	// most 1 in 48.
	if got["often"] < 0.1-1.0/wordProducts-0.01 || got["often"] > 0.11 {
		t.Errorf("share %.3f of what one in ten turned to", got["often"])
	}
}

func TestTalliesAreBounded(t *testing.T) {
	s := &tallies{size: 64, products: 4, floor: 1, halfLife: wordHalfLife}
	for k := range uint64(1000) {
		for range 1 + 10*(k%100/99) { // the hundredth of each hundred is used often
			s.add(k, k<<58, 1, 1, instant(noon))
		}
	}
	n, often := 0, 0
	s.each(func(x *tally) {
		n++
		if x.key%100 == 99 {
			often++
		}
	})
	if n != 64 || often < 8 {
		t.Errorf("%d tallies, %d of the 10 that are used often, want 64 and nearly all", n, often)
	}
}

// searching is a journal of visitors who search and look around, some late.
func searching(seed uint64, n int) []*scoring.Event {
	events := journal(seed, n)
	rng := rand.New(rand.NewPCG(seed, 3))
	words := []string{"red", "blue", "shoe", "hat", "a", "summer"}
	for _, e := range events {
		query := words[rng.IntN(len(words))]
		if rng.IntN(2) == 0 {
			query += " " + words[rng.IntN(len(words))]
		}
		switch rng.IntN(8) {
		case 0, 1:
			e.Type, e.Items, e.SearchQuery = scoring.ProductsSearched, nil, query
		case 2:
			e.Context = &scoring.Context{SearchQuery: query}
		}
	}
	return events
}

func TestSearchesSnapshotAndTail(t *testing.T) {
	events := searching(5, 3000)
	want := save(t, learned(events))
	for _, cut := range []int{0, 1, 700, 2999, 3000} {
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
	if len(learned(events).shares("red shoe", 0)) == 0 {
		t.Error("nothing was learned of the words")
	}
}

func TestSearchesForget(t *testing.T) {
	m := learned(searching(6, 1500))
	gone := m.number("p3")
	if m.shares("red", 0)["p3"] == 0 {
		t.Fatal("p3 was never turned to")
	}
	m.searches.forget(func(i catalog.Index) bool { return i == gone })
	if m.shares("red", 0)["p3"] != 0 {
		t.Error("a forgotten product is still found")
	}
}
