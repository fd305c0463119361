package boltstore

import (
	"bytes"
	"context"
	"fmt"
	"sort"

	bolt "go.etcd.io/bbolt"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

// EventsOf looks through the parts of the journal that the visitor's record names,
// and no others: a quarter of a millisecond each.
func (s *Store) EventsOf(ctx context.Context, id scoring.SiteID, v scoring.VisitorID, fn func(store.Entry) error) error {
	t, err := s.site(id)
	if err != nil {
		return fmt.Errorf("boltstore: events of a visitor: %w", err)
	}
	h, err := s.profiles.get(profileKey{t.no, v})
	if err != nil {
		return fmt.Errorf("boltstore: events of a visitor of site %q: %w", id, err)
	}
	search, err := s.searchFor(t.no, v)
	if err != nil {
		return fmt.Errorf("boltstore: events of a visitor of site %q: %w", id, err)
	}
	for _, r := range h.chunks.ascending() {
		for c := r.from; c <= r.to; c++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			var found []store.Entry
			if err := search.chunk(c, h.seq, func(_ hour, e store.Entry) { found = append(found, e) }); err != nil {
				return fmt.Errorf("boltstore: events of a visitor of site %q: %w", id, err)
			}
			for _, e := range found {
				if err := fn(e); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// eventSearch looks for one visitor's events.
type eventSearch struct {
	s      *Store
	site   siteNo
	who    scoring.VisitorID
	needle []byte // stands in the record of each of their events
	hours  []hour // of the site's events, when the search began
}

func (s *Store) searchFor(no siteNo, v scoring.VisitorID) (*eventSearch, error) {
	// The visitor as the encoder writes it into a record, behind the map's head.
	var only = struct {
		Visitor scoring.VisitorID `cbor:"4,keyasint"`
	}{v}
	var buf bytes.Buffer
	if err := s.codec.enc.MarshalToBuffer(only, &buf); err != nil {
		return nil, err
	}
	f := &eventSearch{s: s, site: no, who: v, needle: buf.Bytes()[1:]}
	return f, s.journal.view(func(tx *bolt.Tx) error {
		f.hours = hoursOf(tx.Bucket(bucketEvents).Bucket(no.key()))
		return nil
	})
}

// chunk calls fn with the visitor's events of a part of the journal, up to the number
// last, and the hours they stand in.
func (f *eventSearch) chunk(c chunk, last store.Seq, fn func(hour, store.Entry)) error {
	last = min(last, c.last())
	return f.s.journal.view(func(tx *bolt.Tx) error {
		hours := tx.Bucket(bucketEvents).Bucket(f.site.key())
		if hours == nil {
			return nil
		}
		for _, h := range f.hoursFrom(hours, c.first()) {
			b := hours.Bucket(h.key())
			if b == nil {
				continue // dropped meanwhile
			}
			events := b.Cursor()
			for k, v := events.Seek(seqKey(c.first())); k != nil; k, v = events.Next() {
				seq := keySeqOf(k)
				if seq > last {
					return nil
				}
				if !bytes.Contains(v, f.needle) {
					continue
				}
				e := store.Entry{Seq: seq}
				if err := f.s.codec.decodeEvent(v, &e.Event); err != nil {
					if f.s.poisonedEvent(f.site, seq, err) {
						continue
					}
					return fmt.Errorf("event %d: %w", seq, err)
				}
				if e.Event.Visitor == f.who {
					fn(h, e)
				}
			}
		}
		return nil
	})
}

// hoursOf are a site's hours of events or decisions, the oldest first.
func hoursOf(hours *bolt.Bucket) []hour {
	if hours == nil {
		return nil
	}
	var all []hour
	c := hours.Cursor()
	for k, v := c.First(); k != nil; k, v = c.Next() {
		if h, ok := keyHour(k); ok && v == nil {
			all = append(all, h)
		}
	}
	return all
}

// hoursFrom are the hours from the one that seq would stand in.
func (f *eventSearch) hoursFrom(hours *bolt.Bucket, seq store.Seq) []hour {
	// The first whose events all come after seq; seq is in the one before. An hour
	// that was dropped meanwhile counts as before.
	n := sort.Search(len(f.hours), func(i int) bool {
		b := hours.Bucket(f.hours[i].key())
		if b == nil {
			return false
		}
		first, _ := b.Cursor().First()
		return keySeqOf(first) > seq
	})
	return f.hours[max(0, n-1):]
}

// noteOldest learns what retention has left of the journal.
func (s *Store) noteOldest() error {
	return s.journal.view(func(tx *bolt.Tx) error {
		oldest := store.Seq(metaNumber(tx, keySeq))
		sites := tx.Bucket(bucketEvents)
		err := sites.ForEachBucket(func(k []byte) error {
			hours := sites.Bucket(k)
			if h, ok := oldestHour(hours); ok {
				first, _ := hours.Bucket(h.key()).Cursor().First()
				oldest = min(oldest, keySeqOf(first))
			}
			return nil
		})
		s.profiles.oldest.Store(uint64(chunkOf(oldest)))
		return err
	})
}
