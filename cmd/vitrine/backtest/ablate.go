package backtest

import (
	"context"
	"fmt"

	"google.golang.org/grpc"

	"github.com/vitrine-io/vitrine/cmd/vitrine/progress"
)

// Variant is a way of deciding beside the usual one.
type Variant struct {
	Group, Name string
	Use         func() // all decisions from now on are made so
}

// Ablated is what decisions come to in each of their variants.
type Ablated struct {
	Whole    *Result    `json:"whole"` // as usual
	Variants []*Variety `json:"variants"`
}

// Variety is one variant against the usual: A is the usual, B the variant.
type Variety struct {
	Group    string       `json:"group"`
	Name     string       `json:"name"`
	Measures []Difference `json:"measures"`
}

// Ablate replays the log once, and then decides on the test in each variant, on
// what the server has learned. Models stay as they are: with Online, what one
// variant tells the server would be known to the next.
func Ablate(ctx context.Context, conn grpc.ClientConnInterface, log *Log, o Options, variants []Variant) (*Ablated, error) {
	if o.Online {
		return nil, fmt.Errorf("backtest: variants are decided on one after another, and can't learn on")
	}
	r := newReplay(conn, log, o)
	if err := r.run(ctx); err != nil {
		return nil, err
	}
	phase := r.Display.Phase("variants", "decisions")
	defer phase.End()
	out := &Ablated{Whole: r.result}
	whole := &Result{K: r.result.K, Ranks: ptr(*r.result.Ranks)}
	whole.Ranks.Cuts = nil // the slices of every variant would be too much to read
	for i, v := range variants {
		v.Use()
		places, err := r.again(ctx, phase, i, len(variants))
		if err != nil {
			return nil, fmt.Errorf("%s %s: %w", v.Group, v.Name, err)
		}
		c, err := Compare(whole, places, r.Seed)
		if err != nil {
			return nil, err
		}
		out.Variants = append(out.Variants, &Variety{Group: v.Group, Name: v.Name, Measures: c.Measures})
	}
	return out, nil
}

// again asks behind every prefix once more, and returns where the targets stood.
func (r *replay) again(ctx context.Context, phase *progress.Phase, round, rounds int) (*Result, error) {
	t := newTester(r, lastTime(r.log.Train))
	if err := t.frozen(ctx); err != nil {
		return nil, err
	}
	done := t.total * int64(round+1)
	phase.Set(done, done, t.total*int64(rounds))
	ranks := newJudge(r.log.Test, r.K).ranks(r.log.Products, t.outcomes)
	ranks.Baskets = r.log.Lasting()
	return &Result{K: r.K, Ranks: ranks}, nil
}
