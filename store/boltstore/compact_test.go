package boltstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

func compactTest(t testing.TB, s *Store) (last store.Compaction) {
	t.Helper()
	err := s.Compact(context.Background(), func(c store.Compaction) {
		if c.Done < last.Done || c.Done > c.Total || last.Size != 0 {
			t.Errorf("%+v after %+v", c, last)
		}
		last = c
	})
	if err != nil {
		t.Fatal(err)
	}
	return last
}

// tellingEvent has words in every place that an event has, all of which hold the mark.
func tellingEvent(visitor, mark string, n int) scoring.Event {
	word := func(what string) string { return fmt.Sprintf("%s-%s-%d", mark, what, n) }
	e := testEvent(visitor, n)
	e.ID, e.Type, e.CustomType = scoring.EventID(word("event")), scoring.Custom, word("custom")
	e.Person, e.SearchQuery, e.Categories = scoring.PersonID(word("person")), word("query"), []string{word("category")}
	e.Items[0].Product = scoring.ProductID(word("product"))
	e.Order = &scoring.Order{ID: scoring.OrderID(word("order")), Coupon: word("coupon")}
	e.Context = &scoring.Context{Referrer: word("referrer"), Attributes: map[string]string{word("key"): word("value")}}
	switch n % 3 {
	case 1:
		e.Type = scoring.OrderCompleted
	case 2:
		e.Type = scoring.ProductsSearched
	}
	return e
}

// holders are the files under dir that hold the word.
func holders(t testing.TB, dir, word string) (files []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && bytes.Contains(readAll(t, path), []byte(word)) {
			files = append(files, filepath.Base(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestNoByteOfTheErasedIsLeftAfterACompaction(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	s := openTest(t, dir, Options{})
	if _, err := s.CreateSite(ctx, scoring.Site{ID: "shop"}); err != nil {
		t.Fatal(err)
	}
	for n := range 300 {
		var events []scoring.Event
		for _, who := range []string{"gone", "stays", "third"} {
			events = append(events, tellingEvent("visitor-"+who, who, n))
			d := *fixtureDecision()
			d.ID, d.Visitor = scoring.DecisionID(fmt.Sprintf("%s-decision-%d", who, n)), scoring.VisitorID("visitor-"+who)
			s.RecordDecision("shop", &d)
		}
		if _, err := s.Append(ctx, "shop", events); err != nil {
			t.Fatal(err)
		}
		if n%100 == 50 {
			flushDecisions(s)
			if err := s.checkpointer.checkpoint(false); err != nil {
				t.Fatal(err)
			}
		}
	}
	flushDecisions(s)
	if err := s.checkpointer.checkpoint(false); err != nil {
		t.Fatal(err)
	}
	if got, err := s.EraseVisitor(ctx, "shop", erasureOf("visitor-gone")); err != nil || got.Events != 300 || got.Decisions != 300 {
		t.Fatalf("erased %+v, %v", got, err)
	}
	if got := holders(t, dir, "gone-"); !slices.Equal(got, []string{journalName, stateName}) {
		t.Errorf("before the compaction %v hold something, want both files: free pages keep what was in them", got)
	}
	before, _ := s.journal.size()
	last := compactTest(t, s)
	if after, _ := s.journal.size(); after >= before || last.Done != last.Total || last.Size == 0 || last.Size >= last.Total {
		t.Errorf("journal of %d bytes became %d; %+v", before, after, last)
	}
	for _, when := range []string{"while it runs", "closed"} {
		for _, word := range []string{"visitor-gone", "gone-"} {
			if got := holders(t, dir, word); len(got) > 0 {
				t.Errorf("%s: %v hold %q", when, got, word)
			}
		}
		for _, word := range []string{"visitor-stays", "stays-event-7", "stays-order-7", "stays-query-8", "stays-custom-9", "stays-decision-9"} {
			if got := holders(t, dir, word); len(got) == 0 {
				t.Errorf("%s: %q is lost", when, word)
			}
		}
		if when == "closed" {
			break
		}
		if err := s.Check(ctx); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	s = openTest(t, dir, Options{})
	if p, err := s.Profile(ctx, "shop", "visitor-stays"); err != nil || p.Events != 300 {
		t.Errorf("the other's profile is %+v, %v", p, err)
	}
	if err := s.Check(ctx); err != nil {
		t.Error(err)
	}
}

// TestACrashInACompaction copies the folder at each of its steps, and opens the copies.
func TestACrashInACompaction(t *testing.T) {
	ctx := context.Background()
	dir, copies := t.TempDir(), t.TempDir()
	var crashes []string
	s := openTest(t, dir, Options{hooks: hooks{atCompaction: func(step string) error {
		crashes = append(crashes, copyCrashed(t, dir, filepath.Join(copies, step)))
		return nil
	}}})
	writeSome(t, s, 400)
	compactTest(t, s)
	if len(crashes) != 4 {
		t.Fatalf("steps %v", crashes)
	}
	for _, crashed := range crashes {
		t.Run(filepath.Base(crashed), func(t *testing.T) {
			s := openTest(t, crashed, Options{})
			if err := s.Check(ctx); err != nil {
				t.Error(err)
			}
			wantSome(t, s, 400)
			if left, _ := filepath.Glob(filepath.Join(crashed, "*"+temporarySuffix)); len(left) > 0 {
				t.Errorf("%v are left", left)
			}
		})
	}
}

func TestACompactionThatFailsLeavesTheFiles(t *testing.T) {
	ctx := context.Background()
	broke := errors.New("broke")
	dir := t.TempDir()
	s := openTest(t, dir, Options{hooks: hooks{atCompaction: func(step string) error {
		if step == "copied "+stateName {
			return broke
		}
		return nil
	}}})
	writeSome(t, s, 50)
	if err := s.Compact(ctx, func(store.Compaction) {}); !errors.Is(err, broke) {
		t.Fatalf("error %v", err)
	}
	canceled, cancel := context.WithCancel(ctx)
	cancel()
	if err := s.Compact(canceled, func(store.Compaction) {}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*"+temporarySuffix)); len(left) > 0 {
		t.Errorf("%v are left", left)
	}
	if _, err := s.Append(ctx, "shop", []scoring.Event{testEvent("late", 1)}); err != nil {
		t.Error(err)
	}
	if err := s.Check(ctx); err != nil {
		t.Error(err)
	}
}

// TestACompactionHoldsNobodyUpForLong compacts again and again while everything goes on.
func TestACompactionHoldsNobodyUpForLong(t *testing.T) {
	ctx := context.Background()
	s := openTest(t, t.TempDir(), Options{ProfileCache: 64, DirtyProfiles: 200, CheckpointEvery: 5 * time.Millisecond})
	writeSome(t, s, 10)
	ctxRounds, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	appended := make([]int, 4)
	for w := range appended {
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(uint64(w), 1))
			for n := 0; ctxRounds.Err() == nil; n++ {
				who := fmt.Sprintf("w%d-%d", w, rng.IntN(100))
				if _, err := s.Append(ctx, "shop", []scoring.Event{testEvent(who, n)}); err != nil {
					t.Error(err)
					return
				}
				if _, err := s.Profile(ctx, "shop", scoring.VisitorID(who)); err != nil {
					t.Error(err)
					return
				}
				s.RecordDecision("shop", &scoring.Decision{ID: scoring.DecisionID(fmt.Sprint(w, "-", n)), Visitor: scoring.VisitorID(who)})
				appended[w]++
			}
		})
	}
	for range 8 {
		compactTest(t, s)
	}
	stop()
	wg.Wait()
	total := 0
	if err := eachStored(s, "shop", func(store.Entry) { total++ }); err != nil {
		t.Fatal(err)
	}
	if want := 10 + appended[0] + appended[1] + appended[2] + appended[3]; total != want {
		t.Errorf("%d events, want %d", total, want)
	}
	if err := s.Check(ctx); err != nil {
		t.Error(err)
	}
}

func TestOneCompactionAtATime(t *testing.T) {
	ctx := context.Background()
	var s *Store
	s = openTest(t, t.TempDir(), Options{hooks: hooks{atCompaction: func(string) error {
		if err := s.Compact(ctx, func(store.Compaction) {}); !errors.Is(err, store.ErrBusy) {
			t.Errorf("error %v", err)
		}
		return nil
	}}})
	compactTest(t, s)
}

// writeSome writes n events of as many visitors.
func writeSome(t testing.TB, s *Store, n int) {
	t.Helper()
	ctx := context.Background()
	if _, err := s.CreateSite(ctx, scoring.Site{ID: "shop"}); err != nil && !errors.Is(err, store.ErrExists) {
		t.Fatal(err)
	}
	var events []scoring.Event
	for i := range n {
		events = append(events, testEvent(fmt.Sprintf("some%d-%d", n, i), 0))
	}
	if _, err := s.Append(ctx, "shop", events); err != nil {
		t.Fatal(err)
	}
}

func wantSome(t testing.TB, s *Store, n int) {
	t.Helper()
	found := 0
	err := eachStored(s, "shop", func(e store.Entry) {
		if strings.HasPrefix(string(e.Event.Visitor), "some") {
			found++
		}
	})
	if err != nil || found != n {
		t.Errorf("%d events, %v; want %d", found, err, n)
	}
	for i := range n {
		if _, err := s.Profile(context.Background(), "shop", scoring.VisitorID(fmt.Sprintf("some%d-%d", n, i))); err != nil {
			t.Errorf("profile %d: %v", i, err)
		}
	}
}

// TestFreeSpaceIsKnownHere guards the look before a compaction.
func TestFreeSpaceIsKnownHere(t *testing.T) {
	dir := t.TempDir()
	bytes, known := freeSpace(dir)
	if !known {
		t.Skip("no system call for it here")
	}
	if err := os.WriteFile(filepath.Join(dir, "x"), nil, 0o600); err == nil && bytes <= 0 {
		t.Errorf("%d bytes free where a file can be written", bytes)
	}
}
