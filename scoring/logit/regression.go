package logit

import (
	"encoding/binary"
	"math"
	"time"
)

// Regression is a logistic regression on a few features whose weights have one normal
// distribution together, with all their covariances. So it learns a few thousand examples
// about as well as a fit of all of them at once would, each once and in their order:
// sequential Laplace approximation (Spiegelhalter and Lauritzen, Networks 20, 1990,
// section 5). An example costs n² steps. It is for one goroutine at a time.
type Regression struct {
	mean  []float64
	cov   []float64 // n x n, symmetric
	prior []float64 // variances before anything is known
	drift time.Duration
	at    int64 // Unix milliseconds of the latest example; unknown before any
}

// unknown is before any example.
const unknown = math.MinInt64

// NewRegression makes one that thinks each weight to be around its mean, give or take
// its deviation. What it knows of a weight gets less certain: by as much as it was at
// first in the time of drift.
func NewRegression(mean, deviation []float64, drift time.Duration) *Regression {
	n := len(mean)
	r := &Regression{mean: append([]float64(nil), mean...), cov: make([]float64, n*n), prior: make([]float64, n), drift: drift, at: unknown}
	for k, d := range deviation {
		r.prior[k] = d * d
		r.cov[k*n+k] = d * d
	}
	return r
}

// Weights are the means of the weights. They are the regression's until the next Learn.
func (r *Regression) Weights() []float64 { return r.mean }

// Logit is the expected one of a response.
func (r *Regression) Logit(x []float64) float64 { return Dot(r.mean, x) }

// Dot is the sum of weight x feature.
func Dot(weights, x []float64) (z float64) {
	for k, v := range x {
		z += weights[k] * v
	}
	return z
}

// Learn takes in an example, as of a time in Unix milliseconds. The weights go to where
// the posterior is highest, which lies from their mean in the direction of cov x, so
// that it is one equation.
func (r *Regression) Learn(x []float64, response bool, at int64) {
	n := len(r.mean)
	if r.at != unknown && at > r.at {
		grown := float64(at-r.at) / float64(r.drift.Milliseconds())
		for k := range n {
			r.cov[k*n+k] += grown * r.prior[k]
		}
	}
	r.at = max(r.at, at)
	toward := make([]float64, n)
	for k := range n {
		toward[k] = Dot(r.cov[k*n:k*n+n], x)
	}
	variance := Dot(toward, x)
	rest, p := Peak(Dot(r.mean, x), variance, response)
	gain := p * (1 - p)
	gain /= 1 + gain*variance
	for k := range n {
		r.mean[k] += toward[k] * rest
		for j := range k + 1 {
			v := r.cov[k*n+j] - gain*toward[k]*toward[j]
			r.cov[k*n+j], r.cov[j*n+k] = v, v
		}
	}
}

// AppendTo appends what was learned: the time, a varint, and by feature the mean and the
// covariances with those up to it, eight bytes each.
func (r *Regression) AppendTo(b []byte) []byte {
	b = binary.AppendVarint(b, r.at)
	n := len(r.mean)
	for k := range n {
		b = binary.BigEndian.AppendUint64(b, math.Float64bits(r.mean[k]))
		for j := range k + 1 {
			b = binary.BigEndian.AppendUint64(b, math.Float64bits(r.cov[k*n+j]))
		}
	}
	return b
}

// Restore takes over what AppendTo of one with as many features appended, and returns
// the bytes behind it; false for anything else, and then the regression is of no use.
func (r *Regression) Restore(b []byte) (rest []byte, ok bool) {
	at, size := binary.Varint(b)
	n := len(r.mean)
	if size <= 0 || len(b) < size+8*(n+n*(n+1)/2) {
		return nil, false
	}
	r.at, b = at, b[size:]
	next := func() float64 {
		f := math.Float64frombits(binary.BigEndian.Uint64(b))
		b, ok = b[8:], ok && !math.IsNaN(f) && !math.IsInf(f, 0)
		return f
	}
	ok = true
	for k := range n {
		r.mean[k] = next()
		for j := range k + 1 {
			v := next()
			r.cov[k*n+j], r.cov[j*n+k] = v, v
		}
		ok = ok && r.cov[k*n+k] > 0
	}
	return b, ok
}
