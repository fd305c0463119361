package interest

import (
	"cmp"
	"slices"

	"github.com/vitrine-io/vitrine/scoring"
)

// Sum is the interest of one who is behind several vectors: their weights, added up as
// of the latest of them, and the MaxFacets strongest facets of that. In the forward-decay
// form vectors add up as numbers do. The order of the vectors does not matter: weights of
// 16 significant bits add up without rounding, and the sum is rounded once.
func Sum(vectors ...Vector) Vector {
	var sum Vector
	var parts []Vector
	for _, v := range vectors {
		if len(v.entries) == 0 {
			continue
		}
		if len(parts) == 0 || v.at > sum.at {
			sum.at = v.at
		}
		parts = append(parts, v)
	}
	if len(parts) < 2 {
		return slices.Concat(parts, []Vector{{}})[0]
	}
	var total, next []unrounded
	for _, v := range parts {
		faded := factors(sum.at - v.at)
		next = next[:0]
		i := 0
		for _, e := range v.entries {
			for ; i < len(total) && total[i].facet < e.Facet; i++ {
				next = append(next, total[i])
			}
			w := unrounded{facet: e.Facet}
			if i < len(total) && total[i].facet == e.Facet {
				w = total[i]
				i++
			}
			for s := range w.of {
				w.of[s] += float64(round(float64(e.Weight[s]) * faded[s]))
			}
			next = append(next, w)
		}
		next = append(next, total[i:]...)
		total, next = next, total
	}
	sum.entries = make([]Entry, len(total))
	for i := range total {
		sum.entries[i].Facet = total[i].facet
		for s, w := range total[i].of {
			sum.entries[i].Weight[s] = round(w)
		}
	}
	sum.drop()
	return sum.top(MaxFacets)
}

// unrounded are the weights of a facet.
type unrounded struct {
	facet scoring.FacetID
	of    [Scales]float64
}

// top returns the n strongest facets of v: cut for many facets too many.
func (v Vector) top(n int) Vector {
	if len(v.entries) <= n {
		return v
	}
	strength := v.strength(nil)
	order := make([]int, len(v.entries))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(strength[b], strength[a]), cmp.Compare(a, b)) })
	order = order[:n]
	slices.Sort(order)
	kept := Vector{at: v.at, entries: make([]Entry, n)}
	for k, i := range order {
		kept.entries[k] = v.entries[i]
	}
	return kept
}
