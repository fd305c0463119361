package interest

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vitrine-io/vitrine/scoring"
)

var (
	noon    = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	shoes   = scoring.Facet{Kind: scoring.FacetCategory, Value: "shoes"}.ID()
	running = scoring.Facet{Kind: scoring.FacetCategory, Value: "shoes/running"}.ID()
	acme    = scoring.Facet{Kind: scoring.FacetBrand, Value: "Acme"}.ID()
)

func weights(v Vector, f scoring.FacetID, now time.Time) [Scales]float32 {
	for _, e := range v.AppendAt(nil, now) {
		if e.Facet == f {
			return e.Weight
		}
	}
	return [Scales]float32{}
}

func near(got [Scales]float32, want [Scales]float64) bool {
	for s := range got {
		if math.Abs(float64(got[s])-want[s]) > 1e-4*(1+math.Abs(want[s])) {
			return false
		}
	}
	return true
}

func TestVectorArithmetic(t *testing.T) {
	product := []scoring.FacetID{shoes, running, acme}
	for _, test := range []struct {
		name  string
		build func() Vector
		facet scoring.FacetID
		after time.Duration
		want  [Scales]float64
	}{
		{
			name:  "a brand gets the whole weight",
			build: func() Vector { return Vector{}.Add(product, 1, noon) },
			facet: acme,
			want:  [Scales]float64{1, 1, 1},
		}, {
			name:  "category levels share one weight",
			build: func() Vector { return Vector{}.Add(product, 3, noon) },
			facet: running,
			want:  [Scales]float64{1.5, 1.5, 1.5}, // 3 over two levels
		}, {
			name:  "each scale halves after its half-life",
			build: func() Vector { return Vector{}.Add(product, 1, noon) },
			facet: acme,
			after: 7 * 24 * time.Hour,
			want:  [Scales]float64{0, 0.5, math.Exp2(-7.0 / 90)}, // 336 half-lives, one, 7/90
		}, {
			name: "a late event counts with what would be left of it",
			build: func() Vector {
				return Vector{}.Add(product, 1, noon).Add(product, 1, noon.Add(-30*time.Minute))
			},
			facet: acme,
			want:  [Scales]float64{1.5, 1 + math.Exp2(-0.5/24/7), 1 + math.Exp2(-0.5/24/90)},
		}, {
			name: "taking back what was given leaves nothing",
			build: func() Vector {
				return Vector{}.Add(product, 6, noon).Add(product, -6, noon)
			},
			facet: acme,
			want:  [Scales]float64{},
		}, {
			name: "interest may turn negative",
			build: func() Vector {
				return Vector{}.Add(product, 1, noon).Add(product, -2, noon)
			},
			facet: acme,
			want:  [Scales]float64{-1, -1, -1},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := weights(test.build(), test.facet, noon.Add(test.after))
			if !near(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestVectorForgets(t *testing.T) {
	v := Vector{}.Add([]scoring.FacetID{acme}, 1, noon)
	if got := weights(v, acme, noon.Add(900*24*time.Hour)); got[Long] != Threshold { // 2^-10
		t.Errorf("after ten half-lives %v is left, want the threshold", got[Long])
	}
	if got := v.AppendAt(nil, noon.Add(901*24*time.Hour)); len(got) != 0 {
		t.Errorf("below the threshold %v is left, want nothing", got)
	}
}

// What the visitor just turned to must be able to enter a vector full of old
// habits.
func TestStrongestMakesRoomForTheNew(t *testing.T) {
	var v Vector
	for i := range MaxFacets {
		for range 20 + i {
			v = v.Add([]scoring.FacetID{scoring.FacetID(i + 1)}, 6, noon)
		}
	}
	v = v.Add([]scoring.FacetID{acme}, 1, noon.Add(30*24*time.Hour))
	if v.Len() != MaxFacets {
		t.Fatalf("%d facets, want %d", v.Len(), MaxFacets)
	}
	if got := weights(v, acme, noon.Add(30*24*time.Hour)); got[Short] != 1 {
		t.Errorf("the new facet has %v, want to stand in the vector", got)
	}
	if got := weights(v, 1, noon.Add(30*24*time.Hour)); got != [Scales]float32{} {
		t.Errorf("the weakest habit still has %v", got)
	}
}

func vectorGen() *rapid.Generator[Vector] {
	return rapid.Custom(func(t *rapid.T) Vector {
		var v Vector
		at := noon
		for range rapid.IntRange(0, 40).Draw(t, "events") {
			at = at.Add(time.Duration(rapid.Int64Range(-1e14, 1e15).Draw(t, "step")))
			facets := rapid.SliceOfN(rapid.Map(rapid.Uint64Range(0, 1<<48-1),
				func(u uint64) scoring.FacetID { return scoring.FacetID(u) }), 0, 8).Draw(t, "facets")
			v = v.Add(facets, rapid.Float64Range(-6, 6).Draw(t, "weight"), at)
		}
		return v
	})
}

func TestVectorLaws(t *testing.T) {
	t.Run("decode gives back every bit", rapid.MakeCheck(func(t *rapid.T) {
		v := vectorGen().Draw(t, "v")
		b := v.Append(nil)
		if len(b) != v.EncodedSize() {
			t.Fatalf("%d bytes, EncodedSize says %d", len(b), v.EncodedSize())
		}
		got, rest, err := Decode(b)
		if err != nil || len(rest) != 0 {
			t.Fatalf("decode: %v, %d bytes left", err, len(rest))
		}
		if string(got.Append(nil)) != string(b) {
			t.Fatal("decoded vector encodes differently")
		}
	}))
	t.Run("add leaves its receiver alone", rapid.MakeCheck(func(t *rapid.T) {
		v := vectorGen().Draw(t, "v")
		before := string(v.Append(nil))
		v.Add([]scoring.FacetID{acme, shoes}, 2, noon.Add(1000*time.Hour))
		if string(v.Append(nil)) != before {
			t.Fatal("the vector changed")
		}
	}))
	t.Run("order of arrival matters by rounding alone", rapid.MakeCheck(func(t *rapid.T) {
		step := time.Duration(rapid.Int64Range(0, int64(100*24*time.Hour)).Draw(t, "step"))
		a := Vector{}.Add([]scoring.FacetID{acme}, 1, noon).Add([]scoring.FacetID{acme}, 3, noon.Add(step))
		b := Vector{}.Add([]scoring.FacetID{acme}, 3, noon.Add(step)).Add([]scoring.FacetID{acme}, 1, noon)
		x, y := weights(a, acme, noon.Add(step)), weights(b, acme, noon.Add(step))
		for s := range x {
			if math.Abs(float64(x[s]-y[s])) > 2*Threshold {
				t.Fatalf("%v and %v", x, y)
			}
		}
	}))
	t.Run("the bound holds", rapid.MakeCheck(func(t *rapid.T) {
		if v := vectorGen().Draw(t, "v"); v.Len() > MaxFacets {
			t.Fatalf("%d facets", v.Len())
		}
	}))
}

func FuzzDecode(f *testing.F) {
	f.Add(Vector{}.Append(nil))
	f.Add(Vector{}.Add([]scoring.FacetID{shoes, acme}, 1, noon).Append(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		v, rest, err := Decode(b)
		if err != nil {
			return
		}
		again, _, err := Decode(v.Append(nil))
		if err != nil || string(again.Append(nil)) != string(v.Append(nil)) {
			t.Fatalf("decoded %x with %d left, and it does not come back: %v", b, len(rest), err)
		}
		v.AppendAt(nil, noon)
	})
}
