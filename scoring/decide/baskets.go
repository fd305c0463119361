package decide

import (
	"github.com/vitrine-io/vitrine/scoring"
)

// baskets brings what visitors put into the cart, and what they ordered, with and
// after the seeds.
type baskets struct{}

func (baskets) name() string { return "baskets" }

// basketTrust is how many carts or orders with a product must have been seen before
// the shares of what went with it are taken at half their face value: two people
// may well have bought the same two things by chance.
const basketTrust = 3

func (baskets) gather(q *query) {
	most := covisitSeeds
	if q.even {
		most = len(q.seeds)
	}
	for r := range min(most, len(q.seeds)) {
		s := &q.seeds[r]
		var with, now float64
		q.pairs, with, now = q.learned.Carted(q.pairs[:0], s.product, q.page.Now)
		q.goWith(r, with, now, sigCarted, byCarts)
		q.pairs, with, now = q.learned.Ordered(q.pairs[:0], s.product, q.page.Now)
		q.goWith(r, with, now, sigOrdered, byOrders)
	}
}

// goWith gives the products in q.pairs what they were in baskets with a seed: the
// share of those baskets, and of the visits with it that put them in after it.
func (q *query) goWith(r int, with, now float64, to signal, w witness) {
	if len(q.pairs) == 0 {
		return
	}
	s := &q.seeds[r]
	q.withoutOwnBasket(s, now)
	say := s.weight * q.fade(r, q.config.covisitFade) * now
	together, after := float32(say/(with*now+basketTrust)), float32(say/(s.sessions+basketTrust))
	for _, p := range q.pairs {
		c := q.candidates.of(p.To)
		if c == nil {
			continue
		}
		v := together*p.Next + after*p.Forward
		c.signal[to] += v
		c.credit(w, r, v)
		q.candidates.rare = true
	}
}

// withoutOwnBasket takes off the pairs what the visit may itself have taught. Its
// steps do not tell what it put into the cart, so one basket is taken off of all
// its products.
func (q *query) withoutOwnBasket(s *seed, now float64) {
	if !q.folded || !s.ofVisit {
		return
	}
	for k := range q.pairs {
		if p := &q.pairs[k]; q.placeOf(p.To) >= 0 {
			p.Next = max(0, p.Next-float32(1/now))
			p.Forward = max(0, p.Forward-float32(1/now))
		}
	}
}

// boughtWith is the reason of what is ordered with one of the seeds.
func (q *query) boughtWith(c *candidate) (r scoring.Reason) {
	r.Kind = scoring.ReasonBoughtTogether
	if k := c.seed[byOrders]; k > 0 {
		r.Product = q.products.ID(q.seeds[k-1].product)
	}
	return r
}
