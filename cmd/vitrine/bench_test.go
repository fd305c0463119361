package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/vitrine-io/vitrine/cmd/vitrine/bench"
)

// TestMain lets vitrine bench start the program again: in a test that is the
// test's own binary.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "bench" && os.Args[2] == "server" {
		//nolint:forbidigo // it is a main
		os.Exit(run(context.Background(), os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run()) //nolint:forbidigo // as testing has it
}

// tinyBench are flags of a run that takes next to no time.
var tinyBench = []string{
	"bench", "--products", "400", "--visitors", "40", "--creatives", "400", "--history", "3",
	"--duration", "10ms", "--in-flight", "2", "--load", "50%",
}

// unhurried has the server to measure refuse nothing, whatever else the machine does.
func unhurried(t *testing.T) { t.Setenv("VITRINE_LIMITS_MAX_WAIT", "1s") }

func TestBench(t *testing.T) {
	unhurried(t)
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	page := filepath.Join(t.TempDir(), "bench.html")
	code, stdout, stderr := call(t, nil, append(tinyBench, "--json", "--html", page)...)
	if code != exitOK {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	var r bench.Result
	decoder := json.NewDecoder(strings.NewReader(stdout))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&r); err != nil {
		t.Fatalf("%v in %s", err, stdout)
	}
	if r.Filled.Products != 400 || r.Filled.Creatives != 400 || r.Filled.Events < 80 || r.Memory == 0 || r.Interrupted || !r.HasEcho {
		t.Errorf("filled %+v, memory %d, interrupted %v, echo %v", r.Filled, r.Memory, r.Interrupted, r.HasEcho)
	}
	var names []string
	for _, l := range r.Loads {
		names = append(names, l.Name)
		if l.Ceiling.Ours.Calls == 0 || l.Ceiling.Echo.Calls == 0 || l.Ceiling.OfEcho <= 0 || len(l.Rates) != 1 {
			t.Errorf("%s: %+v and %d rates", l.Name, l.Ceiling, len(l.Rates))
		}
		if n := l.Ceiling.Ours.Failed() + l.Ceiling.Echo.Failed(); n > 0 {
			t.Errorf("%s: failed %v, echo %v", l.Name, l.Ceiling.Ours.Errors, l.Ceiling.Echo.Errors)
		}
	}
	if !slices.Equal(names, bench.LoadNames) {
		t.Errorf("measured %v, want %v", names, bench.LoadNames)
	}
	html, err := os.ReadFile(page)
	if err != nil || !strings.Contains(string(html), "<svg") || strings.Contains(string(html), "src=") {
		t.Errorf("the page has %d bytes, %v: want curves, and nothing from elsewhere", len(html), err)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// The shop of one run serves the next; another shop is told apart.
func TestBenchKeepsItsFolder(t *testing.T) {
	unhurried(t)
	args := append(slices.Clone(tinyBench), "--only", "page", "--load", "", "--rates", "50", "--data-dir", t.TempDir())
	code, first, stderr := call(t, nil, args...)
	if code != exitOK || !strings.Contains(first, "filled in") || !strings.Contains(first, "At a rate") {
		t.Fatalf("exit %d: %s%s", code, first, stderr)
	}
	code, again, stderr := call(t, nil, args...)
	if code != exitOK || strings.Contains(again, "filled in") {
		t.Errorf("exit %d: %s%s", code, again, stderr)
	}
	code, _, stderr = call(t, nil, append(args, "--seed", "2")...)
	if code != exitFailure || !strings.Contains(stderr, "another shop") {
		t.Errorf("exit %d: %s", code, stderr)
	}
}

func TestBenchOfARunningServer(t *testing.T) {
	dir := t.TempDir()
	s := serve(t, dir, "--limits-max-wait", "1s")
	defer s.end(t, dir)
	code, stdout, stderr := call(t, nil, append(tinyBench, "--only", "track", "--target", s.addr)...)
	if code != exitOK || !strings.Contains(stdout, "without an echo") || !strings.Contains(stdout, "track, events") {
		t.Errorf("exit %d: %s%s", code, stdout, stderr)
	}
}

func TestBenchOverload(t *testing.T) {
	unhurried(t)
	code, stdout, stderr := call(t, nil, append(tinyBench, "--overload", "2", "--deadline", "10s", "--json")...)
	var r bench.Result
	if err := json.Unmarshal([]byte(stdout), &r); code != exitOK || err != nil {
		t.Fatalf("exit %d, %v: %s", code, err, stderr)
	}
	if r.Overload == nil || len(r.Overload.Steps) != 2 || r.Overload.Ceiling.Calls == 0 || len(r.Loads) > 0 {
		t.Errorf("got %+v", r.Overload)
	}
}

// cutter is standard error that ends the run with the first line of progress.
type cutter struct {
	bytes.Buffer
	cut context.CancelFunc
}

func (c *cutter) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte("products")) {
		c.cut()
	}
	return c.Buffer.Write(p)
}

func TestBenchInterrupted(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var stdout bytes.Buffer
	stderr := &cutter{cut: cancel}
	code := run(ctx, append(tinyBench, "--duration", "1h"), nil, strings.NewReader(""), &stdout, stderr)
	if code != exitOK || !strings.Contains(stdout.String(), "interrupted: this is what was measured") {
		t.Errorf("exit %d: %s%s", code, stdout.String(), stderr.String())
	}
}

func TestBenchRefusesWrongFlags(t *testing.T) {
	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{"--products", "5", "--visitors", "0"}, []string{"--products 5: 100 to 9,999,999", "--visitors 0"}},
		{[]string{"--only", "page,pages"}, []string{`--only "pages": some of page, creative`}},
		{[]string{"--load", "50%,0%"}, []string{`--load "0%"`}},
		{[]string{"--rates", "100,-1"}, []string{"--rates -1"}},
		{[]string{"--skew", "NaN"}, []string{"--skew NaN: 0 to 3"}},
		{[]string{"--duration", "1ms", "--deadline", "0s"}, []string{"--duration 1ms", "--deadline 0s"}},
		{[]string{"--in-flight", "0"}, []string{"--in-flight 0: 1 to 1,024"}},
		{[]string{"--overload", "1"}, []string{"--overload 1: above 1"}},
		{[]string{"--target", "localhost:1", "--data-dir", "x"}, []string{"--target measures"}},
		{[]string{"--echo"}, []string{"--echo goes with --target"}},
		{[]string{"--creatives", "0"}, []string{"--creatives 0: leave creative"}},
		{[]string{"--creatives", "20"}, []string{"400 and more"}},
	} {
		code, _, stderr := call(t, nil, append([]string{"bench"}, c.args...)...)
		if code != exitUsage {
			t.Errorf("%v: exit %d, want %d", c.args, code, exitUsage)
		}
		for _, want := range c.want {
			if !strings.Contains(stderr, want) {
				t.Errorf("%v: %q does not say %q", c.args, stderr, want)
			}
		}
	}
}
