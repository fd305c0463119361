package boltstore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"

	bolt "go.etcd.io/bbolt"

	"github.com/vitrine-io/vitrine/store"
)

// Finding is something that is wrong with a data folder.
type Finding struct {
	File   string // in the folder
	Bucket string // such as siteData/00000001/profiles; empty when it is the file as a whole
	Key    []byte // of the record; it may be personal
	Reason string // without anything personal
}

// what is wrong, and where, without the key.
func (f Finding) what() string {
	if f.Bucket == "" {
		return f.File + ": " + f.Reason
	}
	return f.File + ", " + f.Bucket + ": " + f.Reason
}

// shut reports whether a folder with it can't be opened.
func (f Finding) shut() bool {
	return filepath.Dir(f.File) == "." && (f.Bucket == "" || f.Bucket == string(bucketMeta) || f.Bucket == string(bucketSites) || f.Bucket == string(bucketAPIKeys))
}

// Remedy is what to do about it.
func (f Finding) Remedy() string {
	if filepath.Dir(f.File) != "." {
		return "delete this file: what was learned is learned again from the journal, as far back as that goes"
	}
	return "stop the server, keep a copy of the folder and restore it from a backup"
}

// Inspection is what a check has seen.
type Inspection struct {
	Sites, Events, Decisions, Profiles, Products int
	// Findings are what is wrong, up to a bound.
	Findings []Finding
}

// Check verifies pages, records and the relations between them: numbers grow within and
// across hours, nothing is ahead of the journal, every site has its place, every event
// and decision is found by whom it is of. It holds up writes while it runs.
func (s *Store) Check(ctx context.Context) error {
	if s.isClosed() {
		return store.ErrClosed
	}
	c := newChecker(ctx, s.codec, s.snapshots, mostErrors)
	err := s.state.inspect(func(state *bolt.Tx) error { // in the order of atOneMoment
		return s.journal.inspect(func(journal *bolt.Tx) error {
			c.run(journal, state)
			return ctx.Err()
		})
	})
	if err == nil {
		err = c.err()
	}
	if err != nil {
		return fmt.Errorf("boltstore: check %s: %w", s.dir, translate(err))
	}
	return nil
}

// errHalfRestored: a restore was killed after it took effect.
var errHalfRestored = errors.New("a restore was cut off after it took effect: start the server, which finishes it, or restore again")

const (
	// mostErrors is after how many findings Check stops looking.
	mostErrors = 20
	// mostFindings is after how many CheckFolder does.
	mostFindings = 1000
)

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
	if err := verifyAll(f.path, func(int64) {}); err != nil {
		return f.wrap(err)
	}
	if err := boltCheck(tx); err != nil {
		return f.wrap(err)
	}
	return f.wrap(fn(tx))
}

// boltCheck is bbolt's own check.
func boltCheck(tx *bolt.Tx) (first error) {
	for err := range tx.Check() { // to the end, or its goroutine stays
		if first == nil {
			first = fmt.Errorf("%w: %w", store.ErrCorrupt, err)
		}
	}
	return first
}

// verifyAll verifies all pages of a file. It comes before bbolt's own check, which
// trusts what it follows.
func verifyAll(path string, read func(bytes int64)) error {
	r, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	info, err := r.Stat()
	if err != nil {
		return err
	}
	meta, err := readMeta(r, info.Size())
	if err != nil {
		return err
	}
	return verifyPages(meteredReader{r, read}, meta)
}

// meteredReader tells how much is read.
type meteredReader struct {
	*os.File
	read func(bytes int64)
}

func (m meteredReader) ReadAt(p []byte, at int64) (int, error) {
	m.read(int64(len(p)))
	return m.File.ReadAt(p, at)
}

// CheckFolder checks a data folder that no server has open, as Check does, and changes
// nothing in it. progress is called now and then with how far a phase has come, in
// bytes. It fails with ErrLocked where a server has the folder open, and where there is
// no data; what is wrong with the data is no error, but in what it returns.
func CheckFolder(ctx context.Context, dir string, progress func(phase string, done, total int64)) (Inspection, error) {
	in, err := checkFolder(ctx, dir, progress)
	if err != nil {
		return in, fmt.Errorf("boltstore: check %s: %w", dir, translate(err))
	}
	return in, nil
}

func checkFolder(ctx context.Context, dir string, progress func(phase string, done, total int64)) (Inspection, error) {
	lock, err := lockShared(filepath.Join(dir, lockName))
	if err != nil {
		return Inspection{}, err
	}
	if lock != nil {
		defer func() { _ = lock.Close() }()
	}
	if half, err := exists(filepath.Join(dir, restoreDone)); err != nil || half {
		return Inspection{}, errors.Join(err, errHalfRestored)
	}
	codec, err := newCodec()
	if err != nil {
		return Inspection{}, err
	}
	c := newChecker(ctx, codec, snapshots{filepath.Join(dir, snapshotsDir)}, mostFindings)
	journal, journalSize, err := c.openReadOnly(dir, journalName, progress)
	if err != nil {
		return Inspection{}, err
	}
	defer closeIfOpen(journal)
	state, stateSize, err := c.openReadOnly(dir, stateName, progress)
	if err != nil {
		return Inspection{}, err
	}
	defer closeIfOpen(state)
	if journal == nil || state == nil {
		return c.seen, ctx.Err() // their pages are wrong: nothing else can be told
	}
	c.progress = func(done int64) { progress("records", min(done, journalSize+stateSize), journalSize+stateSize) }
	err = journal.view(func(jtx *bolt.Tx) error {
		return state.view(func(stx *bolt.Tx) error {
			c.run(jtx, stx)
			return ctx.Err()
		})
	})
	c.progress(journalSize + stateSize)
	if errors.Is(err, store.ErrCorrupt) && ctx.Err() == nil {
		c.report(place{file: journalName}, "%v", err)
		err = nil
	}
	return c.seen, err
}

func closeIfOpen(f *file) {
	if f != nil {
		_ = f.db.Load().Close()
	}
}

// openReadOnly verifies the pages of a file, and opens it if they are sound. Else it
// reports what is wrong, and returns nil.
func (c *checker) openReadOnly(dir, name string, progress func(string, int64, int64)) (*file, int64, error) {
	path := filepath.Join(dir, name)
	info, err := os.Stat(path)
	if err != nil {
		return nil, 0, err
	}
	var done, told int64
	err = verifyAll(path, func(n int64) {
		if done += n; done-told >= copyReport {
			told = done
			progress(name, min(done, info.Size()), info.Size())
		}
	})
	if err == nil {
		progress(name, info.Size(), info.Size())
		var f *file
		if f, err = openReadOnly(path); err == nil {
			return f, info.Size(), nil
		}
	}
	if !errors.Is(err, store.ErrCorrupt) && !errors.Is(err, store.ErrNewerFormat) {
		return nil, 0, err
	}
	c.report(place{file: name}, "%v", err)
	return nil, 0, nil
}

func openReadOnly(path string) (_ *file, err error) {
	options := &bolt.Options{ReadOnly: true, NoStatistics: true, FreelistType: bolt.FreelistMapType}
	db, err := openBolt(path, options)
	if err != nil {
		return nil, damaged(path, err.Error())
	}
	f := newFile(db, options, path, hooks{}, func() {})
	err = f.view(func(tx *bolt.Tx) error {
		if err := boltCheck(tx); err != nil {
			return err
		}
		return checkFormat(tx)
	})
	if err != nil {
		_ = db.Close()
		return nil, err
	}
	return f, nil
}
