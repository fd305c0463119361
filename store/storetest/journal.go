package storetest

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

var journalPromises = []promise{
	{"AppendMakesEventsDurable", func(e *env) {
		want := []scoring.Event{richEvent(), view("v", 1), {ID: "bare", Type: scoring.HomeViewed, Visitor: "w", Time: e.clock.Now()}}
		e.append(shop, want...)
		for _, when := range []string{"at once", "after reopening"} {
			got := e.journal(shop)
			if len(got) != len(want) {
				e.Fatalf("%s: %d events, want %d", when, len(got), len(want))
			}
			for i := range want {
				if !reflect.DeepEqual(got[i].Event, want[i]) {
					e.Errorf("%s: got %+v\nwant %+v", when, got[i].Event, want[i])
				}
			}
			e.reopen()
		}
	}},
	{"WhatIsServedToNobodyKnownChangesNoProfile", func(e *env) {
		served := scoring.Event{
			ID: "served-1", Type: scoring.CreativeServed, Time: e.clock.Now(), Served: []scoring.Served{{Campaign: "c", Creative: "x"}},
		}
		if acks := e.append(shop, served, served); acks[0].Duplicate || !acks[1].Duplicate {
			e.Errorf("acks %+v, want the second to be a duplicate: a decision counts once", acks)
		}
		e.reopen()
		if got := e.journal(shop); len(got) != 1 || !reflect.DeepEqual(got[0].Event, served) {
			e.Errorf("got %+v", got)
		}
		_, err := e.Profile(e.ctx, shop, "")
		e.wantError(err, store.ErrNotFound)
	}},
	{"TimesAreKeptToTheMicrosecondInUTC", func(e *env) {
		v := view("v", 1)
		v.Time = time.Date(2026, 7, 1, 9, 30, 0, 123_456_789, time.FixedZone("", 7200))
		e.append(shop, v)
		want := time.Date(2026, 7, 1, 7, 30, 0, 123_457_000, time.UTC)
		for range 2 {
			if got := e.journal(shop)[0].Event.Time; got != want {
				e.Errorf("time %v, want %v", got, want)
			}
			e.reopen()
		}
	}},
	{"AcksStandInTheOrderOfTheEvents", func(e *env) {
		events := views("v", 20)
		acks := e.append(shop, events...)
		entries := e.journal(shop)
		for i := range events {
			if acks[i].Duplicate || acks[i].Seq != entries[i].Seq || entries[i].Event.ID != events[i].ID {
				e.Fatalf("ack %d is %+v, the journal has %q at %d", i, acks[i], entries[i].Event.ID, entries[i].Seq)
			}
		}
	}},
	{"TheFirstSeqIs1AndSeqsOnlyGrow", func(e *env) {
		last := store.Seq(0)
		for i := range 10 {
			if i%3 == 2 {
				e.reopen()
			}
			for _, site := range []scoring.SiteID{shop, other} {
				for _, ack := range e.append(site, view("v", 2*i), view("v", 2*i+1)) {
					if last == 0 && ack.Seq != 1 {
						e.Errorf("the first event got %d", ack.Seq)
					}
					if ack.Seq <= last {
						e.Errorf("%d after %d", ack.Seq, last)
					}
					last = ack.Seq
				}
			}
		}
	}},
	{"AnUnknownSiteIsErrNotFound", func(e *env) {
		_, err := e.Append(e.ctx, "nowhere", views("v", 1))
		e.wantError(err, store.ErrNotFound)
		_, err = e.Head(e.ctx, "nowhere")
		e.wantError(err, store.ErrNotFound)
		err = e.Follow(e.ctx, "nowhere", 0, func([]store.Entry) error { return nil })
		e.wantError(err, store.ErrNotFound)
	}},
	{"AnEmptyCallDoesNothing", func(e *env) {
		acks, err := e.Append(e.ctx, shop, nil)
		if err != nil || len(acks) != 0 {
			e.Errorf("%v, %v", acks, err)
		}
	}},
	{"HeadIsTheSitesLastDurableEvent", func(e *env) {
		if head, err := e.Head(e.ctx, shop); head != 0 || err != nil {
			e.Errorf("head %d, %v before the first event", head, err)
		}
		acks := e.append(shop, views("v", 3)...)
		e.append(other, views("w", 3)...)
		for range 2 {
			if head, err := e.Head(e.ctx, shop); head != acks[2].Seq || err != nil {
				e.Errorf("head %d, %v; want %d", head, err, acks[2].Seq)
			}
			e.reopen()
		}
	}},
	{"ConcurrentCallsEachKeepTheirOrder", func(e *env) {
		const callers, calls, size = 16, 20, 5
		inParallel(callers, func(i int) {
			who := scoring.VisitorID(fmt.Sprint("v", i))
			for c := range calls {
				if _, err := e.Append(e.ctx, shop, views(who, calls*size)[c*size:(c+1)*size]); err != nil {
					e.Error(err)
				}
			}
		})
		for range 2 {
			next := make(map[scoring.VisitorID]int)
			for _, entry := range e.journal(shop) {
				who := entry.Event.Visitor
				if want := view(who, next[who]).ID; entry.Event.ID != want {
					e.Fatalf("%q, want %q", entry.Event.ID, want)
				}
				next[who]++
			}
			for i := range callers {
				if n := next[scoring.VisitorID(fmt.Sprint("v", i))]; n != calls*size {
					e.Errorf("caller %d: %d events, want %d", i, n, calls*size)
				}
			}
			e.reopen()
		}
	}},
	{"ACallThatWasGivenUpIsSafeToRetry", func(e *env) {
		events := views("v", 200)
		for i := range events {
			ctx, cancel := context.WithCancel(e.ctx)
			go cancel() // before, during or after: whichever
			_, _ = e.Append(ctx, shop, events[i:i+1])
			cancel()
		}
		e.append(shop, events...)
		e.wantEachOnce(shop, events)
	}},
	{"ACallerMayUseItsSliceAgain", func(e *env) {
		buf := make([]scoring.Event, 1)
		for i := range 50 {
			buf[0] = view("v", i)
			e.append(shop, buf...)
		}
		e.wantEachOnce(shop, views("v", 50))
	}},
	{"ALargeCallIsOneCall", func(e *env) {
		events := views("v", 12_345)
		e.append(shop, events...)
		e.wantEachOnce(shop, events)
	}},
}

// wantEachOnce compares the ids in the journal, in any order.
func (e *env) wantEachOnce(site scoring.SiteID, events []scoring.Event) {
	e.Helper()
	count := make(map[scoring.EventID]int)
	for _, entry := range e.journal(site) {
		count[entry.Event.ID]++
	}
	for i := range events {
		if n := count[events[i].ID]; n != 1 {
			e.Errorf("event %q stands %d times in the journal", events[i].ID, n)
		}
		delete(count, events[i].ID)
	}
	for id := range count {
		e.Errorf("event %q stands in the journal", id)
	}
}

// richEvent has every field set.
func richEvent() scoring.Event {
	euros := func(n int64) *scoring.Money { return &scoring.Money{Currency: "EUR", Nanos: n * 1e9} }
	return scoring.Event{
		ID:         "rich",
		Type:       scoring.OrderCompleted,
		CustomType: "custom",
		Visitor:    "v",
		Person:     "person",
		Time:       time.Date(2026, 2, 28, 23, 59, 59, 999_999_000, time.UTC),
		Items: []scoring.EventItem{
			{Product: "a", Quantity: 2, Price: euros(10), Facets: []scoring.FacetID{1, 1 << 40}},
			{Product: "b", Quantity: 1},
		},
		Order:            &scoring.Order{ID: "o1", Revenue: euros(25), Tax: euros(4), Shipping: euros(5), Coupon: "SPRING"},
		SearchQuery:      "läufer 跑鞋",
		Categories:       []string{"shoes/running"},
		AttributionToken: "token",
		Channel:          scoring.ChannelApp,
		Dwell:            1500 * time.Millisecond,
		Context: &scoring.Context{
			PageType: scoring.PageCheckout, Product: "a", Category: "shoes", SearchQuery: "q", Referrer: "https://example.org",
			Source: "s", Medium: "m", Campaign: "c", Channel: scoring.ChannelApp, Device: scoring.DevicePhone,
			Locale: "de-DE", Country: "DE", Region: "BE", City: "Berlin",
			LocalTime:  time.Date(2026, 3, 1, 0, 59, 59, 1000, time.UTC),
			Attributes: map[string]string{"b": "2", "a": "1"},
		},
		Served: []scoring.Served{{
			Campaign: "c", Creative: "x", Advertiser: "acme", Placement: "top", Channel: scoring.ChannelWeb, Keep: time.Hour,
		}},
	}
}
