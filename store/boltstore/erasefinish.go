package boltstore

import (
	"encoding/binary"
	"fmt"
	"slices"

	bolt "go.etcd.io/bbolt"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/visitor"
	"github.com/vitrine-io/vitrine/store"
)

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
		if err := s.silence(e); err != nil {
			return err
		}
		done = append(done, e)
	}
	if len(done) == 0 {
		return nil
	}
	if err := s.endErasures(done); err != nil {
		return err
	}
	s.erasures.mu.Lock()
	defer s.erasures.mu.Unlock()
	s.erasures.open = slices.DeleteFunc(s.erasures.open, func(e *erasure) bool { return slices.Contains(done, e) })
	return nil
}

// resumeErasures goes on with those that the last process left, before anything is
// replayed.
func (s *Store) resumeErasures() error {
	var left []*erasure
	err := s.journal.view(func(tx *bolt.Tx) error {
		return tx.Bucket(bucketErasures).ForEach(func(k, v []byte) error {
			var r erasureRecord
			if err := s.codec.decode(v, &r); err != nil || len(k) != 12 {
				return fmt.Errorf("erasure: %w", store.ErrCorrupt)
			}
			e := &erasure{
				who: r.Visitor, near: r.Near, deleted: r.Deleted, seq: keySeqOf(k[4:]), site: siteNo(binary.BigEndian.Uint32(k)),
			}
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
	var done []*erasure
	for _, e := range left {
		if err := s.deleteAllOf(e); err != nil {
			return err
		}
		if len(e.near) == 0 {
			done = append(done, e)
		} else {
			s.erasures.open = append(s.erasures.open, e)
		}
	}
	s.opts.Logger.Info("went on with erasures that were under way", "visitors", len(left))
	return s.endErasures(done)
}

// endErasures deletes the records of those that are done.
func (s *Store) endErasures(done []*erasure) error {
	return s.journal.update(func(tx *bolt.Tx) error {
		for _, e := range done {
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

// silence takes out what the events of others say of the visitor: links as a whole, and
// of other events the person's id.
func (s *Store) silence(e *erasure) error {
	for _, near := range e.near {
		h, err := s.profiles.get(profileKey{e.site, near})
		if err != nil {
			return err
		}
		if h.chunks == "" && h.profile == nil {
			continue // erased, too
		}
		if err := s.silenceIn(e, near, h.chunks); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) silenceIn(e *erasure, near scoring.VisitorID, in chunks) error {
	search, err := s.searchFor(e.site, near)
	if err != nil {
		return err
	}
	var links []eventPlace
	var others []store.Entry
	var hours []hour
	for _, r := range in.ascending() {
		for c := r.from; c <= r.to; c++ {
			err := search.chunk(c, e.seq, func(h hour, entry store.Entry) {
				switch {
				case linkNames(entry.Event.Link, e.who):
					links = append(links, eventPlace{h, entry.Seq})
				case entry.Event.Person != "" && visitor.PersonKey(entry.Event.Person) == e.who:
					entry.Event.Person = ""
					others, hours = append(others, entry), append(hours, h)
				}
			})
			if err != nil {
				return err
			}
		}
	}
	for batch := range slices.Chunk(links, eraseBatch) {
		if err := s.journal.update(func(tx *bolt.Tx) error { return deleteEvents(tx, e.site, batch) }); err != nil {
			return err
		}
	}
	for batch := range slices.Chunk(others, eraseBatch) {
		records, _, err := s.codec.encodeEvents(e.site, batch)
		if err != nil {
			return err
		}
		of := hours[:len(batch)]
		hours = hours[len(batch):]
		err = s.journal.update(func(tx *bolt.Tx) error {
			b := tx.Bucket(bucketEvents).Bucket(e.site.key())
			if b == nil {
				return nil
			}
			for i := range batch {
				if events := b.Bucket(of[i].key()); events != nil {
					if err := events.Put(seqKey(batch[i].Seq), records[i]); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func linkNames(l *scoring.Link, v scoring.VisitorID) bool {
	return l != nil && (l.Device == v || visitor.PersonKey(l.Person) == v)
}
