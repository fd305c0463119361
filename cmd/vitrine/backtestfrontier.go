package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"

	"github.com/vitrine-io/vitrine/cmd/vitrine/backtest"
	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/server/config"
)

// newBacktestFrontierCommand is `vitrine backtest frontier`.
func newBacktestFrontierCommand(a *app) *cobra.Command {
	f := &backtestFlags{}
	cmd := &cobra.Command{
		Use:   "frontier --train FILE {--test FILE | --holdout PART}",
		Short: "Measure what quality costs: decisions with fewer and with more candidates",
		Long: `Measure what quality costs: decisions with fewer and with more candidates.

The log is replayed once, as by vitrine backtest. Then the test is decided on again
and again, on what the server has learned, with the ranking parameters that cost the
most at less and at more than their defaults: candidates of the second stage, sessions
that are neighbours, and the pairs that two hops go over (0 leaves them out). Beside
the hit rate stands what a decision took, as the caller saw it: choose a pair of them,
and set its parameters in the placement's ranking.

On a machine that does other work, compare times down the column at most, and ask
for one at a time (--in-flight 1).`,
		Example: `  vitrine backtest frontier --train sessions.txt --test pairs.txt --in-flight 1
  vitrine backtest frontier --train events.jsonl --holdout 7d --sample 1000 --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.frontier(cmd.Context(), f) },
	}
	fs := cmd.Flags()
	f.logFlags(fs)
	fs.StringVar(&f.rules, "rules", "", "`file` of the placement's rules, a ProductRules of the contract as JSON; - is stdin")
	fs.BoolVar(&f.json, "json", false, "print the figures as JSON")
	return cmd
}

// frontierSteps are what is tried: the defaults first, then one parameter after the
// other, and the cheapest of all together.
func frontierSteps() []map[string]float64 {
	return []map[string]float64{
		nil,
		{"candidates": 30}, {"candidates": 40}, {"candidates": 100}, {"candidates": 200},
		{"hop_width": 0}, {"hop_width": 3}, {"hop_width": 12},
		{"sessions": 25}, {"sessions": 50}, {"sessions": 128},
		{"candidates": 30, "hop_width": 3, "sessions": 50},
	}
}

// frontierPoint is one of them, measured.
type frontierPoint struct {
	Parameters map[string]float64 `json:"parameters"` // of the ranking; the others at their defaults
	HR         backtest.Estimate  `json:"hr"`
	MRR        backtest.Estimate  `json:"mrr"`
	P50        float64            `json:"latency_p50_ms"`
	PerSecond  float64            `json:"decisions_per_second"`
}

func (a *app) frontier(ctx context.Context, f *backtestFlags) (err error) {
	if err := f.check(); err != nil {
		return err
	}
	p, err := a.plan(f)
	if err != nil {
		return err
	}
	defer p.close()
	steps := frontierSteps()
	each := make([]*pb.ProductRules, len(steps))
	for i, step := range steps {
		each[i] = withParameters(p.options.Rules, step)
	}
	n, remove, err := a.startPrivate("", config.ClockEvents)
	if err != nil {
		return err
	}
	defer remove()
	defer func() { err = errors.Join(err, n.Close()) }()
	r := remote{target: n.Addr(), timeout: time.Minute}
	conn, err := r.dial()
	if err != nil {
		return err
	}
	defer conn.Close()
	results, err := backtest.RunEach(ctx, conn, p.log, p.options, each)
	p.options.Display.Close()
	switch {
	case ctx.Err() != nil:
		return errors.New("interrupted")
	case err != nil:
		return r.explain(err)
	}
	points := make([]frontierPoint, len(results))
	for i, r := range results {
		points[i] = frontierPoint{steps[i], r.All.HR, r.All.MRR, r.LatencyP50, r.DecisionsPerSecond}
	}
	if f.json {
		enc := json.NewEncoder(a.stdout)
		enc.SetIndent("", "  ")
		return enc.Encode(points)
	}
	return frontierTable(points, results[0].K).write(a.stdout)
}

// withParameters is rules with these parameters of the ranking.
func withParameters(rules *pb.ProductRules, parameters map[string]float64) *pb.ProductRules {
	if len(parameters) == 0 {
		return rules
	}
	out := &pb.ProductRules{}
	if rules != nil {
		out = proto.Clone(rules).(*pb.ProductRules)
	}
	if out.Ranking == nil {
		out.Ranking = &pb.RankingConfig{}
	}
	if out.Ranking.Parameters == nil {
		out.Ranking.Parameters = map[string]float64{}
	}
	for name, value := range parameters {
		out.Ranking.Parameters[name] = value
	}
	return out
}

func frontierTable(points []frontierPoint, k int) *table {
	t := newTable("", fmt.Sprintf(">HR@%d", k), ">95 %", fmt.Sprintf(">MRR@%d", k), ">p50", ">beside the first", ">decisions/s")
	for _, p := range points {
		name := "as shipped"
		if len(p.Parameters) > 0 {
			name = ""
			for _, parameter := range []string{"candidates", "hop_width", "sessions"} {
				if v, ok := p.Parameters[parameter]; ok {
					name += fmt.Sprintf(" %s %g", parameter, v)
				}
			}
			name = name[1:]
		}
		t.add(name, percent(p.HR.Value), interval(p.HR), percent(p.MRR.Value), fmt.Sprintf("%.3f ms", p.P50),
			fmt.Sprintf("%.0f %%", 100*p.P50/points[0].P50), fmt.Sprintf("%.0f", p.PerSecond))
	}
	return t
}
