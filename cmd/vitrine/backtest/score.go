package backtest

import (
	"math"
	"math/rand/v2"
	"slices"
)

// How many products are asked for: the 20 of the literature's HR@20 unless told
// otherwise, and at most what the API shows in one placement.
const (
	DefaultK = 20
	MaxK     = 100
)

// outcome is what one decision came to.
type outcome struct {
	place         uint8   // of the next view, 1 for the first; 0 when it is not shown
	carts, orders uint8   // how many of the session's later carts and orders are shown
	places        []uint8 // of all that was held out of a lasting visitor
	novelty       float64
	drift         float64 // of the categories; NaN where there are none
}

// Score is how well the targets were met, in percent.
type Score struct {
	Targets int      `json:"targets"`
	HR      Estimate `json:"hr"`   // share of the targets among the k
	MRR     Estimate `json:"mrr"`  // mean of 1/place, 0 for those not among the k
	NDCG    Estimate `json:"ndcg"` // mean of 1/log2(1+place), 0 for those not among the k

	// Recall is the mean over lasting visitors of the share of what was held out;
	// nil for sessions.
	Recall *Recall `json:"recall,omitempty"`
	Carts  *Recall `json:"cart_recall,omitempty"`  // nil when the test has none
	Orders *Recall `json:"order_recall,omitempty"` // nil when the test has none
}

// Recall is how much of what a session later put into the cart, or ordered, was
// shown, in percent.
type Recall struct {
	Estimate
	Wanted int `json:"wanted"` // products looked for, at most k a decision
}

// Estimate is a mean with its 95 % interval.
type Estimate struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// reciprocal is what a place adds to the MRR, and gain what it adds to the NDCG:
// with one target the ideal gain is 1 (Järvelin and Kekäläinen 2002).
func reciprocal(place uint8) float64 {
	if place == 0 {
		return 0
	}
	return 1 / float64(place)
}

func gain(place uint8) float64 {
	if place == 0 {
		return 0
	}
	return 1 / math.Log2(1+float64(place))
}

func hit(place uint8) float64 {
	if place == 0 {
		return 0
	}
	return 1
}

// part is what one session adds to both sides of a ratio.
type part struct {
	session      int32
	above, below float64
}

// ratio is a mean over targets or decisions. Sessions that add nothing are not
// in it, but stay in the sample.
type ratio []part

// value is the ratio when each session counts as often as times says; nil means
// once. It is false for a ratio of nothing.
func (r ratio) value(times []uint16) (float64, bool) {
	var above, below float64
	for i := range r {
		n := 1.0
		if times != nil {
			n = float64(times[r[i].session])
		}
		above += n * r[i].above
		below += n * r[i].below
	}
	return above / below, below > 0
}

// ratioOf sums up what each cut of each session adds.
func ratioOf(test []Session, fn func(session, cut int) (above, below float64)) ratio {
	var r ratio
	for i := range test {
		p := part{session: int32(i)}
		for j := range test[i].Cuts {
			above, below := fn(i, j)
			p.above += above
			p.below += below
		}
		if p.below > 0 {
			r = append(r, p)
		}
	}
	return r
}

// resamples is how many bootstrap samples an interval is taken from.
const resamples = 1000

// resample draws as many sessions as there are, with replacement, and calls fn
// with how often each was drawn, resamples times over. Sessions are what is
// drawn because the targets of one session stand or fall together (Efron and
// Tibshirani 1993, 8.4). The slice holds until fn returns.
func resample(sessions int, seed uint64, fn func(times []uint16)) {
	if sessions == 0 {
		return
	}
	rng := rand.New(rand.NewPCG(seed, 0x626f6f74)) // "boot": apart from the sampling of sessions
	times := make([]uint16, sessions)
	for range resamples {
		clear(times)
		for range sessions {
			times[rng.IntN(sessions)]++
		}
		fn(times)
	}
}

// estimates collects ratios, so that one bootstrap gives all their intervals.
type estimates struct {
	sessions int
	ratios   []ratio
	scales   []float64
	to       []*Estimate
}

// add asks for the ratio, times scale, with its interval.
func (e *estimates) add(to *Estimate, scale float64, r ratio) {
	e.to, e.scales, e.ratios = append(e.to, to), append(e.scales, scale), append(e.ratios, r)
}

// fill computes what was asked for: percentile intervals (Efron and Tibshirani
// 1993, 13.3). Ratios of nothing stay zero.
func (e *estimates) fill(seed uint64) {
	samples := make([][]float64, len(e.ratios))
	resample(e.sessions, seed, func(times []uint16) {
		for i, r := range e.ratios {
			if v, ok := r.value(times); ok {
				samples[i] = append(samples[i], v)
			}
		}
	})
	for i, r := range e.ratios {
		if v, ok := r.value(nil); ok {
			*e.to[i] = interval(v, samples[i], e.scales[i])
		}
	}
}

// interval is the percentile interval of the samples, which it sorts.
func interval(v float64, samples []float64, scale float64) Estimate {
	slices.Sort(samples)
	return Estimate{Value: scale * v, Low: scale * quantile(samples, 0.025), High: scale * quantile(samples, 0.975)}
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
