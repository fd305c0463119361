package logit

import (
	"bytes"
	"math"
	"testing"
	"time"
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

// Whatever bytes a regression is read from, it does no harm; what it takes it writes so
// that it reads the same.
func FuzzRestore(f *testing.F) {
	fresh := func() *Regression { return NewRegression([]float64{0, 1, -2}, []float64{1, 1, 2}, time.Hour) }
	r := fresh()
	r.Learn([]float64{1, 0.5, -1}, true, 1_770_000_000)
	f.Add(r.AppendTo(nil))
	f.Add(r.AppendTo(nil)[:20])
	f.Fuzz(func(t *testing.T, b []byte) {
		r := fresh()
		if _, ok := r.Restore(b); !ok {
			return
		}
		written := r.AppendTo(nil)
		again := fresh()
		if rest, ok := again.Restore(written); !ok || len(rest) > 0 || !bytes.Equal(again.AppendTo(nil), written) {
			t.Errorf("%v, %d bytes left", ok, len(rest))
		}
	})
}
