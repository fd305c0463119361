package banditlog

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/creative"
)

// policy chooses creatives of one test after another.
type policy interface {
	start(t *test)
	choose(rng *rand.Rand) int
	learn(creative int, click bool)
}

// namedPolicy begins a policy that knows nothing.
type namedPolicy struct {
	name  string
	begin func() policy
}

// Ours is the name of what Vitrine does.
const Ours = "vitrine"

// policies are those that are played, besides showing all alike and the best.
func policies(floor float64) []namedPolicy {
	return []namedPolicy{
		{"epsilon-greedy, 0.1", func() policy { return &epsilonGreedy{} }},
		{"UCB1", func() policy { return &ucb1{} }},
		{"Beta Thompson sampling", func() policy { return &betaThompson{} }},
		{Ours, func() policy { return newOurs(floor) }},
	}
}

// counts are those of a test's creatives.
type counts struct{ shown, clicks []float64 }

func (c *counts) start(t *test) {
	c.shown, c.clicks = make([]float64, len(t.creatives)), make([]float64, len(t.creatives))
}

func (c *counts) learn(k int, click bool) {
	c.shown[k]++
	if click {
		c.clicks[k]++
	}
}

// epsilonGreedy shows the creative with the highest rate so far, one time in ten any
// (Sutton and Barto 1998, 2.2).
type epsilonGreedy struct{ counts }

func (p *epsilonGreedy) choose(rng *rand.Rand) int {
	if rng.Float64() < 0.1 {
		return rng.IntN(len(p.shown))
	}
	return argmax(len(p.shown), rng, func(k int) float64 {
		if p.shown[k] == 0 {
			return math.Inf(1)
		}
		return p.clicks[k] / p.shown[k]
	})
}

// ucb1 is Auer, Cesa-Bianchi and Fischer's (Machine Learning 47, 2002).
type ucb1 struct{ counts }

func (p *ucb1) choose(rng *rand.Rand) int {
	var n float64
	for _, s := range p.shown {
		n += s
	}
	return argmax(len(p.shown), rng, func(k int) float64 {
		if p.shown[k] == 0 {
			return math.Inf(1)
		}
		return p.clicks[k]/p.shown[k] + math.Sqrt(2*math.Log(n)/p.shown[k])
	})
}

// betaThompson draws each rate from its Beta posterior, of a uniform prior (Chapelle
// and Li, NIPS 2011, algorithm 2).
type betaThompson struct{ counts }

func (p *betaThompson) choose(rng *rand.Rand) int {
	return argmax(len(p.shown), rng, func(k int) float64 {
		a, b := gamma(1+p.clicks[k], rng), gamma(1+p.shown[k]-p.clicks[k], rng)
		return a / (a + b)
	})
}

// gamma draws from the gamma distribution of a shape of 1 or more (Marsaglia and
// Tsang, ACM TOMS 26, 2000).
func gamma(shape float64, rng *rand.Rand) float64 {
	d := shape - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := rng.NormFloat64()
		v := 1 + c*x
		if v <= 0 {
			continue
		}
		v = v * v * v
		if u := rng.Float64(); math.Log(u) < x*x/2+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}

// argmax is the highest of n; of as high ones any.
func argmax(n int, rng *rand.Rand, value func(int) float64) (best int) {
	most, ties := math.Inf(-1), 1
	for k := range n {
		switch v := value(k); {
		case v > most:
			best, most, ties = k, v, 1
		case v == most:
			ties++
			if rng.IntN(ties) == 0 {
				best = k
			}
		}
	}
	return best
}

// ours is the model and the draw of package creative. It goes through the tests as a
// shop would through its campaigns, one model for all: that a creative belongs to a
// test and has an image is all that it is told.
type ours struct {
	model   *creative.Model
	chooser creative.Chooser
	now     time.Time

	builder  creative.Builder
	page     creative.Page
	common   []creative.Feature
	list     []creative.Contestant
	features [][]creative.Feature // of each creative: those in common, and its own
	arms     []creative.Arm
	chances  []float64
	drawn    int // with these chances
}

func newOurs(floor float64) *ours {
	return &ours{model: creative.New(creative.DefaultOptions()), chooser: creative.Chooser{Floor: floor}, now: anyDay}
}

// anyDay is when a log without times begins.
var anyDay = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// testTakes is how long a test takes in the model's time: 2,500 of them a season.
const testTakes = time.Hour

// drawnWith is how many draws are made with the same chances when nobody clicks: a test
// of 13,000 impressions takes as many seconds and more, and the chances hardly change.
const drawnWith = 16

func (p *ours) start(t *test) {
	p.now = p.now.Add(testTakes)
	p.common = p.builder.Begin(&p.page)
	p.list, p.features, p.drawn = p.list[:0], p.features[:0], drawnWith
	for _, c := range t.creatives {
		own := p.builder.Own(creative.Prepare(creative.Subject{
			Creative: scoring.CreativeID(c.id), Campaign: scoring.CampaignID(t.id), Attributes: []creative.Trait{{Key: "image", Value: c.image}},
		}), 0)
		p.list = append(p.list, creative.Contestant{Own: own, Value: 1})
		p.features = append(p.features, slices.Concat(p.common, own))
	}
}

func (p *ours) choose(rng *rand.Rand) int {
	if p.drawn == drawnWith {
		r := p.model.At(p.now)
		p.arms = r.AppendArms(p.arms[:0], p.common, p.list)
		p.chances, p.drawn = p.chooser.Propensities(p.arms), 0
	}
	p.drawn++
	return creative.Draw(p.chances, rng.Uint64())
}

func (p *ours) learn(k int, click bool) {
	p.model.Learn(p.features[k], click, p.now)
	if click {
		p.drawn = drawnWith
	}
}
