package decide

import (
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/blend"
)

// Weighing is the weight of a feature and how it comes about, by situation.
type Weighing struct {
	Feature  string
	Start    [blend.Situations]float32 // as shipped for a shop so mature, or as configured
	Set      bool                      // by the placement's configuration
	Learned  bool                      // whether it is learned at all
	Parts    blend.Parts[float32]      // learned; of them all but Situation
	Moved    [blend.Situations]float32 // the situations' own parts
	InEffect [blend.Situations]float32
}

// Weights returns the weights in effect under a configuration, nil as shipped, on that page and
// for that objective, in the order of the features, and how far the fitted weights
// have taken over from those set by hand. A strategy's mix comes on top.
func (d *Decider) Weights(c *Config, page scoring.PageType, objective scoring.Objective, now time.Time) (list []Weighing, mature float64) {
	if c == nil {
		c = d.shipped
	}
	mature = min(1, d.learned.AllSessions(now)/maturity)
	for k := range d.features {
		f := &d.features[k]
		by, set := d.fitted[k], c.weight(k)
		w := Weighing{Feature: f.name, Set: set != nil, Learned: by != nil && !c.fixed}
		for s := range blend.Situations {
			switch {
			case set != nil:
				w.Start[s] = set[s]
			case s == noVisit:
				w.Start[s] = f.lasting
			default:
				w.Start[s] = f.visit
				if by != nil {
					w.Start[s] += float32(mature) * (by[s] - f.visit)
				}
			}
			w.InEffect[s] = w.Start[s]
			if !w.Learned {
				continue
			}
			if s == noVisit {
				w.Moved[s] = d.rows[k].Alone(s)
				w.InEffect[s] += w.Moved[s]
				continue
			}
			in := blend.Scope{Situation: s, Page: blend.PageOf(page), Objective: objective}
			parts := d.rows[k].Parts(in)
			w.Moved[s] = parts.Situation
			w.InEffect[s] += parts.Shared + parts.Situation + parts.Objective + parts.Set
			parts.Situation = 0
			w.Parts = parts
		}
		list = append(list, w)
	}
	return list, mature
}

// Lessons are how many lessons the weights of that page and objective rest on, and
// those of each situation.
func (d *Decider) Lessons(page scoring.PageType, objective scoring.Objective) (all blend.Parts[uint64], situations [blend.Situations]uint64) {
	for s := range blend.Situations {
		all = d.learned.Blend().Lessons(blend.Scope{Situation: s, Page: blend.PageOf(page), Objective: objective})
		situations[s] = all.Situation
	}
	all.Situation = 0
	return all, situations
}

// Frozen is a ranking that keeps these weights: a placement with it ranks as one
// whose weights they are, until the configuration is changed.
func Frozen(list []Weighing, parameters map[string]float64) *scoring.Ranking {
	r := &scoring.Ranking{Fixed: true, Parameters: parameters, Weights: make(map[string][]float32, len(list))}
	for _, w := range list {
		by := make([]float32, blend.Situations)
		same := true
		for s, x := range w.InEffect {
			by[s] = min(maxWeight, max(-maxWeight, x))
			same = same && by[s] == by[0]
		}
		if same {
			by = by[:1]
		}
		r.Weights[w.Feature] = by
	}
	return r
}
