package logit

import (
	"math"
	"testing"
)

// Peak solves its equation, also where the variance is so large that Newton's steps
// would run away.
func TestPeakSolves(t *testing.T) {
	for _, mean := range []float64{-20, -3, 0, 2, 30} {
		for _, variance := range []float64{0, 1e-3, 1, 50, 1e4} {
			for _, y := range []float64{0, 1} {
				rest, p := Peak(mean, variance, y == 1)
				z := mean + variance*(y-p)
				if math.Abs(P(z)-p) > 1e-6 || math.Abs(rest-(y-p)) > 1e-12 {
					t.Errorf("mean %v, variance %v, outcome %v: p %v, and %v at its logit", mean, variance, y, p, P(z))
				}
			}
		}
	}
}
