package decide

import (
	"time"

	"github.com/vitrine-io/vitrine/scoring/catalog"
)

// assortment brings what the shop sells, for want of anything that visitors showed:
// the newest products, and as many of its whole range, of each category in turn.
type assortment struct{}

func (assortment) name() string { return "assortment" }

// looked is how many products of each list are looked through for those that may be
// shown.
const looked = 512

func (assortment) gather(q *query) {
	most := max(q.config.secondStage, 3*q.wanted)
	q.candidates.rare = true
	q.inTurn(q.products.Newest(), most/2)
	q.inTurn(q.products.Scan(), most)
}

// inTurn brings products of a list until there are so many candidates. The first of
// each kind says most, then the second; a kind is the product's first facet, its
// widest category if it has one.
func (q *query) inTurn(list []catalog.Index, most int) {
	q.kinds = q.kinds[:0]
	for _, i := range list[:min(len(list), looked)] {
		if len(q.candidates.list) >= most {
			return
		}
		if _, why := q.products.Candidate(i, q.now); why != 0 || q.candidates.find(i) != nil {
			continue
		}
		if c := q.candidates.of(i); c != nil {
			c.signal[sigRange] = 1 / float32(1+q.before(i))
		}
	}
}

// kind is how many products of a facet were brought.
type kind struct {
	facet catalog.Term
	n     int
}

// before counts how many of a product's kind were brought before it.
func (q *query) before(i catalog.Index) int {
	facets := q.products.Facets(i)
	if len(facets) == 0 {
		return 0
	}
	for k := range q.kinds {
		if x := &q.kinds[k]; x.facet == facets[0] {
			x.n++
			return x.n - 1
		}
	}
	q.kinds = append(q.kinds, kind{facets[0], 1})
	return 0
}

// newcomers brings the shop's new products that share facets with what the visitor
// cares for. Nobody knows them yet, so no other source would.
type newcomers struct{}

func (newcomers) name() string { return "newcomers" }

// newcomersAsked is how many of the newest products are held against the visitor's
// facets: some days' worth, at 20 ns each.
const newcomersAsked = 128

// newcomerLeast is what a newcomer must have of the likes of the best so far to join a
// crowd.
const newcomerLeast = 0.5

func (newcomers) gather(q *query) {
	if len(q.interests) == 0 || q.studied {
		return // a lesson knows no catalogue
	}
	newest := q.products.Newest()
	newest = newest[:min(len(newest), newcomersAsked)]
	q.products.Ahead(newest)
	var most float32
	for _, i := range newest {
		if _, why := q.products.Candidate(i, q.now); why != 0 || !q.justOffered(i) {
			continue
		}
		var likes float32
		for _, t := range q.products.Facets(i) {
			likes += q.interestOf(t)
		}
		if most = max(most, likes); likes <= 0 || q.crowded() && likes < newcomerLeast*most {
			continue
		}
		if c := q.candidates.of(i); c != nil {
			c.signal[sigFacets] = max(c.signal[sigFacets], likes)
		}
	}
}

// popularKind is how much more popular a product is to be taken for than its own
// counters tell, if it was first offered after the shop was first watched: for the
// time that they missed it is taken to have been looked at as since, and as its
// category and brand are. What products of a kind are looked at is taken to be spread
// like waiting times, so that its mean is worth one view (a gamma posterior of shape
// 1). In the unit of the feature popular.
func popularKind(q *query, v *view) float32 {
	if v.offered == catalog.Undated {
		return 0
	}
	missed := q.learned.Missed(time.Unix(0, int64(v.offered)), q.page.Now)
	later := missed - q.learned.Missed(time.Time{}, q.page.Now)
	if later < 0.01 {
		return 0
	}
	kind := q.learned.KindPopularity(v.product, q.page.Now)
	if kind == 0 {
		return 0
	}
	rate := (v.pop.Slow + 1) / (1 - missed + (1-missed+later)/kind)
	return much(v.pop.Slow+later*rate) - much(v.pop.Slow)
}
