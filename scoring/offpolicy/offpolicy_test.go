package offpolicy

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

func rng(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within) {
		t.Errorf("%s: got %.5f, want %.5f", what, got, want)
	}
}

func TestByHand(t *testing.T) {
	log := Log{{Reward: 1, Logged: 0.5}, {Reward: 0, Logged: 0.5}, {Reward: 1, Logged: 0.25}, {Reward: 0, Logged: 0.25}}
	target := []float64{0.25, 0.25, 0.5, 0.5} // weights 0.5, 0.5, 2, 2
	e := log.Value(target, rng(1))
	near(t, "IPS", e.IPS.Value, 2.5/4, 1e-12)
	near(t, "SNIPS", e.SNIPS.Value, 2.5/5, 1e-12)
	near(t, "effective", e.Effective, 25/8.5, 1e-12)       // 5² / (0.25 + 0.25 + 4 + 4)
	near(t, "rewards", e.Rewards, 2.5*2.5/(0.25+4), 1e-12) // of the weighted rewards 0.5 and 2
	near(t, "mean weight", e.Weight.Value, 5.0/4, 1e-12)
	if got := log.Value(log.Own(), rng(1)); got.IPS.Value != 0.5 || got.Effective != 4 {
		t.Errorf("the log's own policy: %+v", got)
	}
	if got := (Log{}).Value(nil, rng(1)); got != (Estimate{}) {
		t.Errorf("an empty log: %+v", got)
	}
}

// shop is a simulator whose truth is known: two kinds of visitors, three creatives.
var rates = [2][3]float64{{0.10, 0.05, 0.02}, {0.03, 0.06, 0.12}}

type policy [2][3]float64

func (p policy) value() (v float64) {
	for kind := range rates {
		for k, rate := range rates[kind] {
			v += p[kind][k] * rate / 2
		}
	}
	return v
}

var (
	logging = policy{{0.2, 0.3, 0.5}, {0.5, 0.3, 0.2}}     // worth 0.051
	wise    = policy{{0.9, 0.05, 0.05}, {0.05, 0.05, 0.9}} // worth 0.103
	foolish = policy{{0.05, 0.05, 0.9}, {0.9, 0.05, 0.05}} // worth 0.029
	narrow  = policy{{0.23, 0.27, 0.5}, {0.55, 0.25, 0.2}} // worth what logging is
)

// simulate logs n choices and lists the probabilities of other policies for them.
func simulate(n int, r *rand.Rand, others ...policy) (Log, [][]float64) {
	log, targets := make(Log, n), make([][]float64, len(others))
	for i := range log {
		kind, u, k := r.IntN(2), r.Float64(), 0
		for ; k < 2 && u >= logging[kind][k]; k++ {
			u -= logging[kind][k]
		}
		log[i].Logged = logging[kind][k]
		if r.Float64() < rates[kind][k] {
			log[i].Reward = 1
		}
		for o, p := range others {
			targets[o] = append(targets[o], p[kind][k])
		}
	}
	return log, targets
}

// On a simulator the estimates are right on average, and the intervals hold the truth
// as often as they say.
func TestAgreesWithTheTruth(t *testing.T) {
	r := rng(2)
	const logs = 60
	var ips, snips float64
	var holdIPS, holdSNIPS int
	for range logs {
		log, targets := simulate(1500, r, wise)
		e := log.Value(targets[0], r)
		a, b := e.IPS, e.SNIPS
		ips, snips = ips+a.Value/logs, snips+b.Value/logs
		if a.Low <= wise.value() && wise.value() <= a.High {
			holdIPS++
		}
		if b.Low <= wise.value() && wise.value() <= b.High {
			holdSNIPS++
		}
	}
	// One log's standard error is 0.013, that of the mean of 60 is 0.0017.
	near(t, "IPS on average", ips, wise.value(), 0.006)
	near(t, "SNIPS on average", snips, wise.value(), 0.006)
	if holdIPS < logs*9/10 || holdSNIPS < logs*9/10 {
		t.Errorf("of %d intervals %d and %d hold the truth", logs, holdIPS, holdSNIPS)
	}
}

func TestVerdicts(t *testing.T) {
	r := rng(3)
	log, targets := simulate(20_000, r, wise, foolish, narrow)
	own := log.Own()
	short, few := simulate(200, r, wise)
	wrong := make([]float64, len(log)) // probabilities that are half of what they should be
	for i, p := range targets[0] {
		wrong[i] = p / 2
	}
	for _, test := range []struct {
		name string
		got  Comparison
		want Verdict
	}{
		{"a better policy", log.Compare(own, targets[0], r), Better},
		{"a worse policy", log.Compare(own, targets[1], r), Worse},
		{"a policy much the same", log.Compare(own, targets[2], r), TooWide},
		{"a short log", short.Compare(short.Own(), few[0], r), TooFew},
		{"wrong propensities", log.Compare(own, wrong, r), Skewed},
		{"no log", Log{}.Compare(nil, nil, r), TooFew},
	} {
		if test.got.Verdict != test.want || test.want.Ranks() != (test.want == Better || test.want == Worse) {
			t.Errorf("%s: %v, %+v", test.name, test.got.Verdict, test.got)
		}
	}
	better := log.Compare(own, targets[0], r)
	near(t, "the difference", better.Difference.Value, wise.value()-logging.value(), 0.012)
	// Half the interval is h: to tell 0.1 of A's value apart it must be (h/0.1A)² as long.
	h := (better.Difference.High - better.Difference.Low) / 2
	near(t, "longer", better.Longer(0.1), h*h/(0.01*better.A.SNIPS.Value*better.A.SNIPS.Value), 1e-9)
}

// SNIPS stays within the rewards, whatever the weights, and a policy's difference to
// itself is 0.
func TestLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 20).Draw(t, "rows")
		log, target := make(Log, n), make([]float64, n)
		for i := range log {
			log[i] = Row{rapid.Float64Range(0, 1).Draw(t, "reward"), rapid.Float64Range(0.01, 1).Draw(t, "logged")}
			target[i] = rapid.Float64Range(0.01, 1).Draw(t, "target")
		}
		e := log.Value(target, rng(4))
		if e.SNIPS.Low < -1e-12 || e.SNIPS.High > 1+1e-12 || e.Effective > float64(n)+1e-9 || e.Effective < 1-1e-9 {
			t.Fatalf("%+v", e)
		}
		if c := log.Compare(target, target, rng(4)); c.Difference != (Interval{}) {
			t.Fatalf("%+v", c.Difference)
		}
	})
}
