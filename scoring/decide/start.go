package decide

import (
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/scoring/model"
	"github.com/vitrine-io/vitrine/scoring/visitor"
)

// start is where a strategy begins: the products, facets and words that its
// sources go out from.
type start int

// The starts.
const (
	fromVisit     start = iota // the page, and what the visitor touched last
	fromAnchor                 // the page's product, else the visitor's latest
	fromCart                   // all that lies in the cart
	fromTouches                // what the visitor touched, itself
	fromPurchases              // what the visitor bought, itself
	fromTrend                  // what is popular, whoever asks
	fromNew                    // the catalogue's newest products
	fromSearch                 // words searched for: the page's, else the visitor's last
	fromRange                  // what the shop sells, for want of anything else
	starts
)

// startingPoint says what a start is made of.
type startingPoint struct {
	words   string   // for docs/strategies.md
	sources []source // asked in this order; the order decides who finds room
	// anchored starts have one product that the others are to go with.
	anchored bool
	// even starts give all their seeds the same say; others fade with the place.
	even bool
}

// startingPoints are the starts, by number.
func startingPoints() [starts]startingPoint {
	return [starts]startingPoint{
		fromVisit: {
			words:   "the page's product, category or words, the cart on its page, and the visitor's last products",
			sources: sources(),
		},
		fromAnchor: {
			words:    "the page's product, or else the visitor's latest",
			sources:  []source{baskets{}, neighbours{}, covisitation{}, pageMatches{}},
			anchored: true,
		},
		fromCart: {
			words:   "every product in the cart, all with the same say",
			sources: []source{baskets{}, neighbours{}, covisitation{}},
			even:    true,
		},
		fromTouches:   {words: "the visitor's last products", sources: []source{touched{}}},
		fromPurchases: {words: "the visitor's purchases", sources: []source{bought{always: true}}},
		fromTrend: {
			words:   "what is popular in the shop, and the visitor's interests",
			sources: []source{standing{}, facetChampions{}},
		},
		fromNew: {
			words:   "the newest products of the catalogue, and the visitor's last products",
			sources: []source{newest{}, neighbours{}, covisitation{}},
		},
		fromRange: {words: "the newest products, and the shop's range", sources: []source{assortment{}}},
		fromSearch: {
			words:   "the page's search words, or else those of the visitor's last search, and the visitor's last products",
			sources: []source{pageMatches{}, searched{}, neighbours{}, covisitation{}},
		},
	}
}

// pool is what a start has brought to a page: the seeds and terms that the
// sources went out from, and the candidates that they found.
type pool struct {
	*startingPoint
	gathered    bool
	seeds       []seed
	pageTerms   []catalog.Term // facets or words of the page
	pageIDF     float64        // sum of their idf
	searched    string         // the words searched for, as they were written
	searchSay   float64        // what they say: 1 on their page, later less
	candidates  candidates
	scale       [signals]float32 // 1 over the largest of each signal
	place       model.Vector     // of what the sources went out from
	placed      bool
	inContext   bool     // the page's contexts were asked, and are in settings
	turned      []turned // what their visitors turn to of the candidates
	beyondViews bool     // a seed was more than viewed, or less
}

func (p *pool) reset() {
	p.gathered, p.placed, p.inContext = false, false, false
	p.seeds = p.seeds[:0]
	p.pageTerms, p.pageIDF, p.searched, p.searchSay = p.pageTerms[:0], 0, "", 0
	p.beyondViews, p.turned = false, p.turned[:0]
	p.candidates.reset()
}

// enter makes a start the present one and has its sources asked, unless a slot
// before has.
func (q *query) enter(s start) {
	if q.pools[s] == nil {
		q.pools[s] = &pool{startingPoint: &q.points[s], candidates: newCandidates()}
	}
	q.pool = q.pools[s]
	if q.gathered {
		return
	}
	if s != fromVisit { // which begin has read
		q.pool.reset()
		q.begins(s)
	}
	q.gather()
}

// gather asks the sources of the present start.
func (q *query) gather() {
	q.gathered = true
	for _, s := range q.sources {
		if !q.config.lacks(s) {
			s.gather(q)
		}
	}
	if len(q.owned) > 0 {
		q.candidates.rare = true // any of them may be of a kind that was bought
	}
	path := q.path()
	if q.cameBack() {
		path = q.trail[:0]
		for k := len(q.past.products) - 1; k >= 0; k-- {
			path = append(path, q.past.products[k])
		}
		q.trail = path
	}
	q.placed = q.learned.Query(path, &q.place) > 0
}

// begins finds the seeds and terms of a start, which is the present one.
func (q *query) begins(s start) {
	visit := q.pools[fromVisit]
	switch s {
	case fromAnchor:
		q.seeds = append(q.seeds, visit.seeds[:min(1, len(visit.seeds))]...)
	case fromCart:
		if q.page.Visitor.Profile() != nil {
			q.readCart(visitor.MaxCart)
		}
	case fromNew:
		q.seeds = append(q.seeds, visit.seeds...)
	case fromSearch:
		q.seeds = append(q.seeds, visit.seeds...)
		q.search(q.searchWords())
	}
}

// path is what the sources went out from as a visit: what the vectors of products
// are asked with.
func (q *query) path() []catalog.Index {
	if !q.anchored && !q.even {
		return q.steps
	}
	q.trail = q.trail[:0]
	for k := len(q.seeds) - 1; k >= 0; k-- {
		q.trail = append(q.trail, q.seeds[k].product)
	}
	return q.trail
}

// isAnchor reports whether a product is the one that the start goes out from.
func (q *query) isAnchor(i catalog.Index) bool {
	return q.anchored && len(q.seeds) > 0 && q.seeds[0].product == i
}

// mix is what a ranking depends on beside the page and its filters.
type mix struct {
	strategy  *strategy
	objective scoring.Objective
	rotates   bool // what was seen and left alone sinks
}

// mixOf is the mix that a slot's rules ask for.
func (q *query) mixOf(r *scoring.ProductRules) mix {
	return mix{strategy: q.strategy(r.Strategy), objective: r.Objective, rotates: !r.NoRotation && len(q.sights) > 0}
}
