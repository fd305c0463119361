package decide

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/cespare/xxhash/v2"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
)

const (
	// newSpan is how long after it became available a product is new.
	newSpan = 30 * 24 * time.Hour
	// hardlyTouched is the popularity under which a product is new to the shop's
	// visitors, whenever it became available: that of three views.
	hardlyTouched = 3
	// maxNew bounds the products that a slot's exploration draws from: more would
	// each be drawn too rarely to learn from.
	maxNew = 64
	// sampledNew is how much of the catalogue's sample is looked through for them.
	sampledNew = 512
	// evenly is the part of the chance that all have alike: it bounds the weights
	// of an off-policy evaluation (one over the propensity) by 5 x the products
	// that a position draws from.
	evenly = 0.2
)

// SeedOf is the seed of the page of that decision.
func SeedOf(id scoring.DecisionID) uint64 { return xxhash.Sum64String(string(id)) }

// newcomer is a new product that may be drawn.
type newcomer struct {
	product   *scoring.Product
	index     catalog.Index
	contender int // its place in the ranking; -1: it is not in it
	score     float32
	share     float64 // of the chance at its position
}

// explore draws products for the last positions of the slot, among the new ones
// that the visitor may welcome. They are dealt out to the positions like cards,
// the best scored first, and each position draws by itself: by the softmax of the
// scores, a fifth of the chance going to all alike. So no product can be drawn
// twice, and its propensity is exactly the chance of standing where it stands,
// whatever the other positions draw.
func (f *filling) explore(r *ranking) {
	positions := min(f.rules.Explore, f.slot.Count-len(f.out.Items))
	if positions <= 0 {
		return
	}
	f.findNewcomers(r)
	list := f.newcomers
	positions = min(positions, len(list))
	var chance rand.PCG
	chance.Seed(f.page.Seed, xxhash.Sum64String(string(f.slot.Placement)))
	for at := range positions {
		deal(list, at, positions)
		u, k := float64(chance.Uint64()>>11)/(1<<53), at
		for ; k+positions < len(list) && u >= list[k].share; k += positions {
			u -= list[k].share
		}
		drawn := &list[k]
		if drawn.contender >= 0 {
			f.lineup.contenders[drawn.contender].gone = true
		}
		f.taken.take(drawn.index, drawn.product.GroupID)
		item := scoring.Item{Product: drawn.product.ID, Score: r.shareOf(drawn.score), Propensity: drawn.share}
		if f.page.Reasons {
			item.Reasons = f.because(scoring.ReasonExploration)
		}
		f.drawn = append(f.drawn, item)
	}
}

// deal gives every positions-th of the list from that place on its share of the
// chance.
func deal(list []newcomer, from, positions int) {
	var sum, n float64
	for k := from; k < len(list); k += positions {
		list[k].share = math.Exp(float64(list[k].score - list[from].score)) // list[from] is the best
		sum += list[k].share
		n++
	}
	for k := from; k < len(list); k += positions {
		list[k].share = (1-evenly)*list[k].share/sum + evenly/n
	}
}

// findNewcomers lists new products that may be shown in the slot, the best scored
// first, one of each group of variants: those of the ranking, then those with the
// facets that the visitor cares for, then any of the catalogue's sample.
func (f *filling) findNewcomers(r *ranking) {
	f.newcomers = f.newcomers[:0]
	for k := range r.list {
		s := &r.list[k]
		i := f.candidates.list[s.candidate].product
		if f.isNewcomer(i) && f.may(r, k) {
			f.newcomers = append(f.newcomers, newcomer{product: s.product, index: i, contender: k, score: s.score})
		}
	}
	for k := range f.interests {
		if in := f.interests[k]; in.weight > 0 {
			f.offerNewcomers(f.products.Sample(in.term))
		}
	}
	all := f.products.Scan()
	f.offerNewcomers(all[:min(len(all), sampledNew)])
	slices.SortFunc(f.newcomers, func(a, b newcomer) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.product.ID, b.product.ID))
	})
	one := f.newcomers[:0]
	for _, x := range f.newcomers {
		if group := x.product.GroupID; group == "" || !slices.ContainsFunc(one, func(o newcomer) bool { return o.product.GroupID == group }) {
			one = append(one, x)
		}
	}
	f.newcomers = one[:min(len(one), maxNew)]
}

// offerNewcomers adds those of a list that are new and may be shown.
func (f *filling) offerNewcomers(list []catalog.Index) {
	for _, i := range list {
		if len(f.newcomers) >= maxNew {
			return
		}
		p, why := f.showable(i, f.slot.Filters)
		if p == nil || why != 0 || !f.isNewcomer(i) || f.refuses(i, p) != 0 ||
			slices.ContainsFunc(f.newcomers, func(x newcomer) bool { return x.index == i }) {
			continue
		}
		c := f.candidates.find(i)
		if c == nil {
			f.unfound = candidate{product: i}
			c = &f.unfound
		}
		f.newcomers = append(f.newcomers, newcomer{product: p, index: i, contender: -1, score: f.appraiseOne(c, p)})
	}
}

// isNewcomer reports whether a product is new in the shop, or to its visitors.
func (q *query) isNewcomer(i catalog.Index) bool {
	return q.isRecent(q.products.Offered(i)) || q.learned.Popularity(i, q.page.Now).Long < hardlyTouched
}

// shareOf is the probability of a score that is not in the ranking, as if it were.
func (r *ranking) shareOf(score float32) float64 {
	if len(r.list) == 0 {
		return 0
	}
	x := math.Exp(float64(score - r.list[0].score))
	return min(1, x/r.total)
}
