package campaign

import (
	"fmt"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/contact"
)

// servedAnHourAgo is creative b of campaign a, so many times.
func servedAnHourAgo(times int) contact.Log {
	var l contact.Log
	for range times {
		l = l.Add([]scoring.Served{{Campaign: "a", Creative: "b", Advertiser: "acme", Channel: scoring.ChannelWeb, Keep: scoring.MaxCapWindow}}, noon.Add(-time.Hour))
	}
	return l
}

func TestCapsAndPressure(t *testing.T) {
	of := func(scope scoring.CapScope, limit int32, window time.Duration) []scoring.FrequencyCap {
		return []scoring.FrequencyCap{{Scope: scope, Limit: limit, Window: window}}
	}
	day := 24 * time.Hour
	web := []scoring.Channel{scoring.ChannelWeb}
	for _, test := range []struct {
		name string
		make func(f *Flight, c *scoring.Creative, p *scoring.ContactPolicy, a *Ask)
		want scoring.Rejection // 0: shown
	}{
		{"nothing counts", func(_ *Flight, _ *scoring.Creative, _ *scoring.ContactPolicy, a *Ask) {
			a.Contacts = servedAnHourAgo(9)
		}, 0},
		{"once, of two", func(f *Flight, _ *scoring.Creative, _ *scoring.ContactPolicy, _ *Ask) {
			f.Caps = of(scoring.CapCampaign, 2, day)
		}, 0},
		{"once, of one", func(f *Flight, _ *scoring.Creative, _ *scoring.ContactPolicy, _ *Ask) {
			f.Caps = of(scoring.CapCampaign, 1, day)
		}, scoring.RejectedCapped},
		{"an hour ago is not within an hour", func(f *Flight, _ *scoring.Creative, _ *scoring.ContactPolicy, _ *Ask) {
			f.Caps = of(scoring.CapCampaign, 1, time.Hour)
		}, 0},
		{"but within an hour and a nanosecond", func(f *Flight, _ *scoring.Creative, _ *scoring.ContactPolicy, _ *Ask) {
			f.Caps = of(scoring.CapCampaign, 1, time.Hour+1)
		}, scoring.RejectedCapped},
		{"each creative", func(f *Flight, _ *scoring.Creative, _ *scoring.ContactPolicy, _ *Ask) {
			f.Caps = of(scoring.CapCreative, 1, day)
		}, scoring.RejectedCapped},
		{"each creative, another", func(f *Flight, c *scoring.Creative, _ *scoring.ContactPolicy, _ *Ask) {
			c.ID, f.Caps = "other", of(scoring.CapCreative, 1, day)
		}, 0},
		{"the creative's own", func(_ *Flight, c *scoring.Creative, _ *scoring.ContactPolicy, _ *Ask) {
			c.Caps = of(scoring.CapCreative, 1, day)
		}, scoring.RejectedCapped},
		{"the advertiser", func(f *Flight, c *scoring.Creative, _ *scoring.ContactPolicy, _ *Ask) {
			f.ID, c.Campaign, f.Caps = "z", "z", of(scoring.CapAdvertiser, 1, day)
		}, scoring.RejectedCapped},
		{"another advertiser", func(f *Flight, c *scoring.Creative, _ *scoring.ContactPolicy, _ *Ask) {
			f.ID, c.Campaign, f.Advertiser, f.Caps = "z", "z", "else", of(scoring.CapAdvertiser, 1, day)
		}, 0},
		{"a budget of the web", func(_ *Flight, _ *scoring.Creative, p *scoring.ContactPolicy, _ *Ask) {
			p.Budgets = []scoring.ContactBudget{{Channels: web, Limit: 1, Window: day}}
		}, scoring.RejectedContactPressure},
		{"the same, in an e-mail", func(_ *Flight, _ *scoring.Creative, p *scoring.ContactPolicy, a *Ask) {
			p.Budgets = []scoring.ContactBudget{{Channels: web, Limit: 1, Window: day}}
			a.Context = &scoring.Context{Channel: scoring.ChannelEmail}
		}, 0},
		{"a budget of all channels, in an e-mail", func(_ *Flight, _ *scoring.Creative, p *scoring.ContactPolicy, a *Ask) {
			p.Budgets = []scoring.ContactBudget{{Limit: 1, Window: day}}
			a.Context = &scoring.Context{Channel: scoring.ChannelEmail}
		}, scoring.RejectedContactPressure},
		{"bought", func(_ *Flight, _ *scoring.Creative, p *scoring.ContactPolicy, a *Ask) {
			p.AfterPurchase, a.Purchased = day, noon.Add(1-day)
		}, scoring.RejectedContactPressure},
		{"bought a day ago", func(_ *Flight, _ *scoring.Creative, p *scoring.ContactPolicy, a *Ask) {
			p.AfterPurchase, a.Purchased = day, noon.Add(-day)
		}, 0},
		{"waved away", func(_ *Flight, _ *scoring.Creative, _ *scoring.ContactPolicy, a *Ask) {
			a.Contacts = a.Contacts.Dismissed("a", "b", noon.Add(-100*day))
		}, scoring.RejectedDismissed},
		{"another of the campaign waved away", func(_ *Flight, _ *scoring.Creative, p *scoring.ContactPolicy, a *Ask) {
			p.AfterDismissal, a.Contacts = day, a.Contacts.Dismissed("a", "x", noon.Add(-time.Hour))
		}, scoring.RejectedContactPressure},
		{"and the campaign has rested", func(_ *Flight, _ *scoring.Creative, p *scoring.ContactPolicy, a *Ask) {
			p.AfterDismissal, a.Contacts = day, a.Contacts.Dismissed("a", "x", noon.Add(-day))
		}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := Flight{Campaign: scoring.Campaign{ID: "a", Advertiser: "acme"}}
			c, p, a := banner("a", "b"), &scoring.ContactPolicy{}, ask()
			a.Contacts = servedAnHourAgo(1)
			test.make(&f, &c, p, a)
			s := NewShelf([]Flight{f}, []scoring.Creative{c}, time.UTC, p)
			got := scoring.Rejection(0)
			if rejected := s.Rejections(a, nil, 1); len(s.Eligible(nil, a)) == 0 {
				got = rejected[0].Rejection
				if why := NoFill(rejected); why != scoring.NoFillCapped {
					t.Errorf("no fill: %v", why)
				}
			}
			if got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// A contact is remembered for as long as something counts it.
func TestKeepIsTheLongestWindow(t *testing.T) {
	window := func(scope scoring.CapScope, hours int) []scoring.FrequencyCap {
		return []scoring.FrequencyCap{{Scope: scope, Limit: 1, Window: time.Duration(hours) * time.Hour}}
	}
	flights := []Flight{
		{Campaign: scoring.Campaign{ID: "a", Advertiser: "acme", Caps: window(scoring.CapAdvertiser, 5)}},
		{Campaign: scoring.Campaign{ID: "b", Advertiser: "acme", Caps: window(scoring.CapCampaign, 3)}},
		{Campaign: scoring.Campaign{ID: "c", Caps: window(scoring.CapCreative, 2)}},
		{Campaign: scoring.Campaign{ID: "d"}},
	}
	creatives := []scoring.Creative{banner("a", "x"), banner("b", "x"), banner("c", "x"), banner("d", "x")}
	creatives[2].Caps = window(scoring.CapCreative, 7)
	keep := func(p *scoring.ContactPolicy) string {
		var list []time.Duration
		for _, ad := range NewShelf(flights, creatives, time.UTC, p).Ads() {
			list = append(list, ad.Keep()/time.Hour)
		}
		return fmt.Sprintf("%d", list)
	}
	if got := keep(nil); got != "[5 5 7 0]" {
		t.Errorf("got %s hours", got)
	}
	if got := keep(&scoring.ContactPolicy{Budgets: []scoring.ContactBudget{{Limit: 1, Window: 6 * time.Hour}}}); got != "[6 6 7 6]" {
		t.Errorf("with a budget of six hours: %s hours", got)
	}
}
