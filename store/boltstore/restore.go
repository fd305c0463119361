package boltstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/vitrine-io/vitrine/store"
)

// A restore builds a new folder in the folder, and takes effect by one rename of it.
// What follows, moving the files to their places, is done by the restore or, after a
// crash, by whoever opens the folder next.
const (
	restoreBuilding = "restoring" // may be half of one
	restoreDone     = "restored"  // is whole
	restoreFiles    = "data"      // in either: the new files
	// restoreReplaced begins the name of the folder with the files that were there.
	restoreReplaced = "replaced-"
)

// RestoreOptions say how to restore.
type RestoreOptions struct {
	// Force puts what is in the folder aside, into a folder in it. Else a folder with
	// something in it is refused.
	Force bool
	// Progress is called now and then with how far a phase has come, in bytes.
	Progress func(phase string, done, total int64)

	hooks hooks
}

// Restored is what a restore has done.
type Restored struct {
	Made     time.Time // when the backup was made
	Bytes    int64     // of the backup
	Replaced string    // folder with what was there before; empty if nothing was
	// Inspection is of the folder before it took its place. What was wrong already when
	// the backup was made is wrong again, and no reason to have nothing.
	Inspection
}

// Restore makes dir the data folder that a backup was made of. It verifies the backup
// first, and what it made of it before that takes the place of anything. When it fails,
// or is killed, dir has either what it had or, from the next start on, what is in the
// backup. It fails with ErrLocked while a server has dir open, with ErrExists if there
// is something in it, and with ErrCorrupt or ErrNewerFormat, and the place, if the
// backup can't be used.
func Restore(ctx context.Context, backup, dir string, o RestoreOptions) (Restored, error) {
	if o.Progress == nil {
		o.Progress = func(string, int64, int64) {}
	}
	done, err := restore(ctx, backup, dir, o)
	if err != nil {
		return Restored{}, fmt.Errorf("boltstore: restore %s: %w", dir, translate(err))
	}
	return done, nil
}

func restore(ctx context.Context, backup, dir string, o RestoreOptions) (done Restored, err error) {
	var seen contents
	if done.Made, done.Bytes, err = readBackup(ctx, backup, "verify", o, &seen); err != nil {
		return done, err
	}
	if !seen.journal || !seen.state {
		return done, fmt.Errorf("%s: it lacks %s or %s: %w", backup, journalName, stateName, store.ErrCorrupt)
	}
	if err := o.hooks.restoring("verified"); err != nil {
		return done, err
	}
	if err := makeDir(dir); err != nil {
		return done, err
	}
	lock, err := lockFile(filepath.Join(dir, lockName))
	if err != nil {
		return done, err
	}
	defer func() { _ = lock.Close() }()
	if err := finishRestore(dir); err != nil { // of another one
		return done, err
	}
	if err := onlyEmpty(dir, o.Force); err != nil {
		return done, err
	}
	if free, known := freeSpace(dir); known && free < done.Bytes {
		return done, fmt.Errorf("the backup has %d bytes, %d are free: %w", done.Bytes, free, store.ErrFull)
	}
	building := filepath.Join(dir, restoreBuilding)
	defer func() {
		if err != nil && !errors.Is(err, errKilled) {
			_ = os.RemoveAll(building)
		}
	}()
	files := filepath.Join(building, restoreFiles)
	if err := os.MkdirAll(filepath.Join(files, snapshotsDir), 0o700); err != nil {
		return done, err
	}
	to := &folderBuilder{dir: files}
	defer to.abandon()
	if _, _, err = readBackup(ctx, backup, "restore", o, to); err != nil {
		return done, err
	}
	if err := syncTree(building); err != nil {
		return done, err
	}
	if err := o.hooks.restoring("built"); err != nil {
		return done, err
	}
	if done.Inspection, err = checkFolder(ctx, files, o.Progress); err != nil {
		return done, err
	}
	for _, wrong := range done.Findings {
		if wrong.shut() {
			return done, fmt.Errorf("what the backup holds can't be opened: %s: %w", wrong.what(), store.ErrCorrupt)
		}
	}
	if err := os.Rename(building, filepath.Join(dir, restoreDone)); err != nil {
		return done, err
	}
	if err := syncDir(dir); err != nil {
		return done, err
	}
	if err := o.hooks.restoring("renamed"); err != nil {
		return done, err
	}
	done.Replaced, err = placeRestored(dir, o.hooks.restoring)
	return done, err
}

// errKilled stands for a kill, in the tests of this package: nothing is tidied up.
var errKilled = errors.New("killed")

// onlyEmpty refuses a folder with something in it, unless it is forced.
func onlyEmpty(dir string, force bool) error {
	entries, err := os.ReadDir(dir)
	if err != nil || force {
		return err
	}
	for _, e := range entries {
		if name := e.Name(); name != lockName && name != "lost+found" {
			return fmt.Errorf("%s is in it: %w", name, store.ErrExists)
		}
	}
	return nil
}

// finishRestore goes on with a restore that was killed after it took effect, and
// removes what is left of one that was before.
func finishRestore(dir string) error {
	if err := os.RemoveAll(filepath.Join(dir, restoreBuilding)); err != nil {
		return err
	}
	done, err := exists(filepath.Join(dir, restoreDone))
	if err != nil || !done {
		return err
	}
	_, err = placeRestored(dir, func(string) error { return nil })
	return err
}

// placeRestored moves the files of a restore to their places, and those that were there
// into a folder, whose name it returns. It may be cut off anywhere, and begun again.
func placeRestored(dir string, step func(string) error) (replaced string, err error) {
	done := filepath.Join(dir, restoreDone)
	files := filepath.Join(done, restoreFiles)
	for _, name := range []string{closedMark, journalName, stateName, snapshotsDir} {
		was, err := exists(filepath.Join(dir, name))
		if err != nil {
			return "", err
		}
		comes, err := exists(filepath.Join(files, name))
		if err != nil {
			return "", err
		}
		if was && (comes || name == closedMark) {
			if err := os.Rename(filepath.Join(dir, name), filepath.Join(done, name)); err != nil {
				return "", err
			}
			if err := step("put " + name + " aside"); err != nil {
				return "", err
			}
		}
		if comes {
			if err := os.Rename(filepath.Join(files, name), filepath.Join(dir, name)); err != nil {
				return "", err
			}
			if err := step("placed " + name); err != nil {
				return "", err
			}
		}
		if err := errors.Join(syncDir(done), syncDir(dir)); err != nil {
			return "", err
		}
	}
	if err := ignoreGone(os.Remove(files)); err != nil {
		return "", err
	}
	rest, err := os.ReadDir(done)
	if err != nil {
		return "", err
	}
	if len(rest) == 0 {
		err = os.Remove(done)
	} else {
		replaced = filepath.Join(dir, restoreReplaced+time.Now().UTC().Format("20060102T150405.000000Z"))
		err = os.Rename(done, replaced)
	}
	if err != nil {
		return "", err
	}
	return replaced, syncDir(dir)
}

// readBackup hands what is in a backup to the target, and verifies all of it.
func readBackup(ctx context.Context, name, phase string, o RestoreOptions, to target) (made time.Time, size int64, err error) {
	f, err := os.Open(name)
	if err != nil {
		return made, 0, err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return made, 0, err
	}
	in := &progressReader{f: f, ctx: ctx, tell: func(done int64) { o.Progress(phase, done, info.Size()) }}
	a, err := openArchive(in)
	if err == nil {
		made, err = a.made, a.read(to)
	}
	if err != nil {
		return made, 0, fmt.Errorf("%s: %w", name, err)
	}
	in.tell(info.Size())
	return made, info.Size(), nil
}

// progressReader tells how much was read, and ends when ctx does.
type progressReader struct {
	f          io.Reader
	ctx        context.Context
	tell       func(done int64)
	done, told int64
}

func (r *progressReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := r.f.Read(p)
	if r.done += int64(n); r.done-r.told >= copyReport {
		r.told = r.done
		r.tell(r.done)
	}
	return n, err
}

// contents is a target for who only verifies, and asks whether all is there.
type contents struct{ journal, state bool }

func (c *contents) database(name string) (sink, error) {
	c.journal = c.journal || name == journalName
	c.state = c.state || name == stateName
	return c, knownDatabase(name)
}
func (c *contents) endDatabase() error                  { return nil }
func (c *contents) file(name string) (io.Writer, error) { return io.Discard, knownFile(name) }
func (c *contents) endFile() error                      { return nil }
func (c *contents) enter([]byte, uint64) error          { return nil }
func (c *contents) put([]byte, []byte) error            { return nil }
func (c *contents) leave() error                        { return nil }

func knownDatabase(name string) error {
	if name != journalName && name != stateName {
		return fmt.Errorf("a database %q in it is none of Vitrine: %w", name, store.ErrCorrupt)
	}
	return nil
}

// snapshotFile is the form of the names of other files.
var snapshotFile = regexp.MustCompile(`^` + snapshotsDir + `/[0-9a-f]{8}/s-[^/\\]{1,200}\` + snapshotSuffix + `$`)

func knownFile(name string) error {
	if !snapshotFile.MatchString(name) {
		return fmt.Errorf("a file %q in it is none of Vitrine: %w", name, store.ErrCorrupt)
	}
	return nil
}

// folderBuilder makes a data folder of what is in a backup.
type folderBuilder struct {
	dir  string
	db   *bolt.DB
	fill *builder
	out  *os.File
}

func (b *folderBuilder) database(name string) (sink, error) {
	if err := knownDatabase(name); err != nil {
		return nil, err
	}
	options := &bolt.Options{
		Timeout: time.Second, NoSync: true, NoFreelistSync: true,
		FreelistType: bolt.FreelistMapType, NoStatistics: true, InitialMmapSize: mapSize(0),
	}
	db, err := bolt.Open(filepath.Join(b.dir, name), 0o600, options)
	if err != nil {
		return nil, err
	}
	b.db, b.fill = db, &builder{to: db}
	return b.fill, nil
}

func (b *folderBuilder) endDatabase() error {
	if err := b.fill.commit(); err != nil {
		return err
	}
	db := b.db
	b.db, b.fill = nil, nil
	return errors.Join(db.Sync(), db.Close())
}

func (b *folderBuilder) file(name string) (_ io.Writer, err error) {
	if err := knownFile(name); err != nil {
		return nil, err
	}
	at := filepath.Join(b.dir, filepath.FromSlash(path.Clean(name)))
	if err := os.MkdirAll(filepath.Dir(at), 0o700); err != nil {
		return nil, err
	}
	b.out, err = os.OpenFile(at, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	return b.out, err
}

func (b *folderBuilder) endFile() error {
	out := b.out
	b.out = nil
	return errors.Join(out.Sync(), out.Close())
}

// abandon closes what is open.
func (b *folderBuilder) abandon() {
	if b.fill != nil {
		b.fill.abandon()
		_ = b.db.Close()
	}
	if b.out != nil {
		_ = b.out.Close()
	}
}

// syncTree makes the names in a folder and those below it durable.
func syncTree(dir string) error {
	return filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		return syncDir(name)
	})
}
