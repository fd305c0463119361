package boltstore

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/vitrine-io/vitrine/store"
)

const (
	// mendFirst is the pause after the first vain attempt to write again; it doubles
	// with each, up to mendMost: a disk that is back is noticed within seconds.
	mendFirst = 50 * time.Millisecond
	mendMost  = 5 * time.Second
)

// mender brings back files that could not be written, once the disk takes writes
// again. Nobody else does: after a failed sync the system may take the next one for
// good although pages are lost, so what failed is never asked to sync again.
type mender struct {
	s      *Store
	signal chan struct{} // of capacity 1
	told   bool          // that writes are taken
}

func newMender(s *Store) *mender { return &mender{s: s, signal: make(chan struct{}, 1), told: true} }

// wake has the mender look at the files.
func (m *mender) wake() {
	select {
	case m.signal <- struct{}{}:
	default:
	}
}

// run mends until the store is closed.
func (m *mender) run() {
	wait := mendFirst
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		select {
		case <-m.signal:
		case <-pause.C:
		case <-m.s.closing:
			return
		}
		m.tell()
		if m.mend() {
			wait = mendFirst
		} else {
			pause.Reset(wait)
			wait = min(2*wait, mendMost)
		}
		m.tell()
	}
}

// mend tries to have both files written again, and reports whether they are.
func (m *mender) mend() bool {
	well := true
	for _, f := range []*file{m.s.journal, m.s.state} {
		if err := f.mend(); err != nil {
			well = false
			m.s.opts.Logger.Debug("still not written", "file", f.name, "error", err)
		}
	}
	return well
}

// tell says once that writes are not taken, and once that they are again.
func (m *mender) tell() {
	why := m.s.unwritable()
	if (why == nil) == m.told {
		return
	}
	m.told = why == nil
	if m.told {
		m.s.opts.Logger.Info("the data is written again")
	} else {
		m.s.opts.Logger.Error("the data can't be written: events and changes are refused, decisions go on; tried again until it can", "error", why)
	}
	if on := m.s.opts.OnWritable; on != nil {
		on(why)
	}
}

// unwritable is why writes are refused at present, or nil.
func (s *Store) unwritable() error {
	for _, f := range []*file{s.journal, s.state} {
		for _, why := range []*error{f.broken.Load(), f.full.Load()} {
			if why != nil {
				return fmt.Errorf("%s: %w", f.name, *why)
			}
		}
	}
	return nil
}

// mend brings a file back after a failed write. Of one that met a full disk it only
// tries whether there is room again.
func (f *file) mend() (err error) {
	defer f.catch(&err, debug.SetPanicOnFault(true)) // verifying what is damaged
	if f.broken.Load() == nil {
		if f.full.Load() == nil {
			return nil
		}
		return f.update(touch)
	}
	f.writing.Lock()
	defer f.writing.Unlock()
	if err := f.takeBack(); err != nil {
		return err
	}
	if err := syncDir(filepath.Dir(f.path)); err != nil { // a compaction's rename
		return err
	}
	if err := verifyAll(f.path, func(int64) {}); err != nil {
		return f.wrap(err)
	}
	fresh, err := openBolt(f.path, f.options)
	if err != nil {
		return err
	}
	// Who reads in the old one may finish before pages of theirs are used again.
	old := f.db.Swap(fresh)
	if err := old.Close(); err != nil {
		return err
	}
	f.doubt = 0
	f.broken.Store(nil)
	f.full.Store(nil)
	f.changed()
	return nil
}

// takeBack makes what stood before the commit in doubt the file's state, durably. All
// of that state was synced by its own commit, and the one in doubt, like each, wrote to
// pages that nothing of it is in; so it is enough to write one header over the other,
// through a descriptor that no failed sync is behind, and to sync that.
func (f *file) takeBack() (err error) {
	defer f.catch(&err, debug.SetPanicOnFault(true))
	if f.doubt == 0 {
		return nil
	}
	r, err := os.OpenFile(f.path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }() // what is to last was synced
	if err := takeBack(r, uint64(f.doubt)); err != nil {
		return fmt.Errorf("%s: take back the last write: %w", f.path, err)
	}
	return f.commit(r.Sync)
}

func takeBack(f *os.File, doubt uint64) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	places := metaOffsets(f, info.Size())
	if len(places) != 2 { // the first is the one in doubt, and torn
		for _, at := range places {
			if m, ok := metaAt(f, at); ok && m.pageSize == at {
				places = []int64{0, at}
				break
			}
		}
	}
	keep, best := -1, uint64(0)
	for i, at := range places {
		if m, ok := metaAt(f, at); ok && m.txid < doubt && (keep < 0 || m.txid > best) {
			keep, best = i, m.txid
		}
	}
	if keep < 0 || len(places) != 2 {
		return fmt.Errorf("no header from before it: %w", store.ErrCorrupt)
	}
	header := make([]byte, pageHeaderSize+metaSize)
	if _, err := f.ReadAt(header, places[keep]); err != nil {
		return err
	}
	binary.NativeEndian.PutUint64(header, uint64(1-keep)) // the page's own number
	_, err = f.WriteAt(header, places[1-keep])
	return err
}

// touch changes nothing: a write to see whether one can be.
func touch(tx *bolt.Tx) error {
	meta := tx.Bucket(bucketMeta)
	return meta.Put(keyFormat, bytes.Clone(meta.Get(keyFormat)))
}

// failed logs what could not be written and is tried again. That nothing can be
// written at present is told by the mender, once.
func (s *Store) failed(level slog.Level, what string, err error) {
	if errors.Is(err, store.ErrFull) || errors.Is(err, store.ErrUnwritable) {
		level = slog.LevelDebug
	}
	s.opts.Logger.Log(context.Background(), level, what, "error", err)
}
