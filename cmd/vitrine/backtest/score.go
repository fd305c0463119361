package backtest

import (
	"math"
	"math/rand/v2"
	"slices"
)

// ListLength is how many products are asked for, the 20 of HR@20.
const ListLength = 20

// Outcome is at what place of the answer each target of a session stood, beside
// its Cuts: 1 is the first, 0 not among them.
type Outcome []uint8

// Score is how well the targets were met, in percent.
type Score struct {
	Pairs int      `json:"pairs"`
	HR    Estimate `json:"hr_at_20"`  // share of the targets among the 20
	MRR   Estimate `json:"mrr_at_20"` // mean of 1/place, 0 for those not among the 20
}

// Estimate is a mean with its 95 % interval.
type Estimate struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// sums is what a session adds to a score.
type sums struct{ pairs, hits, reciprocal float64 }

func (s *sums) add(place uint8) {
	s.pairs++
	if place > 0 {
		s.hits++
		s.reciprocal += 1 / float64(place)
	}
}

// which chooses targets: all of them, those the session already had, or those
// it had not.
type which int

const (
	allTargets which = iota
	repeats
	newTargets
)

// perSession sums up each session's targets of that kind. Sessions without any
// add nothing, but stay in the sample.
func perSession(test []Session, outcomes []Outcome, kind which) []sums {
	out := make([]sums, len(test))
	for i := range test {
		for j, n := range test[i].Cuts {
			repeat := slices.Contains(test[i].Items[:n], test[i].Items[n])
			if kind == allTargets || repeat == (kind == repeats) {
				out[i].add(outcomes[i][j])
			}
		}
	}
	return out
}

// resamples is how many bootstrap samples an interval is taken from.
const resamples = 1000

// score gives means over the pairs, with percentile intervals of the bootstrap
// over sessions (Efron and Tibshirani 1993, 13.3): the pairs of one session
// stand or fall together, so sessions are what is drawn.
func score(sessions []sums, seed uint64) Score {
	total := sums{}
	for _, s := range sessions {
		total.pairs += s.pairs
		total.hits += s.hits
		total.reciprocal += s.reciprocal
	}
	result := Score{Pairs: int(total.pairs)}
	if total.pairs == 0 {
		return result
	}
	rng := rand.New(rand.NewPCG(seed, 0x626f6f74)) // "boot": apart from the sampling of sessions
	var hr, mrr []float64
	for range resamples {
		var drawn sums
		for range sessions {
			s := &sessions[rng.IntN(len(sessions))]
			drawn.pairs += s.pairs
			drawn.hits += s.hits
			drawn.reciprocal += s.reciprocal
		}
		if drawn.pairs > 0 {
			hr = append(hr, drawn.hits/drawn.pairs)
			mrr = append(mrr, drawn.reciprocal/drawn.pairs)
		}
	}
	result.HR = estimate(total.hits/total.pairs, hr)
	result.MRR = estimate(total.reciprocal/total.pairs, mrr)
	return result
}

func estimate(mean float64, samples []float64) Estimate {
	slices.Sort(samples)
	return Estimate{Value: 100 * mean, Low: 100 * quantile(samples, 0.025), High: 100 * quantile(samples, 0.975)}
}

// quantile interpolates between the two values nearest in a sorted list.
func quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	at := q * float64(len(sorted)-1)
	low := int(math.Floor(at))
	if low+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[low] + (at-float64(low))*(sorted[low+1]-sorted[low])
}

// Sample keeps n test sessions, drawn without replacement, in their order; all
// of them for 0.
func (l *Log) Sample(n int, seed uint64) { l.Test = sample(l.Test, n, seed) }

func sample(test []Session, n int, seed uint64) []Session {
	if n <= 0 || n >= len(test) {
		return test
	}
	rng := rand.New(rand.NewPCG(seed, 0x73616d70)) // "samp"
	chosen := rng.Perm(len(test))[:n]
	slices.Sort(chosen)
	out := make([]Session, n)
	for i, at := range chosen {
		out[i] = test[at]
	}
	return out
}
