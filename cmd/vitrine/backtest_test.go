package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vitrine-io/vitrine/cmd/vitrine/backtest"
	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/server/config"
)

// backtestLog is a log that can be learned: of 40 products, 2k leads to 2k+1.
func backtestLog() (train, test string) {
	var a, b strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&a, "p%d p%d\n", i*7%20*2, i*7%20*2+1)
	}
	for i := range 20 {
		fmt.Fprintf(&b, "p%d\tp%d\n", 2*i, 2*i+1)
	}
	return a.String(), b.String()
}

func TestBacktest(t *testing.T) {
	train, test := backtestLog()
	args := []string{"--train", text(t, "train.txt", train), "--test", text(t, "test.txt", test)}
	for _, more := range [][]string{nil, {"--online"}} {
		out, errs, err := runCommand(t, "", newBacktestCommand, append(append(args, "--json"), more...)...)
		if err != nil {
			t.Fatalf("%v\n%s", err, errs)
		}
		var r backtest.Result
		if err := json.Unmarshal([]byte(out), &r); err != nil {
			t.Fatal(err)
		}
		// Chance would be 20 of 40; the pair is what every session has in common.
		if r.All.HR.Value < 99 || r.All.MRR.Value < 45 || r.TrainEvents != 4000 || r.Products != 40 || r.Decisions != 20 || r.Unfilled != 0 {
			t.Errorf("%v: got %+v", more, r)
		}
	}
	out, _, err := runCommand(t, "", newBacktestCommand, append(args, "--sample", "5")...)
	if err != nil || !strings.Contains(out, "floor: popular in session") || !strings.Contains(out, "5 sessions, 5 decisions, models frozen") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestBacktestCompare(t *testing.T) {
	train, test := backtestLog()
	trainFile, testFile := text(t, "train.txt", train), text(t, "test.txt", test)
	run := func(name string, more ...string) string {
		out, errs, err := runCommand(t, "", newBacktestCommand, append([]string{"--train", trainFile, "--test", testFile, "--json"}, more...)...)
		if err != nil {
			t.Fatalf("%v\n%s", err, errs)
		}
		return text(t, name, out)
	}
	// The second run learns from what leads elsewhere, too.
	wrong := text(t, "wrong.txt", strings.Repeat("p0 p39\np38 p1\n", 50)+"p1 p2 p3 p4 p5 p6 p7 p8 p9\n")
	a, b := run("a.json"), run("b.json", "--train", wrong)
	other, short := run("other.json", "--sample", "3"), run("short.json", "--k", "5")
	out, errs, err := runCommand(t, "", newBacktestCommand, "compare", a, b)
	for _, want := range []string{"HR@20", "B - A", "new to the session", "products before it", "20 sessions, 20 targets: B is better in"} {
		if err != nil || !strings.Contains(out, want) {
			t.Errorf("%q is missing: %v\n%s%s", want, err, out, errs)
		}
	}
	out, _, err = runCommand(t, "", newBacktestCommand, "compare", a, a, "--json")
	var c backtest.Comparison
	if json.Unmarshal([]byte(out), &c) != nil || err != nil || c.Same != 100 || len(c.Measures) != 3 {
		t.Errorf("%v\n%s", err, out)
	}
	for want, args := range map[string][]string{
		"different sessions":                  {a, other},
		"give both the same --k":              {a, short},
		"is not what vitrine backtest --json": {a, trainFile},
		"holds no ranks":                      {a, text(t, "old.json", "{}")},
		"no such file":                        {a, "no-such.json"},
		"can't both be stdin":                 {"-", "-"},
	} {
		if _, _, err := runCommand(t, "", newBacktestCommand, append([]string{"compare"}, args...)...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// The frontier has the ranking as shipped first, and a line for every step from it.
func TestBacktestFrontier(t *testing.T) {
	train, test := backtestLog()
	args := []string{"frontier", "--train", text(t, "train.txt", train), "--test", text(t, "test.txt", test), "--sample", "5"}
	out, errs, err := runCommand(t, "", newBacktestCommand, args...)
	for _, want := range []string{"as shipped", "candidates 200", "hop_width 0", "candidates 30 hop_width 3 sessions 50", "100 %"} {
		if err != nil || !strings.Contains(out, want) {
			t.Errorf("%q is missing: %v\n%s%s", want, err, out, errs)
		}
	}
	out, errs, err = runCommand(t, `{"ranking": {"parameters": {"hop_width": 1}}}`, newBacktestCommand, append(args, "--rules", "-", "--json")...)
	var points []frontierPoint
	if err != nil || json.Unmarshal([]byte(out), &points) != nil || len(points) != len(frontierSteps()) || points[0].HR.Value < 99 || points[3].P50 <= 0 {
		t.Errorf("%v\n%s%s", err, out, errs)
	}
}

// Under other rules the placement shows other products, and two sets of rules are
// compared on what was learned once.
func TestBacktestUnderRules(t *testing.T) {
	train, test := backtestLog()
	args := []string{"--train", text(t, "train.txt", train), "--test", text(t, "test.txt", test), "--k", "3"}
	// Of 40 products the newest show none, since the log tells of no dates.
	fresh := text(t, "new.json", `{"strategy": "STRATEGY_NEW_FOR_YOU"}`)
	out, errs, err := runCommand(t, "", newBacktestCommand, append(args, "--rules", fresh, "--json")...)
	var r backtest.Result
	if err != nil || json.Unmarshal([]byte(out), &r) != nil || r.All.HR.Value != 0 || r.Unfilled != 20 {
		t.Errorf("%v\n%s%s", err, out, errs)
	}
	out, errs, err = runCommand(t, "", newBacktestCommand, append(args, "--against", fresh)...)
	for _, want := range []string{"A  the ranking as shipped", "B  " + fresh, "-100.00 to -100.00", "B is better in 0.0 % of the sessions, worse in 100.0 %"} {
		if err != nil || !strings.Contains(out, want) {
			t.Errorf("%q is missing: %v\n%s%s", want, err, out, errs)
		}
	}
	out, errs, err = runCommand(t, `{"diversity": "DIVERSITY_LEVEL_OFF"}`, newBacktestCommand, append(args, "--rules", fresh, "--against", "-", "--json")...)
	var both rulesCompared
	if err != nil || json.Unmarshal([]byte(out), &both) != nil || both.A.All.HR.Value != 0 || both.B.All.HR.Value < 99 || both.Comparison.Better != 100 {
		t.Errorf("%v\n%s%s", err, out, errs)
	}
	for want, more := range map[string][]string{
		"is no ProductRules as JSON":    {"--rules", text(t, "typo.json", `{"stratgy": "STRATEGY_SIMILAR"}`)},
		"no such file":                  {"--against", "no-such.json"},
		"leave --online":                {"--against", fresh, "--online"},
		"one file at most can be -":     {"--rules", "-", "--against", "-"},
		"no such feature: perhaps near": {"--rules", text(t, "feature.json", `{"ranking": {"weights": [{"feature": "nearr", "weights": [1]}]}}`)},
	} {
		if _, _, err := runCommand(t, "", newBacktestCommand, append(args, more...)...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func TestBacktestOfLastingVisitors(t *testing.T) {
	// 300 visitors who buy 2k, then 2k+1, then 2k+2; the last is held out.
	var lines strings.Builder
	for i := range 300 {
		p := i % 20 * 2
		fmt.Fprintf(&lines, "u%d p%d p%d p%d\n", i, p, p+1, (p+2)%40)
	}
	log := text(t, "log.txt", lines.String())
	for _, c := range []struct {
		args []string
		want []string
	}{
		{nil, []string{"floor: TIFU-KNN", "300 visitors, 300 decisions", "the last product of each, asked for by the visitor's id when the log had ended"}},
		{[]string{"--one-visit"}, []string{"each log played as one visit"}},
		{[]string{"--validation"}, []string{"300 events", "the last but one, the last left out"}},
		{[]string{"--online", "--sample", "5"}, []string{"5 decisions, models learning on", "in the order of time"}},
	} {
		out, errs, err := runCommand(t, "", newBacktestCommand, append([]string{"--train", log, "--holdout", "last-product", "--k", "10"}, c.args...)...)
		for _, want := range c.want {
			if err != nil || !strings.Contains(out, want) {
				t.Errorf("%v: %q is missing: %v\n%s%s", c.args, want, err, out, errs)
			}
		}
	}
	invoices := text(t, "invoices.csv", "who,when,what\nu,2026-01-01,a\nv,2026-01-02,a\nu,2026-01-03,b\nv,2026-01-04,a\nv,2026-01-05,a\n")
	mapping := text(t, "map.yaml", "events: {type: order_completed, visitor: \"{who}\", time: \"{when}\", item: {product: \"{what}\"}}\n")
	page := filepath.Join(t.TempDir(), "page.html")
	out, errs, err := runCommand(t, "", newBacktestCommand, "--train", invoices, "--log-mapping", mapping, "--holdout", "last-order", "--html", page)
	for _, want := range []string{"floor: own, most often", "bought before", "recall@20", "2 visitors, 2 decisions"} {
		if err != nil || !strings.Contains(out, want) {
			t.Errorf("%q is missing: %v\n%s%s", want, err, out, errs)
		}
	}
	if b, err := os.ReadFile(page); err != nil || !strings.Contains(string(b), "own, most often") {
		t.Errorf("%v\n%s", err, b)
	}
	for want, args := range map[string][]string{
		"go with --holdout last-product": {"--validation", "--holdout", "10%"},
		"leave --online out":             {"--one-visit", "--online", "--holdout", "last-product"},
		"--curve needs sessions":         {"--curve", "3", "--holdout", "last-product"},
		"whose clock follows the log":    {"--target", "x:1", "--online", "--holdout", "last-product"},
		"choose one":                     {"--log-mapping", mapping, "--format", "otto", "--holdout", "last-product"},
	} {
		if _, _, err := runCommand(t, "", newBacktestCommand, append([]string{"--train", log}, args...)...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: got %v, want %q", args, err, want)
		}
	}
}

func TestBacktestAblate(t *testing.T) {
	train, test := backtestLog()
	args := []string{"ablate", "--train", text(t, "train.txt", train), "--test", text(t, "test.txt", test)}
	out, errs, err := runCommand(t, "", newBacktestCommand, append(args, "--json")...)
	var r backtest.Ablated
	if err != nil || json.Unmarshal([]byte(out), &r) != nil {
		t.Fatalf("%v\n%s%s", err, out, errs)
	}
	found := map[string]backtest.Difference{}
	for _, v := range r.Variants {
		found[v.Group+" "+v.Name] = v.Measures[0]
	}
	// What goes with what is told by both co-visitation and neighbours, and not by
	// what the visitor looked at.
	for name, want := range map[string]bool{
		"without the source covisitation": true, "with one source alone neighbours": true, "with one source alone own": false,
		"without the features session neighbours": true,
	} {
		d, ok := found[name]
		if !ok || (d.B > 99) != want || d.A < 99 {
			t.Errorf("%s: %+v", name, d)
		}
	}
	if len(r.Whole.Slices) == 0 || r.Whole.All.HR.Value < 99 {
		t.Errorf("the whole is %+v", r.Whole.All)
	}
	for _, c := range []struct{ flag, want string }{
		{"--markdown", "| **without the source** |"},
		{"--sample=5", "5 sessions, 5 decisions, models frozen"},
	} {
		out, errs, err := runCommand(t, "", newBacktestCommand, append(args, c.flag)...)
		if err != nil || !strings.Contains(out, c.want) || !strings.Contains(out, "two hops") {
			t.Errorf("%v: %v\n%s%s", c.flag, err, out, errs)
		}
	}
	if _, _, err := runCommand(t, "", newBacktestCommand, append(args, "--json", "--markdown")...); err == nil || !strings.Contains(err.Error(), "choose one") {
		t.Errorf("got %v", err)
	}
}

func TestBacktestDrawsItsCurves(t *testing.T) {
	train, test := backtestLog()
	page := filepath.Join(t.TempDir(), "page.html")
	out, errs, err := runCommand(t, "", newBacktestCommand, "--train", text(t, "train.txt", train),
		"--test", text(t, "test.txt", strings.Repeat(test, 20)), "--online", "--curve", "3", "--html", page)
	for _, want := range []string{"HR@20 on a sample of the test while train is learned", "4,000 train events", "HR@20 over the course of the test, learning on", "400 test sessions", "█"} {
		if err != nil || !strings.Contains(out, want) {
			t.Errorf("%q is missing: %v\n%s%s", want, err, out, errs)
		}
	}
	b, err := os.ReadFile(page)
	if err != nil || strings.Count(string(b), "<svg") != 2 || !strings.Contains(string(b), "new to the session") {
		t.Errorf("%v\n%s", err, b)
	}
}

func TestBacktestWithACatalogueInAKeptFolder(t *testing.T) {
	train, test := backtestLog()
	var catalogue strings.Builder
	catalogue.WriteString("id,title\n")
	for i := range 40 {
		fmt.Fprintf(&catalogue, "p%d,Product %d\n", i, i)
	}
	args := []string{"--train", text(t, "train.txt", train), "--test", text(t, "test.txt", test),
		"--products", text(t, "products.csv", catalogue.String()), "--data-dir", t.TempDir()}
	out, errs, err := runCommand(t, "", newBacktestCommand, args...)
	if err != nil || !strings.Contains(out, "40 products") {
		t.Fatalf("%v\n%s%s", err, out, errs)
	}
	_, _, err = runCommand(t, "", newBacktestCommand, args...)
	if err == nil || !strings.Contains(err.Error(), "holds a backtest already: choose another --data-dir") {
		t.Errorf("a second time: %v", err)
	}
}

func TestBacktestAgainstARunningServer(t *testing.T) {
	train, test := backtestLog()
	a := &app{stderr: &bytes.Buffer{}}
	n, remove, err := a.startPrivate("", config.ClockSystem)
	if err != nil {
		t.Fatal(err)
	}
	defer remove()
	defer n.Close()
	out, errs, err := runCommand(t, "", newBacktestCommand,
		"--train", text(t, "train.txt", train), "--test", text(t, "test.txt", test), "--target", n.Addr())
	if err != nil {
		t.Fatalf("%v\n%s%s", err, out, errs)
	}
	r := remote{target: n.Addr()}
	conn, err := r.dial()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	left, err := pb.NewSiteServiceClient(conn).ListSites(t.Context(), &pb.ListSitesRequest{})
	if err != nil || len(left.GetSites()) != 0 {
		t.Errorf("the backtest's site is still there: %v, %v", left.GetSites(), err)
	}
}

// A log with carts and orders, split by time.
func TestBacktestHoldsOut(t *testing.T) {
	var log strings.Builder
	for i := range 400 { // 2k is viewed, then 2k+1, which is put into the cart and bought
		at := int64(1_659_304_800_000) + int64(i)*600_000
		a, b := i*7%20*2, i*7%20*2+1
		fmt.Fprintf(&log, `{"session":%d,"events":[{"aid":%d,"ts":%d,"type":"clicks"},{"aid":%d,"ts":%d,"type":"clicks"},{"aid":%d,"ts":%d,"type":"carts"},{"aid":%d,"ts":%d,"type":"orders"}]}`+"\n",
			i, a, at, b, at+1000, b, at+2000, b, at+3000)
	}
	path := text(t, "otto.jsonl", log.String())
	out, errs, err := runCommand(t, "", newBacktestCommand, "--train", path, "--holdout", "10%", "--k", "5")
	for _, want := range []string{"HR@5", "later carts: vitrine", "later orders: vitrine", "360 sessions, 1,440 events, 40 products", "40 sessions, 120 decisions"} {
		if err != nil || !strings.Contains(out, want) {
			t.Errorf("%q is missing: %v\n%s%s", want, err, out, errs)
		}
	}
	// 400 sessions of 10 minutes: in the last 5 hours, which end 3 s behind the
	// start of the last one, begin 30.
	out, errs, err = runCommand(t, "", newBacktestCommand, "--train", path, "--holdout", "5h", "--online")
	if err != nil || !strings.Contains(out, "30 sessions, 90 decisions, models learning on") {
		t.Errorf("%v\n%s%s", err, out, errs)
	}
}

func TestBacktestMistakes(t *testing.T) {
	file := text(t, "log.txt", "a b\n")
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "--train and --test are needed"},
		{[]string{"--train", file}, "or --train and --holdout"},
		{[]string{"--train", file, "--test", file, "--holdout", "1d"}, "choose one"},
		{[]string{"--train", file, "--holdout", "some"}, `--holdout "some": a time such as 1d`},
		{[]string{"--train", file, "--holdout", "1d"}, "tells no times"},
		{[]string{"--train", text(t, "bad.csv", "timestamp,visitorid,event,itemid,transactionid\n1,2,look,3,\n"), "--holdout", "1d"}, `bad.csv:2: event: "look" is none of`},
		{[]string{"--train", file, "--test", "no-such-file"}, "no such file"},
		{[]string{"--train", file, "--test", file, "--span", "soon"}, "--span"},
		{[]string{"--train", file, "--test", file, "--in-flight", "0"}, "--in-flight"},
		{[]string{"--train", file, "--test", file, "--curve", "61"}, "--curve 61: 0 to 60"},
		{[]string{"--train", file, "--test", file, "--html", "no/such/folder.html"}, "--html: open no/such/folder.html"},
		{[]string{"--train", file, "--test", file, "--k", "101"}, "--k 101: 1 to 100"},
		{[]string{"--train", file, "--test", file, "--target", "a:1", "--data-dir", "b"}, "choose one"},
		{[]string{"--train", file, "--test", file, "--mapping", file}, "--mapping goes with --products"},
		{[]string{"--train", file, "--test", file, "--format", "xml"}, "one of sessions, visitors, pairs, timed, events, retailrocket"},
		{[]string{"--train", text(t, "empty", ""), "--test", file}, "holds no session"},
		{[]string{"--train", file, "--test", file, "--target", "127.0.0.1:1"}, "no server answers"},
	} {
		_, _, err := runCommand(t, "", newBacktestCommand, c.args...)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: got %v, want %q", c.args, err, c.want)
		}
	}
}

func TestParseSpan(t *testing.T) {
	for text, hours := range map[string]float64{"150d": 3600, "36h": 36, "0.5d": 12, "90m": 1.5} {
		if got, err := parseSpan(text); err != nil || got.Hours() != hours {
			t.Errorf("%q: got %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "d", "150", "-1d", "1s", "1e9d", "NaNd"} {
		if got, err := parseSpan(text); err == nil {
			t.Errorf("%q: got %v, want an error", text, got)
		}
	}
}
