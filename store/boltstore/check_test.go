package boltstore

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

// contentsOf are the files of a folder, with what is in them.
func contentsOf(t testing.TB, dir string) map[string]string {
	t.Helper()
	all := make(map[string]string)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			all[path] = string(readAll(t, path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func checkTest(t testing.TB, dir string) Inspection {
	t.Helper()
	before := contentsOf(t, dir)
	seen, err := CheckFolder(context.Background(), dir, func(_ string, done, total int64) {
		if done < 0 || done > total {
			t.Errorf("%d of %d bytes", done, total)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	after := contentsOf(t, dir)
	for name, was := range before {
		if after[name] != was {
			t.Errorf("the check changed %s", name)
		}
	}
	if len(after) != len(before) {
		t.Errorf("%d files became %d", len(before), len(after))
	}
	return seen
}

// decidedFolder is a small one with a decision that is of somebody.
func decidedFolder(t testing.TB) string {
	t.Helper()
	dir := smallFolder(t)
	s := openTest(t, dir, Options{})
	s.RecordDecision("shop", &scoring.Decision{ID: "d2", Visitor: "v1"})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestCheckOfSoundFolders(t *testing.T) {
	small := smallFolder(t)
	if seen := checkTest(t, small); len(seen.Findings) > 0 || seen.Sites != 1 || seen.Events == 0 || seen.Products == 0 || seen.Profiles == 0 {
		t.Errorf("%+v", seen)
	}
	for _, dir := range fixtures { // of earlier versions, as killed processes left them
		if seen := checkTest(t, copyFolder(t, dir)); len(seen.Findings) > 0 || seen.Events != 5 || seen.Decisions != 1 {
			t.Errorf("%s: %+v", dir, seen)
		}
	}
	s := openTest(t, t.TempDir(), Options{})
	if _, err := CheckFolder(context.Background(), s.dir, func(string, int64, int64) {}); !errors.Is(err, store.ErrLocked) {
		t.Errorf("of one that is open: %v", err)
	}
	if err := os.Mkdir(filepath.Join(small, restoreDone), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := CheckFolder(context.Background(), small, func(string, int64, int64) {}); !errors.Is(err, errHalfRestored) {
		t.Errorf("of one that is restored by half: %v", err)
	}
	if _, err := CheckFolder(context.Background(), t.TempDir(), func(string, int64, int64) {}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("of an empty one: %v", err)
	}
}

func TestCheckOfAFolderSaysWhere(t *testing.T) {
	flip := func(name string, at int64) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) {
			f, err := os.OpenFile(filepath.Join(dir, name), os.O_RDWR, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = f.Close() }()
			b := make([]byte, 64)
			if _, err := f.ReadAt(b, at); err != nil {
				t.Fatal(err)
			}
			for i := range b {
				b[i] ^= 0xFF
			}
			if _, err := f.WriteAt(b, at); err != nil {
				t.Fatal(err)
			}
		}
	}
	change := func(name string, fn func(tx *bolt.Tx) error) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) { changeFile(t, filepath.Join(dir, name), fn) }
	}
	for _, c := range []struct {
		name   string
		damage func(t *testing.T, dir string)
		want   Finding // Reason: a part of it
	}{
		{"both headers are gone", func(t *testing.T, dir string) {
			flip(journalName, 16)(t, dir)
			flip(journalName, int64(os.Getpagesize())+16)(t, dir)
		}, Finding{journalName, "", nil, "no valid header"}},
		{"the file is cut off", func(t *testing.T, dir string) {
			if err := os.Truncate(filepath.Join(dir, stateName), int64(3*os.Getpagesize())); err != nil {
				t.Fatal(err)
			}
		}, Finding{stateName, "", nil, "cut off"}},
		{"the files are of two folders", change(stateName, func(tx *bolt.Tx) error {
			return tx.Bucket(bucketMeta).Put(keyInstallation, []byte("another's"))
		}), Finding{stateName, "", nil, "another data folder"}},
		{"a product that does not decode", change(stateName, func(tx *bolt.Tx) error {
			return siteBucket(tx, 1, bucketProducts).Put([]byte("p"), []byte("nonsense"))
		}), Finding{stateName, "siteData/00000001/products", []byte("p"), "checksum"}},
		{"a profile that lacks an event", change(stateName, func(tx *bolt.Tx) error {
			profiles := siteBucket(tx, 1, bucketProfiles)
			k, v := profiles.Cursor().First()
			h, err := decodeProfile(v)
			if err != nil {
				return err
			}
			h.seq, h.chunks = 0, ""
			b, err := encodeProfile(h)
			if err != nil {
				return err
			}
			return profiles.Put(append([]byte(nil), k...), b)
		}), Finding{journalName, "events/00000001/", nil, "its visitor's profile does not know of it"}},
		{"a profile that is gone", change(stateName, func(tx *bolt.Tx) error {
			profiles := siteBucket(tx, 1, bucketProfiles)
			k, _ := profiles.Cursor().First()
			return profiles.Delete(append([]byte(nil), k...))
		}), Finding{journalName, "events/00000001/", nil, "its visitor's profile does not know of it"}},
		{"a decision that is nobody's", change(journalName, func(tx *bolt.Tx) error {
			hours := tx.Bucket(bucketDeciders).Bucket(siteNo(1).key())
			k, _ := hours.Cursor().First()
			return hours.DeleteBucket(append([]byte(nil), k...))
		}), Finding{journalName, "decisions/00000001/", nil, "not among those of its visitor"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := decidedFolder(t)
			c.damage(t, dir)
			seen := checkTest(t, dir)
			if len(seen.Findings) == 0 {
				t.Fatal("nothing was found")
			}
			got := seen.Findings[0]
			if got.File != c.want.File || !strings.HasPrefix(got.Bucket, c.want.Bucket) || !strings.Contains(got.Reason, c.want.Reason) || got.Remedy() == "" {
				t.Errorf("found %+v", got)
			}
			if c.want.Key != nil && string(got.Key) != string(c.want.Key) {
				t.Errorf("key %q, want %q", got.Key, c.want.Key)
			}
		})
	}
}
