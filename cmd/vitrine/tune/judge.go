package tune

import (
	"context"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/vitrine-io/vitrine/cmd/vitrine/backtest"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/decide"
	"github.com/vitrine-io/vitrine/scoring/visitor"
)

// target is a prefix of a session with the product that was viewed next.
type target struct {
	page *decide.Page
	to   scoring.ProductID
}

// judge holds configurations against the targets of some sessions. The models
// stay as they are.
type judge struct {
	shop    *shop
	targets [][]target // by session
}

// newJudge prepares the targets of the test sessions, as a frozen backtest asks
// for them: each prefix ends now, just behind the log.
func newJudge(s *shop, log *backtest.Log) (*judge, error) {
	j := &judge{shop: s, targets: make([][]target, len(log.Test))}
	now := log.TrainEnd()
	for i := range log.Test {
		session := &log.Test[i]
		for cut, n := range session.Cuts {
			to, ok := log.Target(session, cut)
			if !ok {
				continue
			}
			var p *visitor.Profile
			for _, m := range log.SessionEvents(session, n, now) {
				e, err := s.convert.Event(m, s.products)
				if err != nil {
					return nil, err
				}
				p = visitor.Apply(p, e)
			}
			j.targets[i] = append(j.targets[i], target{s.page(now, p, false), scoring.ProductID(to)})
		}
	}
	return j, nil
}

// sample is a judge of some of the sessions: at least n targets, if there are so
// many.
func (j *judge) sample(n int, seed uint64) *judge {
	some := &judge{shop: j.shop}
	rng := rand.New(rand.NewPCG(seed, 0x74756e65)) // "tune"
	for _, i := range rng.Perm(len(j.targets)) {
		if n <= 0 {
			break
		}
		some.targets = append(some.targets, j.targets[i])
		n -= len(j.targets[i])
	}
	return some
}

func (j *judge) count() (n int) {
	for _, s := range j.targets {
		n += len(s)
	}
	return n
}

// places is where the targets stand under a configuration, session by session: 1
// for the first, 0 for not shown.
func (j *judge) places(ctx context.Context, c *decide.Config) ([][]uint8, error) {
	out := make([][]uint8, len(j.targets))
	var next atomic.Int64
	var all sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(j.targets) {
					return
				}
				for _, t := range j.targets[i] {
					out[i] = append(out[i], j.place(&t, c))
				}
			}
		})
	}
	all.Wait()
	if ctx.Err() != nil {
		return nil, errInterrupted
	}
	return out, nil
}

func (j *judge) place(t *target, c *decide.Config) uint8 {
	p := *t.page
	slot := p.Slots[0]
	slot.Config = c
	p.Slots = []decide.Slot{slot}
	items := j.shop.decider.Decide(&p)[0].Items
	return uint8(slices.IndexFunc(items, func(it scoring.Item) bool { return it.Product == t.to }) + 1)
}

// gain is what a place is worth: NDCG, which sees both whether the target is
// shown and how high.
func gain(place uint8) float64 {
	if place == 0 {
		return 0
	}
	return 1 / math.Log2(1+float64(place))
}

// margin is how much better b is than a in NDCG, and the standard error of that,
// by session: their targets stand or fall together.
func margin(a, b [][]uint8) (mean, stderr float64) {
	var sum, squares, n float64
	for i := range a {
		var d float64
		for k := range a[i] {
			d += gain(b[i][k]) - gain(a[i][k])
		}
		sum, squares, n = sum+d, squares+d*d, n+float64(len(a[i]))
	}
	if n == 0 {
		return 0, 0
	}
	return sum / n, math.Sqrt(squares) / n
}
