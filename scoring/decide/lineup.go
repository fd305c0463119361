package decide

import (
	"math"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
)

// lineup is the order in which a slot takes the products of a ranking: one after
// the other, each the one worth most beside those that stand already. Under no
// dial that is the order of the scores.
type lineup struct {
	contenders []contender // of the ranking, in its order
	kin        []kin
	terms      []catalog.Term // of all kin, each one's sorted
	weights    []float32      // their idf
	stood      []int32        // kin of what stands before
	pressure   float32        // what likeness costs, in units of the score
	from       int            // the first contender that may still be in the running
	width      int            // contenders in the running at a time
}

// contender is a candidate of the ranking while a slot is filled.
type contender struct {
	checked, gone bool
	grouped       bool    // it has variants
	kin           int32   // place in lineup.kin + 1; 0: not looked at yet
	held          int32   // how many of those that stand it was held against
	most          float32 // its greatest likeness to them
}

// beyond is how many more products than the slot shows are in the running: those
// that score lower are hardly welcome, however different they are.
const beyond = 10

// lineUp prepares the ranking's candidates for the slot.
func (f *filling) lineUp(r *ranking) {
	l := &f.lineup
	l.contenders = l.contenders[:0]
	for k := range r.list {
		l.contenders = append(l.contenders, contender{grouped: f.products.Grouped(f.indexOf(&r.list[k]))})
	}
	l.kin, l.terms, l.weights, l.stood = l.kin[:0], l.terms[:0], l.weights[:0], l.stood[:0]
	l.from, l.width = 0, f.slot.Count+beyond
	l.pressure = pressure[f.rules.Diversity]
	f.standBefore()
	f.calibrate()
}

// take fills the slot from the ranking until it has that many products.
func (f *filling) take(r *ranking, count int) {
	for len(f.out.Items)+len(f.drawn) < count {
		k := f.next(r)
		if k < 0 {
			return
		}
		f.put(r, f.variant(r, k))
	}
}

// next is the contender to show next; -1 when there is none left.
func (f *filling) next(r *ranking) int {
	l := &f.lineup
	for l.from < len(r.list) && l.contenders[l.from].gone {
		l.from++
	}
	if f.calibration.on {
		return f.nextCalibrated(r)
	}
	best, most, running := -1, float32(math.Inf(-1)), 0
	for k := l.from; k < len(r.list); k++ {
		if best >= 0 && r.list[k].score <= most {
			break // likeness only lowers it, and that of all behind
		}
		if !f.may(r, k) {
			continue
		}
		if running++; running > l.width {
			break
		}
		if l.pressure == 0 || len(f.out.Items) == 0 {
			return k
		}
		if w := f.worth(r, k, most); w > most {
			best, most = k, w
		}
	}
	return best
}

// may reports whether a contender is still in the running, and notes it as left
// out when a rule keeps it from the slot.
func (f *filling) may(r *ranking, k int) bool {
	c, s := &f.lineup.contenders[k], &r.list[k]
	if c.gone || c.checked && !c.grouped {
		return !c.gone
	}
	c.checked = true
	if why := f.refuses(f.indexOf(s), s.product); why != 0 {
		c.gone = true
		f.reject(s.product.ID, why, r.probability(s))
	}
	return !c.gone
}

// indexOf is the product of a candidate.
func (f *filling) indexOf(s *scored) catalog.Index { return f.candidates.list[s.candidate].product }

// put shows a contender.
func (f *filling) put(r *ranking, k int) {
	s := &r.list[k]
	f.lineup.contenders[k].gone = true
	i := f.indexOf(s)
	var group string
	if f.lineup.contenders[k].grouped {
		group = s.product.GroupID
	}
	f.taken.take(i, group)
	item := scoring.Item{Product: f.products.ID(i), Score: r.probability(s), Propensity: 1}
	if f.page.Reasons {
		item.Reasons = f.explain(r, s)
	}
	f.out.Items = append(f.out.Items, item)
	f.stands(r, k)
	if f.calibration.on {
		f.calibration.add(f.partsAt(r, k))
	}
}

// variant is the one to show of a contender's variants: the last that the visitor
// turned to, or else the contender, which scored best.
func (f *filling) variant(r *ranking, k int) int {
	if !f.lineup.contenders[k].grouped || f.page.Visitor.Profile() == nil {
		return k
	}
	group := r.list[k].product.GroupID
	touches := f.page.Visitor.Profile().Touches
	for t := len(touches) - 1; t >= 0; t-- {
		for j := range r.list {
			if p := r.list[j].product; p.GroupID == group && p.ID == touches[t].Product && f.may(r, j) {
				return j
			}
		}
	}
	return k
}

// leaveOut lists what of the ranking does not stand in the slot, if asked to.
func (f *filling) leaveOut(r *ranking) {
	if !f.page.Rejected {
		return
	}
	for k := range r.list {
		if f.may(r, k) {
			f.reject(r.list[k].product.ID, scoring.RejectedOutranked, r.probability(&r.list[k]))
		}
	}
	for _, x := range r.refused {
		f.reject(f.products.ID(x.product), x.why, 0)
	}
	f.cutRejected()
}
