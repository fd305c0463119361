package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/vitrine-io/vitrine/cmd/vitrine/backtest"
	"github.com/vitrine-io/vitrine/cmd/vitrine/progress"
)

// printBacktest writes the figures for people.
func printBacktest(w io.Writer, r *backtest.Result) error {
	if r.Lasting != nil {
		if err := printLasting(w, r); err != nil {
			return err
		}
	} else if err := targetTable(r).write(w); err != nil {
		return err
	}
	if t := recallTable(r); t != nil {
		fmt.Fprintln(w)
		if err := t.write(w); err != nil {
			return err
		}
	}
	for _, c := range r.Charts() {
		fmt.Fprintf(w, "\n%s", c.Text())
	}
	fmt.Fprintln(w)
	for _, row := range backtestFacts(r) {
		fmt.Fprintf(w, "%-11s%s\n", row[0], row[1])
	}
	return nil
}

// createPage creates the file of --html; nil for none.
func createPage(path string) (*os.File, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("--html: %w", err)
	}
	return f, nil
}

// writePage writes the figures as HTML, and closes the file.
func writePage(f *os.File, r *backtest.Result) error {
	p := backtest.Page{Title: "Vitrine backtest", Facts: backtestFacts(r), Charts: r.Charts()}
	tables := []*table{targetTable(r), recallTable(r)}
	if r.Lasting != nil {
		tables = []*table{lastingTable(r), aheadTable(r)}
	}
	for _, t := range tables {
		if t != nil {
			p.Tables = append(p.Tables, backtest.PageTable{Head: t.header, Rows: t.rows})
		}
	}
	for _, w := range r.Warnings {
		p.Facts = append(p.Facts, [2]string{"warning", w})
	}
	if err := errors.Join(p.WriteHTML(f), f.Close()); err != nil {
		return fmt.Errorf("--html: %w", err)
	}
	return nil
}

// targetTable is how well the next views were met, slice by slice.
func targetTable(r *backtest.Result) *table {
	at := fmt.Sprintf("@%d", r.K)
	t := newTable("", ">HR"+at, ">95 %", ">MRR"+at, ">95 %", ">NDCG"+at, ">targets")
	row := func(name string, s backtest.Score) {
		t.add(name, percent(s.HR.Value), interval(s.HR), percent(s.MRR.Value), interval(s.MRR), percent(s.NDCG.Value), progress.Thousands(int64(s.Targets)))
	}
	row("vitrine", r.All)
	heads := map[string]string{backtest.ByFrequency: "target in train", backtest.ByPrefix: "products before it"}
	floors := func() {
		row("floor: popular", r.Popular)
		row("floor: popular in session", r.PopularInSession)
	}
	by := backtest.ByTarget // needs no head, and stands above the floors
	for _, s := range r.Slices {
		if s.By != by {
			if by == backtest.ByTarget {
				floors()
			}
			by = s.By
			t.add(" "+heads[by], "", "", "", "", "", "")
		}
		row("  "+s.Name, s.Score)
	}
	if len(r.Slices) == 0 { // a test without targets
		floors()
	}
	return t
}

// recallTable is how much of the later carts and orders was shown; nil for logs
// that have none.
func recallTable(r *backtest.Result) *table {
	at := fmt.Sprintf("recall@%d", r.K)
	t := newTable("", ">"+at, ">95 %", ">products")
	rows := []struct {
		name string
		of   *backtest.Recall
	}{
		{"later carts: vitrine", r.All.Carts},
		{"  floor: popular", r.Popular.Carts},
		{"  floor: popular in session", r.PopularInSession.Carts},
		{"later orders: vitrine", r.All.Orders},
		{"  floor: popular", r.Popular.Orders},
		{"  floor: popular in session", r.PopularInSession.Orders},
	}
	for _, row := range rows {
		if row.of != nil {
			t.add(row.name, percent(row.of.Value), interval(row.of.Estimate), progress.Thousands(int64(row.of.Wanted)))
		}
	}
	if len(t.rows) == 0 {
		return nil
	}
	return t
}

// backtestFacts are what stands below the tables: a heading, or none, and a line.
func backtestFacts(r *backtest.Result) [][2]string {
	n := func(f float64) string { return progress.Thousands(int64(f)) }
	models := "frozen after train"
	if r.Online {
		models = "learning on during the test"
	}
	facts := [][2]string{
		{"lists", fmt.Sprintf("%s of %s products shown (%s %%); novelty %s bits (%s)", n(float64(r.Lists.Shown)), n(float64(r.Products)), percent(r.Lists.Coverage), percent(r.Lists.Novelty.Value), interval(r.Lists.Novelty))},
	}
	if c := r.Lists.Calibration; c != nil {
		facts = append(facts, [2]string{"", fmt.Sprintf("categories %s nats from the session's mix (%s)", percent(c.Value), interval(*c))})
	}
	who := "sessions"
	if r.Lasting != nil {
		who = "visitors"
	}
	facts = append(facts,
		[2]string{"train", fmt.Sprintf("%s %s, %s events, %s products", n(float64(r.TrainSessions)), who, n(float64(r.TrainEvents)), n(float64(r.Products)))},
		[2]string{"", fmt.Sprintf("%s events/s acknowledged, durably; %s/s until learned from", n(r.EventsPerSecond), n(r.LearnedPerSecond))},
		[2]string{"test", fmt.Sprintf("%s %s, %s decisions, models %s", n(float64(r.TestSessions)), who, n(float64(r.Decisions)), models)},
	)
	if r.Lasting != nil {
		facts = append(facts, [2]string{"", lastingTest(r)})
	}
	facts = append(facts,
		[2]string{"", fmt.Sprintf("%s decisions/s, p50 %.2f ms, p99 %.2f ms; %s lists short of %d", n(r.DecisionsPerSecond), r.LatencyP50, r.LatencyP99, n(float64(r.Unfilled)), r.K)},
	)
	if r.PeakMemory > 0 {
		facts = append(facts, [2]string{"memory", fmt.Sprintf("%s MiB resident at most, client included", n(float64(r.PeakMemory>>20)))})
	}
	return facts
}

func percent(v float64) string { return fmt.Sprintf("%.2f", v) }

func interval(e backtest.Estimate) string { return fmt.Sprintf("%.2f-%.2f", e.Low, e.High) }
