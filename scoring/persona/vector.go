// Package persona finds typical profiles among a shop's visitors: groups of them whose
// interests are alike. It is incremental, bounded in memory, and the same visitors give
// much the same groups, whichever of them come first.
package persona

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/interest"
)

// maxNoted is how many facets of a visitor count, the strongest.
const maxNoted = 16

// Noted is what a visitor cares for over weeks and months, the strongest facets in the
// order of their ids; weights are 1 to 255, the strongest is 255.
type Noted []struct {
	Facet  scoring.FacetID
	Weight uint8
}

// Of reads interests as of a time.
func Of(v interest.Vector, now time.Time) Noted {
	entries := v.AppendAt(nil, now)
	weight := func(e *interest.Entry) float32 { return e.Weight[interest.Mid] + e.Weight[interest.Long] }
	entries = slices.DeleteFunc(entries, func(e interest.Entry) bool { return weight(&e) <= 0 })
	slices.SortFunc(entries, func(a, b interest.Entry) int {
		return cmp.Or(cmp.Compare(weight(&b), weight(&a)), cmp.Compare(a.Facet, b.Facet))
	})
	if len(entries) == 0 {
		return nil
	}
	entries = entries[:min(len(entries), maxNoted)]
	n, most := make(Noted, len(entries)), weight(&entries[0])
	for k := range entries {
		n[k].Facet = entries[k].Facet
		n[k].Weight = uint8(max(1, math.Round(float64(255*weight(&entries[k])/most))))
	}
	slices.SortFunc(n, func(a, b struct {
		Facet  scoring.FacetID
		Weight uint8
	}) int {
		return cmp.Compare(a.Facet, b.Facet)
	})
	return n
}

// packed begins the bytes of interests: the version.
const packed = 1

// Pack writes seven bytes a facet behind a version.
func (n Noted) Pack() []byte {
	b := append(make([]byte, 0, 1+7*len(n)), packed)
	for _, e := range n {
		for shift := 40; shift >= 0; shift -= 8 {
			b = append(b, byte(e.Facet>>shift))
		}
		b = append(b, e.Weight)
	}
	return b
}

// Unpack reads what Pack wrote; false for anything else, such as what a later version
// wrote.
func Unpack(b []byte) (Noted, bool) {
	if len(b) == 0 || b[0] != packed || len(b)%7 != 1 || len(b) > 1+7*maxNoted {
		return nil, false
	}
	var n Noted
	for b = b[1:]; len(b) > 0; b = b[7:] {
		n = append(n, struct {
			Facet  scoring.FacetID
			Weight uint8
		}{Weight: b[6]})
		e := &n[len(n)-1]
		for _, c := range b[:6] {
			e.Facet = e.Facet<<8 | scoring.FacetID(c)
		}
		if e.Weight == 0 || len(n) > 1 && n[len(n)-2].Facet >= e.Facet {
			return nil, false
		}
	}
	return n, true
}

// term is a facet and how much it counts.
type term struct {
	facet  scoring.FacetID
	weight float64
}

// vector is terms by facet, of length 1 or empty.
type vector []term

// scaled brings a vector to length 1.
func (v vector) scaled() vector {
	var square float64
	for _, t := range v {
		square += t.weight * t.weight
	}
	if square == 0 {
		return nil
	}
	for k := range v {
		v[k].weight /= math.Sqrt(square)
	}
	return v
}

// cosine of two vectors of length 1.
func cosine(a, b vector) (sum float64) {
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0].facet < b[0].facet:
			a = a[1:]
		case a[0].facet > b[0].facet:
			b = b[1:]
		default:
			sum += a[0].weight * b[0].weight
			a, b = a[1:], b[1:]
		}
	}
	return sum
}

// leading is the heaviest term; the first of equals.
func (v vector) leading() (at term) {
	for _, t := range v {
		if t.weight > at.weight {
			at = t
		}
	}
	return at
}

// scale is how much facets say: ln(visitors / those who care for it). One that hardly
// anybody cares for makes no group, and counts nothing.
type scale map[scoring.FacetID]float64

// rare is the part of the visitors below which a facet makes no group.
const rare = 0.01

// scaleOf weighs the facets of a sample.
func scaleOf(sample []Noted) scale {
	counts := map[scoring.FacetID]int{}
	for _, n := range sample {
		for _, e := range n {
			counts[e.Facet]++
		}
	}
	s := scale{}
	for f, n := range counts {
		if float64(n) >= max(3, rare*float64(len(sample))) {
			s[f] = math.Log(float64(len(sample)) / float64(n))
		}
	}
	return s
}

// vector weighs what was noted. The square root keeps one habit from hiding the rest.
func (s scale) vector(n Noted) vector {
	v := make(vector, 0, len(n))
	for _, e := range n {
		if w := s[e.Facet]; w > 0 {
			v = append(v, term{e.Facet, w * math.Sqrt(float64(e.Weight)/255)})
		}
	}
	return v.scaled()
}
