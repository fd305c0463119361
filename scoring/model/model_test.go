package model

import (
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
)

func event(t scoring.EventType, who scoring.VisitorID, minutes float64, ids ...scoring.ProductID) *scoring.Event {
	e := &scoring.Event{Type: t, Visitor: who, Time: noon.Add(time.Duration(minutes * float64(time.Minute)))}
	for _, id := range ids {
		e.Items = append(e.Items, scoring.EventItem{Product: id, Quantity: 1})
	}
	return e
}

func (m *Model) number(id scoring.ProductID) catalog.Index { return m.products.Intern(id) }

func (m *Model) edge(from, to scoring.ProductID, now time.Time) Pair {
	pairs, _, f := m.Pairs(nil, m.number(from), now)
	for _, p := range pairs {
		if p.To == m.number(to) {
			return Pair{Next: p.Next * float32(f), Forward: p.Forward * float32(f), Backward: p.Backward * float32(f)}
		}
	}
	return Pair{}
}

func close32(a float32, b float64) bool { return math.Abs(float64(a)-b) < 1e-4 }

func TestPairs(t *testing.T) {
	for _, test := range []struct {
		name                    string
		events                  []*scoring.Event
		from, to                scoring.ProductID
		next, forward, backward float64
		after                   time.Duration
	}{
		{
			name: "right after",
			events: []*scoring.Event{
				event(scoring.ProductViewed, "v", 0, "a"), event(scoring.ProductViewed, "v", 0, "b"),
			},
			from: "a", to: "b", next: 1, forward: 1,
		}, {
			name: "before",
			events: []*scoring.Event{
				event(scoring.ProductViewed, "v", 0, "a"), event(scoring.ProductViewed, "v", 0, "b"),
			},
			from: "b", to: "a", backward: 1,
		}, {
			name: "two steps on",
			events: []*scoring.Event{
				event(scoring.ProductViewed, "v", 0, "a"), event(scoring.ProductViewed, "v", 0, "b"),
				event(scoring.ProductViewed, "v", 0, "c"),
			},
			from: "a", to: "c", forward: 0.7,
		}, {
			name: "there and back",
			events: []*scoring.Event{
				event(scoring.ProductViewed, "v", 0, "a"), event(scoring.ProductViewed, "v", 0, "b"),
				event(scoring.ProductViewed, "v", 0, "a"),
			},
			from: "a", to: "b", next: 1, forward: 1, backward: 1, // a-b forward, then b-a
		}, {
			name: "two visitors",
			events: []*scoring.Event{
				event(scoring.ProductViewed, "v", 0, "a"), event(scoring.ProductViewed, "w", 0, "b"),
			},
			from: "a", to: "b",
		}, {
			name: "another visit",
			events: []*scoring.Event{
				event(scoring.ProductViewed, "v", 0, "a"), event(scoring.ProductViewed, "v", 31, "b"),
			},
			from: "a", to: "b",
		}, {
			name: "an order weighs by the root of its weight",
			events: []*scoring.Event{
				event(scoring.ProductViewed, "v", 0, "a"), event(scoring.OrderCompleted, "v", 0, "b"),
			},
			from: "a", to: "b", next: math.Sqrt(6), forward: math.Sqrt(6),
		}, {
			name: "half is forgotten after 222 days",
			events: []*scoring.Event{
				event(scoring.ProductViewed, "v", 0, "a"), event(scoring.ProductViewed, "v", 0, "b"),
			},
			from: "a", to: "b", next: 0.5, forward: 0.5, after: 222 * 24 * time.Hour,
		}, {
			name: "looked at twice in a row",
			events: []*scoring.Event{
				event(scoring.ProductViewed, "v", 0, "a"), event(scoring.ProductViewed, "v", 0, "b"),
				event(scoring.ProductViewed, "v", 0, "b"),
			},
			from: "a", to: "b", next: 1, forward: 1,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := learned(test.events).edge(test.from, test.to, noon.Add(test.after))
			if !close32(got.Next, test.next) || !close32(got.Forward, test.forward) || !close32(got.Backward, test.backward) {
				t.Errorf("got %+v, want next %v, forward %v, backward %v", got, test.next, test.forward, test.backward)
			}
		})
	}
}

func TestTheWeakestPairGoes(t *testing.T) {
	m := New(catalog.New())
	for k := range maxPairs + 1 {
		who := scoring.VisitorID(fmt.Sprint(k))
		to := scoring.ProductID(fmt.Sprint("to", k))
		for n := range 2 {
			if k == 7 && n == 1 {
				continue // seen once only
			}
			m.Learn(event(scoring.ProductViewed, who, float64(40*n), "a"))
			m.Learn(event(scoring.ProductViewed, who, float64(40*n)+1, to))
		}
	}
	pairs, sessions, _ := m.Pairs(nil, m.number("a"), noon)
	if len(pairs) != maxPairs || math.Round(sessions) != 2*maxPairs+1 {
		t.Errorf("%d pairs of %v sessions, want %d of %d", len(pairs), sessions, maxPairs, 2*maxPairs+1)
	}
	if got := m.edge("a", "to7", noon); got.Next != 0 {
		t.Errorf("the weakest is still there: %+v", got)
	}
}

func TestPopularity(t *testing.T) {
	m := learned([]*scoring.Event{
		event(scoring.ProductViewed, "v", 0, "a"), event(scoring.OrderCompleted, "v", 0, "a"),
		event(scoring.OrderCompleted, "v", 0, "b"), event(scoring.OrderRefunded, "v", 0, "b"),
	})
	day := noon.Add(20 * time.Hour)
	p := m.Popularity(m.number("a"), day)
	if math.Abs(p.Fast-3.5) > 1e-4 { // (1 + 6) / 2 after its half-life
		t.Errorf("fast %v, want 3.5", p.Fast)
	}
	if want := 7 * math.Exp2(-20.0/160); math.Abs(p.Slow-want) > 1e-4 {
		t.Errorf("slow %v, want %v", p.Slow, want)
	}
	if p.Age != 20*time.Hour || p.Idle != 20*time.Hour {
		t.Errorf("age %v, idle %v", p.Age, p.Idle)
	}
	if p := m.Popularity(m.number("b"), day); p.Fast != 0 || p.Slow != 0 {
		t.Errorf("what was sent back still counts: %+v", p)
	}
	if p := m.Popularity(m.number("never"), day); p != (Popularity{}) {
		t.Errorf("never touched: %+v", p)
	}
}

// Who turns away at once makes a product no more popular.
func TestABounceCountsAgainst(t *testing.T) {
	m := New(catalog.New())
	bounce := event(scoring.ProductViewed, "w", 0, "a")
	bounce.Dwell = time.Second
	m.Learn(event(scoring.ProductViewed, "v", 0, "a"))
	m.Learn(bounce)
	if got := m.Popularity(m.number("a"), noon).Slow; math.Abs(got-0.5) > 1e-3 { // 1 - 0.5
		t.Errorf("popularity %v after a look and a bounce, want 0.5", got)
	}
	m.Learn(bounce)
	m.Learn(bounce)
	if got := m.Popularity(m.number("a"), noon).Slow; got != 0 {
		t.Errorf("popularity %v after more bounces, want 0", got)
	}
}

func TestChampions(t *testing.T) {
	f := scoring.Facet{Kind: scoring.FacetBrand, Value: "Acme"}.ID()
	m := New(catalog.New())
	for k := range 200 {
		e := event(scoring.ProductViewed, "v", float64(k), scoring.ProductID(fmt.Sprint(k)))
		e.Items[0].Facets = []scoring.FacetID{f}
		for range 1 + k%10 {
			m.Learn(e)
		}
	}
	n, _ := m.products.LookupFacet(f)
	got := m.Champions(nil, n)
	if len(got) != championsSize {
		t.Fatalf("%d champions, want %d", len(got), championsSize)
	}
	for _, champion := range got {
		i := champion.Product // 20 each of ten, nine, eight views; 64 are of six and more
		if p := m.Popularity(i, noon.Add(200*time.Minute)); p.Slow < 5.5 {
			t.Errorf("%s with %v is among the champions", m.products.ID(i), p.Slow)
		}
	}
}

func TestSessionsAreFiledWhenTheyEnd(t *testing.T) {
	m := learned([]*scoring.Event{
		event(scoring.ProductViewed, "v", 0, "a"), event(scoring.ProductViewed, "v", 1, "b"),
		event(scoring.ProductViewed, "alone", 1, "a"),
		event(scoring.ProductViewed, "w", 20, "c"),
	})
	if refs := m.RecentSessions(nil, m.number("a"), 10); len(refs) != 0 {
		t.Fatalf("sessions %v are filed while they are open", refs)
	}
	m.Learn(event(scoring.HomeViewed, "x", 32))
	refs := m.RecentSessions(nil, m.number("a"), 10)
	if len(refs) != 1 {
		t.Fatalf("sessions %v, want the one with two products", refs)
	}
	var into Steps
	s := m.Session(refs[0])
	if got, want := s.Products(&into), []catalog.Index{m.number("a"), m.number("b")}; !slices.Equal(got, want) {
		t.Errorf("session of %v, want %v", got, want)
	}
	if end, want := s.End(), SinceEpoch(noon.Add(time.Minute)); end != want {
		t.Errorf("ended %v after 2000, want %v", end, want)
	}
	if got := m.Stats(); got.Events != 5 || got.OpenSessions != 1 || got.Sessions != 1 || got.Products != 3 {
		t.Errorf("stats %+v", got) // w is open; home makes no session
	}
}

func TestRepeatRates(t *testing.T) {
	m := New(catalog.New())
	for k := range 1000 { // a b a: the third step always goes back one
		who := scoring.VisitorID(fmt.Sprint(k))
		for n, id := range []scoring.ProductID{"a", "b", "a"} {
			m.Learn(event(scoring.ProductViewed, who, float64(k)+float64(n)/10, id))
		}
	}
	now := noon.Add(1000 * time.Minute)
	rates := m.RepeatRates(2, false, now)
	if rates[1] < 0.95 || rates[0] > 0.02 || rates[2] != 0 {
		t.Errorf("rates %v; want the second from the end, nearly always", rates)
	}
	if one := m.RepeatRates(1, false, now); one[0] > 0.02 {
		t.Errorf("rates %v after one product; b always came next", one)
	}
	if none := New(catalog.New()).RepeatRates(3, false, now); none[0] != repeatPrior || none[2] != repeatPrior {
		t.Errorf("rates %v before anything was learned, want the prior", none)
	}
}

// A click in a list and the page it leads to are one step, not a return.
func TestAClickAndItsPageAreOneStep(t *testing.T) {
	m := New(catalog.New())
	for k := range 200 {
		who := scoring.VisitorID(fmt.Sprint(k))
		m.Learn(event(scoring.ProductClicked, who, float64(k), "a"))
		m.Learn(event(scoring.ProductViewed, who, float64(k)+0.1, "a"))
		m.Learn(event(scoring.ProductViewed, who, float64(k)+0.2, "b"))
	}
	if rates := m.RepeatRates(1, false, noon.Add(200*time.Minute)); rates[0] > 0.01 {
		t.Errorf("rates %v, want no returns", rates)
	}
}

func TestACrawlerTeachesLittle(t *testing.T) {
	m := New(catalog.New())
	for k := range 3000 {
		m.Learn(event(scoring.ProductViewed, "bot", float64(k)/10, scoring.ProductID(fmt.Sprint(k))))
	}
	if pairs, _, _ := m.Pairs(nil, m.number("2000"), noon); len(pairs) != 0 {
		t.Errorf("%d pairs learned from step 2,000 of a session", len(pairs))
	}
}

func TestLearnLaws(t *testing.T) {
	t.Run("visitors do not mix, in whatever order their events interleave", rapid.MakeCheck(func(t *rapid.T) {
		m := New(catalog.New())
		steps := rapid.SliceOfN(rapid.IntRange(0, 1), 2, 40).Draw(t, "who")
		for k, who := range steps {
			id := scoring.ProductID(fmt.Sprint(who, "-", k%5))
			m.Learn(event(scoring.ProductViewed, scoring.VisitorID(fmt.Sprint(who)), float64(k)/10, id))
		}
		for _, from := range []string{"0", "1"} {
			for k := range 5 {
				pairs, _, _ := m.Pairs(nil, m.number(scoring.ProductID(fmt.Sprint(from, "-", k))), noon)
				for _, p := range pairs {
					if string(m.products.ID(p.To))[:1] != from {
						t.Fatalf("%s-%d leads to %s", from, k, m.products.ID(p.To))
					}
				}
			}
		}
	}))
}

func TestReadBesideLearn(t *testing.T) {
	m := New(catalog.New())
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			var s Steps
			for {
				select {
				case <-done:
					return
				default:
				}
				for i := range m.products.Numbers() {
					n := catalog.Index(i)
					m.Pairs(nil, n, noon)
					m.Popularity(n, noon)
					for _, ref := range m.RecentSessions(nil, n, 50) {
						m.Session(ref).Products(&s)
					}
				}
				m.Popular(nil)
				m.RepeatRates(3, true, noon)
				m.Stats()
			}
		})
	}
	for _, e := range journal(7, 2000) {
		m.Learn(e)
	}
	close(done)
	readers.Wait()
}

// What we hand out says nothing about what visitors do.
func TestServedCreativesTeachNothing(t *testing.T) {
	products := catalog.New()
	m := New(products)
	at := time.Unix(1.7e9, 0)
	m.Learn(&scoring.Event{Type: scoring.CreativeServed, Visitor: "v", Time: at, Served: []scoring.Served{{Campaign: "c", Creative: "x"}}})
	if got := m.Stats(); got.Events != 1 || got.OpenSessions != 0 {
		t.Errorf("got %+v, want an event and no session", got)
	}
}
