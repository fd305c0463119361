package backtest

import (
	"math"
	"slices"
)

// A visitor's places are those of all products that were held out, 0 for those
// that were not shown; with one product they are the place of a target. What they
// are worth is the mean over visitors.

// anyHit is 1 when at least one of the products was shown.
func anyHit(places []uint8, _ int) float64 { return hit(slices.Max(places)) }

// firstHit is 1/place of the product that stood highest.
func firstHit(places []uint8, _ int) float64 {
	best := uint8(0)
	for _, p := range places {
		if p > 0 && (best == 0 || p < best) {
			best = p
		}
	}
	return reciprocal(best)
}

// basketGain is the discounted gain by that of the best list there could be, which
// has all products, or k of them, in front (Järvelin and Kekäläinen 2002).
func basketGain(places []uint8, k int) float64 {
	var sum, ideal float64
	for i, p := range places {
		sum += gain(p)
		if i < k {
			ideal += 1 / math.Log2(2+float64(i))
		}
	}
	return sum / ideal
}

// basketRecall is the share of the products that was shown.
func basketRecall(places []uint8, _ int) float64 {
	n := 0.0
	for _, p := range places {
		n += hit(p)
	}
	return n / float64(len(places))
}

// ofBaskets is the mean over visitors. Those without places are not in it.
func ofBaskets(places [][]uint8, k int, worth func(places []uint8, k int) float64) ratio {
	var r ratio
	for i, one := range places {
		if len(one) > 0 {
			r = append(r, part{session: int32(i), above: worth(one, k), below: 1})
		}
	}
	return r
}

// baskets asks for the figures of those places.
func (g *judge) baskets(to *Score, places [][]uint8) {
	to.Recall = &Recall{}
	for _, one := range places {
		to.Recall.Wanted += len(one)
	}
	hits := ofBaskets(places, g.k, anyHit)
	to.Targets = len(hits)
	g.add(&to.HR, 100, hits)
	g.add(&to.MRR, 100, ofBaskets(places, g.k, firstHit))
	g.add(&to.NDCG, 100, ofBaskets(places, g.k, basketGain))
	g.add(&to.Recall.Estimate, 100, ofBaskets(places, g.k, basketRecall))
}

// allPlaces are the places of each visitor.
func allPlaces(outcomes [][]outcome) [][]uint8 {
	all := make([][]uint8, len(outcomes))
	for i := range outcomes {
		for j := range outcomes[i] {
			all[i] = append(all[i], outcomes[i][j].places...)
		}
	}
	return all
}

// addBaskets compares runs by the places of their visitors.
func (p *paired) addBaskets(a, b [][]uint8, k int) {
	for _, m := range []struct {
		name  string
		worth func([]uint8, int) float64
	}{{"HR", anyHit}, {"MRR", firstHit}, {"NDCG", basketGain}, {"recall", basketRecall}} {
		p.add(m.name, ofBaskets(a, k, m.worth), ofBaskets(b, k, m.worth))
	}
}

// ByHistory cuts lasting visitors up by how much they had bought before.
const ByHistory = "history"

// lastingSlicings are the ways to cut up what is held out; counts is how many
// visitors of train have each product.
func lastingSlicings(e Each, counts []int32) []slicing {
	bound := func(n int, upper ...int) int {
		at, _ := slices.BinarySearch(upper, n)
		return at
	}
	frequency := slicing{
		ByFrequency, []string{"of no visitor", "of 1-5 visitors", "of 6-20 visitors", "of 21-80 visitors", "of more than 80"},
		func(_ *Session, _ int, target item) int { return bound(int(counts[target]), 0, 5, 20, 80) },
	}
	history := slicing{
		ByHistory, []string{"1-4", "5-8", "9-16", "17 or more"},
		func(s *Session, n int, _ item) int { return bound(len(e.units(ptr(s.until(n)))), 4, 8, 16) },
	}
	if e == LastProduct {
		return []slicing{frequency, history}
	}
	history.names = []string{"1", "2-3", "4-7", "8 or more"}
	history.of = func(s *Session, n int, _ item) int { return bound(len(e.units(ptr(s.until(n)))), 1, 3, 7) }
	return []slicing{
		{ByTarget, []string{"bought before", "new to the visitor"}, func(s *Session, n int, target item) int {
			for at, it := range s.Items[:n] {
				if it == target && s.kind(at) == ordered {
					return 0
				}
			}
			return 1
		}}, frequency, history,
	}
}

func ptr[T any](v T) *T { return &v }

// basketSlices asks for the figures of every slice that has a product.
func (g *judge) basketSlices(ways []slicing, places [][]uint8) []*Slice {
	var found []*Slice
	for _, way := range ways {
		parts := make([][][]uint8, len(way.names))
		for at := range parts {
			parts[at] = make([][]uint8, len(g.test))
		}
		for i := range g.test {
			s := &g.test[i]
			for j, it := range s.wanted() {
				at := way.of(s, s.Cuts[0], it)
				parts[at][i] = append(parts[at][i], places[i][j])
			}
		}
		for at, name := range way.names {
			one := &Slice{By: way.by, Name: name}
			g.baskets(&one.Score, parts[at])
			if one.Targets > 0 {
				found = append(found, one)
			}
		}
	}
	return found
}
