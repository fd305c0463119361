package creative

import (
	"math"
	"slices"
	"sync"
	"time"

	"github.com/vitrine-io/vitrine/scoring/logit"
)

// Posterior is the distribution of a logit, or of a part of one: normal.
type Posterior struct{ Mean, Variance float64 }

// Probability is the expected probability of a response: the mean of the logistic
// function of the logit, by the five nodes of Gauss and Hermite. Up to a deviation of
// 1 it is right to 2e-3 of itself.
func (p Posterior) Probability() (sum float64) {
	deviation := math.Sqrt(p.Variance)
	for _, node := range hermite {
		sum += node[1] * logit.P(p.Mean+node[0]*deviation)
	}
	return sum
}

// hermite are nodes and weights for the standard normal distribution.
var hermite = [5][2]float64{
	{0, 8.0 / 15},
	{1.3556261799742659, 0.22207592200561264}, {-1.3556261799742659, 0.22207592200561264},
	{2.8569700138728056, 0.011257411327720689}, {-2.8569700138728056, 0.011257411327720689},
}

// Plus is the posterior of the sum with an independent part.
func (p Posterior) Plus(o Posterior) Posterior {
	return Posterior{p.Mean + o.Mean, p.Variance + o.Variance}
}

// Reading is what a Model knows at a time. Beside Learn it may see an observation half
// added.
type Reading struct {
	model *Model
	table *table
	fade  float64 // of the sums, to the time
}

// At is what the model knows at a time: what it learned has faded since.
func (m *Model) At(now time.Time) Reading {
	t := m.table.Load()
	return Reading{m, t, math.Exp2(-max(0, m.halves(t.landmark, now.UnixMilli())))}
}

// weight is the distribution of a feature's weight.
func (r *Reading) weight(id FeatureID) (mean, variance float64) {
	p := &r.model.priors[id.Kind()]
	gain, pull := r.table.find(id).load()
	variance = 1 / (p.precision + gain*r.fade)
	return (p.pull + pull*r.fade) * variance, variance
}

// Logit is the sum of weight x feature.
func (r *Reading) Logit(features []Feature) (p Posterior) {
	for _, f := range features {
		mean, variance := r.weight(f.ID)
		x := float64(f.X)
		p.Mean += x * mean
		p.Variance += x * x * variance
	}
	return p
}

// Contestant is a creative that competes on a page.
type Contestant struct {
	Own   []Feature // see Builder.Own
	Value float64   // of a response
}

// AppendArms appends the arms of the creatives that compete on a page: common are the
// features of the page. What all arms have alike, of the page or of their own, such as
// the campaign when there is one only, moves all of them alike: its uncertainty says
// nothing about which is the best, and counts for the mean alone. The deviation is
// Options.Exploration times what is left.
func (r *Reading) AppendArms(to []Arm, common []Feature, list []Contestant) []Arm {
	m := memos.Get().(*memo)
	defer memos.Put(m)
	m.begin(list)
	base := r.Logit(common).Mean
	var alike float64
	for _, x := range m.shared {
		_, variance := m.weight(r, x.ID)
		alike += float64(x.X) * float64(x.X) * variance
	}
	for _, c := range list {
		p := Posterior{Mean: base}
		for _, f := range c.Own {
			mean, variance := m.weight(r, f.ID)
			x := float64(f.X)
			p.Mean += x * mean
			p.Variance += x * x * variance
		}
		if p.Variance -= alike; p.Variance < alike*1e-12 {
			p.Variance = 0 // what rounding left
		}
		to = append(to, Arm{Value: c.Value, Mean: p.Mean, Deviation: r.model.options.Exploration * math.Sqrt(p.Variance)})
	}
	return to
}

// memo keeps the weights that the creatives of a page ask for again and again: what
// crosses the page with a trait that many of them have.
type memo struct {
	weights [memoSize]struct {
		id             FeatureID
		mean, variance float64
	}
	shared []Feature // what all contestants have
}

const memoSize = 1 << 9

var memos = sync.Pool{New: func() any { return new(memo) }}

// begin forgets all weights, and finds what the contestants share. What stands at
// the same place of two lists is found at once; the rest is rarely shared.
func (m *memo) begin(list []Contestant) {
	for k := range m.weights {
		m.weights[k].id = 0
	}
	m.shared = m.shared[:0]
	if len(list) < 2 {
		return
	}
	first := list[0].Own
	for at, f := range first {
		everybody := true
		for _, c := range list[1:] {
			fromEnd := len(c.Own) - len(first) + at
			if at < len(c.Own) && c.Own[at] == f || fromEnd >= 0 && c.Own[fromEnd] == f || slices.Contains(c.Own, f) {
				continue
			}
			everybody = false
			break
		}
		if everybody {
			m.shared = append(m.shared, f)
		}
	}
}

// weight is that of a Reading.
func (m *memo) weight(r *Reading, id FeatureID) (mean, variance float64) {
	w := &m.weights[id%memoSize]
	if w.id != id {
		w.mean, w.variance = r.weight(id)
		w.id = id
	}
	return w.mean, w.variance
}

// AppendShares appends each feature's part of the logit's mean: they add up to it.
func (r *Reading) AppendShares(to []float64, features []Feature) []float64 {
	for _, f := range features {
		mean, _ := r.weight(f.ID)
		to = append(to, float64(f.X)*mean)
	}
	return to
}
