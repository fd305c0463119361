package decide

import (
	"slices"

	"github.com/vitrine-io/vitrine/scoring"
)

// strategy is what a placement is for, as a mix of the same sources and features:
// where it starts, what it lets through, and how it changes the weights. The
// table is in words in docs/strategies.md, which a test holds against it.
type strategy struct {
	name  string // as in the contract, in lower case
	start start
	// prior is its first stage; nil: the usual one.
	prior *[signals]float32
	// weights change those of the features, the last line that names a feature
	// counts; those not named stay as they are.
	weights []weighting
	// admits says which candidates it takes at all; nil: all.
	admits func(q *query, c *candidate) bool
	// only says in words what admits and the start let through.
	only string
	// strict: too few stay too few. Filling up with others would be a lie.
	strict bool
	// rules changes the placement's; nil: they hold as they are.
	rules func(scoring.ProductRules) scoring.ProductRules

	times, plus []float32 // of weights, by feature; nil: none
}

// weighting changes the weight of a feature: times what it is, plus.
type weighting struct {
	feature     string // everyFeature: all of them
	times, plus float32
}

const everyFeature = "*"

// ownProductsAside are the features by which a visit's own products stand out:
// void where the visitor is to find something else.
var ownProductsAside = []weighting{
	{"in visit", 0, 0}, {"latest", 0, 0}, {"one before", 0, 0}, {"two before", 0, 0},
	{"looked at often", 0, 0}, {"visit of returns", 0, 0}, {"returned to", 0, 0}, {"seen earlier", 0, 0},
}

// basketsFirst has what goes with the seeds in baskets lead, by as much more, over all
// else at half its weight.
func basketsFirst(ordered, carted float32) []weighting {
	return append(append([]weighting{{everyFeature, 0.5, 0}}, ownProductsAside...),
		weighting{"ordered with", 1, ordered}, weighting{"carted with", 1, carted},
		weighting{"interest", 0.25, 0})
}

// strategies is the table of mixes, by number of the contract less one. The
// numbers are set by hand, in the unit of the features: 1 is what being the best
// of the session neighbours is worth.
func strategies() []strategy {
	return []strategy{
		{name: "for_you", start: fromVisit},
		{
			name: "similar", start: fromAnchor,
			prior: &[signals]float32{sigNear: 1, sigForward: 0.8, sigNext: 0.2, sigHop: 0.2, sigFacets: 3},
			// Facets first: sharing all of them outweighs the best of the neighbours.
			weights: append(slices.Clone(ownProductsAside),
				weighting{"like this", 1, 6}, weighting{"interest", 0.5, 0},
				weighting{"popular now", 0.5, 0}, weighting{"popular", 0.5, 0}, weighting{"popular ever", 0.5, 0}),
			admits: notTheAnchor, only: "any product but the one it starts from",
		},
		{
			name: "bought_together", start: fromAnchor,
			prior: &[signals]float32{
				sigOrdered: 3, sigCarted: 1.5, sigNear: 0.5, sigForward: 1, sigNext: 0.4, sigHop: 0.2, sigFacets: 0.3,
			},
			// What is ordered with it comes first, then what is put into the cart with
			// it; what is looked at with it fills up. What shares all facets replaces
			// the product, it does not go with it.
			weights: append(basketsFirst(8, 4), weighting{"like this", 0, -1}),
			admits:  notTheAnchor, only: "any product but the one it starts from",
		},
		{
			name: "complete_cart", start: fromCart,
			prior: &[signals]float32{
				sigOrdered: 3, sigCarted: 3, sigNear: 0.5, sigForward: 1, sigNext: 0.4, sigHop: 0.2,
			},
			weights: basketsFirst(6, 6),
			only:    "any product that is not in the cart",
			rules: func(r scoring.ProductRules) scoring.ProductRules {
				r.ShowInCart = false
				return r
			},
		},
		{
			name: "recently_viewed", start: fromTouches,
			weights: []weighting{{everyFeature, 0, 0}, {"own", 0, 10}},
			only:    "products that the visitor turned to",
			strict:  true, rules: showOwn,
		},
		{
			name: "buy_again", start: fromPurchases,
			// What is due first; of two that are equally due what is bought more often,
			// and later.
			weights: []weighting{{everyFeature, 0, 0}, {"due", 0, 10}, {"habit", 0, 3}},
			only:    "products that the visitor bought and kept",
			strict:  true, rules: showOwn,
		},
		{
			name: "trending", start: fromTrend,
			prior: &[signals]float32{sigPopular: 1, sigFacets: 0.2},
			weights: append(slices.Clone(ownProductsAside),
				weighting{"rising", 0, 6}, weighting{"popular now", 0, 4}, weighting{"popular", 0, 0},
				weighting{"popular ever", 0, 0}, weighting{"age", 0, 0}, weighting{"idle", 0, 0},
				weighting{"like the visit", 0.3, 0}, weighting{"interest", 0.5, 0}),
			only: "any product",
		},
		{
			name: "new_for_you", start: fromNew,
			prior: &[signals]float32{sigPopular: 1, sigFacets: 2, sigNear: 0.5, sigForward: 0.5},
			// Few have looked at them yet: what fits counts, not how many.
			weights: append(slices.Clone(ownProductsAside),
				weighting{"interest", 1, 3}, weighting{"new", 1, 1}, weighting{"popular now", 0.3, 0},
				weighting{"popular", 0.3, 0}, weighting{"popular ever", 0, 0}, weighting{"age", 0, 0}, weighting{"idle", 0, 0}),
			admits: isNewArrival, only: "products first offered in the last 30 days",
			strict: true,
		},
		{
			name: "from_search", start: fromSearch,
			prior:   &[signals]float32{sigPage: 2, sigSearched: 2, sigNear: 0.5, sigForward: 0.5},
			weights: []weighting{{"on topic", 1, 3}, {"searched", 1, 3}},
			admits:  answersSearch, only: "products that have a word searched for, or that visitors often turn to after searching for it",
			strict: true,
		},
	}
}

// showOwn is the rules of placements of the visitor's own products, in an order
// that nothing may change.
func showOwn(r scoring.ProductRules) scoring.ProductRules {
	r.ShowBought = true
	r.RepeatPolicy = scoring.RepeatLearned
	r.Diversity, r.NoRotation, r.Calibrate, r.Explore = scoring.DiversityOff, true, false, 0
	return r
}

// mixed is the table with its weights by feature. It panics where the table names
// a feature that is none, which a test keeps from shipping.
func mixed(features []feature) []strategy {
	table := strategies()
	for k := range table {
		s := &table[k]
		if len(s.weights) == 0 {
			continue
		}
		s.times, s.plus = make([]float32, len(features)), make([]float32, len(features))
		for f := range s.times {
			s.times[f] = 1
		}
		for _, w := range s.weights {
			known := false
			for f := range features {
				switch {
				case w.feature == everyFeature || features[f].name == w.feature:
					s.times[f], s.plus[f], known = w.times, w.plus, true
				case w.feature == "interest" && features[f].kind == scoring.ReasonInterest:
					s.times[f] = w.times // of its parts
				}
			}
			if !known {
				panic("decide: strategy " + s.name + " weighs " + w.feature + ", which is no feature")
			}
		}
	}
	return table
}

// strategy is the row of a strategy; that of for you where it is not stated.
func (d *Decider) strategy(s scoring.Strategy) *strategy {
	return &d.strategies[max(0, int(s)-1)]
}
