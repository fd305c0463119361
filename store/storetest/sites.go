package storetest

import (
	"io"
	"reflect"
	"strings"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

var sitePromises = []promise{
	{"CreateSetsTheRevision", func(e *env) {
		site := scoring.Site{
			ID: "new", DisplayName: "New", Currency: "EUR", Locale: "de", TimeZone: "Europe/Berlin",
			ConsentPolicy: scoring.OptOut, CreatedAt: time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC),
		}
		made, err := e.CreateSite(e.ctx, site)
		e.must(err)
		if made.Revision == 0 {
			e.Error("revision 0")
		}
		site.Revision = made.Revision
		if made != site {
			e.Errorf("got %+v, want %+v", made, site)
		}
		for range 2 {
			sites, err := e.Sites(e.ctx)
			e.must(err)
			if len(sites) != 3 || sites[0] != site {
				e.Errorf("sites %+v, want %+v first", sites, site)
			}
			e.reopen()
		}
	}},
	{"PutChangesASite", func(e *env) {
		made, err := e.CreateSite(e.ctx, scoring.Site{ID: "new", Currency: "EUR", CreatedAt: time.Unix(1.7e9, 0).UTC()})
		e.must(err)
		want := made
		want.DisplayName, want.Contacts = "Renamed", &scoring.ContactPolicy{
			Budgets: []scoring.ContactBudget{{Channels: []scoring.Channel{scoring.ChannelEmail}, Limit: 3, Window: time.Hour}}, AfterPurchase: time.Minute,
		}
		got, err := e.PutSite(e.ctx, want)
		e.must(err)
		if got.Revision == made.Revision {
			e.Error("the revision stayed")
		}
		want.Revision = got.Revision
		for range 2 {
			sites, err := e.Sites(e.ctx)
			e.must(err)
			if !reflect.DeepEqual(sites[0], want) || !reflect.DeepEqual(got, want) {
				e.Errorf("got %+v and %+v, want %+v", got, sites[0], want)
			}
			e.reopen()
		}
		_, err = e.PutSite(e.ctx, scoring.Site{ID: "nowhere"})
		e.wantError(err, store.ErrNotFound)
	}},
	{"ATakenIDIsErrExists", func(e *env) {
		_, err := e.CreateSite(e.ctx, scoring.Site{ID: shop})
		e.wantError(err, store.ErrExists)
		e.reopen()
		_, err = e.CreateSite(e.ctx, scoring.Site{ID: shop})
		e.wantError(err, store.ErrExists)
	}},
	{"StandInTheOrderOfTheirIDs", func(e *env) {
		for _, id := range []scoring.SiteID{"z", "a", "m"} {
			e.createSite(id)
		}
		for range 2 {
			sites, err := e.Sites(e.ctx)
			e.must(err)
			var ids []string
			for _, site := range sites {
				ids = append(ids, string(site.ID))
			}
			if got := strings.Join(ids, " "); got != "a m other shop z" {
				e.Errorf("sites %s", got)
			}
			e.reopen()
		}
	}},
	{"DeletingOneThatIsNotThereIsErrNotFound", func(e *env) {
		e.wantError(e.DeleteSite(e.ctx, "nowhere"), store.ErrNotFound)
	}},
	{"DeletingRemovesEverythingUnderIt", func(e *env) {
		e.fill(shop)
		e.fill(other)
		e.must(e.DeleteSite(e.ctx, shop))
		for _, reopen := range []bool{false, true} {
			if reopen {
				e.reopen()
			}
			_, err := e.Append(e.ctx, shop, views("w", 1))
			e.wantError(err, store.ErrNotFound)
			e.wantError(e.DeleteSite(e.ctx, shop), store.ErrNotFound)
			e.wantEmpty(shop)
			e.wantFilled(other)
		}
		e.createSite(shop)
		e.wantEmpty(shop)
		if acks := e.append(shop, view("v", 1)); acks[0].Duplicate {
			e.Error("an event of the deleted site counts as known")
		}
		p, err := e.Profile(e.ctx, shop, "v")
		if err != nil || p.Events != 1 {
			e.Errorf("profile %+v, %v; want one event", p, err)
		}
		e.wantFilled(other)
	}},
	{"DeletingWhileOthersWriteLeavesNothing", func(e *env) {
		inParallel(5, func(i int) {
			if i == 0 {
				if err := e.DeleteSite(e.ctx, shop); err != nil {
					e.Error(err)
				}
				return
			}
			for n := range 200 {
				site := []scoring.SiteID{shop, other}[n%2]
				_, err := e.Append(e.ctx, site, []scoring.Event{view("v", 200*i+n)})
				if site == other && err != nil {
					e.Error(err)
				}
			}
		})
		e.wantEmpty(shop)
		e.reopen()
		e.createSite(shop)
		e.wantEmpty(shop)
		e.wantProfilesOfJournal(other)
	}},
}

// fill gives a site something of every kind.
func (e *env) fill(site scoring.SiteID) {
	e.Helper()
	e.append(site, views("v", 5)...)
	_, err := e.PutProducts(e.ctx, site, []scoring.Product{{ID: "p"}})
	e.must(err)
	_, err = e.PutPlacement(e.ctx, site, scoring.Placement{ID: "home"})
	e.must(err)
	if !e.RecordDecision(site, &scoring.Decision{ID: "d", Time: e.clock.Now()}) {
		e.Error("decision refused")
	}
	e.must(e.SaveSnapshot(e.ctx, site, "model", 1, func(w io.Writer) error {
		_, err := w.Write([]byte(site))
		return err
	}))
}

func (e *env) wantFilled(site scoring.SiteID) {
	e.Helper()
	e.wantEachOnce(site, views("v", 5))
	e.wantProfilesOfJournal(site)
	_, err := e.Product(e.ctx, site, "p")
	e.must(err)
	placements, err := e.Placements(e.ctx, site)
	e.must(err)
	if len(placements) != 1 {
		e.Errorf("%s has %d placements", site, len(placements))
	}
	_, err = e.Decision(e.ctx, site, "d")
	e.must(err)
	if _, text := e.load(site, "model"); text != string(site) {
		e.Errorf("snapshot of %s is %q", site, text)
	}
}

// wantEmpty wants nothing of what fill made, whether the site is there or not.
func (e *env) wantEmpty(site scoring.SiteID) {
	e.Helper()
	if head, err := e.Head(e.ctx, site); head != 0 {
		e.Errorf("%s has head %d, %v", site, head, err)
	}
	_, err := e.Profile(e.ctx, site, "v")
	e.wantError(err, store.ErrNotFound)
	_, err = e.Product(e.ctx, site, "p")
	e.wantError(err, store.ErrNotFound)
	if placements, _ := e.Placements(e.ctx, site); len(placements) > 0 {
		e.Errorf("%s has placements %v", site, placements)
	}
	_, err = e.Decision(e.ctx, site, "d")
	e.wantError(err, store.ErrNotFound)
	_, err = e.LoadSnapshot(e.ctx, site, "model", func(io.Reader) error { return nil })
	e.wantError(err, store.ErrNotFound)
}
