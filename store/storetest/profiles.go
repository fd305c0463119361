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
	{"EachProfileVisitsAllInTheOrderOfTheirIds", func(e *env) {
		// More than one read transaction takes, and they did not come in their order.
		const visitors = 1300
		var events []scoring.Event
		for i := range visitors {
			events = append(events, view(scoring.VisitorID(fmt.Sprintf("v%04d", i*7919%visitors)), 1))
		}
		e.append(shop, events...)
		e.append(other, view("another", 1))
		for range 2 {
			got := e.walk(shop, "", visitors+1)
			want := fold(e.journal(shop))
			if len(got) != visitors {
				e.Fatalf("%d profiles, want %d", len(got), visitors)
			}
			for i, w := range got {
				if id := scoring.VisitorID(fmt.Sprintf("v%04d", i)); w.id != id || !sameProfile(w.profile, want[id]) {
					e.Fatalf("profile %d is %+v of %q, want that of %q", i, w.profile, w.id, id)
				}
			}
			e.reopen()
			e.append(shop, view("v0007", 2)) // newer in memory than on disk
		}
		if got := e.walk(shop, "v0009", 2); len(got) != 2 || got[0].id != "v0010" || got[1].id != "v0011" {
			e.Errorf("after v0009: %v", got)
		}
		if got := e.walk(shop, "v00095", 1); len(got) != 1 || got[0].id != "v0010" {
			e.Errorf("after one that is not there: %v", got)
		}
		if got := e.walk(shop, "v1299", 1); len(got) != 0 {
			e.Errorf("after the last: %v", got)
		}
		e.wantError(e.EachProfile(e.ctx, "nowhere", "", nil), store.ErrNotFound)
	}},
	{"EachProfileHasEveryAcknowledgedEventWhileOthersWrite", func(e *env) {
		const visitors, rounds = 550, 4
		name := func(i int) scoring.VisitorID { return scoring.VisitorID(fmt.Sprintf("v%03d", i)) }
		var first []scoring.Event
		for i := range visitors {
			first = append(first, view(name(i), 0))
		}
		e.append(shop, first...)
		done := make(chan struct{})
		go func() {
			defer close(done)
			for n := 1; n <= 5; n++ {
				var events []scoring.Event
				for i := range visitors {
					events = append(events, view(name(i), n), view(scoring.VisitorID(fmt.Sprintf("w%d-%d", n, i)), 1))
				}
				if _, err := e.Append(e.ctx, shop, events); err != nil {
					e.Error(err)
				}
			}
		}()
		for range rounds {
			known := make([]int64, visitors)
			for i := range known {
				p, err := e.Profile(e.ctx, shop, name(i))
				e.must(err)
				known[i] = p.Events
			}
			all := e.walk(shop, "", 100*visitors)
			for i, w := range all[:visitors] {
				if w.id != name(i) || w.profile.Events < known[i] {
					e.Fatalf("profile %d is of %q with %d events, want %q with at least %d", i, w.id, w.profile.Events, name(i), known[i])
				}
			}
			for i := range all[1:] {
				if all[i].id >= all[i+1].id {
					e.Fatalf("%q before %q", all[i].id, all[i+1].id)
				}
			}
		}
		<-done
	}},
}

type walked struct {
	id      scoring.VisitorID
	profile *visitor.Profile
}

// walk lists at most that many of the site's profiles.
func (e *env) walk(site scoring.SiteID, after scoring.VisitorID, most int) []walked {
	e.Helper()
	var got []walked
	e.must(e.EachProfile(e.ctx, site, after, func(id scoring.VisitorID, p *visitor.Profile) bool {
		got = append(got, walked{id, p})
		return len(got) < most
	}))
	return got
}
