package bench

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// fullResult has everything in it that a result can have.
func fullResult() *Result {
	point := func(perSecond, p50 float64) *Point {
		return &Point{
			PerSecond: perSecond, Calls: int64(2 * perSecond), Seconds: 2, Lag: 0.2, SentP99: 3.9 * p50, CPU: 150,
			Latency: Latency{P50: p50, P90: 2 * p50, P99: 4 * p50, P999: 10 * p50, Max: 20 * p50},
			Curve:   [][2]float64{{10, p50 / 2}, {50, p50}, {90, 2 * p50}, {99, 4 * p50}, {99.9, 10 * p50}},
			Errors:  map[string]int64{},
		}
	}
	full := point(6000, 10)
	full.Errors, full.Behind, full.CatchUp = map[string]int64{"DEADLINE_EXCEEDED": 3}, 1200, 0.5
	load := &LoadResult{
		Name: LoadTrack, Title: "TrackEvent, durable", Unit: "events", RequestBytes: 100, AnswerBytes: 2,
		Ceiling: &Pair{Ours: full, Echo: point(20_000, 3), OfEcho: 0.3}, Rates: []*Rated{},
	}
	for _, share := range []float64{0.25, 0.5, 0.9} {
		load.Rates = append(load.Rates, &Rated{
			Offered: 6000 * share, OfCeiling: share, Pair: Pair{Ours: point(6000*share, 0.5/(1-share)), Echo: point(6000*share, 0.2), OfEcho: 1},
		})
	}
	refused := point(5600, 9)
	refused.Errors["RESOURCE_EXHAUSTED"] = 44_800
	return &Result{
		Started: noon, System: "linux/amd64", CPUs: 2, Sizes: smallShop(1).Sizes, Seed: 1, InFlight: 64, Duration: 2, HasEcho: true,
		Filled: Filled{Products: 1000, Creatives: 400, Events: 1210, Seconds: 1.5}, Memory: 100 << 20,
		Loads: []*LoadResult{load},
		Overload: &Overload{Deadline: 100, Ceiling: point(6000, 10), Steps: []*OverloadRun{
			{Times: 1, Offered: 6000, Goodput: 1, Point: point(6000, 8)},
			{Times: 5, Offered: 28_000, Goodput: 0.93, Refused: 0.8, Point: refused},
		}},
	}
}

// Programs read the JSON: a name that changes breaks them.
func TestTheJSONOfAResult(t *testing.T) {
	got, err := json.MarshalIndent(fullResult(), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	const golden = "testdata/result.golden.json"
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("differs from %s; review with -update and git diff\n%s", golden, got)
	}
}

func TestThePage(t *testing.T) {
	var b strings.Builder
	if err := fullResult().WriteHTML(&b); err != nil {
		t.Fatal(err)
	}
	html := b.String()
	for _, want := range []string{
		"TrackEvent, durable", "90 % of the ceiling", "echo at the rate of 90 %", "99 % within 20.0 ms", // 4 x 0.5 / (1 - 0.9)
		"Overload", "80 %", "Pages in time, a second",
	} {
		if !strings.Contains(html, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if n := strings.Count(html, "<figure>"); n != 4 {
		t.Errorf("%d drawings, want two of the load and two of the overload", n)
	}
	if found := regexp.MustCompile(`(src|href)=|url\(|@import|<script|NaN|Inf`).FindString(html); found != "" {
		t.Errorf("the page has %q in it", found)
	}
	for _, xy := range regexp.MustCompile(`c[xy]="(-[^"]*)"`).FindAllString(html, -1) {
		t.Errorf("a point lies outside of its drawing: %s", xy)
	}
}

// A run that was cut short has a page, too.
func TestThePageOfNothing(t *testing.T) {
	var b strings.Builder
	if err := (&Result{Interrupted: true}).WriteHTML(&b); err != nil || !strings.Contains(b.String(), "Interrupted") {
		t.Errorf("%v: %s", err, b.String())
	}
	b.Reset()
	empty := newTally().point(1)
	r := &Result{Loads: []*LoadResult{{Name: LoadPage, Ceiling: &Pair{Ours: empty}, Rates: []*Rated{{Pair: Pair{Ours: empty}}}}}}
	if err := r.WriteHTML(&b); err != nil || strings.Contains(b.String(), "NaN") {
		t.Errorf("%v: %s", err, b.String())
	}
}

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   string
	}{
		{[]float64{0.3, 4}, "0.2 0.5 1 2 5"},
		{[]float64{0.5, 30}, "0.5 1 2 5 10 20 50"},
		{[]float64{0.3, 4000}, "1 10 100 1000"},
		{[]float64{2, 2}, "2 4"},
		{nil, "0.1 0.2 0.5 1"},
	} {
		ch := newChart("", "")
		ch.logarithmic(c.values)
		var texts []string
		for _, tick := range ch.YTicks {
			if tick.Text != "" {
				texts = append(texts, tick.Text)
			}
		}
		if got := strings.Join(texts, " "); got != c.want {
			t.Errorf("%v: %s, want %s", c.values, got, c.want)
		}
	}
}
