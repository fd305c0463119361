package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/vitrine-io/vitrine/cmd/vitrine/backtest"
	"github.com/vitrine-io/vitrine/cmd/vitrine/progress"
	"github.com/vitrine-io/vitrine/cmd/vitrine/tune"
	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// tuned is what `vitrine tune` tells. A is as shipped, B as tuned.
type tuned struct {
	Better      bool                 `json:"better"`
	Verdict     string               `json:"verdict"`
	Validation  *backtest.Comparison `json:"validation"`
	Test        *backtest.Comparison `json:"test,omitempty"`
	Lessons     int                  `json:"lessons"`
	Features    []string             `json:"features,omitempty"` // whose weights were fitted
	Trials      int                  `json:"trials"`
	Parameters  []tune.Change        `json:"parameters,omitempty"`
	Interrupted bool                 `json:"interrupted,omitempty"`
	Written     []string             `json:"written,omitempty"`
	Ranking     json.RawMessage      `json:"ranking,omitempty"` // a RankingConfig

	message *pb.RankingConfig
}

// newTuned draws the conclusion. withTest says that there is a test part.
func newTuned(found *tune.Result, withTest bool, test *backtest.Comparison) (*tuned, error) {
	r := &tuned{
		Validation: found.Validation, Test: test, Lessons: found.Lessons, Features: found.Features,
		Trials: found.Trials, Parameters: found.Kept, Interrupted: found.Interrupted,
	}
	r.Better, r.Verdict = verdict(found, withTest, test)
	if found.Ranking == nil {
		return r, nil
	}
	var err error
	if r.message, err = tune.Message(found.Ranking); err != nil {
		return nil, err
	}
	r.Ranking, err = rankingJSON(r.message)
	return r, err
}

// verdict says whether the ranking is better, and how sure that is.
func verdict(found *tune.Result, withTest bool, test *backtest.Comparison) (better bool, why string) {
	of := func(c *backtest.Comparison) backtest.Estimate {
		for _, d := range c.Measures {
			if d.Measure == "NDCG" {
				return d.BMinusA
			}
		}
		return backtest.Estimate{}
	}
	switch {
	case found.Ranking == nil:
		return false, "Nothing better than what is shipped was found."
	case !found.Better():
		return false, "What was found is no better on the validation part than chance explains."
	case test == nil && withTest:
		return true, "It is better on the validation part, by which it was chosen. The test part was not looked at."
	case test == nil:
		return true, "It is better on the validation part, by which it was chosen: expect less of it on later sessions."
	case of(test).Value <= 0:
		return false, "It is better on the validation part, but not on the test part, which tuning never saw."
	case of(test).Low <= 0:
		return true, "It is better on the validation part. On the test part, which tuning never saw, the gain is within chance."
	}
	return true, "It is better on the test part, which tuning never saw."
}

func (r *tuned) writeJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(r)
}

// print writes the figures for people.
func (r *tuned) print(w io.Writer, f *tuneFlags) error {
	t := newTable("", ">shipped", ">tuned", ">gain", ">95 %", "")
	part := func(name string, c *backtest.Comparison) {
		if c == nil {
			return
		}
		t.add(fmt.Sprintf("%s: %s sessions, %s targets", name, progress.Thousands(int64(c.Sessions)), progress.Thousands(int64(c.Targets))), "", "", "", "", "")
		for _, d := range c.Measures {
			mark := ""
			switch {
			case d.Differs() && d.BMinusA.Value > 0:
				mark = "better"
			case d.Differs():
				mark = "worse"
			}
			t.add(fmt.Sprintf("  %s@%d", d.Measure, c.K), percent(d.A), percent(d.B), fmt.Sprintf("%+.2f", d.BMinusA.Value),
				fmt.Sprintf("%+.2f to %+.2f", d.BMinusA.Low, d.BMinusA.High), mark)
		}
	}
	part("validation", r.Validation)
	part("test", r.Test)
	if err := t.write(w); err != nil {
		return err
	}
	fmt.Fprintln(w)
	for _, row := range r.facts(f) {
		fmt.Fprintf(w, "%-12s%s\n", row[0], row[1])
	}
	return nil
}

// facts are what stands below the table.
func (r *tuned) facts(f *tuneFlags) [][2]string {
	kept := "kept as shipped"
	if len(r.Features) > 0 {
		kept = fmt.Sprintf("of %d features", len(r.Features))
		if r.message.GetLearning() == pb.Toggle_TOGGLE_OFF {
			kept += ", learning off"
		}
	}
	facts := [][2]string{
		{"weights", fmt.Sprintf("%s, fitted to %s choices", kept, progress.Thousands(int64(r.Lessons)))},
		{"parameters", fmt.Sprintf("%d changed in %d trials", len(r.Parameters), r.Trials)},
	}
	for _, c := range r.Parameters {
		facts = append(facts, [2]string{"", fmt.Sprintf("%s %v -> %v", c.Parameter, c.From, c.To)})
	}
	if r.Interrupted {
		facts = append(facts, [2]string{"interrupted", "this is the best found until then"})
	}
	facts = append(facts, [2]string{"verdict", r.Verdict})
	switch {
	case len(r.Written) > 0:
		facts = append(facts, [2]string{"written to", strings.Join(r.Written, " and ")})
	case f.out == "" && f.placement == "" && r.Better:
		facts = append(facts, [2]string{"written to", "nothing: say --out FILE or --placement NAME to keep it"})
	case f.out != "" || f.placement != "":
		facts = append(facts, [2]string{"written to", "nothing: " + f.nothing()})
	}
	return facts
}

func (f *tuneFlags) nothing() string {
	if f.force {
		return "there is no ranking to write"
	}
	return "--force writes the best found all the same"
}

// write writes the ranking to where the flags say.
func (w *tuneWriter) write(ctx context.Context, r *tuned) error {
	if out := w.flags.out; out != "" {
		if err := os.WriteFile(out, r.Ranking, 0o644); err != nil { //nolint:gosec // no secret
			return fmt.Errorf("--out: %w", err)
		}
		r.Written = append(r.Written, out)
	}
	if w.server == nil {
		return nil
	}
	if err := w.flags.remote.setRanking(ctx, w.server, w.flags.placement, r.message); err != nil {
		return err
	}
	r.Written = append(r.Written, w.flags.placement)
	return nil
}
