package decide

import (
	"slices"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/blend"
)

// Observation is a choice as the blend sees it: what fitting weights to a log
// starts from. The score of candidate c is the sum over the features f of
//
//	Values[c*len(Moved)+f] * (Lasting + Fresh * (weight in Situation - Lasting) + Moved[f])
//
// where Lasting is the weight in the last situation.
type Observation struct {
	Situation int
	Fresh     float32   // 1 while the visit goes on, towards 0 with the age of its latest touch
	Moved     []float32 // by feature: what the shop's visitors have moved the weight by
	Values    []float32 // of the first candidate's features, in the order of FeatureNames, then the second's ...
	Target    int       // which candidate it was
}

// Observe ranks a page's first slot as Decide does, and tells what the second
// stage knew of its candidates; false if the product turned to was not among
// them. The observation is the caller's to use again.
func (d *Decider) Observe(p *Page, to scoring.ProductID, o *Observation) bool {
	q := d.start(p, d.configOf(&p.Slots[0]))
	defer q.close()
	rules := p.Slots[0].Rules
	if rules == nil {
		rules = &scoring.ProductRules{}
	}
	r := q.rankingOf(q.mixOf(rules), p.Slots[0].Filters)
	o.Target = slices.IndexFunc(r.list, func(s scored) bool { return s.product.ID == to })
	if o.Target < 0 {
		return false
	}
	o.Situation, o.Fresh = q.scope.Situation, float32(q.fresh)
	o.Moved, o.Values = o.Moved[:0], o.Values[:0]
	for k := range q.features {
		o.Moved = append(o.Moved, q.moved(k, o.Fresh))
	}
	n := len(q.features)
	o.Values = slices.Grow(o.Values, n*len(r.list))[:n*len(r.list)]
	values := make([]float32, len(r.views))
	for f := range q.features {
		q.features[f].column(q, r.views, values)
		for k := range r.list {
			o.Values[k*n+f] = values[r.list[k].row]
		}
	}
	return true
}

// Shipped is the weights by feature and situation that a shop has at that time
// before its visitors move them: those that a Config stands in the place of.
func (d *Decider) Shipped(now time.Time) [][]float32 {
	mature := float32(min(1, d.learned.AllSessions(now)/maturity))
	all := make([][]float32, len(d.features))
	for k := range d.features {
		f := &d.features[k]
		all[k] = make([]float32, blend.Situations)
		for s := range all[k] {
			w := f.visit
			if by := d.fitted[k]; by != nil {
				w += mature * (by[min(s, situations-1)] - w)
			}
			all[k][s] = w
		}
		all[k][noVisit] = f.lasting
	}
	return all
}
