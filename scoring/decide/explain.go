package decide

import (
	"math"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/scoring/visitor"
)

// maxReasons is how many reasons of an item are returned.
const maxReasons = 3

// part is one reason in the making.
type part struct {
	reason scoring.Reason
	amount float32
}

// explain gives the reasons of an item: what its features added to its score,
// gathered by kind and evidence, as shares of all that spoke for it. What of a
// kind speaks for and against it is set off first; what on the whole speaks
// against it is no reason to show it.
func (f *filling) explain(r *ranking, s *scored) []scoring.Reason {
	q := f.query
	v := &r.views[s.row]
	q.parts = q.parts[:0]
	at, kind := 0, scoring.ReasonKind(0)
	for k, w := range q.weights {
		if w == 0 {
			continue
		}
		feature := &q.features[k]
		amount := w * r.value(k, s)
		if amount == 0 {
			continue
		}
		// Features of a kind stand together and share their evidence, but for
		// what the page is about.
		if feature.kind != kind || kind == scoring.ReasonPageContext {
			at, kind = q.part(q.reason(feature, v)), feature.kind
		}
		q.parts[at].amount += amount
	}
	var sum float32
	speak := 0
	for k := range q.parts {
		if amount := q.parts[k].amount; amount > 0 {
			sum += amount
			speak++
		}
	}
	if speak == 0 {
		return f.because(scoring.ReasonPopular)
	}
	reasons := f.room.reasonsFor(min(maxReasons, speak), maxReasons*(f.slot.Count-len(f.out.Items)))
	for k := range reasons {
		most := &q.parts[0] // of equal ones the first
		for j := range q.parts {
			if q.parts[j].amount > most.amount {
				most = &q.parts[j]
			}
		}
		reasons[k] = most.reason
		reasons[k].Share = float64(most.amount / sum)
		most.amount = 0
	}
	return reasons
}

// because is a single reason that says all.
func (f *filling) because(kind scoring.ReasonKind) []scoring.Reason {
	r := f.room.reasonsFor(1, 1)
	r[0] = scoring.Reason{Kind: kind, Share: 1}
	return r
}

// part is the place of a reason among the parts, a new one if need be.
func (q *query) part(r scoring.Reason) int {
	for k := range q.parts {
		if q.parts[k].reason == r {
			return k
		}
	}
	q.parts = append(q.parts, part{reason: r})
	return len(q.parts) - 1
}

// reason turns a feature into a reason with its evidence.
func (q *query) reason(f *feature, v *view) scoring.Reason {
	r := scoring.Reason{Kind: f.kind}
	switch f.kind {
	case scoring.ReasonViewedTogether:
		switch s := q.witness(v.candidate); {
		case s != nil:
			r.Product = q.products.ID(s.product)
			if s.ofPage && !s.ofVisit {
				r.Kind = scoring.ReasonPageContext
			} else {
				r.Did = did(q.page.Visitor.Profile(), r.Product)
			}
		case v.signal[sigOwn] > 0: // visits that had it speak for it
			return q.own(v)
		}
	case scoring.ReasonRecentlyViewed:
		return q.own(v)
	case scoring.ReasonInterest:
		r.Facet = q.strongestFacet(v.product)
	case scoring.ReasonSimilar:
		r.Product = q.products.ID(q.seeds[0].product)
		if s := &q.seeds[0]; !s.ofPage || s.ofVisit {
			r.Did = did(q.page.Visitor.Profile(), r.Product)
		}
	case scoring.ReasonPopular:
		if v.pop.Slow == 0 { // its like may be, but nobody has looked at it
			r.Kind = scoring.ReasonFallback
		}
	case scoring.ReasonBoughtTogether:
		return q.boughtWith(v.candidate)
	case scoring.ReasonLikedHere:
		return q.whoLikes(v.candidate)
	case scoring.ReasonSearched:
		r.Query = q.searched
	case scoring.ReasonRestock:
		r.Product = v.at.ID
	case scoring.ReasonPageContext:
		if t, ok := q.topic(v.product); ok {
			r.Facet = q.products.FacetID(t)
		} else if q.searched != "" {
			r.Kind, r.Query = scoring.ReasonSearched, q.searched
		}
	}
	return r
}

// did is the weightiest thing the visitor did with a product.
func did(p *visitor.Profile, id scoring.ProductID) scoring.EventType {
	if _, ok := p.Bought(id); ok {
		return scoring.OrderCompleted
	}
	for k := range p.Cart {
		if p.Cart[k].Product == id {
			return scoring.ProductAdded
		}
	}
	return scoring.ProductViewed
}

// witness is the seed that contributed most.
func (q *query) witness(c *candidate) *seed {
	w, most := bySessions, c.say[bySessions]*q.scale[sigNear]
	if say := c.say[byPairs] * q.scale[sigForward]; say > most {
		w, most = byPairs, say
	}
	if c.say[byCarts]*q.scale[sigCarted] > most {
		w, most = byCarts, c.say[byCarts]*q.scale[sigCarted]
	}
	if c.say[byLater]*q.scale[sigLater] > most {
		w = byLater
	}
	if c.seed[w] == 0 {
		return nil
	}
	return &q.seeds[c.seed[w]-1]
}

// own says what the visitor had to do with one of their own products.
func (q *query) own(v *view) scoring.Reason {
	r := scoring.Reason{Kind: scoring.ReasonRecentlyViewed, Product: v.at.ID}
	for k := range q.page.Visitor.Profile().Cart {
		if q.page.Visitor.Profile().Cart[k].Product == v.at.ID {
			r.Kind = scoring.ReasonInCart
			return r
		}
	}
	if _, ok := q.page.Visitor.Profile().Bought(v.at.ID); ok {
		r.Kind = scoring.ReasonBoughtBefore
	}
	return r
}

// topic is the facet of the page that the product has, the most telling one.
func (q *query) topic(i catalog.Index) (catalog.Term, bool) {
	facets := q.products.Facets(i)
	for k := len(q.pageTerms) - 1; k >= 0; k-- { // levels come from the root down
		if containsTerm(facets, q.pageTerms[k]) {
			return q.pageTerms[k], true
		}
	}
	return 0, false
}

// probability is a candidate's share of the softmax over the ranking: that the
// visitor turns to it next, as far as the blend knows. A float32 holds it, as it does
// the scores: records of decisions keep it in half the bytes.
func (r *ranking) probability(s *scored) float64 {
	return float64(float32(math.Exp(float64(s.score-r.list[0].score)) / r.total))
}
