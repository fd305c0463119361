package tune

import (
	"context"

	"github.com/vitrine-io/vitrine/cmd/vitrine/backtest"
	"github.com/vitrine-io/vitrine/cmd/vitrine/progress"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/blend"
	"github.com/vitrine-io/vitrine/scoring/decide"
)

// lessons are choices to fit weights to, kept in little room.
type lessons struct {
	features int
	list     []lesson
}

// lesson is one choice. Values are in steps of 1/8192: they lie between about -1
// and 1, and none is worth more digits.
type lesson struct {
	situation int
	target    int
	fresh     float32
	values    []int16   // by candidate, then by feature
	rest      []float32 // by candidate: what weights of the situation do not touch
	moved     []float32 // by candidate: what the shop's visitors have moved the weights by
}

const valueSteps = 8192

// add keeps an observation.
func (l *lessons) add(o *decide.Observation, shipped [][]float32) {
	l.features = len(o.Moved)
	n := len(o.Values) / l.features
	one := lesson{
		situation: o.Situation, target: o.Target, fresh: o.Fresh,
		values: make([]int16, len(o.Values)), rest: make([]float32, n), moved: make([]float32, n),
	}
	for k, x := range o.Values {
		one.values[k] = int16(max(-32767, min(32767, valueSteps*x)))
		c, f := k/l.features, k%l.features
		one.rest[c] += (1 - o.Fresh) * shipped[f][blend.Situations-1] * x
		one.moved[c] += o.Moved[f] * x
	}
	l.list = append(l.list, one)
}

// young is the part at the beginning of a log from which no lessons are taken:
// the shop does not know its products yet.
const young = 0.2

// collect learns from the train sessions and returns at most n lessons of them,
// evenly spread, in which the target was among the candidates.
func collect(ctx context.Context, s *shop, log *backtest.Log, n int, phase *progress.Phase) (*lessons, error) {
	steps := 0
	for i := range log.Train {
		steps += max(0, len(log.Train[i].Items)-1)
	}
	from := int(young * float64(steps))
	every := max(1, (steps-from)/max(1, n))
	l := &lessons{}
	var o decide.Observation
	err := s.replay(ctx, log, phase, func(at int, p *decide.Page, to scoring.ProductID) {
		if n > 0 && at >= from && (at-from)%every == 0 && s.decider.Observe(p, to, &o) {
			l.add(&o, s.decider.Shipped(p.Now))
		}
	})
	return l, err
}

// lessons of a judge's targets: what weights are chosen by.
func (j *judge) lessons(ctx context.Context, n int) (*lessons, error) {
	every := max(1, j.count()/max(1, n))
	l := &lessons{}
	var o decide.Observation
	at := 0
	for _, session := range j.targets {
		if ctx.Err() != nil {
			return nil, errInterrupted
		}
		for _, t := range session {
			if at++; at%every == 0 && j.shop.decider.Observe(t.page, t.to, &o) {
				l.add(&o, j.shop.decider.Shipped(t.page.Now))
			}
		}
	}
	return l, nil
}

// telling says which features tell candidates apart in at least one lesson of a
// hundred: the others' weights can't be fitted.
func (l *lessons) telling() []bool {
	count := make([]int, l.features)
	for i := range l.list {
		one := &l.list[i]
		for f := range l.features {
			for at := f; at < len(one.values); at += l.features {
				if one.values[at] != one.values[f] {
					count[f]++
					break
				}
			}
		}
	}
	tells := make([]bool, l.features)
	for f, n := range count {
		tells[f] = n > len(l.list)/100
	}
	return tells
}
