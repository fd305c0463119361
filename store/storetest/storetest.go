// Package storetest is the suite that every implementation of store.Store must
// pass. Each subtest is named after a promise in package store, gets data of its
// own, and ends with the integrity check.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/visitor"
	"github.com/vitrine-io/vitrine/store"
)

// Config is what the suite wants of an implementation.
type Config struct {
	// Now is the clock that arrival times, retention and the dedupe window
	// follow.
	Now func() time.Time
	// The windows. An implementation may keep more than they say: up to an hour.
	DedupeWindow      time.Duration
	EventRetention    time.Duration
	DecisionRetention time.Duration
}

// Data is a place for one store's data: a folder, a keyspace.
type Data interface {
	// Open opens the data, empty the first time, and fails the test if it can't.
	// The suite closes the store before it opens the data again.
	Open(t testing.TB, c Config) store.Store
}

// Run runs the suite. fresh is called for each subtest and gives empty data.
func Run(t *testing.T, fresh func(t *testing.T) Data) {
	for _, group := range []struct {
		name  string
		tests []promise
	}{
		{"Journal", journalPromises},
		{"Dedupe", dedupePromises},
		{"Follow", followPromises},
		{"Profiles", profilePromises},
		{"Visitors", visitorPromises},
		{"Sites", sitePromises},
		{"Products", productPromises},
		{"Placements", placementPromises},
		{"Campaigns", campaignPromises},
		{"Segments", segmentPromises},
		{"Decisions", decisionPromises},
		{"Snapshots", snapshotPromises},
		{"APIKeys", apiKeyPromises},
		{"Retention", retentionPromises},
		{"Lifecycle", lifecyclePromises},
		{"Properties", propertyPromises},
	} {
		t.Run(group.name, func(t *testing.T) {
			for _, p := range group.tests {
				t.Run(p.name, func(t *testing.T) {
					p.test(newEnv(t, fresh(t)))
				})
			}
		})
	}
}

// promise is a subtest.
type promise struct {
	name string
	test func(*env)
}

// shop and other are the sites that every test has.
const (
	shop  scoring.SiteID = "shop"
	other scoring.SiteID = "other"
)

// env is what a subtest works with: an open store and a clock of its own.
type env struct {
	*testing.T
	store.Store
	ctx   context.Context
	data  Data
	clock *clock
	open  bool
}

func newEnv(t *testing.T, data Data) *env {
	e := &env{T: t, data: data, clock: &clock{now: time.Date(2026, 3, 1, 12, 30, 0, 0, time.UTC)}}
	// Cleanups run last first: the goroutines are looked at when all is closed.
	leaks := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, leaks) })
	var cancel context.CancelFunc
	e.ctx, cancel = context.WithCancel(context.Background())
	t.Cleanup(cancel)
	t.Cleanup(e.close)
	e.reopen()
	for _, id := range []scoring.SiteID{shop, other} {
		e.createSite(id)
	}
	return e
}

// reopen closes the store, if it is open, and opens its data again.
func (e *env) reopen() {
	e.Helper()
	e.close()
	e.Store = e.data.Open(e, Config{
		Now:               e.clock.Now,
		DedupeWindow:      24 * time.Hour,
		EventRetention:    10 * 24 * time.Hour,
		DecisionRetention: 5 * 24 * time.Hour,
	})
	e.open = true
}

// close ends with the integrity check.
func (e *env) close() {
	e.Helper()
	if !e.open {
		return
	}
	e.open = false
	if err := e.Check(context.Background()); err != nil {
		e.Errorf("check: %v", err)
	}
	if err := e.Close(); err != nil {
		e.Errorf("close: %v", err)
	}
}

func (e *env) createSite(id scoring.SiteID) {
	e.Helper()
	_, err := e.CreateSite(e.ctx, scoring.Site{ID: id, DisplayName: "Site " + string(id)})
	e.must(err)
}

func (e *env) must(err error) {
	e.Helper()
	if err != nil {
		e.Fatal(err)
	}
}

func (e *env) wantError(err, want error) {
	e.Helper()
	if !errors.Is(err, want) {
		e.Errorf("error %v, want %v", err, want)
	}
}

// append fails the test if the store refuses.
func (e *env) append(site scoring.SiteID, events ...scoring.Event) []store.Ack {
	e.Helper()
	acks, err := e.Append(e.ctx, site, events)
	e.must(err)
	if len(acks) != len(events) {
		e.Fatalf("%d acks for %d events", len(acks), len(events))
	}
	return acks
}

var errEnough = errors.New("enough")

// journal reads the site's durable events, which end at its head.
func (e *env) journal(site scoring.SiteID) []store.Entry {
	e.Helper()
	head, err := e.Head(e.ctx, site)
	e.must(err)
	var all []store.Entry
	if head == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(e.ctx, time.Minute)
	defer cancel()
	err = e.Follow(ctx, site, 0, func(entries []store.Entry) error {
		all = append(all, entries...)
		if entries[len(entries)-1].Seq >= head {
			return errEnough
		}
		return nil
	})
	if !errors.Is(err, errEnough) {
		e.Fatalf("follow %s to %d ended with %v after %d entries", site, head, err, len(all))
	}
	return all
}

// fold is what the profiles of a journal must be.
func fold(entries []store.Entry) map[scoring.VisitorID]*visitor.Profile {
	profiles := make(map[scoring.VisitorID]*visitor.Profile)
	for i := range entries {
		id := entries[i].Event.Visitor
		if id == "" {
			continue // the shop's own doing
		}
		profiles[id] = visitor.Apply(profiles[id], &entries[i].Event)
	}
	return profiles
}

// clock is set by the test.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// view is an event of a visitor that looks at a product; n makes its id.
func view(who scoring.VisitorID, n int) scoring.Event {
	return scoring.Event{
		ID:      scoring.EventID(fmt.Sprintf("%s/%d", who, n)),
		Type:    scoring.ProductViewed,
		Visitor: who,
		Time:    time.Date(2026, 3, 1, 12, 0, n, 1000*n, time.UTC),
		Items:   []scoring.EventItem{{Product: scoring.ProductID(fmt.Sprintf("p%d", n%7)), Quantity: 1}},
	}
}

func views(who scoring.VisitorID, n int) []scoring.Event {
	events := make([]scoring.Event, n)
	for i := range events {
		events[i] = view(who, i)
	}
	return events
}

// inParallel runs fn n times at once.
func inParallel(n int, fn func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { fn(i) })
	}
	wg.Wait()
}
