package bench

import (
	_ "embed" // the page's template
	"fmt"
	"html/template"
	"io"
	"math"
	"strconv"

	"github.com/vitrine-io/vitrine/cmd/vitrine/progress"
)

//go:embed page.html
var pageText string

// page is what the template is given.
type page struct {
	*Result
	Charts   map[string][]*chart // by the load's name
	Overload []*chart
}

// WriteHTML writes the result as one HTML file that needs nothing else: no
// network, no script.
func (r *Result) WriteHTML(w io.Writer) error {
	t, err := template.New("page").Funcs(template.FuncMap{
		"thousands": func(n any) string { return progress.Thousands(toInt(n)) },
		"ms":        showMillis,
		"percent":   func(v float64) string { return fmt.Sprintf("%.0f %%", 100*v) },
		"mib":       func(bytes int64) string { return progress.Thousands(bytes >> 20) },
	}).Parse(pageText)
	if err != nil {
		return fmt.Errorf("bench: the page's template: %w", err)
	}
	p := page{Result: r, Charts: map[string][]*chart{}, Overload: r.overloadCharts()}
	for _, l := range r.Loads {
		p.Charts[l.Name] = l.charts()
	}
	return t.Execute(w, p)
}

func toInt(n any) int64 {
	switch n := n.(type) {
	case int:
		return int64(n)
	case int64:
		return n
	case float64:
		return int64(math.Round(n))
	}
	return 0
}

// showMillis writes milliseconds to three digits.
func showMillis(v float64) string {
	digits := 2
	switch {
	case v >= 99.95:
		digits = 0
	case v >= 9.995:
		digits = 1
	}
	return strconv.FormatFloat(v, 'f', digits, 64)
}

// lines are the classes of curves of ours, from a light load to a heavy one.
var lines = []string{"low", "mid", "high"}

// class is the line of rate i of n.
func class(i, n int) string { return lines[(i*len(lines)+len(lines)-1)/max(n, 1)%len(lines)] }

// charts of a load: how latency grows with the percentile at each rate, and with
// the rate. None when it was measured at no rate.
func (l *LoadResult) charts() []*chart {
	if len(l.Rates) == 0 {
		return nil
	}
	return []*chart{l.byPercentile(), l.byRate()}
}

func (l *LoadResult) byPercentile() *chart {
	c := newChart("Latency by percentile, ms", "percentile of the calls")
	var values []float64
	most := 90.0
	each := func(p *Point, do func(q, ms float64)) {
		if p == nil {
			return
		}
		for _, at := range p.Curve {
			if at[0] >= 50 {
				do(at[0], at[1])
			}
		}
	}
	for _, r := range l.Rates {
		for _, p := range []*Point{r.Ours, r.Echo} {
			each(p, func(q, ms float64) {
				values = append(values, ms)
				most = max(most, q)
			})
		}
	}
	y, x := c.logarithmic(values), c.percentileAxis(most)
	curve := func(p *Point, whose string) (dots []dot) {
		each(p, func(q, ms float64) {
			dots = append(dots, dot{x(q), y(ms), fmt.Sprintf("%s: %v %% within %s ms", whose, q, showMillis(ms))})
		})
		return dots
	}
	for i, r := range l.Rates {
		label := fmt.Sprintf("%.0f %% of the ceiling", 100*r.OfCeiling)
		c.add(class(i, len(l.Rates)), label, curve(r.Ours, label))
	}
	last := l.Rates[len(l.Rates)-1]
	c.add("echo", fmt.Sprintf("echo at the rate of %.0f %%", 100*last.OfCeiling), curve(last.Echo, "echo"))
	return c
}

func (l *LoadResult) byRate() *chart {
	c := newChart("Latency against load, ms", l.Unit+" a second")
	var values []float64
	most := l.Ceiling.Ours.PerSecond
	for _, r := range l.Rates {
		most = max(most, r.Offered)
		for _, p := range []*Point{r.Ours, r.Echo} {
			if p != nil && p.Calls > 0 {
				values = append(values, p.Latency.P50, p.Latency.P99)
			}
		}
	}
	y, x := c.logarithmic(values), c.counted(most*1.02)
	c.Mark = &tick{round(x(l.Ceiling.Ours.PerSecond)), "ceiling"}
	curve := func(whose string, side func(*Rated) *Point, of func(*Point) float64) (dots []dot) {
		for _, r := range l.Rates {
			if p := side(r); p != nil && p.Calls > 0 {
				dots = append(dots, dot{x(r.Offered), y(of(p)),
					fmt.Sprintf("%s: %s ms at %s a second", whose, showMillis(of(p)), progress.Thousands(toInt(r.Offered)))})
			}
		}
		return dots
	}
	ours, echo := func(r *Rated) *Point { return r.Ours }, func(r *Rated) *Point { return r.Echo }
	median, late := func(p *Point) float64 { return p.Latency.P50 }, func(p *Point) float64 { return p.Latency.P99 }
	c.add("high", "p99", curve("p99", ours, late))
	c.add("low", "median", curve("median", ours, median))
	c.add("echo", "echo, p99", curve("echo, p99", echo, late))
	c.add("echo thin", "echo, median", curve("echo, median", echo, median))
	return c
}

// overloadCharts are what was answered in time, and how fast, against what was
// asked for.
func (r *Result) overloadCharts() []*chart {
	if r.Overload == nil || len(r.Overload.Steps) == 0 {
		return nil
	}
	steps := r.Overload.Steps
	most, peak := 0.0, 0.0
	var waits []float64
	for _, s := range steps {
		most, peak = max(most, s.Offered), max(peak, s.PerSecond)
		if s.Calls > 0 {
			waits = append(waits, s.Latency.P50, s.Latency.P99, s.SentP99)
		}
	}
	good := newChart("Pages in time, a second", "asked for, a second")
	x := good.counted(most * 1.02)
	good.Mark = &tick{round(x(r.Overload.Ceiling.PerSecond)), "ceiling"}
	top := max(peak*1.05, 1)
	y := linear(0, top, good.Bottom, good.Top)
	for step, v := niceStep(top, 5), 0.0; v <= top; v += step {
		good.YTicks = append(good.YTicks, tick{round(y(v)), short(v)})
	}
	waiting := newChart("Latency of these, ms", "asked for, a second")
	wait := waiting.logarithmic(waits)
	waiting.counted(most * 1.02)
	var goodput, median, late, sent []dot
	for _, s := range steps {
		at := fmt.Sprintf("at %s asked for a second", progress.Thousands(toInt(s.Offered)))
		goodput = append(goodput, dot{x(s.Offered), y(s.PerSecond), fmt.Sprintf("%s a second in time %s", progress.Thousands(toInt(s.PerSecond)), at)})
		if s.Calls > 0 {
			late = append(late, dot{x(s.Offered), wait(s.Latency.P99), fmt.Sprintf("p99 %s ms %s", showMillis(s.Latency.P99), at)})
			sent = append(sent, dot{x(s.Offered), wait(s.SentP99), fmt.Sprintf("p99 %s ms from when they were sent, %s", showMillis(s.SentP99), at)})
			median = append(median, dot{x(s.Offered), wait(s.Latency.P50), fmt.Sprintf("median %s ms %s", showMillis(s.Latency.P50), at)})
		}
	}
	good.add("high", "answered in time", goodput)
	waiting.add("high", "p99", late)
	waiting.add("mid", "p99 from when they were sent", sent)
	waiting.add("low", "median", median)
	return []*chart{good, waiting}
}
