package decide

import (
	"cmp"
	"math"
	"slices"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/approx"
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/scoring/interest"
)

// Calibration gives each of the visitor's interests its share of a slot: products
// are taken greedily by (1 - lambda) score - lambda KL(p || q), with p the mix of
// interests and q that of the products that stand (Steck: Calibrated
// recommendations, RecSys 2018, section 4).
const (
	// calibrationLambda is what the mix has to say beside the scores. Steck's lists
	// are close to the mix from 0.99 on; there a lead of 3 in the logarithm of odds
	// still moves one product of ten, here none. Within a share the score decides.
	calibrationLambda = 0.998
	// calibrationAlpha is the part of p in the q that KL is taken of, which keeps
	// it finite: Steck's.
	calibrationAlpha = 0.01
	// maxShares bounds the interests that get a share, the strongest do.
	maxShares = 16
)

// calibration is the mix of interests, and what of it stands in the slot.
type calibration struct {
	on    bool
	kind  scoring.FacetKind // of the facets that it is a mix of
	mix   []mixShare
	stand float32      // products that stand
	parts [][]mixPart  // of the contenders, as far as they were looked at
	slab  []mixPart    // room for parts
	sums  [6]scaleSums // by kind
}

// mixShare is one interest's share of the mix.
type mixShare struct {
	term catalog.Term
	p    float32
	have float32 // products that stand, each counted by the part it has in this one
}

// mixPart is what part of a product is in an interest of the mix.
type mixPart struct {
	share int
	part  float32
}

// scaleSums is what a visitor's interest in facets of a kind adds up to.
type scaleSums [interest.Scales]float64

// calibrate prepares the mix for the slot, if it calibrates and the visitor has
// interests.
func (f *filling) calibrate() {
	c := &f.calibration
	c.on, c.mix, c.stand = false, c.mix[:0], 0
	if !f.rules.Calibrate || f.page.Visitor.Profile() == nil {
		return
	}
	f.entries = f.page.Visitor.Profile().Interests.AppendAt(f.entries[:0], f.page.Now)
	c.sums = [len(c.sums)]scaleSums{}
	for _, e := range f.entries {
		if kind := e.Facet.Kind(); int(kind) < len(c.sums) {
			for s, w := range e.Weight {
				c.sums[kind][s] += max(0, float64(w))
			}
		}
	}
	c.kind = c.strongestKind()
	f.readMix()
	if len(c.mix) == 0 {
		return
	}
	c.on = true
	c.parts, c.slab = c.parts[:0], c.slab[:0]
	for range f.lineup.contenders {
		c.parts = append(c.parts, nil)
	}
	for _, it := range f.out.Items { // pinned
		if i, ok := f.products.Lookup(it.Product); ok {
			c.add(f.partsOf(i))
		}
	}
}

// strongestKind is categories if there are any, else the kind of facet with the
// most interest.
func (c *calibration) strongestKind() scoring.FacetKind {
	if c.sums[scoring.FacetCategory] != (scaleSums{}) {
		return scoring.FacetCategory
	}
	best, most := scoring.FacetKind(0), 0.0
	for kind, sums := range c.sums {
		var all float64
		for s, w := range sums {
			all += scaleSay[s] * w
		}
		if all > most {
			best, most = scoring.FacetKind(kind), all
		}
	}
	return best
}

// readMix makes shares of the interests. Each scale is a mix of its own, which
// counts as the scales do in a score, less while it holds under about a view.
func (f *filling) readMix() {
	c := &f.calibration
	for _, e := range f.entries {
		t, ok := f.products.LookupFacet(e.Facet)
		if e.Facet.Kind() != c.kind || !ok || f.products.Count(t) == 0 {
			continue
		}
		var p float64
		for s, w := range e.Weight {
			p += scaleSay[s] * max(0, float64(w)) / (1 + c.sums[c.kind][s])
		}
		if p > 0 {
			c.mix = append(c.mix, mixShare{term: t, p: float32(p)})
		}
	}
	slices.SortStableFunc(c.mix, func(a, b mixShare) int { return cmp.Compare(b.p, a.p) })
	c.mix = c.mix[:min(len(c.mix), maxShares)]
	var sum float32
	for _, x := range c.mix {
		sum += x.p
	}
	for k := range c.mix {
		c.mix[k].p /= sum
	}
}

// partsOf is what of a product is in the interests of the mix: its facets of the
// kind share it alike, as a product shares its interest between the levels of its
// category.
func (f *filling) partsOf(i catalog.Index) []mixPart {
	c := &f.calibration
	from, n := len(c.slab), 0
	for _, t := range f.products.Facets(i) {
		if f.products.FacetID(t).Kind() != c.kind {
			continue
		}
		n++
		if k := slices.IndexFunc(c.mix, func(x mixShare) bool { return x.term == t }); k >= 0 {
			c.slab = append(c.slab, mixPart{share: k})
		}
	}
	parts := c.slab[from:len(c.slab):len(c.slab)]
	for k := range parts {
		parts[k].part = 1 / float32(n)
	}
	return parts
}

// partsAt is partsOf for a contender.
func (f *filling) partsAt(r *ranking, k int) []mixPart {
	c := &f.calibration
	if c.parts[k] == nil {
		c.parts[k] = f.partsOf(f.candidates.list[r.list[k].candidate].product)
	}
	return c.parts[k]
}

// add notes that a product stands in the slot.
func (c *calibration) add(parts []mixPart) {
	for _, x := range parts {
		c.mix[x.share].have += x.part
	}
	c.stand++
}

// nextCalibrated is the contender that brings the slot nearest to the mix.
func (f *filling) nextCalibrated(r *ranking) int {
	c := &f.calibration
	best, most := -1, float32(math.Inf(-1))
	for k := f.lineup.from; k < len(r.list); k++ {
		if !f.may(r, k) {
			continue
		}
		score := f.worth(r, k, float32(math.Inf(-1)))
		if v := calibrationLambda*c.gain(f.partsAt(r, k)) + (1-calibrationLambda)*score; v > most {
			best, most = k, v
		}
	}
	return best
}

// gain is by how much less KL(p || q) is with a product than with one that is in
// none of the interests.
func (c *calibration) gain(parts []mixPart) (gain float32) {
	for _, x := range parts {
		s := &c.mix[x.share]
		without := (1-calibrationAlpha)*s.have/(c.stand+1) + calibrationAlpha*s.p
		with := without + (1-calibrationAlpha)*x.part/(c.stand+1)
		gain += s.p * approx.Ln(with/without)
	}
	return gain
}
