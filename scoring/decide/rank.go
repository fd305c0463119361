package decide

import (
	"cmp"
	"math"
	"slices"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
)

// secondStage is how many candidates the features are computed for: quality is
// nearly flat from 50 to 200 (RANKING), and cost is not.
const secondStage = 100

// prior is the first stage: RANKING's, and what the page and the facets say.
var prior = [signals]float32{
	sigNear: 1, sigForward: 0.8, sigNext: 0.4, sigHop: 0.2, sigOwn: 0.3, sigFacets: 0.5, sigPage: 2,
}

// scored is a candidate that the features were computed for.
type scored struct {
	candidate int32
	score     float32
	product   *scoring.Product
}

// ranking is the second stage's outcome.
type ranking struct {
	done    bool
	list    []scored // the best first
	refused []refusal
	total   float64 // sum of exp(score), for shares of probability
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
	r.total = 0
}

// first is a candidate with its prior.
type first struct {
	candidate int32
	prior     float32
}

// rank runs both stages over the candidates that pass the filters.
func (q *query) rank(r *ranking, filters []Filter) {
	r.reset()
	r.done = true
	q.scale = q.candidates.largest()
	for s, v := range q.scale {
		if v > 0 {
			q.scale[s] = 1 / v
		}
	}
	q.firsts = q.firsts[:0]
	for k := range q.candidates.list {
		c := &q.candidates.list[k]
		var p float32
		for s, v := range c.signal {
			p += prior[s] * v * q.scale[s]
		}
		q.firsts = append(q.firsts, first{candidate: int32(k), prior: p})
	}
	// Ties keep the order of discovery.
	slices.SortFunc(q.firsts, func(a, b first) int {
		return cmp.Or(cmp.Compare(b.prior, a.prior), cmp.Compare(a.candidate, b.candidate))
	})
	for _, f := range q.firsts {
		if len(r.list) == secondStage {
			break
		}
		c := &q.candidates.list[f.candidate]
		p := q.products.Product(c.product)
		if p == nil {
			continue
		}
		if why := q.showable(p, filters); why != 0 {
			r.refused = append(r.refused, refusal{product: c.product, why: why})
			continue
		}
		v := q.look(c, p)
		r.list = append(r.list, scored{candidate: f.candidate, score: q.score(&v), product: p})
	}
	slices.SortFunc(r.list, func(a, b scored) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.product.ID, b.product.ID))
	})
	for k := range r.list {
		r.total += math.Exp(float64(r.list[k].score - r.list[0].score))
	}
}

// score is the blend: a sum of weight times value over the features.
func (q *query) score(v *view) float32 {
	var sum float32
	for k := range q.features {
		f := &q.features[k]
		sum += q.weight(f) * f.value(q, v)
	}
	return sum
}

// weight of a feature: that of a visit while one goes on, going over to the
// lasting one with the age of the latest touch.
func (q *query) weight(f *feature) float32 {
	return f.lasting + float32(q.fresh)*(f.visit-f.lasting)
}

// showable says why a product may not be shown to anyone here; 0 when it may.
func (q *query) showable(p *scoring.Product, filters []Filter) scoring.Rejection {
	switch {
	case !p.Showable(q.page.Now):
		return scoring.RejectedUnavailable
	case p.Sensitive:
		return scoring.RejectedSensitive
	}
	for _, f := range filters {
		if !f.Passes(p) {
			return scoring.RejectedFiltered
		}
	}
	return 0
}
