// Package offpolicy says what a policy would have earned, from the log of another one
// whose probabilities are known, and when that log can't say.
package offpolicy

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Row is a choice that was made and what came of it.
type Row struct {
	Reward float64
	Logged float64 // probability with which the log's policy made it, above 0
}

// Log is what one policy did. A policy to be valued on it is given as a list of the
// probabilities with which it would have made each row's choice.
type Log []Row

// Own is the log's own policy.
func (l Log) Own() []float64 {
	own := make([]float64, len(l))
	for i, r := range l {
		own[i] = r.Logged
	}
	return own
}

// Interval is an estimate with the ends of its 95 % interval.
type Interval struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// Estimate is what a policy would earn a choice.
type Estimate struct {
	// IPS is by inverse propensity scoring, the mean of w x reward with w = target /
	// logged (Horvitz and Thompson 1952): right on average, and far off when large
	// weights are rare.
	IPS Interval `json:"ips"`
	// SNIPS is self-normalised, Σ w x reward / Σ w (Swaminathan and Joachims, NIPS
	// 2015): a little off on average, far less by chance.
	SNIPS Interval `json:"snips"`
	// Weight is the mean weight. It is 1 but for chance when the propensities are
	// right and the log has all that the policy would do.
	Weight Interval `json:"weight"`
	// Effective is the effective sample size (Kish 1965): (Σ w)² / Σ w² of the
	// weights w. So many choices of the policy itself would tell as much.
	Effective float64 `json:"effective"`
	// Rewards is the same of the weighted rewards: what the estimate rests on when
	// few choices have one.
	Rewards float64 `json:"rewards"`
}

// Value values a policy on the log.
func (l Log) Value(target []float64, rng *rand.Rand) Estimate {
	if len(l) == 0 {
		return Estimate{}
	}
	v := l.valued(target)
	var b boot
	for range resamples {
		var s sums
		l.draw(rng, func(i int, n float64) { s.add(v.rows[i], n) })
		b.add(s)
	}
	return v.estimate(&b)
}

// sums are those over a sample.
type sums struct{ n, weight, reward float64 }

// resamples is how many bootstrap samples an interval is taken from.
const resamples = 1000

// weighted is a row as a policy sees it.
type weighted struct{ weight, reward float64 } // reward is weight x reward

func (s *sums) add(w weighted, n float64) {
	s.n += n
	s.weight += n * w.weight
	s.reward += n * w.reward
}

// valued is a log as a policy sees it.
type valued struct {
	rows               []weighted
	all                sums
	effective, rewards float64
}

func (l Log) valued(target []float64) (v valued) {
	v.rows = make([]weighted, len(l))
	var squares, rewards, rewardSquares float64
	for i, r := range l {
		w := target[i] / r.Logged
		v.rows[i] = weighted{w, w * r.Reward}
		v.all.add(v.rows[i], 1)
		squares += w * w
		rewards += math.Abs(w * r.Reward)
		rewardSquares += w * r.Reward * w * r.Reward
	}
	v.effective, v.rewards = kish(v.all.weight, squares), kish(rewards, rewardSquares)
	return v
}

// boot collects what bootstrap samples come to.
type boot struct{ ips, snips, weight []float64 }

func (b *boot) add(s sums) {
	b.ips = append(b.ips, s.reward/s.n)
	b.snips = append(b.snips, s.reward/s.weight)
	b.weight = append(b.weight, s.weight/s.n)
}

func (v *valued) estimate(b *boot) Estimate {
	return Estimate{
		IPS:    percentiles(v.all.reward/v.all.n, b.ips),
		SNIPS:  percentiles(v.all.reward/v.all.weight, b.snips),
		Weight: percentiles(v.all.weight/v.all.n, b.weight), Effective: v.effective, Rewards: v.rewards,
	}
}

func kish(sum, squares float64) float64 {
	if squares == 0 {
		return 0
	}
	return sum * sum / squares
}

// poisson holds the distribution function of Poisson's law with mean 1, in parts of
// 65,536: 0 up to 24,109, 1 up to 48,218 ...
var poisson = [8]uint16{24109, 48218, 60273, 64291, 65296, 65497, 65530, 65535}

// draw draws a bootstrap sample and calls fn with each row in it and how often it was
// drawn: by Poisson's law, which is what drawing with replacement comes to (Hanley and
// MacGibbon, Creating non-parametric bootstrap samples using Poisson frequencies,
// 2006).
func (l Log) draw(rng *rand.Rand, fn func(row int, times float64)) {
	var bits uint64
	for i := range l {
		if i%4 == 0 {
			bits = rng.Uint64()
		}
		n, u := 0, uint16(bits) //nolint:gosec // sixteen bits at a time
		bits >>= 16
		for n < len(poisson)-1 && u >= poisson[n] {
			n++
		}
		if n > 0 {
			fn(i, float64(n))
		}
	}
}

// percentiles is the percentile interval of bootstrap samples, which it sorts. Samples
// that have no value, as when no row that the policy would choose was drawn, are at
// both ends: they make the interval no narrower.
func percentiles(value float64, samples []float64) Interval {
	known := slices.DeleteFunc(samples, math.IsNaN)
	slices.Sort(known)
	if len(known) == 0 {
		return Interval{value, math.Inf(-1), math.Inf(1)}
	}
	at := func(q float64) float64 { return known[int(math.Round(q*float64(len(known)-1)))] }
	return Interval{value, at(0.025), at(0.975)}
}
