package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/vitrine-io/vitrine/cmd/vitrine/personalog"
	"github.com/vitrine-io/vitrine/cmd/vitrine/progress"
)

// newBacktestPersonasCommand is `vitrine backtest personas`.
func newBacktestPersonasCommand(a *app) *cobra.Command {
	f := &backtestFlags{}
	var second uint64
	cmd := &cobra.Command{
		Use:   "personas --train FILE --products FILE",
		Short: "Find the typical profiles among the visitors of a log, and whether they are the same again",
		Long: `Find the typical profiles among the visitors of a log, and whether they are the same
again.

Each visitor, or session, of train does what the log says and comes back on the next
day; the personas are those that a server would have found by then. It is done twice:
the second run (--second-seed) has the visitors come in another order, and samples
others of them. How alike both group all visitors is told by the adjusted Rand index: 1
for the same, 0 for no more than chance.`,
		Example: `  vitrine backtest personas --train interactions.txt --holdout last-product --products item_attributes.json
  vitrine backtest personas --train train_sessions.txt --holdout 5% --products item_attributes.txt --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.backtestPersonas(cmd.Context(), f, second) },
	}
	fs := cmd.Flags()
	f.logFlags(fs)
	fs.Uint64Var(&second, "second-seed", 2, "`number` that the second run follows from; the first has --seed")
	fs.BoolVar(&f.json, "json", false, "print what was found as JSON")
	return cmd
}

func (a *app) backtestPersonas(ctx context.Context, f *backtestFlags, second uint64) error {
	if err := f.check(); err != nil {
		return err
	}
	if f.products == "" {
		return usagef("--products is needed: personas are told by what products are")
	}
	p, err := a.plan(f)
	if err != nil {
		return err
	}
	defer p.close()
	r, err := personalog.Run(ctx, personalog.Options{
		Log: p.log, Products: p.options.Products, Seeds: [2]uint64{f.seed, second}, Display: p.options.Display,
	})
	p.options.Display.Close()
	switch {
	case ctx.Err() != nil:
		return errors.New("interrupted")
	case err != nil:
		return err
	case f.json:
		enc := json.NewEncoder(a.stdout)
		enc.SetIndent("", "  ")
		return enc.Encode(r)
	}
	return printFoundPersonas(a.stdout, r)
}

func printFoundPersonas(w io.Writer, r *personalog.Result) error {
	t := newTable("", ">share %", "leading interests")
	for _, p := range r.Personas {
		t.add(p.ID, fmt.Sprintf("%.1f", 100*p.Share), strings.Join(p.Interests, ", "))
	}
	if err := t.write(w); err != nil {
		return err
	}
	n := progress.Thousands
	_, err := fmt.Fprintf(w, "\n%s visitors, of whom %s resemble none; mean cosine to their persona %.2f\nsecond run: %d personas, adjusted Rand index %.3f\n",
		n(int64(r.Visitors)), n(int64(r.Others)), r.Near, r.Second, r.Agreement)
	return err
}
