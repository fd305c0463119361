package server

import (
	"cmp"
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

// growing is a journal that an event comes into each millisecond, or as often as it says,
// until it ends.
type growing struct {
	store.Store
	began time.Time
	lasts time.Duration
	every time.Duration
}

func (g growing) Head(context.Context, scoring.SiteID) (store.Seq, error) {
	return store.Seq(min(time.Since(g.began), g.lasts) / cmp.Or(g.every, time.Millisecond)), nil
}

// Learning lets events through that it would take the cores from: until they ebb, or
// somebody waits for what is learned, but no longer than putOff.
func TestLearningGivesWayToAFlood(t *testing.T) {
	const second = time.Second
	for _, c := range []struct {
		name                string
		cost, lasts, asked  time.Duration
		every               time.Duration
		atLeast, lessThanBy time.Duration
	}{
		{"a flood without an end", second, time.Hour, time.Hour, 0, putOff, second / 5},
		{"a flood that ends", second, 3 * second, time.Hour, 0, 3 * second, second / 5},
		{"somebody waits", second, time.Hour, 2 * second, 0, 2 * second, second / 5},
		{"events that cost little", time.Microsecond, time.Hour, time.Hour, 0, 0, second / 5},
		{"a few that cost much", second, time.Hour, time.Hour, second / 100, 0, second / 5},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := &learner{
					store: growing{began: time.Now(), lasts: c.lasts, every: c.every},
					moved: make(chan struct{}), done: make(chan struct{}),
				}
				l.flood.learned(1, c.cost)
				l.giveWay(t.Context()) // the first look knows no rate
				<-time.After(2 * floodStep)
				began := time.Now().Add(-2 * floodStep)
				defer time.AfterFunc(c.asked-2*floodStep, func() { _, _ = l.wait(t.Context(), 1<<40) }).Stop()
				l.giveWay(t.Context())
				if waited := time.Since(began); waited < c.atLeast || waited > c.atLeast+c.lessThanBy {
					t.Errorf("learning gave way for %v, want %v", waited, c.atLeast)
				}
				close(l.done)
			})
		})
	}
}

// It goes on at once when it is told to stop.
func TestGivingWayEndsWithTheServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &learner{store: growing{began: time.Now(), lasts: time.Hour}}
		l.flood.learned(1, time.Second)
		l.giveWay(t.Context())
		<-time.After(2 * floodStep)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		l.giveWay(ctx)
		if waited := time.Since(began); waited != time.Second {
			t.Errorf("gave way for %v after the end", waited-time.Second)
		}
	})
}
