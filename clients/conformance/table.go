package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
)

// table is scenario by client.
type table struct {
	clients  []string
	outcomes []outcome
	leftOut  []string // clients, and why
}

func (t *table) of(client, scenario string) (outcome, bool) {
	i := slices.IndexFunc(t.outcomes, func(o outcome) bool { return o.Client == client && o.Scenario == scenario })
	if i < 0 {
		return outcome{}, false
	}
	return t.outcomes[i], true
}

func (t *table) failed() bool {
	return slices.ContainsFunc(t.outcomes, func(o outcome) bool { return o.Outcome == outcomeFailed })
}

// write prints the table, and below it why what failed did.
func (t *table) write(out io.Writer, scenarios []scenario) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "scenario")
	for _, c := range t.clients {
		fmt.Fprint(w, "\t", c)
	}
	fmt.Fprintln(w)
	passed, of := map[string]int{}, map[string]int{}
	for _, sc := range scenarios {
		row, played := sc.Name, false
		for _, c := range t.clients {
			o, ok := t.of(c, sc.Name)
			played = played || ok
			cell := o.Outcome
			switch cell {
			case outcomeOK:
				passed[c]++
				of[c]++
			case outcomeFailed:
				of[c]++
				cell = "FAILED"
			case outcomeLeftOut:
				cell = "–"
			}
			row += "\t" + cell
		}
		if played {
			fmt.Fprintln(w, row)
		}
	}
	fmt.Fprint(w, "in all")
	for _, c := range t.clients {
		fmt.Fprintf(w, "\t%d of %d", passed[c], of[c])
	}
	fmt.Fprintln(w)
	_ = w.Flush() // when the terminal is gone nobody is left to tell
	for _, o := range t.outcomes {
		if o.Outcome == outcomeFailed {
			fmt.Fprintf(out, "\nFAILED %s, %s:\n  %s\n", o.Client, o.Scenario, o.Why)
		}
	}
	for _, why := range t.leftOut {
		fmt.Fprintf(out, "\nLEFT OUT %s\n", why)
	}
}
