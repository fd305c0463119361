package decide

import (
	"cmp"
	"math"
	"slices"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/scoring/interest"
	"github.com/vitrine-io/vitrine/scoring/model"
)

// facetKinds is one more than the highest kind of facet.
const facetKinds = int(scoring.FacetAttribute) + 1

// The say of the three scales in a visitor's interest: what this visit is about
// first, the lasting taste last. Weights grow with the scale's length, so each
// is taken by its root. It is where learning begins: see interestFeatures.
var scaleSay = [interest.Scales]float64{1, 0.5, 0.25}

// maxInterests is how many facets of the visitor speak in a decision.
const maxInterests = 24

// interestIn is a facet the visitor cares for, or has turned away from.
type interestIn struct {
	term   catalog.Term
	kind   scoring.FacetKind
	weight float32                  // over all scales, times idf; may be negative
	scales [interest.Scales]float32 // the same of each scale alone
}

// likings are how near a product is to the visitor's interests.
type likings struct {
	all    float32                  // cosine of the visitor's facets and its own, over what the visitor cares for
	away   float32                  // the same over what the visitor has turned away from; at most 0
	kinds  [facetKinds]float32      // the parts of all, by kind of facet
	scales [interest.Scales]float32 // the cosine by each scale alone
}

// interestFeatures weigh interest. The first is the interest over all kinds of
// facets and all scales, as they are weighed by hand. The others say how much more
// or less there is of one kind, or of one scale than of the next longer one: they
// begin at nothing, and learn what this shop's visitors go by. What the visitor
// turned away from is set apart and keeps its weight, so that it always counts
// against a product.
func interestFeatures() []feature {
	kind := func(k scoring.FacetKind) column {
		return each(func(_ *query, v *view) float32 { return v.likings.kinds[k] })
	}
	over := func(a, b interest.Scale) column {
		return each(func(q *query, v *view) float32 {
			if !q.remembers[a] {
				return 0
			}
			return v.likings.scales[a] - v.likings.scales[b]
		})
	}
	const because = scoring.ReasonInterest
	return []feature{
		{"interest", because, 3, 3, each(func(_ *query, v *view) float32 { return v.likings.all })},
		{"interest in categories", because, 0, 0, kind(scoring.FacetCategory)},
		{"interest in brands", because, 0, 0, kind(scoring.FacetBrand)},
		{"interest in tags", because, 0, 0, kind(scoring.FacetTag)},
		{"interest in price bands", because, 0, 0, kind(scoring.FacetPriceBand)},
		{"interest in attributes", because, 0, 0, kind(scoring.FacetAttribute)},
		{"interest of the visit", because, 0, 0, over(interest.Short, interest.Mid)},
		{"interest of the week", because, 0, 0, over(interest.Mid, interest.Long)},
		{"turned away from", because, 3, 3, each(func(_ *query, v *view) float32 { return v.likings.away })},
	}
}

// readInterests weighs the visitor's facets by scale and affinity.
func (q *query) readInterests() {
	q.interests, q.entries = q.interests[:0], q.entries[:0]
	if q.page.Visitor.Profile() != nil {
		q.entries = q.page.Visitor.Profile().Interests.AppendAt(q.entries, q.page.Now)
	}
	for k := range q.entries {
		e := &q.entries[k]
		// Not what sensitive products alone have, or none any more.
		if t, ok := q.products.LookupFacet(e.Facet); ok && q.products.Count(t) > 0 {
			q.addInterest(t, e)
		}
	}
	q.settleInterests()
}

// readVisitInterests is readInterests for a visit that is known by its steps, from
// the facets that the model knows: about what a profile holds after these touches.
// Those of earlier visits count as one look each, at the end of the last of these
// visits.
func (q *query) readVisitInterests(s *model.Step) {
	q.interests, q.entries = q.interests[:0], q.entries[:0]
	q.byTerm.reset()
	for n, i := range s.Visit {
		w := float64(s.Looks[n])
		switch kind := s.Kinds[n]; kind {
		case model.Viewed:
		case model.Clicked:
			w *= kind.Weight()
		default:
			w += kind.Weight()
		}
		q.credit(i, [interest.Scales]float64{w, w, w})
	}
	for _, i := range s.Past {
		q.credit(i, interest.Kept(s.Time.Sub(s.PastEnd)))
	}
	for k := range q.entries {
		if t, ok := q.products.LookupFacet(q.entries[k].Facet); ok {
			q.addInterest(t, &q.entries[k])
		}
	}
	q.settleInterests()
}

// credit gives the facets of a product these weights in entries, which byTerm has
// the places of; as interest.Vector.Add does.
func (q *query) credit(i catalog.Index, weight [interest.Scales]float64) {
	facets := q.facets(i)
	levels := 0
	for _, t := range facets {
		if q.products.FacetID(t).Kind() == scoring.FacetCategory {
			levels++
		}
	}
	for _, t := range facets {
		k := q.byTerm.find(t)
		if k < 0 {
			if k = len(q.entries); k == maxTerms {
				return
			}
			q.entries = append(q.entries, interest.Entry{Facet: q.products.FacetID(t)})
			q.byTerm.set(t, k)
		}
		e := &q.entries[k]
		share := 1.0
		if e.Facet.Kind() == scoring.FacetCategory {
			share /= float64(levels)
		}
		for scale, w := range weight {
			e.Weight[scale] += float32(w * share)
		}
	}
}

// addInterest weighs a facet by scale and affinity.
func (q *query) addInterest(t catalog.Term, e *interest.Entry) {
	in := interestIn{term: t, kind: e.Facet.Kind()}
	told := q.told(t)
	for s, v := range e.Weight {
		w := math.Copysign(math.Sqrt(math.Abs(float64(v))), float64(v)) * told
		in.weight += float32(scaleSay[s] * w)
		in.scales[s] = float32(w)
	}
	q.interests = append(q.interests, in)
}

// settleInterests keeps the strongest interests and makes vectors of length 1 of
// their weights: the one of all scales together, and that of each.
func (q *query) settleInterests() {
	slices.SortStableFunc(q.interests, func(a, b interestIn) int {
		return cmp.Compare(math.Abs(float64(b.weight)), math.Abs(float64(a.weight)))
	})
	q.interests = q.interests[:min(len(q.interests), maxInterests)]
	var all float64
	var scales [interest.Scales]float64
	for k := range q.interests {
		in := &q.interests[k]
		all += float64(in.weight) * float64(in.weight)
		for s, w := range in.scales {
			scales[s] += float64(w) * float64(w)
		}
	}
	q.byTerm.reset()
	for k := range q.interests {
		in := &q.interests[k]
		in.weight = perLengthOf(in.weight, all)
		for s := range in.scales {
			in.scales[s] = perLengthOf(in.scales[s], scales[s])
		}
		q.byTerm.set(in.term, k)
	}
	for s := range scales {
		q.remembers[s] = scales[s] > 0
	}
}

// perLengthOf is a part of a vector of that square.
func perLengthOf(w float32, square float64) float32 {
	if square == 0 {
		return 0
	}
	return w / float32(math.Sqrt(square))
}

// facets are those of a product, in a lesson as the model knows them.
func (q *query) facets(i catalog.Index) []catalog.Term {
	if q.studied {
		return q.learned.Facets(i)
	}
	return q.products.Facets(i)
}

// told is what interest in a facet tells of where visitors go: its affinity, which
// begins as an inverse document frequency.
func (q *query) told(t catalog.Term) float64 {
	if q.studied {
		return max(leastTold, q.learned.Affinity(t, q.learned.FacetShare(t), q.page.Now))
	}
	share := (float64(q.products.Count(t)) + 0.5) / (float64(q.products.Len()) + 1)
	return max(leastTold, q.learned.Affinity(t, share, q.page.Now))
}

// leastTold is what a facet tells at least: that visitors go by none of a kind is
// for the weights of the kinds to learn.
const leastTold = 0.3

// like compares a candidate's facets with the visitor's interests.
func (q *query) like(v *view, facets []catalog.Term) {
	if len(q.interests) == 0 || len(facets) == 0 {
		return
	}
	l := &v.likings
	part := float32(1 / math.Sqrt(float64(len(facets))))
	for _, t := range facets {
		k := q.byTerm.find(t)
		if k < 0 {
			continue
		}
		in := &q.interests[k]
		if in.weight > 0 {
			l.all += in.weight * part
			l.kinds[in.kind] += in.weight * part
		} else {
			l.away += in.weight * part
		}
		for s, w := range in.scales {
			l.scales[s] += max(0, w) * part
		}
	}
}

// interestOf is the visitor's interest in a facet.
func (q *query) interestOf(t catalog.Term) float32 {
	if k := q.byTerm.find(t); k >= 0 {
		return q.interests[k].weight
	}
	return 0
}

// strongestFacet is the product's facet that adds most to its score.
func (q *query) strongestFacet(i catalog.Index) scoring.FacetID {
	var best scoring.FacetID
	var most float32
	all := q.weights[q.interestAt]
	for _, t := range q.products.Facets(i) {
		k := q.byTerm.find(t)
		if k < 0 {
			continue
		}
		in := &q.interests[k]
		if w := in.weight * (all + q.weights[q.interestAt+int(in.kind)]); w > most {
			best, most = q.products.FacetID(t), w
		}
	}
	return best
}
