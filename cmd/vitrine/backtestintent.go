package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/vitrine-io/vitrine/cmd/vitrine/intentlog"
	"github.com/vitrine-io/vitrine/cmd/vitrine/progress"
)

// newBacktestIntentCommand is `vitrine backtest intent`.
func newBacktestIntentCommand(a *app) *cobra.Command {
	var o intentlog.Options
	var mapping string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "intent FILE...",
		Short: "Measure how well it is told who buys within 30 days, on a log of visitors who come back",
		Long: `Measure how well it is told who buys within 30 days, on a log of visitors who come
back.

The events are played in the order of their times, as a server takes them in. At every
moment the probability is told that follows from what was learned until then. Judged
are those of the last quarter of the time (--part) that lie 30 days before the end of
the log, so that it is known what came of each: after every order, and once a week for
everybody who ever bought.

Beside it stand predictions from how long ago the last order was, and from how many
there were, learned and calibrated on the same log in the same way. AUC is how often of
one who bought and one who did not the first was thought likelier to; the calibration
error is the mean distance of what was predicted from what happened, over ten bins of
as many predictions each; 95 % intervals are drawn by visitor.`,
		Example: `  vitrine backtest intent online_retail.csv.gz --log-mapping docs/mappings/online_retail.events.yaml
  vitrine backtest intent events.jsonl --part 0.1 --json`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, files []string) error {
			return a.backtestIntent(cmd.Context(), files, mapping, o, asJSON)
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&mapping, "log-mapping", "", "`file` that maps the columns of the files, as for vitrine import events")
	fs.Float64Var(&o.Part, "part", 0.25, "`part` of the log's time that is judged, at its end: above 0, below 1")
	fs.BoolVar(&o.Validation, "validation", false, "judge the part before that, as if it did not exist")
	fs.Uint64Var(&o.Seed, "seed", 1, "`number` that the intervals follow from")
	fs.BoolVar(&asJSON, "json", false, "print the figures as JSON")
	return cmd
}

func (a *app) backtestIntent(ctx context.Context, files []string, mapping string, o intentlog.Options, asJSON bool) (err error) {
	switch {
	case stdins(files) > 1:
		return usagef("one file at most can be -, stdin")
	case !(o.Part > 0 && o.Part < 1):
		return usagef("--part %g: above 0, below 1", o.Part)
	}
	if o.Mapping, err = readMapping(mapping); err != nil {
		return err
	}
	o.Display = progress.New(a.stderr, a.bars())
	r, err := intentlog.Run(ctx, files, a.stdin, o)
	o.Display.Close()
	switch {
	case ctx.Err() != nil:
		return errors.New("interrupted")
	case err != nil:
		return err
	case asJSON:
		enc := json.NewEncoder(a.stdout)
		enc.SetIndent("", "  ")
		return enc.Encode(r)
	}
	return printIntent(a.stdout, r)
}

func printIntent(w io.Writer, r *intentlog.Result) error {
	for _, j := range r.Judged {
		t := newTable(j.When, ">AUC", ">95 %", ">calibration error", ">95 %", ">Brier", ">95 %")
		for _, by := range j.By {
			row := []string{"  " + by.Name}
			for _, e := range []intentlog.Estimate{by.AUC, by.Error, by.Brier} {
				row = append(row, fmt.Sprintf("%.4f", e.Value), fmt.Sprintf("%.4f-%.4f", e.Low, e.High))
			}
			t.add(row...)
		}
		if err := t.write(w); err != nil {
			return err
		}
		fmt.Fprint(w, "  predicted -> bought, in %:")
		for _, b := range j.By[0].Bins {
			fmt.Fprintf(w, " %.0f -> %.0f", 100*b.Predicted, 100*b.Bought)
		}
		fmt.Fprintf(w, "\n  %s times, %.1f %% bought within 30 days; AUC ahead of the best baseline by %+.4f (%+.4f to %+.4f)\n\n",
			progress.Thousands(int64(j.Times)), 100*j.Rate, j.Ahead.Value, j.Ahead.Low, j.Ahead.High)
	}
	_, err := fmt.Fprintf(w, "%s events of %s visitors; judged from %s to %s\n",
		progress.Thousands(int64(r.Events)), progress.Thousands(int64(r.Visitors)), r.From.Format(time.DateOnly), r.To.Format(time.DateOnly))
	return err
}
