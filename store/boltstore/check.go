package boltstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	bolt "go.etcd.io/bbolt"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

// Check verifies pages, records and the relations between them: numbers grow
// within and across hours, nothing is ahead of the journal, every site has its
// place. It holds up writes while it runs.
func (s *Store) Check(ctx context.Context) error {
	if s.isClosed() {
		return store.ErrClosed
	}
	var found []error
	err := s.journal.inspect(func(journal *bolt.Tx) error {
		return s.state.inspect(func(state *bolt.Tx) error {
			c := &checker{s: s, ctx: ctx, journal: journal, state: state}
			found = c.run()
			return ctx.Err()
		})
	})
	if err == nil {
		err = errors.Join(found...)
	}
	if err != nil {
		return fmt.Errorf("boltstore: check %s: %w", s.dir, translate(err))
	}
	return nil
}

// inspect runs fn in a write transaction, so that nothing changes meanwhile, and
// takes it back.
func (f *file) inspect(fn func(tx *bolt.Tx) error) (err error) {
	defer f.catch(&err, debug.SetPanicOnFault(true))
	f.writing.Lock()
	defer f.writing.Unlock()
	tx, err := f.db.Load().Begin(true)
	if err != nil {
		return f.wrap(err)
	}
	defer f.abandon(tx)
	if err := f.verifyPages(); err != nil {
		return err
	}
	var first error
	for err := range tx.Check() { // to the end, or its goroutine stays
		if first == nil {
			first = fmt.Errorf("%s: %w: %w", f.path, store.ErrCorrupt, err)
		}
	}
	if first != nil {
		return first
	}
	return f.wrap(fn(tx))
}

// verifyPages comes before bbolt's own check, which trusts what it follows.
func (f *file) verifyPages() error {
	r, err := os.Open(f.path)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	info, err := r.Stat()
	if err != nil {
		return err
	}
	meta, err := readMeta(r, info.Size())
	if err == nil {
		err = verifyPages(r, meta)
	}
	return f.wrap(err)
}

// maxFindings is after how many findings a check stops looking.
const maxFindings = 20

type checker struct {
	s              *Store
	ctx            context.Context
	journal, state *bolt.Tx
	alive          map[siteNo]scoring.SiteID
	seq            store.Seq // the last number given out
	found          []error
}

func (c *checker) run() []error {
	c.alive = make(map[siteNo]scoring.SiteID)
	c.seq = store.Seq(metaNumber(c.journal, keySeq))
	c.sites()
	if watermark := store.Seq(metaNumber(c.state, keyWatermark)); watermark > c.seq {
		c.report("the watermark %d is ahead of the journal, %d", watermark, c.seq)
	}
	for no, id := range c.alive {
		c.siteData(no, id)
		c.events(no, id)
		c.decisions(no, id)
		c.snapshots(no, id)
	}
	return c.found
}

// report notes a finding. What it names must not be personal.
func (c *checker) report(format string, args ...any) {
	if len(c.found) < maxFindings {
		c.found = append(c.found, fmt.Errorf(format+": %w", append(args, store.ErrCorrupt)...))
	}
}

func (c *checker) enough() bool { return len(c.found) >= maxFindings || c.ctx.Err() != nil }

func (c *checker) sites() {
	_ = c.state.Bucket(bucketSites).ForEach(func(k, v []byte) error {
		var r siteRecord
		if err := c.s.codec.decode(v, &r); err != nil {
			c.report("site %q: %v", k, err)
			return nil
		}
		if other, ok := c.alive[r.No]; ok {
			c.report("sites %q and %q share number %d", k, other, r.No)
		}
		if uint64(r.No) > c.state.Bucket(bucketMeta).Sequence() {
			c.report("site %q has number %d, which was never given out", k, r.No)
		}
		c.alive[r.No] = scoring.SiteID(k)
		return nil
	})
}

func (c *checker) siteData(no siteNo, id scoring.SiteID) {
	c.records(no, id, bucketProfiles, func(_, v []byte) error {
		h, err := decodeProfile(v)
		if err == nil && h.seq > c.seq {
			return fmt.Errorf("is at event %d, the journal ends at %d", h.seq, c.seq)
		}
		return err
	})
	c.records(no, id, bucketProducts, func(k, v []byte) error {
		var p scoring.Product
		err := c.s.codec.decode(v, &p)
		if err == nil && string(p.ID) != string(k) {
			return fmt.Errorf("%q stands at %q", p.ID, k)
		}
		return err
	})
	c.records(no, id, bucketPlacements, func(k, v []byte) error { return placements.check(c.s, k, v) })
	c.records(no, id, bucketCampaigns, func(k, v []byte) error { return campaigns.check(c.s, k, v) })
	c.records(no, id, bucketCreatives, func(k, v []byte) error { return creatives.check(c.s, k, v) })
	c.records(no, id, bucketSegments, func(k, v []byte) error { return segments.check(c.s, k, v) })
}

func (c *checker) records(no siteNo, id scoring.SiteID, name []byte, fn func(k, v []byte) error) {
	b := siteBucket(c.state, no, name)
	if b == nil {
		c.report("site %q has no %s", id, name)
		return
	}
	cur := b.Cursor()
	n := 0
	for k, v := cur.First(); k != nil && !c.enough(); k, v = cur.Next() {
		n++
		if err := fn(k, v); err != nil {
			c.report("site %q, number %d of its %s: %v", id, n, name, err)
		}
	}
}

func (c *checker) events(no siteNo, id scoring.SiteID) {
	hours := c.journal.Bucket(bucketEvents).Bucket(no.key())
	if hours == nil {
		return
	}
	var last store.Seq
	cur := hours.Cursor()
	for k, v := cur.First(); k != nil && !c.enough(); k, v = cur.Next() {
		if _, ok := keyHour(k); !ok || v != nil {
			if string(k) != string(keyHead) {
				c.report("site %q: unknown key %x in the journal", id, k)
			}
			continue
		}
		events := hours.Bucket(k).Cursor()
		for key, value := events.First(); key != nil && !c.enough(); key, value = events.Next() {
			seq := keySeqOf(key)
			if seq <= last {
				c.report("site %q: event %d follows event %d", id, seq, last)
			}
			last = seq
			var e scoring.Event
			if err := c.s.codec.decodeEvent(value, &e); err != nil {
				c.report("site %q, event %d: %v", id, seq, err)
			} else if hash, _ := eventRecordHash(value); hash != eventHash(no, e.ID) {
				c.report("site %q, event %d: the hash of its id is another's", id, seq)
			}
		}
	}
	if last > c.seq {
		c.report("site %q: event %d is ahead of the journal, %d", id, last, c.seq)
	}
}

func (c *checker) decisions(no siteNo, id scoring.SiteID) {
	hours := c.journal.Bucket(bucketDecisions).Bucket(no.key())
	if hours == nil {
		return
	}
	cur := hours.Cursor()
	for k, _ := cur.First(); k != nil && !c.enough(); k, _ = cur.Next() {
		decisions := hours.Bucket(k).Cursor()
		for key, value := decisions.First(); key != nil && !c.enough(); key, value = decisions.Next() {
			var d scoring.Decision
			if err := c.s.codec.decode(value, &d); err != nil {
				c.report("site %q, decision %q: %v", id, key, err)
			} else if string(d.ID) != string(key) {
				c.report("site %q: decision %q stands at %q", id, d.ID, key)
			}
		}
	}
}

func (c *checker) snapshots(no siteNo, id scoring.SiteID) {
	dir := c.s.snapshots.siteDir(no)
	files, err := os.ReadDir(dir)
	if err != nil {
		return // none yet
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), snapshotSuffix) {
			continue
		}
		seq, err := loadSnapshot(filepath.Join(dir, f.Name()), func(io.Reader) error { return nil })
		if errors.Is(err, store.ErrNotFound) {
			continue // replaced at this moment
		}
		if err != nil {
			c.report("site %q: %v", id, err)
		} else if seq > c.seq {
			c.report("site %q: snapshot %s is at event %d, the journal ends at %d", id, f.Name(), seq, c.seq)
		}
	}
}
