package backtest

import "slices"

// judge turns the outcomes of decisions into figures.
type judge struct {
	test []Session
	k    int
	estimates
}

func newJudge(test []Session, k int) *judge {
	return &judge{test: test, k: k, estimates: estimates{sessions: len(test)}}
}

// score asks for the figures of the targets, those that which names.
func (g *judge) score(to *Score, outcomes [][]outcome, which func(session, cut int) bool) {
	mean := func(worth func(place uint8) float64) ratio {
		return ratioOf(g.test, func(i, j int) (float64, float64) {
			if !g.test[i].hasTarget(j) || !which(i, j) {
				return 0, 0
			}
			return worth(outcomes[i][j].place), 1
		})
	}
	hits := mean(hit)
	for _, p := range hits {
		to.Targets += int(p.below)
	}
	g.add(&to.HR, 100, hits)
	g.add(&to.MRR, 100, mean(reciprocal))
	g.add(&to.NDCG, 100, mean(gain))
}

func all(int, int) bool { return true }

// ranker asks for the figures of all targets and, where the test has them, of
// carts and orders.
func (g *judge) ranker(to *Score, outcomes [][]outcome) {
	g.score(to, outcomes, all)
	to.Carts = g.recall(added, func(i, j int) uint8 { return outcomes[i][j].carts })
	to.Orders = g.recall(ordered, func(i, j int) uint8 { return outcomes[i][j].orders })
}

// recall is the sum of the products shown by the sum of those wanted, of which
// a list of k can hold k (the measure of the OTTO competition, 2022).
func (g *judge) recall(k kind, shown func(session, cut int) uint8) *Recall {
	r := &Recall{}
	sums := ratioOf(g.test, func(i, j int) (float64, float64) {
		wanted := min(g.k, len(g.test[i].later(g.test[i].Cuts[j], k)))
		r.Wanted += wanted
		return float64(shown(i, j)), float64(wanted)
	})
	if r.Wanted == 0 {
		return nil
	}
	g.add(&r.Estimate, 100, sums)
	return r
}

// Slice is the score of some of the targets.
type Slice struct {
	By   string `json:"by"`
	Name string `json:"name"`
	Score
}

// The ways the targets are cut up.
const (
	ByTarget    = "target"
	ByFrequency = "target in train"
	ByPrefix    = "prefix"
)

// slicing says in which slice of one way a target lies.
type slicing struct {
	by    string
	names []string
	of    func(s *Session, n int, target item) int // what follows the first n things of s
}

// slicings are the ways to cut the targets up; counts is in how many train
// sessions each product is.
func slicings(counts []int32) []slicing {
	bound := func(n int, upper ...int) int {
		at, _ := slices.BinarySearch(upper, n)
		return at
	}
	return []slicing{
		{ByTarget, []string{"repeats", "new to the session"}, func(s *Session, n int, target item) int {
			if slices.Contains(s.Items[:n], target) {
				return 0
			}
			return 1
		}},
		// The steps of the blend's contexts, which learn apart.
		{ByFrequency, []string{"never", "in 1-5 sessions", "in 6-20 sessions", "in 21-80 sessions", "in more than 80"}, func(_ *Session, _ int, target item) int {
			return bound(int(counts[target]), 0, 5, 20, 80)
		}},
		{ByPrefix, []string{"1", "2", "3-5", "6 or more"}, func(_ *Session, n int, _ item) int {
			return bound(n, 1, 2, 5)
		}},
	}
}

// slices asks for the figures of every slice that has a target. They are
// complete once fill has run.
func (g *judge) slices(counts []int32, outcomes [][]outcome) []*Slice {
	var found []*Slice
	for _, way := range slicings(counts) {
		of := make([][]int8, len(g.test))
		for i := range g.test {
			s := &g.test[i]
			for j, n := range s.Cuts {
				in := -1
				if s.hasTarget(j) {
					in = way.of(s, n, s.Items[n])
				}
				of[i] = append(of[i], int8(in))
			}
		}
		for at, name := range way.names {
			one := &Slice{By: way.by, Name: name}
			g.score(&one.Score, outcomes, func(i, j int) bool { return of[i][j] == int8(at) })
			if one.Targets > 0 {
				found = append(found, one)
			}
		}
	}
	return found
}

// sessionCounts is in how many sessions each product is.
func sessionCounts(sessions []Session, products int) []int32 {
	counts := make([]int32, products)
	last := make([]int32, products) // the session that was counted last, from 1
	for i := range sessions {
		for _, it := range sessions[i].Items {
			if last[it] != int32(i+1) {
				last[it] = int32(i + 1)
				counts[it]++
			}
		}
	}
	return counts
}
