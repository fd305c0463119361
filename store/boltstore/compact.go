package boltstore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	bolt "go.etcd.io/bbolt"

	"github.com/vitrine-io/vitrine/store"
)

const (
	// compactCommit is about how many bytes one commit of a compaction copies.
	compactCommit = 4 << 20
	// compactReport is after how many bytes a compaction tells how far it is.
	compactReport = 8 << 20
)

// Compact copies the files one after the other, each under a temporary name that takes
// the place of its own at once when all of it is on disk. Reads go on in the old file
// until then; writes of the file wait.
func (s *Store) Compact(ctx context.Context, progress func(store.Compaction)) error {
	if !s.compacting.TryLock() {
		return fmt.Errorf("boltstore: compact %s: %w", s.dir, store.ErrBusy)
	}
	defer s.compacting.Unlock()
	if err := s.compact(ctx, progress); err != nil {
		return fmt.Errorf("boltstore: compact %s: %w", s.dir, translate(err))
	}
	return nil
}

func (s *Store) compact(ctx context.Context, progress func(store.Compaction)) error {
	if s.isClosed() {
		return store.ErrClosed
	}
	// What was erased is to be out of both files before they are copied.
	if err := s.checkpointer.checkpoint(false); err != nil {
		return err
	}
	if err := s.finishErasures(); err != nil {
		return err
	}
	files := []*file{s.journal, s.state}
	var report store.Compaction
	for _, f := range files {
		size, err := f.size()
		if err != nil {
			return err
		}
		if free, known := freeSpace(s.dir); known && free < size {
			return fmt.Errorf("%s takes %d bytes, %d are free: %w", f.name, size, free, store.ErrFull)
		}
		report.Total += size
	}
	progress(report)
	for _, f := range files {
		before, err := f.size()
		if err != nil {
			return err
		}
		begun := report.Done
		err = s.compactFile(ctx, f, func(copied int64) {
			report.Done = min(report.Total, begun+min(copied, before))
			progress(report)
		})
		if err != nil {
			return err
		}
		report.Done = min(report.Total, begun+before)
	}
	for _, f := range files {
		size, err := f.size()
		if err != nil {
			return err
		}
		report.Size += size
	}
	report.Done = report.Total
	progress(report)
	return nil
}

func (f *file) size() (int64, error) {
	info, err := os.Stat(f.path)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// compactFile gives a file a copy of itself that has nothing in it but what it holds.
func (s *Store) compactFile(ctx context.Context, f *file, copied func(int64)) (err error) {
	f.writing.Lock()
	defer f.writing.Unlock()
	if broken := f.broken.Load(); broken != nil {
		return *broken
	}
	temporary := f.path + temporarySuffix
	if err := os.Remove(temporary); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	old := f.db.Load()
	options := *f.options
	options.NoSync = true // once, at the end
	fresh, err := openBolt(temporary, &options)
	if err != nil {
		return err
	}
	renamed := false
	defer func() {
		if err != nil && !renamed {
			_ = fresh.Close()
			_ = os.Remove(temporary)
		}
	}()
	err = f.view(func(tx *bolt.Tx) error {
		c := &copier{ctx: ctx, closing: s.closing, to: fresh, report: copied}
		return c.all(tx)
	})
	if err != nil {
		return err
	}
	if err := fresh.Sync(); err != nil {
		return err
	}
	fresh.NoSync = false
	if err := s.opts.hooks.compacting("copied " + f.name); err != nil {
		return err
	}
	if err := os.Rename(temporary, f.path); err != nil {
		return err
	}
	renamed = true
	f.db.Store(fresh)
	// From here on the old one is nobody's. Its end waits for those who read in it.
	if err := syncDir(filepath.Dir(f.path)); err != nil {
		// After a power cut the old one may be back, so nothing new may be written.
		return f.breaks(fmt.Errorf("%w: %w", errBroken, err))
	}
	if err := old.Close(); err != nil {
		return err
	}
	return s.opts.hooks.compacting("renamed " + f.name)
}

// copier copies a database in transactions of a bounded size.
type copier struct {
	ctx     context.Context
	closing <-chan struct{}
	to      *bolt.DB
	report  func(copied int64)

	tx               *bolt.Tx
	pending          int // bytes in tx
	copied, reported int64
}

func (c *copier) all(from *bolt.Tx) (err error) {
	defer func() {
		if c.tx != nil {
			_ = c.tx.Rollback() // after a commit it does nothing
		}
	}()
	err = from.ForEach(func(name []byte, b *bolt.Bucket) error { return c.bucket(b, [][]byte{name}) })
	if err == nil && c.tx != nil {
		err = c.tx.Commit()
	}
	return err
}

// bucket copies a bucket to the place that path names.
func (c *copier) bucket(from *bolt.Bucket, path [][]byte) error {
	to, err := c.open(path)
	if err != nil {
		return err
	}
	if err := to.SetSequence(from.Sequence()); err != nil {
		return err
	}
	cur := from.Cursor()
	for k, v := cur.First(); k != nil; k, v = cur.Next() {
		if v == nil {
			if err := c.bucket(from.Bucket(k), append(path[:len(path):len(path)], k)); err != nil {
				return err
			}
			to = nil // it may have been committed
			continue
		}
		committed, err := c.room(len(k) + len(v))
		if err != nil {
			return err
		}
		if committed || to == nil {
			if to, err = c.open(path); err != nil {
				return err
			}
		}
		if err := to.Put(k, v); err != nil {
			return err
		}
	}
	return nil
}

// stopped is why the copying is to end.
func (c *copier) stopped() error {
	select {
	case <-c.ctx.Done():
		return c.ctx.Err()
	case <-c.closing:
		return store.ErrClosed
	default:
		return nil
	}
}

// open finds the bucket that path names in the copy, and makes it the first time.
func (c *copier) open(path [][]byte) (b *bolt.Bucket, err error) {
	if c.tx == nil {
		if err := c.stopped(); err != nil {
			return nil, err
		}
		if c.tx, err = c.to.Begin(true); err != nil {
			return nil, err
		}
	}
	if b, err = c.tx.CreateBucketIfNotExists(path[0]); err != nil {
		return nil, err
	}
	for _, name := range path[1:] {
		if b, err = b.CreateBucketIfNotExists(name); err != nil {
			return nil, err
		}
	}
	b.FillPercent = 0.9 // all is put in in order
	return b, nil
}

// room makes room for so many bytes, and reports whether it committed to get it.
func (c *copier) room(size int) (committed bool, err error) {
	c.copied += int64(size)
	if c.copied-c.reported >= compactReport {
		c.reported = c.copied
		c.report(c.copied)
	}
	if c.pending += size; c.pending <= compactCommit {
		return false, nil
	}
	c.pending = size
	err = c.tx.Commit()
	c.tx = nil
	return true, err
}
