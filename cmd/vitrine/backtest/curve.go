package backtest

import (
	"context"
	"fmt"
	"io"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/vitrine-io/vitrine/cmd/vitrine/feed"
	"github.com/vitrine-io/vitrine/cmd/vitrine/progress"
	"github.com/vitrine-io/vitrine/cmd/vitrine/records"
	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// Point is one value of a learning curve.
type Point struct {
	At      int     `json:"at"` // train events learned from, or test sessions gone through
	Targets int     `json:"targets"`
	HR      float64 `json:"hr"` // percent
}

// MaxCurve is how many points a curve may have: more do not fit a terminal.
const MaxCurve = 60

// defaultCurve is how many points the test's curve has unless told.
const defaultCurve = 30

// perPoint is how many targets a point of the test's curve needs at least: its
// hit rate is then good to about 10 points (2 x sqrt(0.25/100)).
const perPoint = 100

// testCurve is the hit rate over the course of the test, in stretches of about
// the same number of targets.
func testCurve(test []Session, outcomes [][]outcome, points int) []Point {
	total := 0
	for i := range test {
		for j := range test[i].Cuts {
			if test[i].hasTarget(j) {
				total++
			}
		}
	}
	points = min(points, max(1, total/perPoint))
	var out []Point
	var now Point
	hits, seen := 0.0, 0
	for i := range test {
		for j := range test[i].Cuts {
			if test[i].hasTarget(j) {
				hits += hit(outcomes[i][j].place)
				now.Targets++
				seen++
			}
		}
		if now.Targets > 0 && (seen*points >= total*(len(out)+1) || i == len(test)-1) {
			now.At, now.HR = i+1, 100*hits/float64(now.Targets)
			out = append(out, now)
			now, hits = Point{}, 0
		}
	}
	return out
}

// probeSessions is how many test sessions a point of the train's curve is
// measured on: some 800 targets.
const probeSessions = 200

// probe asks behind the same sample of the test for every point of the train's
// curve, as if the test began now.
func (r *replay) probe(ctx context.Context, learned int, now int64) error {
	sub := *r
	sub.log = &Log{Products: r.log.Products, index: r.log.index, Test: sample(r.log.Test, probeSessions, r.Seed)}
	t := newTester(&sub, now)
	if err := t.frozen(ctx); err != nil {
		return err
	}
	var s Score
	g := newJudge(sub.log.Test, r.K)
	g.score(&s, t.outcomes, all)
	if v, ok := g.ratios[0].value(nil); ok { // of HR
		r.result.TrainCurve = append(r.result.TrainCurve, Point{At: learned, Targets: s.Targets, HR: 100 * v})
	}
	return nil
}

// upTo hands out at most n records, and notes the time of the last one.
func upTo(next feed.Next[*vitrinev1.Event], n int, last *int64) feed.Next[*vitrinev1.Event] {
	return func() (records.Record[*vitrinev1.Event], error) {
		if n == 0 {
			return records.Record[*vitrinev1.Event]{}, io.EOF
		}
		n--
		rec, err := next()
		if err == nil {
			*last = rec.Message.Time.AsTime().UnixMilli()
		}
		return rec, err
	}
}

// Chart is a curve to draw.
type Chart struct {
	Title  string
	Unit   string // of At
	Points []Point
}

// Charts are the curves that the run has.
func (r *Result) Charts() []Chart {
	var out []Chart
	if len(r.TrainCurve) > 1 {
		out = append(out, Chart{fmt.Sprintf("HR@%d on a sample of the test while train is learned, %%", r.K), "train events", r.TrainCurve})
	}
	if len(r.TestCurve) > 1 {
		out = append(out, Chart{fmt.Sprintf("HR@%d over the course of the test, learning on, %%", r.K), "test sessions", r.TestCurve})
	}
	return out
}

// scale is the whole range of numbers that the points lie in.
func (c *Chart) scale() (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, p := range c.Points {
		low, high = min(low, p.HR), max(high, p.HR)
	}
	low, high = math.Floor(low), math.Ceil(high)
	if high-low < 2 {
		low, high = max(0, low-1), high+1
	}
	return low, high
}

// chartRows is how high a chart is on a terminal.
const chartRows = 6

// Text draws the chart in block characters, an eighth of a row fine.
func (c *Chart) Text() string {
	blocks := []rune(" ▁▂▃▄▅▆▇█")
	low, high := c.scale()
	each := max(1, MaxCurve/len(c.Points)) // columns a point takes
	var b strings.Builder
	b.WriteString(c.Title + "\n")
	for row := range chartRows {
		label := ""
		switch row {
		case 0:
			label = fmt.Sprintf("%.0f", high)
		case chartRows - 1:
			label = fmt.Sprintf("%.0f", low)
		}
		var line strings.Builder
		for _, p := range c.Points {
			// The lowest value still shows an eighth: nothing would look like no value.
			eighths := 1 + int(math.Round((p.HR-low)/(high-low)*(8*chartRows-1)))
			fill := min(8, max(0, eighths-8*(chartRows-1-row)))
			line.WriteString(strings.Repeat(string(blocks[fill]), each))
		}
		fmt.Fprintf(&b, "%4s │%s\n", label, strings.TrimRight(line.String(), " "))
	}
	last := progress.Thousands(int64(c.Points[len(c.Points)-1].At)) + " " + c.Unit
	width := len(c.Points) * each
	fmt.Fprintf(&b, "     └%s\n", strings.Repeat("─", width))
	fmt.Fprintf(&b, "%*s\n", max(6+width, 6+utf8.RuneCountInString(last)), last)
	return b.String()
}
