package boltstore

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime/debug"
	"sync"
	"sync/atomic"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"github.com/vitrine-io/vitrine/store"
)

// errBroken: a write failed in a way that leaves open whether it is on disk.
var errBroken = errors.New("file is not written to any more after a failed write; restart to go on")

// file is an open bbolt file whose damage shows as errors, never as panics, and
// whose failed commits are known to have left nothing behind.
type file struct {
	db      atomic.Pointer[bolt.DB] // another one after each compaction
	options *bolt.Options           // that it is opened with
	path    string
	name    string // base name, for hooks and messages
	hook    func(file string) error
	broken  atomic.Pointer[error]
	// writing is held during a write transaction, and while the file is compacted.
	writing sync.Mutex
}

func newFile(db *bolt.DB, options *bolt.Options, path string, hook func(string) error) *file {
	f := &file{options: options, path: path, name: filepath.Base(path), hook: hook}
	f.db.Store(db)
	return f
}

// read begins a read transaction.
func (f *file) read() (*bolt.Tx, error) {
	for {
		db := f.db.Load()
		tx, err := db.Begin(false)
		if errors.Is(err, bolterrors.ErrDatabaseNotOpen) && f.db.Load() != db {
			continue // compacted in between
		}
		return tx, err
	}
}

// view runs fn in a read transaction. fn must be short (pages are not reused
// while it runs), and must not begin another transaction of the same file: with
// a writer waiting to grow the map the two would block for ever.
func (f *file) view(fn func(tx *bolt.Tx) error) (err error) {
	defer f.catch(&err, debug.SetPanicOnFault(true))
	tx, err := f.read()
	if err != nil {
		return f.wrap(err)
	}
	defer func() { _ = tx.Rollback() }()
	return f.wrap(fn(tx))
}

// update runs fn in a write transaction and commits it. When it returns nil the
// change is on disk. When it returns an error nothing of it is kept; where that
// can't be known the file takes no more writes until the store is reopened,
// which reads what the disk really has.
func (f *file) update(fn func(tx *bolt.Tx) error) (err error) {
	f.writing.Lock()
	defer f.writing.Unlock()
	if broken := f.broken.Load(); broken != nil {
		return *broken
	}
	committing := false
	defer func() {
		if committing { // it panicked
			err = f.breaks(fmt.Errorf("%w: %w", errBroken, err))
		}
	}()
	defer f.catch(&err, debug.SetPanicOnFault(true))
	tx, err := f.db.Load().Begin(true)
	if err != nil {
		return f.wrap(err)
	}
	defer f.abandon(tx)
	if err := fn(tx); err != nil {
		return f.wrap(err)
	}
	if f.hook != nil {
		if err := f.hook(f.name); err != nil {
			return f.wrap(err)
		}
	}
	id := tx.ID()
	committing = true
	err = tx.Commit()
	committing = false
	if err != nil {
		err = f.wrap(err)
		if !isFull(err) || f.landed(id) {
			return f.breaks(fmt.Errorf("%w: %w", errBroken, err))
		}
		return err
	}
	return nil
}

// abandon ends a transaction that was not committed. After a commit it does
// nothing.
func (f *file) abandon(tx *bolt.Tx) {
	defer func() {
		if r := recover(); r != nil {
			_ = f.breaks(fmt.Errorf("%s: %v: %w", f.path, r, store.ErrCorrupt))
		}
	}()
	_ = tx.Rollback()
}

// landed reports whether the transaction became the file's state although its
// commit failed: the last write may be there while its sync failed.
func (f *file) landed(id int) bool {
	tx, err := f.read()
	if err != nil {
		return true
	}
	defer func() { _ = tx.Rollback() }()
	return tx.ID() >= id
}

func (f *file) breaks(err error) error {
	f.broken.CompareAndSwap(nil, &err)
	return err
}

// catch turns a panic, or a fault on the mapped file, into ErrCorrupt. A
// deferred call of it restores the goroutine's fault mode.
func (f *file) catch(err *error, panicOnFault bool) {
	debug.SetPanicOnFault(panicOnFault)
	if r := recover(); r != nil {
		*err = damaged(f.path, fmt.Sprint(r))
	}
}

func (f *file) wrap(err error) error {
	err = translate(err)
	if errors.Is(err, store.ErrCorrupt) {
		return fmt.Errorf("%s: %w", f.path, err)
	}
	return err
}

// damaged is the error for a file that can't be trusted: what, where, and what
// to do.
func damaged(path, what string) error {
	return fmt.Errorf("%s: %s: %w; stop, keep a copy of the folder and restore it from a backup", path, what, store.ErrCorrupt)
}
