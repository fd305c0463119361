package creative

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vitrine-io/vitrine/scoring/logit"
)

// race is K arms as an ad server meets them: well-known ones, new ones, and values
// that differ where differ says so.
func race(k int, differ bool, rng *rand.Rand) []Arm {
	arms := make([]Arm, k)
	for i := range arms {
		arms[i] = Arm{Value: 1, Mean: -4 + 0.3*rng.NormFloat64(), Deviation: 0.03 * math.Pow(20, rng.Float64())}
		if differ {
			arms[i].Value = 0.5 + rng.Float64()
		}
	}
	return arms
}

// byDrawing estimates the propensities by drawing the worth of every arm.
func byDrawing(arms []Arm, draws int, rng *rand.Rand) []float64 {
	share := make([]float64, len(arms))
	for range draws {
		best, most, value := 0, math.Inf(-1), arms[0].Value // most is the logit of the best
		for k, a := range arms {
			z := a.Mean + a.Deviation*rng.NormFloat64()
			if a.Value == value && z > most || a.Value != value && a.Value*logit.P(z) > value*logit.P(most) {
				best, most, value = k, z, a.Value
			}
		}
		share[best] += 1 / float64(draws)
	}
	return share
}

var choiceDraws = flag.Int("choice.draws", 0, "draws that propensities are compared with; 0: 10,000,000 over the arms, at most 1,000,000")

// The quadrature agrees with Thompson sampling itself: 1 % of a probability above
// 0.01, 0.0005 of one below, as far as the draws can tell (four standard errors).
func TestPropensitiesAreThoseOfSampling(t *testing.T) {
	for _, k := range []int{2, 10, 100, 1000} {
		for _, differ := range []bool{false, true} {
			t.Run(fmt.Sprintf("arms=%d/values differ=%v", k, differ), func(t *testing.T) {
				rng := rand.New(rand.NewPCG(uint64(k), 1))
				arms := race(k, differ, rng)
				draws := *choiceDraws
				if draws == 0 {
					draws = min(1_000_000, 10_000_000/k)
				}
				want := byDrawing(arms, draws, rng)
				var c Chooser
				got := c.Propensities(arms)
				var sum, off float64
				for i, p := range got {
					sum += p
					may := 0.0005
					if p > 0.01 {
						may = 0.01 * p
					}
					d := math.Abs(p - want[i])
					off = max(off, d)
					if d > may+4*math.Sqrt(p*(1-p)/float64(draws)) {
						t.Errorf("arm %d of %+v: %.5f, drawn %.5f", i, arms[i], p, want[i])
					}
				}
				if math.Abs(sum-1) > 1e-12 {
					t.Errorf("in all %v", sum)
				}
				t.Logf("at most %.5f off", off)
			})
		}
	}
}

func TestPropensitiesByHand(t *testing.T) {
	for _, test := range []struct {
		name  string
		floor float64
		arms  []Arm
		want  []float64
	}{
		{"alone", 0.02, []Arm{{1, -4, 1}}, []float64{1}},
		{"alike", 0, []Arm{{1, -4, 0.5}, {1, -4, 0.5}, {1, -4, 0.5}, {1, -4, 0.5}}, []float64{0.25, 0.25, 0.25, 0.25}},
		// z1 - z2 is normal with mean 0.5 and deviation 0.5 (0.3, 0.4): Φ(1) = 0.8413.
		{"two", 0, []Arm{{1, -3, 0.3}, {1, -3.5, 0.4}}, []float64{0.8413447, 0.1586553}},
		// 0.02/2 each, and 0.98 of the above.
		{"floor", 0.02, []Arm{{1, -3, 0.3}, {1, -3.5, 0.4}}, []float64{0.01 + 0.98*0.8413447, 0.01 + 0.98*0.1586553}},
		// A narrow arm within a wide one: each is above the other half of the time.
		{"narrow and wide", 0, []Arm{{1, 0, 0.001}, {1, 0, 2}}, []float64{0.5, 0.5}},
		{"no chance", 0.02, []Arm{{1, -2, 0.01}, {1, -5, 0.01}}, []float64{0.99, 0.01}},
		// Far below a half, the worth of the second is twice as much when its logit is
		// the first's less ln 2: as if both were alike.
		{"values", 0, []Arm{{1, -14, 0.1}, {2, -14 - math.Ln2, 0.1}}, []float64{0.5, 0.5}},
		{"worthless", 0.02, []Arm{{0, 5, 1}, {1, -5, 1}}, []float64{0.01, 0.99}},
		{"all worthless", 0.02, []Arm{{0, 5, 1}, {0, -5, 1}}, []float64{0.5, 0.5}},
		// The worth of the second is 0.99 at most, where nearly all of the first's is.
		{"near the value", 0, []Arm{{1, 9, 0.5}, {0.99, 3, 1}}, []float64{1, 0}},
		{"known for sure", 0, []Arm{{1, -3, 0}, {1, -3.1, 0}}, []float64{1, 0}},
	} {
		c := Chooser{Floor: test.floor}
		got := c.Propensities(test.arms)
		for k, want := range test.want {
			if math.Abs(got[k]-want) > 2e-5 {
				t.Errorf("%s: arm %d has %.6f, want %.6f", test.name, k, got[k], want)
			}
		}
	}
}

// An arm is drawn as often as its propensity says.
func TestChooseDrawsByPropensity(t *testing.T) {
	arms := []Arm{{1, -3, 0.3}, {1, -3.2, 0.3}, {2, -4.5, 0.6}, {1, -9, 0.1}}
	c := Chooser{Floor: DefaultFloor}
	want := append([]float64(nil), c.Propensities(arms)...)
	const draws = 40_000
	drawn := make([]float64, len(arms))
	for seed := range uint64(draws) {
		k, p := c.Choose(arms, seed)
		if p != want[k] {
			t.Fatalf("arm %d: drawn with %v, its propensity is %v", k, p, want[k])
		}
		drawn[k]++
	}
	for k, p := range want {
		if got := drawn[k] / draws; math.Abs(got-p) > 4*math.Sqrt(p*(1-p)/draws) {
			t.Errorf("arm %d: drawn %.4f of the time, its propensity is %.4f", k, got, p)
		}
	}
	a, _ := c.Choose(arms, 7)
	if b, _ := (&Chooser{Floor: DefaultFloor}).Choose(arms, 7); a != b {
		t.Errorf("the same seed drew %d, then %d", a, b)
	}
}

// For any arms: probabilities that sum to 1, none under the floor, and the integral
// itself is 1 to a thousandth.
func TestPropensitiesProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		arms := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Arm {
			return Arm{
				Value:     rapid.Float64Range(0, 100).Draw(t, "value"),
				Mean:      rapid.Float64Range(-12, 6).Draw(t, "mean"),
				Deviation: rapid.Float64Range(0, 4).Draw(t, "deviation"),
			}
		}), 1, 40).Draw(t, "arms")
		c := Chooser{Floor: 0.02}
		var sum float64
		for k, p := range c.Propensities(arms) {
			sum += p
			if !(p >= 0.02/float64(len(arms))-1e-15 && p <= 1+1e-12) {
				t.Fatalf("arm %d of %+v has %v", k, arms, p)
			}
		}
		if math.Abs(sum-1) > 1e-9 {
			t.Fatalf("in all %v", sum)
		}
		clear(c.share)
		if total := c.compete(arms); total != 0 && math.Abs(total-1) > 1e-3 {
			t.Fatalf("the integral is %v for %+v", total, arms)
		}
	})
}

// The more a response is worth, the more often the arm is chosen.
func TestMoreWorthIsChosenMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 2))
		arms := race(rapid.IntRange(2, 20).Draw(t, "arms"), true, rng)
		var c Chooser
		before := c.Propensities(arms)[0]
		arms[0].Value *= 1.2
		if after := c.Propensities(arms)[0]; after < before-1e-4 {
			t.Fatalf("%v, then %v", before, after)
		}
	})
}

func TestGauss(t *testing.T) {
	for z := -6.4; z < 6.4; z += 0.0137 {
		below, density := gauss(z)
		if want := math.Erfc(-z/math.Sqrt2) / 2; math.Abs(below-want) > 4e-8 {
			t.Errorf("Φ(%v) = %v, want %v", z, below, want)
		}
		if want := math.Exp(-z*z/2) / math.Sqrt(2*math.Pi); math.Abs(density-want) > 2e-5*want {
			t.Errorf("density at %v: %v, want %v", z, density, want)
		}
	}
}

func BenchmarkChoose(b *testing.B) {
	for _, k := range []int{2, 10, 100, 1000} {
		for _, values := range []string{"one", "many"} {
			b.Run(fmt.Sprintf("arms=%d/values=%s", k, values), func(b *testing.B) {
				arms := race(k, values == "many", rand.New(rand.NewPCG(uint64(k), 1)))
				c := Chooser{Floor: DefaultFloor}
				seed := uint64(0)
				eachTook(b, func() {
					seed++
					c.Choose(arms, seed)
				})
			})
		}
	}
}

// eachTook reports the median of single calls beside the mean: what else runs on the
// machine does not show in it.
func eachTook(b *testing.B, call func()) {
	b.ReportAllocs()
	took := make([]time.Duration, 0, 1<<16)
	for b.Loop() {
		begun := time.Now()
		call()
		took = append(took, time.Since(begun))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Nanoseconds()), "median-ns")
}
