// Package tune fits a placement's ranking to a log: the weights by softmax
// regression on the choices of its visitors, the parameters by search, both held
// against sessions that they were not fitted to.
package tune

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/vitrine-io/vitrine/cmd/vitrine/backtest"
	"github.com/vitrine-io/vitrine/cmd/vitrine/feed"
	"github.com/vitrine-io/vitrine/cmd/vitrine/progress"
	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/decide"
	"github.com/vitrine-io/vitrine/server"
)

type eventMessage = *vitrinev1.Event

// errInterrupted ends a stage when the context has ended.
var errInterrupted = errors.New("interrupted")

// ErrNothing is returned when the context ends before anything was fitted.
var ErrNothing = errors.New("interrupted before anything was found")

// Options say how to tune.
type Options struct {
	K        int           // products shown
	End      time.Time     // when the log ends, if it tells no times
	Span     time.Duration // what sessions without times are spread over
	Lessons  int           // choices that weights are fitted to; 0: weights are not fitted
	Sample   int           // targets that a trial is judged by
	Budget   Budget
	Seed     uint64
	Products func() (next feed.Next[*vitrinev1.Product], done func(), err error) // nil: the bare ids of the log
	Display  *progress.Display
}

// Budget bounds the search for parameters. Of none there is no search.
type Budget struct {
	Trials int
	Time   time.Duration
}

func (b Budget) given() bool { return b.Trials > 0 || b.Time > 0 }

// Result is what tuning came to.
type Result struct {
	Ranking     *scoring.Ranking     // the best found; nil: nothing better than what is shipped
	Validation  *backtest.Comparison // A is as shipped, B the best found
	Lessons     int                  // that weights were fitted to
	Features    []string             // whose weights were fitted, if that paid
	Trials      int
	Kept        []Change // of parameters
	Interrupted bool
}

// Change is a parameter that was found to be better elsewhere.
type Change struct {
	Parameter string  `json:"parameter"`
	From      float64 `json:"from"`
	To        float64 `json:"to"`
}

// Run tunes on the log: weights and models come from its train sessions, and its
// test sessions are the validation by which everything is chosen. When ctx ends,
// the best found so far is what it returns.
func Run(ctx context.Context, log *backtest.Log, o Options) (*Result, error) {
	log.SetTimes(o.End, o.Span)
	s, err := newShop(log, &o)
	if err != nil {
		return nil, err
	}
	phase := o.Display.Phase("learn", "events")
	lessons, err := collect(ctx, s, log, o.Lessons, phase)
	phase.End()
	if errors.Is(err, errInterrupted) {
		return nil, ErrNothing
	}
	if err != nil {
		return nil, err
	}
	all, err := newJudge(s, log)
	if err != nil {
		return nil, err
	}
	if all.count() == 0 {
		return nil, errors.New("the validation part holds no product view to predict")
	}
	t := &tuning{
		Options: o, shop: s, all: all, some: all.sample(o.Sample, o.Seed),
		result: &Result{Lessons: len(lessons.list)}, best: &scoring.Ranking{},
	}
	for _, stage := range []func(context.Context) error{
		func(ctx context.Context) error { return t.fitWeights(ctx, lessons) }, t.searchParameters,
	} {
		err := stage(ctx)
		if errors.Is(err, errInterrupted) {
			t.result.Interrupted = true
			break
		}
		if err != nil {
			return nil, err
		}
	}
	return t.result, t.conclude(context.WithoutCancel(ctx))
}

// tuning is under way.
type tuning struct {
	Options
	shop   *shop
	all    *judge // of the whole validation part
	some   *judge // of a sample of it
	best   *scoring.Ranking
	result *Result
}

// compiled makes a ranking ready.
func compiled(r *scoring.Ranking) (*decide.Config, error) {
	c, faults := decide.Compile(r)
	if len(faults) > 0 {
		f := faults[0]
		return nil, fmt.Errorf("tune: %s%s %s", f.Feature, f.Parameter, f.Text)
	}
	return c, nil
}

func (t *tuning) places(ctx context.Context, j *judge, r *scoring.Ranking) ([][]uint8, error) {
	c, err := compiled(r)
	if err != nil {
		return nil, err
	}
	return j.places(ctx, c)
}

// conclude holds the best found against what is shipped, on all of the validation.
func (t *tuning) conclude(ctx context.Context) error {
	before, err := t.places(ctx, t.all, nil)
	if err != nil {
		return err
	}
	after := before
	if t.changed() {
		if after, err = t.places(ctx, t.all, t.best); err != nil {
			return err
		}
		t.result.Ranking = t.best
	}
	t.result.Validation = backtest.ComparePlaces(before, after, t.K, t.Seed)
	return nil
}

func (t *tuning) changed() bool {
	return t.best.Fixed || len(t.best.Weights) > 0 || len(t.best.Parameters) > 0
}

// Better reports whether the ranking found is better than what is shipped by more
// than chance explains, in NDCG on the validation part.
func (r *Result) Better() bool {
	if r.Ranking == nil {
		return false
	}
	for _, d := range r.Validation.Measures {
		if d.Measure == "NDCG" {
			return d.BMinusA.Low > 0
		}
	}
	return false
}

// pulls are tried for the prior around what is shipped, the firmest first.
var pulls = []float64{3e-2, 3e-3, 3e-4}

// validationLessons are how many of the validation's choices the pull is chosen by.
const validationLessons = 4000

// fitWeights fits them twice: as what the shop's visitors go on to move, and to
// stand as they are. The better one is kept if it beats what is shipped.
func (t *tuning) fitWeights(ctx context.Context, train *lessons) error {
	if len(train.list) == 0 {
		return nil
	}
	held, err := t.all.lessons(ctx, validationLessons)
	if err != nil {
		return err
	}
	p := &problem{lessons: train, anchor: t.shop.decider.Shipped(t.all.targets0().page.Now)}
	for f, tells := range train.telling() {
		if tells {
			p.fitted = append(p.fitted, f)
		}
	}
	phase := t.Display.Phase("fit", "passes")
	defer phase.End()
	passes, total := int64(0), int64(2*len(pulls)*maxSteps)
	shipped, err := t.places(ctx, t.some, nil)
	if err != nil {
		return err
	}
	most := 0.0
	for way, learned := range []bool{true, false} {
		p.learned = learned
		least, found := held.meanLoss(p.anchor, learned), weights(nil)
		x := make([]float64, p.size())
		for k, pull := range pulls {
			p.pull = pull
			x = minimize(ctx, x, p.at, func(step int) {
				passes = int64((way*len(pulls)+k)*maxSteps + step)
				phase.Set(passes, passes, total)
			})
			w := p.weights(x).rounded()
			if loss := held.meanLoss(w, learned); loss < least {
				least, found = loss, w
			}
		}
		if found == nil {
			continue
		}
		r := &scoring.Ranking{Fixed: !learned, Weights: p.named(found)}
		places, err := t.places(context.WithoutCancel(ctx), t.some, r)
		if err != nil {
			return err
		}
		if mean, stderr := margin(shipped, places); mean > max(most, stderr) {
			most, t.best, t.result.Features = mean, r, slices.Sorted(maps.Keys(r.Weights))
		}
		if ctx.Err() != nil {
			return errInterrupted
		}
	}
	return nil
}

// targets0 is the first target: all are asked for at the same time.
func (j *judge) targets0() *target {
	for _, s := range j.targets {
		if len(s) > 0 {
			return &s[0]
		}
	}
	return nil
}

// rounded keeps two digits behind the point: more are noise, and unreadable.
func (w weights) rounded() weights {
	for _, by := range w {
		for s := range by {
			by[s] = float32(math.Round(100*float64(by[s])) / 100)
		}
	}
	return w
}

// named is the fitted features' weights by name.
func (p *problem) named(w weights) map[string][]float32 {
	names := decide.FeatureNames()
	out := make(map[string][]float32, len(p.fitted))
	for _, f := range p.fitted {
		out[names[f]] = w[f]
	}
	return out
}

// Message is a ranking as a placement takes it.
func Message(r *scoring.Ranking) (*vitrinev1.RankingConfig, error) {
	c, err := server.NewConverter()
	if err != nil {
		return nil, err
	}
	return c.Ranking(r), nil
}
