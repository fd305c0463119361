// Package creative chooses the creative for a visitor: a model of how likely each is
// to be responded to, which learns online from outcomes that arrive late, and a draw
// among them that balances what is known against what is still to be found out, with
// the probability of every draw known.
package creative

import (
	"math"
	"sync/atomic"
	"time"

	"github.com/vitrine-io/vitrine/scoring/logit"
)

// Options shape a Model.
type Options struct {
	// HalfLife is the time after which an observation counts half.
	HalfLife time.Duration
	// MaxFeatures bounds what is kept, 48 bytes a feature. When there are more, the
	// quarter that least was learned about goes.
	MaxFeatures int
	// Mean and Deviation are what the logit of a response is thought to be before
	// anything is known: the prior of KindSite.
	Mean, Deviation float64
	// Exploration is the part of an arm's deviation that the choice draws with: 1 is
	// Thompson sampling as it is in the books. Less shows sooner what seems best;
	// Chapelle and Li (section 4) found 0.5 better than 1 on display advertising.
	Exploration float64
}

// DefaultOptions are those of clicks: a rate of 2 %, give or take a factor of 4.5.
// Creatives and audiences change over weeks.
func DefaultOptions() Options {
	return Options{HalfLife: 30 * 24 * time.Hour, MaxFeatures: 1 << 17, Mean: -4, Deviation: 1.5, Exploration: 0.5}
}

// ConversionOptions are those of orders: one of 2,000 impressions, give or take a factor
// of 7; how orders are credited differs more between shops than how clicks are told.
// Being rare, they are remembered for longer.
func ConversionOptions() Options {
	o := DefaultOptions()
	o.HalfLife, o.Mean, o.Deviation = 90*24*time.Hour, -7.6, 2
	return o
}

// priors are the deviations of the other kinds' weights around 0. Effects add up, so a
// new creative is thought to be like its campaign, its category and its attributes are
// on the whole, give or take its own deviation. In Upworthy's 2,453 tests the logits of
// the tests differ by 0.62 and those of the creatives of one test by 0.20, beyond
// chance (vitrine backtest creatives); crosses are thought weaker than what they cross.
var priors = [kinds]float64{
	KindPlacement: 0.5,
	KindContext:   0.3,
	KindFacet:     0.2,
	KindCategory:  0.2,
	KindCampaign:  0.6,
	KindCreative:  0.25,
	KindAttribute: 0.2,
	KindInterest:  0.15,
	KindSetting:   0.1,
	KindFatigue:   0.15,
}

// prior is the normal distribution of a weight before anything is learned.
type prior struct {
	precision float64
	pull      float64 // precision x mean
}

// Model is a logistic regression on sparse features whose weights are independent
// normal variables (Graepel et al., ICML 2010; Chapelle and Li, NIPS 2011,
// algorithm 3): the logit of a response is the sum of weight x feature. What was
// learned fades to the prior with a half-life.
//
// Learn, TakeBack, Forget, Restore and Reset are for one goroutine at a time; At may be called
// beside them from any goroutine, and takes no lock.
type Model struct {
	options Options
	priors  [1 << 8]prior // by kind; of unknown ones as firm as can be
	latest  int64         // Unix milliseconds of the latest observation
	table   atomic.Pointer[table]
}

// New returns a model that has learned nothing.
func New(o Options) *Model {
	m := &Model{options: o}
	for k := range m.priors {
		m.priors[k] = prior{precision: math.MaxFloat32}
	}
	for k, deviation := range priors {
		if deviation > 0 {
			m.priors[k] = prior{precision: 1 / (deviation * deviation)}
		}
	}
	site := 1 / (o.Deviation * o.Deviation)
	m.priors[KindSite] = prior{precision: site, pull: site * o.Mean}
	m.Reset()
	return m
}

// never is before any observation.
const never = math.MinInt64

// Reset forgets everything.
func (m *Model) Reset() {
	m.latest = never
	m.table.Store(newTable(leastSlots, 0))
}

// Features is how many the model has learned about.
func (m *Model) Features() int { return m.table.Load().used }

// halves is how many half-lives lie between two times in milliseconds.
func (m *Model) halves(from, to int64) float64 {
	return float64(to-from) / float64(m.options.HalfLife.Milliseconds())
}

// Lesson is what an observation has added to a Model: enough to take it back.
type Lesson struct {
	at    int64     // Unix milliseconds, as of which it was added
	gain  float32   // precision for a feature of 1
	pulls []float32 // precision x mean, for each feature
}

// Learn adds an observation, as of its time or of the latest one if that is later:
// whether there was a response where these features were. The features' weights go to
// where the posterior is highest,
//
//	w_i = m_i + v_i x_i g,  g = y - p(z),  z = Σ w_i x_i
//
// and their precisions grow by x_i² p (1-p): Chapelle and Li's step for a batch of
// one, solved exactly.
func (m *Model) Learn(features []Feature, response bool, at time.Time) Lesson {
	m.advance(at)
	t := m.table.Load()
	scale := math.Exp2(m.halves(t.landmark, m.latest))
	r := Reading{m, t, 1 / scale}
	prior := r.Logit(features)
	rest, p := logit.Peak(prior.Mean, prior.Variance, response)
	l := Lesson{at: m.latest, gain: float32(p * (1 - p)), pulls: make([]float32, len(features))}
	for i, f := range features {
		x := float64(f.X)
		mean, variance := r.weight(f.ID)
		moved := mean + variance*x*rest
		l.pulls[i] = float32(x * (rest + float64(l.gain)*x*moved))
	}
	m.add(features, &l, 1)
	return l
}

// TakeBack takes an observation back that Learn added with these features, exactly
// but for rounding. Of features that went in between, what they have learned since is
// lost with it.
func (m *Model) TakeBack(features []Feature, l Lesson) { m.add(features, &l, -1) }

// add adds a lesson, or with -1 takes it back.
func (m *Model) add(features []Feature, l *Lesson, sign float64) {
	t := m.room(len(features))
	scale := sign * math.Exp2(m.halves(t.landmark, l.at))
	for i, f := range features {
		s := t.find(f.ID)
		if s.id.Load() == 0 && sign < 0 || f.X == 0 {
			continue
		}
		gain, pull := s.load()
		gain += scale * float64(l.gain) * float64(f.X) * float64(f.X)
		pull += scale * float64(l.pulls[i])
		if sign < 0 && gain < 1e-12*math.Abs(scale) { // rounding, or it went in between
			gain, pull = 0, 0
		}
		t.put(f.ID, gain, pull)
	}
}

// advance sets the clock, and moves the landmark before the sums leave the range of a
// float64.
func (m *Model) advance(at time.Time) {
	ms := at.UnixMilli()
	t := m.table.Load()
	if m.latest == never {
		m.latest = ms
		m.table.Store(newTable(leastSlots, ms))
		return
	}
	m.latest = max(m.latest, ms)
	if halves := math.Floor(m.halves(t.landmark, m.latest)); halves > 500 {
		landmark := t.landmark + int64(halves)*m.options.HalfLife.Milliseconds()
		m.table.Store(rebuilt(t.rows(), t.used, landmark, int(halves)))
	}
}

// room returns the table with room for so many more features.
func (m *Model) room(features int) *table {
	t := m.table.Load()
	most := max(m.options.MaxFeatures, features)
	if t.used+features <= min(most, len(t.slots)/2) {
		return t
	}
	rows := t.rows()
	if len(rows)+features > most {
		rows = rows[:min(len(rows), most*3/4, most-features)]
	}
	t = rebuilt(rows, min(most, 2*(len(rows)+features)), t.landmark, 0)
	m.table.Store(t)
	return t
}

// Forget lets go of what was learned about these features, such as those of a
// creative that is gone.
func (m *Model) Forget(features ...FeatureID) {
	t := m.table.Load()
	for _, id := range features {
		if s := t.find(id); s.id.Load() != 0 {
			s.store(0, 0)
		}
	}
}
