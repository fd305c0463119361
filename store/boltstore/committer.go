package boltstore

import (
	"context"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/vitrine-io/vitrine/store"
)

// request is something for the committer to write.
type request struct {
	ctx  context.Context
	site *site // nil for decisions, which name their own

	// A call of Append: what it brings, and its answer.
	entries []store.Entry // those stored get their numbers; duplicates are cut out
	records [][]byte
	hashes  []uint64
	acks    []store.Ack

	// Or decisions, which may share a commit with events.
	decisions []*encodedDecision

	// Or a change of the journal that gets a commit of its own, with its events if it
	// has some. seq is the last number given out then.
	control func(tx *bolt.Tx, seq store.Seq) error
	applied func() // runs in the applier behind everything before it, if control went well

	err       error
	committed time.Time     // when it was on disk
	done      chan struct{} // closed when acks or err stand
}

func (r *request) finish(err error) {
	r.err = err
	close(r.done)
}

// batch is what one commit wrote, on its way to the applier.
type batch struct {
	requests []*request
	last     store.Seq // the last number given out
}

// committer is the only writer of the journal.
type committer struct {
	s *Store

	mu     sync.Mutex
	queue  []*request
	events int // in the queue
	closed bool
	room   chan struct{} // closed when the queue has become shorter; nil while nobody waits
	signal chan struct{} // of capacity 1: something has queued, or closed

	applies chan *batch

	// Used by the committing goroutine alone.
	seq       store.Seq
	dedupe    *dedupe
	hour      hour // of the last commit; never goes back
	retention retention
	clock     steady
}

func newCommitter(s *Store) *committer {
	return &committer{
		s:      s,
		signal: make(chan struct{}, 1),
		// Two: while the applier works on one batch the next is committed.
		applies: make(chan *batch, 2),
		dedupe:  newDedupe(s.opts.DedupeWindow, s.opts.DedupeMax),
	}
}

// control runs fn in a transaction of the journal of its own, after everything
// queued before has been committed and applied.
func (c *committer) control(fn func(tx *bolt.Tx) error) error {
	return c.do(&request{control: func(tx *bolt.Tx, _ store.Seq) error { return fn(tx) }})
}

// do hands r, which has a control, to the committer, and waits for its end.
func (c *committer) do(r *request) error {
	r.ctx, r.done = context.Background(), make(chan struct{})
	if err := c.enqueue(r); err != nil {
		return err
	}
	<-r.done
	return r.err
}

// close stops the committer once the queue is empty.
func (c *committer) close() {
	c.mu.Lock()
	c.closed = true
	c.makeRoom()
	c.mu.Unlock()
	c.wake()
}

// run commits until it is closed and drained.
func (c *committer) run() {
	defer close(c.applies)
	tick := time.NewTicker(retentionTick)
	defer tick.Stop()
	for {
		select {
		case <-c.signal:
		case <-tick.C:
			c.housekeep(c.s.opts.Now())
			continue
		}
		c.letGrow()
		requests, closed := c.take()
		if len(requests) > 0 {
			c.write(requests)
		} else if closed {
			return
		}
	}
}

// write commits the requests and passes them to the applier, or fails them.
func (c *committer) write(requests []*request) {
	if r := requests[0]; r.control != nil {
		c.alone(r)
		c.applies <- &batch{requests: requests, last: c.seq}
		return
	}
	if err := c.s.checkpointer.waitForRoom(); err != nil {
		for _, r := range requests {
			r.finish(err)
		}
		return
	}
	c.lookAtClock()
	before := c.seq
	writes := requests[:0:0]
	added := 0
	for _, r := range requests {
		switch {
		case r.site != nil && r.site.deleted():
			r.finish(store.ErrNotFound)
			continue
		case r.ctx.Err() != nil:
			r.finish(r.ctx.Err())
			continue
		}
		added += c.number(r)
		writes = append(writes, r)
	}
	if err := c.commit(writes, before); err != nil {
		c.dedupe.forget(added)
		c.seq = before
		for _, r := range writes {
			r.finish(err)
		}
		return
	}
	now := time.Now()
	for _, r := range writes {
		r.committed = now
		if len(r.entries) > 0 {
			r.site.feed.publish(r.entries)
		}
		c.s.decisions.written(r.decisions)
	}
	c.applies <- &batch{requests: writes, last: c.seq}
}

func (c *committer) lookAtClock() {
	now := c.s.opts.Now()
	if h := hourOf(now); h > c.hour && c.housekeep(now) {
		c.hour = h
	}
}

// alone commits a request that is a control.
func (c *committer) alone(r *request) {
	before := c.seq
	added := 0
	if len(r.entries) > 0 {
		c.lookAtClock()
		added = c.number(r)
	}
	r.err = c.s.journal.update(func(tx *bolt.Tx) error {
		if err := r.control(tx, c.seq); err != nil {
			return err
		}
		w := journalWriter{tx: tx, hour: c.hour}
		if err := w.write(r); err != nil {
			return err
		}
		return tx.Bucket(bucketMeta).Put(keySeq, seqKey(c.seq))
	})
	switch {
	case r.err != nil:
		c.dedupe.forget(added)
		c.seq = before
	case added > 0:
		r.site.feed.publish(r.entries)
	}
}

// number gives r's new events their numbers, cuts out the duplicates, and
// returns how many are new.
func (c *committer) number(r *request) int {
	n := 0
	for i := range r.entries {
		if !c.dedupe.add(c.hour, r.hashes[i]) {
			r.acks[i] = store.Ack{Duplicate: true}
			continue
		}
		c.seq++
		r.acks[i] = store.Ack{Seq: c.seq}
		if n < i {
			r.entries[n], r.records[n] = r.entries[i], r.records[i]
		}
		r.entries[n].Seq = c.seq
		n++
	}
	r.entries, r.records = r.entries[:n], r.records[:n]
	return n
}

// commit writes the requests in one transaction.
func (c *committer) commit(requests []*request, before store.Seq) error {
	decisions := 0
	for _, r := range requests {
		decisions += len(r.decisions)
	}
	if c.seq == before && decisions == 0 {
		return nil // nothing but duplicates, all durable
	}
	begun := time.Now()
	defer func() {
		c.s.metrics.commits.Observe(seconds(begun))
		c.s.metrics.commitEvents.Observe(float64(c.seq - before))
	}()
	return c.s.journal.update(func(tx *bolt.Tx) error {
		w := journalWriter{tx: tx, hour: c.hour}
		for _, r := range requests {
			if err := w.write(r); err != nil {
				return err
			}
		}
		return tx.Bucket(bucketMeta).Put(keySeq, seqKey(c.seq))
	})
}

// journalWriter writes requests in a transaction; it finds the buckets of a site
// once.
type journalWriter struct {
	tx     *bolt.Tx
	hour   hour
	hours  map[bucketOf]*bolt.Bucket
	last   bucketOf
	bucket *bolt.Bucket
}

type bucketOf struct {
	decisions bool
	site      siteNo
}

func (w *journalWriter) write(r *request) error {
	if len(r.entries) > 0 {
		b, err := w.of(bucketOf{false, r.site.no})
		if err != nil {
			return err
		}
		keys := make([]byte, 0, 8*len(r.entries))
		for i := range r.entries {
			start := len(keys)
			keys = append(keys, seqKey(r.entries[i].Seq)...)
			if err := b.Put(keys[start:start+8:start+8], r.records[i]); err != nil {
				return err
			}
		}
	}
	for _, d := range r.decisions {
		if d.site.deleted() {
			continue
		}
		b, err := w.of(bucketOf{true, d.site.no})
		if err != nil {
			return err
		}
		if err := b.Put([]byte(d.id), d.record); err != nil {
			return err
		}
	}
	return w.column(r.decisions)
}

// column notes whose the decisions are, the sites' one after the other.
func (w *journalWriter) column(all []*encodedDecision) error {
	bySite := make(map[siteNo][]decider)
	for _, d := range all {
		for _, who := range d.who.all() {
			if !d.site.deleted() {
				bySite[d.site.no] = append(bySite[d.site.no], decider{who, d.id})
			}
		}
	}
	for no, deciders := range bySite {
		hours, err := w.tx.Bucket(bucketDeciders).CreateBucketIfNotExists(no.key())
		if err != nil {
			return err
		}
		column, err := hours.CreateBucketIfNotExists(w.hour.key())
		if err != nil {
			return err
		}
		if err := appendColumn(column, deciders); err != nil {
			return err
		}
	}
	return nil
}

// of is the bucket of this hour for a site's events or decisions. When the clock
// went back it is that of the last hour written, so that numbers grow from hour
// to hour.
func (w *journalWriter) of(which bucketOf) (*bolt.Bucket, error) {
	if w.bucket != nil && w.last == which {
		return w.bucket, nil
	}
	if b := w.hours[which]; b != nil {
		w.last, w.bucket = which, b
		return b, nil
	}
	name := bucketEvents
	if which.decisions {
		name = bucketDecisions
	}
	of, err := w.tx.Bucket(name).CreateBucketIfNotExists(which.site.key())
	if err != nil {
		return nil, err
	}
	b, err := of.CreateBucketIfNotExists(w.hour.key())
	if err != nil {
		return nil, err
	}
	// Events only ever go to the right edge: leave no room between them.
	// Decisions nearly do.
	b.FillPercent = 1
	if which.decisions {
		b.FillPercent = 1
	}
	if w.hours == nil {
		w.hours = make(map[bucketOf]*bolt.Bucket)
	}
	w.hours[which] = b
	w.last, w.bucket = which, b
	return b, nil
}
