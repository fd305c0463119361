package approx

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestApproximations(t *testing.T) {
	t.Run("ln", rapid.MakeCheck(func(t *rapid.T) {
		x := rapid.Float32Range(1e-30, 1e30).Draw(t, "x")
		if got, want := Ln(x), math.Log(float64(x)); math.Abs(float64(got)-want) > 4e-6*(1+math.Abs(want)) {
			t.Fatalf("ln %v = %v, want %v", x, got, want)
		}
	}))
	t.Run("exp", rapid.MakeCheck(func(t *rapid.T) {
		x := rapid.Float32Range(-79, 0).Draw(t, "x")
		if got, want := Exp(x), math.Exp(float64(x)); math.Abs(float64(got)-want) > 2e-5*want {
			t.Fatalf("exp %v = %v, want %v", x, got, want)
		}
	}))
	t.Run("exp of very little is nothing", func(t *testing.T) {
		if got := Exp(-1000); got != 0 {
			t.Errorf("got %v", got)
		}
	})
}
