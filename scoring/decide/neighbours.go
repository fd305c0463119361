package decide

import (
	"math"
	"time"

	"github.com/vitrine-io/vitrine/scoring/approx"
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/scoring/model"
)

// Parameters of the session neighbours, after VSTAN's and chosen on Diginetica's
// validation sessions, where quality is nearly flat around them.
const (
	neighbourSeeds = 6
	seedFade       = 3.0                  // seed weight exp(-r/3)
	distanceFade   = 3.0                  // exp(-(d-1)/3) at distance d from the match
	matchItself    = 0.5                  // what the matched product itself gets
	slowRecall     = 120 * 24 * time.Hour // exp(-age/120 d): 150,000 sessions
	fastRecall     = 4 * 24 * time.Hour   // 5,000 sessions
)

// neighbourSessions is how many sessions are looked at per seed, the newest: of
// the earlier seeds fewer, which weigh less.
var neighbourSessions = [neighbourSeeds]int{100, 60, 40, 30, 20, 20}

// neighbours brings what the sessions most like this one went on to: VSTAN
// (Ludewig, Mauro, Latifi, Jannach: Empirical analysis of session-based
// recommendation algorithms, UMUAI 2021) over a bounded sample of recent
// sessions (VMIS-kNN; Serenade, SIGMOD 2022).
type neighbours struct{}

func (neighbours) name() string { return "neighbours" }

// match is a session that shares products with the visit.
type match struct {
	ref  model.SessionRef
	seed int32 // the first seed, the latest product, that both have
	sim  float32
	line *model.ClosedSession
	end  time.Duration // when it ended, as model.SinceEpoch tells it
}

// matches is a hash table of sessions in the order of their discovery.
type matches struct {
	list  []match
	table []uint16
}

const (
	maxMatches = 270 // all of neighbourSessions
	matchTable = 1024
)

func newMatches() matches {
	return matches{list: make([]match, 0, maxMatches), table: make([]uint16, matchTable)}
}

func (m *matches) of(ref model.SessionRef, seed int) *match {
	s := uint32(ref) * 0x9e3779b1 >> (32 - 10)
	for m.table[s] != 0 {
		if x := &m.list[m.table[s]-1]; x.ref == ref {
			return x
		}
		s = (s + 1) % matchTable
	}
	m.list = append(m.list, match{ref: ref, seed: int32(seed)})
	m.table[s] = uint16(len(m.list))
	return &m.list[len(m.list)-1]
}

func (neighbours) gather(q *query) {
	m := &q.matches
	m.list = m.list[:0]
	clear(m.table)
	all := q.learned.AllSessions(q.page.Now)
	q.aheadOfSeeds()
	for r := range min(neighbourSeeds, len(q.seeds)) {
		s := &q.seeds[r]
		w := float32(s.weight * q.fade(r, q.config.seedFade) * math.Log1p(all/max(1, s.sessions)))
		q.refs = q.learned.RecentSessions(q.refs[:0], s.product, q.config.sessions[r])
		for _, ref := range q.refs {
			m.of(ref, r).sim += w
		}
	}
	// The ends first: what else is on their cache lines comes along, all at a time.
	for k := range m.list {
		x := &m.list[k]
		if x.line = q.learned.Session(x.ref); x.line != nil {
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
		if len(products) == 0 {
			continue
		}
		age := float64(max(0, now-x.end))
		sim := x.sim * perLength[len(products)] * approx.Exp(-float32(age/q.config.slowRecall))
		q.spread(products, int(x.seed), sim, approx.Exp(-float32(age/q.config.fastRecall)))
	}
}

// perLength is 1 / sqrt(length).
var perLength = func() (f [16]float32) {
	for n := 1; n < len(f); n++ {
		f[n] = float32(1 / math.Sqrt(float64(n)))
	}
	return f
}()

// spread gives the products of a neighbour, whom a seed has found, their share.
func (q *query) spread(products []catalog.Index, seed int, sim, recent float32) {
	distance, found := &q.config.distance, q.seeds[seed].product
	at := -1
	for p := len(products) - 1; p >= 0; p-- {
		if products[p] == found {
			at = p
			break
		}
	}
	for p, i := range products {
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
		near := sim * distance[d&(len(distance)-1)]
		c.signal[sigNear] += near
		c.signal[sigFlat] += sim
		c.signal[sigRecent] += near * recent
		if near > c.signal[sigBest] {
			c.signal[sigBest] = near
		}
		if p > at {
			c.signal[sigAfter] += near
		}
		if i != found {
			c.credit(bySessions, seed, near)
		}
	}
}
