package boltstore

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

// read returns a metric's value, or how often a histogram counted; label is any of its
// labels' values, or empty.
func read(t *testing.T, r prometheus.Gatherer, name, label string) float64 {
	t.Helper()
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		if !strings.HasPrefix(family.GetName(), "vitrine_") {
			t.Errorf("%s is named otherwise than the rest", family.GetName())
		}
		for _, m := range family.GetMetric() {
			is := label == ""
			for _, l := range m.GetLabel() {
				is = is || l.GetValue() == label
			}
			if family.GetName() == name && is {
				return m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
			}
		}
	}
	t.Fatalf("there is no %s of %q", name, label)
	return 0
}

// What comes while the queue is full waits for room, and no longer than its caller.
func TestTheQueueOfCommitsIsBounded(t *testing.T) {
	ctx := context.Background()
	var hang atomic.Bool
	begun, release := make(chan struct{}), make(chan struct{})
	registry := prometheus.NewRegistry()
	s := openTest(t, t.TempDir(), Options{MaxQueued: 10, Registry: registry, hooks: hooks{commit: func(_ string, do func() error) error {
		if hang.CompareAndSwap(true, false) {
			close(begun)
			<-release
		}
		return do()
	}}})
	fillSmall(ctx, t, s)
	hang.Store(true)
	errs := make(chan error)
	appendLater := func(visitor string, n int) {
		events := make([]scoring.Event, n)
		for i := range events {
			events[i] = testEvent(visitor, 1000+i)
		}
		go func() {
			_, err := s.Append(ctx, "shop", events)
			errs <- err
		}()
	}
	appendLater("first", 1)
	<-begun // its commit hangs
	appendLater("second", 10)
	for read(t, registry, "vitrine_commit_queue_events", "") < 10 {
		runtime.Gosched()
	}
	gone, leave := context.WithCancel(ctx)
	leave()
	if _, err := s.Append(gone, "shop", []scoring.Event{testEvent("third", 2000)}); !errors.Is(err, context.Canceled) {
		t.Errorf("a call for which there is no room: %v, want its caller's end", err)
	}
	if n := read(t, registry, "vitrine_commit_queue_full_total", ""); n != 1 {
		t.Errorf("%v waits counted, want 1", n)
	}
	appendLater("fourth", 5)
	close(release)
	for range 3 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if n := read(t, registry, "vitrine_commit_queue_events", ""); n != 0 {
		t.Errorf("%v events queue at the end", n)
	}
	for visitor, want := range map[string]error{"third": store.ErrNotFound, "fourth": nil} {
		if _, err := s.Profile(ctx, "shop", scoring.VisitorID(visitor)); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", visitor, err, want)
		}
	}
}

func TestMetricsTellHowTheStoreIs(t *testing.T) {
	ctx := context.Background()
	registry := prometheus.NewRegistry()
	var full atomic.Bool
	s := openTest(t, t.TempDir(), Options{Registry: registry, CheckpointEvery: time.Hour, hooks: hooks{commit: func(_ string, do func() error) error {
		if full.Load() {
			return fmt.Errorf("write: %w", syscall.ENOSPC)
		}
		return do()
	}}})
	if _, err := s.CreateSite(ctx, scoring.Site{ID: "shop"}); err != nil {
		t.Fatal(err)
	}
	for v := range 40 {
		if _, err := s.Append(ctx, "shop", []scoring.Event{testEvent(fmt.Sprint("v", v), 1), testEvent(fmt.Sprint("v", v), 2)}); err != nil {
			t.Fatal(err)
		}
	}
	if n := read(t, registry, "vitrine_dirty_profiles", ""); n != 40 {
		t.Errorf("%v profiles wait for a checkpoint, want 40", n)
	}
	if err := s.checkpointer.checkpoint(false); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]float64{
		"vitrine_commit_duration_seconds": 40, "vitrine_commit_events": 40, // a visitor's events are a call
		"vitrine_dirty_profiles": 0, "vitrine_checkpoint_profiles_total": 40, "vitrine_checkpoint_duration_seconds": 1,
		"vitrine_decision_queue": 0,
	} {
		if got := read(t, registry, name, ""); got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	for name, label := range map[string]string{"vitrine_disk_free_bytes": "", "vitrine_file_bytes": journalName} {
		if got := read(t, registry, name, label); got <= 0 {
			t.Errorf("%s is %v", name, got)
		}
	}
	before := read(t, registry, "vitrine_profile_reads_total", "disk")
	if _, err := s.Profile(ctx, "shop", "never seen"); !errors.Is(err, store.ErrNotFound) {
		t.Fatal(err)
	}
	if got := read(t, registry, "vitrine_profile_reads_total", "disk"); got != before+1 {
		t.Errorf("%v profiles were read from the disk, want %v", got, before+1)
	}
	full.Store(true)
	if _, err := s.Append(ctx, "shop", []scoring.Event{testEvent("v1", 900)}); !errors.Is(err, store.ErrFull) {
		t.Fatalf("got %v, want a full disk", err)
	}
	full.Store(false)
	if got := read(t, registry, "vitrine_write_failures_total", journalName); got < 1 {
		t.Errorf("%v failures counted", got)
	}
}
