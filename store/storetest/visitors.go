package storetest

import (
	crand "crypto/rand"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/visitor"
	"github.com/vitrine-io/vitrine/store"
)

// eventsOf are a visitor's events, as EventsOf gives them.
func (e *env) eventsOf(site scoring.SiteID, id scoring.VisitorID) []store.Entry {
	e.Helper()
	var all []store.Entry
	e.must(e.EventsOf(e.ctx, site, id, func(entry store.Entry) error {
		all = append(all, entry)
		return nil
	}))
	return all
}

// wantEventsOf compares EventsOf with the journal.
func (e *env) wantEventsOf(site scoring.SiteID, ids ...scoring.VisitorID) {
	e.Helper()
	journal := e.journal(site)
	for _, id := range ids {
		var want []store.Entry
		for _, entry := range journal {
			if entry.Event.Visitor == id {
				want = append(want, entry)
			}
		}
		if got := e.eventsOf(site, id); !reflect.DeepEqual(got, want) {
			e.Errorf("%s: %d events of %q, want %d", site, len(got), id, len(want))
		}
	}
}

// wantDecisionsOf compares DecisionsOf with the decisions d000 to d299 that want picks.
func (e *env) wantDecisionsOf(id scoring.VisitorID, want func(n int) bool, many int) {
	e.Helper()
	var got, all []scoring.DecisionID
	e.must(e.DecisionsOf(e.ctx, shop, id, func(d *scoring.Decision) error {
		got = append(got, d.ID)
		return nil
	}))
	for n := range 300 {
		if want(n) {
			all = append(all, scoring.DecisionID(fmt.Sprintf("d%03d", n)))
		}
	}
	if len(all) != many || !slices.Equal(got, all) {
		e.Errorf("decisions of %q: %v, want %d: %v", id, got, many, all)
	}
}

// erasureOf is an erasure, and an event that tells of it.
func erasureOf(v scoring.VisitorID, near ...scoring.VisitorID) store.Erasure {
	return store.Erasure{Visitor: v, Near: near, Told: scoring.Event{
		ID: scoring.EventID("told " + crand.Text()), Type: scoring.VisitorErased, Time: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
	}}
}

var visitorPromises = []promise{
	{"EventsOfGivesAllOfOneVisitorInOrder", func(e *env) {
		rng := rand.New(rand.NewPCG(1, 2))
		ids := []scoring.VisitorID{"a", "v1", "v11", "v111", "p1", "sku"} // parts of each other, and of products
		n := 0
		for range 40 {
			var events []scoring.Event
			for range 400 {
				n++
				events = append(events, view(ids[rng.IntN(1+n*len(ids)/16_000)], n))
			}
			e.append([]scoring.SiteID{shop, other}[rng.IntN(2)], events...)
			e.clock.advance(7 * time.Minute)
		}
		for range 2 {
			e.wantEventsOf(shop, ids...)
			e.wantEventsOf(other, ids...)
			e.reopen()
		}
	}},
	{"EventsOfHasWhatWasAcknowledged", func(e *env) {
		for n := range 20 {
			e.append(shop, view("v", n))
			if got := e.eventsOf(shop, "v"); len(got) != n+1 {
				e.Errorf("%d events after %d", len(got), n+1)
			}
		}
	}},
	{"EventsOfOutlivesTheHoursThatRetentionDrops", func(e *env) {
		e.append(shop, views("v", 20)...)
		e.reopen()
		e.clock.advance(11 * 24 * time.Hour)
		late := view("v", 21)
		e.append(shop, late)
		if got := e.eventsOf(shop, "v"); len(got) != 1 || got[0].Event.ID != late.ID {
			e.Errorf("%d events, want the one that is left", len(got))
		}
	}},
	{"EventsOfNobodyAreNone", func(e *env) {
		e.append(shop, view("v", 1))
		if got := e.eventsOf(shop, "w"); len(got) > 0 {
			e.Errorf("%v", got)
		}
		if got := e.eventsOf(other, "v"); len(got) > 0 {
			e.Errorf("%v", got)
		}
		e.wantError(e.EventsOf(e.ctx, "nowhere", "v", nil), store.ErrNotFound)
	}},
	{"DecisionsOfGivesAllOfOneVisitorInOrder", func(e *env) {
		for n := range 300 {
			d := &scoring.Decision{ID: scoring.DecisionID(fmt.Sprintf("d%03d", n)), Time: e.clock.Now(), Visitor: scoring.VisitorID(fmt.Sprint("v", n%7))}
			if n%3 == 0 {
				d.Person = scoring.PersonID(fmt.Sprint("p", n%7))
			}
			if n%50 == 0 {
				d.Visitor = "" // nobody who is known
			}
			if !e.RecordDecision(shop, d) {
				e.Fatal("refused")
			}
			if n == 100 {
				e.clock.advance(time.Hour)
				e.reopen()
			}
		}
		for range 2 {
			// Of 0 to 299 those with n % 7 = 3: 3, 10 ... 297, 43, less 150, which is
			// nobody's; of those the 15 with n % 3 = 0, 3, 24 ... 297, are p3's.
			e.wantDecisionsOf("v3", func(n int) bool { return n%7 == 3 && n%50 != 0 }, 42)
			e.wantDecisionsOf(visitor.PersonKey("p3"), func(n int) bool { return n%7 == 3 && n%3 == 0 }, 15)
			e.wantDecisionsOf("p3", func(int) bool { return false }, 0)
			e.wantDecisionsOf("", func(int) bool { return false }, 0)
			e.reopen()
		}
		e.wantError(e.DecisionsOf(e.ctx, "nowhere", "v3", nil), store.ErrNotFound)
	}},
	{"DecisionsPastRetentionAreNobodys", func(e *env) {
		e.RecordDecision(shop, &scoring.Decision{ID: "d", Time: e.clock.Now(), Visitor: "v"})
		e.reopen()
		e.clock.advance(7 * 24 * time.Hour)
		e.wantDecisionsOf("v", func(int) bool { return false }, 0)
		e.append(shop, view("v", 1))
		e.reopen()
		e.wantDecisionsOf("v", func(int) bool { return false }, 0)
	}},
	{"EraseTakesProfileEventsAndDecisions", func(e *env) {
		others := append(views("w", 30), views("x", 30)...)
		e.append(shop, others[:40]...)
		e.append(shop, views("v", 30)...)
		e.append(shop, others[40:]...)
		e.append(other, views("v", 5)...)
		for n := range 20 {
			e.RecordDecision(shop, &scoring.Decision{
				ID: scoring.DecisionID(fmt.Sprintf("d%03d", n)), Time: e.clock.Now(), Visitor: []scoring.VisitorID{"v", "w"}[n%2],
			})
			if n == 9 {
				e.reopen()
			}
		}
		what := erasureOf("v")
		got, err := e.EraseVisitor(e.ctx, shop, what)
		e.must(err)
		head, err := e.Head(e.ctx, shop)
		e.must(err)
		if !got.Profile || got.Events != 30 || got.Decisions != 10 || got.Seq != head {
			e.Errorf("erased %+v, want a profile, 30 events and 10 decisions, at the head, %d", got, head)
		}
		for range 2 {
			_, err := e.Profile(e.ctx, shop, "v")
			e.wantError(err, store.ErrNotFound)
			e.wantEventsOf(shop, "v", "w", "x")
			if got := e.eventsOf(shop, "v"); len(got) > 0 {
				e.Errorf("%d events are left", len(got))
			}
			e.wantEachOnce(shop, append(others[:60:60], what.Told))
			e.wantDecisionsOf("v", func(int) bool { return false }, 0)
			e.wantDecisionsOf("w", func(n int) bool { return n < 20 && n%2 == 1 }, 10)
			_, err = e.Decision(e.ctx, shop, "d002")
			e.wantError(err, store.ErrNotFound)
			if got := e.eventsOf(other, "v"); len(got) != 5 {
				e.Errorf("%d events of another site's, want 5", len(got))
			}
			e.reopen()
		}
	}},
	{"WhatArrivesAfterAnErasureBeginsANewVisitor", func(e *env) {
		e.append(shop, views("v", 10)...)
		_, err := e.EraseVisitor(e.ctx, shop, erasureOf("v"))
		e.must(err)
		late := []scoring.Event{view("v", 100), view("v", 101)}
		e.append(shop, late...)
		for range 2 {
			e.wantProfile(shop, "v", fold([]store.Entry{{Event: late[0]}, {Event: late[1]}})["v"])
			if got := e.eventsOf(shop, "v"); len(got) != 2 {
				e.Errorf("%d events, want 2", len(got))
			}
			e.reopen()
		}
		// And can be erased like any other.
		got, err := e.EraseVisitor(e.ctx, shop, erasureOf("v"))
		e.must(err)
		if got.Events != 2 {
			e.Errorf("erased %+v", got)
		}
	}},
	{"TheHeadStaysWhenTheLastEventsAreErased", func(e *env) {
		e.append(shop, views("w", 3)...)
		e.append(shop, views("v", 3)...)
		what := erasureOf("v")
		got, err := e.EraseVisitor(e.ctx, shop, what)
		e.must(err)
		for range 2 {
			if head, err := e.Head(e.ctx, shop); err != nil || head != got.Seq {
				e.Errorf("head %d, %v; want %d", head, err, got.Seq)
			}
			e.reopen()
		}
		if ack := e.append(shop, view("w", 9))[0]; ack.Seq <= got.Seq {
			e.Errorf("number %d was given out before", ack.Seq)
		}
		e.wantEachOnce(shop, append(views("w", 3), what.Told, view("w", 9)))
	}},
	{"ErasingNobodyTakesNothing", func(e *env) {
		e.append(shop, views("v", 3)...)
		what := erasureOf("w")
		got, err := e.EraseVisitor(e.ctx, shop, what)
		e.must(err)
		if got.Profile || got.Events != 0 || got.Decisions != 0 {
			e.Errorf("erased %+v", got)
		}
		_, err = e.EraseVisitor(e.ctx, "nowhere", erasureOf("v"))
		e.wantError(err, store.ErrNotFound)
		e.wantEachOnce(shop, append(views("v", 3), what.Told))
	}},
	{"WhatOthersSayOfTheErasedGoes", func(e *env) {
		ada, device := visitor.PersonKey("ada"), scoring.VisitorID("device")
		link := func(id string, kind scoring.EventType, of scoring.VisitorID, at int) scoring.Event {
			v := view(of, at)
			v.ID, v.Type, v.Items, v.Link = scoring.EventID(id), kind, nil, &scoring.Link{Person: "ada", Device: device}
			return v
		}
		named := view(device, 3)
		named.Person = "ada"
		e.append(shop,
			link("1", scoring.VisitorLinked, device, 1), link("2", scoring.VisitorLinked, ada, 1), named,
			link("3", scoring.VisitorUnlinked, device, 4), link("4", scoring.VisitorUnlinked, ada, 4), view("w", 1))
		what := erasureOf(ada, device)
		got, err := e.EraseVisitor(e.ctx, shop, what)
		e.must(err)
		if got.Events != 2 {
			e.Errorf("erased %+v, want the person's own 2 events", got)
		}
		e.reopen() // with a checkpoint
		named.Person = ""
		e.wantEachOnce(shop, []scoring.Event{named, view("w", 1), what.Told})
		for _, entry := range e.eventsOf(shop, device) {
			if !reflect.DeepEqual(entry.Event, named) {
				e.Errorf("the device's event is %+v, want %+v", entry.Event, named)
			}
		}
		if p, err := e.Profile(e.ctx, shop, device); err != nil || p.Events != 1 {
			e.Errorf("the device's profile is %+v, %v", p, err)
		}
	}},
	{"ErasingGoesOnBesideEverythingElse", func(e *env) {
		inParallel(8, func(i int) {
			who := scoring.VisitorID(fmt.Sprint("v", i))
			for n := range 60 {
				if _, err := e.Append(e.ctx, shop, []scoring.Event{view(who, n)}); err != nil {
					e.Error(err)
				}
				e.RecordDecision(shop, &scoring.Decision{ID: scoring.DecisionID(fmt.Sprintf("d%d-%03d", i, n)), Time: e.clock.Now(), Visitor: who})
				if i%2 == 0 && n%20 == 19 {
					got, err := e.EraseVisitor(e.ctx, shop, erasureOf(who))
					if err != nil || got.Events != 20 || got.Decisions != 20 || !got.Profile {
						e.Errorf("%s erased after 20 events and decisions: %+v, %v", who, got, err)
					}
				}
			}
		})
		e.append(shop, view("last", 1))
		e.wantProfilesOfJournal(shop)
		for i := range 8 {
			want := 60 * (i % 2)
			if got := e.eventsOf(shop, scoring.VisitorID(fmt.Sprint("v", i))); len(got) != want {
				e.Errorf("v%d has %d events, want %d", i, len(got), want)
			}
		}
	}},
	{"EventsOfStopsAtAnError", func(e *env) {
		e.append(shop, views("v", 10)...)
		stop, calls := errors.New("stop"), 0
		err := e.EventsOf(e.ctx, shop, "v", func(store.Entry) error {
			if calls++; calls == 3 {
				return fmt.Errorf("the third: %w", stop)
			}
			return nil
		})
		if !errors.Is(err, stop) || calls != 3 {
			e.Errorf("%v after %d calls", err, calls)
		}
	}},
}
