package boltstore

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	bolt "go.etcd.io/bbolt"
)

// fixtureBackup is a backup of the first format of backups, of a folder that has in it
// what the fixture of folders has.
const fixtureBackup = "testdata/backup1.vitrine"

// TestTheFirstBackupRestoresForEver restores the backup that this format was released
// with.
func TestTheFirstBackupRestoresForEver(t *testing.T) {
	if *update {
		s := openTest(t, copyFolder(t, fixtureDir), fixtureOptions())
		if err := os.WriteFile(fixtureBackup, readAll(t, backUp(t, s)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	wantFixture(t, restoreTest(t, fixtureBackup))
}

// TestABackupOfAnEarlierVersionRestores makes backups of the fixtures as they are, as
// versions that knew no other would have, and restores them.
func TestABackupOfAnEarlierVersionRestores(t *testing.T) {
	for _, dir := range fixtures {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			wantFixture(t, restoreTest(t, writeBackup(t, archiveOf(t, copyFolder(t, dir)))))
		})
	}
}

// archiveOf is an archive of a folder that nobody has opened.
func archiveOf(t *testing.T, dir string) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := newArchiveWriter(&b, fixtureNow(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{stateName, journalName} {
		db, err := bolt.Open(filepath.Join(dir, name), 0o600, nil)
		if err != nil {
			t.Fatal(err)
		}
		err = db.View(func(tx *bolt.Tx) error { return w.database(name, tx, func(to sink) sink { return to }) })
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	const snapshot = "snapshots/00000001/s-model.snap"
	if err := w.file(snapshot, bytes.NewReader(readAll(t, filepath.Join(dir, snapshot)))); err != nil {
		t.Fatal(err)
	}
	if err := w.close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// FuzzArchive reads whatever comes, whole or not, without a panic.
func FuzzArchive(f *testing.F) {
	f.Add(readAll(f, fixtureBackup))
	f.Add([]byte(archiveMagic))
	f.Fuzz(func(_ *testing.T, b []byte) {
		if a, err := openArchive(bytes.NewReader(b)); err == nil {
			_ = a.read(&contents{})
		}
	})
}

// FuzzEntries reads whatever comes as entries, behind sums that are right.
func FuzzEntries(f *testing.F) {
	f.Add([]byte("D\x08state.dbB\x01a\x07K\x01k\x01veeZ"))
	f.Add([]byte("F\x1fsnapshots/00000001/s-model.snapd\x03abceZ"))
	f.Fuzz(func(t *testing.T, entries []byte) {
		var b bytes.Buffer
		w, err := newArchiveWriter(&b, fixtureNow(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.buf.Write(entries); err != nil {
			t.Fatal(err)
		}
		if err := w.close(); err != nil {
			t.Fatal(err)
		}
		a, err := openArchive(&b)
		if err != nil {
			t.Fatal(err)
		}
		_ = a.read(&contents{})
	})
}
