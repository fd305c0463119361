package main

import (
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/vitrine-io/vitrine/cmd/vitrine/bench"
	"github.com/vitrine-io/vitrine/cmd/vitrine/progress"
)

// printBench writes the tables of a run.
func printBench(w io.Writer, r *bench.Result) error {
	out := &strings.Builder{}
	fmt.Fprintf(out, "%s products, %s visitors, %s creatives; seed %d, skew %v; %d cores, %s\n",
		thousands(r.Sizes.Products), thousands(r.Sizes.Visitors), thousands(r.Sizes.Creatives), r.Seed, r.Sizes.Skew, r.CPUs, r.System)
	if f := r.Filled; f.Seconds > 0 {
		fmt.Fprintf(out, "filled in %.0f s: %s events, %s a second, stored and learned from\n",
			f.Seconds, thousands(int(f.Events)), thousands(int(float64(f.Events)/f.Seconds)))
	}
	if r.Memory > 0 {
		fmt.Fprintf(out, "the server's resident memory then: %s MiB\n", thousands(int(r.Memory>>20)))
	}
	if !r.HasEcho {
		fmt.Fprintln(out, "without an echo: the server has none")
	}
	tables := []struct {
		title string
		table *table
	}{
		{fmt.Sprintf("The ceiling: %d in flight, each begun when the one before is answered; latency in ms, CPU of the server's process in us a call", r.InFlight), ceilingTable(r)},
		{"At a rate: begun when due, latency in ms from then on", ratesTable(r)},
		{overloadTitle(r), overloadTable(r)},
		{"What failed", failedTable(r)},
	}
	for _, t := range tables {
		if len(t.table.rows) == 0 {
			continue
		}
		fmt.Fprintf(out, "\n%s\n\n", t.title)
		if err := t.table.write(out); err != nil {
			return err
		}
	}
	for _, note := range benchNotes(r) {
		fmt.Fprintf(out, "\n%s\n", fold(note, 100))
	}
	if r.Interrupted {
		fmt.Fprintln(out, "\ninterrupted: this is what was measured until then")
	}
	_, err := io.WriteString(w, out.String())
	return err
}

func ceilingTable(r *bench.Result) *table {
	t := newTable("", ">a second", ">echo", ">of echo", ">p50", ">p90", ">p99", ">p99.9", ">echo p50", ">echo p99", ">us", ">echo us", ">errors")
	for _, l := range r.Loads {
		ours, echo := l.Ceiling.Ours, l.Ceiling.Echo
		row := []string{loadName(l), perSecond(ours.PerSecond), "", ""}
		if echo != nil {
			row[2], row[3] = perSecond(echo.PerSecond), share(l.Ceiling.OfEcho)
		}
		row = append(row, latencies(ours)...)
		row = append(row, echoLatencies(echo)...)
		t.add(append(row, serverMicros(ours), serverMicros(echo), unlessZero(ours.Failed()))...)
	}
	return t
}

func ratesTable(r *bench.Result) *table {
	t := newTable("", ">due a second", ">of ceiling", ">done", ">p50", ">p90", ">p99", ">p99.9", ">echo p50", ">echo p99", ">us", ">echo us", ">errors")
	for _, l := range r.Loads {
		name := loadName(l)
		for _, at := range l.Rates {
			row := []string{name, perSecond(at.Offered), share(at.OfCeiling), perSecond(at.Ours.PerSecond)}
			row = append(row, latencies(at.Ours)...)
			row = append(row, echoLatencies(at.Echo)...)
			t.add(append(row, serverMicros(at.Ours), serverMicros(at.Echo), unlessZero(at.Ours.Failed()))...)
			name = ""
		}
	}
	return t
}

func overloadTable(r *bench.Result) *table {
	t := newTable("times the ceiling", ">asked a second", ">in time", ">of peak", ">refused", ">p50", ">p90", ">p99", ">p99.9", ">p99 once sent", ">other errors")
	if r.Overload == nil {
		return t
	}
	for _, s := range r.Overload.Steps {
		row := []string{fmt.Sprint(s.Times), perSecond(s.Offered), perSecond(s.PerSecond), share(s.Goodput), share(s.Refused)}
		row = append(row, latencies(s.Point)...)
		t.add(append(row, inMillis(s.SentP99), unlessZero(s.Failed()-s.Errors["RESOURCE_EXHAUSTED"]))...)
	}
	return t
}

// failedTable lists why calls failed, where some did.
func failedTable(r *bench.Result) *table {
	t := newTable("", "at", ">calls", "why")
	add := func(name, at string, p *bench.Point) {
		if p == nil {
			return
		}
		for _, why := range slices.Sorted(maps.Keys(p.Errors)) {
			t.add(name, at, unlessZero(p.Errors[why]), why)
		}
	}
	for _, l := range r.Loads {
		add(loadName(l), "the ceiling", l.Ceiling.Ours)
		add(loadName(l), "the echo's ceiling", l.Ceiling.Echo)
		for _, at := range l.Rates {
			add(loadName(l), share(at.OfCeiling), at.Ours)
			add(loadName(l), share(at.OfCeiling)+", echo", at.Echo)
		}
	}
	if r.Overload != nil {
		for _, s := range r.Overload.Steps {
			add("overload", fmt.Sprintf("%v times", s.Times), s.Point)
		}
	}
	return t
}

// benchNotes say what the columns do not.
func benchNotes(r *bench.Result) (notes []string) {
	for _, l := range r.Loads {
		if p := l.Ceiling.Ours; p.Behind > 0 {
			notes = append(notes, fmt.Sprintf("%s: at the ceiling the learner was %s events behind at the end, and caught up in %.1f s.",
				loadName(l), thousands(int(p.Behind)), p.CatchUp))
		}
	}
	late := 0.0
	for _, l := range r.Loads {
		for _, at := range l.Rates {
			late = max(late, at.Ours.Lag)
		}
	}
	if late > 1 {
		notes = append(notes, fmt.Sprintf("Some calls began late: this program, which shares the cores with the server, kept one in a hundred for %s ms and more. That is in the latencies, and in the echo's.", inMillis(late)))
	}
	return notes
}

func loadName(l *bench.LoadResult) string {
	if l.Unit == "events" {
		return l.Name + ", events"
	}
	return l.Name
}

func latencies(p *bench.Point) []string {
	if p.Calls == 0 {
		return []string{"", "", "", ""}
	}
	return []string{inMillis(p.Latency.P50), inMillis(p.Latency.P90), inMillis(p.Latency.P99), inMillis(p.Latency.P999)}
}

func echoLatencies(p *bench.Point) []string {
	if p == nil || p.Calls == 0 {
		return []string{"", ""}
	}
	return []string{inMillis(p.Latency.P50), inMillis(p.Latency.P99)}
}

// inMillis writes milliseconds to three digits.
func inMillis(v float64) string {
	switch {
	case v >= 99.95:
		return strconv.FormatFloat(v, 'f', 0, 64)
	case v >= 9.995:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}

func perSecond(v float64) string { return thousands(int(math.Round(v))) }
func share(v float64) string     { return fmt.Sprintf("%.0f %%", 100*v) }
func thousands(n int) string     { return progress.Thousands(int64(n)) }

// unlessZero leaves zero out, so that what is not zero shows.
func unlessZero(n int64) string {
	if n == 0 {
		return ""
	}
	return progress.Thousands(n)
}

func serverMicros(p *bench.Point) string {
	if p == nil || p.CPU == 0 {
		return ""
	}
	return perSecond(p.CPU)
}

func overloadTitle(r *bench.Result) string {
	if r.Overload == nil {
		return ""
	}
	return fmt.Sprintf("Overload: pages answered to callers who wait for %s ms; the ceiling is %s a second with %d in flight; latency in ms",
		inMillis(r.Overload.Deadline), perSecond(r.Overload.Ceiling.PerSecond), r.InFlight)
}
