package server

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/model"
	"github.com/vitrine-io/vitrine/store"
)

// snapshotName is what the learned state of a site is kept under.
const snapshotName = "model"

// learner folds one site's journal into its model, in the journal's order and
// behind the acknowledgements: a flood of events delays what is learned across
// visitors, never an answer (docs/decisions/0041).
type learner struct {
	site    scoring.SiteID
	store   store.Store
	model   *model.Model
	clock   Clock
	every   time.Duration // between snapshots
	log     *slog.Logger
	metrics *siteMetrics

	folding sync.Mutex // held while the model changes or is saved
	latest  time.Time  // of the events learned from
	saved   store.Seq  // reached by the last snapshot
	savedAt time.Time
	learned atomic.Uint64 // sequence number reached
	lag     lag
	flood   flood // used by run alone
	mu      sync.Mutex
	moved   chan struct{} // closed and replaced when learned grows
	hurried atomic.Int64  // by how many: it gives way to nobody

	stop context.CancelFunc
	done chan struct{}
}

func newLearner(s *Server, id scoring.SiteID, learned *model.Model, counts *siteMetrics) *learner {
	return &learner{
		site: id, store: s.store, model: learned, clock: s.clock, every: s.snapshotEvery,
		log: s.log.With("site", string(id)), metrics: counts,
		moved: make(chan struct{}), done: make(chan struct{}),
	}
}

// start restores the last snapshot and goes on from there, until close.
func (l *learner) start() {
	ctx, cancel := context.WithCancel(context.Background())
	l.stop = cancel
	seq, err := l.store.LoadSnapshot(ctx, l.site, snapshotName, l.load)
	switch {
	case errors.Is(err, store.ErrNotFound):
	case err != nil:
		l.log.Warn("the snapshot of what was learned can't be read; learning again from the journal", "error", err)
		seq = 0
	}
	l.clock.Saw(l.latest)
	l.saved = seq
	l.reached(seq)
	go func() {
		defer close(l.done)
		l.run(ctx, seq)
	}()
}

// run learns until ctx ends, and leaves a snapshot.
func (l *learner) run(ctx context.Context, from store.Seq) {
	l.savedAt = time.Now()
	err := l.store.Follow(ctx, l.site, from, func(entries []store.Entry) error {
		l.giveWay(ctx)
		l.folding.Lock()
		defer l.folding.Unlock()
		began := time.Now()
		for i := range entries {
			l.learn(&entries[i])
		}
		l.flood.learned(len(entries), time.Since(began))
		l.reached(entries[len(entries)-1].Seq)
		if time.Since(l.savedAt) >= l.every {
			l.trySave()
		}
		return nil
	})
	if err != nil && !errors.Is(err, store.ErrNotFound) && !errors.Is(err, store.ErrClosed) {
		l.log.Error("learning stopped", "error", err)
		return
	}
	if err == nil {
		l.folding.Lock()
		defer l.folding.Unlock()
		l.trySave()
	}
}

// giveWay waits while events flood in, unless somebody is in a hurry to have them learned
// from or it is late as it is.
func (l *learner) giveWay(ctx context.Context) {
	for {
		head, err := l.store.Head(ctx, l.site)
		if err != nil {
			return // Follow says so
		}
		now := time.Now()
		l.lag.saw(head, now)
		l.flood.saw(head, now)
		if !l.flood.crowds() || l.hurried.Load() > 0 || l.lag.waited(l.reachedSeq(), now) > putOff {
			return
		}
		select {
		case <-time.After(givingWay):
		case <-ctx.Done():
			return
		}
	}
}

// learn folds in one event. An event that can't be folded is left out and
// logged rather than stopping the shop.
func (l *learner) learn(entry *store.Entry) {
	defer func() {
		if r := recover(); r != nil {
			l.metrics.unlearned.Inc()
			l.log.Error("an event could not be learned from", "seq", entry.Seq, "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
		}
	}()
	l.model.Learn(&entry.Event)
	if entry.Event.Time.After(l.latest) {
		l.latest = entry.Event.Time
		l.clock.Saw(l.latest) // a clock that follows the events must not wait for the next one after a start
	}
}

// trySave saves, or logs why not. The caller holds folding.
func (l *learner) trySave() {
	l.savedAt = time.Now()
	if err := l.save(); err != nil {
		l.log.Error("what was learned could not be saved; the journal still has it", "error", err)
	}
}

// save snapshots the model if it has moved since the last one. The caller holds folding.
func (l *learner) save() error {
	seq := l.reachedSeq()
	if seq == l.saved {
		return nil
	}
	if err := l.store.SaveSnapshot(context.Background(), l.site, snapshotName, seq, l.write); err != nil {
		return err
	}
	l.saved = seq
	return nil
}

// saveNow snapshots the model as it is.
func (l *learner) saveNow() error {
	l.folding.Lock()
	defer l.folding.Unlock()
	return l.save()
}

// saveUpTo has a snapshot that is at an event of the journal, or past it.
func (l *learner) saveUpTo(ctx context.Context, seq store.Seq) error {
	if seq == 0 {
		return nil
	}
	if _, err := l.wait(ctx, seq-1); err != nil {
		return err
	}
	l.folding.Lock()
	defer l.folding.Unlock()
	if l.saved >= seq {
		return nil
	}
	return l.save()
}

// write puts the time of the latest event before the model.
func (l *learner) write(w io.Writer) error {
	if err := binary.Write(w, binary.BigEndian, l.latest.UnixMicro()); err != nil {
		return err
	}
	return l.model.Save(w)
}

// load reads what write wrote.
func (l *learner) load(r io.Reader) error {
	var latest int64
	if err := binary.Read(r, binary.BigEndian, &latest); err != nil {
		return err
	}
	if err := l.model.Load(r); err != nil {
		return err
	}
	l.latest = time.UnixMicro(latest)
	return nil
}

// reachedSeq is the last event learned from.
func (l *learner) reachedSeq() store.Seq { return store.Seq(l.learned.Load()) }

// reached tells whoever waits that the model has moved on.
func (l *learner) reached(seq store.Seq) {
	l.learned.Store(uint64(seq))
	l.lag.reached(seq)
	l.metrics.learned.Set(float64(seq))
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.moved)
	l.moved = make(chan struct{})
}

// wait returns the sequence number reached once it is past seq, or when ctx
// ends.
func (l *learner) wait(ctx context.Context, past store.Seq) (store.Seq, error) {
	defer l.hurry()()
	for {
		l.mu.Lock()
		moved := l.moved
		l.mu.Unlock()
		if seq := l.reachedSeq(); seq > past {
			return seq, nil
		}
		select {
		case <-moved:
		case <-l.done:
			return l.reachedSeq(), store.ErrClosed
		case <-ctx.Done():
			return l.reachedSeq(), ctx.Err()
		}
	}
}

// hurry has learning give way to nobody until leave is called.
func (l *learner) hurry() (leave func()) {
	l.hurried.Add(1)
	return func() { l.hurried.Add(-1) }
}

// close stops learning and waits for the last snapshot.
func (l *learner) close() {
	l.stop()
	<-l.done
}
