package storetest

import (
	"sync/atomic"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

var dedupePromises = []promise{
	{"TwiceInACallIsStoredOnce", func(e *env) {
		a, b := view("v", 1), view("v", 2)
		acks := e.append(shop, a, b, a, a, b)
		want := []bool{false, false, true, true, true}
		for i, ack := range acks {
			if ack.Duplicate != want[i] || ack.Duplicate != (ack.Seq == 0) {
				e.Errorf("ack %d is %+v", i, ack)
			}
		}
		e.wantEachOnce(shop, []scoring.Event{a, b})
		e.wantProfilesOfJournal(shop)
	}},
	{"TwiceInSeveralCallsIsStoredOnce", func(e *env) {
		events := views("v", 30)
		e.append(shop, events[:20]...)
		for i, ack := range e.append(shop, events...) {
			if ack.Duplicate != (i < 20) {
				e.Errorf("ack %d is %+v", i, ack)
			}
		}
		e.wantEachOnce(shop, events)
		e.wantProfilesOfJournal(shop)
	}},
	{"TwiceAtTheSameTimeIsStoredOnce", func(e *env) {
		events := views("v", 100)
		var stored atomic.Int64
		inParallel(16, func(int) {
			for i := range events {
				acks, err := e.Append(e.ctx, shop, events[i:i+1])
				if err != nil {
					e.Error(err)
					return
				}
				if !acks[0].Duplicate {
					stored.Add(1)
				}
				// Whoever stored it: an acknowledged event is in the profile.
				if p, err := e.Profile(e.ctx, shop, "v"); err != nil || p.Events < int64(i+1) {
					e.Errorf("after event %d the profile has %v, %v", i, p, err)
				}
			}
		})
		if n := stored.Load(); n != int64(len(events)) {
			e.Errorf("%d were acknowledged as stored, want %d", n, len(events))
		}
		e.wantEachOnce(shop, events)
		e.wantProfilesOfJournal(shop)
	}},
	{"TwiceAcrossAReopenIsStoredOnce", func(e *env) {
		events := views("v", 50)
		e.append(shop, events[:25]...)
		e.reopen()
		for i, ack := range e.append(shop, events...) {
			if ack.Duplicate != (i < 25) {
				e.Errorf("ack %d is %+v", i, ack)
			}
		}
		e.reopen()
		e.wantEachOnce(shop, events)
		e.wantProfilesOfJournal(shop)
	}},
	{"TheSameIDOnAnotherSiteIsAnotherEvent", func(e *env) {
		v := view("v", 1)
		for _, site := range []scoring.SiteID{shop, other} {
			if ack := e.append(site, v)[0]; ack.Duplicate {
				e.Errorf("%s: %+v", site, ack)
			}
		}
	}},
	{"AnIDIsKnownForTheWholeWindow", func(e *env) {
		v := view("v", 1)
		e.append(shop, v)
		for _, reopen := range []bool{false, true} {
			e.clock.advance(11*time.Hour + 59*time.Minute)
			if reopen {
				e.reopen()
			}
			if ack := e.append(shop, v)[0]; !ack.Duplicate {
				e.Errorf("%+v", ack)
			}
		}
	}},
	{"AnIDIsNewAfterTheWindow", func(e *env) {
		v := view("v", 1)
		e.append(shop, v)
		for i, reopen := range []bool{false, true} {
			e.clock.advance(26 * time.Hour)
			if reopen {
				e.reopen()
			}
			if ack := e.append(shop, v)[0]; ack.Duplicate || ack.Seq != store.Seq(i+2) {
				e.Errorf("%+v", ack)
			}
		}
	}},
	{"ADuplicateDoesNotProlongTheWindow", func(e *env) {
		v := view("v", 1)
		e.append(shop, v)
		e.clock.advance(20 * time.Hour)
		e.append(shop, v)
		e.clock.advance(6 * time.Hour)
		if ack := e.append(shop, v)[0]; ack.Duplicate {
			e.Errorf("%+v", ack)
		}
	}},
	{"AClockThatGoesBackLosesNothing", func(e *env) {
		e.append(shop, view("v", 1))
		e.clock.advance(-3 * time.Hour)
		e.append(shop, view("v", 2))
		e.reopen()
		e.append(shop, view("v", 3))
		for i, ack := range e.append(shop, view("v", 1), view("v", 2), view("v", 3)) {
			if !ack.Duplicate {
				e.Errorf("ack %d is %+v", i, ack)
			}
		}
		e.wantProfilesOfJournal(shop)
	}},
}
