package boltstore

import (
	"context"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

// followBatch is about how many entries one call of a follower gets: enough to
// make the call cheap, few enough (1 ms to decode) to hold a read transaction
// briefly.
const followBatch = 1024

// Follow serves a follower that keeps up from memory, and one that is behind
// from the file, in short read transactions. Where retention has dropped events
// after seq it starts with the oldest that is left.
func (s *Store) Follow(ctx context.Context, id scoring.SiteID, after store.Seq, fn func([]store.Entry) error) error {
	t, err := s.site(id)
	if err != nil {
		return fmt.Errorf("boltstore: follow: %w", err)
	}
	who := t.feed.join(after)
	defer t.feed.leave(who)

	var buf []store.Entry
	for {
		switch {
		case ctx.Err() != nil:
			return nil
		case t.deleted():
			return fmt.Errorf("boltstore: follow site %q: %w", id, store.ErrNotFound)
		case s.isClosed():
			return store.ErrClosed
		}
		entries, behind, wait := t.feed.next(who, after, followBatch, buf[:0])
		if wait != nil {
			select {
			case <-wait:
			case <-ctx.Done():
			case <-t.gone:
			case <-s.closing:
			}
			continue
		}
		if behind {
			if entries, err = s.readEvents(t, after, followBatch, buf[:0]); err != nil {
				return fmt.Errorf("boltstore: follow site %q: %w", id, err)
			}
		}
		buf = entries
		if len(entries) == 0 {
			// The site's events after this point were dropped in the meantime.
			after = max(after, t.feed.last())
			continue
		}
		if err := fn(entries); err != nil {
			return err
		}
		after = entries[len(entries)-1].Seq
	}
}

// readEvents appends to buf up to most events after seq, from the file.
func (s *Store) readEvents(t *site, after store.Seq, most int, buf []store.Entry) ([]store.Entry, error) {
	// Events become durable before they are published, and a follower must not
	// see them twice: stop at what is published.
	head := t.feed.last()
	err := s.journal.view(func(tx *bolt.Tx) error {
		return eachEvent(tx, t.no, after, func(seq store.Seq, v []byte) (bool, error) {
			if seq > head {
				return false, nil
			}
			buf = append(buf, store.Entry{Seq: seq})
			if err := s.codec.decodeEvent(v, &buf[len(buf)-1].Event); err != nil {
				if s.poisonedEvent(t.no, seq, err) {
					buf = buf[:len(buf)-1]
					return true, nil
				}
				return false, fmt.Errorf("event %d: %w", seq, err)
			}
			return len(buf) < most, nil
		})
	})
	return buf, err
}

// eachEvent calls fn with a site's event records after seq in order until it
// returns false.
func eachEvent(tx *bolt.Tx, no siteNo, after store.Seq, fn func(store.Seq, []byte) (bool, error)) error {
	hours := tx.Bucket(bucketEvents).Bucket(no.key())
	if hours == nil {
		return nil
	}
	first := firstHourAfter(hours, after)
	if first == nil {
		return nil
	}
	c := hours.Cursor()
	for k, v := c.Seek(first); k != nil; k, v = c.Next() {
		if _, ok := keyHour(k); !ok || v != nil {
			continue // the head
		}
		events := hours.Bucket(k).Cursor()
		for key, value := events.Seek(seqKey(after + 1)); key != nil; key, value = events.Next() {
			more, err := fn(keySeqOf(key), value)
			if err != nil || !more {
				return err
			}
		}
	}
	return nil
}

// firstHourAfter is the key of the hour that holds the first event after seq,
// found from the end, where followers and replay begin. nil if there is none.
func firstHourAfter(hours *bolt.Bucket, after store.Seq) []byte {
	var first []byte
	c := hours.Cursor()
	for k, v := c.Last(); k != nil; k, v = c.Prev() {
		if _, ok := keyHour(k); !ok || v != nil {
			continue
		}
		last, _ := hours.Bucket(k).Cursor().Last()
		if last != nil && keySeqOf(last) <= after {
			break
		}
		first = k
	}
	return first
}
