package model

import (
	"bytes"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/blend"
	"github.com/vitrine-io/vitrine/scoring/catalog"
)

const minutesOfDay = 24 * 60

// quiet is an event about nothing, minutes after noon: time goes on.
func quiet(minutes float64) *scoring.Event { return event(scoring.HomeViewed, "somebody", minutes) }

func deleted(minutes float64, ids ...scoring.ProductID) *scoring.Event {
	e := event(scoring.ProductDeleted, "", minutes, ids...)
	return e
}

// knows reports whether anything of a product is left, in any list.
func (m *Model) knows(id scoring.ProductID) bool {
	return bytes.Contains(saved(m), []byte(id))
}

func saved(m *Model) []byte {
	var b bytes.Buffer
	_ = m.Save(&b) // to memory
	return b.Bytes()
}

// walks are visits through a, x, b in many orders; x is the one to go.
func walks(with bool) (events []*scoring.Event) {
	for v := range 40 {
		walk := []scoring.ProductID{"a", "x-to-go", "b", "c"}
		if v%2 == 0 {
			walk = []scoring.ProductID{"c", "b", "x-to-go", "b", "a"}
		}
		for k, id := range walk {
			if id == "x-to-go" && !with {
				continue
			}
			e := event(scoring.ProductViewed, scoring.VisitorID(fmt.Sprint("v", v)), float64(v*60+k), id)
			e.Items[0].Facets = []scoring.FacetID{scoring.Facet{Kind: scoring.FacetTag, Value: "t"}.ID()}
			events = append(events, e)
		}
	}
	return events
}

func TestADeletedProductIsForgottenAfterItsGrace(t *testing.T) {
	const end = 3 * minutesOfDay
	for _, test := range []struct {
		name  string
		after []*scoring.Event
		known bool
	}{
		{"not deleted", []*scoring.Event{quiet(40 * minutesOfDay)}, true},
		{"29 days after", []*scoring.Event{deleted(end, "x-to-go"), quiet(end + 29*minutesOfDay)}, true},
		{"31 days after", []*scoring.Event{deleted(end, "x-to-go"), quiet(end + 31*minutesOfDay)}, false},
		{"sold again", []*scoring.Event{
			deleted(end, "x-to-go"), event(scoring.ProductRestored, "", end+minutesOfDay, "x-to-go"), quiet(end + 60*minutesOfDay),
		}, true},
		{"turned to again", []*scoring.Event{
			deleted(end, "x-to-go"), event(scoring.ProductViewed, "w", end+minutesOfDay, "x-to-go"), quiet(end + 60*minutesOfDay),
		}, true},
		{"looked at before, told late", []*scoring.Event{
			deleted(end, "x-to-go"), event(scoring.ProductViewed, "w", end-60, "x-to-go"), quiet(end + 60*minutesOfDay),
		}, false},
		{"turned to by nobody for 399 days", []*scoring.Event{quiet(400 * minutesOfDay)}, true},
		{"turned to by nobody for 402 days", []*scoring.Event{quiet(403 * minutesOfDay)}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := learned(append(walks(true), test.after...))
			if got := m.knows("x-to-go"); got != test.known {
				t.Errorf("known: %v, want %v", got, test.known)
			}
		})
	}
}

// What is left is what a shop would have learned that never had the product, as
// far as it can be told apart: who came right after whom can't.
func TestForgottenIsNeverLearned(t *testing.T) {
	const end = 3 * minutesOfDay
	m := learned(append(walks(true), deleted(end, "x-to-go"), quiet(end+31*minutesOfDay)))
	never := learned(append(walks(false), quiet(end+31*minutesOfDay)))
	at := noon.Add(31 * 24 * time.Hour)
	for _, id := range []scoring.ProductID{"a", "b", "c", "x-to-go"} {
		got, want := m.Popularity(m.number(id), at), never.Popularity(never.number(id), at)
		if math.Abs(got.Slow-want.Slow) > 1e-9 || got.Age != want.Age {
			t.Errorf("popularity of %s: %+v, want %+v", id, got, want)
		}
		pairs, sessions, _ := m.Pairs(nil, m.number(id), at)
		others, wanted, _ := never.Pairs(nil, never.number(id), at)
		if len(pairs) != len(others) || math.Abs(sessions-wanted) > 1e-3 {
			t.Errorf("%s has %d neighbours in %v sessions, want %d in %v", id, len(pairs), sessions, len(others), wanted)
		}
		refs := m.RecentSessions(nil, m.number(id), 100)
		if want := never.RecentSessions(nil, never.number(id), 100); len(refs) != len(want) {
			t.Errorf("%s is in %d sessions, want %d", id, len(refs), len(want))
		}
		for _, ref := range refs {
			var into, otherInto Steps
			s, other := m.Session(ref).Products(&into), never.Session(ref).Products(&otherInto)
			for k := range s {
				if len(s) != len(other) {
					break
				}
				if got, want := m.products.ID(s[k]), never.products.ID(other[k]); got != want {
					t.Errorf("session %d has %s at %d, want %s", ref, got, k, want)
				}
			}
		}
	}
	for _, s := range append(m.Popular(nil), m.Champions(nil, 0)...) {
		if m.products.ID(s.Product) == "x-to-go" {
			t.Error("it is still among the popular")
		}
	}
	// It comes back as one that was never seen.
	m.Learn(event(scoring.ProductViewed, "w", end+32*minutesOfDay, "x-to-go"))
	if p := m.Popularity(m.number("x-to-go"), at.Add(24*time.Hour)); p.Long > 1.01 {
		t.Errorf("it came back with %+v", p)
	}
}

// A shop may forget everything it knew, and go on.
func TestEverythingForgotten(t *testing.T) {
	m := learned(walks(true))
	for _, e := range walks(true) {
		e.Time = e.Time.Add(500 * 24 * time.Hour)
		m.Learn(e)
	}
	if n := len(m.Popular(nil)); n != 4 {
		t.Errorf("%d products are popular, want all 4", n)
	}
}

func TestAnErasedVisitorTookNoPart(t *testing.T) {
	others := walks(false)
	const at = 41 * 60
	theirs := []*scoring.Event{
		event(scoring.ProductViewed, "me", at, "a"), event(scoring.ProductViewed, "me", at+1, "only-mine"),
		event(scoring.ProductViewed, "me", at+2, "b"), event(scoring.ProductViewed, "me", at+3, "a"),
	}
	bought := order("me", 3, "shoes", "a")
	erased := &scoring.Event{
		Type: scoring.VisitorErased, Time: noon.Add(3*24*time.Hour + time.Hour), Control: &scoring.Control{Visitor: VisitorHash("me")},
	}
	without := learned(append(others, quiet(at)))
	with := learned(append(append(others, quiet(at)), theirs...))
	erasedAtOnce := *erased
	erasedAtOnce.Time = theirs[3].Time
	with.Learn(&erasedAtOnce)
	now := theirs[3].Time
	for _, id := range []scoring.ProductID{"a", "b", "c", "only-mine"} {
		got, want := with.Popularity(with.number(id), now), without.Popularity(without.number(id), now)
		if math.Abs(got.Fast-want.Fast) > 0.02 || math.Abs(got.Long-want.Long) > 0.02 {
			t.Errorf("popularity of %s: %+v, want %+v", id, got, want)
		}
		for _, to := range []scoring.ProductID{"a", "b", "c", "only-mine"} {
			got, want := with.edge(id, to, now), without.edge(id, to, now)
			if math.Abs(float64(got.Forward-want.Forward)) > 0.02 || math.Abs(float64(got.Backward-want.Backward)) > 0.02 {
				t.Errorf("%s to %s: %+v, want %+v", id, to, got, want)
			}
		}
	}
	if got, want := with.Stats(), without.Stats(); got.OpenSessions != want.OpenSessions || got.Sessions != want.Sessions {
		t.Errorf("%+v, want %+v: the open session is gone, and not among those that ended", got, want)
	}

	// Neither do their purchases tell of them.
	m := learned([]*scoring.Event{bought, erased})
	if key := m.hazard.spells[0].who; key != 0 || len(m.hazard.last) != 0 {
		t.Errorf("the purchase is still that of %x", key)
	}
}

func TestResetOfWeights(t *testing.T) {
	cart := blend.Scope{Page: blend.Cart, Objective: scoring.ObjectiveCart}
	home := blend.Scope{Page: blend.Home, Objective: scoring.ObjectiveCart}
	teach := func(m *Model, in blend.Scope) {
		m.Blend().Learn(&blend.Lesson{
			Rows: []*blend.Row{m.Blend().Row("near")}, Values: []float32{1, 0}, Scores: []float32{0, 0}, Weight: 1,
			Scope: in, Teach: blend.Shared | blend.Set,
		})
	}
	for _, test := range []struct {
		name         string
		control      *scoring.Control
		shared, home bool // kept
	}{
		{"one page and objective", &scoring.Control{Page: scoring.PageCheckout, Objective: scoring.ObjectiveCart}, true, true},
		{"all", &scoring.Control{}, false, false},
		{"all, as nothing is said", nil, false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := New(catalog.New())
			teach(m, cart)
			teach(m, home)
			e := event(scoring.WeightsReset, "", 1)
			e.Control = test.control
			m.Learn(e)
			row := m.Blend().Row("near")
			if got := row.Parts(cart).Set; got != 0 {
				t.Errorf("the part of the page has moved by %v", got)
			}
			if got := row.Parts(home).Set != 0; got != test.home {
				t.Errorf("another page's part is kept: %v, want %v", got, test.home)
			}
			if got := row.Parts(cart).Shared != 0; got != test.shared {
				t.Errorf("the shared part is kept: %v, want %v", got, test.shared)
			}
			if got := m.Blend().Lessons(cart).Set; got != 0 {
				t.Errorf("rests on %d lessons", got)
			}
		})
	}
}

// Control entries are a part of the fold like any other.
func TestSnapshotAndTailWithControl(t *testing.T) {
	events := priced(journal(9, 3000))
	for i, e := range events {
		e.Time = e.Time.Add(time.Duration(i) * 20 * time.Minute) // 42 days
		switch i % 100 {
		case 40:
			e.Type = scoring.ProductDeleted
		case 60:
			e.Type = scoring.ProductRestored
		case 80:
			e.Type, e.Control = scoring.VisitorErased, &scoring.Control{Visitor: VisitorHash(events[i-3].Visitor)}
		case 90:
			e.Type = scoring.WeightsReset
		}
	}
	events[5] = event(scoring.ProductViewed, "v", 5, "once", "p1")
	events[6] = deleted(6, "once")
	want := save(t, learned(events))
	for _, cut := range []int{50, 1000, 2222, 2999} {
		after := New(catalog.New())
		if err := after.Load(bytes.NewReader(save(t, learned(events[:cut])))); err != nil {
			t.Fatal(err)
		}
		for _, e := range events[cut:] {
			after.Learn(e)
		}
		if !bytes.Equal(save(t, after), want) {
			t.Errorf("cut at %d: the model differs from one that never stopped", cut)
		}
	}
	if m := learned(events); len(m.sorted((*item).known)) >= m.products.Numbers() {
		t.Error("nothing was forgotten: the test is of no use")
	}
}
