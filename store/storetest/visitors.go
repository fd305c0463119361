package storetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
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
