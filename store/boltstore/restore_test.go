package boltstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"

	"github.com/vitrine-io/vitrine/store"
)

// smallBackup is a backup of some events, as bytes.
func smallBackup(t testing.TB) []byte {
	t.Helper()
	s := openTest(t, t.TempDir(), Options{})
	writeSome(t, s, 40)
	return readAll(t, backUp(t, s))
}

func writeBackup(t testing.TB, b []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "backup")
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// TestABackupThatIsNoneIsRefused tries what becomes of files. Nothing is left of the
// attempt.
func TestABackupThatIsNoneIsRefused(t *testing.T) {
	whole := smallBackup(t)
	flipped := func(at int) []byte {
		b := slices.Clone(whole)
		b[at] ^= 0x10
		return b
	}
	newer := func() []byte {
		b := slices.Clone(whole[:archiveHeader])
		b[len(archiveMagic)] = archiveVersion + 1
		return append(sealRecord(b[:archiveHeader-4]), whole[archiveHeader:]...)
	}
	for _, c := range []struct {
		name string
		data []byte
		want error
		text string
	}{
		{"empty", nil, store.ErrCorrupt, "no backup of Vitrine"},
		{"a text", []byte("Dear operator,\n"), store.ErrCorrupt, "no backup of Vitrine"},
		{"a database", readAll(t, filepath.Join(fixtureDir, journalName)), store.ErrCorrupt, "no backup of Vitrine"},
		{"cut off in its header", whole[:20], store.ErrCorrupt, "at byte 20: it is cut off"},
		{"cut off after its header", whole[:archiveHeader], store.ErrCorrupt, fmt.Sprintf("at byte %d", archiveHeader)},
		{"cut off in the middle", whole[:len(whole)/2], store.ErrCorrupt, "cut off"},
		{"cut off before its last byte", whole[:len(whole)-1], store.ErrCorrupt, fmt.Sprintf("at byte %d: it is cut off", len(whole)-1)},
		{"a bit flipped in its header", flipped(12), store.ErrCorrupt, "at byte 0: a header with a wrong checksum"},
		{"a bit flipped in a chunk's length", flipped(archiveHeader + 1), store.ErrCorrupt, fmt.Sprintf("at byte %d", archiveHeader)},
		{"a bit flipped in the middle", flipped(len(whole) / 2), store.ErrCorrupt, "wrong checksum"},
		{"a bit flipped in its checksum", flipped(len(whole) - 3), store.ErrCorrupt, fmt.Sprintf("at byte %d: the checksum of the whole is wrong", len(whole)-32)},
		{"something behind it", append(slices.Clone(whole), 'x'), store.ErrCorrupt, fmt.Sprintf("at byte %d: something follows", len(whole))},
		{"one of a newer version", newer(), store.ErrNewerFormat, "version 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			_, err := Restore(context.Background(), writeBackup(t, c.data), dir, RestoreOptions{})
			if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.text) {
				t.Errorf("error %v, want %q", err, c.text)
			}
			if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("the folder was made: %v", err)
			}
		})
	}
	if _, err := Restore(context.Background(), filepath.Join(t.TempDir(), "none"), t.TempDir(), RestoreOptions{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("of a file that is not there: %v", err)
	}
}

// TestEveryByteOfABackupCounts flips a bit of each byte in turn.
func TestEveryByteOfABackupCounts(t *testing.T) {
	whole := smallBackup(t)
	for at := 0; at < len(whole); at += 7 {
		b := slices.Clone(whole)
		b[at] ^= 1
		var seen contents
		a, err := openArchive(bytes.NewReader(b))
		if err == nil {
			err = a.read(&seen)
		}
		if !errors.Is(err, store.ErrCorrupt) && !errors.Is(err, store.ErrNewerFormat) {
			t.Fatalf("byte %d of %d: error %v", at, len(whole), err)
		}
	}
}

func TestARestoreTakesTheRoomOfNothing(t *testing.T) {
	ctx := context.Background()
	backup := writeBackup(t, smallBackup(t))
	dir := t.TempDir()
	old := openTest(t, dir, Options{})
	writeSome(t, old, 5)
	if _, err := Restore(ctx, backup, dir, RestoreOptions{Force: true}); !errors.Is(err, store.ErrLocked) {
		t.Errorf("while it is open: %v", err)
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Restore(ctx, backup, dir, RestoreOptions{}); !errors.Is(err, store.ErrExists) {
		t.Errorf("unforced: %v", err)
	}
	done, err := Restore(ctx, backup, dir, RestoreOptions{Force: true})
	if err != nil {
		t.Fatal(err)
	}
	if done.Sites != 1 || done.Events != 40 || done.Profiles != 40 || done.Made.IsZero() || done.Bytes == 0 {
		t.Errorf("restored %+v", done)
	}
	again := openTest(t, dir, Options{})
	wantSome(t, again, 40)
	if told := again.Health().Problems; len(told) != 1 || !strings.Contains(told[0], filepath.Base(done.Replaced)) {
		t.Errorf("problems %q, want that %s is still there", told, done.Replaced)
	}
	// What was there is put aside, whole.
	wantSome(t, openTest(t, done.Replaced, Options{}), 5)
}

// TestAKilledRestore is killed at each of its steps, into an empty folder and into one
// with data. The next start finds what was there, or what was in the backup.
func TestAKilledRestore(t *testing.T) {
	ctx := context.Background()
	backup := writeBackup(t, smallBackup(t))
	for _, before := range []int{0, 5} {
		var steps []string
		kill := func(at int) (dir string) {
			dir = t.TempDir()
			if before > 0 {
				s, err := Open(dir, Options{})
				if err != nil {
					t.Fatal(err)
				}
				writeSome(t, s, before)
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
			}
			n := 0
			_, err := Restore(ctx, backup, dir, RestoreOptions{Force: true, hooks: hooks{atRestore: func(step string) error {
				if n == len(steps) {
					steps = append(steps, step)
				}
				if n++; n == at+1 {
					return errKilled
				}
				return nil
			}}})
			if at < 1000 && !errors.Is(err, errKilled) {
				t.Fatalf("error %v", err)
			}
			return dir
		}
		kill(1000) // to its end: what the steps are
		if want := map[int]int{0: 6, 5: 10}[before]; len(steps) != want {
			t.Fatalf("%d steps, want %d: %q", len(steps), want, steps)
		}
		renamed := slices.Index(steps, "renamed")
		for at, step := range slices.Clone(steps) {
			t.Run(fmt.Sprintf("with %d events, %s", before, step), func(t *testing.T) {
				dir := kill(at)
				s := openTest(t, dir, Options{})
				if err := s.Check(ctx); err != nil {
					t.Error(err)
				}
				switch {
				case at >= renamed:
					wantSome(t, s, 40)
				case before > 0:
					wantSome(t, s, before)
				default:
					if sites, err := s.Sites(ctx); err != nil || len(sites) > 0 {
						t.Errorf("sites %v, %v; want none", sites, err)
					}
				}
				for _, left := range []string{restoreBuilding, restoreDone} {
					if there, _ := exists(filepath.Join(dir, left)); there {
						t.Errorf("%s is left", left)
					}
				}
				if aside, _ := filepath.Glob(filepath.Join(dir, restoreReplaced+"*")); len(aside) > 1 || before > 0 && at >= renamed && len(aside) != 1 {
					t.Errorf("put aside: %v", aside)
				}
			})
		}
	}
}

// TestARestoredFolderIsChecked restores whole backups of folders that were damaged: what
// can't be opened is refused, a record that can't be read is told of.
func TestARestoredFolderIsChecked(t *testing.T) {
	damage := func(fn func(tx *bolt.Tx) error) string {
		dir := t.TempDir()
		s := openTest(t, dir, Options{})
		writeSome(t, s, 5)
		if err := s.state.update(fn); err != nil {
			t.Fatal(err)
		}
		return backUp(t, s)
	}
	to := filepath.Join(t.TempDir(), "data")
	done, err := Restore(context.Background(), damage(func(tx *bolt.Tx) error {
		return siteBucket(tx, 1, bucketProducts).Put([]byte("p"), []byte("nonsense"))
	}), to, RestoreOptions{})
	if err != nil || len(done.Findings) != 1 || done.Findings[0].Bucket != "siteData/00000001/products" || string(done.Findings[0].Key) != "p" {
		t.Errorf("findings %+v, %v", done.Findings, err)
	}
	wantSome(t, openTest(t, to, Options{}), 5)

	to = filepath.Join(t.TempDir(), "data")
	_, err = Restore(context.Background(), damage(func(tx *bolt.Tx) error {
		return tx.Bucket(bucketSites).Put([]byte("other"), []byte("nonsense"))
	}), to, RestoreOptions{})
	if !errors.Is(err, store.ErrCorrupt) || !strings.Contains(err.Error(), "sites") {
		t.Errorf("error %v", err)
	}
	if entries, err := os.ReadDir(to); err != nil || len(entries) != 1 || entries[0].Name() != lockName {
		t.Errorf("there is %v, %v; want nothing but the lock", entries, err)
	}
}
