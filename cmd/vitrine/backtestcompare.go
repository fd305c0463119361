package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/vitrine-io/vitrine/cmd/vitrine/backtest"
	"github.com/vitrine-io/vitrine/cmd/vitrine/progress"
)

// newBacktestCompareCommand is `vitrine backtest compare`.
func newBacktestCompareCommand(a *app) *cobra.Command {
	var seed uint64
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "compare A.json B.json",
		Short: "Hold two runs on the same test against each other",
		Long: `Hold two runs on the same test against each other. A and B are what
vitrine backtest --json printed. The differences are B minus A; their 95 %
intervals come from a bootstrap over sessions in which both runs have the same
sessions (docs/backtest.md). A difference is marked where 0 lies outside. Below, the
same slice by slice.`,
		Example: `  vitrine backtest --train a.txt --test b.txt --json > before.json
  vitrine backtest --train a.txt --test b.txt --online --json > online.json
  vitrine backtest compare before.json online.json`,
		Args: cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, files []string) error { return a.compare(files[0], files[1], seed, asJSON) },
	}
	cmd.Flags().Uint64Var(&seed, "seed", 1, "`number` that the intervals follow from")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the comparison as JSON")
	return cmd
}

func (a *app) compare(fileA, fileB string, seed uint64, asJSON bool) error {
	if fileA == "-" && fileB == "-" {
		return usagef("A and B can't both be stdin")
	}
	runA, err := a.readRun(fileA)
	if err != nil {
		return err
	}
	runB, err := a.readRun(fileB)
	if err != nil {
		return err
	}
	c, err := backtest.Compare(runA, runB, seed)
	if err != nil {
		return fmt.Errorf("%s and %s can't be compared: %w", fileA, fileB, err)
	}
	if asJSON {
		enc := json.NewEncoder(a.stdout)
		enc.SetIndent("", "  ")
		return enc.Encode(c)
	}
	return printComparison(a.stdout, fileA, fileB, c)
}

// readRun reads what --json printed.
func (a *app) readRun(path string) (*backtest.Result, error) {
	b, err := readAll(path, a.stdin)
	if err != nil {
		return nil, err
	}
	var r backtest.Result
	if err := json.Unmarshal(b, &r); err != nil {
		return nil, fmt.Errorf("%s is not what vitrine backtest --json prints: %w", path, err)
	}
	if r.Ranks == nil {
		return nil, fmt.Errorf("%s holds no ranks: make it with vitrine backtest --json of this version", path)
	}
	return &r, nil
}

// sliceTable has two measures of every slice: HR and MRR, and of lasting visitors
// recall and NDCG.
func sliceTable(c *backtest.Comparison) *table {
	names := []string{"HR", "MRR"}
	if slices.ContainsFunc(c.Measures, func(d backtest.Difference) bool { return d.Measure == "recall" }) {
		names = []string{"NDCG", "recall"} // in the order of the measures
	}
	heads := map[string]string{
		backtest.ByTarget: "target", backtest.ByFrequency: "target in train",
		backtest.ByPrefix: "products before it", backtest.ByHistory: "bought before it",
	}
	head := []string{""}
	for _, name := range names {
		m := fmt.Sprintf("%s@%d", name, c.K)
		head = append(head, ">A "+m, ">B", ">B - A", ">95 %", "")
	}
	t := newTable(append(head, ">targets")...)
	by := ""
	for _, s := range c.Slices {
		if s.By != by {
			by = s.By
			t.add(append([]string{" " + heads[by]}, make([]string, len(head))...)...)
		}
		cells := []string{"  " + s.Name}
		for i := range s.Measures {
			if d := &s.Measures[i]; slices.Contains(names, d.Measure) {
				cells = append(cells, percent(d.A), percent(d.B), fmt.Sprintf("%+.2f", d.BMinusA.Value), signed(d), mark(d))
			}
		}
		t.add(append(cells, progress.Thousands(int64(s.Targets)))...)
	}
	return t
}

func readAll(path string, stdin io.Reader) ([]byte, error) {
	if path == "-" {
		return io.ReadAll(stdin)
	}
	return os.ReadFile(path)
}

func printComparison(w io.Writer, fileA, fileB string, c *backtest.Comparison) error {
	t := newTable("", ">A", ">B", ">B - A", ">95 %", "")
	for i := range c.Measures {
		d := &c.Measures[i]
		t.add(fmt.Sprintf("%s@%d", d.Measure, c.K), percent(d.A), percent(d.B), fmt.Sprintf("%+.2f", d.BMinusA.Value), signed(d), mark(d))
	}
	fmt.Fprintf(w, "A  %s\nB  %s\n\n", fileA, fileB)
	if err := t.write(w); err != nil {
		return err
	}
	if len(c.Slices) > 0 {
		fmt.Fprintln(w)
		if err := sliceTable(c).write(w); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "\n%s sessions, %s targets: B is better in %.1f %% of the sessions, worse in %.1f %%, the same in %.1f %%\n",
		progress.Thousands(int64(c.Sessions)), progress.Thousands(int64(c.Targets)), c.Better, c.Worse, c.Same)
	return err
}
