package boltstore

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"sync"

	bolt "go.etcd.io/bbolt"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

// An erasure is a promise first: a record in the journal that says who goes, with a
// number of its own in the order of events. From there it can't fail, only be late.
//
//  1. The record is committed; when the applier comes to it, the profile is gone from
//     memory. What arrives later begins a new visitor.
//  2. The visitor's events up to that number, and their decisions, are deleted.
//  3. The next checkpoint deletes the profile's record.
//  4. The record of the erasure is deleted.
//
// Opening the store finishes those that it finds, before it replays anything.

// eraseBatch is how many events or decisions one transaction deletes: some 10 ms.
const eraseBatch = 1_000

// erasureRecord is what the journal keeps of an erasure.
type erasureRecord struct {
	Visitor scoring.VisitorID `cbor:"1,keyasint"`
	Deleted bool              `cbor:"2,keyasint,omitempty"` // step 2 is done
}

// erasure is one under way.
type erasure struct {
	site   siteNo
	who    scoring.VisitorID
	seq    store.Seq // its number: of the events, those before go
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
func (s *Store) EraseVisitor(_ context.Context, id scoring.SiteID, v scoring.VisitorID) (store.Erased, error) {
	t, err := s.site(id)
	if err != nil {
		return store.Erased{}, fmt.Errorf("boltstore: erase a visitor: %w", err)
	}
	e := &erasure{site: t.no, who: v}
	if v == "" {
		return e.erased, nil
	}
	if err := s.promise(e); err != nil {
		return store.Erased{}, fmt.Errorf("boltstore: erase a visitor of site %q: %w", id, err)
	}
	if err := s.deleteAllOf(e); err != nil {
		return store.Erased{}, fmt.Errorf("boltstore: erase a visitor of site %q; it is tried again: %w", id, err)
	}
	return e.erased, nil
}

// promise is the first step.
func (s *Store) promise(e *erasure) error {
	return s.committer.do(&request{
		numbered: true,
		control: func(tx *bolt.Tx, seq store.Seq) error {
			e.seq, e.erased.Seq = seq, seq
			return s.putErasure(tx, e, false)
		},
		applied: func() { s.forget(e) },
	})
}

func (s *Store) putErasure(tx *bolt.Tx, e *erasure, deleted bool) error {
	b, err := s.codec.encode(erasureRecord{Visitor: e.who, Deleted: deleted})
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

// deleteAllOf is the second step.
func (s *Store) deleteAllOf(e *erasure) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.deleted {
		return nil
	}
	e.erased.Decisions += s.decisions.dropVisitor(e.site, e.who)
	found, err := s.eventsToErase(e)
	if err != nil {
		return err
	}
	for batch := range slices.Chunk(found, eraseBatch) {
		if len(batch) < eraseBatch {
			break // the rest goes with the decisions
		}
		if err := s.journal.update(func(tx *bolt.Tx) error { return deleteEvents(tx, e.site, batch) }); err != nil {
			return err
		}
		e.erased.Events += len(batch)
	}
	rest := found[len(found)/eraseBatch*eraseBatch:]
	decisions, err := s.deleteDecisions(e)
	if err != nil {
		return err
	}
	err = s.journal.update(func(tx *bolt.Tx) error {
		if err := deleteEvents(tx, e.site, rest); err != nil {
			return err
		}
		if err := s.eraseDecisions(tx, e.site, decisions); err != nil {
			return err
		}
		return s.putErasure(tx, e, true)
	})
	if err != nil {
		return err
	}
	e.erased.Events += len(rest)
	e.erased.Decisions += len(decisions)
	e.deleted = true
	return nil
}

// eventPlace is where an event stands.
type eventPlace struct {
	hour hour
	seq  store.Seq
}

func (s *Store) eventsToErase(e *erasure) (places []eventPlace, err error) {
	search, err := s.searchFor(e.site, e.who)
	if err != nil {
		return nil, err
	}
	for _, r := range e.chunks.ascending() {
		for c := r.from; c <= r.to; c++ {
			err := search.chunk(c, e.seq, func(h hour, entry store.Entry) { places = append(places, eventPlace{h, entry.Seq}) })
			if err != nil {
				return nil, err
			}
		}
	}
	return places, nil
}

// deleteEvents deletes events of a site, and hours that are then empty. The site's
// head stays where it is.
func deleteEvents(tx *bolt.Tx, no siteNo, places []eventPlace) error {
	hours := tx.Bucket(bucketEvents).Bucket(no.key())
	if hours == nil || len(places) == 0 {
		return nil
	}
	if err := hours.Put(keyHead, seqKey(siteHead(tx, no))); err != nil {
		return err
	}
	for i, p := range places {
		events := hours.Bucket(p.hour.key())
		if events == nil {
			continue // retention was first
		}
		if err := events.Delete(seqKey(p.seq)); err != nil {
			return err
		}
		if i+1 < len(places) && places[i+1].hour == p.hour {
			continue
		}
		if k, _ := events.Cursor().First(); k == nil {
			if err := hours.DeleteBucket(p.hour.key()); err != nil {
				return err
			}
		}
	}
	return nil
}

// decisionPlace is where a decision stands.
type decisionPlace struct {
	hour hour
	id   scoring.DecisionID
}

// deleteDecisions deletes the visitor's decisions but for the last eraseBatch or fewer,
// which it returns.
func (s *Store) deleteDecisions(e *erasure) (rest []decisionPlace, err error) {
	hours, err := s.allDecisionHours(e.site)
	if err != nil {
		return nil, err
	}
	for _, h := range hours {
		found, err := s.decisionsIn(e.site, h, e.who)
		if err != nil {
			return nil, err
		}
		for _, d := range found {
			rest = append(rest, decisionPlace{h, d.ID})
		}
		for len(rest) > eraseBatch {
			batch := rest[:eraseBatch]
			if err := s.journal.update(func(tx *bolt.Tx) error { return s.eraseDecisions(tx, e.site, batch) }); err != nil {
				return nil, err
			}
			e.erased.Decisions += len(batch)
			rest = rest[eraseBatch:]
		}
	}
	return rest, nil
}

// eraseDecisions deletes decisions of a site, and what the columns say of them.
func (s *Store) eraseDecisions(tx *bolt.Tx, no siteNo, places []decisionPlace) error {
	hours := tx.Bucket(bucketDecisions).Bucket(no.key())
	if hours == nil {
		return nil
	}
	gone := make(map[hour]map[scoring.DecisionID]bool)
	who := make(map[hour]map[fingerprint]bool)
	for _, p := range places {
		records := hours.Bucket(p.hour.key())
		if records == nil {
			continue
		}
		if gone[p.hour] == nil {
			gone[p.hour], who[p.hour] = make(map[scoring.DecisionID]bool), make(map[fingerprint]bool)
		}
		gone[p.hour][p.id] = true
		if record := records.Get([]byte(p.id)); record != nil {
			var d scoring.Decision
			if err := s.codec.decode(record, &d); err != nil {
				return err
			}
			for _, v := range peopleOf(&d) {
				who[p.hour][s.fingerprintOf(no, v)] = true
			}
			if err := records.Delete([]byte(p.id)); err != nil {
				return err
			}
		}
	}
	for h, ids := range gone {
		if column := columnOf(tx, no, h); column != nil {
			for f := range who[h] {
				if err := cutColumn(column, f, ids); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// cutColumn takes decisions out of the parts of a column that have the fingerprint.
func cutColumn(column *bolt.Bucket, who fingerprint, ids map[scoring.DecisionID]bool) error {
	changed := make(map[uint64][]decider)
	err := eachMatch(column, who, func(n uint64, all []decider) error {
		if rest := slices.DeleteFunc(slices.Clone(all), func(d decider) bool { return ids[d.id] }); len(rest) < len(all) {
			changed[n] = rest
		}
		return nil
	})
	if err != nil {
		return err
	}
	for n, rest := range changed {
		if err := putColumn(column, n, rest); err != nil {
			return err
		}
	}
	return nil
}

// finishErasures does the last step of those whose profiles the last checkpoint has
// deleted, and tries again what failed.
func (s *Store) finishErasures() error {
	s.checkpointer.mu.Lock()
	watermark := s.checkpointer.watermark
	s.checkpointer.mu.Unlock()
	s.erasures.mu.Lock()
	open := slices.Clone(s.erasures.open)
	s.erasures.mu.Unlock()
	var done []*erasure
	for _, e := range open {
		if e.seq > watermark {
			continue
		}
		if err := s.deleteAllOf(e); err != nil {
			return err
		}
		done = append(done, e)
	}
	if len(done) == 0 {
		return nil
	}
	err := s.journal.update(func(tx *bolt.Tx) error {
		for _, e := range done {
			if err := tx.Bucket(bucketErasures).Delete(e.key()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.erasures.mu.Lock()
	defer s.erasures.mu.Unlock()
	s.erasures.open = slices.DeleteFunc(s.erasures.open, func(e *erasure) bool { return slices.Contains(done, e) })
	return nil
}

// resumeErasures finishes those that the last process left, before anything is
// replayed.
func (s *Store) resumeErasures() error {
	var left []*erasure
	err := s.journal.view(func(tx *bolt.Tx) error {
		return tx.Bucket(bucketErasures).ForEach(func(k, v []byte) error {
			var r erasureRecord
			if err := s.codec.decode(v, &r); err != nil || len(k) != 12 {
				return fmt.Errorf("erasure: %w", store.ErrCorrupt)
			}
			e := &erasure{who: r.Visitor, deleted: r.Deleted, seq: keySeqOf(k[4:]), site: siteNo(binary.BigEndian.Uint32(k))}
			e.chunks = allUpTo(e.seq)
			left = append(left, e)
			return nil
		})
	})
	if err != nil || len(left) == 0 {
		return err
	}
	err = s.state.update(func(tx *bolt.Tx) error {
		for _, e := range left {
			if err := deleteProfile(tx, e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, e := range left {
		if err := s.deleteAllOf(e); err != nil {
			return err
		}
	}
	s.opts.Logger.Info("finished erasures that were under way", "visitors", len(left))
	return s.journal.update(func(tx *bolt.Tx) error {
		for _, e := range left {
			if err := tx.Bucket(bucketErasures).Delete(e.key()); err != nil {
				return err
			}
		}
		return nil
	})
}

// deleteProfile deletes the record of a profile unless it is that of a visitor who
// began after the erasure.
func deleteProfile(tx *bolt.Tx, e *erasure) error {
	profiles := siteBucket(tx, e.site, bucketProfiles)
	if profiles == nil {
		return nil
	}
	h, err := readRecord(profiles, e.who)
	if err == nil && h.seq > e.seq {
		return nil
	}
	return profiles.Delete([]byte(e.who))
}
