package decide

import (
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/scoring/model"
)

// The visit's own part in what the model has learned says nothing new about the
// visit: that it had its products, once, just now. Where the model has folded
// the visit in, that part is taken off again, as far as the steps tell it, so
// that features mean the same whether it has or has not.

// withoutOwn takes the visit's own pairs off those of a product, which are in
// their unit of now.
func (q *query) withoutOwn(from catalog.Index, pairs []model.Pair, sessions, now float64) float64 {
	if !q.folded || q.placeOf(from) < 0 {
		return sessions
	}
	for k := range pairs {
		p := &pairs[k]
		if q.placeOf(p.To) < 0 {
			continue
		}
		next, forward, backward := model.PairsOf(q.steps, from, p.To)
		p.Next = max(0, p.Next-float32(next/now))
		p.Forward = max(0, p.Forward-float32(forward/now))
		p.Backward = max(0, p.Backward-float32(backward/now))
	}
	return max(0, sessions-1/now)
}

// sessions is how many had the seed's product, but for this one.
func (q *query) sessions(s *seed) float64 {
	n := q.learned.Sessions(s.product, q.page.Now)
	if q.folded && s.ofVisit {
		return max(0, n-1)
	}
	return n
}

// placeOf is a product's place in the visit from its end; -1 if it is not in it.
func (q *query) placeOf(i catalog.Index) int {
	for k, v := range q.visit {
		if v == i {
			return k
		}
	}
	return -1
}

// looksAt is how often the visit looked at a product.
func (q *query) looksAt(i catalog.Index) (n float32) {
	for k, s := range q.steps {
		if s == i {
			n += q.looks[k]
		}
	}
	return n
}

// popularity is that of a product without the visit's own part in it.
func (q *query) popularity(i catalog.Index, rank int) model.Popularity {
	p := q.learned.Popularity(i, q.page.Now)
	if rank < 0 {
		return p
	}
	p.Idle = 0 // what it was before is not known any more
	if q.folded {
		n := float64(q.looksAt(i))
		p.Fast, p.Slow, p.Long = p.Fast-n, p.Slow-n, p.Long-n
		p.Fast, p.Slow, p.Long = max(0, p.Fast), max(0, p.Slow), max(0, p.Long)
	}
	return p
}
