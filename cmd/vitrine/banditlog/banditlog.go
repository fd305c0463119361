// Package banditlog measures how creatives are chosen, on the logs of others: tests of
// creatives against each other, which are replayed, and logs of random choices, on
// which policies are valued.
package banditlog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/vitrine-io/vitrine/cmd/vitrine/progress"
	"github.com/vitrine-io/vitrine/cmd/vitrine/records"
	"github.com/vitrine-io/vitrine/scoring/offpolicy"
)

// Options say how to measure.
type Options struct {
	Seed    uint64
	Sample  int     // tests of creatives to replay, drawn at random; 0: all
	Runs    int     // how often they are replayed
	Scale   float64 // of the impressions of a test
	Floor   float64 // see creative.Chooser
	Display *progress.Display
}

// Result is what was found. One of the three is there.
type Result struct {
	Format   string            `json:"format"`
	Replayed *Replayed         `json:"replayed,omitempty"`
	Learned  []Learned         `json:"learned,omitempty"` // one an objective
	Logs     []LogAgainstOther `json:"logs,omitempty"`    // one a log
}

// Replayed is how policies fared on tests of creatives that were played again.
type Replayed struct {
	Tests       int     `json:"tests"`
	Creatives   int     `json:"creatives"`
	Impressions int64   `json:"impressions"` // of one run
	Runs        int     `json:"runs"`
	Spread      float64 `json:"spread"` // deviation of the rates within a test, as a part of them
	Policies    []Fared `json:"policies"`
}

// Fared is how a policy fared. Rates are in percent, of the creatives it chose.
type Fared struct {
	Policy string             `json:"policy"`
	Rate   offpolicy.Interval `json:"rate"`
	Way    offpolicy.Interval `json:"way"` // percent of the way from uniform to the best
}

// Learned is how a policy that was learned on a part of a log is valued on the rest.
type Learned struct {
	Objective string   `json:"objective"`
	Rows      int      `json:"rows"`
	Policies  []Valued `json:"policies"`
	// Single is the best single creative against ours, Uniform the log's own policy.
	Single  offpolicy.Comparison `json:"single"`
	Uniform offpolicy.Comparison `json:"uniform"`
}

// Valued is a policy's value for each choice.
type Valued struct {
	Policy string `json:"policy"`
	offpolicy.Estimate
}

// LogAgainstOther values the policy behind one log on another, beside the other's own.
type LogAgainstOther struct {
	Log        string               `json:"log"`
	Policy     string               `json:"policy"`
	Rows       int                  `json:"rows"`
	Clicks     int                  `json:"clicks"`
	OnPolicy   offpolicy.Interval   `json:"on_policy"` // of the policy on its own log
	Comparison offpolicy.Comparison `json:"comparison"`
	Verdict    string               `json:"verdict"`
	Longer     float64              `json:"longer"` // see offpolicy.Comparison.Longer, for a tenth
}

// The formats, by the columns that tell them.
var formats = []struct {
	name    string
	columns []string
	run     func(context.Context, []*sheet, Options) (*Result, error)
}{
	{"upworthy", []string{"clickability_test_id", "headline", "impressions", "clicks"}, replayTests},
	{"hillstrom", []string{"segment", "visit", "conversion", "spend"}, learnMails},
	{"obd", []string{"item_id", "position", "click", "propensity_score"}, holdLogs},
}

// Formats lists the names of the formats.
func Formats() (names []string) {
	for _, f := range formats {
		names = append(names, f.name)
	}
	return names
}

// Run finds out what the files are and measures on them.
func Run(ctx context.Context, files []string, stdin io.Reader, o Options) (*Result, error) {
	var sheets []*sheet
	for _, path := range files {
		s, err := readSheet(path, stdin, o.Display)
		if err != nil {
			return nil, err
		}
		sheets = append(sheets, s)
	}
	for _, f := range formats {
		if !sheets[0].has(f.columns) {
			continue
		}
		for _, s := range sheets[1:] {
			if !s.has(f.columns) {
				return nil, fmt.Errorf("%s is %s, but %s is not", sheets[0].path, f.name, s.path)
			}
		}
		r, err := f.run(ctx, sheets, o)
		if err != nil {
			return nil, err
		}
		r.Format = f.name
		return r, nil
	}
	return nil, fmt.Errorf("%s has the columns of no known log of creatives: docs/creatives.md lists them", sheets[0].path)
}

// sheet is a table of a file.
type sheet struct {
	path    string
	columns map[string]int
	rows    [][]string
	lines   []int
}

func readSheet(path string, stdin io.Reader, display *progress.Display) (s *sheet, err error) {
	in, err := records.Open(path, stdin)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	r, err := records.NewRows(in)
	if err != nil {
		return nil, err
	}
	s = &sheet{path: in.Path(), columns: map[string]int{}}
	for i, name := range r.Header {
		s.columns[name] = i
	}
	phase := display.Phase("read", "rows")
	defer phase.End()
	for {
		row, line, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		s.rows, s.lines = append(s.rows, slices.Clone(row)), append(s.lines, line)
		read, size := in.Progress()
		phase.Set(int64(len(s.rows)), read, size)
	}
	if len(s.rows) == 0 {
		return nil, fmt.Errorf("%s has no rows", s.path)
	}
	return s, nil
}

func (s *sheet) has(columns []string) bool {
	for _, c := range columns {
		if _, ok := s.columns[c]; !ok {
			return false
		}
	}
	return true
}

// text is a cell, empty when there is no such column.
func (s *sheet) text(row int, column string) string {
	if at, ok := s.columns[column]; ok {
		return s.rows[row][at]
	}
	return ""
}

// number is a cell that must be a number from least to most.
func (s *sheet) number(row int, column string, least, most float64) (float64, error) {
	v, err := strconv.ParseFloat(s.text(row, column), 64)
	if err != nil || !(v >= least && v <= most) {
		return 0, fmt.Errorf("%s:%d: %s: %q is no number from %g to %g", s.path, s.lines[row], column, s.text(row, column), least, most)
	}
	return v, nil
}
