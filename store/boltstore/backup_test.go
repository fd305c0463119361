package boltstore

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

// backUp writes a backup of the store into a file, and returns its name.
func backUp(t testing.TB, s *Store) string {
	t.Helper()
	b, err := s.Backup(context.Background(), store.BackupOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = b.Close() }()
	all, err := io.ReadAll(b)
	if err != nil || int64(len(all)) != b.Size || sha256.Sum256(all) != b.SHA256 {
		t.Fatalf("%d bytes of %d, error %v, or another checksum", len(all), b.Size, err)
	}
	name := filepath.Join(t.TempDir(), "backup")
	if err := os.WriteFile(name, all, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// restoreTest restores into a new folder, and returns its name.
func restoreTest(t testing.TB, backup string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "restored")
	if _, err := Restore(context.Background(), backup, dir, RestoreOptions{}); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestABackupHasWhatWasThereAndNothingElse writes, backs up, writes on, and compares
// the restored folder with what there was.
func TestABackupHasWhatWasThereAndNothingElse(t *testing.T) {
	ctx := context.Background()
	s := openTest(t, t.TempDir(), Options{})
	writeSome(t, s, 300)
	if _, err := s.PutProducts(ctx, "shop", []scoring.Product{fixtureProduct()}); err != nil {
		t.Fatal(err)
	}
	d := fixtureDecision()
	s.RecordDecision("shop", d)
	if err := s.SaveSnapshot(ctx, "shop", "model", 200, func(w io.Writer) error {
		_, err := io.WriteString(w, "learned")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	secret, err := s.Secret(ctx, "token", 32)
	if err != nil {
		t.Fatal(err)
	}
	before := journalOf(t, s, "shop")
	backup := backUp(t, s)
	writeSome(t, s, 77)

	r := openTest(t, restoreTest(t, backup), Options{})
	after := journalOf(t, r, "shop")
	if len(after) != 300 || fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("%d events, want the 300 of before, as they were", len(after))
	}
	wantSome(t, r, 300)
	if _, err := r.Profile(ctx, "shop", "some77-1"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a visitor of after the backup: %v", err)
	}
	if got, err := r.Product(ctx, "shop", "p1"); err != nil || got.Title != "Läufer" {
		t.Errorf("product %+v, %v", got, err)
	}
	if got, err := r.Decision(ctx, "shop", d.ID); err != nil || got.Visitor != "v1" {
		t.Errorf("decision %+v, %v", got, err)
	}
	var learned []byte
	seq, err := r.LoadSnapshot(ctx, "shop", "model", func(in io.Reader) (err error) {
		learned, err = io.ReadAll(in)
		return err
	})
	if err != nil || seq != 200 || string(learned) != "learned" {
		t.Errorf("snapshot %q at %d, %v", learned, seq, err)
	}
	if got, err := r.Secret(ctx, "token", 32); err != nil || !bytes.Equal(got, secret) {
		t.Error("another secret: tokens of before would be refused")
	}
	if acks, err := r.Append(ctx, "shop", []scoring.Event{testEvent("some300-1", 0), testEvent("new", 1)}); err != nil || !acks[0].Duplicate || acks[1].Seq != 301 {
		t.Errorf("acks %v, %v; want a duplicate, and 301", acks, err)
	}
	if err := r.Check(ctx); err != nil {
		t.Error(err)
	}
}

// TestABackupUnderLoad backs up again and again while everything goes on. What was
// acknowledged before is in it, and it is of one moment: of a writer's events it has
// all up to one.
func TestABackupUnderLoad(t *testing.T) {
	ctx := context.Background()
	s := openTest(t, t.TempDir(), Options{ProfileCache: 64, DirtyProfiles: 200, CheckpointEvery: 5 * time.Millisecond})
	writeSome(t, s, 10)
	rounds, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	var mu sync.Mutex
	acknowledged := make([]int, 3)
	for w := range acknowledged {
		wg.Go(func() {
			for n := 0; rounds.Err() == nil; n++ {
				e := testEvent(fmt.Sprintf("w%d-%d", w, n%50), n)
				if _, err := s.Append(ctx, "shop", []scoring.Event{e}); err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				acknowledged[w] = n + 1
				mu.Unlock()
				s.RecordDecision("shop", &scoring.Decision{ID: scoring.DecisionID(fmt.Sprint(w, "-", n)), Visitor: e.Visitor})
				if n%20 == 19 {
					if _, err := s.EraseVisitor(ctx, "shop", erasureOf(scoring.VisitorID(fmt.Sprintf("w%d-%d", w, n%50)))); err != nil {
						t.Error(err)
						return
					}
				}
				if n%7 == 0 {
					site := scoring.SiteID(fmt.Sprint("site", w))
					if _, err := s.CreateSite(ctx, scoring.Site{ID: site}); err != nil {
						t.Error(err)
						return
					}
					if _, err := s.Append(ctx, site, []scoring.Event{testEvent("v", n)}); err != nil {
						t.Error(err)
						return
					}
					if err := s.DeleteSite(ctx, site); err != nil {
						t.Error(err)
						return
					}
				}
			}
		})
	}
	for range 4 {
		mu.Lock()
		want := slices.Clone(acknowledged)
		mu.Unlock()
		r := openTest(t, restoreTest(t, backUp(t, s)), Options{})
		if err := r.Check(ctx); err != nil {
			t.Error(err)
		}
		have := make([]map[int]bool, len(want))
		for w := range have {
			have[w] = make(map[int]bool)
		}
		err := eachStored(r, "shop", func(e store.Entry) {
			var w, of, n int
			if _, err := fmt.Sscanf(string(e.Event.ID), "w%d-%d-%d", &w, &of, &n); err == nil {
				have[w][n] = true
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		for w := range want {
			last := 0
			for n := range have[w] {
				last = max(last, n+1)
			}
			for n := range max(last, want[w]) {
				if erased := n%10 == 9; !have[w][n] && !erased {
					t.Errorf("of writer %d event %d is missing: the last is %d, %d were acknowledged before", w, n, last-1, want[w])
				}
			}
		}
	}
	stop()
	wg.Wait()
	if err := s.Check(ctx); err != nil {
		t.Error(err)
	}
}

func TestNoByteOfTheErasedIsInABackup(t *testing.T) {
	ctx := context.Background()
	s := openTest(t, t.TempDir(), Options{})
	if _, err := s.CreateSite(ctx, scoring.Site{ID: "shop"}); err != nil {
		t.Fatal(err)
	}
	for n := range 100 {
		var events []scoring.Event
		for _, who := range []string{"gone", "stays"} {
			events = append(events, tellingEvent("visitor-"+who, who, n))
			d := *fixtureDecision()
			d.ID, d.Visitor = scoring.DecisionID(fmt.Sprintf("%s-decision-%d", who, n)), scoring.VisitorID("visitor-"+who)
			s.RecordDecision("shop", &d)
		}
		if _, err := s.Append(ctx, "shop", events); err != nil {
			t.Fatal(err)
		}
	}
	flushDecisions(s)
	if err := s.checkpointer.checkpoint(false); err != nil {
		t.Fatal(err)
	}
	if _, err := s.EraseVisitor(ctx, "shop", erasureOf("visitor-gone")); err != nil {
		t.Fatal(err)
	}
	name := backUp(t, s)
	raw := readAll(t, name)
	dir := restoreTest(t, name)
	for _, word := range []string{"visitor-gone", "gone-"} {
		if bytes.Contains(raw, []byte(word)) {
			t.Errorf("the backup has %q in it", word)
		}
		if got := holders(t, dir, word); len(got) > 0 {
			t.Errorf("restored: %v hold %q", got, word)
		}
	}
	for _, word := range []string{"visitor-stays", "stays-event-7", "stays-decision-9"} {
		if !bytes.Contains(raw, []byte(word)) {
			t.Errorf("%q is lost", word)
		}
	}
}

// TestABackupIsReadOnAfterACut reads it in parts that begin anywhere.
func TestABackupIsReadOnAfterACut(t *testing.T) {
	ctx := context.Background()
	s := openTest(t, t.TempDir(), Options{})
	writeSome(t, s, 200)
	b, err := s.Backup(ctx, store.BackupOptions{})
	if err != nil {
		t.Fatal(err)
	}
	writeSome(t, s, 50) // goes on
	var all []byte
	rng := rand.New(rand.NewPCG(1, 2))
	for int64(len(all)) < b.Size {
		if _, err := b.Seek(int64(len(all)), io.SeekStart); err != nil {
			t.Fatal(err)
		}
		part := make([]byte, 1+rng.IntN(int(b.Size)/5))
		n, err := b.Read(part)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, part[:n]...)
		id := b.ID
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		if b, err = s.OpenBackup(ctx, id); err != nil {
			t.Fatal(err)
		}
	}
	if sha256.Sum256(all) != b.SHA256 {
		t.Error("another checksum")
	}
	if _, err := s.OpenBackup(ctx, "another"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("one that never was: %v", err)
	}
	if _, err := s.Backup(ctx, store.BackupOptions{}); !errors.Is(err, store.ErrBusy) {
		t.Errorf("another one while this one is read: %v", err)
	}
	if err := s.Compact(ctx, func(store.Compaction) {}); !errors.Is(err, store.ErrBusy) {
		t.Errorf("a compaction while it is read: %v", err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	compactTest(t, s)
	if _, err := s.OpenBackup(ctx, b.ID); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("after a compaction: %v", err)
	}
	wantNoTemporary(t, s.dir)
}

func wantNoTemporary(t testing.TB, dir string) {
	t.Helper()
	if left, _ := filepath.Glob(filepath.Join(dir, "*"+temporarySuffix)); len(left) > 0 {
		t.Errorf("%v are left", left)
	}
}

func TestABackupThatNobodyReadsGoes(t *testing.T) {
	ctx := context.Background()
	s := openTest(t, t.TempDir(), Options{BackupKeep: time.Nanosecond})
	b, err := s.Backup(ctx, store.BackupOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if other, err := s.OpenBackup(ctx, b.ID); err != nil {
		t.Error(err)
	} else if err := other.Close(); err != nil {
		t.Error(err)
	}
	if _, err := b.Read(make([]byte, 10)); err != nil {
		t.Errorf("while it is read it stays: %v", err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	for { // until the timer has come
		again, err := s.OpenBackup(ctx, b.ID)
		if errors.Is(err, store.ErrNotFound) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		_ = again.Close()
	}
	wantNoTemporary(t, s.dir)
}

func TestABackupThatIsStoppedLeavesNothing(t *testing.T) {
	s := openTest(t, t.TempDir(), Options{})
	writeSome(t, s, 20)
	ctx, cancel := context.WithCancel(context.Background())
	_, err := s.Backup(ctx, store.BackupOptions{Progress: func(_, total int64) {
		if total <= 0 {
			t.Errorf("of %d bytes", total)
		}
		cancel()
	}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	wantNoTemporary(t, s.dir)
	if _, err := s.Append(context.Background(), "shop", []scoring.Event{testEvent("late", 1)}); err != nil {
		t.Error(err)
	}
	if name := backUp(t, s); !strings.HasSuffix(name, "backup") {
		t.Error(name)
	}
}

// TestAClosedStoreEndsItsBackups closes while one is read, and finds no rest of it.
func TestAClosedStoreEndsItsBackups(t *testing.T) {
	dir := t.TempDir()
	s := openTest(t, dir, Options{})
	writeSome(t, s, 20)
	b, err := s.Backup(context.Background(), store.BackupOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Read(make([]byte, 10)); err == nil {
		t.Error("read from a closed store")
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	if _, err := s.Backup(context.Background(), store.BackupOptions{}); !errors.Is(err, store.ErrClosed) {
		t.Errorf("error %v", err)
	}
	wantNoTemporary(t, dir)
}

// TestACommitDoesNotWaitForABackup writes past many sizes at which bbolt by itself would
// map a file anew, while the transactions of a backup are open. It would wait for ever.
func TestACommitDoesNotWaitForABackup(t *testing.T) {
	ctx := context.Background()
	s := openTest(t, t.TempDir(), Options{})
	writeSome(t, s, 10)
	before, err := s.journal.size()
	if err != nil {
		t.Fatal(err)
	}
	state, journal, err := s.atOneMoment()
	if err != nil {
		t.Fatal(err)
	}
	for n := range 20 {
		var events []scoring.Event
		for k := range 500 {
			events = append(events, tellingEvent(fmt.Sprintf("v%d-%d", n, k), "mark", n))
			events[k].ID = scoring.EventID(fmt.Sprintf("e%d-%d", n, k))
		}
		if _, err := s.Append(ctx, "shop", events); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.checkpointer.checkpoint(false); err != nil {
		t.Fatal(err)
	}
	if after, err := s.journal.size(); err != nil || after < 16*before {
		t.Errorf("the journal grew from %d to %d bytes, %v: that shows nothing", before, after, err)
	}
	for _, tx := range []*bolt.Tx{state, journal} {
		if err := tx.Rollback(); err != nil {
			t.Error(err)
		}
	}
}

// TestAKilledBackupLeavesNothing opens a folder with the rest of one.
func TestAKilledBackupLeavesNothing(t *testing.T) {
	dir := smallFolder(t)
	if err := os.WriteFile(filepath.Join(dir, backupPrefix+"abc"+temporarySuffix), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	openTest(t, dir, Options{})
	wantNoTemporary(t, dir)
}
