package boltstore

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

// TestProfilesGoAfterTheirRetention has a visitor of two years ago, one who came back
// lately, and one whose event arrived late and is still in the journal.
func TestProfilesGoAfterTheirRetention(t *testing.T) {
	ctx := context.Background()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	opts := Options{Now: func() time.Time { return now }, CheckpointEvery: time.Hour}
	dir := t.TempDir()
	s := openTest(t, dir, opts)
	if _, err := s.CreateSite(ctx, scoring.Site{ID: "shop"}); err != nil {
		t.Fatal(err)
	}
	visit := func(who string, n int, at time.Time) {
		t.Helper()
		e := testEvent(who, n)
		e.Time = at
		if _, err := s.Append(ctx, "shop", []scoring.Event{e}); err != nil {
			t.Fatal(err)
		}
	}
	expire := func() int {
		t.Helper()
		if err := s.checkpointer.checkpoint(false); err != nil {
			t.Fatal(err)
		}
		n, err := s.expireProfiles(0)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	var crowd []scoring.Event
	for n := range 1200 { // more than two batches
		e := testEvent(fmt.Sprint("gone", n), 0)
		e.Time = now
		crowd = append(crowd, e)
	}
	if _, err := s.Append(ctx, "shop", crowd); err != nil {
		t.Fatal(err)
	}
	visit("returns", 1, now)
	if n := expire(); n != 0 {
		t.Errorf("%d profiles of today are removed", n)
	}
	now = now.AddDate(2, 0, 0)
	visit("returns", 2, now)
	visit("late", 3, now.AddDate(-2, 0, 0))
	if n := expire(); n != 0 { // their hour is dropped, but they share its chunk with today's events
		t.Errorf("%d profiles are removed whose chunk of the journal is still there", n)
	}
	// Fill the chunk, and let its hours go.
	for n := range 5 {
		now = now.Add(time.Hour)
		var events []scoring.Event
		for i := range 1000 {
			events = append(events, testEvent("busy", 10_000+n*1000+i))
		}
		if _, err := s.Append(ctx, "shop", events); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.checkpointer.checkpoint(false); err != nil {
		t.Fatal(err)
	}
	now = now.AddDate(0, 0, 89) // the first of the five hours is 89 days and 4 hours old
	visit("busy", 99_999, now)
	if n := expire(); n != 0 {
		t.Errorf("%d profiles are removed whose events are still there", n)
	}
	now = now.AddDate(0, 0, 2)
	visit("busy", 100_000, now)
	if n := expire(); n != 1201 { // those who are gone, and late, by when their event happened
		t.Errorf("%d profiles are removed, want 1,201", n)
	}
	for range 2 {
		for who, want := range map[string]error{"gone0": store.ErrNotFound, "gone1199": store.ErrNotFound, "late": store.ErrNotFound, "returns": nil, "busy": nil} {
			if _, err := s.Profile(ctx, "shop", scoring.VisitorID(who)); !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", who, err, want)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = openTest(t, dir, opts)
	}
	err := s.state.view(func(tx *bolt.Tx) error {
		if n := siteBucket(tx, 1, bucketProfiles).Stats().KeyN; n != 2 {
			t.Errorf("%d records are left, want 2", n)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
