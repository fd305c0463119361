package intent

import (
	"strings"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/interest"
)

// Category is what a visitor is likeliest to buy from: the category that they care for
// most of late, or for lack of that over the season, as narrow as it still holds half of
// the interest in the one above it; empty for none. facet names a facet, false for one
// that is not known any more.
//
// It is not weighed by what is ordered in a category: no log of orders with categories
// was there to show that this does better.
func Category(v interest.Vector, now time.Time, facet func(scoring.FacetID) (scoring.Facet, bool)) string {
	lately, season := map[string]float32{}, map[string]float32{}
	for _, e := range v.AppendAt(nil, now) {
		if e.Facet.Kind() != scoring.FacetCategory {
			continue
		}
		f, ok := facet(e.Facet)
		if !ok {
			continue
		}
		if w := e.Weight[interest.Short] + e.Weight[interest.Mid]; w > 0 {
			lately[f.Value] = w
		}
		if w := e.Weight[interest.Long]; w > 0 {
			season[f.Value] = w
		}
	}
	if len(lately) > 0 {
		return narrowest(lately)
	}
	return narrowest(season)
}

func narrowest(weights map[string]float32) string {
	at, least := "", float32(0)
	for {
		next := ""
		for path, w := range weights {
			if !isBelow(path, at) || w < least {
				continue
			}
			if best := weights[next]; next == "" || w > best || w == best && path < next {
				next = path
			}
		}
		if next == "" {
			return at
		}
		at, least = next, weights[next]/2
	}
}

// isBelow reports whether a category is one step below another; or below none.
func isBelow(path, of string) bool {
	if of == "" {
		return !strings.Contains(path, "/")
	}
	rest, ok := strings.CutPrefix(path, of+"/")
	return ok && !strings.Contains(rest, "/")
}
