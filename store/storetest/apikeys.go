package storetest

import (
	"reflect"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

var apiKeyPromises = []promise{
	{"AreKeptWholeAndInOrder", func(e *env) {
		web := store.APIKey{
			ID: "web", Hash: [32]byte{1, 2, 31: 3}, Prefix: "vk_abcd", Roles: []store.Role{store.RoleDecide, store.RoleTrack},
			Sites: []scoring.SiteID{shop, other}, Rate: 12.5, Burst: 40,
			CreatedAt: time.Date(2026, 3, 1, 0, 0, 0, 1000, time.UTC), ExpiresAt: time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC),
		}
		ops := store.APIKey{ID: "ops", Hash: [32]byte{9}, Roles: []store.Role{store.RoleAdmin}, CreatedAt: time.Unix(1.7e9, 0).UTC()}
		for _, key := range []store.APIKey{web, ops} {
			e.must(e.CreateAPIKey(e.ctx, key))
		}
		for range 2 {
			all, err := e.APIKeys(e.ctx)
			e.must(err)
			if want := []store.APIKey{ops, web}; !reflect.DeepEqual(all, want) {
				e.Errorf("got  %+v\nwant %+v", all, want)
			}
			e.reopen()
		}
	}},
	{"ATakenIDIsErrExists", func(e *env) {
		e.must(e.CreateAPIKey(e.ctx, store.APIKey{ID: "web", Hash: [32]byte{1}}))
		e.wantError(e.CreateAPIKey(e.ctx, store.APIKey{ID: "web", Hash: [32]byte{2}}), store.ErrExists)
		e.reopen()
		e.wantError(e.CreateAPIKey(e.ctx, store.APIKey{ID: "web", Hash: [32]byte{2}}), store.ErrExists)
		all, err := e.APIKeys(e.ctx)
		e.must(err)
		if len(all) != 1 || all[0].Hash != [32]byte{1} {
			e.Errorf("got %+v, want the first one", all)
		}
	}},
	{"ADeletedOneIsGone", func(e *env) {
		e.must(e.CreateAPIKey(e.ctx, store.APIKey{ID: "web"}))
		e.must(e.DeleteAPIKey(e.ctx, "web"))
		e.wantError(e.DeleteAPIKey(e.ctx, "web"), store.ErrNotFound)
		for range 2 {
			if all, err := e.APIKeys(e.ctx); err != nil || len(all) != 0 {
				e.Errorf("got %+v, %v", all, err)
			}
			e.reopen()
		}
	}},
	{"OutliveTheirSites", func(e *env) {
		e.must(e.CreateAPIKey(e.ctx, store.APIKey{ID: "web", Sites: []scoring.SiteID{shop}}))
		e.must(e.DeleteSite(e.ctx, shop))
		if all, err := e.APIKeys(e.ctx); err != nil || len(all) != 1 {
			e.Errorf("got %+v, %v, want the key still", all, err)
		}
	}},
}
