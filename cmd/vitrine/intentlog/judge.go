package intentlog

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/vitrine-io/vitrine/scoring"
)

// Estimate is a figure with its 95 % interval.
type Estimate struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// Told is how well one predictor told who buys.
type Told struct {
	Name string `json:"name"`
	// AUC is how often, of one who bought and one who did not, the first was thought
	// likelier to.
	AUC Estimate `json:"auc"`
	// Error is the expected calibration error: how far what was predicted is from what
	// happened, over ten bins of as many predictions each.
	Error Estimate `json:"calibration_error"`
	// Brier is the mean square of prediction - outcome.
	Brier Estimate `json:"brier"`
	// Bins are those of the calibration error.
	Bins []Bin `json:"bins"`
}

// Bin is the predictions between two others.
type Bin struct {
	Predicted float64 `json:"predicted"` // their mean
	Bought    float64 `json:"bought"`    // how often they did
}

const (
	bins    = 10
	samples = 300 // of the bootstrap
)

// figures of a predictor on the moments, in percent of how each visitor weighs.
type figures struct {
	auc, ece, brier float64
	bins            []Bin
}

// ordered is the moments by what one predictor says, the least likely first.
type ordered struct {
	moments []moment
	by      int
	visitor []int // of each
}

// measure works the figures out, each visitor's moments weighing that much.
func (o *ordered) measure(weight []float64) (f figures) {
	var yes, no, won, square, all float64
	per := (len(o.moments) + bins - 1) / bins
	var inBin, sumP, sumY float64
	flush := func() {
		if inBin > 0 {
			f.bins = append(f.bins, Bin{sumP / inBin, sumY / inBin})
			f.ece += math.Abs(sumP - sumY)
		}
		inBin, sumP, sumY = 0, 0, 0
	}
	for from := 0; from < len(o.moments); {
		to := from
		var yesHere, noHere float64
		p := o.moments[from].p[o.by]
		for ; to < len(o.moments) && o.moments[to].p[o.by] == p; to++ {
			w := weight[o.visitor[to]]
			if to > 0 && to%per == 0 {
				flush()
			}
			y := 0.0
			if o.moments[to].yes {
				y = 1
				yesHere += w
			} else {
				noHere += w
			}
			square += w * (p - y) * (p - y)
			inBin, sumP, sumY, all = inBin+w, sumP+w*p, sumY+w*y, all+w
		}
		won += yesHere * (no + noHere/2)
		yes, no = yes+yesHere, no+noHere
		from = to
	}
	flush()
	f.auc, f.ece, f.brier = won/(yes*no), f.ece/all, square/all
	return f
}

// judge works out the figures with intervals by a bootstrap of visitors, whose moments
// hang together.
func judge(when string, moments []moment, seed uint64) Judged {
	out := Judged{When: when, Times: len(moments)}
	number := map[scoring.VisitorID]int{}
	for _, m := range moments {
		if _, ok := number[m.who]; !ok {
			number[m.who] = len(number)
		}
		if m.yes {
			out.Rate += 1 / float64(len(moments))
		}
	}
	var orders []ordered
	for by := range 1 + len(baselines) {
		o := ordered{moments: slices.Clone(moments), by: by}
		slices.SortStableFunc(o.moments, func(a, b moment) int {
			switch {
			case a.p[by] < b.p[by]:
				return -1
			case a.p[by] > b.p[by]:
				return 1
			}
			return 0
		})
		for _, m := range o.moments {
			o.visitor = append(o.visitor, number[m.who])
		}
		orders = append(orders, o)
	}
	weight := make([]float64, len(number))
	for k := range weight {
		weight[k] = 1
	}
	best := 1
	var values []figures
	for by := range orders {
		values = append(values, orders[by].measure(weight))
		if by > best && values[by].auc > values[best].auc {
			best = by
		}
	}
	drawn := make([][]figures, len(orders))
	rng := rand.New(rand.NewPCG(seed, 0x696e74)) // "int"
	for range samples {
		clear(weight)
		for range weight {
			weight[rng.IntN(len(weight))]++
		}
		for by := range orders {
			drawn[by] = append(drawn[by], orders[by].measure(weight))
		}
	}
	for by := range orders {
		name := "vitrine"
		if by > 0 {
			name = baselines[by-1].name
		}
		of := func(get func(*figures) float64) Estimate {
			return estimate(get(&values[by]), drawn[by], get)
		}
		out.By = append(out.By, Told{
			Name: name, Bins: values[by].bins, AUC: of(func(f *figures) float64 { return f.auc }),
			Error: of(func(f *figures) float64 { return f.ece }), Brier: of(func(f *figures) float64 { return f.brier }),
		})
	}
	ahead := make([]figures, samples)
	for k := range ahead {
		ahead[k].auc = drawn[0][k].auc - drawn[best][k].auc
	}
	out.Ahead = estimate(values[0].auc-values[best].auc, ahead, func(f *figures) float64 { return f.auc })
	return out
}

// estimate puts the interval beside a value: the middle 95 % of what was drawn.
func estimate(value float64, drawn []figures, get func(*figures) float64) Estimate {
	all := make([]float64, len(drawn))
	for k := range drawn {
		all[k] = get(&drawn[k])
	}
	slices.Sort(all)
	return Estimate{value, all[len(all)*25/1000], all[len(all)*975/1000]}
}
