package boltstore

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"

	bolt "go.etcd.io/bbolt"

	"github.com/vitrine-io/vitrine/scoring/visitor"
	"github.com/vitrine-io/vitrine/store"
)

// applyLoop folds committed batches into the profiles and answers their callers,
// until the committer has ended.
func (s *Store) applyLoop() {
	for b := range s.committer.applies {
		s.applyBatch(b)
		s.profiles.applied.Store(uint64(b.last))
		for _, req := range b.requests {
			close(req.done)
		}
		s.checkpointer.consider()
	}
}

func (s *Store) applyBatch(b *batch) {
	groups := make([]siteEntries, len(b.requests))
	for i, req := range b.requests {
		if req.applied != nil && req.err == nil {
			req.applied()
		}
		if len(req.entries) > 0 {
			groups[i] = siteEntries{req.site.no, req.entries}
		}
	}
	s.profiles.applyAll(groups, func(i int, err error) {
		// The event is durable, but its visitor's record is damaged.
		if req := b.requests[i]; req.err == nil {
			req.err = err
		}
	})
}

// siteEntries are events of one site in their order.
type siteEntries struct {
	site    siteNo
	entries []store.Entry
}

// applyAlone is up to how many events one goroutine applies by itself: a
// millisecond's work.
const applyAlone = 256

// applyAll folds events into their profiles, those of different visitors at the
// same time. failed is told of each that could not be, by its group, one call at
// a time.
func (p *profiles) applyAll(groups []siteEntries, failed func(group int, err error)) {
	n := 0
	for i := range groups {
		n += len(groups[i].entries)
	}
	workers := min(runtime.GOMAXPROCS(0), profileShards)
	if n <= applyAlone {
		workers = 1
	}
	var mu sync.Mutex
	work := func(worker int) {
		r := &profileReader{p: p}
		defer r.close()
		for i := range groups {
			for j := range groups[i].entries {
				e := &groups[i].entries[j]
				key := profileKey{groups[i].site, e.Event.Visitor}
				shard := key.shard()
				if key.id == "" || shard%workers != worker {
					continue
				}
				if err := p.apply(key, &p.shards[shard], e, r); err != nil {
					mu.Lock()
					failed(i, fmt.Errorf("event %d: %w", e.Seq, err))
					mu.Unlock()
				}
			}
		}
	}
	var wg sync.WaitGroup
	for worker := 1; worker < workers; worker++ {
		wg.Go(func() { work(worker) })
	}
	work(0)
	wg.Wait()
}

// apply folds an event into its visitor's profile, unless the profile has it.
// Nobody else may apply events of that visitor meanwhile. r reads what memory
// doesn't have.
func (p *profiles) apply(key profileKey, sh *profileShard, e *store.Entry, r *profileReader) error {
	sh.mu.Lock()
	h, ok := sh.find(key)
	sh.mu.Unlock()
	if !ok {
		var err error
		if h, err = r.read(key); errors.Is(err, errDamagedProfile) {
			r.close()
			h, err = p.rebuild(key, err)
		}
		if err != nil {
			return err
		}
	}
	if h.seq >= e.Seq {
		return nil
	}
	next := visitor.Apply(h.profile, &e.Event)
	if next.Empty() {
		next = nil // as never seen; their events are still to be found
	}
	p.change(key, sh, held{next, e.Seq, h.chunks.add(chunkOf(e.Seq), chunk(p.oldest.Load()))})
	return nil
}

// change puts h in the place of what is held of the visitor.
func (p *profiles) change(key profileKey, sh *profileShard, h held) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if _, ok := sh.dirty[key]; !ok {
		p.dirty.Add(1)
		sh.clean.Remove(key)
	}
	sh.dirty[key] = h
}

// profileReader reads profiles from disk in one transaction for a whole batch,
// for one goroutine:
// beginning one, and finding the bucket, costs more than the read. It must be
// closed before its goroutine waits for a checkpoint, which may have to wait for
// the transaction.
type profileReader struct {
	p       *profiles
	tx      *bolt.Tx
	flushes uint64 // when tx began, or before
	of      siteNo
	bucket  *bolt.Bucket
}

// read reads a profile that was not in memory just now.
func (r *profileReader) read(key profileKey) (h held, err error) {
	defer r.p.state.catch(&err, debug.SetPanicOnFault(true))
	// A profile leaves memory only after flushes has counted its checkpoint. So
	// when nothing was counted since tx began, tx sees what has left.
	if now := r.p.flushes.Load(); r.tx == nil || r.flushes != now {
		r.close()
		tx, err := r.p.state.read()
		if err != nil {
			return held{}, r.p.state.wrap(err)
		}
		r.tx, r.flushes = tx, now
	}
	if r.bucket == nil || r.of != key.site {
		r.of, r.bucket = key.site, siteBucket(r.tx, key.site, bucketProfiles)
		if r.bucket == nil {
			return held{}, nil // the site was deleted
		}
	}
	h, err = readRecord(r.bucket, key.id)
	return h, r.p.state.wrap(err)
}

func (r *profileReader) close() {
	if r.tx != nil {
		_ = r.tx.Rollback()
	}
	r.tx, r.bucket = nil, nil
}
