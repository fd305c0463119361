package boltstore

import (
	"fmt"
	"runtime/debug"

	bolt "go.etcd.io/bbolt"
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
	r := &profileReader{p: s.profiles}
	defer r.close()
	for _, req := range b.requests {
		for i := range req.entries {
			err := s.profiles.apply(req.site.no, &req.entries[i], r)
			if err != nil && req.err == nil {
				// The event is durable, but its visitor's record is damaged.
				req.err = fmt.Errorf("event %d: %w", req.entries[i].Seq, err)
			}
		}
	}
}

// profileReader reads profiles from disk in one transaction for a whole batch:
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
		tx, err := r.p.state.db.Begin(false)
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
