package decide

import (
	"math"
	"slices"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/approx"
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/scoring/model"
)

// feature is one thing that speaks for or against a candidate. Its value is
// between 0 and about 1; its contribution to the score is weight times value.
type feature struct {
	name string
	kind scoring.ReasonKind
	// visit weighs it while a visit goes on, until the shop has been seen enough
	// for fittedWeights; lasting when all that is known of the visitor is old, or
	// nothing is. Set by hand: 1 is what being the best of the session
	// neighbours is worth.
	visit, lasting float32
	column         column
}

// column writes a feature's values for candidates, one each: a whole column at once,
// since a decision has thousands of values, and calling for each costs more than most
// of them.
type column func(q *query, views []view, into []float32)

// each is the column of a value that is worked out for one candidate at a time.
func each(value func(q *query, v *view) float32) column {
	return func(q *query, views []view, into []float32) {
		for k := range views {
			into[k] = value(q, &views[k])
		}
	}
}

// ofVisit is the column of a value that only products of the visit have.
func ofVisit(value func(q *query, v *view) float32) column {
	return func(q *query, views []view, into []float32) {
		for k := range views {
			into[k] = 0
			if v := &views[k]; v.rank >= 0 {
				into[k] = value(q, v)
			}
		}
	}
}

// view is a candidate as the features see it.
type view struct {
	*candidate
	at       *scoring.Product
	pop      model.Popularity
	rank     int // place in the visit from its end; -1: not in it
	likings  likings
	likeness float32                   // to the page's product: share of its facets' idf
	fit      float32                   // share of the page's terms, by idf
	offered  catalog.Instant           // since when it may be shown
	vector   int32                     // place of its vector in query.vectors + 1; 0: not read, -1: it has none
	touches  [model.TouchKinds]float32 // what part of its co-visitation comes from products touched so
}

// logRatio is the form in which most signals enter: the logarithm of the ratio
// to the largest among the candidates, from 0 for 0 to 1.
func logRatio(s signal) column {
	return func(q *query, views []view, into []float32) {
		by := q.scale[s]
		if by == 0 {
			clear(into)
			return
		}
		for k := range views {
			into[k] = inLog(views[k].signal[s] * by)
		}
	}
}

func inLog(ratio float32) float32 {
	if ratio == 0 {
		return 0
	}
	return approx.Ln(ratio+0.003)/5.81 + 1
}

// ratio is the plain ratio to the largest.
func ratio(s signal) column {
	return func(q *query, views []view, into []float32) {
		by := q.scale[s]
		for k := range views {
			into[k] = views[k].signal[s] * by
		}
	}
}

// plain is the signal as it is.
func plain(s signal) column {
	return func(_ *query, views []view, into []float32) {
		for k := range views {
			into[k] = views[k].signal[s]
		}
	}
}

// absolute is a signal that means the same in every decision: a share of
// sessions.
func absolute(s signal) column {
	return func(q *query, views []view, into []float32) {
		if q.scale[s] == 0 {
			clear(into)
			return
		}
		for k := range views {
			into[k] = inLog(min(1, views[k].signal[s]))
		}
	}
}

// much is a count in logarithm: 1 for about 20,000.
func much(n float64) float32 { return approx.Ln(1+float32(n)) / 10 }

// features lists everything that the blend is made of.
func features() []feature {
	const (
		together = scoring.ReasonViewedTogether
		own      = scoring.ReasonRecentlyViewed
	)
	list := []feature{
		{"near", together, 1, 1, logRatio(sigNear)},
		{"near ratio", together, 1, 0.5, ratio(sigNear)},
		{"after", together, 0, 0, logRatio(sigAfter)},
		{"flat", together, 0, 0, logRatio(sigFlat)},
		{"best", together, 0, 0, logRatio(sigBest)},
		{"recent", together, 0, 0, logRatio(sigRecent)},
		{"next", together, 0.4, 0, logRatio(sigNext)},
		{"next ratio", together, 0, 0, ratio(sigNext)},
		{"forward", together, 0.8, 1, logRatio(sigForward)},
		{"forward ratio", together, 0, 0, ratio(sigForward)},
		{"forward share", together, 0, 0, absolute(sigForward)},
		{"backward", together, 0, 0, logRatio(sigBackward)},
		{"hop", together, 0.2, 0.2, logRatio(sigHop)},
		{"hop ratio", together, 0, 0, ratio(sigHop)},
		{"hop share", together, 0, 0, absolute(sigHop)},
		{"histories", together, 1, 1, logRatio(sigTrail)},
		{"histories ratio", together, 0.5, 0.5, ratio(sigTrail)},
		{"histories after", together, 0, 0, logRatio(sigTrailAfter)},
		{"later", together, 0.5, 0.5, logRatio(sigLater)},
		{"later ratio", together, 0, 0, ratio(sigLater)},
		{"later share", together, 0.5, 0.5, absolute(sigLater)},
		{"earlier", together, 0.5, 0.5, logRatio(sigEarlier)},
		{"later hop", together, 0.2, 0.2, logRatio(sigLaterHop)},
		{"later hop ratio", together, 0, 0, ratio(sigLaterHop)},
		{"later hop share", together, 0, 0, absolute(sigLaterHop)},
		{"like the visit", together, 0, 0, each(likeTheVisit)},
		{"carted with", together, 0.5, 0.5, absolute(sigCarted)},
		{"ordered with", scoring.ReasonBoughtTogether, 0.5, 0.5, absolute(sigOrdered)},
		{"popular now", scoring.ReasonPopular, 0, 0, each(func(_ *query, v *view) float32 { return much(v.pop.Fast) })},
		{"popular", scoring.ReasonPopular, 0.1, 1, each(func(_ *query, v *view) float32 { return much(v.pop.Slow) })},
		{"popular ever", scoring.ReasonPopular, 0, 0, each(func(_ *query, v *view) float32 { return much(v.pop.Long) })},
		{"popular kind", scoring.ReasonPopular, 0, 1, each(popularKind)},
		{"rising", scoring.ReasonTrending, 0, 0.3, each(rising)},
		{"age", scoring.ReasonPopular, 0, 0, each(func(_ *query, v *view) float32 { return span(v.pop.Age) })},
		{"idle", scoring.ReasonPopular, 0, 0, each(func(_ *query, v *view) float32 { return span(v.pop.Idle) })},
		{"in visit", own, 0, 0, ofVisit(inVisit)},
		{"latest", own, 0, 0, at(0)},
		{"one before", own, 0, 0, at(1)},
		{"two before", own, 0, 0, at(2)},
		{"looked at often", own, 0, 0, ofVisit(often)},
		{"visit of returns", own, 0, 0, ofVisit(returns)},
		{"returned to", own, 1, 0.5, ofVisit(returnedTo)},
		{"seen earlier", own, 0.3, 0.5, each(seenEarlier)},
		{"left alone", own, -1, -1, each(leftAlone)},
		{"own", own, 0, 0, plain(sigOwn)},
		{"bought again", scoring.ReasonBoughtBefore, 1.5, 5, each(boughtAgain)},
		{"bought often", scoring.ReasonBoughtBefore, 0.5, 1.5, each(boughtOften)},
		{"bought lately", scoring.ReasonBoughtBefore, 1.5, 5, each(boughtLately)},
		{"due", scoring.ReasonRestock, 0.5, 1.5, each(due)},
		{"habit", scoring.ReasonBoughtBefore, 0, 0, logRatio(sigBought)},
		{"kind due", scoring.ReasonRestock, 0.3, 1, each(kindDue)},
		{"like this", scoring.ReasonSimilar, 1, 1, each(func(_ *query, v *view) float32 { return v.likeness })},
		{"on topic", scoring.ReasonPageContext, 5, 5, each(func(_ *query, v *view) float32 { return v.fit })},
		{"new", scoring.ReasonNew, 0.1, 0.3, each(isNew)},
		{"range", scoring.ReasonFallback, 0.05, 0.05, plain(sigRange)},
		{"liked here", scoring.ReasonLikedHere, 0.7, 0.7, likedHere},
		{"searched", scoring.ReasonSearched, 3, 3, absolute(sigSearched)},
	}
	list = slices.Insert(list, place(list, "like the visit"), touchFeatures()...)
	return slices.Insert(list, place(list, "like this"), interestFeatures()...)
}

// place is where the feature of that name stands; -1 for none.
func place(list []feature, name string) int {
	return slices.IndexFunc(list, func(f feature) bool { return f.name == name })
}

// rising compares the last day with the last week: 0 for steady, 1 for all of it
// in the last hours. The counts of a steady product stand as their half-lives, 1
// to 8.
func rising(_ *query, v *view) float32 {
	return max(0, approx.Ln(float32((8*v.pop.Fast+8)/(v.pop.Slow+8)))/2.0794) // ln 8
}

// span is a time in logarithm: 1 for a little over a year.
func span(d time.Duration) float32 { return approx.Ln(1+float32(d.Hours())) / 9.1 }

func inVisit(*query, *view) float32 { return 1 }

// likeTheVisit is how near a product's vector lies to the visit's: -1 to 1.
func likeTheVisit(q *query, v *view) float32 {
	if v.rank >= 0 && !q.anchored && !q.even || !q.placed {
		return 0
	}
	if v.vector == 0 {
		v.vector = q.vectorOf(v.product)
	}
	if v.vector < 0 {
		return 0
	}
	return model.Dot(&q.place, &q.vectors[v.vector-1])
}

// vectorOf puts a product's vector, of length 1, into q.vectors and returns its place
// there + 1; -1 for a product that has none.
func (q *query) vectorOf(i catalog.Index) int32 {
	n := len(q.vectors)
	q.vectors = slices.Grow(q.vectors, 1)[:n+1]
	if !q.learned.Place(i, &q.vectors[n]) {
		q.vectors = q.vectors[:n]
		return -1
	}
	return int32(n + 1)
}

// at tells that a product stands at that place from the visit's end.
func at(rank int) column {
	return func(_ *query, views []view, into []float32) {
		for k := range views {
			into[k] = 0
			if views[k].rank == rank {
				into[k] = 1
			}
		}
	}
}

// often is how many times the visit has looked at the product, in logarithm: 0
// for once, 1 for eight times.
func often(q *query, v *view) float32 {
	return min(1, approx.Ln(max(1, q.looksAt(v.product)))/2.0794) // ln 8
}

// returns is what part of the visit's looks went back to a product of it.
func returns(q *query, _ *view) float32 {
	var n float32
	for _, l := range q.looks {
		n += l
	}
	return 1 - float32(len(q.visit))/max(n, float32(len(q.visit)))
}

// returnedTo is how often visitors of this shop return to a product that stands
// where this one does in the visit: the logarithm of the rate, from 0 for one in
// a thousand to 1 for always.
func returnedTo(q *query, v *view) float32 {
	return max(0, 1+approx.Ln(float32(q.rate(v.rank)))/6.9078) // ln 1000
}

// rate is how often visitors of this shop go from a visit like this one to the
// product at that place from its end.
func (q *query) rate(rank int) float64 {
	rate := q.rates[min(rank, model.RepeatRanks-1)]
	if rank >= model.RepeatRanks-1 { // one rate for all from the fifth on
		rate /= float64(max(1, len(q.visit)-(model.RepeatRanks-1)))
	}
	return rate
}

func seenEarlier(_ *query, v *view) float32 {
	if v.rank >= 0 {
		return 0
	}
	return v.signal[sigOwn]
}

// newFor is how long a product counts as new, by half.
const newFor = 14 * 24 * time.Hour

func isNew(q *query, v *view) float32 {
	return q.isNewSince(v.offered)
}

// isNewSince is how new a product is: 1 when it was first offered, by half every
// newFor.
func (q *query) isNewSince(offered catalog.Instant) float32 {
	if offered == catalog.Undated || offered > q.now {
		return 0
	}
	return float32(math.Exp2(-time.Duration(q.now-offered).Hours() / newFor.Hours()))
}

// look prepares candidates for the features: views that have candidate and product.
func (q *query) look(views []view) {
	for k := range views {
		v := &views[k]
		v.rank = q.placeOf(v.product)
		v.pop = q.popularity(v.product, v.rank)
	}
	if q.beyondViews {
		q.lookAtTouches(views)
	}
	if len(q.interests) == 0 && len(q.pageTerms) == 0 && !q.onProduct() {
		return
	}
	for k := range views {
		q.lookAtFacets(&views[k])
	}
}

// lookAtFacets compares a candidate's facets and words with those of visitor and
// page.
func (q *query) lookAtFacets(v *view) {
	facets := q.facets(v.product)
	q.like(v, facets)
	if q.onProduct() {
		v.likeness = q.alike(facets, q.products.Facets(q.seeds[0].product))
	}
	if q.pageIDF > 0 {
		words := q.products.Words(v.product)
		for _, t := range q.pageTerms {
			if containsTerm(facets, t) || containsTerm(words, t) {
				v.fit += float32(q.products.IDF(t) / q.pageIDF)
			}
		}
	}
}

// onProduct reports whether there is a product that the others are held against:
// the page's, or the one that the strategy starts from.
func (q *query) onProduct() bool {
	return len(q.seeds) > 0 && (q.seeds[0].ofPage || q.anchored)
}

// alike is the idf that two products' facets share, over that of either.
func (q *query) alike(a, b []catalog.Term) float32 {
	var both, either float64
	for _, t := range a {
		w := q.products.IDF(t)
		either += w
		if containsTerm(b, t) {
			both += w
		}
	}
	for _, t := range b {
		if !containsTerm(a, t) {
			either += q.products.IDF(t)
		}
	}
	if either == 0 {
		return 0
	}
	return float32(both / either)
}

func containsTerm(list []catalog.Term, t catalog.Term) bool {
	for _, x := range list {
		if x == t {
			return true
		}
	}
	return false
}
