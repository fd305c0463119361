package offpolicy

import (
	"math"
	"math/rand/v2"
)

// Verdict is what a log says about two policies.
type Verdict uint8

// The verdicts. Those from TooFew on mean that the log can't rank them.
const (
	Better  Verdict = iota + 1 // the second earns more
	Worse                      // the second earns less
	TooFew                     // weights of a few choices decide, or a few rewards
	Skewed                     // the mean weight is not 1: the propensities are wrong, or a choice is missing
	TooWide                    // the interval of the difference has 0 in it
)

// Ranks reports whether the log could rank the policies.
func (v Verdict) Ranks() bool { return v == Better || v == Worse }

// String is the verdict in words.
func (v Verdict) String() string {
	switch v {
	case Better:
		return "better"
	case Worse:
		return "worse"
	case TooFew:
		return "too thin to rank them: too few choices count"
	case Skewed:
		return "can't rank them: the weights don't average 1"
	case TooWide:
		return "too thin to rank them: the difference may be 0"
	}
	return "unknown"
}

// What a percentile interval of the bootstrap needs to hold what it promises: so many
// effective choices, and so many effective rewards among them.
const (
	leastEffective = 100
	leastRewards   = 30
)

// Comparison holds two policies against each other on one log.
type Comparison struct {
	A          Estimate `json:"a"`
	B          Estimate `json:"b"`
	Difference Interval `json:"difference"` // B - A, by SNIPS
	Verdict    Verdict  `json:"verdict"`
}

// Compare values two policies by SNIPS, and their difference in the same bootstrap
// samples, so that what is common to both cancels out. It ranks them only if the log
// carries that: see Verdict.
func (l Log) Compare(a, b []float64, rng *rand.Rand) Comparison {
	c := Comparison{Verdict: TooFew}
	if len(l) == 0 {
		return c
	}
	va, vb := l.valued(a), l.valued(b)
	var ba, bb boot
	var differences []float64
	for range resamples {
		var sa, sb sums
		l.draw(rng, func(i int, n float64) {
			sa.add(va.rows[i], n)
			sb.add(vb.rows[i], n)
		})
		ba.add(sa)
		bb.add(sb)
		differences = append(differences, sb.reward/sb.weight-sa.reward/sa.weight)
	}
	c.A, c.B = va.estimate(&ba), vb.estimate(&bb)
	c.Difference = percentiles(c.B.SNIPS.Value-c.A.SNIPS.Value, differences)
	c.Verdict = c.judge()
	return c
}

func (c *Comparison) judge() Verdict {
	for _, e := range []*Estimate{&c.A, &c.B} {
		if !(e.Effective >= leastEffective && e.Rewards >= leastRewards) {
			return TooFew
		}
	}
	for _, e := range []*Estimate{&c.A, &c.B} {
		// Twice the interval, some four standard errors: chance alone does that
		// once in ten thousand logs.
		wide := 2 * max(e.Weight.High-e.Weight.Value, e.Weight.Value-e.Weight.Low, 1e-9)
		if math.Abs(e.Weight.Value-1) > wide {
			return Skewed
		}
	}
	switch {
	case c.Difference.Low > 0:
		return Better
	case c.Difference.High < 0:
		return Worse
	}
	return TooWide
}

// Longer is how many times as long the log would have to be for the difference to be
// told to within a part of A's value, such as 0.1: the interval narrows with the
// square root of the rows.
func (c *Comparison) Longer(part float64) float64 {
	half := (c.Difference.High - c.Difference.Low) / 2
	return math.Pow(half/(part*math.Abs(c.A.SNIPS.Value)), 2)
}
