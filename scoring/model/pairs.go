package model

import (
	"math"
	"slices"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/vitrine-io/vitrine/scoring/catalog"
)

const (
	maxPairs = 58  // neighbours of a product; on Diginetica quality is flat from 32 to 128
	pairSpan = 10  // steps apart that still make a pair
	pairFade = 0.7 // what each step further apart leaves
)

// Pair is what is learned of one product being followed or preceded by another.
type Pair struct {
	To       catalog.Index
	Next     float32 // came right after
	Forward  float32 // came after, each step between counting 0.7
	Backward float32 // came before
}

func (p Pair) sum() float32 { return p.Next + p.Forward + p.Backward }

// pairs are the neighbours of one product, in forward-decay form: all weights,
// also sessions, are as of one landmark. Numbers stand apart from weights: who looks
// for one reads four cache lines at most.
type pairs struct {
	at       instantMillis
	sessions atomic.Uint32 // float32: sessions with the product
	n        atomic.Uint32
	to       []atomic.Uint32
	weights  []atomic.Uint64 // as packed has them
}

// pairRoom is room for as many neighbours, right behind the head: a reader finds all in
// one place.
type (
	pairRoom4 struct {
		pairs
		to      [4]atomic.Uint32
		weights [4]atomic.Uint64
	}
	pairRoom8 struct {
		pairs
		to      [8]atomic.Uint32
		weights [8]atomic.Uint64
	}
	pairRoom16 struct {
		pairs
		to      [16]atomic.Uint32
		weights [16]atomic.Uint64
	}
	pairRoom32 struct {
		pairs
		to      [32]atomic.Uint32
		weights [32]atomic.Uint64
	}
	pairRoomMax struct {
		pairs
		to      [maxPairs]atomic.Uint32
		weights [maxPairs]atomic.Uint64
	}
)

// No more than twelve cache lines, which is a size that the allocator has.
var _ [12*64 - unsafe.Sizeof(pairRoomMax{})]byte

// newPairs makes room for size neighbours, or the next power of two from 4 to 32, or
// maxPairs.
func newPairs(size int, at instantMillis) *pairs {
	var p *pairs
	switch {
	case size <= 4:
		x := new(pairRoom4)
		p, x.pairs.to, x.pairs.weights = &x.pairs, x.to[:], x.weights[:]
	case size <= 8:
		x := new(pairRoom8)
		p, x.pairs.to, x.pairs.weights = &x.pairs, x.to[:], x.weights[:]
	case size <= 16:
		x := new(pairRoom16)
		p, x.pairs.to, x.pairs.weights = &x.pairs, x.to[:], x.weights[:]
	case size <= 32:
		x := new(pairRoom32)
		p, x.pairs.to, x.pairs.weights = &x.pairs, x.to[:], x.weights[:]
	default:
		x := new(pairRoomMax)
		p, x.pairs.to, x.pairs.weights = &x.pairs, x.to[:], x.weights[:]
	}
	p.at = at
	return p
}

// load returns the neighbour at a place. The learner may be putting another there:
// then it has the number of one and the weights of the other, of whom neither has much.
func (p *pairs) load(k int) Pair {
	w := p.weights[k].Load()
	return Pair{To: catalog.Index(p.to[k].Load()), Next: wide(w >> (2 * weightBits)), Forward: wide(w >> weightBits), Backward: wide(w)}
}

func (p *pairs) store(k int, e Pair) {
	p.to[k].Store(uint32(e.To))
	p.weights[k].Store(packed(e.Next, e.Forward, e.Backward))
}

// weightBits are those of a weight in pairs: of a float32 without its sign, to 1 part in
// 16,000. A step is lost on a weight that is as many times as large.
const weightBits = 21

// packed puts three weights, none negative, into one word.
func packed(next, forward, backward float32) uint64 {
	return narrow(next)<<(2*weightBits) | narrow(forward)<<weightBits | narrow(backward)
}

func narrow(w float32) uint64 {
	const cut = 31 - weightBits
	return uint64((math.Float32bits(w)&math.MaxInt32 + 1<<(cut-1)) >> cut)
}

func wide(w uint64) float32 {
	return math.Float32frombits(uint32(w&(1<<weightBits-1)) << (31 - weightBits))
}

// Pairs appends the neighbours of a product to dst and returns the number of
// sessions with it. The weights and the number are on the same scale; now is the
// factor that brings both to today's.
func (m *Model) Pairs(dst []Pair, i catalog.Index, t time.Time) (neighbours []Pair, sessions, now float64) {
	if x := m.items.peek(uint32(i)); x != nil {
		return x.pairs.Load().appendTo(dst, t)
	}
	return dst, 0, 1
}

// appendTo is Pairs of the pairs of one product, which may be nil.
func (p *pairs) appendTo(dst []Pair, t time.Time) (neighbours []Pair, sessions, now float64) {
	if p == nil {
		return dst, 0, 1
	}
	n, held := int(p.n.Load()), len(dst)
	dst = slices.Grow(dst, n)[:held+n]
	for k := range n {
		dst[held+k] = p.load(k)
	}
	return dst, float64(math.Float32frombits(p.sessions.Load())), math.Exp2(-lives(p.at, instant(t)))
}

// Sessions is how many sessions had a product, decayed as pairs are.
func (m *Model) Sessions(i catalog.Index, t time.Time) float64 {
	if x := m.items.peek(uint32(i)); x != nil {
		if p := x.pairs.Load(); p != nil {
			return float64(math.Float32frombits(p.sessions.Load())) * math.Exp2(-lives(p.at, instant(t)))
		}
	}
	return 0
}

// AllSessions is how many sessions were begun, decayed likewise.
func (m *Model) AllSessions(t time.Time) float64 {
	return read(m.sessions.Load(), instant(t), pairHalfLife)
}

// lives is the time from one instant to another in half-lives of pairs.
func lives(from, to instantMillis) float64 {
	return float64(to-from) / float64(pairHalfLife.Milliseconds())
}

// pairsOf is where the pairs of a product are.
func (m *Model) pairsOf(i catalog.Index) *atomic.Pointer[pairs] { return &m.items.at(uint32(i)).pairs }

// ready returns the pairs in their place, such as can take weights as of t.
func ready(place *atomic.Pointer[pairs], t instantMillis) *pairs {
	p := place.Load()
	switch {
	case p == nil:
		p = &pairs{at: t}
	case lives(p.at, t) > rebaseAfter:
		p = p.copied(len(p.to), t)
	default:
		return p
	}
	place.Store(p)
	return p
}

// addSessions adds to the sessions with the product, down to none.
func addSessions(place *atomic.Pointer[pairs], sessions float64, t instantMillis) {
	p := ready(place, t)
	n := float64(math.Float32frombits(p.sessions.Load())) + sessions*math.Exp2(lives(p.at, t))
	p.sessions.Store(math.Float32bits(float32(max(0, n))))
}

// pair learns that product i came after the others of the session. Heavier
// events weigh by the root of their weight: one basket must not outvote all the
// looking around.
func (m *Model) pair(s *session, i catalog.Index, w float64, t instantMillis) {
	weight := math.Sqrt(w)
	distance := 0
	for k := len(s.products) - 1; k >= 0 && distance < pairSpan; k-- {
		j := s.products[k]
		if j == i {
			continue
		}
		near := weight * pairFades[distance]
		next := 0.0
		if distance == 0 {
			next = weight
		}
		link(m.pairsOf(j), maxPairs, i, t, next, near, 0)
		link(m.pairsOf(i), maxPairs, j, t, 0, 0, near)
		distance++
	}
}

// pairFades are what is left at each distance.
var pairFades = func() (left [pairSpan]float64) {
	for d := range left {
		left[d] = math.Pow(pairFade, float64(d))
	}
	return left
}()

// PairsOf is what the steps of a visit, oldest first, teach about a product and
// another, views all: the weights of Pair.
func PairsOf(steps []catalog.Index, from, to catalog.Index) (next, forward, backward float64) {
	for k, at := range steps {
		if at != from && at != to {
			continue
		}
		near, distance := 1.0, 0
		for b := k - 1; b >= 0 && distance < pairSpan; b-- {
			j := steps[b]
			if j == at {
				continue
			}
			switch {
			case at == to && j == from:
				forward += near
				if distance == 0 {
					next++
				}
			case at == from && j == to:
				backward += near
			}
			near *= pairFade
			distance++
		}
	}
	return next, forward, backward
}

// link adds weights as of t to the edge from the product with these pairs to
// another. A list of most edges gives up its weakest.
func link(place *atomic.Pointer[pairs], most int, to catalog.Index, t instantMillis, next, forward, backward float64) {
	p := ready(place, t)
	grown := math.Exp2(lives(p.at, t))
	n := int(p.n.Load())
	for k := range p.to[:n] {
		if p.to[k].Load() == uint32(to) {
			e := p.load(k)
			e.Next += float32(next * grown)
			e.Forward += float32(forward * grown)
			e.Backward += float32(backward * grown)
			p.store(k, e)
			return
		}
	}
	e := Pair{To: to, Next: float32(next * grown), Forward: float32(forward * grown), Backward: float32(backward * grown)}
	if n == most {
		p.store(p.weakest(), e)
		return
	}
	if n == len(p.to) {
		p = p.copied(n+1, p.at)
		place.Store(p)
	}
	p.store(n, e)
	p.n.Store(uint32(n + 1))
}

// weakest is the place of the edge with the least weight, the first of equals.
func (p *pairs) weakest() (at int) {
	least := float32(math.Inf(1))
	for k := range int(p.n.Load()) {
		if w := p.load(k).sum(); w < least {
			at, least = k, w
		}
	}
	return at
}

// unlink takes weights as of t off an edge, and the edge away when nothing is left.
func unlink(place *atomic.Pointer[pairs], to catalog.Index, t instantMillis, next, forward, backward float64) {
	if place.Load() == nil {
		return
	}
	p := ready(place, t)
	grown := math.Exp2(lives(p.at, t))
	for k := range int(p.n.Load()) {
		e := p.load(k)
		if e.To != to {
			continue
		}
		e.Next = max(0, e.Next-float32(next*grown))
		e.Forward = max(0, e.Forward-float32(forward*grown))
		e.Backward = max(0, e.Backward-float32(backward*grown))
		p.store(k, e)
		if float64(e.Next+e.Forward+e.Backward) < nothing*grown {
			place.Store(p.without(func(i catalog.Index) bool { return i == to }))
		}
		return
	}
}

// nothing is what rounding and the minutes between may leave of a step taken back.
const nothing = 0.01

func (p *pairs) copied(size int, at instantMillis) *pairs {
	c := newPairs(size, at)
	f := float32(math.Exp2(-lives(p.at, at)))
	for k := range int(p.n.Load()) {
		e := p.load(k)
		e.Next *= f
		e.Forward *= f
		e.Backward *= f
		c.store(k, e)
	}
	c.n.Store(p.n.Load())
	c.sessions.Store(math.Float32bits(math.Float32frombits(p.sessions.Load()) * f))
	return c
}
