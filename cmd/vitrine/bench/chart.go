package bench

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// The drawing's size in its own units, and the margins that labels stand in.
const (
	chartWidth, chartHeight = 520.0, 300.0
	chartLeft, chartRight   = 46.0, 14.0
	chartTop, chartBottom   = 10.0, 42.0
)

// chart is a drawing in the coordinates of its SVG.
type chart struct {
	Title, XTitle            string
	Width, Height            float64
	Left, Right, Top, Bottom float64 // of the plot
	XTicks, YTicks           []tick
	Series                   []series
	Mark                     *tick // a line from top to bottom
}

// tick is a line of the grid. One without a text is finer.
type tick struct {
	At   float64
	Text string
}

// series is a curve of one kind of line.
type series struct {
	Class, Label string
	Path         string
	Dots         []dot
}

// dot is a measured point, with what the pointer over it tells.
type dot struct {
	X, Y float64
	Text string
}

func newChart(title, xTitle string) *chart {
	return &chart{
		Title: title, XTitle: xTitle, Width: chartWidth, Height: chartHeight,
		Left: chartLeft, Right: chartWidth - chartRight, Top: chartTop, Bottom: chartHeight - chartBottom,
	}
}

// scale maps values to coordinates.
type scale func(float64) float64

// linear maps low to from and high to to.
func linear(low, high, from, to float64) scale {
	return func(v float64) float64 { return from + (v-low)/(high-low)*(to-from) }
}

func (s scale) of(f func(float64) float64) scale { return func(v float64) float64 { return s(f(v)) } }

// logarithmic lays a log axis of milliseconds over the height of the plot, from
// the least of the values down to a power of ten or half of one.
func (c *chart) logarithmic(values []float64) scale {
	low, high := math.Inf(1), 0.0
	for _, v := range values {
		if v > 0 {
			low, high = min(low, v), max(high, v)
		}
	}
	if high == 0 {
		low, high = 0.1, 1
	}
	steps := []float64{1, 2, 5}
	var marks []float64 // from the last below low to the first above high
	for decade := math.Floor(math.Log10(low)); len(marks) == 0 || marks[len(marks)-1] < high; decade++ {
		for _, s := range steps {
			v, _ := strconv.ParseFloat(fmt.Sprintf("%ve%v", s, decade), 64) // without the error of a product
			switch {
			case v <= low:
				marks = []float64{v}
			case len(marks) == 0 || marks[len(marks)-1] < high:
				marks = append(marks, v)
			}
		}
	}
	if len(marks) == 1 { // all are the same
		marks = append(marks, 2*marks[0])
	}
	y := linear(math.Log10(marks[0]), math.Log10(marks[len(marks)-1]), c.Bottom, c.Top).of(math.Log10)
	for _, v := range marks {
		t := tick{At: round(y(v))}
		if lead := v / math.Pow(10, math.Floor(math.Log10(v)+1e-9)); len(marks) <= 8 || lead < 1.5 {
			t.Text = strconv.FormatFloat(v, 'f', -1, 64)
		}
		c.YTicks = append(c.YTicks, t)
	}
	return y
}

// counted lays an axis from zero over the width of the plot.
func (c *chart) counted(most float64) scale {
	step := niceStep(most, 5)
	x := linear(0, max(most, 1), c.Left, c.Right)
	for v := 0.0; v <= most; v += step {
		c.XTicks = append(c.XTicks, tick{round(x(v)), short(v)})
	}
	return x
}

// niceStep cuts a range into about so many parts of 1, 2 or 5 times a power of ten.
func niceStep(span float64, parts int) float64 {
	if span <= 0 {
		return 1
	}
	rough := span / float64(parts)
	power := math.Pow(10, math.Floor(math.Log10(rough)))
	for _, s := range []float64{1, 2, 5} {
		if rough <= s*power {
			return s * power
		}
	}
	return 10 * power
}

// short writes 1500 as 1.5k.
func short(v float64) string {
	switch {
	case v >= 1e6:
		return strconv.FormatFloat(v/1e6, 'g', 3, 64) + "M"
	case v >= 1e3:
		return strconv.FormatFloat(v/1e3, 'g', 3, 64) + "k"
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

// percentileAxis lays percentiles over the width of the plot, from 50, so that
// each nine takes the same room.
func (c *chart) percentileAxis(most float64) scale {
	nines := func(q float64) float64 { return -math.Log10(1 - q/100) }
	x := linear(nines(50), nines(max(most, 90)), c.Left, c.Right).of(nines)
	for _, q := range []float64{50, 75, 90, 99, 99.9, 99.99} {
		if q <= most {
			c.XTicks = append(c.XTicks, tick{round(x(q)), strconv.FormatFloat(q, 'f', -1, 64)})
		}
	}
	return x
}

// add draws a curve through points.
func (c *chart) add(class, label string, dots []dot) {
	if len(dots) == 0 {
		return
	}
	var path strings.Builder
	for i := range dots {
		dots[i].X, dots[i].Y = round(dots[i].X), round(dots[i].Y)
		fmt.Fprintf(&path, "%v,%v ", dots[i].X, dots[i].Y)
	}
	c.Series = append(c.Series, series{Class: class, Label: label, Path: strings.TrimSpace(path.String()), Dots: dots})
}

func round(v float64) float64 { return math.Round(10*v) / 10 } // finer than a pixel
