package boltstore

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

const (
	// decisionDelay is how long decisions gather before they go to the
	// committer: twenty times a second costs the events next to nothing.
	decisionDelay = 50 * time.Millisecond
	// decisionRetry is the pause after a failed write.
	decisionRetry = time.Second
	// decisionBatch is how many decisions one request of the committer carries, so that
	// events don't wait long behind them.
	decisionBatch = 512
	// decisionRoom is the memory that records are put into, one after the other: some
	// hundred of them.
	decisionRoom = 64 << 10
)

type decisionKey struct {
	site siteNo
	id   scoring.DecisionID
}

// encodedDecision is a decision on its way to disk.
type encodedDecision struct {
	site   *site
	id     scoring.DecisionID
	record []byte
	who    owners
}

// owners are the fingerprints of whose a decision is: a device, a person, both or nobody.
type owners struct {
	of [2]fingerprint
	n  int
}

func (o *owners) all() []fingerprint { return o.of[:o.n] }

// decisions holds those that are not yet durable. Nobody waits for them, so they
// are handed to the committer in the background.
type decisions struct {
	s      *Store
	signal chan struct{} // of capacity 1
	quit   chan struct{}
	desks  sync.Pool // of *[]byte, to encode at

	// handing is held while a batch is on its way to disk.
	handing sync.Mutex

	mu      sync.Mutex
	pending map[decisionKey]*encodedDecision // until they are durable
	queue   []*encodedDecision               // not yet handed on
	room    []byte                           // for records, of which it has some
	closed  bool
}

func newDecisions(s *Store) *decisions {
	return &decisions{
		s:       s,
		signal:  make(chan struct{}, 1),
		quit:    make(chan struct{}),
		desks:   sync.Pool{New: func() any { return new([]byte) }},
		pending: make(map[decisionKey]*encodedDecision),
	}
}

func (s *Store) RecordDecision(id scoring.SiteID, d *scoring.Decision) bool {
	t, err := s.site(id)
	if err != nil || d.ID == "" || len(d.ID) > bolt.MaxKeySize {
		return false
	}
	return s.decisions.add(t, d)
}

// add takes a decision as the bytes that it will have on disk: they are a tenth of it.
func (q *decisions) add(t *site, d *scoring.Decision) bool {
	e := &encodedDecision{site: t, id: d.ID}
	for _, v := range peopleOf(d) {
		e.who.of[e.who.n] = q.s.fingerprintOf(t.no, v)
		e.who.n++
	}
	desk, _ := q.desks.Get().(*[]byte)
	defer q.desks.Put(desk)
	normal := *d
	normaliseDecision(&normal)
	record, err := q.s.codec.appendDecision((*desk)[:0], &normal)
	if err != nil {
		q.s.opts.Logger.Error("decision could not be encoded and is not kept", "error", err)
		return false
	}
	*desk = record

	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed || len(q.pending) >= q.s.opts.DecisionQueue {
		return false
	}
	if len(record) > cap(q.room)-len(q.room) {
		q.room = make([]byte, 0, max(decisionRoom, len(record)))
	}
	start := len(q.room)
	q.room = append(q.room, record...)
	e.record = q.room[start:len(q.room):len(q.room)]
	q.pending[decisionKey{t.no, d.ID}] = e
	q.queue = append(q.queue, e)
	q.wake()
	return true
}

// run hands decisions to the committer until quit is closed and all are
// written or refused.
func (q *decisions) run() {
	delay := decisionDelay
	for {
		select {
		case <-q.signal:
			q.gather(delay)
			delay = decisionDelay
			if !q.flush() {
				delay = decisionRetry
				q.wake()
			}
		case <-q.quit:
			q.flush()
			return
		}
	}
}

func (q *decisions) wake() {
	select {
	case q.signal <- struct{}{}:
	default:
	}
}

func (q *decisions) gather(delay time.Duration) {
	t := time.NewTimer(delay)
	defer t.Stop()
	select {
	case <-t.C:
	case <-q.quit:
	}
}

// flush writes what has queued, batch by batch: the next is encoded and sent
// once the committer has taken the one before. It reports whether all went well.
func (q *decisions) flush() bool {
	q.mu.Lock()
	queue := q.queue
	q.queue = nil
	q.mu.Unlock()
	for len(queue) > 0 {
		n := min(len(queue), decisionBatch)
		if q.hand(queue[:n]) != nil {
			// Put off, not lost: they go on counting against the bound.
			q.mu.Lock()
			q.queue = append(queue, q.queue...)
			q.mu.Unlock()
			return false
		}
		queue = queue[n:]
	}
	return true
}

// hand has a batch written.
func (q *decisions) hand(batch []*encodedDecision) error {
	q.handing.Lock()
	defer q.handing.Unlock()
	r := &request{ctx: context.Background(), done: make(chan struct{})}
	if r.decisions = q.stillPending(batch); len(r.decisions) == 0 {
		return nil
	}
	return q.write(r)
}

// stillPending leaves out decisions that were erased while they waited, and those of
// sites that were deleted.
func (q *decisions) stillPending(batch []*encodedDecision) []*encodedDecision {
	q.mu.Lock()
	defer q.mu.Unlock()
	rest := make([]*encodedDecision, 0, len(batch))
	for _, e := range batch {
		if q.pending[decisionKey{e.site.no, e.id}] == e && !e.site.deleted() {
			rest = append(rest, e)
		}
	}
	return rest
}

// dropVisitor forgets a visitor's decisions that are not yet on their way to disk, and
// returns how many; when it returns, none is on its way.
func (q *decisions) dropVisitor(no siteNo, v scoring.VisitorID) (int, error) {
	q.handing.Lock()
	defer q.handing.Unlock()
	mine, err := q.of(no, v)
	if err != nil {
		return 0, err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	for id := range mine {
		delete(q.pending, decisionKey{no, id})
	}
	return len(mine), nil
}

func (q *decisions) write(r *request) error {
	if err := q.s.committer.enqueue(r); err != nil {
		return err
	}
	<-r.done
	if r.err != nil {
		q.s.failed(slog.LevelWarn, "decisions could not be written; tried again with the next", r.err)
	}
	return r.err
}

// written forgets decisions that have become durable.
func (q *decisions) written(durable []*encodedDecision) {
	if len(durable) == 0 {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, e := range durable {
		delete(q.pending, decisionKey{e.site.no, e.id})
	}
}

// pendingRecord is the record of a decision that is not yet durable, or nil.
func (q *decisions) pendingRecord(no siteNo, id scoring.DecisionID) []byte {
	q.mu.Lock()
	defer q.mu.Unlock()
	if e := q.pending[decisionKey{no, id}]; e != nil {
		return e.record
	}
	return nil
}

// waiting is how many are not yet durable.
func (q *decisions) waiting() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.pending)
}

func (q *decisions) dropSite(no siteNo) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for key := range q.pending {
		if key.site == no {
			delete(q.pending, key)
		}
	}
}

func (q *decisions) close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	close(q.quit)
}

// Decision looks for a durable decision in the hours from the youngest: a lookup
// in each, about 1 us, of at most 720 in 30 days.
func (s *Store) Decision(_ context.Context, id scoring.SiteID, decision scoring.DecisionID) (*scoring.Decision, error) {
	t, err := s.site(id)
	if err != nil {
		return nil, fmt.Errorf("boltstore: decision: %w", err)
	}
	if record := s.decisions.pendingRecord(t.no, decision); record != nil {
		found, err := s.codec.normalDecision(record)
		if err != nil {
			return nil, fmt.Errorf("boltstore: decision %q of site %q: %w", decision, id, err)
		}
		return found, nil
	}
	var found *scoring.Decision
	oldest := hourOf(s.opts.Now().Add(-s.opts.DecisionRetention))
	err = s.journal.view(func(tx *bolt.Tx) error {
		hours := tx.Bucket(bucketDecisions).Bucket(t.no.key())
		if hours == nil {
			return nil
		}
		c := hours.Cursor()
		for k, _ := c.Last(); k != nil; k, _ = c.Prev() {
			if h, ok := keyHour(k); !ok || h < oldest {
				return nil
			}
			v := hours.Bucket(k).Get([]byte(decision))
			if v == nil {
				continue
			}
			found, err = s.codec.normalDecision(v)
			return err
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("boltstore: decision %q of site %q: %w", decision, id, err)
	}
	if found == nil {
		return nil, fmt.Errorf("boltstore: decision %q of site %q: %w", decision, id, store.ErrNotFound)
	}
	return found, nil
}
