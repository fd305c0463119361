package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/vitrine-io/vitrine/cmd/vitrine/backtest"
	"github.com/vitrine-io/vitrine/scoring/decide"
	"github.com/vitrine-io/vitrine/server/config"
)

// newBacktestAblateCommand is `vitrine backtest ablate`.
func newBacktestAblateCommand(a *app) *cobra.Command {
	f := &backtestFlags{}
	var markdown bool
	cmd := &cobra.Command{
		Use:   "ablate --train FILE {--test FILE | --holdout PART}",
		Short: "Measure what each part of the ranking brings, by leaving it out",
		Long: `Measure what each part of the ranking brings, by leaving it out.

The log is replayed once, as by vitrine backtest. Then the test is decided on again
and again, on what the server has learned: without each source of candidates,
without each family of features, and with each source alone. The differences to the
whole ranking stand beside their 95 % intervals, from a bootstrap in which both have
the same sessions.

The weights of what is left stay as they were learned beside what is missing: a part
that others could stand in for seems to bring more than a shop would lose that had
learned without it.`,
		Example: `  vitrine backtest ablate --train sessions.txt --test pairs.txt --sample 1500
  vitrine backtest ablate --train interactions.txt --holdout last-product --validation --k 10 --markdown`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.ablate(cmd.Context(), f, markdown) },
	}
	fs := cmd.Flags()
	f.logFlags(fs)
	fs.BoolVar(&f.json, "json", false, "print the figures as JSON")
	fs.BoolVar(&markdown, "markdown", false, "print the table in Markdown")
	return cmd
}

func (a *app) ablate(ctx context.Context, f *backtestFlags, markdown bool) error {
	if f.json && markdown {
		return usagef("--json and --markdown: choose one")
	}
	if err := f.check(); err != nil {
		return err
	}
	p, err := a.plan(f)
	if err != nil {
		return err
	}
	defer p.close()
	out, err := a.replayVariants(ctx, p)
	switch {
	case ctx.Err() != nil:
		return errors.New("interrupted")
	case err != nil:
		return err
	case f.json:
		enc := json.NewEncoder(a.stdout)
		enc.SetIndent("", "  ")
		return enc.Encode(out)
	case markdown:
		return printMarkdown(a.stdout, ablationTable(out))
	}
	if err := ablationTable(out).write(a.stdout); err != nil {
		return err
	}
	fmt.Fprintln(a.stdout)
	for _, row := range backtestFacts(out.Whole) {
		fmt.Fprintf(a.stdout, "%-11s%s\n", row[0], row[1])
	}
	return nil
}

// replayVariants replays the log on a server in this process: nothing else can make
// it leave something out.
func (a *app) replayVariants(ctx context.Context, p *backtestPlan) (out *backtest.Ablated, err error) {
	n, remove, err := a.startPrivate("", config.ClockEvents)
	if err != nil {
		return nil, err
	}
	defer remove()
	defer func() { err = errors.Join(err, n.Close()) }()
	r := remote{target: n.Addr(), timeout: time.Minute}
	conn, err := r.dial()
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	groups := map[decide.AblationOf]string{
		decide.WithoutSource: "without the source", decide.WithoutFeatures: "without the features", decide.OnlySource: "with one source alone",
	}
	var variants []backtest.Variant
	for _, one := range decide.Ablations() {
		variants = append(variants, backtest.Variant{
			Group: groups[one.Of], Name: one.Name, Use: func() { n.services.Ablate(one) },
		})
	}
	out, err = backtest.Ablate(ctx, conn, p.log, p.options, variants)
	p.options.Display.Close()
	return out, r.explain(err)
}

// ablationTable has a line for each variant, with the two measures that its
// protocol is known by.
func ablationTable(out *backtest.Ablated) *table {
	r := out.Whole
	measures := []string{"HR", "MRR"}
	whole := []backtest.Estimate{r.All.HR, r.All.MRR}
	switch {
	case r.Lasting == nil:
	case r.Lasting.HeldOut == backtest.LastOrder.String():
		measures, whole = []string{"recall", "NDCG"}, []backtest.Estimate{r.All.Recall.Estimate, r.All.NDCG}
	default:
		measures, whole = []string{"HR", "NDCG"}, []backtest.Estimate{r.All.HR, r.All.NDCG}
	}
	head := []string{""}
	first := []string{"everything"}
	for i, m := range measures {
		head = append(head, fmt.Sprintf(">%s@%d", m, r.K), ">difference", ">95 %")
		first = append(first, percent(whole[i].Value), "", interval(whole[i]))
	}
	t := newTable(head...)
	t.add(first...)
	group := ""
	for _, v := range out.Variants {
		if v.Group != group {
			group = v.Group
			t.add(append([]string{" " + group}, make([]string, len(head)-1)...)...)
		}
		cells := []string{"  " + v.Name}
		for _, m := range measures {
			for i := range v.Measures {
				if d := &v.Measures[i]; d.Measure == m {
					cells = append(cells, percent(d.B), fmt.Sprintf("%+.2f", d.BMinusA.Value), signed(d))
				}
			}
		}
		t.add(cells...)
	}
	return t
}

// printMarkdown writes a table for a page of documentation. A row that has but a
// name is a heading.
func printMarkdown(w io.Writer, t *table) error {
	var b strings.Builder
	line := func(cells []string) {
		for i, c := range cells {
			c = strings.TrimSpace(c)
			if i == 0 && c != "" && strings.Join(cells[1:], "") == "" {
				c = "**" + c + "**"
			}
			b.WriteString("| " + c + " ")
		}
		b.WriteString("|\n")
	}
	line(t.header)
	b.WriteString("|---" + strings.Repeat("|---:", len(t.header)-1) + "|\n")
	for _, row := range t.rows {
		line(row)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
