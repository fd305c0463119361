package backtest

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func files(t *testing.T, train, test string) Files {
	t.Helper()
	dir := t.TempDir()
	f := Files{Train: []string{filepath.Join(dir, "train")}, Test: []string{filepath.Join(dir, "test")}}
	for path, text := range map[string]string{f.Train[0]: train, f.Test[0]: test} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

// named spells a session out: "a b c" with its cuts.
func named(l *Log, s *Session) string {
	var ids []string
	for _, it := range s.Items {
		ids = append(ids, l.Products[it])
	}
	return strings.Join(ids, " ")
}

func TestRead(t *testing.T) {
	const train = "a b c\nd a\n"
	for _, c := range []struct {
		name, train, test string
		sessions          []string
		cuts              [][]int
	}{
		{
			"pairs", train, "a b c\td\na b\tc\na\tb\nb\ta\na b\td\n",
			// The last pair does not continue "b": it is a session of its own.
			[]string{"a b c d", "b a", "a b d"}, [][]int{{3, 2, 1}, {1}, {2}},
		},
		{
			"a pair that is a prefix of the one before, but with another target", train, "a b c\td\na b\ta\n",
			[]string{"a b c d", "a b a"}, [][]int{{3}, {2}},
		},
		{"sessions", train, "a b c\n\nd\nb c\n", []string{"a b c", "b c"}, [][]int{{2, 1}, {1}}},
		{
			"timed", "SessionId\tItemId\tTime\n7\tb\t1592337765.0\n7\ta\t1592337718.5\n", "item_id\tsession_id\ttime\nc\t9\t1592400100\nb\t9\t1592400000\na\t8\t1592390000\nb\t8\t1592390060\n",
			[]string{"a b", "b c"}, [][]int{{1}, {1}},
		},
		{
			"events", train,
			`{"type":"product_viewed","visitor":"u","time":"2026-03-01T12:00:00Z","product":"a"}
{"type":"product_viewed","visitor":"v","time":"2026-03-01T12:01:00Z","product":"b"}
{"type":"home_viewed","visitor":"u","time":"2026-03-01T12:02:00Z"}
{"type":"product_clicked","visitor":"u","time":"2026-03-01T12:29:00Z","product":"c"}
{"type":"product_viewed","visitor":"u","time":"2026-03-01T13:00:00Z","product":"d"}
{"type":"product_viewed","visitor":"u","time":"2026-03-01T13:01:00Z","product":"a"}
`,
			[]string{"a c", "d a"}, [][]int{{1}, {1}}, // 31 minutes lie between; "v" has one view
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, _, err := Read(files(t, c.train, c.test))
			if err != nil {
				t.Fatal(err)
			}
			if len(l.Test) != len(c.sessions) {
				t.Fatalf("got %d sessions, want %d", len(l.Test), len(c.sessions))
			}
			for i := range l.Test {
				s := &l.Test[i]
				if named(l, s) != c.sessions[i] || !slices.Equal(s.Cuts, c.cuts[i]) {
					t.Errorf("session %d: %s at %v, want %s at %v", i, named(l, s), s.Cuts, c.sessions[i], c.cuts[i])
				}
				if !slices.IsSorted(s.Times) || s.Times != nil && len(s.Times) != len(s.Items) {
					t.Errorf("session %d has the times %v", i, s.Times)
				}
			}
		})
	}
}

func TestBadLogs(t *testing.T) {
	for _, c := range []struct{ name, train, test, want string }{
		{"empty train", "", "a b\n", "train holds no session of product views"},
		{"empty test", "a b\n", "", "test holds no session of product views"},
		{"pairs as train", "a b\tc\n", "a b\tc\n", "holds test pairs"},
		{"nothing to predict", "a b\n", "a\nb\n", "every session of the test has one click"},
		{"two targets", "a b\n", "a\tb\na\tb c\n", "test:2: 1 ids, then 2 behind the tab"},
		{"a line without a target", "a b\n", "a\tb\na b\n", "test:2: no tab"},
		{"a tab among sessions", "a b\nc\td\n", "a b\n", "train:2: a tab in a line of sessions"},
		{"a bad id", "a b\nc/d e\n", "a b\n", `train:2: "c/d" is no product id`},
		{"invalid UTF-8", "a b\nc\xff\n", "a b\n", "train:2: invalid UTF-8"},
		{"a time that is none", "SessionId\tItemId\tTime\n1\ta\tNaN\n", "a b\n", `train:2: time "NaN"`},
		{"a row too short", "SessionId\tItemId\tTime\n1\ta\n", "a b\n", "train:2: 2 columns are too few"},
		{"an event out of order", `{"type":"product_viewed","visitor":"u","time":2e9,"product":"a"}` + "\n" +
			`{"type":"product_viewed","visitor":"u","time":1e9,"product":"a"}` + "\n", "a b\n", "train:2: earlier than the visitor's event before it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := Read(files(t, c.train, c.test))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	if _, _, err := Read(Files{Train: []string{"-"}, Test: []string{"-"}}); err == nil {
		t.Error("two files from stdin passed")
	}
}

func TestWarnings(t *testing.T) {
	long := strings.Repeat("a b c d e\nb c d e a\n", 20)
	for _, c := range []struct{ name, train, test, want string }{
		{"test stands in train", long, long, "40 of the 40 test sessions stand in train"},
		{"new products", "a b\n", "a z\n", "1 of the 3 products occur in test only"},
	} {
		_, warnings, err := Read(files(t, c.train, c.test))
		if err != nil || len(warnings) != 1 || !strings.Contains(warnings[0], c.want) {
			t.Errorf("%s: got %q, %v", c.name, warnings, err)
		}
	}
	f := files(t, "a b\n", "a b\n")
	f.Test = f.Train
	if _, warnings, err := Read(f); err != nil || len(warnings) != 1 || !strings.Contains(warnings[0], "the same file") {
		t.Errorf("got %q, %v", warnings, err)
	}
}

func TestSpread(t *testing.T) {
	end := time.Unix(1_700_000_000, 0)
	sessions := []Session{{Items: []item{1, 2}}, {Items: []item{3}}, {Items: []item{1, 2, 3}}, {Items: []item{1}}}
	spread(sessions, end, 4*time.Hour, 30*time.Second)
	// One session an hour, the last click of the last one at the end.
	want := [][]int{{-3*3600 - 30, -3 * 3600}, {-2 * 3600}, {-3660, -3630, -3600}, {0}}
	for i := range sessions {
		for j, at := range sessions[i].Times {
			if got := int(at/1000 - end.Unix()); got != want[i][j] {
				t.Errorf("session %d, click %d: at %d s, want %d", i, j, got, want[i][j])
			}
		}
	}
	if lastTime(sessions) != end.UnixMilli() {
		t.Error("the last click is not at the end")
	}
	shift(sessions, time.Minute)
	if lastTime(sessions) != end.Add(time.Minute).UnixMilli() {
		t.Error("shift did not shift")
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"a b\tc\na\tb\n", "a b\nc\n", "SessionId\tItemId\tTime\n1\ta\t1592337718\n", `{"type":"product_viewed","visitor":"u","time":1e9,"product":"a"}`} {
		f.Add(s)
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text string) {
		path := filepath.Join(dir, "test")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		l := newLog()
		sessions, err := l.readFiles(Files{}, []string{path}, true)
		if err == nil {
			sessions, err = toTest(sessions, path)
		}
		if err != nil {
			return
		}
		for _, s := range sessions {
			if len(s.Cuts) == 0 || s.Times != nil && (len(s.Times) != len(s.Items) || !slices.IsSorted(s.Times)) {
				t.Errorf("%q: %+v", text, s)
			}
			for _, n := range s.Cuts {
				if n < 1 || n >= len(s.Items) {
					t.Errorf("%q: a cut at %d of %d", text, n, len(s.Items))
				}
			}
		}
	})
}
