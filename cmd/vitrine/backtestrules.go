package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"google.golang.org/protobuf/encoding/protojson"

	"github.com/vitrine-io/vitrine/cmd/vitrine/backtest"
	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/server/config"
)

// readRules reads a file of ProductRules; nil for no path.
func (a *app) readRules(flag, path string) (*pb.ProductRules, error) {
	if path == "" {
		return nil, nil
	}
	b, err := readAll(path, a.stdin)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", flag, err)
	}
	r := &pb.ProductRules{}
	if err := protojson.Unmarshal(b, r); err != nil {
		return nil, fmt.Errorf("%s %s is no ProductRules as JSON, such as {\"diversity\": \"DIVERSITY_LEVEL_HIGH\"}: %w", flag, path, err)
	}
	return r, nil
}

// rulesCompared is what --against prints as JSON.
type rulesCompared struct {
	A          *backtest.Result     `json:"a"` // under --rules
	B          *backtest.Result     `json:"b"` // under --against
	Comparison *backtest.Comparison `json:"comparison"`
}

// backtestAgainst replays the log once, and decides on the test under both rules.
func (a *app) backtestAgainst(ctx context.Context, f *backtestFlags, p *backtestPlan) (err error) {
	other, err := a.readRules("--against", f.against)
	if err != nil {
		return err
	}
	n, remove, err := a.startPrivate(f.dataDir, config.ClockEvents)
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
	results, err := backtest.RunEach(ctx, conn, p.log, p.options, []*pb.ProductRules{p.options.Rules, other})
	p.options.Display.Close()
	switch {
	case ctx.Err() != nil:
		return errors.New("interrupted")
	case err != nil:
		return r.explain(err)
	}
	c, err := backtest.Compare(results[0], results[1], f.seed)
	if err != nil {
		return err
	}
	if f.json {
		enc := json.NewEncoder(a.stdout)
		enc.SetIndent("", "  ")
		return enc.Encode(rulesCompared{results[0], results[1], c})
	}
	first := f.rules
	if first == "" {
		first = "the ranking as shipped"
	}
	return printComparison(a.stdout, first, f.against, c)
}
