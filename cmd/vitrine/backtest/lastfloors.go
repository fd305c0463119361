package backtest

import (
	"cmp"
	"container/heap"
	"math"
	"slices"
)

// Lasting is what a replay of lasting visitors measured beside the usual.
type Lasting struct {
	HeldOut    string   `json:"held_out"`   // of each visitor: last-product or last-order
	Validation bool     `json:"validation"` // the last but one
	OneVisit   bool     `json:"one_visit"`
	Floors     []*Floor `json:"floors"`
	// Best is the floor of the highest recall, and Ahead how far we are ahead of it.
	Best  string       `json:"best_floor"`
	Ahead []Difference `json:"ahead_of_best_floor"` // A is the floor, B is ours
}

// Floor is the score of a ranking that needs no server.
type Floor struct {
	Name string `json:"name"`
	Score
}

// judgeLasting is judge for lasting visitors.
func (r *replay) judgeLasting(t *tester, g *judge) {
	ours := allPlaces(t.outcomes)
	g.baskets(&r.result.All, ours)
	counts := sessionCounts(r.log.Train, len(r.log.Products))
	ways := lastingSlicings(r.log.each, counts)
	r.result.Slices = g.basketSlices(ways, ours)
	r.result.Lists = t.lists.figures(g, t.outcomes, r.result.Products)
	out := &Lasting{HeldOut: r.log.each.String(), Validation: r.log.validation, OneVisit: r.log.oneVisit}
	r.result.Lasting = out
	floors := newLastFloors(r.log, r.K)
	var all [][][]uint8
	for _, way := range floors.ways() {
		one := &Floor{Name: way.name}
		all = append(all, floors.places(way.rank))
		g.baskets(&one.Score, all[len(all)-1])
		out.Floors = append(out.Floors, one)
	}
	g.fill(r.Seed)
	best := 0
	for i, f := range out.Floors {
		if f.Recall.Value > out.Floors[best].Recall.Value {
			best = i
		}
	}
	out.Best = out.Floors[best].Name
	p := paired{sessions: len(ours)}
	p.addBaskets(all[best], ours, r.K)
	out.Ahead = p.differences(r.Seed)
	r.result.Ranks = g.ranks(r.log.Products, t.outcomes)
	r.result.Ranks.Baskets, r.result.Ranks.Cuts = true, g.cuts(ways, true)
}

// The parameters of TIFU-KNN that its authors found for Ta-Feng, a supermarket's
// log (Hu, He, Gao, Zhang, "Modeling personalized item frequency information for
// next-basket recommendation", SIGIR 2020, 5.1.4).
const (
	tifuGroup      = 7   // baskets of a group, m
	tifuWithin     = 0.9 // decay from one basket of a group to the one before, r_b
	tifuGroups     = 0.7 // decay from one group to the one before, r_g
	tifuNeighbours = 300 // k
	tifuOwn        = 0.7 // share of the visitor's own vector, alpha
)

// lastFloors rank by what each visitor bought before, and by what all did.
type lastFloors struct {
	log     *Log
	k       int
	popular []item // by how many baskets of train have them
	bought  []int32
	baskets map[string][][]item // of train, by visitor, oldest first
	vectors []sparse            // of train
	norms   []float64           // squared
	at      map[string]int      // of a visitor in train
	having  map[item][]value    // visitors of train by product
}

// sparse is a vector over products, by product.
type sparse []value

// value is one cell: of a product, or, turned round, of a visitor.
type value struct {
	at    int32
	value float64
}

func newLastFloors(l *Log, k int) *lastFloors {
	f := &lastFloors{
		log: l, k: k, bought: make([]int32, len(l.Products)), baskets: map[string][][]item{},
		at: map[string]int{}, having: map[item][]value{},
	}
	for i := range l.Train {
		s := &l.Train[i]
		own := basketsOf(s)
		f.baskets[s.Visitor], f.at[s.Visitor] = own, i
		for _, b := range own {
			for _, it := range b {
				f.bought[it]++
			}
		}
		v := personal(own)
		var norm float64
		for _, c := range v {
			norm += c.value * c.value
			f.having[item(c.at)] = append(f.having[item(c.at)], value{int32(i), c.value})
		}
		f.vectors, f.norms = append(f.vectors, v), append(f.norms, norm)
	}
	f.popular = make([]item, len(l.Products))
	for i := range f.popular {
		f.popular[i] = item(i)
	}
	slices.SortStableFunc(f.popular, func(a, b item) int { return cmp.Compare(f.bought[b], f.bought[a]) })
	return f
}

// basketsOf are the orders of a life, each product once, the oldest first. Of a
// life without orders every thing is one.
func basketsOf(s *Session) (all [][]item) {
	orders := slices.Contains(s.Kinds, ordered)
	for from := 0; from < len(s.Items); {
		to := s.sameOrder(from)
		if k := s.kind(from); k == ordered || !orders && k != refunded {
			var b []item
			for _, it := range s.Items[from:to] {
				if !slices.Contains(b, it) {
					b = append(b, it)
				}
			}
			all = append(all, b)
		}
		from = to
	}
	return all
}

// personal is the vector of the time-decayed frequencies of a visitor's products
// (Hu et al. 2020, 4.1): the mean over the baskets of a group, weighed by r_b per
// basket back, and the mean over groups, by r_g per group back. Groups are counted
// from the latest basket back, so that the oldest may be the one that is not full.
func personal(baskets [][]item) sparse {
	sums := map[item]float64{}
	groups := float64((len(baskets) + tifuGroup - 1) / tifuGroup)
	for i := range baskets {
		back := len(baskets) - 1 - i
		group := back / tifuGroup
		size := float64(min(tifuGroup, len(baskets)-group*tifuGroup))
		w := math.Pow(tifuWithin, float64(back%tifuGroup)) / size * math.Pow(tifuGroups, float64(group)) / groups
		for _, it := range baskets[i] {
			sums[it] += w
		}
	}
	return sorted(sums)
}

func sorted(sums map[item]float64) sparse {
	v := make(sparse, 0, len(sums))
	for it, w := range sums {
		v = append(v, value{int32(it), w})
	}
	slices.SortFunc(v, func(a, b value) int { return cmp.Compare(a.at, b.at) })
	return v
}

// way is a floor: it gives the visitor's products in the order of what they score;
// popular products come behind.
type way struct {
	name string
	rank func(visitor string) []item
}

func (f *lastFloors) ways() []way {
	all := []way{{"popular", func(string) []item { return nil }}}
	if f.log.each == LastOrder { // else what one has is left out
		all = append(all,
			way{"own, most often", f.mostOften},
			way{"own, decayed", func(visitor string) []item { return f.byScore(personal(f.baskets[visitor])) }},
		)
	}
	return append(all, way{"TIFU-KNN", func(visitor string) []item { return f.byScore(f.withNeighbours(visitor)) }})
}

// mostOften are the products of most of the visitor's orders, of as many the one
// bought last.
func (f *lastFloors) mostOften(visitor string) []item {
	times, last := map[item]float64{}, map[item]int{}
	for n, b := range f.baskets[visitor] {
		for _, it := range b {
			times[it]++
			last[it] = n
		}
	}
	list := f.byScore(sorted(times))
	slices.SortStableFunc(list, func(a, b item) int {
		return cmp.Or(cmp.Compare(times[b], times[a]), cmp.Compare(last[b], last[a]))
	})
	return list
}

// byScore orders a vector's products, of equals the more popular first.
func (f *lastFloors) byScore(v sparse) []item {
	slices.SortStableFunc(v, func(a, b value) int {
		return cmp.Or(cmp.Compare(b.value, a.value), cmp.Compare(f.bought[b.at], f.bought[a.at]), cmp.Compare(a.at, b.at))
	})
	list := make([]item, len(v))
	for i, c := range v {
		list[i] = item(c.at)
	}
	return list
}

// withNeighbours is the visitor's vector with the mean of those of the k visitors
// nearest by Euclidean distance (Hu et al. 2020, 4.2).
func (f *lastFloors) withNeighbours(visitor string) sparse {
	self, ok := f.at[visitor]
	if !ok {
		return nil
	}
	dots := make([]float64, len(f.vectors))
	for _, c := range f.vectors[self] {
		for _, other := range f.having[item(c.at)] {
			dots[other.at] += c.value * other.value
		}
	}
	var near nearest
	for i, dot := range dots {
		if i == self {
			continue
		}
		d := f.norms[i] - 2*dot // and the visitor's own norm, the same for all
		switch {
		case len(near) < tifuNeighbours:
			heap.Push(&near, value{int32(i), d})
		case d < near[0].value:
			near[0] = value{int32(i), d}
			heap.Fix(&near, 0)
		}
	}
	sums := map[item]float64{}
	slices.SortFunc(near, func(a, b value) int { return cmp.Compare(a.at, b.at) }) // sums in one order
	for _, n := range near {
		for _, c := range f.vectors[n.at] {
			sums[item(c.at)] += (1 - tifuOwn) * c.value / float64(len(near))
		}
	}
	for _, c := range f.vectors[self] {
		sums[item(c.at)] += tifuOwn * c.value
	}
	return sorted(sums)
}

// nearest is a heap whose first is the farthest.
type nearest []value

func (n nearest) Len() int           { return len(n) }
func (n nearest) Less(i, j int) bool { return n[i].value > n[j].value }
func (n nearest) Swap(i, j int)      { n[i], n[j] = n[j], n[i] }
func (n *nearest) Push(x any)        { *n = append(*n, x.(value)) }
func (n *nearest) Pop() any {
	last := (*n)[len(*n)-1]
	*n = (*n)[:len(*n)-1]
	return last
}

// places holds the lists of a floor against what was held out.
func (f *lastFloors) places(rank func(visitor string) []item) [][]uint8 {
	all := make([][]uint8, len(f.log.Test))
	for i := range f.log.Test {
		s := &f.log.Test[i]
		left := map[item]bool{}
		if f.log.each == LastProduct {
			for _, it := range s.Items[:s.Cuts[0]] {
				left[it] = true
			}
		}
		place := map[item]uint8{}
		for _, part := range [][]item{rank(s.Visitor), f.popular} {
			for _, it := range part {
				if len(place) == f.k {
					break
				}
				if !left[it] {
					left[it] = true
					place[it] = uint8(len(place) + 1)
				}
			}
		}
		for _, it := range s.wanted() {
			all[i] = append(all[i], place[it])
		}
	}
	return all
}
