package boltstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

// faults make the commits of a file fail.
type faults struct {
	mu   sync.Mutex
	fail map[string]error
}

func (f *faults) set(file string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fail = map[string]error{file: err}
}

func (f *faults) hooks() hooks {
	return hooks{beforeCommit: func(file string) error {
		f.mu.Lock()
		defer f.mu.Unlock()
		return f.fail[file]
	}}
}

func TestAFailedCommitLeavesNothing(t *testing.T) {
	ctx := context.Background()
	var faults faults
	s := openTest(t, t.TempDir(), Options{hooks: faults.hooks()})
	fillSmall(ctx, t, s)
	before := len(journalOf(t, s, "shop"))
	head, _ := s.Head(ctx, "shop")

	faults.set(journalName, fmt.Errorf("write: %w", syscall.ENOSPC))
	events := []scoring.Event{testEvent("v1", 900), testEvent("fresh", 1)}
	for range 3 {
		_, err := s.Append(ctx, "shop", events)
		if !errors.Is(err, store.ErrFull) {
			t.Fatalf("error %v", err)
		}
	}
	if n := len(journalOf(t, s, "shop")); n != before {
		t.Errorf("%d events, %d before the failed commits", n, before)
	}
	if _, err := s.Profile(ctx, "shop", "fresh"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("profile of a refused event: %v", err)
	}
	faults.set(journalName, nil)
	acks, err := s.Append(ctx, "shop", events)
	if err != nil {
		t.Fatal(err)
	}
	for i, ack := range acks {
		if ack.Duplicate || ack.Seq != head+store.Seq(i)+1 {
			t.Errorf("ack %+v of an event that was refused before", ack)
		}
	}
	if err := s.Check(ctx); err != nil {
		t.Error(err)
	}
}

func TestAFailedCheckpointHoldsBackNoMoreThanItsBound(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	var faults faults
	s := openTest(t, dir, Options{DirtyProfiles: 100, MaxCommit: 10, CheckpointEvery: time.Hour, hooks: faults.hooks()})
	if _, err := s.CreateSite(ctx, scoring.Site{ID: "shop"}); err != nil {
		t.Fatal(err)
	}
	faults.set(stateName, syscall.ENOSPC)
	stored := 0
	var err error
	for n := 0; n < 1000 && err == nil; n++ {
		if _, err = s.Append(ctx, "shop", []scoring.Event{testEvent(fmt.Sprint("v", n), 1)}); err == nil {
			stored++
		}
	}
	if !errors.Is(err, store.ErrFull) || stored < 100 || stored > 120 {
		t.Errorf("%d events went in, then %v", stored, err)
	}
	faults.set(stateName, nil)
	if _, err := s.Append(ctx, "shop", []scoring.Event{testEvent("later", 1)}); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openTest(t, dir, Options{})
	for n := range stored {
		if p, err := s.Profile(ctx, "shop", scoring.VisitorID(fmt.Sprint("v", n))); err != nil || p.Events != 1 {
			t.Errorf("profile %d: %v, %v", n, p, err)
		}
	}
}

// TestAFullDisk fills a real file system of a few megabytes.
func TestAFullDisk(t *testing.T) {
	ctx := context.Background()
	dir := smallDisk(t)
	s, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	closed := false
	defer func() {
		if !closed {
			_ = s.Close()
		}
	}()
	if _, err := s.CreateSite(ctx, scoring.Site{ID: "shop"}); err != nil {
		t.Fatal(err)
	}
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 4<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	acked := make(map[scoring.EventID]bool)
	n := 0
	fill := func() error {
		for n < 1_000_000 {
			var events []scoring.Event
			for range 100 {
				e := testEvent(fmt.Sprint("v", n%200), n)
				e.SearchQuery = strings.Repeat("x", 200)
				events = append(events, e)
				n++
			}
			if _, err := s.Append(ctx, "shop", events); err != nil {
				n -= 100 // they are sent again
				return err
			}
			for i := range events {
				acked[events[i].ID] = true
			}
		}
		return errors.New("it never fills")
	}
	for round := range 3 {
		for range 3 {
			if err := fill(); !errors.Is(err, store.ErrFull) {
				t.Fatalf("round %d: error %v", round, err)
			}
		}
		compareAcked(t, s, acked)
		if err := s.SaveSnapshot(ctx, "shop", "model", 1, func(w io.Writer) error {
			_, err := w.Write(make([]byte, 8<<20))
			return err
		}); !errors.Is(err, store.ErrFull) {
			t.Errorf("round %d: snapshot: %v", round, err)
		}
		if round == 1 {
			continue
		}
		// Room again: everything works on.
		if err := os.Truncate(ballast, int64(2-round)<<20); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Append(ctx, "shop", []scoring.Event{testEvent("room", round)}); err != nil {
			t.Fatalf("round %d: with room again: %v", round, err)
		}
		acked[testEvent("room", round).ID] = true
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if err := s.Check(ctx); err != nil {
		t.Error(err)
	}
	closed = true
	if err := s.Close(); err != nil && !errors.Is(err, store.ErrFull) {
		t.Fatal(err)
	}
	s = openTest(t, dir, Options{})
	compareAcked(t, s, acked)
	if err := s.Check(ctx); err != nil {
		t.Error(err)
	}
}

func compareAcked(t *testing.T, s *Store, acked map[scoring.EventID]bool) {
	t.Helper()
	entries := journalOf(t, s, "shop")
	for i := range entries {
		if !acked[entries[i].Event.ID] {
			t.Fatalf("event %q was refused, and is there", entries[i].Event.ID)
		}
	}
	if len(entries) != len(acked) {
		t.Fatalf("%d events in the journal, %d were acknowledged", len(entries), len(acked))
	}
}

// smallDisk mounts a file system of 12 MiB, and skips the test where that is not
// allowed.
func smallDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := mountTmpfs(dir, 12<<20); err != nil {
		t.Skipf("mounting a small file system is not allowed here: %v", err)
	}
	t.Cleanup(func() {
		if err := unmount(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}
