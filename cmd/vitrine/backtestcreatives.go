package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/vitrine-io/vitrine/cmd/vitrine/banditlog"
	"github.com/vitrine-io/vitrine/cmd/vitrine/progress"
	"github.com/vitrine-io/vitrine/scoring/creative"
	"github.com/vitrine-io/vitrine/scoring/offpolicy"
)

// newBacktestCreativesCommand is `vitrine backtest creatives`.
func newBacktestCreativesCommand(a *app) *cobra.Command {
	var o banditlog.Options
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "creatives FILE...",
		Short: "Measure what the choice of a creative is worth, on logs of tests and of random choices",
		Long: `Measure what the choice of a creative is worth, on logs of tests and of random
choices.

The formats, found out by the columns (docs/creatives.md):
  upworthy   tests of creatives against each other, with impressions and clicks. They
             are played again: whoever is shown a creative clicks with its rate. How
             near do policies come to the best creative?
  hillstrom  mails sent at random, with what was known of each customer and what came
             of it. A policy is learned on four fifths and valued on the rest, five
             times, beside each single mail and the mix.
  obd        logs of two policies with their probabilities: the policy of each is
             valued on the other's log, and whether that log can rank them is said.

95 % intervals stand beside the figures. The same files, flags and --seed give the
same figures.`,
		Example: `  vitrine backtest creatives packages.csv
  vitrine backtest creatives packages.csv --sample 0 --runs 5 --json
  vitrine backtest creatives hillstrom.csv
  vitrine backtest creatives random.csv bts.csv`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, files []string) error {
			return a.backtestCreatives(cmd.Context(), files, o, asJSON)
		},
	}
	fs := cmd.Flags()
	fs.IntVar(&o.Sample, "sample", 200, "play this `many` tests, drawn at random; 0: all")
	fs.IntVar(&o.Runs, "runs", 10, "play them this `many` times; the intervals are over the runs")
	fs.Float64Var(&o.Scale, "scale", 1, "`part` of a test's impressions to play, above 0")
	fs.Float64Var(&o.Floor, "floor", creative.DefaultFloor, "`part` of the choices that all creatives share alike, 0 to 1")
	fs.Uint64Var(&o.Seed, "seed", 1, "`number` that the sample, the runs and the intervals follow from")
	fs.BoolVar(&asJSON, "json", false, "print the figures as JSON")
	return cmd
}

func (a *app) backtestCreatives(ctx context.Context, files []string, o banditlog.Options, asJSON bool) error {
	switch {
	case stdins(files) > 1:
		return usagef("one file at most can be -, stdin")
	case o.Sample < 0:
		return usagef("--sample %d: 0 or more", o.Sample)
	case o.Runs < 2 || o.Runs > 1000:
		return usagef("--runs %d: 2 to 1000, or there is no interval", o.Runs)
	case !(o.Scale > 0 && o.Scale <= 100):
		return usagef("--scale %g: above 0, to 100", o.Scale)
	case !(o.Floor >= 0 && o.Floor <= 1):
		return usagef("--floor %g: 0 to 1", o.Floor)
	}
	o.Display = progress.New(a.stderr, a.bars())
	r, err := banditlog.Run(ctx, files, a.stdin, o)
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
	return printCreatives(a.stdout, r)
}

func printCreatives(w io.Writer, r *banditlog.Result) error {
	switch {
	case r.Replayed != nil:
		return printReplayed(w, r.Replayed)
	case r.Learned != nil:
		return printLearned(w, r.Learned)
	}
	return printLogs(w, r.Logs)
}

func printReplayed(w io.Writer, r *banditlog.Replayed) error {
	t := newTable("", ">clicks %", ">95 %", ">of the way", ">95 %")
	for _, p := range r.Policies {
		cells := []string{p.Policy, fmt.Sprintf("%.4f", p.Rate.Value), fmt.Sprintf("%.4f-%.4f", p.Rate.Low, p.Rate.High), fmt.Sprintf("%.1f %%", p.Way.Value), fmt.Sprintf("%.1f-%.1f", p.Way.Low, p.Way.High)}
		if p.Rate.Low == p.Rate.High {
			cells[2], cells[4] = "", ""
		}
		t.add(cells...)
	}
	if err := t.write(w); err != nil {
		return err
	}
	n := progress.Thousands
	_, err := fmt.Fprintf(w, "\n%s tests, %s creatives, %s impressions, played %d times\nwithin a test the rates differ by %.1f %% of themselves (deviation), beyond chance\n",
		n(int64(r.Tests)), n(int64(r.Creatives)), n(r.Impressions), r.Runs, 100*r.Spread)
	return err
}

func printLearned(w io.Writer, objectives []banditlog.Learned) error {
	for _, l := range objectives {
		t := newTable(l.Objective, ">IPS", ">95 %", ">SNIPS", ">95 %", ">effective")
		for _, p := range l.Policies {
			t.add("  "+p.Policy, value(p.IPS.Value), values(p.IPS), value(p.SNIPS.Value), values(p.SNIPS), progress.Thousands(int64(p.Effective)))
		}
		if err := t.write(w); err != nil {
			return err
		}
		for _, c := range []struct {
			than string
			is   *offpolicy.Comparison
		}{{"the best single creative", &l.Single}, {"uniform", &l.Uniform}} {
			d := c.is.Difference
			fmt.Fprintf(w, "%s beyond %s: %+.4f (%+.4f to %+.4f), %s\n", banditlog.Ours, c.than, d.Value, d.Low, d.High, c.is.Verdict)
		}
		fmt.Fprintln(w)
	}
	_, err := fmt.Fprintf(w, "for each of %s customers; learned on four fifths of them and valued on the rest, five times\n", progress.Thousands(int64(objectives[0].Rows)))
	return err
}

func value(v float64) string { return fmt.Sprintf("%.4f", v) }

func values(i offpolicy.Interval) string { return fmt.Sprintf("%.4f-%.4f", i.Low, i.High) }

func printLogs(w io.Writer, logs []banditlog.LogAgainstOther) error {
	for _, l := range logs {
		t := newTable("on "+l.Log, ">clicks %", ">95 %", ">effective", ">of the clicks")
		add := func(name string, e offpolicy.Estimate) {
			t.add("  "+name, percent(100*e.SNIPS.Value), fmt.Sprintf("%.2f-%.2f", 100*e.SNIPS.Low, 100*e.SNIPS.High), progress.Thousands(int64(e.Effective)), fmt.Sprintf("%.1f", e.Rewards))
		}
		add("its own policy", l.Comparison.A)
		add("that of "+l.Policy, l.Comparison.B)
		t.add("  the same on its own log", percent(100*l.OnPolicy.Value), fmt.Sprintf("%.2f-%.2f", 100*l.OnPolicy.Low, 100*l.OnPolicy.High), "", "")
		if err := t.write(w); err != nil {
			return err
		}
		d := l.Comparison.Difference
		text := fmt.Sprintf("%s choices, %d clicks. Difference %+.2f (%+.2f to %+.2f): %s.", progress.Thousands(int64(l.Rows)), l.Clicks, 100*d.Value, 100*d.Low, 100*d.High, l.Verdict)
		if !l.Comparison.Verdict.Ranks() {
			text += fmt.Sprintf(" To tell a tenth apart it would have to be %.0f times as long.", l.Longer)
		}
		fmt.Fprintf(w, "%s\n\n", strings.TrimSpace(fold(text, 80)))
	}
	return nil
}
