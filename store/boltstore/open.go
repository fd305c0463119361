package boltstore

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"github.com/vitrine-io/vitrine/store"
)

const (
	lockName     = "LOCK"
	journalName  = "journal.db"
	stateName    = "state.db"
	snapshotsDir = "snapshots"
	// closedMark is there while no process has the folder open, if the last one
	// closed it in order.
	closedMark = "CLOSED"
	// verifyAlways is the size up to which a file is verified page by page at
	// every start (0.3 s), not only after a crash.
	verifyAlways = 256 << 20
)

// Store is an open data folder. Its methods may be called from many goroutines.
type Store struct {
	dir     string
	opts    Options
	codec   codec
	metrics *metrics
	lock    *os.File

	journal, state *file

	sitesMu sync.Mutex // held while sites come and go
	sites   atomic.Pointer[sitesByID]

	committer    *committer
	profiles     *profiles
	checkpointer *checkpointer
	decisions    *decisions
	snapshots    snapshots
	mender       *mender
	poison       poison
	siteLost     bool // the record of a site is damaged: which data is its is not known
	erasures     erasures
	copying      sync.Mutex // held while all is copied: by a compaction, or a backup
	kept         keptBackup

	fingerprints  []byte // the key of fingerprints
	decidersSince hour   // up to here decisions may have none

	closing   chan struct{} // closed when Close begins
	closeOnce sync.Once
	closeErr  error
	running   struct{ commit, apply, checkpoint, decide, retain, mend chan struct{} }
}

var _ store.Store = (*Store)(nil)

// Open opens the data folder dir, which is made if it is not there. It fails
// with ErrLocked while another process has it open, ErrNewerFormat if a newer
// version wrote it, and ErrCorrupt if a file is damaged; then nothing in the
// folder was changed. After a crash it verifies both files and replays the
// journal.
func Open(dir string, opts Options) (*Store, error) {
	s, err := open(dir, opts.withDefaults())
	if err != nil {
		return nil, fmt.Errorf("boltstore: open %s: %w", dir, translate(err))
	}
	return s, nil
}

func open(dir string, opts Options) (_ *Store, err error) {
	s := &Store{dir: dir, opts: opts, closing: make(chan struct{}), metrics: newMetrics()}
	s.mender = newMender(s)
	defer func() {
		if err != nil {
			s.release()
		}
	}()
	if s.codec, err = newCodec(); err != nil {
		return nil, err
	}
	if err := makeDir(dir); err != nil {
		return nil, err
	}
	if s.lock, err = lockFile(filepath.Join(dir, lockName)); err != nil {
		return nil, err
	}
	if err := finishRestore(dir); err != nil {
		return nil, err
	}
	if err := s.openFiles(); err != nil {
		return nil, err
	}
	if err := s.unmarkClosed(); err != nil {
		return nil, err
	}
	s.snapshots = snapshots{filepath.Join(dir, snapshotsDir)}
	if err := makeDir(s.snapshots.dir); err != nil {
		return nil, err
	}
	if s.profiles, err = newProfiles(s.state, opts.ProfileCache, s.metrics); err != nil {
		return nil, err
	}
	s.profiles.rebuild = s.rebuild
	s.committer = newCommitter(s)
	s.checkpointer = newCheckpointer(s)
	s.decisions = newDecisions(s)
	for _, step := range []func() error{s.loadSites, s.completeState, s.completeSites, s.completeJournal, s.dropRemains, s.resumeErasures, s.recover} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	s.committer.housekeep(opts.Now())
	s.start()
	if opts.Registry != nil {
		s.register(opts.Registry)
	}
	return s, nil
}

func (s *Store) start() {
	s.running.commit = spawn(s.committer.run)
	s.running.apply = spawn(s.applyLoop)
	s.running.checkpoint = spawn(s.checkpointer.run)
	s.running.decide = spawn(s.decisions.run)
	s.running.retain = spawn(s.retainProfiles)
	s.running.mend = spawn(s.mender.run)
}

// spawn runs fn and returns a channel that is closed at its end.
func spawn(fn func()) chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		fn()
	}()
	return done
}

// openFiles opens both databases, and makes them in a new folder. state.db is
// made last: a journal alone, with nothing in it yet, is a first start cut
// short.
func (s *Store) openFiles() error {
	if err := removeTemporary(s.dir); err != nil {
		return err
	}
	journalPath, statePath := filepath.Join(s.dir, journalName), filepath.Join(s.dir, stateName)
	haveJournal, err := exists(journalPath)
	if err != nil {
		return err
	}
	haveState, err := exists(statePath)
	if err != nil {
		return err
	}
	if haveState && !haveJournal {
		return damaged(journalPath, "the file is missing")
	}
	if !haveJournal {
		var id [16]byte
		if _, err := rand.Read(id[:]); err != nil {
			return err
		}
		if err := create(journalPath, id[:], bucketEvents, bucketDecisions, bucketDeciders, bucketErasures); err != nil {
			return err
		}
	}
	if s.journal, err = s.openFile(journalPath, &bolt.Options{NoFreelistSync: true}); err != nil {
		return err
	}
	id, used, err := s.journalIdentity()
	if err != nil {
		return err
	}
	if !haveState {
		if used {
			return damaged(statePath, "the file is missing")
		}
		if err := create(statePath, id, bucketSites, bucketSiteData, bucketSecrets, bucketAPIKeys); err != nil {
			return err
		}
	}
	if s.state, err = s.openFile(statePath, &bolt.Options{}); err != nil {
		return err
	}
	return s.state.view(func(tx *bolt.Tx) error {
		if !bytes.Equal(tx.Bucket(bucketMeta).Get(keyInstallation), id) {
			return damaged(statePath, "it belongs to another data folder than "+journalPath)
		}
		return nil
	})
}

// journalIdentity reads the installation's id, and whether anything was ever
// written.
func (s *Store) journalIdentity() (id []byte, used bool, err error) {
	err = s.journal.view(func(tx *bolt.Tx) error {
		id = bytes.Clone(tx.Bucket(bucketMeta).Get(keyInstallation))
		used = metaNumber(tx, keySeq) > 0
		return nil
	})
	return id, used, err
}

// create makes a database under a temporary name and gives it its own once it is
// whole, so that a crash leaves no half of one.
func create(path string, installation []byte, buckets ...[]byte) error {
	temporary := path + temporarySuffix
	db, err := bolt.Open(temporary, 0o600, &bolt.Options{Timeout: time.Second})
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bolt.Tx) error {
		for _, name := range append(buckets, bucketMeta) {
			if _, err := tx.CreateBucket(name); err != nil {
				return err
			}
		}
		meta := tx.Bucket(bucketMeta)
		if err := meta.Put(keyFormat, seqKey(format)); err != nil {
			return err
		}
		return meta.Put(keyInstallation, installation)
	})
	if closeErr := db.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	if err := os.Rename(temporary, path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// openFile verifies a database and opens it. A large file that was closed in
// order is checked for its length, header and free list alone; any other page by
// page.
func (s *Store) openFile(path string, options *bolt.Options) (*file, error) {
	if err := s.verify(path); err != nil {
		return nil, fmt.Errorf("%w; %s", err, remedy(err))
	}
	options.Timeout = time.Second // the LOCK file is ours, so nobody should be there
	options.FreelistType = bolt.FreelistMapType
	options.NoStatistics = true
	if info, err := os.Stat(path); err == nil {
		options.InitialMmapSize = mapSize(info.Size())
	}
	db, err := openBolt(path, options)
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, fmt.Errorf("%s: %w", path, store.ErrLocked)
	}
	if err != nil {
		return nil, damaged(path, err.Error())
	}
	f := newFile(db, options, path, s.opts.hooks, s.mender.wake)
	f.failed = s.metrics.failed.WithLabelValues(f.name).Inc
	if err := f.view(checkFormat); err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("%s: %w; %s", path, err, remedy(err))
	}
	return f, nil
}

func remedy(err error) string {
	if errors.Is(err, store.ErrNewerFormat) {
		return "install the newer version again"
	}
	return "stop, keep a copy of the folder and restore it from a backup"
}

// openBolt turns bbolt's panics on damaged files into errors. bbolt's lock of the file
// is given up again, for the folder's LOCK keeps others out: a file that is mended is
// opened anew while reads go on in the one that is open.
func openBolt(path string, options *bolt.Options) (db *bolt.DB, err error) {
	defer func(panicOnFault bool) {
		debug.SetPanicOnFault(panicOnFault)
		if r := recover(); r != nil {
			err = fmt.Errorf("%v: %w", r, store.ErrCorrupt)
		}
	}(debug.SetPanicOnFault(true))
	var opened *os.File
	with := *options
	with.OpenFile = func(path string, flag int, mode os.FileMode) (*os.File, error) {
		f, err := os.OpenFile(path, flag, mode)
		opened = f
		return f, err
	}
	if db, err = bolt.Open(path, 0o600, &with); err != nil {
		return nil, err
	}
	if err := unlockFile(opened); err != nil {
		_ = db.Close()
		return nil, err
	}
	return db, nil
}

func (s *Store) verify(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	meta, err := readMeta(f, info.Size())
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	inOrder, err := exists(filepath.Join(s.dir, closedMark))
	if err != nil {
		return err
	}
	if inOrder && info.Size() > verifyAlways {
		err = verifyFreelist(f, meta)
	} else {
		if err := readThrough(f); err != nil {
			return err
		}
		err = verifyPages(f, meta)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

func checkFormat(tx *bolt.Tx) error {
	meta := tx.Bucket(bucketMeta)
	if meta == nil {
		return fmt.Errorf("it is no data of Vitrine: %w", store.ErrCorrupt)
	}
	switch v := metaNumber(tx, keyFormat); {
	case v == 0:
		return fmt.Errorf("it has no format version: %w", store.ErrCorrupt)
	case v > format:
		return fmt.Errorf("format %d, this program knows %d: %w", v, format, store.ErrNewerFormat)
	}
	return nil
}

func exists(path string) (bool, error) {
	_, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// makeDir makes a folder, and the folders above, durably.
func makeDir(dir string) error {
	if ok, err := exists(dir); ok || err != nil {
		return err
	}
	if err := makeDir(filepath.Dir(dir)); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(filepath.Dir(dir))
}

// syncDir makes the names in a folder durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if closeErr := d.Close(); err == nil {
		err = closeErr
	}
	return err
}
