package decide

import (
	"math"
	"slices"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/approx"
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/scoring/model"
)

// secondStage is how many candidates the features are computed for, unless the
// page or the configuration asks for more: quality is flat from 60 to 100, and cost is not.
const secondStage = 60

// maxTried bounds how many candidates are held against a filter.
const maxTried = 1024

// prior is the first stage: what each signal is worth in the units of its
// maximum. On Diginetica's validation sessions the product looked at next is among
// the 60 that it lets through for 70 of 100 prefixes, among 100 for 76.
var prior = [signals]float32{
	sigNear: 1, sigForward: 0.8, sigNext: 0.4, sigHop: 0.2, sigOwn: 0.3, sigFacets: 0.5, sigPage: 2, sigPopular: 0.3,
	sigSearched: 1.5, sigCarted: 0.3, sigOrdered: 0.3, sigContext: 0.3,
	sigTrail: 1, sigLater: 0.8, sigEarlier: 0.4, sigLaterHop: 0.2, sigBought: 2,
}

// scored is a candidate that the features were computed for.
type scored struct {
	candidate int32
	row       int32 // its place in views and values
	score     float32
	product   *scoring.Product
	rank      int32 // place in the visit from its end; -1: not in it
}

// ranking is the second stage's outcome.
type ranking struct {
	mix     mix
	done    bool
	weights []float32 // of the features
	list    []scored  // the best first
	refused []refusal
	total   float64   // sum of exp(score), for shares of probability
	views   []view    // of the candidates, in the order they were found
	values  []float32 // of the first feature for each of them, then of the second ...
}

// value is a feature's value for a candidate; anything where it weighs nothing.
func (r *ranking) value(feature int, s *scored) float32 {
	return r.values[feature*len(r.views)+int(s.row)]
}

// refusal is a candidate that did not reach the second stage.
type refusal struct {
	product catalog.Index
	why     scoring.Rejection
}

func (r *ranking) reset() {
	r.done = false
	r.list = r.list[:0]
	r.refused = r.refused[:0]
	r.views = r.views[:0]
	r.total = 0
}

// mixes are the rankings of one page, one a mix. They are reused.
type mixes struct {
	list []*ranking
	used int
}

func (r *mixes) reset() {
	for _, x := range r.list[:r.used] {
		x.reset()
		x.mix = mix{}
	}
	r.used = 0
}

// of is the ranking of a mix, an empty one if it was not asked for yet.
func (r *mixes) of(m mix) *ranking {
	for _, x := range r.list[:r.used] {
		if x.mix == m {
			return x
		}
	}
	if r.used == len(r.list) {
		r.list = append(r.list, &ranking{})
	}
	x := r.list[r.used]
	x.mix = m
	r.used++
	return x
}

// rankingOf is the ranking by a mix of what passes the filters. From then on its
// start and its weights are the present ones.
func (q *query) rankingOf(m mix, filters []Filter) *ranking {
	q.mix, q.rotates, q.scope.Objective = m, m.rotates, m.objective
	q.page.step("candidates")
	q.enter(m.strategy.start)
	q.page.step("score")
	if len(filters) > 0 {
		q.rank(&q.filtered, filters)
		return &q.filtered
	}
	r := q.ranked.of(m)
	if !r.done {
		q.rank(r, nil)
	}
	q.weights = append(q.weights[:0], r.weights...)
	return r
}

// rank runs both stages over the candidates that pass the filters.
func (q *query) rank(r *ranking, filters []Filter) {
	r.reset()
	r.done = true
	q.weigh()
	q.shortlist()
	enough := max(q.config.secondStage, q.wanted+q.wanted/2)
	if q.calibrates {
		enough *= 2 // for the smaller interests to have their share
	}
	for tried := 0; len(r.list) < enough && tried < min(len(q.firsts), maxTried); {
		some := min(enough-len(r.list), len(q.firsts)-tried)
		largestFirst(q.firsts[tried:], some)
		q.aheadOfCandidates(q.firsts[tried : tried+some])
		for _, f := range q.firsts[tried : tried+some] {
			q.consider(r, f.candidate(), filters)
		}
		tried += some
	}
	q.appraise(r)
	r.weights = append(r.weights[:0], q.weights...)
	if q.mix.strategy.start == fromVisit {
		q.boundReturns(r)
	}
	q.order(r)
	for k := range r.list {
		r.total += float64(approx.Exp(r.list[k].score - r.list[0].score))
	}
}

// shortlist is the first stage: every candidate with its prior, in q.firsts.
func (q *query) shortlist() {
	q.scale = q.candidates.largest()
	for s, v := range q.scale {
		if v > 0 {
			q.scale[s] = 1 / v
		}
	}
	prior := &q.config.prior
	if q.mix.strategy.prior != nil {
		prior = q.mix.strategy.prior
	}
	// The signals that say anything, and what each of their units is worth.
	var said [signals]struct {
		s  signal
		by float32
	}
	says := said[:0]
	for s, worth := range prior {
		if by := worth * q.scale[s]; by != 0 {
			says = append(says, struct {
				s  signal
				by float32
			}{signal(s), by})
		}
	}
	list := q.candidates.list
	q.firsts = slices.Grow(q.firsts[:0], len(list))[:len(list)]
	for k := range list {
		var p float32
		for _, x := range says {
			p += x.by * list[k].signal[x.s]
		}
		q.firsts[k] = newFirst(k, p)
	}
}

// aheadOfCandidates asks for the memory of what is known of the candidates that go
// to the second stage.
func (q *query) aheadOfCandidates(list []first) {
	q.ahead = q.ahead[:0]
	for _, f := range list {
		q.ahead = append(q.ahead, q.candidates.list[f.candidate()].product)
	}
	q.products.Ahead(q.ahead)
	q.learned.AheadOfCounts(q.ahead)
}

// consider takes a candidate to the second stage if it may be shown.
func (q *query) consider(r *ranking, k int, filters []Filter) {
	c := &q.candidates.list[k]
	p, why := q.showable(c.product, filters)
	if why == 0 && q.mix.strategy.admits != nil && !q.mix.strategy.admits(q, c) {
		why = scoring.RejectedStrategy
	}
	switch {
	case p == nil:
		return
	case why != 0:
		r.refused = append(r.refused, refusal{product: c.product, why: why})
		return
	}
	r.list = append(r.list, scored{candidate: int32(k), row: int32(len(r.views)), product: p})
	r.views = append(r.views, view{candidate: c, at: p, offered: q.products.Offered(c.product)})
}

// appraise is the second stage: the blend, a sum of weight times value over the
// features. It goes feature by feature through the candidates, for the memory that
// one needs to be on its way while another is worked on.
func (q *query) appraise(r *ranking) {
	q.look(r.views)
	n := len(r.views)
	scores := slices.Grow(q.scores[:0], n)[:n]
	clear(scores)
	q.scores = scores
	r.values = slices.Grow(r.values[:0], n*len(q.weights))[:n*len(q.weights)]
	for f, w := range q.weights {
		values := r.values[f*n : (f+1)*n]
		if w == 0 {
			continue
		}
		q.features[f].column(q, r.views, values)
		for k, x := range values {
			scores[k] += w * x
		}
	}
	for k := range r.list {
		r.list[k].score, r.list[k].rank = scores[k], int32(r.views[k].rank)
	}
}

// silent reports whether a feature says nothing of any candidate: the visitor has
// no interests, bought nothing, or did nothing but view.
func (q *query) silent(feature int) bool {
	if k := feature - q.touchesAt; k >= 0 && k < int(model.TouchKinds)-1 {
		return !q.beyondViews
	}
	switch q.features[feature].kind {
	case scoring.ReasonInterest:
		return len(q.interests) == 0
	case scoring.ReasonBoughtBefore, scoring.ReasonRestock:
		return len(q.habits) == 0
	}
	return false
}

// appraiseOne is the score of a candidate that is not in a ranking.
func (q *query) appraiseOne(c *candidate, p *scoring.Product) float32 {
	q.views = append(q.views[:0], view{candidate: c, at: p, offered: q.products.Offered(c.product)})
	q.look(q.views)
	var sum float32
	var value [1]float32
	for f, w := range q.weights {
		if w != 0 {
			q.features[f].column(q, q.views, value[:])
			sum += w * value[0]
		}
	}
	return sum
}

// order sorts by score, the best first, and equal ones by id.
func (q *query) order(r *ranking) {
	q.keys = q.keys[:0]
	for k := range r.list {
		q.keys = append(q.keys, newLast(k, r.list[k].score))
	}
	slices.Sort(q.keys)
	q.unordered = append(q.unordered[:0], r.list...)
	for k, key := range q.keys {
		r.list[k] = q.unordered[uint32(key)]
		for at := k; at > 0 && r.list[at-1].score == r.list[at].score && r.list[at].product.ID < r.list[at-1].product.ID; at-- {
			r.list[at-1], r.list[at] = r.list[at], r.list[at-1]
		}
	}
}

// newLast is a key by which places sort from the highest score to the lowest: the
// score's bits, which grow with the number below 0 that they stand for, and upside
// down for all others.
func newLast(place int, score float32) uint64 {
	bits := math.Float32bits(score + 0) // of -0 and 0 the same
	if bits>>31 == 0 {
		bits = ^bits &^ (1 << 31)
	}
	return uint64(bits)<<32 | uint64(uint32(place))
}

// returnsBound is how many times the share that the returns of this shop's
// visitors give reason for the products of the visit may take.
const returnsBound = 3

// boundReturns keeps the products of the visit from more than returnsBound times the
// share that the returns of this shop's visitors give reason for: the rest of the
// blend would put them first for being like themselves. Three times leaves the
// ranking of Diginetica's validation sessions, with one return in five, as it is.
// The bound widens as the shop matures and is gone when it is mature: by then the
// blend has learned from its own visitors what they return to.
func (q *query) boundReturns(r *ranking) {
	mature := max(q.mature, q.proven())
	if len(q.visit) == 0 || len(r.list) == 0 || mature >= 1 {
		return
	}
	most := r.list[0].score
	for k := range r.list {
		most = max(most, r.list[k].score)
	}
	var others, returns float64
	for k := range r.list {
		if s := &r.list[k]; s.rank < 0 {
			others += math.Exp(float64(s.score - most))
		} else {
			returns += q.rate(int(s.rank))
		}
	}
	if others == 0 {
		return
	}
	for k := range r.list {
		if s := &r.list[k]; s.rank >= 0 {
			odds := q.config.returnsBound * q.rate(int(s.rank)) / max(0.1, 1-returns) / (1 - mature)
			s.score = min(s.score, most+float32(math.Log(odds*others)))
		}
	}
}

// first is a candidate with its prior, in an order of their own: the prior's bits
// (which for numbers from 0 upwards sort as the numbers do) over the candidate's
// number inverted, so that of equals the one found first is the larger.
type first uint64

func newFirst(candidate int, prior float32) first {
	return first(math.Float32bits(max(0, prior)))<<32 | first(^uint32(candidate))
}

func (f first) candidate() int { return int(^uint32(f)) }

// largestFirst moves the n largest to the front (Hoare's quickselect).
func largestFirst(list []first, n int) {
	for len(list) > 1 && n > 0 && n < len(list) {
		// The median of three as pivot.
		a, b, c := list[0], list[len(list)/2], list[len(list)-1]
		pivot := max(min(a, b), min(max(a, b), c))
		i, j := 0, len(list)-1
		for i <= j {
			for list[i] > pivot {
				i++
			}
			for list[j] < pivot {
				j--
			}
			if i <= j {
				list[i], list[j] = list[j], list[i]
				i++
				j--
			}
		}
		switch {
		case n <= j:
			list = list[:j+1]
		case n >= i:
			list, n = list[i:], n-i
		default:
			return
		}
	}
}

// maturity is how many sessions a shop must have shown before the fitted weights
// count alone: they tell how to trust counts that a young shop does not have. A
// tenth of the log they were fitted on.
const maturity = 20000

// weigh fixes the weights of this decision: from those set by hand towards the
// fitted ones with the sessions learned, and from a visit's towards the lasting
// ones with the age of the latest touch. What the configuration sets stands.
func (q *query) weigh() {
	q.mature = min(1, q.learned.AllSessions(q.page.Now)/maturity)
	mature := float32(q.mature)
	fresh := float32(q.fresh)
	if q.anchored || q.even {
		fresh = 1 // what it starts from is of now, however old the visit
	}
	situation := q.situation()
	q.scope.Situation = situation
	mixed := q.mix.strategy
	q.weights = q.weights[:0]
	for k := range q.features {
		f := &q.features[k]
		visit, old := f.visit, f.lasting
		if by := q.fitted[k]; by != nil {
			visit += mature * (by[situation] - visit)
		}
		if by := q.config.weight(k); by != nil {
			visit, old = by[situation], by[noVisit]
		}
		w := old + fresh*(visit-old) + q.moved(k, fresh)
		if mixed.times != nil {
			w = w*mixed.times[k] + mixed.plus[k]
		}
		if q.rare[k] && !q.candidates.rare || q.silent(k) {
			w = 0 // times nothing: spares the computing
		}
		q.weights = append(q.weights, w)
	}
	if m := q.config.missing; m != nil {
		for _, k := range m.features {
			q.weights[k] = 0
		}
	}
}

// moved is what the shop's visitors have moved a feature's weight by: what they
// did in visits as far as this one is fresh, and what they came back to after
// earlier ones where nothing is known of this one.
func (q *query) moved(feature int, fresh float32) (by float32) {
	if q.fitted[feature] == nil || q.config.fixed {
		return 0
	}
	by = fresh * q.rows[feature].Moved(q.scope)
	if q.cameBack() {
		by += q.rows[feature].Alone(noVisit)
	}
	return by
}

// showable returns a product, nil if it is not in the catalogue, and why it may
// not be shown to anyone here; 0 when it may.
func (q *query) showable(i catalog.Index, filters []Filter) (*scoring.Product, scoring.Rejection) {
	p, why := q.products.Candidate(i, q.now)
	if why != 0 {
		return p, why
	}
	for _, f := range filters {
		if !f.Passes(p) {
			return p, scoring.RejectedFiltered
		}
	}
	return p, 0
}
