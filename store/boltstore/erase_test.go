package boltstore

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

// TestACrashInAnErasure copies the folder before every commit of an erasure, and of
// what comes before and after it, as a power cut would leave it, and opens the copies:
// the visitor is there as a whole, or gone as a whole.
func TestACrashInAnErasure(t *testing.T) {
	ctx := context.Background()
	dir, copies := t.TempDir(), t.TempDir()
	var crashes []string
	watch := false
	opts := Options{CheckpointEvery: time.Hour, hooks: hooks{beforeCommit: func(file string) error {
		if watch {
			crashes = append(crashes, copyCrashed(t, dir, filepath.Join(copies, fmt.Sprintf("%02d-%s", len(crashes), file))))
		}
		return nil
	}}}
	s := openTest(t, dir, opts)
	if _, err := s.CreateSite(ctx, scoring.Site{ID: "shop"}); err != nil {
		t.Fatal(err)
	}
	appendTest := func(visitor string, from, to int) {
		for n := from; n < to; n++ {
			if _, err := s.Append(ctx, "shop", []scoring.Event{testEvent(visitor, n)}); err != nil {
				t.Fatal(err)
			}
		}
	}
	appendTest("v", 0, 10)
	appendTest("w", 0, 10)
	for n := range 6 {
		s.RecordDecision("shop", &scoring.Decision{ID: scoring.DecisionID(fmt.Sprint("d", n)), Visitor: []scoring.VisitorID{"v", "w"}[n%2]})
	}
	flushDecisions(s)
	if err := s.checkpointer.checkpoint(false); err != nil { // half of it is in state.db
		t.Fatal(err)
	}
	appendTest("v", 10, 20)
	link := testEvent("w", 10)
	link.Type, link.Items, link.Link = scoring.VisitorLinked, nil, &scoring.Link{Person: "p", Device: "v"}
	if _, err := s.Append(ctx, "shop", []scoring.Event{link}); err != nil {
		t.Fatal(err)
	}

	watch = true
	got, err := s.EraseVisitor(ctx, "shop", erasureOf("v", "w"))
	if err != nil || got.Events != 20 || got.Decisions != 3 {
		t.Fatalf("erased %+v, %v", got, err)
	}
	promised := len(crashes) // copies from here on were made after the call had returned
	appendTest("v", 100, 102)
	if err := s.checkpointer.checkpoint(false); err != nil {
		t.Fatal(err)
	}
	if err := s.finishErasures(); err != nil {
		t.Fatal(err)
	}
	appendTest("v", 102, 103)
	watch = false

	if len(crashes) < 9 { // two of the erasure, three events, profiles, watermark, the link, the end of it
		t.Fatalf("%d commits", len(crashes))
	}
	for i, crashed := range crashes {
		t.Run(filepath.Base(crashed), func(t *testing.T) {
			for _, when := range []string{"after the crash", "after a start in order"} {
				events, decisions := examineErased(t, crashed)
				switch {
				case events["old"] == 20 && decisions == 3 && i == 0: // the promise was not yet made
				case events["old"] != 0 || decisions != 0:
					t.Errorf("%s: %d events and %d decisions are left", when, events["old"], decisions)
				case i < promised && events["new"] != 0, events["new"] > 3:
					t.Errorf("%s: %d events of the new visitor", when, events["new"])
				case when == "after a start in order" && events["link"] != 0: // the close made a checkpoint
					t.Errorf("%s: what another's event says of the visitor is left", when)
				}
			}
		})
	}
}

// erasureOf is an erasure, and an event that tells of it.
func erasureOf(v scoring.VisitorID, near ...scoring.VisitorID) store.Erasure {
	return store.Erasure{Visitor: v, Near: near, Told: scoring.Event{
		ID: scoring.EventID("told-" + rand.Text()), Type: scoring.VisitorErased, Time: fixtureNow(),
	}}
}

// copyCrashed copies a folder as a killed process leaves it.
func copyCrashed(t *testing.T, dir, to string) string {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return to
}

// examineErased opens a folder, looks for visitor v everywhere, and closes it.
func examineErased(t *testing.T, dir string) (events map[string]int, decisions int) {
	t.Helper()
	ctx := context.Background()
	s, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := s.Check(ctx); err != nil {
		t.Error(err)
	}
	events = map[string]int{}
	all, others := 0, 0
	err = eachStored(s, "shop", func(e store.Entry) {
		switch {
		case e.Event.Visitor == "": // it tells of the erasure
		case e.Event.Link != nil:
			events["link"]++
		case e.Event.Visitor == "w":
			others++
		case e.Event.Time.Second() < 20 && e.Event.Time.Minute() == 0:
			events["old"]++
			all++
		default:
			events["new"]++
			all++
		}
	})
	if err != nil {
		t.Error(err)
	}
	if others != 10 {
		t.Errorf("%d events of the other visitor, want 10", others)
	}
	p, err := s.Profile(ctx, "shop", "v")
	switch {
	case all == 0 && !errors.Is(err, store.ErrNotFound):
		t.Errorf("profile %+v, %v; want none", p, err)
	case all > 0 && (err != nil || p.Events != int64(all)):
		t.Errorf("profile %+v, %v; want one of %d events", p, err, all)
	}
	if err := s.DecisionsOf(ctx, "shop", "v", func(*scoring.Decision) error { decisions++; return nil }); err != nil {
		t.Error(err)
	}
	return events, decisions
}

// eachStored calls fn with all events of a site that are in the file.
func eachStored(s *Store, id scoring.SiteID, fn func(store.Entry)) error {
	t, err := s.site(id)
	if err != nil {
		return err
	}
	for after := store.Seq(0); ; {
		entries, err := s.readEvents(t, after, 1000, nil)
		if err != nil || len(entries) == 0 {
			return err
		}
		for _, e := range entries {
			fn(e)
		}
		after = entries[len(entries)-1].Seq
	}
}

// TestAnErasureThatFailsIsFinishedLater has the disk refuse its second commit.
func TestAnErasureThatFailsIsFinishedLater(t *testing.T) {
	ctx := context.Background()
	var refuse atomic.Int64 // commits to the one that is refused
	s := openTest(t, t.TempDir(), Options{CheckpointEvery: time.Hour, hooks: hooks{beforeCommit: func(string) error {
		if refuse.Add(-1) == 0 {
			return store.ErrFull
		}
		return nil
	}}})
	if _, err := s.CreateSite(ctx, scoring.Site{ID: "shop"}); err != nil {
		t.Fatal(err)
	}
	for n := range 5 {
		if _, err := s.Append(ctx, "shop", []scoring.Event{testEvent("v", n)}); err != nil {
			t.Fatal(err)
		}
	}
	refuse.Store(2)
	if _, err := s.EraseVisitor(ctx, "shop", erasureOf("v")); !errors.Is(err, store.ErrFull) {
		t.Fatalf("error %v", err)
	}
	if _, err := s.Profile(ctx, "shop", "v"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("profile: %v; the promise was made", err)
	}
	if err := s.checkpointer.checkpoint(false); err != nil {
		t.Fatal(err)
	}
	if err := s.finishErasures(); err != nil {
		t.Fatal(err)
	}
	err := eachStored(s, "shop", func(e store.Entry) {
		if e.Event.Visitor != "" {
			t.Errorf("event %d is left", e.Seq)
		}
	})
	if err != nil || len(s.erasures.open) != 0 {
		t.Errorf("%v, %d erasures are open", err, len(s.erasures.open))
	}
}

// TestDecisionsFromBeforeFingerprints takes the column away, as a journal of an earlier
// version is without.
func TestDecisionsFromBeforeFingerprints(t *testing.T) {
	ctx := context.Background()
	dir := copyFolder(t, fixtureDir)
	s := openTest(t, dir, fixtureOptions())
	s.RecordDecision("shop", &scoring.Decision{ID: "02", Visitor: "v1", Time: fixtureNow()})
	s.RecordDecision("shop", &scoring.Decision{ID: "03", Visitor: "v2", Time: fixtureNow()})
	flushDecisions(s)
	got, err := s.EraseVisitor(ctx, "shop", erasureOf("v1"))
	if err != nil || got.Events != 3 || got.Decisions != 2 || !got.Profile {
		t.Errorf("erased %+v, %v; want 3 events and 2 decisions", got, err)
	}
	n := 0
	if err := s.DecisionsOf(ctx, "shop", "v2", func(*scoring.Decision) error { n++; return nil }); err != nil || n != 1 {
		t.Errorf("%d decisions of v2, %v; want 1", n, err)
	}
}
