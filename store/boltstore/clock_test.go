package boltstore

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

// A clock goes on, goes back, leaps years ahead and is set right again, over restarts,
// too. Meanwhile numbers grow, what is sent twice counts once, and nothing is dropped.
func TestAClockThatLeapsTakesNothing(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			ctx := context.Background()
			rng := rand.New(rand.NewPCG(seed, 1))
			right := time.Date(2026, 3, 1, 12, 30, 0, 0, time.UTC)
			var now atomic.Pointer[time.Time]
			set := func(at time.Time) { now.Store(&at) }
			set(right)
			opts := Options{Now: func() time.Time { return *now.Load() }}
			dir := t.TempDir()
			s, err := Open(dir, opts)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.CreateSite(ctx, scoring.Site{ID: "shop"}); err != nil {
				t.Fatal(err)
			}
			type sent struct {
				event scoring.Event
				at    time.Time // by a clock that is right
			}
			var all []sent
			var last store.Seq
			wrong, wrongFor := time.Duration(0), time.Duration(0)
			for step := range 120 {
				switch n := rng.IntN(10); {
				case n < 4: // it goes on
					d := time.Duration(1+rng.IntN(20)) * time.Minute
					right = right.Add(d)
					if wrongFor += d; wrongFor > 50*time.Minute {
						wrong = 0
					}
				case n < 6: // it is set wrong, or right
					leaps := []time.Duration{0, -3 * time.Hour, -400 * 24 * time.Hour, 30 * 24 * time.Hour, 20 * 365 * 24 * time.Hour}
					wrong, wrongFor = leaps[rng.IntN(len(leaps))], 0
				case n == 6 && step%3 == 0:
					if err := s.checkpointer.checkpoint(false); err != nil {
						t.Fatal(err)
					}
					if err := s.Close(); err != nil {
						t.Fatal(err)
					}
					if s, err = Open(dir, opts); err != nil {
						t.Fatal(err)
					}
				}
				set(right.Add(wrong))
				e := testEvent(fmt.Sprint("v", rng.IntN(5)), 1000+step)
				acks, err := s.Append(ctx, "shop", []scoring.Event{e})
				if err != nil || acks[0].Duplicate || acks[0].Seq <= last {
					t.Fatalf("step %d, %v wrong: %v, %v after number %d", step, wrong, acks, err, last)
				}
				last = acks[0].Seq
				all = append(all, sent{e, right})
				again := all[rng.IntN(len(all))]
				if right.Sub(again.at) > 20*time.Hour {
					continue
				}
				if acks, err := s.Append(ctx, "shop", []scoring.Event{again.event}); err != nil || !acks[0].Duplicate {
					t.Fatalf("step %d, %v wrong: an event sent twice: %v, %v", step, wrong, acks, err)
				}
			}
			if got := journalOf(t, s, "shop"); len(got) != len(all) {
				t.Errorf("%d events are left of %d", len(got), len(all))
			}
			if err := s.Check(ctx); err != nil {
				t.Error(err)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// A clock that goes on from where it leapt to is believed.
func TestASteadyClockIsBelieved(t *testing.T) {
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	var s steady
	for _, c := range []struct {
		after time.Duration
		want  bool
	}{
		{0, true},
		{13 * 24 * time.Hour, true},        // a long weekend
		{10 * 365 * 24 * time.Hour, false}, // a leap
		{30 * time.Minute, false},          // and on from there
		{31 * time.Minute, true},           // for an hour
		{-10 * 365 * 24 * time.Hour, true}, // set right
		{20 * 365 * 24 * time.Hour, false}, // another one
		{-time.Minute, false},              // set to elsewhere
		{400 * 24 * time.Hour, false},      //
		{400 * 24 * time.Hour, false},      // and another on top
		{59 * time.Minute, false},          //
		{time.Minute, true},                //
	} {
		at = at.Add(c.after)
		if got, _ := s.believes(at); got != c.want {
			t.Errorf("after %v: believed %v, want %v", c.after, got, c.want)
		}
	}
}
