package vitrine

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"sync"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

const (
	// batchEvents is half of what the contract allows in a request; larger ones
	// gain little and are acknowledged later (docs/decisions/0001).
	batchEvents = 500
	// batchBytes keeps a request well below the 4 MiB that a gRPC server takes
	// by default.
	batchBytes = 1 << 20
	// sendTimeout ends an attempt that hangs. A batch takes milliseconds.
	sendTimeout = 10 * time.Second
	// minPause and maxPause bound the pause between two attempts. The longest is
	// also how late a server that came back is noticed.
	minPause = 100 * time.Millisecond
	maxPause = 5 * time.Second
	// maxAge is half of the server's dedupe window of 24 hours: an event that is
	// sent again after longer than the window could count twice.
	maxAge = 12 * time.Hour
)

// pause grows from minPause to maxPause, its upper half at random, so that many
// clients do not come back in step.
func pause(attempt int) time.Duration {
	d := maxPause
	if attempt < 6 {
		d = min(minPause<<attempt, maxPause)
	}
	return d/2 + rand.N(d/2)
}

// advised is how long a server that failed a call wants to be left alone; 0 if it did not
// say.
func advised(err error) time.Duration {
	for _, detail := range status.Convert(err).Details() {
		if info, ok := detail.(*errdetails.RetryInfo); ok {
			return max(0, info.GetRetryDelay().AsDuration())
		}
	}
	return 0
}

type limits struct{ events, bytes int }

// waiting is an event in the queue, encoded: the bound on bytes is then exact,
// and what the caller does with its own event changes nothing.
type waiting struct {
	encoded []byte
	since   time.Time
}

func (w waiting) event() *vitrinev1.Event {
	event := &vitrinev1.Event{}
	if err := proto.Unmarshal(w.encoded, event); err != nil {
		panic(fmt.Sprintf("vitrine: event changed in memory: %v", err)) // this very program encoded it
	}
	return event
}

// tracker is a bounded queue with one goroutine that delivers from its head. An
// event leaves the queue when it is settled: delivered or dropped.
type tracker struct {
	send   func(context.Context, []*vitrinev1.Event) ([]*vitrinev1.EventResult, error)
	limits limits
	onDrop func(Drop)
	logger *slog.Logger

	wake    chan struct{} // of one: there is something to do
	hurry   chan struct{} // of one: cut the pause short
	stop    context.CancelFunc
	stopped chan struct{}

	mu       sync.Mutex
	queue    []waiting // oldest first
	bytes    int
	accepted int64 // events ever queued
	settled  int64 // events that left the queue again
	changed  chan struct{}
	lastErr  error // of the attempt before, nil when it went well
	closed   bool
	stats    Stats
}

func newTracker(
	send func(context.Context, []*vitrinev1.Event) ([]*vitrinev1.EventResult, error),
	limits limits, onDrop func(Drop), logger *slog.Logger,
) *tracker {
	ctx, stop := context.WithCancel(context.Background())
	t := &tracker{
		send: send, limits: limits, onDrop: onDrop, logger: logger,
		wake: make(chan struct{}, 1), hurry: make(chan struct{}, 1),
		stop: stop, stopped: make(chan struct{}), changed: make(chan struct{}),
		stats: Stats{Dropped: map[DropReason]int64{}},
	}
	go t.run(ctx)
	return t
}

// add queues an event, or says why not.
func (t *tracker) add(encoded []byte) DropReason {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.closed:
		return DropClosed
	case len(t.queue) >= t.limits.events, t.bytes+len(encoded) > t.limits.bytes:
		return DropQueueFull
	}
	t.queue = append(t.queue, waiting{encoded: encoded, since: time.Now()})
	t.bytes += len(encoded)
	t.accepted++
	t.stats.Tracked++
	signal(t.wake)
	return ""
}

// refuse counts and reports an event that was never queued.
func (t *tracker) refuse(event *vitrinev1.Event, reason DropReason, err error) {
	t.mu.Lock()
	t.stats.Tracked++
	t.stats.Dropped[reason]++
	t.mu.Unlock()
	t.report(Drop{Event: event, Reason: reason, Err: err})
}

// report must be called without the lock: OnDrop may call Track.
func (t *tracker) report(drops ...Drop) {
	if t.onDrop == nil {
		return
	}
	for _, d := range drops {
		t.onDrop(d)
	}
}

// run delivers until ctx ends.
func (t *tracker) run(ctx context.Context) {
	defer close(t.stopped)
	for failures := 0; ctx.Err() == nil; {
		batch := t.head()
		if len(batch) == 0 {
			select {
			case <-t.wake:
			case <-ctx.Done():
			}
			continue
		}
		err := t.attempt(ctx, batch)
		t.note(err)
		if err == nil {
			failures = 0
			continue
		}
		t.rest(ctx, advised(err), pause(failures))
		failures++
	}
}

// rest waits before the next attempt: for as long as the server advised in any case, and
// for the pause unless somebody flushes.
func (t *tracker) rest(ctx context.Context, advice, pause time.Duration) {
	select {
	case <-time.After(advice):
	case <-ctx.Done():
		return
	}
	select {
	case <-time.After(pause - advice):
	case <-t.hurry:
	case <-ctx.Done():
	}
}

// head copies the next batch, which stays in the queue until it is settled.
func (t *tracker) head() []waiting {
	t.mu.Lock()
	defer t.mu.Unlock()
	n, size := 0, 0
	for n < min(len(t.queue), batchEvents) && (n == 0 || size+len(t.queue[n].encoded) <= batchBytes) {
		size += len(t.queue[n].encoded)
		n++
	}
	return append([]waiting(nil), t.queue[:n]...)
}

// attempt sends a batch once and settles it. An error means that it is still to
// be delivered.
func (t *tracker) attempt(ctx context.Context, batch []waiting) error {
	fresh := batch
	for len(fresh) > 0 && time.Since(fresh[0].since) > maxAge {
		fresh = fresh[1:]
	}
	if expired := batch[:len(batch)-len(fresh)]; len(expired) > 0 {
		t.settle(len(expired), func(s *Stats) []Drop { return dropAll(s, expired, DropExpired, t.lastErr) })
		return nil
	}
	events := make([]*vitrinev1.Event, len(batch))
	for i, w := range batch {
		events[i] = w.event()
	}
	limited, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	results, err := t.send(limited, events)
	switch {
	case err == nil:
		t.settle(len(batch), func(s *Stats) []Drop { return count(s, events, results) })
		return nil
	case refused(err):
		t.settle(len(batch), func(s *Stats) []Drop { return dropAll(s, batch, DropRefused, err) })
		return nil
	}
	return err
}

// settle takes n events off the queue's head. account runs under the lock.
func (t *tracker) settle(n int, account func(*Stats) []Drop) {
	t.mu.Lock()
	drops := account(&t.stats)
	for _, w := range t.queue[:n] {
		t.bytes -= len(w.encoded)
	}
	clear(t.queue[:n])
	t.queue = t.queue[n:]
	if len(t.queue) == 0 {
		t.queue = nil // let go of what a flood made it grow to
	}
	t.mu.Unlock()

	// Only after OnDrop has had them do Flush and Close count them as settled.
	t.report(drops...)
	t.mu.Lock()
	t.settled += int64(n)
	close(t.changed)
	t.changed = make(chan struct{})
	t.mu.Unlock()
}

func count(s *Stats, events []*vitrinev1.Event, results []*vitrinev1.EventResult) (drops []Drop) {
	for i, r := range results {
		switch r.GetStatus() {
		case vitrinev1.EventStatus_EVENT_STATUS_STORED:
			s.Stored++
		case vitrinev1.EventStatus_EVENT_STATUS_DUPLICATE:
			s.Duplicates++
		case vitrinev1.EventStatus_EVENT_STATUS_NO_CONSENT:
			s.NoConsent++
		case vitrinev1.EventStatus_EVENT_STATUS_INVALID:
			s.Dropped[DropInvalid]++
			drops = append(drops, Drop{events[i], DropInvalid, &InvalidEventError{r.GetViolations()}})
		default:
			s.Dropped[DropRefused]++
			drops = append(drops, Drop{events[i], DropRefused, fmt.Errorf("vitrine: answered with %v", r.GetStatus())})
		}
	}
	return drops
}

func dropAll(s *Stats, batch []waiting, reason DropReason, err error) []Drop {
	s.Dropped[reason] += int64(len(batch))
	drops := make([]Drop, len(batch))
	for i, w := range batch {
		drops[i] = Drop{w.event(), reason, err}
	}
	return drops
}

// note logs the turns for worse and better.
func (t *tracker) note(err error) {
	t.mu.Lock()
	before, queued := t.lastErr, len(t.queue)
	t.lastErr = err
	if err != nil {
		t.stats.Retries++
	}
	t.mu.Unlock()
	switch {
	case err != nil && before == nil:
		t.logger.Warn("vitrine: events can't be delivered, will retry", "queued", queued, "error", err)
	case err == nil && before != nil:
		t.logger.Info("vitrine: events are delivered again", "queued", queued)
	}
}

func (t *tracker) flush(ctx context.Context) error {
	if left, err := t.drain(ctx); err != nil {
		return fmt.Errorf("vitrine: flush: %d events left: %w", left, err)
	}
	return nil
}

// drain waits until what was accepted so far is settled. When ctx ends before,
// it says how many are left.
func (t *tracker) drain(ctx context.Context) (left int64, err error) {
	t.mu.Lock()
	target := t.accepted
	t.mu.Unlock()
	signal(t.hurry)
	for {
		t.mu.Lock()
		left, changed, lastErr := target-t.settled, t.changed, t.lastErr
		t.mu.Unlock()
		switch {
		case left <= 0:
			return 0, nil
		case ctx.Err() != nil && lastErr != nil:
			return left, fmt.Errorf("%w, after %w", ctx.Err(), lastErr)
		case ctx.Err() != nil:
			return left, ctx.Err()
		}
		select {
		case <-changed:
		case <-ctx.Done():
		}
	}
}

func (t *tracker) close(ctx context.Context) error {
	t.mu.Lock()
	t.closed = true
	t.mu.Unlock()
	_, err := t.drain(ctx)
	t.stop()
	<-t.stopped

	undelivered := &UndeliveredError{Err: err}
	for left := t.head(); len(left) > 0; left = t.head() {
		t.settle(len(left), func(s *Stats) []Drop {
			drops := dropAll(s, left, DropClosed, err)
			for _, d := range drops {
				undelivered.Events = append(undelivered.Events, d.Event)
			}
			return drops
		})
	}
	if len(undelivered.Events) == 0 {
		return nil
	}
	return undelivered
}

func (t *tracker) snapshot() Stats {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.stats
	s.Queued, s.QueuedBytes = int64(len(t.queue)), int64(t.bytes)
	s.Dropped = maps.Clone(t.stats.Dropped)
	return s
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
