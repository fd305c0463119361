package banditlog

import (
	"context"
	"errors"
	"math/rand/v2"

	"github.com/vitrine-io/vitrine/scoring/offpolicy"
)

// logged is a log of one policy's choices for the positions of a slot.
type logged struct {
	path   string
	choice []choice
	log    offpolicy.Log
	clicks int
}

type choice struct{ position, item string }

func readLogged(s *sheet) (*logged, error) {
	l := &logged{path: s.path}
	for i := range s.rows {
		click, err := s.number(i, "click", 0, 1)
		if err != nil {
			return nil, err
		}
		p, err := s.number(i, "propensity_score", 1e-9, 1)
		if err != nil {
			return nil, err
		}
		if click > 0 {
			l.clicks++
		}
		l.choice = append(l.choice, choice{s.text(i, "position"), s.text(i, "item_id")})
		l.log = append(l.log, offpolicy.Row{Reward: click, Logged: p})
	}
	return l, nil
}

// shares is how often each item stood at each position: what is known of the policy
// behind the log without its models.
func (l *logged) shares() map[choice]float64 {
	total, share := map[string]float64{}, map[choice]float64{}
	for _, c := range l.choice {
		total[c.position]++
		share[c]++
	}
	for c := range share {
		share[c] /= total[c.position]
	}
	return share
}

// holdLogs values the policy behind each of two logs on the other one.
func holdLogs(_ context.Context, sheets []*sheet, o Options) (*Result, error) {
	if len(sheets) != 2 {
		return nil, errors.New("two logs are wanted, each of a policy to be valued on the other")
	}
	var logs [2]*logged
	for k, s := range sheets {
		l, err := readLogged(s)
		if err != nil {
			return nil, err
		}
		logs[k] = l
	}
	rng := rand.New(rand.NewPCG(o.Seed, 0x6c6f67)) // "log"
	r := &Result{}
	for k, l := range logs {
		other := logs[1-k]
		target, share := make([]float64, len(l.log)), other.shares()
		for i, c := range l.choice {
			target[i] = share[c]
		}
		c := l.log.Compare(l.log.Own(), target, rng)
		r.Logs = append(r.Logs, LogAgainstOther{
			Log: l.path, Policy: other.path, Rows: len(l.log), Clicks: l.clicks,
			OnPolicy: other.log.Value(other.log.Own(), rng).SNIPS, Comparison: c, Verdict: c.Verdict.String(), Longer: c.Longer(0.1),
		})
	}
	return r, nil
}
