package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/vitrine-io/vitrine/cmd/vitrine/backtest"
	"github.com/vitrine-io/vitrine/cmd/vitrine/progress"
	"github.com/vitrine-io/vitrine/cmd/vitrine/tune"
)

// tuneShippedFlags are what `vitrine tune shipped` was told.
type tuneShippedFlags struct {
	train   []string
	holdout string
	lessons int
	out     string
}

// newTuneShippedCommand is `vitrine tune shipped`.
func newTuneShippedCommand(a *app) *cobra.Command {
	f := &tuneShippedFlags{}
	cmd := &cobra.Command{
		Use:   "shipped --train FILE [--out scoring/decide/fitted.go]",
		Short: "Fit anew the weights that Vitrine ships (for those who change its features)",
		Long: `Fit anew the weights that Vitrine ships, to a log of sessions, and write them as
Go source. They are fitted from nothing, by softmax regression on the visitors'
choices, for the features that stand in the table already; the end of the log is
left out, to judge them by. The same log and flags give the same file.

docs/ranking.md says which log, and how they are judged.`,
		Example: `  vitrine tune shipped --train diginetica/train_sessions.txt --out scoring/decide/fitted.go`,
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.tuneShipped(cmd.Context(), f) },
	}
	fs := cmd.Flags()
	fs.StringArrayVar(&f.train, "train", nil, "`file` of the log; may be given several times")
	fs.StringVar(&f.holdout, "holdout", "5%", "`part` at the end of the log to leave out")
	fs.IntVar(&f.lessons, "lessons", 60000, "fit to this `many` choices")
	fs.StringVar(&f.out, "out", "", "write to this `file` in the place of the standard output")
	return cmd
}

func (a *app) tuneShipped(ctx context.Context, f *tuneShippedFlags) error {
	if len(f.train) == 0 {
		return usagef("--train is needed; see vitrine tune shipped --help")
	}
	if f.lessons < 1 || f.lessons > 1_000_000 {
		return usagef("--lessons %d: 1 to 1,000,000, each some 5 KB of memory", f.lessons)
	}
	part, err := tunePart("holdout", f.holdout)
	if err != nil {
		return err
	}
	log, _, err := backtest.Read(backtest.Files{Train: f.train, Holdout: part, Stdin: a.stdin})
	if err != nil {
		return err
	}
	o := tune.Options{
		K: backtest.DefaultK, Span: 150 * 24 * time.Hour, End: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), // any, as for backtest
		Lessons: f.lessons, Display: progress.New(a.stderr, a.bars()),
	}
	fitted, err := tune.FitShipped(ctx, log, o)
	o.Display.Close()
	if err != nil {
		return err
	}
	source, err := fitted.Source()
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stderr, "fitted to %d choices; minus log probability of %d later ones: %.4f as shipped so far, %.4f now\n",
		fitted.Lessons, fitted.Held, fitted.Before, fitted.Loss)
	if f.out == "" {
		_, err = a.stdout.Write(source)
		return err
	}
	return os.WriteFile(f.out, source, 0o644) //nolint:gosec // no secret
}
