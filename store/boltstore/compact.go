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

// Compact copies the files one after the other, each under a temporary name that takes
// the place of its own at once when all of it is on disk. Reads go on in the old file
// until then; writes of the file wait.
func (s *Store) Compact(ctx context.Context, progress func(store.Compaction)) error {
	if !s.copying.TryLock() {
		return fmt.Errorf("boltstore: compact %s: %w", s.dir, store.ErrBusy)
	}
	defer s.copying.Unlock()
	if err := s.kept.drop(); err != nil {
		return fmt.Errorf("boltstore: compact %s: %w", s.dir, err)
	}
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
		to := &builder{to: fresh}
		defer to.abandon()
		if err := walk(tx, &metered{sink: to, ctx: ctx, closing: s.closing, report: copied}); err != nil {
			return err
		}
		return to.commit()
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
