package tune

import (
	"context"
	"maps"
	"math"
	"math/rand/v2"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/decide"
)

// search goes through the parameters one by one, in an order drawn from the seed,
// and tries a larger and a smaller value of each.
type search struct {
	*tuning
	parameters []decide.Parameter
	places     [][]uint8 // of the targets, under the best so far
	trials     int
	until      time.Time
}

// sureness is how many standard errors a trial must be better by to be kept: of
// forty parameters tried at one, six would be kept by chance.
const sureness = 2

// searchParameters goes on while something was better in the last round and the
// budget lasts.
func (t *tuning) searchParameters(ctx context.Context) error {
	if !t.Budget.given() {
		return nil
	}
	s := &search{tuning: t, parameters: decide.Parameters()}
	if t.Budget.Time > 0 {
		s.until = time.Now().Add(t.Budget.Time)
	}
	var err error
	if s.places, err = t.places(ctx, t.some, t.best); err != nil {
		return err
	}
	phase := t.Display.Phase("search", "trials")
	defer phase.End()
	show := func() { phase.Set(int64(s.trials), int64(s.trials), int64(s.expected())) }
	defer func() {
		t.result.Trials = s.trials
		t.result.Kept = s.changes()
	}()
	rng := rand.New(rand.NewPCG(t.Seed, 0x7061726d)) // "parm"
	for round := 0; ; round++ {
		kept := false
		for _, k := range rng.Perm(len(s.parameters)) {
			p := &s.parameters[k]
			for _, up := range []bool{true, false} {
				better, err := s.climb(ctx, p, up, show)
				if err != nil {
					return err
				}
				if kept = kept || better; better {
					break // the other way leads back
				}
			}
			if s.spent() {
				return nil
			}
		}
		if !kept {
			return nil
		}
	}
}

// climb moves a parameter one way as long as it gets better.
func (s *search) climb(ctx context.Context, p *decide.Parameter, up bool, show func()) (better bool, err error) {
	for !s.spent() {
		was := s.value(p)
		v := next(p, was, up)
		if v == was {
			return better, nil
		}
		r := &scoring.Ranking{Fixed: s.best.Fixed, Weights: s.best.Weights, Parameters: maps.Clone(s.best.Parameters)}
		if r.Parameters == nil {
			r.Parameters = map[string]float64{}
		}
		if r.Parameters[p.Name] = v; v == p.Default {
			delete(r.Parameters, p.Name)
		}
		places, err := s.tuning.places(ctx, s.some, r)
		if err != nil {
			return better, err
		}
		s.trials++
		show()
		if mean, stderr := margin(s.places, places); mean <= sureness*stderr || mean == 0 {
			return better, nil
		}
		s.best, s.places, better = r, places, true
	}
	return better, nil
}

// value is where a parameter stands.
func (s *search) value(p *decide.Parameter) float64 {
	if v, ok := s.best.Parameters[p.Name]; ok {
		return v
	}
	return p.Default
}

// next is the value to try: half as much again, or two thirds, within the range;
// from 0, a twentieth of the range.
func next(p *decide.Parameter, v float64, up bool) float64 {
	switch {
	case up && v == 0:
		v = (p.Max - p.Min) / 20
	case up:
		v *= 1.5
	default:
		v /= 1.5
	}
	digits := 1000.0 // three significant ones, lest files be unreadable
	if v != 0 {
		digits = math.Pow(10, 2-math.Floor(math.Log10(math.Abs(v))))
	}
	v = math.Round(v*digits) / digits
	if p.Whole {
		v = math.Round(v)
	}
	return max(p.Min, min(p.Max, v))
}

func (s *search) spent() bool {
	return s.Budget.Trials > 0 && s.trials >= s.Budget.Trials || !s.until.IsZero() && time.Now().After(s.until)
}

// expected is how many trials the search may come to, for the display: a round
// over all parameters, unless the budget ends before.
func (s *search) expected() int {
	n := 2 * len(s.parameters)
	if s.Budget.Trials > 0 {
		n = min(n, s.Budget.Trials)
	}
	return max(n, s.trials)
}

// changes are what the search has kept, in the parameters' order.
func (s *search) changes() (list []Change) {
	for k := range s.parameters {
		p := &s.parameters[k]
		if v := s.value(p); v != p.Default {
			list = append(list, Change{p.Name, p.Default, v})
		}
	}
	return list
}
