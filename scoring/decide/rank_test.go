package decide

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/vitrine-io/vitrine/scoring"
)

func TestOrder(t *testing.T) {
	nothing := float32(math.Copysign(0, -1))
	var r ranking
	for _, x := range []struct {
		id    scoring.ProductID
		score float32
	}{{"low", -7}, {"b", 0}, {"top", 12.5}, {"c", nothing}, {"a", 0}, {"below", -0.001}, {"lowest", -70}, {"above", 0.001}} {
		r.list = append(r.list, scored{score: x.score, product: &scoring.Product{ID: x.id}})
	}
	newShop().decider.scratch.Get().(*query).order(&r)
	var got []scoring.ProductID
	for k := range r.list {
		got = append(got, r.list[k].product.ID)
	}
	// Equal scores by id, and 0 is 0 whatever its sign.
	if want := []scoring.ProductID{"top", "above", "a", "b", "c", "below", "low", "lowest"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestLargestFirst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOf(rapid.Map(rapid.Uint64Range(0, 50), func(v uint64) first { return first(v) })).Draw(t, "list")
		n := rapid.IntRange(0, len(list)).Draw(t, "n")
		largestFirst(list, n)
		for _, a := range list[:n] {
			for _, b := range list[n:] {
				if a < b {
					t.Fatalf("%v among the first %d of %v, with %v behind", a, n, list, b)
				}
			}
		}
	})
}
