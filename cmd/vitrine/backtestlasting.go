package main

import (
	"fmt"
	"io"

	"github.com/vitrine-io/vitrine/cmd/vitrine/backtest"
	"github.com/vitrine-io/vitrine/cmd/vitrine/progress"
)

// lastingTable is how well what was held out of lasting visitors was met.
func lastingTable(r *backtest.Result) *table {
	at := fmt.Sprintf("@%d", r.K)
	t := newTable("", ">HR"+at, ">95 %", ">NDCG"+at, ">95 %", ">MRR"+at, ">recall"+at, ">95 %", ">visitors")
	row := func(name string, s backtest.Score) {
		t.add(name, percent(s.HR.Value), interval(s.HR), percent(s.NDCG.Value), interval(s.NDCG), percent(s.MRR.Value),
			percent(s.Recall.Value), interval(s.Recall.Estimate), progress.Thousands(int64(s.Targets)))
	}
	row("vitrine", r.All)
	for _, s := range r.Slices {
		if s.By == backtest.ByTarget {
			row("  "+s.Name, s.Score)
		}
	}
	for _, f := range r.Lasting.Floors {
		row("floor: "+f.Name, f.Score)
	}
	before := "products before it"
	if r.Lasting.HeldOut == backtest.LastOrder.String() {
		before = "orders before it"
	}
	heads := map[string]string{backtest.ByFrequency: "product in train", backtest.ByHistory: before}
	by := ""
	for _, s := range r.Slices {
		if s.By == backtest.ByTarget {
			continue
		}
		if s.By != by {
			by = s.By
			t.add(" "+heads[by], "", "", "", "", "", "", "", "")
		}
		row("  "+s.Name, s.Score)
	}
	return t
}

// aheadTable holds ours against the best floor.
func aheadTable(r *backtest.Result) *table {
	t := newTable("", ">"+r.Lasting.Best, ">vitrine", ">ahead", ">95 %", "")
	for i := range r.Lasting.Ahead {
		d := &r.Lasting.Ahead[i]
		t.add(fmt.Sprintf("%s@%d", d.Measure, r.K), percent(d.A), percent(d.B), fmt.Sprintf("%+.2f", d.BMinusA.Value), signed(d), mark(d))
	}
	return t
}

// signed is the interval of a difference.
func signed(d *backtest.Difference) string {
	return fmt.Sprintf("%+.2f to %+.2f", d.BMinusA.Low, d.BMinusA.High)
}

// mark tells a difference that chance does not explain.
func mark(d *backtest.Difference) string {
	switch {
	case d.Differs() && d.BMinusA.Value > 0:
		return "better"
	case d.Differs():
		return "worse"
	}
	return ""
}

func printLasting(w io.Writer, r *backtest.Result) error {
	if err := lastingTable(r).write(w); err != nil {
		return err
	}
	fmt.Fprintln(w)
	return aheadTable(r).write(w)
}

// lastingTest says what was tested, and how.
func lastingTest(r *backtest.Result) string {
	what := map[string]string{
		backtest.LastProduct.String(): "the last product of each", backtest.LastOrder.String(): "the last order of each",
	}[r.Lasting.HeldOut]
	if r.Lasting.Validation {
		what = "the last but one, the last left out"
	}
	how := "asked for by the visitor's id when the log had ended"
	switch {
	case r.Online:
		how = "asked for by the visitor's id in the order of time, learning on"
	case r.Lasting.OneVisit:
		how = "each log played as one visit"
	}
	return what + ", " + how
}
