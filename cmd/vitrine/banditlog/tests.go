package banditlog

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/vitrine-io/vitrine/scoring/offpolicy"
)

// test is one test of creatives against each other.
type test struct {
	id, week  string
	creatives []tested
}

// tested is a creative of a test. rate is what is taken for its true one.
type tested struct {
	id, image           string
	impressions, clicks float64
	rate                float64
}

// readTests reads the tests, in the order of their weeks.
func readTests(s *sheet) ([]test, error) {
	at := map[string]int{}
	var tests []test
	for i := range s.rows {
		id := s.text(i, "clickability_test_id")
		impressions, err := s.number(i, "impressions", 1, 1e9)
		if err != nil {
			return nil, err
		}
		clicks, err := s.number(i, "clicks", 0, impressions)
		if err != nil {
			return nil, err
		}
		k, known := at[id]
		if !known {
			k = len(tests)
			at[id] = k
			tests = append(tests, test{id: id, week: s.text(i, "test_week")})
		}
		t := &tests[k]
		t.creatives = append(t.creatives, tested{
			id: fmt.Sprintf("%s/%d", id, len(t.creatives)), image: s.text(i, "eyecatcher_id"), impressions: impressions, clicks: clicks,
		})
	}
	tests = slices.DeleteFunc(tests, func(t test) bool { return len(t.creatives) < 2 || t.clicks() == 0 })
	if len(tests) == 0 {
		return nil, fmt.Errorf("%s has no test of two creatives or more with a click", s.path)
	}
	slices.SortStableFunc(tests, func(a, b test) int { return cmp.Or(cmp.Compare(a.week, b.week), cmp.Compare(a.id, b.id)) })
	return tests, nil
}

func (t *test) clicks() (n float64) {
	for _, c := range t.creatives {
		n += c.clicks
	}
	return n
}

func (t *test) impressions() (n float64) {
	for _, c := range t.creatives {
		n += c.impressions
	}
	return n
}

func (t *test) rate() float64 { return t.clicks() / t.impressions() }

// mean and best are what showing all alike brings, and the best alone.
func (t *test) mean() (sum float64) {
	for _, c := range t.creatives {
		sum += c.rate / float64(len(t.creatives))
	}
	return sum
}

func (t *test) best() (most float64) {
	for _, c := range t.creatives {
		most = max(most, c.rate)
	}
	return most
}

// shrink estimates the creatives' rates: those observed, drawn to the test's as far as
// chance explains their differences. It returns the deviation of the rates within a
// test, as a part of the test's: by the method of moments, over all tests, what their
// variance is beyond that of counts. A Beta prior with that mean and deviation does the
// rest (Robbins, An empirical Bayes approach to statistics, 1956; Casella 1985).
func shrink(tests []test) (spread float64) {
	var beyond, weights float64
	for i := range tests {
		t := &tests[i]
		p, n := t.rate(), float64(len(t.creatives))
		var squares, chance float64
		for _, c := range t.creatives {
			d := c.clicks/c.impressions - p
			squares += d * d / (n - 1)
			chance += p * (1 - p) / c.impressions / n
		}
		w := t.clicks() // relative variances are known as well as there are clicks
		beyond += w * (squares - chance) / (p * p)
		weights += w
	}
	relative := max(beyond/weights, 1e-6)
	for i := range tests {
		t := &tests[i]
		p := t.rate()
		strength := max((1-p)/(p*relative)-1, 1) // of the prior, in impressions
		for k := range t.creatives {
			c := &t.creatives[k]
			c.rate = (c.clicks + strength*p) / (c.impressions + strength)
		}
	}
	return math.Sqrt(relative)
}

// replayTests plays the tests again: whoever is shown a creative clicks with its rate,
// and each policy learns from what it has shown.
func replayTests(ctx context.Context, sheets []*sheet, o Options) (*Result, error) {
	if len(sheets) > 1 {
		return nil, fmt.Errorf("one file of tests at a time, not %d", len(sheets))
	}
	tests, err := readTests(sheets[0])
	if err != nil {
		return nil, err
	}
	r := &Replayed{Spread: shrink(tests), Runs: o.Runs}
	tests = sampleTests(tests, o.Sample, o.Seed)
	var uniform, best, shown float64
	for i := range tests {
		t := &tests[i]
		n := t.horizon(o.Scale)
		uniform, best, shown = uniform+n*t.mean(), best+n*t.best(), shown+n
		r.Creatives += len(t.creatives)
	}
	r.Tests, r.Impressions = len(tests), int64(shown)
	phase := o.Display.Phase("replay", "impressions")
	var done int64
	named := policies(o.Floor)
	rates := make([][]float64, len(named))
	for run := range o.Runs {
		for k, p := range named {
			rng := rand.New(rand.NewPCG(o.Seed, uint64(run)<<8|uint64(k))) //nolint:gosec // not negative
			policy, earned := p.begin(), 0.0
			for i := range tests {
				if ctx.Err() != nil {
					return nil, ctx.Err()
				}
				t := &tests[i]
				n := t.horizon(o.Scale)
				earned += play(policy, t, int(n), rng)
				done += int64(n)
				phase.Set(done, done, int64(shown)*int64(o.Runs*len(named)))
			}
			rates[k] = append(rates[k], earned/shown)
		}
	}
	phase.End()
	add := func(name string, rates []float64) {
		rate := overRuns(rates)
		way := func(v float64) float64 { return 100 * (v*shown - uniform) / (best - uniform) }
		r.Policies = append(r.Policies, Fared{
			name, offpolicy.Interval{Value: 100 * rate.Value, Low: 100 * rate.Low, High: 100 * rate.High},
			offpolicy.Interval{Value: way(rate.Value), Low: way(rate.Low), High: way(rate.High)},
		})
	}
	add("uniform", []float64{uniform / shown})
	for k, p := range named {
		add(p.name, rates[k])
	}
	add("best creative", []float64{best / shown})
	return &Result{Replayed: r}, nil
}

// horizon is how many impressions a test is played for.
func (t *test) horizon(scale float64) float64 { return math.Max(1, math.Round(t.impressions()*scale)) }

// play shows a test's creatives so many times and returns what that brings: the sum of
// the rates of those shown, which is that of the clicks without their noise.
func play(p policy, t *test, impressions int, rng *rand.Rand) (earned float64) {
	p.start(t)
	for range impressions {
		k := p.choose(rng)
		rate := t.creatives[k].rate
		earned += rate
		p.learn(k, rng.Float64() < rate)
	}
	return earned
}

func sampleTests(tests []test, n int, seed uint64) []test {
	if n <= 0 || n >= len(tests) {
		return tests
	}
	chosen := rand.New(rand.NewPCG(seed, 0x73616d70)).Perm(len(tests))[:n] // "samp"
	slices.Sort(chosen)
	out := make([]test, n)
	for i, at := range chosen {
		out[i] = tests[at]
	}
	return out
}

// overRuns is the mean over runs with Student's 95 % interval.
func overRuns(runs []float64) offpolicy.Interval {
	n := float64(len(runs))
	var mean, squares float64
	for _, v := range runs {
		mean += v / n
	}
	if n < 2 {
		return offpolicy.Interval{Value: mean, Low: mean, High: mean}
	}
	for _, v := range runs {
		squares += (v - mean) * (v - mean)
	}
	half := student(n-1) * math.Sqrt(squares/(n-1)/n)
	return offpolicy.Interval{Value: mean, Low: mean - half, High: mean + half}
}

// student is the 97.5th percentile of Student's distribution (Abramowitz and Stegun
// 26.7.5): right to 1 % from four degrees of freedom on.
func student(degrees float64) float64 {
	const z = 1.959964
	z3, z5, z7 := z*z*z, z*z*z*z*z, z*z*z*z*z*z*z
	return z + (z3+z)/(4*degrees) + (5*z5+16*z3+3*z)/(96*degrees*degrees) + (3*z7+19*z5+17*z3-15*z)/(384*degrees*degrees*degrees)
}
