package decide

import (
	"math"
	"slices"

	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/scoring/model"
)

// source brings candidates, each with the signals it has for them.
type source interface {
	name() string
	gather(q *query)
}

// sources are asked in this order; the order decides who finds room.
func sources() []source {
	return []source{
		ownProducts{}, neighbours{}, covisitation{}, pageMatches{}, facetChampions{}, newcomers{}, baskets{}, bought{}, searched{},
		likeTrails{}, laterVisits{}, popularProducts{}, contexts{},
	}
}

// ownProducts are those of the present visit and of the last ones.
type ownProducts struct{}

func (ownProducts) name() string { return "own" }

func (ownProducts) gather(q *query) {
	for _, s := range q.seeds {
		if s.ofPage && !s.ofVisit {
			continue
		}
		if c := q.candidates.of(s.product); c != nil {
			c.signal[sigOwn] = float32(s.weight)
		}
	}
}

const (
	covisitSeeds = 6   // on Diginetica more brought nothing
	covisitFade  = 2.0 // seed weight exp(-r/2), r its place from the end
	hopSeeds     = 2   // the last two products,
	hopWidth     = 6   // over their strongest pairs: 12 were hardly better
	// hopBack is what having come before counts on such a way, having come after
	// being 1. Without it Diginetica's validation sessions have 0.3 HR less, and more
	// width brings nothing.
	hopBack = 0.5
	// hopLeast is what a pair must have of the strongest of its product to bring a new
	// candidate to a crowd.
	hopLeast = 0.5
)

// crowd is how many candidates there are when most of what the weaker sources add never
// comes near the second stage: from then on only the best of theirs are new ones. Of
// two hops that costs Diginetica's validation sessions 0.01 HR; without waiting for the
// crowd it would be 0.5.
const crowd = 80

// crowded reports whether there is a crowd of candidates. Where a filter chooses among
// them there are never too many.
func (q *query) crowded() bool { return len(q.candidates.list) >= crowd && !q.filters }

// covisitation brings what visitors turned to after (and before) the seeds, and
// what they turned to from there.
type covisitation struct{}

func (covisitation) name() string { return "covisitation" }

func (covisitation) gather(q *query) {
	most := covisitSeeds
	if q.even {
		most = len(q.seeds)
	}
	for r := range min(most, len(q.seeds)) {
		s := &q.seeds[r]
		var sessions, now float64
		q.pairs, sessions, now = q.learned.Pairs(q.pairs[:0], s.product, q.page.Now)
		sessions = q.withoutOwn(s.product, q.pairs, sessions, now)
		if len(q.pairs) == 0 {
			continue
		}
		w := float32(s.weight * q.fade(r, q.config.covisitFade) * now / (sessions*now + 1))
		for _, p := range q.pairs {
			c := q.candidates.likely(p.To)
			if c.product != p.To {
				if c = q.candidates.sought(p.To, true); c == nil {
					continue
				}
			}
			c.signal[sigNext] += w * p.Next
			c.signal[sigForward] += w * p.Forward
			c.signal[sigBackward] += w * p.Backward
			c.credit(byPairs, r, w*(p.Next+p.Forward+p.Backward))
		}
		if r < hopSeeds {
			q.hop(r, float32(s.weight*math.Exp2(-float64(r))*now/(sessions*now+1)))
		}
	}
}

// fade is what a seed's place from the end leaves of it.
func (q *query) fade(place int, by float64) float64 {
	if q.even {
		return 1
	}
	return math.Exp(-float64(place) / by)
}

// aheadOfSeeds asks for the memory of what is learned of the seeds.
func (q *query) aheadOfSeeds() {
	q.ahead = q.ahead[:0]
	for k := range q.seeds {
		q.ahead = append(q.ahead, q.seeds[k].product)
	}
	q.learned.AheadOfPairs(q.ahead)
}

// around is how near two products stand, whichever came first: having come after counts
// 1, having come before that much.
func around(p *model.Pair, back float32) float32 { return p.Forward + back*p.Backward }

// leastNew is what one of q.hops must have around to be a new candidate.
func (q *query) leastNew(back float32) (least float32) {
	if !q.crowded() {
		return 0
	}
	for k := range q.hops {
		least = max(least, around(&q.hops[k], back))
	}
	return least * hopLeast
}

// hop goes on from the strongest pairs of a seed, which are in q.pairs.
func (q *query) hop(r int, w float32) {
	q.strongest(q.config.hopWidth, hopBack)
	q.learned.AheadOfPairs(q.ahead)
	for k := range q.vias {
		via := &q.vias[k]
		var sessions, now float64
		q.hops, sessions, now = q.learned.Pairs(q.hops[:0], via.To, q.page.Now)
		sessions = q.withoutOwn(via.To, q.hops, sessions, now)
		f := w * around(via, hopBack) * float32(now/(sessions*now+1))
		least := q.leastNew(hopBack)
		for k := range q.hops {
			p := &q.hops[k]
			near := around(p, hopBack)
			if near == 0 {
				continue
			}
			c := q.candidates.likely(p.To)
			if c.product != p.To {
				if c = q.candidates.sought(p.To, near >= least); c == nil {
					continue
				}
			}
			c.signal[sigHop] += f * near
			if p.To != q.seeds[r].product {
				c.credit(byPairs, r, f*near)
			}
		}
	}
}

// alike is up to how many times as strong a pair counts as another's equal: what a visit
// has taught comes off again up to rounding, which must not decide between them.
const alike = 1.001

// strongest puts the pairs that stand nearest around into q.vias, the strongest first
// and of equals the first, and their products into q.ahead.
func (q *query) strongest(most int, back float32) {
	q.vias, q.ahead = q.vias[:0], q.ahead[:0]
	for k := range q.pairs {
		p := &q.pairs[k]
		n := len(q.vias)
		switch {
		case around(p, back) == 0 || most == 0:
			continue
		case n < most:
			q.vias = append(q.vias, *p)
		case around(p, back) > alike*around(&q.vias[n-1], back):
			n--
			q.vias[n] = *p
		default:
			continue
		}
		for ; n > 0 && around(&q.vias[n], back) > alike*around(&q.vias[n-1], back); n-- {
			q.vias[n], q.vias[n-1] = q.vias[n-1], q.vias[n]
		}
	}
	for k := range q.vias {
		q.ahead = append(q.ahead, q.vias[k].To)
	}
}

// pageMatches brings products of the page's category, or that have the words
// searched for.
type pageMatches struct{}

func (pageMatches) name() string { return "page" }

func (pageMatches) gather(q *query) {
	for _, t := range q.pageTerms {
		q.addTerm(t, float32(q.products.IDF(t)), sigPage, 0)
	}
	// A product page without behaviour yet: what shares its facets.
	for k := range q.seeds {
		if !q.seeds[k].ofPage && !q.anchored {
			continue
		}
		for _, t := range q.products.Facets(q.seeds[k].product) {
			q.addTerm(t, float32(q.products.IDF(t)), sigFacets, 0)
		}
	}
}

// addTerm brings the champions of a term, the popular ones with up to twice the
// weight, and while they are few, its sample. Those with less than least of the
// popularity of the first are no new candidates.
func (q *query) addTerm(t catalog.Term, w float32, s signal, least float32) {
	q.standing = q.learned.Champions(q.standing[:0], t)
	for _, x := range q.standing {
		c := q.candidates.likely(x.Product)
		if c.product != x.Product {
			if c = q.candidates.sought(x.Product, x.Share >= least); c == nil {
				continue
			}
		}
		c.signal[s] += w * (1 + x.Share)
	}
	if len(q.standing) >= fewChampions || q.studied {
		return
	}
	for _, i := range q.products.Sample(t) {
		if slices.ContainsFunc(q.standing, func(x model.Standing) bool { return x.Product == i }) {
			continue
		}
		if c := q.candidates.of(i); c != nil {
			c.signal[s] += w
		}
	}
}

// championLeast is what a champion must have of the popularity of the first to be a new
// candidate in a crowd.
const championLeast = 0.25

// fewChampions are too few to choose from.
const fewChampions = 16

// facetChampions brings the best products of the facets that the visitor cares
// for.
type facetChampions struct{}

func (facetChampions) name() string { return "facets" }

// facetsAsked is how many of the visitor's facets bring candidates: 64 products
// each.
const facetsAsked = 8

func (facetChampions) gather(q *query) {
	for k := range min(q.config.facetsAsked, len(q.interests)) {
		if in := q.interests[k]; in.weight > 0 {
			var least float32
			if q.crowded() {
				least = championLeast
			}
			q.addTerm(in.term, in.weight, sigFacets, least)
		}
	}
}

// popularProducts fill up when the others brought too little to choose from.
type popularProducts struct{}

func (popularProducts) name() string { return "popular" }

func (popularProducts) gather(q *query) {
	if len(q.candidates.list) >= max(q.config.secondStage, 3*q.wanted) {
		return
	}
	q.standing = q.learned.Popular(q.standing[:0])
	for _, x := range q.standing {
		if c := q.candidates.of(x.Product); c != nil {
			c.signal[sigPopular] = x.Share
		}
	}
}
