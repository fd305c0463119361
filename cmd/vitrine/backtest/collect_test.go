package backtest

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// spelled writes the sessions as "a +b $c": viewed, put into the cart, ordered.
func spelled(l *Log, sessions []Session) string {
	var all []string
	for i := range sessions {
		var one []string
		for at, it := range sessions[i].Items {
			one = append(one, map[kind]string{viewed: "", added: "+", ordered: "$", refunded: "-"}[sessions[i].kind(at)]+l.Products[it])
		}
		all = append(all, strings.Join(one, " "))
	}
	return strings.Join(all, "; ")
}

func known(name string) string { return filepath.Join("..", "records", "testdata", "logs", name) }

func TestKnownLogs(t *testing.T) {
	for _, c := range []struct {
		paths []string
		want  string
	}{
		// The visitor's things 30 minutes apart make two sessions: 05:03 and 05:33.
		{[]string{"retailrocket.csv"}, "3550 +3550; 2480; $3550 $4200"},
		{[]string{"diginetica.csv"}, "8165 1240; 6501"},
		{[]string{"yoochoose-clicks.dat", "yoochoose-buys.dat"}, "21453650 21453600 $21453600 $21453650; 21466211"},
		{[]string{"otto.jsonl"}, "151 +152 $152 $153; 151"},
		{[]string{"google-retail.jsonl"}, "P105 +P105 $P105"},
		{[]string{"segment.jsonl"}, "P105; $P105"},
	} {
		l := newLog()
		var paths []string
		for _, p := range c.paths {
			paths = append(paths, known(p))
		}
		sessions, err := l.readFiles(Files{}, paths, false)
		if err != nil || spelled(l, sessions) != c.want {
			t.Errorf("%v: got %s, want %s (%v)", c.paths, spelled(l, sessions), c.want, err)
		}
	}
}

func TestMixedFilesAreRefused(t *testing.T) {
	f := files(t, "a b\n", "SessionId\tItemId\tTime\n7\tb\t1592337765\n")
	for want, paths := range map[string][]string{
		"some hold events and some sessions": {f.Train[0], known("otto.jsonl")},
		"some tell times and some do not":    {f.Train[0], f.Test[0]},
		"is named twice":                     {f.Train[0], f.Train[0]},
	} {
		if _, _, err := Read(Files{Train: paths, Test: f.Test}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: got %v, want %q", paths, err, want)
		}
	}
}

func TestParseHoldout(t *testing.T) {
	for text, want := range map[string]Holdout{
		"1d": {Last: 24 * time.Hour}, "36h": {Last: 36 * time.Hour}, "10%": {Share: 0.1}, "": {},
	} {
		if got, err := ParseHoldout(text); err != nil || got != want {
			t.Errorf("%q: got %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"0", "0%", "100%", "-1d", "NaN%", "NaNd", "1e300d", "day", "%"} {
		if got, err := ParseHoldout(text); err == nil {
			t.Errorf("%q: got %+v", text, got)
		}
	}
}

func TestHoldout(t *testing.T) {
	hour := func(n int) int64 { return int64(n) * time.Hour.Milliseconds() }
	timed := func() []Session {
		return []Session{
			{Items: []item{1, 2}, Times: []int64{hour(0), hour(1)}},
			{Items: []item{3, 4, 5}, Times: []int64{hour(2), hour(7), hour(9)}, Kinds: []kind{viewed, viewed, added}},
			{Items: []item{6, 7}, Times: []int64{hour(7), hour(8)}},
			{Items: []item{8, 9}, Times: []int64{hour(9), hour(10)}},
		}
	}
	show := func(s []Session) (out string) {
		for i := range s {
			out += fmt.Sprint(s[i].Items)
		}
		return out
	}
	for _, c := range []struct {
		h           Holdout
		train, test string
	}{
		// The log ends at 10: the last 4 hours begin behind 6, the test at 7, and
		// the second session is cut off there.
		{Holdout{Last: 4 * time.Hour}, "[1 2][3]", "[6 7][8 9]"},
		{Holdout{Share: 0.25}, "[1 2][3 4][6 7]", "[8 9]"}, // 5 was put into the cart at 9, when the test begins
		{Holdout{Share: 0.01}, "[1 2][3 4][6 7]", "[8 9]"},
	} {
		train, test, err := c.h.split(timed())
		if err != nil || show(train) != c.train || show(test) != c.test {
			t.Errorf("%+v: got %s and %s, %v", c.h, show(train), show(test), err)
		}
	}
	for want, h := range map[string]Holdout{"leaves 0 of 4 sessions to learn from": {Last: 100 * time.Hour}} {
		if _, _, err := h.split(timed()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	bare := []Session{{Items: []item{1, 2}}, {Items: []item{3, 4}}}
	if _, _, err := (Holdout{Last: time.Hour}).split(bare); err == nil || !strings.Contains(err.Error(), "--holdout 10%") {
		t.Errorf("a time without times: %v", err)
	}
	if train, test, err := (Holdout{Share: 0.5}).split(bare); err != nil || len(train) != 1 || len(test) != 1 {
		t.Errorf("got %v, %v, %v", train, test, err)
	}
}
