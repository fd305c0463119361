package boltstore

import (
	"fmt"
	"maps"
	"slices"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/vitrine-io/vitrine/store"
)

// recover brings memory to where the journal ends: heads, the ids of the dedupe
// window, and the profiles of events past the watermark.
func (s *Store) recover() error {
	start := time.Now()
	var seq, watermark store.Seq
	err := s.state.view(func(tx *bolt.Tx) error {
		watermark = store.Seq(metaNumber(tx, keyWatermark))
		return nil
	})
	if err != nil {
		return err
	}
	err = s.journal.view(func(tx *bolt.Tx) error {
		seq = store.Seq(metaNumber(tx, keySeq))
		if watermark > seq {
			return fmt.Errorf("profiles have events up to %d, the journal ends at %d: %w", watermark, seq, store.ErrCorrupt)
		}
		for _, t := range *s.sites.Load() {
			t.feed.head = siteHead(tx, t.no)
		}
		s.loadHours(tx)
		return nil
	})
	if err != nil {
		return err
	}
	if err := s.noteOldest(); err != nil {
		return err
	}
	s.committer.seq = seq
	s.checkpointer.watermark = watermark
	replayed, err := s.replay(watermark)
	if err != nil {
		return err
	}
	s.profiles.applied.Store(uint64(seq))
	if replayed > 0 {
		s.opts.Logger.Info("replayed the journal", "events", replayed, "ids", s.committer.dedupe.known.size(), "took", time.Since(start))
	}
	return nil
}

// siteHead is the number of a site's last event, also when its hours are gone.
func siteHead(tx *bolt.Tx, no siteNo) store.Seq {
	hours := tx.Bucket(bucketEvents).Bucket(no.key())
	if hours == nil {
		return 0
	}
	head := keySeqOf(hours.Get(keyHead))
	c := hours.Cursor()
	for k, v := c.Last(); k != nil; k, v = c.Prev() {
		if _, ok := keyHour(k); !ok || v != nil {
			continue
		}
		if last, _ := hours.Bucket(k).Cursor().Last(); last != nil {
			return max(head, keySeqOf(last))
		}
	}
	return head
}

// replay folds the events after the watermark into the profiles. Profiles that
// a cut-off checkpoint has already written know which events they have.
func (s *Store) replay(watermark store.Seq) (int, error) {
	used := make(chan []store.Entry, 3) // memory to use again: decoded, on its way, folded in
	for range cap(used) {
		used <- make([]store.Entry, 0, replayBatch)
	}
	replayed := 0
	for id, t := range *s.sites.Load() {
		n, err := s.replaySite(t, watermark, used)
		if err != nil {
			return replayed, fmt.Errorf("replay site %q: %w", id, err)
		}
		replayed += n
	}
	return replayed, nil
}

// replayDirty is how many changed profiles a start keeps before it writes them: nobody
// else needs the memory yet. A million events were there in 12 s with 40,000 and in 10 s
// with these; the first event that comes then waits half a second for them.
const replayDirty = 100_000

// replayBatch is how many events are decoded, and then folded in, at a time.
const replayBatch = 4096

// replaySite decodes one batch while the one before is folded in. It takes the
// memory for them from used and gives it back.
func (s *Store) replaySite(t *site, after store.Seq, used chan []store.Entry) (int, error) {
	type result struct {
		entries []store.Entry
		err     error
	}
	results := make(chan result, 1)
	quit := make(chan struct{})
	reading := spawn(func() {
		defer close(results)
		for {
			var buf []store.Entry
			select {
			case buf = <-used:
			case <-quit:
				return
			}
			entries, err := s.readEvents(t, after, replayBatch, buf[:0])
			select {
			case results <- result{entries, err}:
			case <-quit:
				return
			}
			if err != nil || len(entries) == 0 {
				return
			}
			after = entries[len(entries)-1].Seq
		}
	})
	defer func() {
		close(quit)
		<-reading
	}()
	replayed := 0
	for r := range results {
		if r.err != nil {
			return replayed, r.err
		}
		var failed error
		s.profiles.applyAll([]siteEntries{{t.no, r.entries}}, func(_ int, err error) { failed = err })
		if failed != nil {
			return replayed, failed
		}
		replayed += len(r.entries)
		used <- r.entries
		if s.profiles.dirty.Load() >= int64(max(replayDirty, s.opts.DirtyProfiles)) {
			// The watermark stays where it is until all sites are through.
			if err := s.checkpointer.checkpoint(false); err != nil {
				return replayed, err
			}
		}
	}
	return replayed, nil
}

// loadHours reads the ids of the dedupe window, and which hour was written last.
func (s *Store) loadHours(tx *bolt.Tx) {
	d := s.committer.dedupe
	byHour := make(map[hour][]*bolt.Bucket)
	last := hour(0)
	for _, name := range [][]byte{bucketEvents, bucketDecisions} {
		sites := tx.Bucket(name)
		_ = sites.ForEachBucket(func(k []byte) error {
			hours := sites.Bucket(k)
			return hours.ForEachBucket(func(k []byte) error {
				h, ok := keyHour(k)
				if !ok {
					return nil
				}
				last = max(last, h)
				if name[0] == bucketEvents[0] {
					byHour[h] = append(byHour[h], hours.Bucket(k))
				}
				return nil
			})
		})
	}
	s.committer.hour = last
	if last > 0 {
		s.committer.clock.trusted = last.end()
	}
	// A clock that leapt ahead does not make them unknown.
	now := s.opts.Now()
	if now.After(last.end()) {
		now = last.end()
	}
	for _, h := range slices.Sorted(maps.Keys(byHour)) {
		if d.past(h, now) {
			continue
		}
		for _, events := range byHour[h] {
			_ = events.ForEach(func(_, v []byte) error {
				if hash, ok := eventRecordHash(v); ok {
					d.add(h, hash)
				}
				return nil
			})
		}
		d.expire(now)
	}
}
