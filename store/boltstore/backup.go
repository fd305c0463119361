package boltstore

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime/debug"
	"strings"

	bolt "go.etcd.io/bbolt"

	"github.com/vitrine-io/vitrine/store"
)

// backupPrefix begins the names of backups in the folder; they end as temporary files
// do, so that a start removes what a crash left.
const backupPrefix = "backup-"

// Backup copies into a file in the folder. It holds a read transaction of each file
// meanwhile, both begun at the same moment: until it ends pages that are given up are
// not used again, so that the files grow by what is written. How fast the copy is read
// afterwards makes no difference to anybody.
func (s *Store) Backup(ctx context.Context, o store.BackupOptions) (*store.Backup, error) {
	if !s.copying.TryLock() {
		return nil, fmt.Errorf("boltstore: back up %s: %w", s.dir, store.ErrBusy)
	}
	defer s.copying.Unlock()
	err := s.kept.drop()
	if err != nil {
		return nil, fmt.Errorf("boltstore: back up %s: %w", s.dir, err)
	}
	b, err := s.backup(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("boltstore: back up %s: %w", s.dir, translate(err))
	}
	return b, nil
}

// OpenBackup implements store.Backups.
func (s *Store) OpenBackup(_ context.Context, id string) (*store.Backup, error) {
	return s.kept.open(id)
}

func (s *Store) backup(ctx context.Context, o store.BackupOptions) (_ *store.Backup, err error) {
	if s.isClosed() {
		return nil, store.ErrClosed
	}
	// What was erased is to be out of both files, and what was decided in.
	s.decisions.flush()
	if err := s.checkpointer.checkpoint(true); err != nil {
		return nil, err
	}
	if err := s.finishErasures(); err != nil {
		return nil, err
	}
	total := folderBytes(s.dir)
	if free, known := freeSpace(s.dir); known && free < total {
		return nil, fmt.Errorf("the data takes %d bytes, %d are free: %w", total, free, store.ErrFull)
	}
	made := store.Backup{ID: strings.ToLower(rand.Text()), Time: s.opts.Now().UTC()}
	name := filepath.Join(s.dir, backupPrefix+made.ID+temporarySuffix)
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(name)
		}
	}()
	var done int64 // of the part before
	stop := &metered{ctx: ctx, closing: s.closing}
	report := func(copied int64) {
		if o.Progress != nil {
			o.Progress(min(done+copied, total), total)
		}
	}
	w, err := newArchiveWriter(&steadyWriter{f: f, rate: newRate(ctx, s.closing, o.BytesPerSecond)}, made.Time, s.installation())
	if err != nil {
		return nil, err
	}
	report(0)
	// What was learned first: it must not be ahead of the journal.
	if done, err = s.archiveSnapshots(stop, w); err != nil {
		return nil, err
	}
	state, journal, err := s.atOneMoment()
	if err != nil {
		return nil, err
	}
	for _, part := range []struct {
		file *file
		tx   *bolt.Tx
	}{{s.state, state}, {s.journal, journal}} {
		m := &metered{ctx: ctx, closing: s.closing, report: report}
		err = part.file.archive(w, part.tx, m)
		done += m.copied
		if err != nil {
			break
		}
	}
	for _, tx := range []*bolt.Tx{state, journal} {
		_ = tx.Rollback()
	}
	if err == nil {
		err = w.close()
	}
	if err == nil {
		err = f.Sync()
	}
	if err != nil {
		return nil, err
	}
	if made.Size, err = f.Seek(0, io.SeekEnd); err != nil {
		return nil, err
	}
	copy(made.SHA256[:], w.sum.Sum(nil))
	if o.Progress != nil {
		o.Progress(total, total)
	}
	return s.kept.take(made, f, s.opts.BackupKeep), nil
}

func (s *Store) installation() (id []byte) {
	_ = s.journal.view(func(tx *bolt.Tx) error {
		id = bytes.Clone(tx.Bucket(bucketMeta).Get(keyInstallation))
		return nil
	})
	return id
}

// atOneMoment begins a read transaction of each file between the same two writes of
// either: nothing is in one of them that is not yet, or no longer, in the other.
func (s *Store) atOneMoment() (state, journal *bolt.Tx, err error) {
	s.sitesMu.Lock()
	defer s.sitesMu.Unlock()
	s.state.writing.Lock()
	defer s.state.writing.Unlock()
	s.journal.writing.Lock()
	defer s.journal.writing.Unlock()
	if state, err = s.state.read(); err != nil {
		return nil, nil, s.state.wrap(err)
	}
	if journal, err = s.journal.read(); err != nil {
		_ = state.Rollback()
		return nil, nil, s.journal.wrap(err)
	}
	return state, journal, nil
}

// archive writes what tx sees.
func (f *file) archive(w *archiveWriter, tx *bolt.Tx, m *metered) (err error) {
	defer f.catch(&err, debug.SetPanicOnFault(true))
	return f.wrap(w.database(f.name, tx, func(to sink) sink {
		m.sink = to
		return m
	}))
}

// archiveSnapshots writes the snapshots of all sites, and returns how long they are.
func (s *Store) archiveSnapshots(stop *metered, w *archiveWriter) (size int64, err error) {
	err = filepath.WalkDir(s.snapshots.dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil {
			err = stop.stopped()
		}
		if err != nil || d.IsDir() || !strings.HasSuffix(name, snapshotSuffix) {
			return ignoreGone(err)
		}
		f, err := os.Open(name)
		if err != nil {
			return ignoreGone(err)
		}
		defer func() { _ = f.Close() }()
		info, err := f.Stat()
		if err != nil {
			return err
		}
		size += info.Size()
		return w.file(path.Join(snapshotsDir, filepath.Base(filepath.Dir(name)), filepath.Base(name)), f)
	})
	return size, err
}

// ignoreGone is err but for that of a file that was deleted meanwhile.
func ignoreGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
