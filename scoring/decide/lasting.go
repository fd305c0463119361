package decide

import (
	"math"
	"slices"
	"time"

	"github.com/vitrine-io/vitrine/scoring/approx"
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/scoring/model"
)

// What the visitor turned to in earlier visits is the past; sources go out from it
// to what visitors with a like past turned to in visits after that.

// On Amazon Beauty's validation products quality is flat around these: fades of 10
// and 6, and 4 products to hop from, move HR@10 by less than 0.1.
const (
	maxPast   = 15  // products of earlier visits, as many as a trail keeps
	pastFade  = 5.0 // a product r places before the latest weighs exp(-r/5)
	laterFade = 3.0 // the same for pairs over visits
	laterHops = 2   // products of the past whose pairs go on to theirs
	laterBack = 1.0 // on such a way a visit before counts as much as one after
)

// past is what a decision knows of earlier visits.
type past struct {
	products []catalog.Index // different ones, the latest first
	mine     [4]uint64       // their numbers modulo 256, with those of the visit
}

func (p *past) reset() {
	p.products = p.products[:0]
	p.mine = [4]uint64{}
}

func (p *past) add(i catalog.Index) {
	if len(p.products) < maxPast && !slices.Contains(p.products, i) {
		p.products = append(p.products, i)
		p.note(i)
	}
}

func (p *past) note(i catalog.Index) { p.mine[i/64%4] |= 1 << (i % 64) }

// isMine reports whether the visitor had to do with a product, in this visit or
// before. Whether they return is learned elsewhere: sources over visits bring what
// is new to them.
func (q *query) isMine(i catalog.Index) bool {
	return q.past.mine[i/64%4]&(1<<(i%64)) != 0 && (slices.Contains(q.past.products, i) || q.placeOf(i) >= 0)
}

// cameBack reports whether all that is known of the visitor is of earlier visits.
func (q *query) cameBack() bool {
	return len(q.past.products) > 0 && len(q.visit) == 0 && !q.anchored && !q.even
}

// likeTrails brings what visitors with a like history have in theirs: session
// neighbours over visits.
type likeTrails struct{}

func (likeTrails) name() string { return "like histories" }

func (likeTrails) gather(q *query) {
	if len(q.past.products) == 0 {
		return
	}
	q.candidates.rare = true
	for _, i := range q.visit {
		q.past.note(i)
	}
	m := &q.matches
	m.list = m.list[:0]
	clear(m.table)
	all := q.learned.AllSessions(q.page.Now)
	q.learned.AheadOfTrails(q.past.products)
	for r, i := range q.past.products[:min(neighbourSeeds, len(q.past.products))] {
		w := float32(math.Exp(-float64(r)/pastFade) * math.Log1p(all/max(1, q.learned.Sessions(i, q.page.Now))))
		q.refs = q.learned.RecentTrails(q.refs[:0], i, q.config.sessions[r])
		for _, ref := range q.refs {
			m.of(ref, r).sim += w
		}
	}
	// As neighbours does: the ends first, all at a time.
	for k := range m.list {
		x := &m.list[k]
		if x.line = q.learned.Trail(x.ref); x.line != nil {
			x.end = x.line.End()
		}
	}
	now := model.SinceEpoch(q.page.Now)
	for k := range m.list {
		x := &m.list[k]
		if x.line == nil {
			continue
		}
		products := x.line.Products(&q.session)
		at := slices.Index(products, q.past.products[x.seed])
		if at < 0 {
			continue // it has lost the product since
		}
		age := float64(max(0, now-x.end))
		sim := x.sim * perLength[len(products)] * approx.Exp(-float32(age/q.config.slowRecall))
		q.spreadTrail(products, at, sim)
	}
}

// spreadTrail gives the products of a history, which has the match at that place,
// their share.
func (q *query) spreadTrail(products []catalog.Index, at int, sim float32) {
	for p, i := range products {
		if q.isMine(i) {
			continue
		}
		c := q.candidates.likely(i)
		if c.product != i {
			if c = q.candidates.sought(i, true); c == nil {
				continue
			}
		}
		d := p - at
		if d < 0 {
			d = -d
		}
		near := sim * q.config.distance[min(d, len(q.config.distance)-1)]
		c.signal[sigTrail] += near
		if p > at {
			c.signal[sigTrailAfter] += near
		}
	}
}

// laterVisits brings what visitors turned to in visits after (and before) one with
// the products of the past, and what they turned to from there.
type laterVisits struct{}

func (laterVisits) name() string { return "later visits" }

func (laterVisits) gather(q *query) {
	if len(q.past.products) == 0 {
		return
	}
	q.candidates.rare = true
	for r, i := range q.past.products {
		w := q.laterPairs(&q.pairs, i, math.Exp(-float64(r)/laterFade))
		from := slices.IndexFunc(q.seeds, func(s seed) bool { return s.product == i })
		for _, p := range q.pairs {
			if q.isMine(p.To) {
				continue
			}
			c := q.candidates.of(p.To)
			if c == nil {
				continue
			}
			c.signal[sigLater] += w * p.Forward
			c.signal[sigEarlier] += w * p.Backward
			if from >= 0 {
				c.credit(byLater, from, w*(p.Forward+p.Backward))
			}
		}
		if r < laterHops {
			q.laterHop(w)
		}
	}
}

// laterPairs reads the pairs of a product over visits, and returns what one of them
// weighs.
func (q *query) laterPairs(into *[]model.Pair, i catalog.Index, weight float64) float32 {
	var visits, now float64
	*into, visits, now = q.learned.LaterPairs((*into)[:0], i, q.page.Now)
	return float32(weight * now / (visits*now + 1))
}

// laterHop goes on from the strongest pairs of a product, which are in q.pairs.
func (q *query) laterHop(w float32) {
	q.strongest(q.config.hopWidth, laterBack)
	q.learned.AheadOfTrails(q.ahead)
	for k := range q.vias {
		via := &q.vias[k]
		f := q.laterPairs(&q.hops, via.To, float64(w*around(via, laterBack)))
		least := q.leastNew(laterBack)
		for k := range q.hops {
			p := &q.hops[k]
			if q.isMine(p.To) {
				continue
			}
			near := around(p, laterBack)
			c := q.candidates.likely(p.To)
			if c.product != p.To {
				if c = q.candidates.sought(p.To, near >= least); c == nil {
					continue
				}
			}
			c.signal[sigLaterHop] += f * near
		}
	}
}

// readTrail makes past and seeds of what the model knows of earlier visits, oldest
// first, the last of which ended then.
func (q *query) readTrail(trail []catalog.Index, end time.Time) {
	fresh := math.Exp2(-max(0, q.page.Now.Sub(end).Hours()) / q.config.recallHours)
	if len(q.visit) == 0 {
		q.fresh = fresh
	}
	for k := len(trail) - 1; k >= 0; k-- {
		q.past.add(trail[k])
		q.addSeed(seed{product: trail[k], weight: fresh * q.config.earlier})
	}
}
