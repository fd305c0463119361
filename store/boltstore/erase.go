package boltstore

import (
	"context"
	"fmt"
	"slices"
	"sync"

	bolt "go.etcd.io/bbolt"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

// An erasure is a promise first: a record in the journal that says who goes, committed
// with the event that tells the learners. From there it can't fail, only be late.
//
//  1. The record is committed; when the applier comes to it, the profile is gone from
//     memory. What arrives later begins a new visitor.
//  2. The visitor's events up to that number, and their decisions, are deleted.
//  3. The next checkpoint deletes the profile's record.
//  4. What the events of others say of the visitor goes, now that no replay needs it,
//     and the record of the erasure.
//
// Opening the store does the first three for what it finds, before it replays anything.

// eraseBatch is how many events or decisions one transaction deletes: some 10 ms.
const eraseBatch = 1_000

// erasureRecord is what the journal keeps of an erasure.
type erasureRecord struct {
	Visitor scoring.VisitorID   `cbor:"1,keyasint"`
	Deleted bool                `cbor:"2,keyasint,omitempty"` // step 2 is done
	Near    []scoring.VisitorID `cbor:"3,keyasint,omitempty"` // whose events may name the visitor
}

// erasure is one under way.
type erasure struct {
	site   siteNo
	who    scoring.VisitorID
	near   []scoring.VisitorID
	seq    store.Seq // of the event that tells of it: of the events, those before go
	chunks chunks    // where they are

	mu      sync.Mutex // held while step 2 is under way
	deleted bool       // step 2 is done
	erased  store.Erased
}

func (e *erasure) key() []byte { return append(e.site.key(), seqKey(e.seq)...) }

// erasures are those under way.
type erasures struct {
	mu   sync.Mutex
	open []*erasure
}

// dropSite forgets those of a deleted site.
func (r *erasures) dropSite(no siteNo) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.open = slices.DeleteFunc(r.open, func(e *erasure) bool { return e.site == no })
}

// EraseVisitor is not cut short when ctx ends: once promised it goes on.
func (s *Store) EraseVisitor(_ context.Context, id scoring.SiteID, what store.Erasure) (store.Erased, error) {
	t, err := s.site(id)
	if err != nil {
		return store.Erased{}, fmt.Errorf("boltstore: erase a visitor: %w", err)
	}
	if what.Visitor == "" {
		return store.Erased{}, fmt.Errorf("boltstore: erase a visitor of site %q: nobody is named", id)
	}
	e := &erasure{site: t.no, who: what.Visitor, near: what.Near}
	if err := s.promise(t, e, what.Told); err != nil {
		return store.Erased{}, fmt.Errorf("boltstore: erase a visitor of site %q: %w", id, err)
	}
	if err := s.deleteAllOf(e); err != nil {
		return store.Erased{}, fmt.Errorf("boltstore: erase a visitor of site %q; it is tried again: %w", id, err)
	}
	return e.erased, nil
}

// promise is the first step.
func (s *Store) promise(t *site, e *erasure, told scoring.Event) (err error) {
	normaliseEvent(&told)
	r := &request{site: t, entries: []store.Entry{{Event: told}}, acks: make([]store.Ack, 1)}
	if r.records, r.hashes, err = s.codec.encodeEvents(t.no, r.entries); err != nil {
		return err
	}
	r.control = func(tx *bolt.Tx, seq store.Seq) error {
		switch {
		case t.deleted():
			return store.ErrNotFound
		case r.acks[0].Duplicate:
			return fmt.Errorf("the event that tells of it: %w", store.ErrExists)
		}
		e.seq, e.erased.Seq = seq, seq
		return s.putErasure(tx, e, false)
	}
	r.applied = func() { s.forget(e) }
	return s.committer.do(r)
}

func (s *Store) putErasure(tx *bolt.Tx, e *erasure, deleted bool) error {
	b, err := s.codec.encode(erasureRecord{Visitor: e.who, Deleted: deleted, Near: e.near})
	if err != nil {
		return err
	}
	return tx.Bucket(bucketErasures).Put(e.key(), b)
}

// forget takes the profile out of memory, and notes where its events are. It runs in
// the applier.
func (s *Store) forget(e *erasure) {
	key := profileKey{e.site, e.who}
	h, err := s.profiles.get(key)
	if err != nil {
		// A damaged record goes like any other; its events may be anywhere.
		s.opts.Logger.Warn("the profile of a visitor to be erased can't be read", "error", err)
		h.chunks = allUpTo(e.seq)
	}
	e.chunks, e.erased.Profile = h.chunks, h.profile != nil || err != nil
	s.profiles.change(key, &s.profiles.shards[key.shard()], held{seq: e.seq})
	s.erasures.mu.Lock()
	defer s.erasures.mu.Unlock()
	s.erasures.open = append(s.erasures.open, e)
}
