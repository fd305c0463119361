package backtest

import (
	_ "embed" // the page's template
	"fmt"
	"html/template"
	"io"
	"math"
	"strings"

	"github.com/vitrine-io/vitrine/cmd/vitrine/progress"
)

// Page is a run as one HTML file that needs nothing else: no network, no script.
type Page struct {
	Title  string
	Tables []PageTable
	Facts  [][2]string // a heading, or "" to go on, and a line
	Charts []Chart
}

// PageTable is a table whose first column is text and whose others are numbers.
// A row with a first cell alone is a heading.
type PageTable struct {
	Head []string
	Rows [][]string
}

//go:embed page.html
var pageText string

// WriteHTML writes the page.
func (p *Page) WriteHTML(w io.Writer) error {
	t, err := template.New("page").Funcs(template.FuncMap{
		"draw":    draw,
		"heading": func(row []string) bool { return strings.Join(row[1:], "") == "" },
		"indent":  func(s string) bool { return strings.HasPrefix(s, "  ") },
		"trim":    strings.TrimSpace,
	}).Parse(pageText)
	if err != nil {
		return fmt.Errorf("backtest: the page's template: %w", err)
	}
	return t.Execute(w, p)
}

// The drawing's size in its own units, and the margins that labels stand in.
const (
	drawWidth, drawHeight = 720.0, 240.0
	leftMargin            = 40.0
	rightMargin           = 12.0
	topMargin             = 12.0
	bottomMargin          = 28.0
)

// drawing is a chart in the coordinates of its SVG.
type drawing struct {
	Width, Height, Left, Right, Bottom float64
	Line, Area                         string // points of a polyline, and of the polygon below it
	Grid                               []tick // horizontal
	Marks                              []mark
	First, Last                        string
}

type tick struct {
	Y    float64
	Text string
}

type mark struct {
	X, Y float64
	Text string // shown under the pointer
}

// gridStep is the finest of 1, 2, 5, 10, 20 and 50 that cuts the range into at
// most five.
func gridStep(span float64) float64 {
	steps := []float64{1, 2, 5, 10, 20, 50}
	for _, s := range steps {
		if span/s <= 5 {
			return s
		}
	}
	return steps[len(steps)-1]
}

func draw(c Chart) drawing {
	d := drawing{Width: drawWidth, Height: drawHeight, Left: leftMargin, Right: drawWidth - rightMargin, Bottom: drawHeight - bottomMargin}
	low, high := c.scale()
	round := func(v float64) float64 { return math.Round(10*v) / 10 } // finer than a pixel
	y := func(v float64) float64 { return round(d.Bottom - (v-low)/(high-low)*(d.Bottom-topMargin)) }
	step := gridStep(high - low)
	for v := math.Ceil(low/step) * step; v <= high; v += step {
		d.Grid = append(d.Grid, tick{y(v), fmt.Sprint(v)})
	}
	end := float64(c.Points[len(c.Points)-1].At)
	var line strings.Builder
	for _, p := range c.Points {
		m := mark{
			X: round(d.Left + float64(p.At)/end*(d.Right-d.Left)), Y: y(p.HR),
			Text: fmt.Sprintf("%.2f %% of %s targets, at %s %s", p.HR, progress.Thousands(int64(p.Targets)), progress.Thousands(int64(p.At)), c.Unit),
		}
		d.Marks = append(d.Marks, m)
		fmt.Fprintf(&line, "%.1f,%.1f ", m.X, m.Y)
	}
	d.Line = strings.TrimSpace(line.String())
	d.Area = fmt.Sprintf("%.1f,%.1f %s %.1f,%.1f", d.Marks[0].X, d.Bottom, d.Line, d.Marks[len(d.Marks)-1].X, d.Bottom)
	d.First, d.Last = "0", progress.Thousands(int64(end))+" "+c.Unit
	return d
}
