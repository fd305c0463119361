package boltstore

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"sync"
	"sync/atomic"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"github.com/vitrine-io/vitrine/store"
)

// errBroken: a write failed in a way that leaves open whether it is on disk. The file
// takes no more of them until it is mended.
var errBroken = fmt.Errorf("%w: a write failed, and whether it is on disk is open", store.ErrUnwritable)

// file is an open bbolt file whose damage shows as errors, never as panics, and
// whose failed commits are known to have left nothing behind.
type file struct {
	db      atomic.Pointer[bolt.DB] // another one after each compaction
	options *bolt.Options           // that it is opened with
	path    string
	name    string // base name, for hooks and messages
	hooks   hooks
	// writing is held during a write transaction, and while the file is compacted.
	writing sync.Mutex
	doubt   int                   // the transaction of which it is open whether it is on disk; 0: none. writing guards it
	broken  atomic.Pointer[error] // why nothing is written; nil: all is well
	full    atomic.Pointer[error] // the last write met a full disk
	changed func()                // told when broken or full did
	failed  func()                // told of each commit that failed
}

func newFile(db *bolt.DB, options *bolt.Options, path string, hooks hooks, changed func()) *file {
	f := &file{options: options, path: path, name: filepath.Base(path), hooks: hooks, changed: changed, failed: func() {}}
	f.db.Store(db)
	return f
}

// read begins a read transaction.
func (f *file) read() (*bolt.Tx, error) {
	for {
		db := f.db.Load()
		tx, err := db.Begin(false)
		if errors.Is(err, bolterrors.ErrDatabaseNotOpen) && f.db.Load() != db {
			continue // compacted or mended in between
		}
		return tx, err
	}
}

const (
	// mapRoom is by how much the map of a file is larger than the file when it is
	// opened: a commit that has to map it anew waits for the read transactions there
	// are, and a backup's goes on for as long as it copies. It takes addresses, not
	// memory.
	mapRoom = 64 << 30
	// leastGrowth and mostGrowth are by how much a file grows when it is full: it
	// doubles, up to 16 MiB a time.
	leastGrowth, mostGrowth = 32 << 10, 16 << 20
)

// mapSize is how much of a file of that size to map; 0 where it would be more than
// there are addresses, or would make the file as long.
func mapSize(size int64) int {
	if strconv.IntSize < 64 || runtime.GOOS == "windows" {
		return 0
	}
	return int(size + mapRoom)
}

// beginWrite begins a write transaction. bbolt by itself lets files grow with their
// maps; these are much larger.
func beginWrite(db *bolt.DB) (*bolt.Tx, error) {
	tx, err := db.Begin(true)
	if err == nil {
		db.AllocSize = int(min(max(tx.Size(), leastGrowth), mostGrowth))
	}
	return tx, err
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
// can't be known the file takes no more writes until it is mended, which takes back
// what may be there of it.
func (f *file) update(fn func(tx *bolt.Tx) error) (err error) {
	if broken := f.broken.Load(); broken != nil {
		return *broken // and not once it is mended, which takes a while
	}
	f.writing.Lock()
	defer f.writing.Unlock()
	if broken := f.broken.Load(); broken != nil {
		return *broken
	}
	defer func() { f.noteFull(err) }()
	committing := false
	defer func() {
		if committing { // it panicked
			_ = f.takeBack()
			err = f.breaks(fmt.Errorf("%w: %w", errBroken, err))
		}
	}()
	defer f.catch(&err, debug.SetPanicOnFault(true))
	tx, err := beginWrite(f.db.Load())
	if err != nil {
		return f.wrap(err)
	}
	defer f.abandon(tx)
	if err := fn(tx); err != nil {
		return f.wrap(err)
	}
	if before := f.hooks.beforeCommit; before != nil {
		if err := before(f.name); err != nil {
			return f.wrap(err)
		}
	}
	id := tx.ID()
	f.doubt, committing = id, true
	err = f.commit(tx.Commit)
	committing = false
	if err != nil {
		f.failed()
		err = f.wrap(err)
		if !isFull(err) || f.landed(id) {
			_ = f.takeBack() // for who reads; it is the mender's to have it on disk
			return f.breaks(fmt.Errorf("%w: %w", errBroken, err))
		}
	}
	f.doubt = 0
	return err
}

// commit does what makes a write durable, or lets a test's disk do it.
func (f *file) commit(do func() error) error {
	if f.hooks.commit != nil {
		return f.hooks.commit(f.name, do)
	}
	return do()
}

// noteFull notes whether the disk had room for a write that ended with err.
func (f *file) noteFull(err error) {
	switch full := f.full.Load(); {
	case err == nil && full != nil:
		f.full.Store(nil)
		f.changed()
	case full == nil && errors.Is(err, store.ErrFull):
		f.full.Store(&err)
		f.changed()
	}
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
	if f.broken.CompareAndSwap(nil, &err) {
		f.changed()
	}
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
