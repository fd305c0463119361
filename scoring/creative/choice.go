package creative

import (
	"math"
	"math/rand/v2"

	"github.com/vitrine-io/vitrine/scoring/logit"
)

// DefaultFloor is the part of the choices that all arms share alike: it bounds the
// weights of an off-policy evaluation by 100/1.5 x the arms, and costs 1.5 % of what
// the better ones would bring.
const DefaultFloor = 0.015

// Arm is a creative that may be shown. What it is worth to show is Value times the
// probability of a response, whose logit is normal.
type Arm struct {
	Value     float64 // of a response, in any one unit for all arms
	Mean      float64 // of the logit
	Deviation float64 // of the logit that is drawn (see Reading.AppendArms)
}

// Worth is what showing the arm is expected to bring, at the mean of its logit.
func (a Arm) Worth() float64 { return a.Value * logit.P(a.Mean) }

// Chooser chooses arms by Thompson sampling (Thompson 1933; Chapelle and Li, NIPS
// 2011), with the probability of every arm known: it draws one worth of each arm
// and takes the best. The zero value has no floor and is ready to use. It is for one
// goroutine at a time.
type Chooser struct {
	// Floor is the part of the choices that all arms share alike, 0 to 1.
	Floor float64

	race  []contender
	level bool // all of the race have the same Value
	share []float64
}

// Choose draws an arm and returns it with its propensity, the probability with which
// it was to be drawn. The same arms and seed give the same arm. It panics without
// arms.
func (c *Chooser) Choose(arms []Arm, seed uint64) (arm int, propensity float64) {
	share := c.Propensities(arms)
	arm = Draw(share, seed)
	return arm, share[arm]
}

// Draw draws an arm by its propensity, the same one for the same seed.
func Draw(propensities []float64, seed uint64) (arm int) {
	u := rand.New(rand.NewPCG(seed, 0x63726561)).Float64() // "crea": apart from others' use of the seed
	for k, p := range propensities {
		if p == 0 {
			continue
		}
		arm = k
		if u -= p; u < 0 {
			break
		}
	}
	return arm
}

// Propensities returns the probability with which Choose takes each arm: 1 in all,
// to the last bits. An arm without a Value above 0 has the floor alone, unless none
// has one: then all are alike. The slice is the Chooser's until the next call.
//
// The worth of arm k stays below x with probability
//
//	F_k(x) = Φ((logit(x/Value_k) - Mean_k) / Deviation_k)
//
// and it is the best with probability ∫ F_k'(x) Π F_j(x) dx over the j other than k,
// one quadrature for all arms. An arm that is best less often than some 1e-6 has
// the floor alone.
func (c *Chooser) Propensities(arms []Arm) []float64 {
	n := len(arms)
	c.share = append(c.share[:0], make([]float64, n)...)
	total := c.compete(arms)
	for k := range c.share {
		if total > 0 {
			c.share[k] = (1-c.Floor)*c.share[k]/total + c.Floor/float64(n)
		} else {
			c.share[k] = 1 / float64(n)
		}
	}
	return c.share
}

// contender is an arm that may turn out the best. The quadrature runs over t, the
// logit of the worth as a part of the highest Value.
type contender struct {
	mean, deviation, inverse float64 // of the arm's own logit; inverse is 1 / deviation

	ratio, logRatio float64 // the highest Value / the arm's, and its logarithm
	below, density  float64 // at the node that is looked at
	arm             int
}

// leastDeviation keeps an arm that is known for sure from being a step.
const leastDeviation = 1e-4

// compete adds up in c.share how often each arm is the best and returns the sum,
// which is 1 but for the error of the quadrature, or 0 when no arm is worth anything.
func (c *Chooser) compete(arms []Arm) float64 {
	c.race, c.level = c.race[:0], true
	var most float64
	for _, a := range arms {
		most = max(most, a.Value)
	}
	ratio, logRatio := 1.0, 0.0 // of the arm before: those of a campaign have the same Value
	for k, a := range arms {
		if a.Value > 0 {
			d := max(a.Deviation, leastDeviation)
			if x := most / a.Value; x != ratio {
				ratio, logRatio = x, math.Log(x)
			}
			c.level = c.level && ratio == 1
			c.race = append(c.race, contender{mean: a.Mean, deviation: d, inverse: 1 / d, ratio: ratio, logRatio: logRatio, arm: k})
		}
	}
	if len(c.race) == 0 {
		return 0
	}
	low, high := math.Inf(-1), math.Inf(-1)
	for k := range c.race {
		r := &c.race[k]
		low = r.later(low, r.mean-far*r.deviation)
		high = r.later(high, r.mean+5*r.deviation)
	}
	c.cut(low)
	if len(c.race) > 3 {
		low = c.begin(low, high)
		c.cut(low)
	}
	if len(c.race) == 1 {
		c.share[c.race[0].arm] = 1
		return 1
	}
	var sum float64
	for t := low; t < high && len(c.race) > 0; {
		step := min(c.step(t), high-t)
		if step <= 0 {
			break
		}
		sum += c.cell(t, step)
		t += step
	}
	return sum
}

// outer is t where the arm's own logit is z.
func (r *contender) outer(z float64) float64 {
	if r.ratio == 1 {
		return z
	}
	return -math.Log(r.ratio*(1+math.Exp(-z)) - 1)
}

// later is t, or where the arm's own logit is z if that is more. As 1 - p/ratio is no
// less than 1 - p, that is z - log(ratio) at most.
func (r *contender) later(t, z float64) float64 {
	if z-r.logRatio <= t {
		return t
	}
	return max(t, r.outer(z))
}

// point is a place of the quadrature: t, the logistic function p of it, and log p.
type point struct{ t, p, log float64 }

// pointAt is the point at t. When all arms have the same Value, t is all that counts.
func (c *Chooser) pointAt(t float64) point {
	if c.level {
		return point{t: t}
	}
	e := math.Exp(-t)
	return point{t, 1 / (1 + e), -math.Log1p(e)}
}

// inner is the arm's own logit at a point, and how fast it grows with t. The worth
// can't exceed the arm's Value: beyond, the logit is infinite.
func (r *contender) inner(at point) (z, growth float64) {
	if r.ratio == 1 {
		return at.t, 1
	}
	q := at.p * r.ratio // the probability of a response that makes the arm worth as much
	if q < 1.0/16 {     // most are: -log(1 - q) and 1/(1 - q) by their series, to 1e-7
		z = q * (1 + q*(1.0/2+q*(1.0/3+q*(1.0/4+q*(1.0/5)))))
		return at.log + r.logRatio + z, (1 - at.p) * (1 + q*(1+q*(1+q*(1+q*(1+q)))))
	}
	if q > 0.5 {
		if q >= 1 {
			return math.Inf(1), 0
		}
		return at.log + r.logRatio - math.Log(1-q), (1 - at.p) / (1 - q)
	}
	// -log(1 - q) by its series in u = q / (2 - q), to 1e-8.
	over := 1 / ((2 - q) * (1 - q))
	u := q * (1 - q) * over
	uu := u * u
	z = 2 * u * (1 + uu*(1.0/3+uu*(1.0/5+uu*(1.0/7+uu*(1.0/9+uu*(1.0/11+uu*(1.0/13)))))))
	return at.log + r.logRatio + z, (1 - at.p) * (2 - q) * over
}

// cut drops who is above t with a probability under 1e-6.
func (c *Chooser) cut(t float64) {
	at := c.pointAt(t)
	c.keep(func(r *contender) bool {
		z, _ := r.inner(at)
		return r.mean+4.75*r.deviation > z
	})
}

// keep drops those that are not wanted.
func (c *Chooser) keep(want func(r *contender) bool) {
	n := 0
	for k := range c.race {
		if want(&c.race[k]) {
			if n < k {
				c.race[n] = c.race[k]
			}
			n++
		}
	}
	c.race = c.race[:n]
}

// begin narrows down where to begin: where the best stays below with a probability
// of 1e-9 to 1e-6.
func (c *Chooser) begin(low, high float64) float64 {
	for range 12 {
		at, all := c.pointAt((low+high)/2), 1.0
		for k := range c.race {
			r := &c.race[k]
			z, _ := r.inner(at)
			below, _ := gauss((z - r.mean) * r.inverse)
			if all *= below; all < 1e-9 {
				break
			}
		}
		switch {
		case all > 1e-6:
			high = at.t
		case all < 1e-9:
			low = at.t
		default:
			return at.t
		}
	}
	return low
}

// A cell of the quadrature is at most so many deviations wide of each arm that is
// being passed. The best of many arms spreads over less than a deviation, that of a
// thousand over a third. With four nodes, a probability above 0.01 is right to 2e-3 of
// it, among a hundred arms and among a thousand.
const (
	cellWidth     = 1.6
	cellWidthMany = 1.2 // from many arms on
	many          = 128
)

// step is how wide a cell may be that begins at t. Arms that lie ahead bound it by
// where they begin, and arms that lie behind less and less; those for which all is
// over are dropped.
func (c *Chooser) step(t float64) float64 {
	at, step, most := c.pointAt(t), math.Inf(1), cellWidth
	if len(c.race) >= many {
		most = cellWidthMany
	}
	c.keep(func(r *contender) bool {
		z, growth := r.inner(at)
		off := z - r.mean
		if off > 5*r.deviation {
			return false
		}
		width := max(most*r.deviation, math.Abs(off)-3.5*r.deviation)
		width /= growth
		if q := at.p * r.ratio; r.ratio != 1 && width > 0.3*(1-q) { // near the arm's Value its logit runs away
			width = min(width, math.Log1p(0.4*(1-q)/q))
		}
		step = min(step, width)
		return true
	})
	return step
}

// Gauss and Legendre's four nodes and weights on 0 to 1.
var legendre = [4][2]float64{
	{0.06943184420297371, 0.17392742256872692},
	{0.33000947820757187, 0.32607257743127307},
	{0.66999052179242813, 0.32607257743127307},
	{0.93056815579702629, 0.17392742256872692},
}

// cell adds the part of the integral over one cell, for all arms, and returns its
// sum.
func (c *Chooser) cell(t, width float64) (sum float64) {
	for _, node := range legendre {
		at, all := c.pointAt(t+node[0]*width), node[1]*width
		for k := range c.race {
			r := &c.race[k]
			z, growth := at.t, 1.0
			if r.ratio != 1 {
				z, growth = r.inner(at)
			}
			r.below, r.density = gauss((z - r.mean) * r.inverse)
			r.density *= growth * r.inverse
			all *= r.below
		}
		for k := range c.race {
			r := &c.race[k]
			if r.density == 0 {
				continue
			}
			here := all * r.density / r.below
			c.share[r.arm] += here
			sum += here
		}
	}
	return sum
}
