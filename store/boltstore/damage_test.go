package boltstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

// smallFolder makes a data folder with something of everything in it.
func smallFolder(t testing.TB) string {
	t.Helper()
	ctx := context.Background()
	dir := filepath.Join(t.TempDir(), "data")
	s, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	fillSmall(ctx, t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func fillSmall(ctx context.Context, t testing.TB, s *Store) {
	t.Helper()
	if _, err := s.CreateSite(ctx, scoring.Site{ID: "shop"}); err != nil {
		t.Fatal(err)
	}
	for v := range 40 {
		var events []scoring.Event
		for n := range 30 {
			events = append(events, testEvent(fmt.Sprint("v", v), n))
		}
		if _, err := s.Append(ctx, "shop", events); err != nil {
			t.Fatal(err)
		}
	}
	var products []scoring.Product
	for n := range 200 {
		products = append(products, scoring.Product{ID: scoring.ProductID(fmt.Sprint("p", n)), Title: strings.Repeat("title ", n%9)})
	}
	if _, err := s.PutProducts(ctx, "shop", products); err != nil {
		t.Fatal(err)
	}
	if _, err := s.PutPlacement(ctx, "shop", scoring.Placement{ID: "home", Count: 8}); err != nil {
		t.Fatal(err)
	}
	s.RecordDecision("shop", &scoring.Decision{ID: "d1", Time: time.Unix(1_770_000_000, 0)})
}

func copyFolder(t testing.TB, from string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return to
}

func TestATruncatedFileIsErrCorrupt(t *testing.T) {
	whole := smallFolder(t)
	for _, name := range []string{journalName, stateName} {
		info, err := os.Stat(filepath.Join(whole, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, size := range []int64{0, 1, 100, 4096, 8192, 12288, info.Size() / 2} {
			t.Run(fmt.Sprintf("%s to %d", name, size), func(t *testing.T) {
				dir := copyFolder(t, whole)
				path := filepath.Join(dir, name)
				if err := os.Truncate(path, size); err != nil {
					t.Fatal(err)
				}
				_, err := Open(dir, Options{})
				if !errors.Is(err, store.ErrCorrupt) {
					t.Fatalf("error %v", err)
				}
				if !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "restore it from a backup") {
					t.Errorf("the error should name the file and what to do: %v", err)
				}
			})
		}
	}
}

func TestAMissingFileIsErrCorrupt(t *testing.T) {
	for _, name := range []string{journalName, stateName} {
		dir := smallFolder(t)
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(dir, Options{}); !errors.Is(err, store.ErrCorrupt) {
			t.Errorf("without %s: %v", name, err)
		}
	}
}

func TestFilesOfTwoFoldersDoNotGoTogether(t *testing.T) {
	a, b := smallFolder(t), smallFolder(t)
	if err := os.Rename(filepath.Join(b, stateName), filepath.Join(a, stateName)); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(a, Options{}); !errors.Is(err, store.ErrCorrupt) {
		t.Errorf("error %v", err)
	}
}

// TestDamageNeverPanics overwrites parts of a file at random. The store must
// notice at opening or in its check, or be none the worse; it must not panic,
// hang or fault.
func TestDamageNeverPanics(t *testing.T) {
	ctx := context.Background()
	whole := smallFolder(t)
	rng := rand.New(rand.NewPCG(1, 2))
	noticed := 0
	const rounds = 120
	for round := range rounds {
		dir := copyFolder(t, whole)
		path := filepath.Join(dir, []string{journalName, stateName}[round%2])
		damageFile(t, rng, path)
		s, err := Open(dir, Options{})
		if err != nil {
			if !errors.Is(err, store.ErrCorrupt) && !errors.Is(err, store.ErrNewerFormat) {
				t.Errorf("round %d: opening failed with %v", round, err)
			}
			noticed++
			continue
		}
		if err := s.Check(ctx); err != nil {
			if !errors.Is(err, store.ErrCorrupt) && !errors.Is(err, store.ErrNewerFormat) {
				t.Errorf("round %d: check failed with %v", round, err)
			}
			noticed++
		}
		// Whatever comes of it: no panic.
		_, _ = s.Profile(ctx, "shop", "v3")
		_, _ = s.Append(ctx, "shop", []scoring.Event{testEvent("v3", 100), testEvent("new", 1)})
		_ = s.EachProduct(ctx, "shop", "", func(scoring.Product) bool { return true })
		_ = s.Close()
	}
	t.Logf("noticed %d of %d damages", noticed, rounds)
	if noticed < rounds/3 {
		t.Errorf("noticed only %d of %d damages", noticed, rounds)
	}
}

// damageFile overwrites a few bytes, a block, or a page by another.
func damageFile(t *testing.T, rng *rand.Rand, path string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	pages := len(b) / 4096
	switch rng.IntN(3) {
	case 0: // a few bytes, near the start of a page where its structure is
		page := rng.IntN(pages)
		for range 1 + rng.IntN(4) {
			b[page*4096+rng.IntN(160)] ^= byte(1 + rng.IntN(255))
		}
	case 1:
		at := rng.IntN(len(b))
		for i := at; i < min(len(b), at+1024); i++ {
			b[i] = byte(rng.Uint32())
		}
	case 2:
		from, to := rng.IntN(pages), rng.IntN(pages)
		copy(b[to*4096:(to+1)*4096], b[from*4096:(from+1)*4096])
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestADamagedSnapshotIsErrCorrupt(t *testing.T) {
	ctx := context.Background()
	dir := smallFolder(t)
	s := openTest(t, dir, Options{})
	text := strings.Repeat("what was learned ", 50_000)
	err := s.SaveSnapshot(ctx, "shop", "model", 7, func(w io.Writer) error {
		_, err := w.Write([]byte(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	path := s.snapshots.path(1, "model")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	read := func(r io.Reader) error {
		buf := make([]byte, 1000)
		for at := 0; ; {
			n, err := r.Read(buf)
			if at+n > len(text) || string(buf[:n]) != text[at:at+n] {
				t.Errorf("damaged bytes were handed out at %d", at)
			}
			at += n
			if err != nil {
				return nil //nolint:nilerr // as a careless reader would
			}
		}
	}
	for cut := 0; cut < len(whole); cut += 1 + len(whole)/40 {
		if err := os.WriteFile(path, whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := s.LoadSnapshot(ctx, "shop", "model", read); !errors.Is(err, store.ErrCorrupt) {
			t.Errorf("cut at %d: %v", cut, err)
		}
		flipped := append([]byte(nil), whole...)
		flipped[cut] ^= 1
		if err := os.WriteFile(path, flipped, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := s.LoadSnapshot(ctx, "shop", "model", read)
		if !errors.Is(err, store.ErrCorrupt) && !errors.Is(err, store.ErrNewerFormat) {
			t.Errorf("bit flipped at %d: %v", cut, err)
		}
		if err := s.Check(ctx); err == nil {
			t.Errorf("bit flipped at %d: the check found nothing", cut)
		}
	}
}

func TestASecondOpenerIsErrLocked(t *testing.T) {
	dir := t.TempDir()
	s := openTest(t, dir, Options{})
	start := time.Now()
	_, err := Open(dir, Options{})
	if !errors.Is(err, store.ErrLocked) {
		t.Errorf("error %v", err)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("it took %v to say so", took)
	}
	// And from another process.
	if os.Getenv("GOCOVERDIR") == "" {
		out, err := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestCrash$", "-crash.dir="+dir).CombinedOutput()
		if err == nil || !strings.Contains(string(out), store.ErrLocked.Error()) {
			t.Errorf("another process: %v\n%s", err, out)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	openTest(t, dir, Options{})
}
