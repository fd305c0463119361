package storetest

import (
	"reflect"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

var campaignPromises = []promise{
	{"AreKeptWholeAndInOrder", func(e *env) {
		at := time.Date(2026, 3, 1, 0, 0, 0, 1000, time.UTC)
		campaign := scoring.Campaign{
			ID: "b", DisplayName: "B", Advertiser: "acme", Start: at, End: at.AddDate(0, 1, 0),
			DayParts: []scoring.DayPart{{Days: 1 << time.Monday, Start: 1320, End: 360}}, Tier: scoring.TierGoal,
			ClickValue: &scoring.Money{Currency: "EUR", Nanos: 5e8}, Targeting: "true",
			Places: []scoring.Place{{Country: "FR", City: "Lyon"}}, LandingURL: "https://example.com/", Categories: []string{"c"},
			Paused: true, UpdatedAt: at, Attributes: map[string]string{"booking": "4711"},
			Circles: []scoring.Circle{{Center: scoring.Coordinates{Latitude: 45.75, Longitude: 4.85}, Radius: 20}},
		}
		creative := scoring.Creative{
			ID: "x", Campaign: "b", DisplayName: "X", Format: "banner", Size: scoring.CreativeSize{Width: 300, Height: 250},
			LandingURL: "https://example.com/x", Attributes: map[string]string{"motif": "people"}, Paused: true, UpdatedAt: at,
		}
		puts, putCreatives := []scoring.Campaign{campaign}, []scoring.Creative{creative}
		e.must(e.PutCampaigns(e.ctx, shop, puts, putCreatives))
		put, putCreative := puts[0], putCreatives[0]
		for _, site := range []scoring.SiteID{shop, other} {
			e.must(e.PutCampaigns(e.ctx, site, []scoring.Campaign{{ID: "a"}}, []scoring.Creative{{ID: "z", Campaign: "a", Format: "banner"}}))
		}
		campaign.Revision, creative.Revision = put.Revision, putCreative.Revision
		for range 2 {
			all, err := e.Campaigns(e.ctx, shop)
			e.must(err)
			if len(all) != 2 || all[0].ID != "a" || !reflect.DeepEqual(all[1], campaign) || !reflect.DeepEqual(put, campaign) {
				e.Errorf("got %+v\nput %+v\nwant %+v", all, put, campaign)
			}
			theirs, err := e.Creatives(e.ctx, shop)
			e.must(err)
			if len(theirs) != 2 || theirs[0].ID != "z" || !reflect.DeepEqual(theirs[1], creative) || !reflect.DeepEqual(putCreative, creative) {
				e.Errorf("got %+v\nput %+v\nwant %+v", theirs, putCreative, creative)
			}
			e.reopen()
		}
	}},
	{"ACampaignGoesWithItsCreatives", func(e *env) {
		// "a-b" begins as "a" does, and must stay.
		for _, id := range []scoring.CampaignID{"a", "a-b"} {
			e.must(e.PutCampaigns(e.ctx, shop, []scoring.Campaign{{ID: id}}, []scoring.Creative{{ID: "x", Campaign: id}, {ID: "y", Campaign: id}}))
		}
		e.must(e.DeleteCampaign(e.ctx, shop, "a"))
		e.must(e.DeleteCreative(e.ctx, shop, "a-b", "x"))
		for range 2 {
			all, err := e.Campaigns(e.ctx, shop)
			e.must(err)
			theirs, err := e.Creatives(e.ctx, shop)
			e.must(err)
			if len(all) != 1 || all[0].ID != "a-b" || len(theirs) != 1 || theirs[0].Campaign != "a-b" || theirs[0].ID != "y" {
				e.Errorf("left: %+v, %+v", all, theirs)
			}
			e.reopen()
		}
	}},
	{"RevisionsGrowWithEveryChange", func(e *env) {
		last := uint64(0)
		for range 3 {
			put := []scoring.Campaign{{ID: "c"}}
			e.must(e.PutCampaigns(e.ctx, shop, put, nil))
			if put[0].Revision <= last {
				e.Errorf("revision %d after %d", put[0].Revision, last)
			}
			last = put[0].Revision
			e.must(e.DeleteCampaign(e.ctx, shop, "c"))
		}
	}},
	{"NotThereIsErrNotFound", func(e *env) {
		e.wantError(e.DeleteCampaign(e.ctx, shop, "c"), store.ErrNotFound)
		e.wantError(e.DeleteCampaign(e.ctx, "nowhere", "c"), store.ErrNotFound)
		e.wantError(e.DeleteCreative(e.ctx, shop, "c", "x"), store.ErrNotFound)
		_, err := e.Campaigns(e.ctx, "nowhere")
		e.wantError(err, store.ErrNotFound)
		e.wantError(e.PutCampaigns(e.ctx, "nowhere", []scoring.Campaign{{ID: "c"}}, nil), store.ErrNotFound)
		_, err = e.Creatives(e.ctx, "nowhere")
		e.wantError(err, store.ErrNotFound)
	}},
}
