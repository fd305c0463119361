package decide

import (
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/approx"
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/scoring/model"
)

// pressure is what a product loses by being just like one that stands before it,
// by level of diversity. Each position goes to the highest score less pressure x
// the greatest likeness to what stands: maximal marginal relevance (Carbonell,
// Goldstein: The use of MMR, diversity-based reranking, SIGIR 1998, section 2)
// with pressure = (1 - lambda) / lambda of lambda = 0.75, 0.5 and 0.2. Scores are
// logarithms of odds: at 1/3 a visitor is taken to turn to more of the very same
// 3 times where they would have 4 times, at 1 every third time, at 4 hardly ever.
var pressure = [...]float32{
	scoring.DiversityOff: 0, scoring.DiversityLow: 1.0 / 3, scoring.DiversityMedium: 1, scoring.DiversityHigh: 4,
}

// kin is a product as likeness sees it: its facets, each by its idf.
type kin struct {
	product  catalog.Index
	from, to int32   // of its facets in lineup.terms
	idf      float32 // of all of them
	vector   int32   // as view.vector
}

// maxBefore bounds how many products of earlier slots count.
const maxBefore = 24

// standBefore makes what stands already count: the products that were pinned
// here and, from MEDIUM on, those of the page's earlier slots.
func (f *filling) standBefore() {
	if f.lineup.pressure == 0 {
		return
	}
	before := f.taken.products
	if f.rules.Diversity < scoring.DiversityMedium {
		before = before[len(before)-len(f.out.Items):]
	}
	for _, i := range before[max(0, len(before)-maxBefore):] {
		f.lineup.stood = append(f.lineup.stood, f.newKin(i, 0))
	}
}

// stands notes that a contender stands in the slot.
func (f *filling) stands(r *ranking, k int) {
	if f.lineup.pressure > 0 {
		f.lineup.stood = append(f.lineup.stood, f.kinOf(r, k))
	}
}

// worth is what a contender is worth in the next position. Likeness is looked at
// as long as it might be worth more than most: if it is not, the result may be
// too high, and never above most.
func (f *filling) worth(r *ranking, k int, most float32) float32 {
	l := &f.lineup
	c, score := &l.contenders[k], r.list[k].score
	w := score - l.pressure*c.most
	for ; int(c.held) < len(l.stood) && w > most; c.held++ {
		c.most = max(c.most, f.likeness(f.kinOf(r, k), l.stood[c.held]))
		w = score - l.pressure*c.most
	}
	return w
}

func (f *filling) kinOf(r *ranking, k int) int32 {
	c := &f.lineup.contenders[k]
	if c.kin == 0 {
		s := &r.list[k]
		c.kin = f.newKin(f.indexOf(s), r.views[s.row].vector) + 1
	}
	return c.kin - 1
}

func (f *filling) newKin(i catalog.Index, vector int32) int32 {
	l := &f.lineup
	from := len(l.terms)
	x := kin{product: i, vector: vector, from: int32(from)}
	all := float32(f.products.Len())
	for _, t := range f.products.Facets(i) {
		w := approx.Ln(1 + all/float32(max(1, f.products.Count(t)))) // catalog.IDF, at a quarter of its cost
		x.idf += w
		l.terms, l.weights = append(l.terms, t), append(l.weights, w)
		for k := len(l.terms) - 1; k > from && l.terms[k] < l.terms[k-1]; k-- {
			l.terms[k], l.terms[k-1] = l.terms[k-1], l.terms[k]
			l.weights[k], l.weights[k-1] = l.weights[k-1], l.weights[k]
		}
	}
	x.to = int32(len(l.terms))
	l.kin = append(l.kin, x)
	return int32(len(l.kin) - 1)
}

// likeness of two products is the idf that their facets share, over that of
// either, as in alike; where one has no facets, how near their vectors lie to
// each other. 0 to 1.
func (f *filling) likeness(a, b int32) float32 {
	l := &f.lineup
	x, y := &l.kin[a], &l.kin[b]
	if x.idf == 0 || y.idf == 0 {
		return f.nearness(x, y)
	}
	var both float32
	for i, j := x.from, y.from; i < x.to && j < y.to; {
		switch s, t := l.terms[i], l.terms[j]; {
		case s < t:
			i++
		case s > t:
			j++
		default:
			both += l.weights[i]
			i, j = i+1, j+1
		}
	}
	return both / (x.idf + y.idf - both)
}

// nearness is the cosine of two products' vectors, 0 where it is negative or one
// of them was never touched.
func (f *filling) nearness(x, y *kin) float32 {
	for _, k := range [2]*kin{x, y} {
		if k.vector == 0 {
			k.vector = f.vectorOf(k.product)
		}
	}
	if x.vector < 0 || y.vector < 0 {
		return 0
	}
	return max(0, model.Dot(&f.vectors[x.vector-1], &f.vectors[y.vector-1]))
}
