package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestAVisitorsOwnData carries a visitor from one shop to another, and has them
// forgotten in the first.
func TestAVisitorsOwnData(t *testing.T) {
	dir := t.TempDir()
	s := serve(t, dir)
	defer s.end(t, dir)
	vitrine := func(args ...string) string {
		t.Helper()
		code, out, errs := call(t, nil, append(args, "--target", s.addr)...)
		if code != exitOK {
			t.Fatalf("%v: exit code %d\n%s", args, code, errs)
		}
		return out
	}
	vitrine("sites", "create", "shop")
	vitrine("sites", "create", "other")
	for _, product := range []string{"p1", "p2"} {
		vitrine("track", "--site", "shop", "--visitor", "ada", "--consent", "granted", "view", product)
	}
	file := filepath.Join(t.TempDir(), "ada.jsonl")
	exported := vitrine("visitor", "export", "--site", "shop", "ada")
	if lines := strings.Count(exported, "\n"); lines != 3 || !strings.HasPrefix(exported, `{"profile":{`) {
		t.Errorf("exported %d lines, want the profile and two events:\n%s", lines, exported)
	}
	if err := os.WriteFile(file, []byte(exported), 0o600); err != nil {
		t.Fatal(err)
	}
	if out := vitrine("import", "events", file, "--site", "other", "--consent", "granted"); !strings.Contains(out, "2") {
		t.Errorf("imported: %s", out)
	}
	if out := vitrine("visitor", "show", "--site", "other", "ada"); !strings.Contains(out, "2 events") {
		t.Errorf("taken back: %s", out)
	}

	if code, _, errs := call(t, nil, "visitor", "erase", "--site", "shop", "ada", "--target", s.addr); code != exitUsage || !strings.Contains(errs, "--yes") {
		t.Errorf("unasked: exit code %d, %s", code, errs)
	}
	receipt := vitrine("visitor", "erase", "--site", "shop", "ada", "--yes")
	for _, want := range []string{"sites/shop/visitors/ada", "profiles", "events         2", "vitrine compact"} {
		if !strings.Contains(receipt, want) {
			t.Errorf("the receipt lacks %q:\n%s", want, receipt)
		}
	}
	if code, _, errs := call(t, nil, "visitor", "export", "--site", "shop", "ada", "--target", s.addr); code != exitFailure || !strings.Contains(errs, "not found") {
		t.Errorf("erased: exit code %d, %s", code, errs)
	}
	if out := vitrine("compact"); !strings.Contains(out, "bytes became") {
		t.Errorf("compacted: %s", out)
	}
}
