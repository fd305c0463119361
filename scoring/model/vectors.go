package model

import (
	"math"
	"sync/atomic"

	"github.com/cespare/xxhash/v2"

	"github.com/vitrine-io/vitrine/scoring/approx"
	"github.com/vitrine-io/vitrine/scoring/catalog"
)

// Dims is how many numbers a product's vector has.
const Dims = 32

const (
	vectorSpan = 10   // products of the visit that the query is made of
	vectorFade = 0.45 // what each further back leaves of its weight; 0.8 cost 0.3 HR
	negatives  = 24   // half of all seen products, half of those touched lately
	standsFor  = 2    // products, each of them: as 48, at half the cost
	lately     = 1024
	initial    = 0.3 // numbers of a vector at first: within this of 0
	heat       = 8   // logits are 8 x cosine: 12 cost 2.7 HR, 16 cost 4.5
	vectorRate = 0.3
	little     = 0.008 // probability of a negative below which it is left alone
)

// Vector is a product's place in a space where the products of a visit lie near
// the one turned to next.
type Vector [Dims]float32

// vector is a Vector in atomic words of two numbers each, which are half as many to
// store: two cache lines.
type vector [Dims / 2]atomic.Uint64

// vectors are learned step by step: softmax over the product turned to and 24 others,
// each of which stands for two, row-wise Adagrad. Chance is a function of the steps so
// far.
type vectors struct {
	rows growing[vector]
	// squares are the learner's: the mean square of a row's gradients, added up; 0 for
	// a row that was never used.
	squares growing[float32]

	seen   []catalog.Index // in the order of their first touch
	recent [lately]catalog.Index
	next   uint64 // touches so far

	q, slope Vector
	picked   [1 + negatives]catalog.Index
	e        [1 + negatives]Vector
	cos      [1 + negatives]float32
	norm     [1 + negatives]float32
	share    [1 + negatives]float32
}

func (v *vectors) reset() {
	v.rows.reset()
	v.squares.reset()
	v.seen, v.recent, v.next = nil, [lately]catalog.Index{}, 0
}

func (r *vector) load(into *Vector) {
	for k := range r {
		w := r[k].Load()
		into[2*k], into[2*k+1] = math.Float32frombits(uint32(w>>32)), math.Float32frombits(uint32(w))
	}
}

func (r *vector) store(from *Vector) {
	for k := range r {
		r[k].Store(uint64(math.Float32bits(from[2*k]))<<32 | uint64(math.Float32bits(from[2*k+1])))
	}
}

// met gives a product that is touched its vector, by its id alone at first.
func (m *Model) met(i catalog.Index) {
	v := &m.vectors
	r, squares := v.rows.at(uint32(i)), v.squares.at(uint32(i))
	if *squares == 0 {
		*squares = 1e-6
		rng := xxhash.Sum64String(string(m.products.ID(i)))
		var e Vector
		for d := range e {
			rng = mix(rng)
			e[d] = initial * (float32(rng>>40)/(1<<23) - 1)
		}
		r.store(&e)
		v.seen = append(v.seen, i)
	}
	v.recent[v.next%lately] = i
	v.next++
}

// mix is splitmix64 (Steele, Lea, Flood, OOPSLA 2014).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// Query writes the query of a visit, its products given oldest first, scaled to
// length 1, and returns the length it had: 0 when nothing is known of them.
func (m *Model) Query(visit []catalog.Index, q *Vector) (was float32) {
	*q = Vector{}
	w := float32(1)
	var e Vector
	for k := len(visit) - 1; k >= max(0, len(visit)-vectorSpan); k-- {
		if r := m.vectors.rows.peek(uint32(visit[k])); r != nil {
			r.load(&e)
			for d := range q {
				q[d] += w * e[d]
			}
		}
		w *= vectorFade
	}
	n := length(q)
	if n == 0 {
		return 0
	}
	for d := range q {
		q[d] /= n
	}
	return n
}

func length(v *Vector) float32 { return float32(math.Sqrt(float64(Dot(v, v)))) }

// dots is q times e and e times e, in four sums that the processor can add up
// side by side.
func dots(q, e *Vector) (dot, square float32) {
	var a, b, c, d, s, t, u, v float32
	for k := 0; k < Dims; k += 4 {
		w, x, y, z := e[k], e[k+1], e[k+2], e[k+3]
		a += q[k] * w
		b += q[k+1] * x
		c += q[k+2] * y
		d += q[k+3] * z
		s += w * w
		t += x * x
		u += y * y
		v += z * z
	}
	return a + b + (c + d), s + t + (u + v)
}

// Place writes a product's vector, scaled to length 1; false for one that was never
// touched. It takes no lock; beside Learn some of the numbers may be one step older
// than others.
func (m *Model) Place(i catalog.Index, e *Vector) bool {
	r := m.vectors.rows.peek(uint32(i))
	if r == nil {
		return false
	}
	r.load(e)
	square := Dot(e, e)
	if square == 0 {
		return false
	}
	by := 1 / float32(math.Sqrt(float64(square)))
	for d := range e {
		e[d] *= by
	}
	return true
}

// Dot is the dot product: of vectors of length 1 their cosine.
func Dot(q, e *Vector) float32 {
	var a, b, c, d float32
	for k := 0; k < Dims; k += 4 {
		a += q[k] * e[k]
		b += q[k+1] * e[k+1]
		c += q[k+2] * e[k+2]
		d += q[k+3] * e[k+3]
	}
	return a + b + (c + d)
}

// place learns that a visit went on to product i, which was met. It costs 4 us.
func (m *Model) place(visit []catalog.Index, i catalog.Index) {
	v := &m.vectors
	was := m.Query(visit, &v.q)
	if was == 0 {
		return
	}
	v.picked[0] = i
	rng := mix(v.next)
	held := min(v.next, lately)
	n := 1
	for k := range negatives {
		rng = mix(rng)
		j := v.seen[rng%uint64(len(v.seen))]
		if k%2 == 0 {
			j = v.recent[rng%held]
		}
		if j != i {
			v.picked[n] = j
			n++
		}
	}
	v.ahead(v.picked[:n])
	var total float32
	for k := range n {
		v.rows.at(uint32(v.picked[k])).load(&v.e[k])
		dot, square := dots(&v.q, &v.e[k])
		v.norm[k] = float32(math.Sqrt(float64(square))) + 1e-9
		v.cos[k] = dot / v.norm[k]
		v.share[k] = approx.Exp(heat * min(0, v.cos[k]-1))
		if k > 0 {
			v.share[k] *= standsFor
		}
		total += v.share[k]
	}
	v.slope = Vector{}
	var along float32
	for k := range n {
		g := v.share[k] / total
		if k == 0 {
			g--
		}
		if g >= 0 && g < little {
			continue
		}
		// The cosine's slope is (q - cos e/|e|) / |e| by the product, of square
		// length (1 - cos^2) / |e|^2, and by the query the same the other way.
		g *= heat / v.norm[k]
		along += g * v.norm[k] * v.cos[k]
		r, squares := v.rows.at(uint32(v.picked[k])), v.squares.at(uint32(v.picked[k]))
		*squares += g * g * max(0, 1-v.cos[k]*v.cos[k]) / Dims
		a := vectorRate * g / float32(math.Sqrt(float64(*squares)))
		keep := 1 + a*v.cos[k]/v.norm[k]
		e := &v.e[k]
		for d, x := range e {
			v.slope[d] += g * x
			e[d] = keep*x - a*v.q[d]
		}
		r.store(e)
	}
	for d := range v.slope {
		v.slope[d] -= along * v.q[d]
	}
	// The query's slope goes to the products that it is made of.
	var qe Vector
	w := float32(1)
	for k := len(visit) - 1; k >= max(0, len(visit)-vectorSpan); k-- {
		squares := v.squares.at(uint32(visit[k]))
		if *squares == 0 {
			w *= vectorFade
			continue // touched before vectors were learned
		}
		for d := range qe {
			qe[d] = w * v.slope[d] / was
		}
		v.rows.at(uint32(visit[k])).step(squares, &qe)
		w *= vectorFade
	}
}

func (r *vector) step(squares *float32, slope *Vector) {
	_, square := dots(slope, slope)
	*squares += square / Dims
	f := vectorRate / float32(math.Sqrt(float64(*squares)))
	var e Vector
	r.load(&e)
	for d := range e {
		e[d] -= f * slope[d]
	}
	r.store(&e)
}
