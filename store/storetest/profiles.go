package storetest

import (
	"fmt"
	"reflect"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/visitor"
	"github.com/vitrine-io/vitrine/store"
)

// wantProfilesOfJournal compares every profile with the fold of the journal.
func (e *env) wantProfilesOfJournal(site scoring.SiteID) {
	e.Helper()
	for id, want := range fold(e.journal(site)) {
		e.wantProfile(site, id, want)
	}
}

func (e *env) wantProfile(site scoring.SiteID, id scoring.VisitorID, want *visitor.Profile) {
	e.Helper()
	got, err := e.Profile(e.ctx, site, id)
	e.must(err)
	if !sameProfile(got, want) {
		e.Errorf("%s: profile of %q: got %+v\nwant %+v", site, id, got, want)
	}
}

// sameProfile compares records: a profile that was read back may differ from one
// that was folded in capacities and the like.
func sameProfile(a, b *visitor.Profile) bool {
	recordA, errA := a.AppendBinary(nil)
	recordB, errB := b.AppendBinary(nil)
	return errA == nil && errB == nil && reflect.DeepEqual(recordA, recordB)
}

var profilePromises = []promise{
	{"AVisitorNeverSeenIsErrNotFound", func(e *env) {
		e.append(shop, view("v", 1))
		_, err := e.Profile(e.ctx, shop, "w")
		e.wantError(err, store.ErrNotFound)
		_, err = e.Profile(e.ctx, other, "v")
		e.wantError(err, store.ErrNotFound)
		_, err = e.Profile(e.ctx, "nowhere", "v")
		e.wantError(err, store.ErrNotFound)
	}},
	{"HasEveryAcknowledgedEvent", func(e *env) {
		inParallel(8, func(i int) {
			who := scoring.VisitorID(fmt.Sprint("v", i))
			for n := range 100 {
				if _, err := e.Append(e.ctx, shop, []scoring.Event{view(who, n)}); err != nil {
					e.Error(err)
					return
				}
				p, err := e.Profile(e.ctx, shop, who)
				if err != nil || p.Events != int64(n+1) {
					e.Errorf("after %d events: %v, %v", n+1, p, err)
					return
				}
			}
		})
		for range 2 {
			e.wantProfilesOfJournal(shop)
			e.reopen()
		}
	}},
	{"IsTheFoldOfTheJournal", func(e *env) {
		// More visitors than any cache of the suite holds, and each comes back.
		const visitors = 3000
		for round := range 4 {
			events := make([]scoring.Event, visitors)
			for i := range events {
				events[i] = view(scoring.VisitorID(fmt.Sprintf("visitor-%d", i*7919%visitors)), round)
			}
			for i := 0; i < len(events); i += 300 {
				e.append(shop, events[i:i+300]...)
			}
			if round%2 == 1 {
				e.reopen()
			}
		}
		e.wantProfilesOfJournal(shop)
	}},
	{"AResultIsNeverChanged", func(e *env) {
		e.append(shop, view("v", 1))
		p, err := e.Profile(e.ctx, shop, "v")
		e.must(err)
		before, err := p.AppendBinary(nil)
		e.must(err)
		e.append(shop, views("v", 40)[2:]...)
		after, err := p.AppendBinary(nil)
		e.must(err)
		if !reflect.DeepEqual(before, after) {
			e.Error("the profile changed under its reader")
		}
	}},
	{"AnEventWithoutVisitorHasNoProfile", func(e *env) {
		v := view("", 1)
		e.append(shop, v)
		e.wantEachOnce(shop, []scoring.Event{v})
		_, err := e.Profile(e.ctx, shop, "")
		e.wantError(err, store.ErrNotFound)
	}},
}
