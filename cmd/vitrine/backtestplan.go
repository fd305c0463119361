package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/vitrine-io/vitrine/cmd/vitrine/backtest"
	"github.com/vitrine-io/vitrine/cmd/vitrine/progress"
	"github.com/vitrine-io/vitrine/cmd/vitrine/records"
)

// logFlags say which log to replay, and how to test on it.
func (f *backtestFlags) logFlags(fs *pflag.FlagSet) {
	fs.StringArrayVar(&f.train, "train", nil, "`file` of the sessions to learn from; - is stdin, .gz is fine; may be given several times")
	fs.StringArrayVar(&f.test, "test", nil, "`file` of the sessions to predict, later than those of train; may be given several times")
	fs.StringVar(&f.holdout, "holdout", "", "instead of --test: `part` at the end of train to predict, such as 1d, 36h or 10%; or, of visitors who come back, last-product or last-order of each")
	fs.BoolVar(&f.validation, "validation", false, "with last-product or last-order: hold out the last but one, as if the last did not exist")
	fs.BoolVar(&f.oneVisit, "one-visit", false, "with last-product: play all that a visitor did as one visit")
	fs.StringVar(&f.logMapping, "log-mapping", "", "`file` that maps the columns of --train and --test, as for vitrine import events")
	fs.StringVar(&f.format, "format", "", "the `format` of all files: "+strings.Join(backtest.Formats(), ", ")+"; found out when not given")
	fs.StringVar(&f.products, "products", "", "`file` of the catalogue, as for vitrine import products; by default the bare ids of the log")
	fs.StringVar(&f.mapping, "mapping", "", "`file` that maps the columns of --products")
	fs.StringVar(&f.span, "span", "150d", "the `time` that sessions without times are spread over, such as 150d or 36h")
	fs.IntVar(&f.inFlight, "in-flight", 8, "how `many` decisions to ask for at a time")
	fs.IntVar(&f.k, "k", backtest.DefaultK, "how `many` products to ask for, the 20 of HR@20")
	fs.IntVar(&f.sample, "sample", 0, "test this `many` sessions, drawn at random; 0: all")
	fs.Uint64Var(&f.seed, "seed", 1, "`number` that the sample and the intervals follow from")
}

// backtestPlan is a log that was read, and how to replay it.
type backtestPlan struct {
	log      *backtest.Log
	warnings []string
	options  backtest.Options
	products *records.Input // nil: none
}

// close closes the file of the products.
func (p *backtestPlan) close() {
	if p.products != nil {
		p.products.Close() //nolint:errcheck,gosec // only read from
	}
}

// plan reads what the flags name.
func (a *app) plan(f *backtestFlags) (*backtestPlan, error) {
	span, err := parseSpan(f.span)
	if err != nil {
		return nil, err
	}
	holdout, err := backtest.ParseHoldout(f.holdout)
	if err != nil {
		return nil, usagef("--holdout %w", err)
	}
	switch {
	case (f.validation || f.oneVisit) && holdout.Each == 0:
		return nil, usagef("--validation and --one-visit go with --holdout last-product or last-order")
	case f.oneVisit && f.online:
		return nil, usagef("one visit a visitor is decided on when the log has ended: leave --online out, or --one-visit")
	case f.curve > 0 && holdout.Each != 0:
		return nil, usagef("--curve needs sessions: half of what a lasting visitor did is not what to decide by")
	case f.target != "" && f.online && holdout.Each != 0:
		return nil, usagef("lasting visitors are played in time only by a server whose clock follows the log: leave --target out, or --online")
	}
	logMapping, err := readMapping(f.logMapping)
	if err != nil {
		return nil, err
	}
	log, warnings, err := backtest.Read(backtest.Files{
		Train: f.train, Test: f.test, Holdout: holdout, Format: backtest.Format(f.format), Mapping: logMapping, Stdin: a.stdin,
		Validation: f.validation, OneVisit: f.oneVisit,
	})
	if err != nil {
		return nil, err
	}
	for _, w := range warnings {
		fmt.Fprintln(a.stderr, "warning:", w)
	}
	log.Sample(f.sample, f.seed)

	rules, err := a.readRules("--rules", f.rules)
	if err != nil {
		return nil, err
	}
	p := &backtestPlan{log: log, warnings: warnings, options: backtest.Options{
		Site: "backtest", Span: span, Online: f.online, K: f.k, Curve: f.curve, InFlight: f.inFlight, Seed: f.seed,
		Rules:   rules,
		End:     time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), // any; the server's clock follows the log
		Display: progress.New(a.stderr, a.bars()),
	}}
	if f.products != "" {
		in, r, err := openProducts(a, f.products, f.mapping, "sites/"+p.options.Site)
		if err != nil {
			return nil, err
		}
		p.products, p.options.Products = in, r.Next
	}
	return p, nil
}
