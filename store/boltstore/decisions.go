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
	// usualDecision is about the size of the record of a page of 20 products, in bytes.
	usualDecision = 640
)

type decisionKey struct {
	site siteNo
	id   scoring.DecisionID
}

type pendingDecision struct {
	site     *site
	decision *scoring.Decision
}

// encodedDecision is a decision on its way to disk.
type encodedDecision struct {
	site   *site
	id     scoring.DecisionID
	record []byte
	who    []fingerprint // whose it is
}

// decisions holds those that are not yet durable. Nobody waits for them, so they
// are encoded and handed to the committer in the background.
type decisions struct {
	s      *Store
	signal chan struct{} // of capacity 1
	quit   chan struct{}

	// handing is held while a batch is on its way to disk.
	handing sync.Mutex

	mu      sync.Mutex
	pending map[decisionKey]*scoring.Decision // until they are durable
	queue   []pendingDecision                 // not yet handed on
	closed  bool
}

func newDecisions(s *Store) *decisions {
	return &decisions{
		s:       s,
		signal:  make(chan struct{}, 1),
		quit:    make(chan struct{}),
		pending: make(map[decisionKey]*scoring.Decision),
	}
}

func (s *Store) RecordDecision(id scoring.SiteID, d *scoring.Decision) bool {
	t, err := s.site(id)
	if err != nil || d.ID == "" || len(d.ID) > bolt.MaxKeySize {
		return false
	}
	return s.decisions.add(t, d)
}

func (q *decisions) add(t *site, d *scoring.Decision) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed || len(q.pending) >= q.s.opts.DecisionQueue {
		return false
	}
	q.pending[decisionKey{t.no, d.ID}] = d
	q.queue = append(q.queue, pendingDecision{t, d})
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

// hand encodes a batch and has it written.
func (q *decisions) hand(batch []pendingDecision) error {
	q.handing.Lock()
	defer q.handing.Unlock()
	r := &request{ctx: context.Background(), done: make(chan struct{})}
	if r.decisions = q.encode(q.stillPending(batch)); len(r.decisions) == 0 {
		return nil
	}
	return q.write(r)
}

// stillPending leaves out decisions that were erased while they waited.
func (q *decisions) stillPending(batch []pendingDecision) []pendingDecision {
	q.mu.Lock()
	defer q.mu.Unlock()
	rest := make([]pendingDecision, 0, len(batch))
	for _, p := range batch {
		if q.pending[decisionKey{p.site.no, p.decision.ID}] == p.decision {
			rest = append(rest, p)
		}
	}
	return rest
}

// dropVisitor forgets a visitor's decisions that are not yet on their way to disk, and
// returns how many; when it returns, none is on its way.
func (q *decisions) dropVisitor(no siteNo, v scoring.VisitorID) int {
	q.handing.Lock()
	defer q.handing.Unlock()
	mine := q.of(no, v)
	q.mu.Lock()
	defer q.mu.Unlock()
	for id := range mine {
		delete(q.pending, decisionKey{no, id})
	}
	return len(mine)
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

func (q *decisions) encode(queue []pendingDecision) []encodedDecision {
	encoded := make([]encodedDecision, 0, len(queue))
	all := make([]byte, 0, usualDecision*len(queue)) // one allocation for the records
	for _, p := range queue {
		if p.site.deleted() {
			continue
		}
		d := *p.decision
		normaliseDecision(&d)
		start := len(all)
		longer, err := q.s.codec.appendDecision(all, &d)
		if err != nil {
			q.s.opts.Logger.Error("decision could not be encoded and is not kept", "error", err)
			q.written([]encodedDecision{{site: p.site, id: d.ID}})
			continue
		}
		all = longer
		e := encodedDecision{site: p.site, id: d.ID, record: all[start:len(all):len(all)]}
		for _, v := range peopleOf(&d) {
			e.who = append(e.who, q.s.fingerprintOf(p.site.no, v))
		}
		encoded = append(encoded, e)
	}
	return encoded
}

// written forgets decisions that have become durable.
func (q *decisions) written(durable []encodedDecision) {
	if len(durable) == 0 {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	for i := range durable {
		delete(q.pending, decisionKey{durable[i].site.no, durable[i].id})
	}
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
	s.decisions.mu.Lock()
	d, ok := s.decisions.pending[decisionKey{t.no, decision}]
	s.decisions.mu.Unlock()
	if ok {
		found := *d
		normaliseDecision(&found)
		return &found, nil
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
			found = new(scoring.Decision)
			if err := s.codec.decodeDecision(v, found); err != nil {
				return err
			}
			normaliseDecision(found)
			return nil
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
