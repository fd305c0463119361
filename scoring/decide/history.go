package decide

import (
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
)

// The sources that only some strategies ask.

// touched brings what the visitor turned to, with the place of its last time
// from the latest back.
type touched struct{}

func (touched) name() string { return "touched" }

// touchStep sets two touches apart: with 32 of them the first stays above 0.
const touchStep = 1.0 / 64

func (touched) gather(q *query) {
	if q.page.Visitor.Profile() == nil {
		return
	}
	touches := q.page.Visitor.Profile().Touches
	place := 0
	for k := len(touches) - 1; k >= 0; k-- {
		i, ok := q.find(touches[k].Product)
		if !ok || touches[k].Type == scoring.Dismissed || q.sensitive(i) {
			continue
		}
		if c := q.candidates.of(i); c != nil && c.signal[sigOwn] == 0 {
			c.signal[sigOwn] = 1 - float32(place)*touchStep
			place++
		}
	}
}

// standing brings what is popular, however much other sources have found.
type standing struct{}

func (standing) name() string { return "standing" }

func (standing) gather(q *query) {
	q.standing = q.learned.Popular(q.standing[:0])
	for _, x := range q.standing {
		if c := q.candidates.of(x.Product); c != nil {
			// Who rises is looked for among all of them, not among the first alone.
			p := q.learned.Popularity(x.Product, q.page.Now)
			c.signal[sigPopular] = float32(p.Fast / (p.Slow + 8))
		}
	}
}

// newest brings the products that were first offered last, with how well each
// fits the visitor.
type newest struct{}

func (newest) name() string { return "newest" }

func (newest) gather(q *query) {
	for _, i := range q.products.Newest() {
		if !q.justOffered(i) {
			continue
		}
		c := q.candidates.of(i)
		if c == nil {
			return
		}
		c.signal[sigPopular] = q.isNewSince(q.products.Offered(i))
		for _, t := range q.products.Facets(i) {
			c.signal[sigFacets] += q.interestOf(t)
		}
		c.signal[sigFacets] = max(0, c.signal[sigFacets])
	}
}

// justOffered reports whether a product was first offered so lately that the shop
// may call it new.
func (q *query) justOffered(i catalog.Index) bool {
	offered := q.products.Offered(i)
	return offered <= q.now && q.isRecent(offered)
}

// isRecent reports whether a product that is offered since then is new, or to come.
func (q *query) isRecent(offered catalog.Instant) bool {
	return offered != catalog.Undated && q.now-offered < catalog.Instant(newSpan)
}

// The admissions of strategies: which candidates they take at all.

func notTheAnchor(q *query, c *candidate) bool { return !q.isAnchor(c.product) }

func isNewArrival(q *query, c *candidate) bool {
	return q.justOffered(c.product)
}
