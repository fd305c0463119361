package main

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/vitrine-io/vitrine/cmd/vitrine/banditlog"
	"github.com/vitrine-io/vitrine/scoring/offpolicy"
)

// headlineTests are 20 tests of four creatives, one of which is clicked twice as often.
func headlineTests() string {
	var b strings.Builder
	b.WriteString("clickability_test_id,headline,impressions,clicks,test_week,eyecatcher_id\n")
	for i := range 20 {
		for k := range 4 {
			clicks := 60
			if k == i%4 {
				clicks = 120
			}
			fmt.Fprintf(&b, "t%02d,\"Headline %d, really\",1000,%d,2013%02d,e%d\n", i, k, clicks, i+10, i)
		}
	}
	return b.String()
}

func TestBacktestCreativesReplaysTests(t *testing.T) {
	file := text(t, "packages.csv", headlineTests())
	out, errs, err := runCommand(t, "", newBacktestCommand, "creatives", file, "--runs", "4", "--json")
	if err != nil {
		t.Fatalf("%v\n%s", err, errs)
	}
	var r banditlog.Result
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	if r.Format != "upworthy" || r.Replayed.Tests != 20 || r.Replayed.Creatives != 80 || r.Replayed.Impressions != 80_000 {
		t.Fatalf("got %s, %+v", r.Format, r.Replayed)
	}
	fared := map[string]banditlog.Fared{}
	for _, p := range r.Replayed.Policies {
		fared[p.Policy] = p
	}
	// The rates are 6 and 12 %, drawn a little to the mean of 7.5 %: uniform brings
	// 7.5 %, and the best nearly 12.
	if u, b := fared["uniform"].Rate.Value, fared["best creative"].Rate.Value; math.Abs(u-7.5) > 0.01 || b < 11.5 || b > 12 {
		t.Errorf("uniform %.2f, best %.2f", u, b)
	}
	ours := fared[banditlog.Ours]
	if ours.Way.Value < 60 || ours.Way.Low >= ours.Way.Value || ours.Rate.Value < fared["UCB1"].Rate.Value {
		t.Errorf("ours %+v, UCB1 %+v", ours, fared["UCB1"])
	}
	again, _, _ := runCommand(t, "", newBacktestCommand, "creatives", file, "--runs", "4", "--json")
	if again != out {
		t.Error("the same file, flags and seed gave other figures")
	}
	out, _, err = runCommand(t, headlineTests(), newBacktestCommand, "creatives", "-", "--runs", "2", "--sample", "5")
	for _, want := range []string{"Beta Thompson sampling", "of the way", "5 tests, 20 creatives, 20,000 impressions, played 2 times"} {
		if err != nil || !strings.Contains(out, want) {
			t.Errorf("%q is missing: %v\n%s", want, err, out)
		}
	}
}

// Mail A brings phone customers to the shop, and mail B the others.
func TestBacktestCreativesLearnsFromMails(t *testing.T) {
	var b strings.Builder
	b.WriteString("recency,history_segment,history,mens,womens,zip_code,newbie,channel,segment,visit,conversion,spend\n")
	for i := range 2400 {
		channel, mail := []string{"Phone", "Web"}[i/2%2], []string{"A", "B"}[i%2]
		visit := 0
		if of := i / 4 % 10; of < 2 || of < 5 && (channel == "Phone") == (mail == "A") {
			visit = 1
		}
		fmt.Fprintf(&b, "1,1) $0 - $100,29.99,1,0,Urban,0,%s,%s,%d,%d,%d\n", channel, mail, visit, visit, 10*visit)
	}
	file := text(t, "mails.csv", b.String())
	out, errs, err := runCommand(t, "", newBacktestCommand, "creatives", file, "--json")
	if err != nil {
		t.Fatalf("%v\n%s", err, errs)
	}
	var r banditlog.Result
	if err := json.Unmarshal([]byte(out), &r); err != nil || len(r.Learned) != 3 {
		t.Fatalf("%v\n%s", err, out)
	}
	// Either mail alone brings (0.5 + 0.2) / 2, the right one to each 0.5.
	visit := r.Learned[0]
	if visit.Objective != "visit" || math.Abs(visit.Single.A.SNIPS.Value-0.35) > 0.02 || math.Abs(visit.Single.B.SNIPS.Value-0.5) > 0.02 || visit.Single.Verdict != offpolicy.Better {
		t.Errorf("got %+v", visit)
	}
	out, _, err = runCommand(t, "", newBacktestCommand, "creatives", file)
	for _, want := range []string{"spend", "vitrine beyond the best single creative: +0.1", "better", "for each of 2,400 customers"} {
		if err != nil || !strings.Contains(out, want) {
			t.Errorf("%q is missing: %v\n%s", want, err, out)
		}
	}
}

// A log of few clicks can't rank policies, and a long one can.
func TestBacktestCreativesSaysWhetherALogCanTell(t *testing.T) {
	// Item a is clicked every tenth time and item b every fiftieth; one log shows both
	// alike, the other nine times out of ten a.
	log := func(rows int, often float64) string {
		var b strings.Builder
		b.WriteString(",timestamp,item_id,position,click,propensity_score\n")
		var shown [2]int
		for i := range rows {
			k := 1
			if float64(shown[0]) <= often*float64(i) {
				k = 0
			}
			shown[k]++
			click := 0
			if shown[k]%[]int{10, 50}[k] == 0 {
				click = 1
			}
			fmt.Fprintf(&b, "%d,2019-11-24,%c,1,%d,%g\n", i, 'a'+k, click, []float64{often, 1 - often}[k])
		}
		return b.String()
	}
	for rows, want := range map[int]string{300: "too thin to rank them: too few choices count", 8_000: "better"} {
		random, greedy := text(t, "random.csv", log(rows, 0.5)), text(t, "greedy.csv", log(rows, 0.9))
		out, errs, err := runCommand(t, "", newBacktestCommand, "creatives", random, greedy, "--json")
		var r banditlog.Result
		if err != nil || json.Unmarshal([]byte(out), &r) != nil {
			t.Fatalf("%v\n%s", err, errs)
		}
		on := r.Logs[0]
		if on.Verdict != want || on.Rows != rows {
			t.Errorf("%d rows: %+v", rows, on)
		}
		// 0.9 x 10 % + 0.1 x 2 % = 9.2 %, as its own log says.
		if rows == 20_000 && (math.Abs(on.Comparison.B.SNIPS.Value-0.092) > 0.005 || math.Abs(on.OnPolicy.Value-0.092) > 0.002) {
			t.Errorf("got %+v", on)
		}
		out, _, err = runCommand(t, "", newBacktestCommand, "creatives", random, greedy)
		if err != nil || !strings.Contains(out, "the same on its own log") || strings.Contains(out, "To tell a tenth") != (rows == 300) {
			t.Errorf("%v\n%s", err, out)
		}
	}
}

func TestBacktestCreativesRefuses(t *testing.T) {
	tests := text(t, "packages.csv", headlineTests())
	head := "clickability_test_id,headline,impressions,clicks,test_week,eyecatcher_id\n"
	for want, args := range map[string][]string{
		"no known log of creatives":     {text(t, "other.csv", "a,b\n1,2\n")},
		"has no rows":                   {text(t, "empty.csv", head)},
		"clicks: \"9\" is no number":    {text(t, "more.csv", head+"t,h,5,9,1,e\n")},
		"no test of two creatives":      {text(t, "one.csv", head+"t,h,5,1,1,e\n")},
		"one file of tests at a time":   {tests, tests},
		"two logs are wanted":           {text(t, "log.csv", "item_id,position,click,propensity_score\na,1,0,0.5\n")},
		"propensity_score: \"0\" is no": {text(t, "log0.csv", "item_id,position,click,propensity_score\na,1,0,0\n"), text(t, "log1.csv", "item_id,position,click,propensity_score\na,1,0,0.5\n")},
		"one segment only":              {text(t, "seg.csv", "segment,visit,conversion,spend\nA,0,0,0\n")},
		"no such file":                  {"no-such.csv"},
		"--runs 1":                      {tests, "--runs", "1"},
		"--scale 0":                     {tests, "--scale", "0"},
		"--floor 2":                     {tests, "--floor", "2"},
		"one file at most can be -":     {"-", "-"},
		"is upworthy, but":              {tests, text(t, "other2.csv", "a,b\n1,2\n")},
		"3 fields where the first row":  {text(t, "short.csv", head+"t,h,5\n")},
	} {
		_, _, err := runCommand(t, "", newBacktestCommand, append([]string{"creatives"}, args...)...)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
