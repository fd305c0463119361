package intent

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/interest"
	"github.com/vitrine-io/vitrine/scoring/logit"
	"github.com/vitrine-io/vitrine/scoring/visitor"
)

var opening = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// played is the profile after some events, each so long after the opening.
func played(events ...*scoring.Event) (p *visitor.Profile) {
	for _, e := range events {
		p = visitor.Apply(p, e)
	}
	return p
}

func did(kind scoring.EventType, at time.Duration, products ...scoring.ProductID) *scoring.Event {
	e := &scoring.Event{Type: kind, Visitor: "v", Time: opening.Add(at)}
	for _, p := range products {
		e.Items = append(e.Items, scoring.EventItem{Product: p, Quantity: 1, Facets: []scoring.FacetID{7, 8}})
	}
	return e
}

// A regular: three orders two weeks apart, and something in the cart.
func regular() *visitor.Profile {
	return played(
		did(scoring.OrderCompleted, 0, "a", "b"), did(scoring.OrderCompleted, 14*day, "a"), did(scoring.OrderCompleted, 28*day, "c"),
		did(scoring.ProductViewed, 30*day, "d"), did(scoring.ProductAdded, 30*day+time.Minute, "d"),
	)
}

func TestFactsOfAProfile(t *testing.T) {
	f := Of(regular(), opening.Add(31*day))
	for name, test := range map[string]struct {
		fact fact
		want float64
	}{
		"since the last order":   {sinceOrder, 3},
		"first seen":             {sinceFirst, 31},
		"orders":                 {orders, 3},
		"the last gap":           {orderGap, 14},
		"the rhythm":             {orderRhythm, 14},
		"the cart's age":         {sinceCart, 1},
		"products in it":         {cartProducts, 1},
		"products bought":        {products, 3},
		"looks, half a day each": {looksDay, 0.5}, // one, a day ago
		"never searched":         {sinceSearch, math.Inf(1)},
		"events":                 {events, 5},
	} {
		if got := float64(f[test.fact]); got != test.want && math.Abs(got-test.want) > 0.005*test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
	if never := Of(nil, opening); never[orders] != 0 || !math.IsInf(float64(never[sinceOrder]), 1) {
		t.Errorf("of a visitor never seen: %v", never)
	}
}

// Facts that have aged are those that are read later, to the digits they are kept with.
func TestFactsAge(t *testing.T) {
	then := opening.Add(31 * day)
	for _, silence := range []time.Duration{time.Hour, 3 * day, 40 * day} {
		aged, later := Of(regular(), then).After(silence), Of(regular(), then.Add(silence))
		for k := range aged {
			// Interests end under a thousandth, where a record drops them.
			if a, b := float64(aged[k]), float64(later[k]); a != b && math.Abs(a-b) > 0.012*max(a, b) && max(a, b) > interest.Threshold {
				t.Errorf("after %v fact %d is %v, read then it is %v", silence, k, a, b)
			}
		}
	}
}

func TestPackedFactsComeBack(t *testing.T) {
	for name, f := range map[string]Facts{"a regular": Of(regular(), opening.Add(31*day)), "nobody": nothing()} {
		b := f.Pack()
		got, ok := Unpack(b)
		if !ok || got != f {
			t.Errorf("%s: %v, want %v", name, got, f)
		}
		if len(b) > 45 {
			t.Errorf("%s: %d bytes", name, len(b))
		}
	}
}

func FuzzUnpack(f *testing.F) {
	facts := Of(regular(), opening.Add(31*day))
	f.Add(facts.Pack())
	f.Fuzz(func(t *testing.T, b []byte) {
		facts, ok := Unpack(b)
		if !ok {
			return
		}
		again, ok := Unpack(facts.Pack())
		if !ok || again != facts {
			t.Errorf("%v came back as %v", facts, again)
		}
		r := NewLearner(4).Reading()
		for _, p := range r.Probabilities(&facts) {
			if !(p >= 0 && p <= 1) {
				t.Errorf("%v gives %v", facts, p)
			}
		}
	})
}

// Whatever bytes a learner is read from, it does no harm; what it takes it writes so
// that it reads the same.
func FuzzRestore(f *testing.F) {
	f.Add(NewLearner(8).AppendTo(nil))
	f.Add(NewLearner(8).AppendTo(nil)[:300])
	f.Fuzz(func(t *testing.T, b []byte) {
		l := NewLearner(8)
		if _, err := l.Restore(b); err != nil {
			if !errors.Is(err, ErrCorrupt) || len(l.ring) > 0 {
				t.Fatalf("%v, and something is known", err)
			}
			return
		}
		written := l.AppendTo(nil)
		again := NewLearner(8)
		if rest, err := again.Restore(written); err != nil || len(rest) > 0 || !bytes.Equal(again.AppendTo(nil), written) {
			t.Errorf("%v, %d bytes left", err, len(rest))
		}
	})
}

// A shop that opens today is told nothing absurd: few buy, more of those with a cart,
// and more within a month than within a week.
func TestPriorIsSound(t *testing.T) {
	r := NewLearner(10).Reading()
	now := opening.Add(30*day + time.Hour)
	of := func(p *visitor.Profile) [windows]float64 {
		f := Of(p, now)
		return r.Probabilities(&f)
	}
	looks, cart := of(played(did(scoring.ProductViewed, 30*day, "d"))), of(played(did(scoring.ProductAdded, 30*day, "d")))
	long, bought := of(played(did(scoring.ProductViewed, -60*day, "d"))), of(regular())
	if !(long[Month] < looks[Month] && looks[Month] < cart[Month] && cart[Month] < bought[Month]) {
		t.Errorf("long ago %v, looks %v, has a cart %v, is a regular with a cart %v", long, looks, cart, bought)
	}
	for _, p := range [][windows]float64{looks, cart, long, bought} {
		if p[Week] > p[Month] || p[Month] > 0.9 || p[Month] < 0.005 {
			t.Errorf("within a week %v, within a month %v", p[Week], p[Month])
		}
	}
}

// world is a made-up shop: visitors look, some put something into the cart; of these six
// in ten buy on the next day, of the others one in twenty within ten days.
func world(l *Learner, visitors int, rng *rand.Rand) (end time.Time) {
	at := opening
	type order struct {
		who uint64
		at  time.Time
	}
	var due []order
	for range visitors {
		at = at.Add(time.Hour)
		for len(due) > 0 && due[0].at.Before(at) {
			l.Ordered(due[0].who, due[0].who, due[0].at)
			due = due[1:]
		}
		who := rng.Uint64()
		f := Of(visitorOf(at, rng.IntN(2) == 0), at)
		l.Visited(who, &f, false, at)
		if f[cartProducts] > 0 && rng.IntN(10) < 6 || f[cartProducts] == 0 && rng.IntN(20) == 0 {
			due = append(due, order{who, at.Add(day)})
		}
	}
	return at
}

func visitorOf(at time.Time, cart bool) *visitor.Profile {
	kind := scoring.ProductViewed
	if cart {
		kind = scoring.ProductAdded
	}
	e := did(kind, 0, "a")
	e.Time = at
	return played(e)
}

func TestLearnsWhoBuys(t *testing.T) {
	for name, most := range map[string]int{"all of them": 1 << 14, "a sample of one in four": 250} {
		l := NewLearner(most)
		end := world(l, 4000, rand.New(rand.NewPCG(1, 1)))
		for w := range windows {
			for cart, want := range map[bool]float64{true: 0.6, false: 0.05} {
				f := Of(visitorOf(end, cart), end)
				// Of 2,000 each, .011 and .005 deviation; a sample has twice as much.
				if got := l.Reading().Probabilities(&f)[w]; math.Abs(got-want) > 0.05 {
					t.Errorf("%s: with a cart %v: %.3f within %v, want %.2f", name, cart, got, Within[w], want)
				}
			}
		}
		if n := l.next - l.first; int(n) > most {
			t.Errorf("%s: %d wait, want %d at most", name, n, most)
		}
		// Who did not come back is not as likely to as who was here just now.
		f := Of(visitorOf(end, true), end.Add(25*day))
		if got := l.Reading().Probabilities(&f)[Month]; got > 0.15 {
			t.Errorf("%s: with a cart of 25 days ago: %.3f, but nobody bought later than on the next day", name, got)
		}
	}
}

// What became of one visit, by what the model thinks of the next alike after 36 days:
// before the month that begins with the first week of silence is over.
func TestOutcomes(t *testing.T) {
	facts := Of(visitorOf(opening, true), opening)
	logits := func(tell func(l *Learner)) (z [windows]float64) {
		l := NewLearner(100)
		l.Visited(1, &facts, false, opening)
		tell(l)
		l.Advance(opening.Add(36 * day))
		r, x := l.Reading(), facts.vector()
		for w := range z {
			z[w] = r.trust[w][0] + r.trust[w][1]*logit.Dot(r.weights[w][:], x[:])
		}
		return z
	}
	no := logits(func(*Learner) {})
	yes := logits(func(l *Learner) { l.Ordered(1, 5, opening.Add(day)) })
	if !(no[Week] < yes[Week] && no[Month] < yes[Month]) {
		t.Fatalf("no %v, yes %v", no, yes)
	}
	for name, test := range map[string]struct {
		got, want float64
	}{
		"an order within the month is none of the week": {logits(func(l *Learner) { l.Ordered(1, 5, opening.Add(20*day)) })[Week], no[Week]},
		"an order too late is none":                     {logits(func(l *Learner) { l.Ordered(1, 5, opening.Add(31*day)) })[Month], no[Month]},
		"somebody else's is none":                       {logits(func(l *Learner) { l.Ordered(2, 5, opening.Add(day)) })[Month], no[Month]},
		"an order that is cancelled is none": {logits(func(l *Learner) {
			l.Ordered(1, 5, opening.Add(day))
			l.Undone(1, 5, opening.Add(2*day))
		})[Week], no[Week]},
		"another that is cancelled leaves it": {logits(func(l *Learner) {
			l.Ordered(1, 5, opening.Add(day))
			l.Undone(1, 6, opening.Add(2*day))
		})[Week], yes[Week]},
	} {
		if math.Abs(test.got-test.want) > 1e-9 {
			t.Errorf("%s: %v, want %v", name, test.got, test.want)
		}
	}
	erased := NewLearner(100)
	erased.Visited(1, &facts, false, opening)
	erased.Erase(1)
	erased.Ordered(1, 5, opening.Add(day))
	erased.Advance(opening.Add(36 * day))
	if got, want := *erased.Reading(), *NewLearner(1).Reading(); got != want {
		t.Error("a visitor who was erased has taught something")
	}
	shopping := func(after time.Duration) Reading {
		l := NewLearner(100)
		l.Visited(1, &facts, true, opening)
		l.Ordered(1, 6, opening.Add(after))
		l.Advance(opening.Add(36 * day))
		return *l.Reading()
	}
	if shopping(time.Hour) != shopping(35*day) || shopping(time.Hour) == shopping(13*time.Hour) {
		t.Error("the rest of the same shopping is an order of its own, or another shopping is none")
	}
}

// A learner that was saved and restored goes on as if it had never stopped, bit for bit.
func TestRestoredGoesOn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := opening
		step := func(both ...*Learner) {
			at = at.Add(time.Duration(rapid.IntRange(-48, 200).Draw(t, "hours")) * time.Hour)
			who, what := rapid.Uint64Range(1, 9).Draw(t, "who"), rapid.IntRange(0, 9).Draw(t, "what")
			f := Of(visitorOf(at, what%2 == 0), at)
			for _, l := range both {
				switch what {
				case 0:
					l.Undone(who, who, at)
				case 1:
					l.Erase(who)
				case 2, 3:
					l.Ordered(who, who, at)
				default:
					l.Visited(who, &f, what == 9, at)
				}
			}
		}
		l := NewLearner(12)
		for range rapid.IntRange(0, 60).Draw(t, "before") {
			step(l)
		}
		saved := l.AppendTo(nil)
		again := NewLearner(12)
		rest, err := again.Restore(append(bytes.Clone(saved), "rest"...))
		if err != nil || string(rest) != "rest" || *again.Reading() != *l.Reading() || !bytes.Equal(again.AppendTo(nil), saved) {
			t.Fatalf("%v, %q", err, rest)
		}
		for range 30 {
			step(l, again)
		}
		if !bytes.Equal(l.AppendTo(nil), again.AppendTo(nil)) {
			t.Fatal("they went apart")
		}
	})
}

func TestRestoreRefuses(t *testing.T) {
	l := NewLearner(10)
	f := Of(regular(), opening.Add(31*day))
	l.Visited(1, &f, false, opening)
	good := l.AppendTo(nil)
	for name, b := range map[string][]byte{"nothing": nil, "cut off": good[:len(good)-1], "a version to come": append([]byte{9}, good[1:]...)} {
		if _, err := l.Restore(b); !errors.Is(err, ErrCorrupt) || l.next != 0 || *l.Reading() != *NewLearner(1).Reading() {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCategory(t *testing.T) {
	names := map[scoring.FacetID]string{}
	id := func(path string) scoring.FacetID {
		f := scoring.Facet{Kind: scoring.FacetCategory, Value: path}
		names[f.ID()] = path
		return f.ID()
	}
	name := func(id scoring.FacetID) (scoring.Facet, bool) {
		return scoring.Facet{Kind: scoring.FacetCategory, Value: names[id]}, names[id] != ""
	}
	shoes, running, trail, hats := id("shoes"), id("shoes/running"), id("shoes/running/trail"), id("hats")
	at := func(days int) time.Time { return opening.Add(time.Duration(days) * day) }
	for _, test := range []struct {
		name string
		of   interest.Vector
		want string
	}{
		{"nobody", interest.Vector{}, ""},
		{"one path", interest.Vector{}.Add([]scoring.FacetID{shoes, running}, 1, at(0)), "shoes/running"},
		// Two looks at trail shoes, three at other running shoes: of 5, 2 is less than half.
		{"as narrow as it holds", interest.Vector{}.Add([]scoring.FacetID{shoes, running, trail}, 2, at(0)).Add([]scoring.FacetID{shoes, running}, 3, at(0)), "shoes/running"},
		{"what was just looked at before what was long ago", interest.Vector{}.Add([]scoring.FacetID{hats}, 6, at(-60)).Add([]scoring.FacetID{shoes}, 1, at(0)), "shoes"},
		{"long ago before nothing", interest.Vector{}.Add([]scoring.FacetID{hats}, 6, at(-90)), "hats"},
		{"what is not sold any more", interest.Vector{}.Add([]scoring.FacetID{id("") | 5}, 1, at(0)), ""},
	} {
		if got := Category(test.of, at(0), name); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestVisitsBegin(t *testing.T) {
	for _, test := range []struct {
		kind scoring.EventType
		last time.Duration // since they were seen
		want bool
	}{
		{scoring.HomeViewed, 31 * time.Minute, true},
		{scoring.HomeViewed, 30 * time.Minute, false},
		{scoring.OrderCompleted, 2 * time.Hour, true},
		{scoring.OrderRefunded, 2 * time.Hour, false},
		{scoring.EmailDelivered, 2 * time.Hour, false},
		{scoring.CreativeServed, 2 * time.Hour, false},
	} {
		if got := Begins(opening.Add(-test.last), did(test.kind, 0)); got != test.want {
			t.Errorf("%v after %v: %v", test.kind, test.last, got)
		}
	}
	if !Begins(time.Time{}, did(scoring.HomeViewed, 0)) {
		t.Error("the first visit is none")
	}
}

func ExampleReading_Probabilities() {
	shop := NewLearner(DefaultMaxSamples)
	end := world(shop, 4000, rand.New(rand.NewPCG(1, 1)))
	for _, cart := range []bool{true, false} {
		facts := Of(visitorOf(end, cart), end)
		fmt.Printf("%.1f\n", shop.Reading().Probabilities(&facts)[Week])
	}
	// Output:
	// 0.6
	// 0.0
}
