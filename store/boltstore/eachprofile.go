package boltstore

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	bolt "go.etcd.io/bbolt"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/visitor"
	"github.com/vitrine-io/vitrine/store"
)

// profileBatch is how many profiles one read transaction of EachProfile takes: some
// milliseconds' work, for as long as no page that a checkpoint frees can be used again.
const profileBatch = 512

// EachProfile reads in short transactions and calls fn outside of them, so fn may take
// its time and may write.
func (s *Store) EachProfile(ctx context.Context, id scoring.SiteID, after scoring.VisitorID, fn func(scoring.VisitorID, *visitor.Profile) bool) error {
	t, err := s.site(id)
	if err != nil {
		return fmt.Errorf("boltstore: profiles of site %q: %w", id, err)
	}
	w := profileWalk{p: s.profiles, site: t.no, after: after, fresh: s.profiles.unsaved(t.no, after), size: profileBatch, damaged: s.poisonedProfile}
	for {
		batch, more, err := w.next()
		if err != nil {
			return fmt.Errorf("boltstore: profiles of site %q: %w", id, err)
		}
		for _, m := range batch {
			if !fn(m.id, m.profile) {
				return nil
			}
		}
		if !more {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if s.isClosed() {
			return store.ErrClosed
		}
	}
}

// unsaved lists the visitors after the given one whose profiles are newer in memory than
// on disk, or in memory alone, in the order of their ids.
func (p *profiles) unsaved(site siteNo, after scoring.VisitorID) []scoring.VisitorID {
	var ids []scoring.VisitorID
	for i := range p.shards {
		sh := &p.shards[i]
		sh.mu.Lock()
		for _, changed := range []map[profileKey]held{sh.dirty, sh.flushing} {
			for key := range changed {
				if key.site == site && key.id > after {
					ids = append(ids, key.id)
				}
			}
		}
		sh.mu.Unlock()
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// peek is find without counting as a use.
func (sh *profileShard) peek(key profileKey) (held, bool) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if h, ok := sh.dirty[key]; ok {
		return h, true
	}
	if h, ok := sh.flushing[key]; ok {
		return h, true
	}
	return sh.clean.Peek(key)
}

// profileWalk goes through a site's profiles, those on disk and those that are not there
// yet.
type profileWalk struct {
	p     *profiles
	site  siteNo
	after scoring.VisitorID
	// fresh are visitors that memory knew more of than the disk when the walk began, and
	// that were not reached yet. By the time they are, they may be on disk.
	fresh []scoring.VisitorID
	size  int // of the next batch
	// damaged is told of a record that can't be read, and reports whether to go past it.
	damaged func(profileKey, error) bool
}

type walked struct {
	id      scoring.VisitorID
	profile *visitor.Profile
}

// next returns the next profiles, and whether there may be more.
func (w *profileWalk) next() ([]walked, bool, error) {
	for {
		// A profile leaves memory only after flushes has counted its checkpoint. So when
		// nothing was counted from before the transaction to its end, the transaction has
		// seen what memory did not have.
		flushes := w.p.flushes.Load()
		var got walkedBatch
		err := w.p.state.view(func(tx *bolt.Tx) (err error) {
			got, err = w.batch(tx)
			return err
		})
		if err != nil {
			return nil, false, err
		}
		if w.p.flushes.Load() != flushes {
			w.size = max(1, w.size/2) // where checkpoints are that frequent
			continue
		}
		w.size = min(profileBatch, 2*w.size)
		w.after = got.last
		reached, found := slices.BinarySearch(w.fresh, got.last)
		if found {
			reached++
		}
		w.fresh = w.fresh[reached:]
		return got.profiles, got.more, nil
	}
}

type walkedBatch struct {
	profiles []walked
	last     scoring.VisitorID // the last that was looked at
	more     bool
}

// batch merges the next ids on disk with the next ones that were in memory alone.
func (w *profileWalk) batch(tx *bolt.Tx) (got walkedBatch, err error) {
	b := siteBucket(tx, w.site, bucketProfiles)
	if b == nil {
		return got, store.ErrNotFound
	}
	got.last = w.after
	c := b.Cursor()
	k, v := c.Seek([]byte(w.after))
	if k != nil && bytes.Equal(k, []byte(w.after)) {
		k, v = c.Next()
	}
	fresh := w.fresh
	for n := 0; k != nil || len(fresh) > 0; n++ {
		if n == w.size {
			got.more = true
			return got, nil
		}
		var record []byte
		if k == nil || len(fresh) > 0 && string(fresh[0]) < string(k) {
			got.last, fresh = fresh[0], fresh[1:]
		} else {
			got.last, record = scoring.VisitorID(k), v
			if len(fresh) > 0 && fresh[0] == got.last {
				fresh = fresh[1:]
			}
			k, v = c.Next()
		}
		key := profileKey{w.site, got.last}
		h, ok := w.p.shards[key.shard()].peek(key)
		if !ok && record != nil {
			if h, err = decodeProfile(record); err != nil {
				if !w.damaged(key, err) {
					return got, fmt.Errorf("profile: %w", err)
				}
				h = held{} // it is made anew when it is asked for by itself
			}
		}
		if h.profile != nil {
			got.profiles = append(got.profiles, walked{got.last, h.profile})
		}
	}
	return got, nil
}
