package tune

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/cmd/vitrine/backtest"
	"github.com/vitrine-io/vitrine/cmd/vitrine/progress"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/blend"
	"github.com/vitrine-io/vitrine/scoring/decide"
)

// crowd is a log of visitors who look at whatever is popular: what they looked at
// before says nothing, against all that the shipped weights have been fitted to.
func crowd(sessions int) string {
	rng := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(rng, 1.2, 4, 299)
	var b strings.Builder
	for range sessions {
		for range 3 {
			fmt.Fprintf(&b, "p%d ", zipf.Uint64()*7919%300)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// read reads a log whose last part is the validation.
func read(t *testing.T, text, validation string) *backtest.Log {
	t.Helper()
	file := filepath.Join(t.TempDir(), "log.txt")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	h, err := backtest.ParseHoldout(validation)
	if err != nil {
		t.Fatal(err)
	}
	log, _, err := backtest.Read(backtest.Files{Train: []string{file}, Holdout: h})
	if err != nil {
		t.Fatal(err)
	}
	return log
}

func options() Options {
	return Options{
		K: 20, End: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Span: 30 * 24 * time.Hour,
		Lessons: 800, Sample: 300, Budget: Budget{Trials: 6}, Seed: 1, Display: progress.New(io.Discard, false),
	}
}

// ndcg of a ranking on the test part of a log.
func ndcg(t *testing.T, log *backtest.Log, r *scoring.Ranking) float64 {
	t.Helper()
	o := options()
	log.SetTimes(o.End, o.Span)
	s, err := newShop(log, &o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := collect(t.Context(), s, log, 0, o.Display.Phase("", "")); err != nil {
		t.Fatal(err)
	}
	j, err := newJudge(s, log)
	if err != nil {
		t.Fatal(err)
	}
	c, _ := decide.Compile(r)
	places, err := j.places(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	var sum float64
	for _, session := range places {
		for _, p := range session {
			sum += gain(p)
		}
	}
	return sum / float64(j.count())
}

func TestFindsWhatMatters(t *testing.T) {
	text := crowd(1500)
	cut := strings.LastIndex(text[:len(text)*85/100], "\n") + 1
	tuneLog := func() *backtest.Log { return read(t, text[:cut], "15%") }
	found, err := Run(t.Context(), tuneLog(), options())
	if err != nil {
		t.Fatal(err)
	}
	if !found.Better() || len(found.Features) == 0 || found.Trials != 6 {
		t.Fatalf("found %+v", found)
	}
	whole := read(t, text, "15%") // later sessions than tuning saw
	shipped, tuned := ndcg(t, whole, nil), ndcg(t, whole, found.Ranking)
	t.Logf("NDCG@20 of later sessions: %.4f as shipped, %.4f tuned", shipped, tuned)
	if tuned < shipped+0.002 { // by itself the shop learns most of it, too
		t.Errorf("NDCG@20 of later sessions: %.4f as shipped, %.4f tuned", shipped, tuned)
	}
	again, err := Run(t.Context(), tuneLog(), options())
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(found, again) {
		t.Errorf("the same log and seed give\n%+v\nand\n%+v", found, again)
	}
}

// Where weights and parameters are not asked for, nothing is found.
func TestNothingAskedNothingFound(t *testing.T) {
	o := options()
	o.Lessons, o.Budget = 0, Budget{}
	found, err := Run(t.Context(), read(t, crowd(200), "20%"), o)
	if err != nil || found.Ranking != nil || found.Better() || found.Validation.Targets == 0 {
		t.Errorf("%+v, %v", found, err)
	}
}

// tiring is a context that ends after it was asked so many times, by whomever.
type tiring struct {
	context.Context
	left atomic.Int64
}

func tiringAfter(ctx context.Context, left int) *tiring {
	c := &tiring{Context: ctx}
	c.left.Store(int64(left))
	return c
}

func (c *tiring) Err() error {
	if c.left.Add(-1) < 0 {
		return context.Canceled
	}
	return nil
}

func TestInterruptedKeepsTheBest(t *testing.T) {
	if _, err := Run(tiringAfter(t.Context(), 1), read(t, crowd(400), "20%"), options()); !errors.Is(err, ErrNothing) {
		t.Errorf("at the beginning: %v, want ErrNothing", err)
	}
	o := options()
	o.Budget.Trials = 1_000_000
	events := read(t, crowd(400), "20%").TrainEventCount()
	for _, left := range []int{events/256 + 20, events/256 + 2000} {
		found, err := Run(tiringAfter(t.Context(), left), read(t, crowd(400), "20%"), o)
		if err != nil || !found.Interrupted || found.Validation.Targets == 0 {
			t.Errorf("after %d: %+v, %v", left, found, err)
		}
	}
}

func TestAnEmptyValidation(t *testing.T) {
	log := read(t, crowd(50), "20%")
	log.Test = nil
	if _, err := Run(t.Context(), log, options()); err == nil || !strings.Contains(err.Error(), "no product view") {
		t.Errorf("%v", err)
	}
}

// made are lessons with two features, of which the first tells the target.
func made() *problem {
	rng := rand.New(rand.NewPCG(3, 4))
	p := &problem{lessons: &lessons{}, anchor: weights{make([]float32, blend.Situations), make([]float32, blend.Situations)}, fitted: []int{0, 1}, pull: 1e-3, learned: true}
	for i := range 200 {
		o := decide.Observation{Situation: i % 9, Fresh: 0.9, Moved: []float32{0.3, -0.2}, Target: rng.IntN(5)}
		for c := range 5 {
			x := float32(rng.Float64())
			if c == o.Target {
				x += 0.5
			}
			o.Values = append(o.Values, x, float32(rng.Float64()))
		}
		p.lessons.add(&o, p.anchor)
	}
	return p
}

// The slope is what the loss changes by.
func TestSlope(t *testing.T) {
	p := made()
	x, slope, none := make([]float64, p.size()), make([]float64, p.size()), make([]float64, p.size())
	rng := rand.New(rand.NewPCG(5, 6))
	for k := range x {
		x[k] = rng.NormFloat64()
	}
	p.at(x, slope)
	for k := range x {
		const h = 1e-3
		x[k] += h
		up := p.at(x, none)
		x[k] -= 2 * h
		down := p.at(x, none)
		x[k] += h
		if got := (up - down) / (2 * h); math.Abs(got-slope[k]) > 1e-4 {
			t.Errorf("number %d: the loss changes by %v, the slope says %v", k, got, slope[k])
		}
	}
}

func TestFit(t *testing.T) {
	p := made()
	before := p.lessons.meanLoss(p.anchor, true)
	w := p.weights(minimize(t.Context(), make([]float64, p.size()), p.at, func(int) {})).rounded()
	if after := p.lessons.meanLoss(w, true); after > before-0.1 || w[0][3] < 3*float32(math.Abs(float64(w[1][3]))) {
		t.Errorf("a loss of %v, before %v; weights %v", after, before, w)
	}
	if w[0][blend.Situations-1] != 0 {
		t.Error("the weight of visitors without a visit has moved")
	}
	p.pull = 1e6
	for _, by := range p.weights(minimize(t.Context(), make([]float64, p.size()), p.at, func(int) {})) {
		if math.Abs(float64(by[0])) > 1e-3 {
			t.Errorf("held firmly, a weight has moved to %v", by[0])
		}
	}
}

func TestMinimize(t *testing.T) {
	// Rosenbrock's valley, whose lowest point is (1, 1).
	x := minimize(t.Context(), []float64{-1.2, 1}, func(x, slope []float64) float64 {
		a, b := 1-x[0], x[1]-x[0]*x[0]
		slope[0], slope[1] = -2*a-400*x[0]*b, 200*b
		return a*a + 100*b*b
	}, func(int) {})
	if math.Hypot(x[0]-1, x[1]-1) > 1e-3 {
		t.Errorf("came to %v, want (1, 1)", x)
	}
}

func TestNextValues(t *testing.T) {
	for _, c := range []struct {
		p    decide.Parameter
		v    float64
		up   bool
		want float64
	}{
		{decide.Parameter{Min: 20, Max: 200, Whole: true}, 60, true, 90},
		{decide.Parameter{Min: 20, Max: 200, Whole: true}, 60, false, 40},
		{decide.Parameter{Min: 20, Max: 200, Whole: true}, 180, true, 200},
		{decide.Parameter{Min: 0, Max: 5}, 0, true, 0.25},
		{decide.Parameter{Min: 0, Max: 5}, 0, false, 0},
		{decide.Parameter{Min: 0.3, Max: 20}, 2, false, 1.33},
	} {
		if got := next(&c.p, c.v, c.up); got != c.want {
			t.Errorf("from %v: %v, want %v", c.v, got, c.want)
		}
	}
}
