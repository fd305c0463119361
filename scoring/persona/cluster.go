package persona

import (
	"cmp"
	"slices"

	"github.com/vitrine-io/vitrine/scoring"
)

// The bounds of the groups.
const (
	// Max is how many there are at most: as many as a marketer keeps apart.
	Max = 12
	// smallest is the part of the visitors that makes a group.
	smallest = 0.02
	// gain is by how much one more group must bring visitors nearer to theirs, as a
	// cosine, and fairly the part of what the groups there are bring each: else it cuts
	// one in two that belongs together.
	gain   = 0.01
	fairly = 0.3
	// same is the cosine from which two groups are one.
	same = 0.8
	// maxTerms bounds a centre.
	maxTerms = 48
	rounds   = 15
	swaps    = 4
)

// group is one persona in the making.
type group struct {
	id     uint32 // 0: new
	center vector
	size   int
	share  float64 // of the visitors of the sample who resemble any, when it was found
}

// clustering is spherical k-means (Dhillon, Modha, Machine Learning 42, 2001) on a
// sample.
type clustering struct {
	sample []vector // none empty
	groups []group
	of     []int     // of each of the sample, its group
	near   []float64 // and how near it is
	alone  float64   // how near they are to the centre of all
}

// cluster finds the groups of a sample, beginning with those there were.
func cluster(sample []vector, was []group) *clustering {
	c := &clustering{sample: sample, of: make([]int, len(sample)), near: make([]float64, len(sample))}
	if len(sample) == 0 {
		return c
	}
	c.groups = []group{{}}
	c.recenter()
	c.assign()
	c.alone = c.mean()
	if len(was) > 0 {
		c.groups = slices.Clone(was)
	}
	c.settle()
	c.merge()
	for len(c.groups) < Max && c.grow() {
		continue
	}
	for range swaps {
		if !c.swap() {
			break
		}
	}
	return c
}

// swap lets go of the group whose members would lose least by going to others, and adds
// one where it brings more: groups that were found first, by who came first, must not
// stand in the way of better ones. It is false, and all is as before, where nothing is
// better by a tenth of gain.
func (c *clustering) swap() bool {
	if len(c.groups) < 3 {
		return false
	}
	loss := make([]float64, len(c.groups))
	for i, x := range c.sample {
		second := 0.0
		for k := range c.groups {
			if k != c.of[i] {
				second = max(second, cosine(x, c.groups[k].center))
			}
		}
		loss[c.of[i]] += c.near[i] - second
	}
	least := 0
	for k := range loss {
		if loss[k] < loss[least] {
			least = k
		}
	}
	try := &clustering{sample: c.sample, groups: slices.Delete(slices.Clone(c.groups), least, least+1), of: slices.Clone(c.of), near: slices.Clone(c.near), alone: c.alone}
	try.settle()
	for len(try.groups) < len(c.groups) && try.grow() {
		continue
	}
	if try.mean() < c.mean()+gain/10 {
		return false
	}
	*c = *try
	return true
}

// wanted is what one more group must bring.
func (c *clustering) wanted() float64 {
	if len(c.groups) < 2 {
		return gain
	}
	return max(gain, fairly*(c.mean()-c.alone)/float64(len(c.groups)-1))
}

// mean is how near visitors are to their groups.
func (c *clustering) mean() (sum float64) {
	for _, s := range c.near {
		sum += s / float64(len(c.near))
	}
	return sum
}

// settle moves the centres until hardly anybody changes groups, and lets go of groups
// that are too small.
func (c *clustering) settle() {
	for range rounds {
		moved := c.assign()
		c.recenter()
		least := max(1, int(smallest*float64(len(c.sample))))
		k := slices.IndexFunc(c.groups, func(g group) bool { return g.size < least })
		if k >= 0 && len(c.groups) > 1 {
			for j := range c.groups { // the smallest first
				if c.groups[j].size < c.groups[k].size {
					k = j
				}
			}
			c.groups = slices.Delete(c.groups, k, k+1)
			continue
		}
		if moved*200 <= len(c.sample) {
			break
		}
	}
	c.assign()
}

// assign gives each of the sample its nearest group, and returns how many changed.
func (c *clustering) assign() (moved int) {
	for k := range c.groups {
		c.groups[k].size = 0
	}
	for i, x := range c.sample {
		best, at := -1.0, 0
		for k := range c.groups {
			if s := cosine(x, c.groups[k].center); s > best {
				best, at = s, k
			}
		}
		if c.of[i] != at {
			moved++
		}
		c.of[i], c.near[i] = at, best
		c.groups[at].size++
	}
	return moved
}

// recenter puts each group's centre where its members are. One without members keeps its
// own.
func (c *clustering) recenter() {
	sums := make([]map[scoring.FacetID]float64, len(c.groups))
	for i, x := range c.sample {
		c.groups[c.of[i]].center = nil
		if sums[c.of[i]] == nil {
			sums[c.of[i]] = map[scoring.FacetID]float64{}
		}
		for _, t := range x {
			sums[c.of[i]][t.facet] += t.weight
		}
	}
	for k, sum := range sums {
		if sum != nil {
			c.groups[k].center = centerOf(sum)
		}
	}
}

// centerOf is the direction of a sum, of its heaviest terms.
func centerOf(sum map[scoring.FacetID]float64) vector {
	v := make(vector, 0, len(sum))
	for f, w := range sum {
		v = append(v, term{f, w})
	}
	slices.SortFunc(v, func(a, b term) int { return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.facet, b.facet)) })
	v = v[:min(len(v), maxTerms)]
	slices.SortFunc(v, func(a, b term) int { return cmp.Compare(a.facet, b.facet) })
	return v.scaled()
}

// merge makes one of groups that have come too near, the older one's.
func (c *clustering) merge() {
	for a := 0; a < len(c.groups); a++ {
		for b := a + 1; b < len(c.groups); b++ {
			if cosine(c.groups[a].center, c.groups[b].center) >= same {
				c.groups = slices.Delete(c.groups, b, b+1)
				c.settle()
				a, b = -1, len(c.groups)
			}
		}
	}
}

// grow adds a group where visitors are farthest from theirs, around the facet that most
// of what is not met lies in. It is false, and all is as before, where that would not
// bring them nearer by gain.
func (c *clustering) grow() bool {
	taken := map[scoring.FacetID]bool{}
	for _, g := range c.groups {
		taken[g.center.leading().facet] = len(c.groups) > 1
	}
	missed := map[scoring.FacetID]float64{}
	for i, x := range c.sample {
		for _, t := range x {
			missed[t.facet] += (1 - c.near[i]) * t.weight * t.weight
		}
	}
	for range 3 {
		anchor := scoring.FacetID(0)
		for f, m := range missed {
			if !taken[f] && (anchor == 0 || m > missed[anchor] || m == missed[anchor] && f < anchor) {
				anchor = f
			}
		}
		if anchor == 0 {
			return false
		}
		taken[anchor] = true
		sum := map[scoring.FacetID]float64{}
		for _, x := range c.sample {
			if x.leading().facet != anchor {
				continue
			}
			for _, t := range x {
				sum[t.facet] += t.weight
			}
		}
		if len(sum) == 0 {
			continue
		}
		try := &clustering{sample: c.sample, of: slices.Clone(c.of), near: slices.Clone(c.near), alone: c.alone}
		try.groups = append(slices.Clone(c.groups), group{center: centerOf(sum)})
		try.settle()
		if len(try.groups) > len(c.groups) && try.mean() >= c.mean()+c.wanted() {
			c.groups, c.of, c.near = try.groups, try.of, try.near
			return true
		}
	}
	return false
}
