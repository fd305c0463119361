package tune

import (
	"context"
	"math"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/vitrine-io/vitrine/scoring/blend"
)

// weights are by feature and situation.
type weights [][]float32

// problem is to find the weights that the lessons are least surprised by:
// softmax regression over the candidates, with each weight a shipped one plus a
// shared and a situation's own part, both pulled to 0 (a normal prior around what
// is shipped).
type problem struct {
	lessons *lessons
	anchor  weights
	fitted  []int   // the features that are fitted
	pull    float64 // of a situation's own part; a fifth of it for the shared one
	learned bool    // what visitors have moved the weights by counts as well
}

const sharedPull = 0.2

// size is how many numbers are sought: the shared parts, then each situation's.
func (p *problem) size() int { return len(p.fitted) * (1 + blend.Situations) }

// weights are the anchor's plus what was found.
func (p *problem) weights(x []float64) weights {
	out := make(weights, len(p.anchor))
	for f := range out {
		out[f] = append([]float32(nil), p.anchor[f]...)
	}
	for k, f := range p.fitted {
		for s := range out[f] {
			out[f][s] += float32(x[k] + x[(1+s)*len(p.fitted)+k])
		}
		// Of a visitor without a visit these lessons tell nothing.
		out[f][blend.Situations-1] = p.anchor[f][blend.Situations-1]
	}
	return out
}

// chunks is in how many parts the lessons are gone through side by side. Their
// sums are added up in their order, so that any number of cores gives the same.
const chunks = 32

// at returns the loss and, into slope, its gradient.
func (p *problem) at(x, slope []float64) float64 {
	w := p.weights(x)
	type sum struct {
		loss  float64
		slope []float64
	}
	sums := make([]sum, chunks)
	var next atomic.Int64
	var all sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			for {
				c := int(next.Add(1)) - 1
				if c >= chunks {
					return
				}
				g := make([]float64, blend.Situations*p.lessons.features)
				list := p.lessons.list[c*len(p.lessons.list)/chunks : (c+1)*len(p.lessons.list)/chunks]
				var scores []float64
				for i := range list {
					one := &list[i]
					own := g[one.situation*p.lessons.features : (one.situation+1)*p.lessons.features]
					sums[c].loss += one.loss(w, p.learned, &scores, own)
				}
				sums[c].slope = g
			}
		})
	}
	all.Wait()
	n := float64(max(1, len(p.lessons.list)))
	loss := 0.0
	clear(slope)
	for c := range sums {
		loss += sums[c].loss / n
		for s := range blend.Situations {
			for k, f := range p.fitted {
				g := sums[c].slope[s*p.lessons.features+f] / n
				slope[k] += g
				slope[(1+s)*len(p.fitted)+k] += g
			}
		}
	}
	for k, v := range x {
		pull := p.pull
		if k < len(p.fitted) {
			pull *= sharedPull
		}
		loss += pull / 2 * v * v
		slope[k] += pull * v
	}
	return loss
}

// loss is minus the logarithm of the probability that the weights gave the
// target. Its slope by the situation's weights is added to slope, unless that is
// nil.
func (l *lesson) loss(w weights, learned bool, scores *[]float64, slope []float64) float64 {
	features := len(w)
	list := (*scores)[:0]
	most := math.Inf(-1)
	for c := range l.rest {
		sum := float64(l.rest[c])
		if learned {
			sum += float64(l.moved[c])
		}
		var own float32
		for f, v := range l.values[c*features : (c+1)*features] {
			if v != 0 {
				own += w[f][l.situation] * float32(v)
			}
		}
		sum += float64(l.fresh*own) / valueSteps
		most = max(most, sum)
		list = append(list, sum)
	}
	*scores = list
	var total float64
	for _, s := range list {
		total += math.Exp(s - most)
	}
	loss := math.Log(total) - (list[l.target] - most)
	if slope == nil {
		return loss
	}
	for c, s := range list {
		p := math.Exp(s-most) / total
		if c == l.target {
			p--
		}
		if p = p * float64(l.fresh) / valueSteps; p != 0 {
			for f, v := range l.values[c*features : (c+1)*features] {
				slope[f] += p * float64(v)
			}
		}
	}
	return loss
}

// meanLoss is the mean over lessons.
func (l *lessons) meanLoss(w weights, learned bool) float64 {
	var sum float64
	var scores []float64
	for i := range l.list {
		sum += l.list[i].loss(w, learned, &scores, nil)
	}
	return sum / float64(max(1, len(l.list)))
}

// How long minimize seeks.
const (
	memory     = 8    // pairs of steps and slopes kept
	maxSteps   = 60   // each a pass over all lessons or a few
	enoughGain = 1e-6 // of the loss, in one step
)

// minimize goes down from x by L-BFGS (Nocedal and Wright, Numerical Optimization,
// 2006, algorithm 7.4) with steps halved until they pay (Armijo), and returns
// where it came to, also when ctx ends.
func minimize(ctx context.Context, x []float64, at func(x, slope []float64) float64, stepped func(step int)) []float64 {
	n := len(x)
	slope, next, nextSlope := make([]float64, n), make([]float64, n), make([]float64, n)
	loss := at(x, slope)
	var moves, turns [][]float64
	for step := range maxSteps {
		stepped(step)
		if ctx.Err() != nil {
			break
		}
		way := direction(slope, moves, turns)
		down := dot(slope, way)
		if down >= 0 {
			break
		}
		size := 1.0
		var nextLoss float64
		if len(moves) == 0 {
			size = min(1, 1/math.Sqrt(dot(slope, slope)))
		}
		for tries := 0; ; tries++ {
			for k := range x {
				next[k] = x[k] + size*way[k]
			}
			if nextLoss = at(next, nextSlope); nextLoss <= loss+1e-4*size*down {
				break
			}
			if size /= 2; tries == 20 {
				return x
			}
		}
		move, turn := make([]float64, n), make([]float64, n)
		for k := range x {
			move[k], turn[k] = next[k]-x[k], nextSlope[k]-slope[k]
		}
		if dot(move, turn) > 1e-12 {
			moves, turns = append(moves, move), append(turns, turn)
			if len(moves) > memory {
				moves, turns = moves[1:], turns[1:]
			}
		}
		gained := loss - nextLoss
		x, next = next, x
		slope, nextSlope = nextSlope, slope
		if loss = nextLoss; gained < enoughGain*loss {
			break
		}
	}
	return x
}

// direction is minus the slope, bent by what the last steps told of the
// curvature.
func direction(slope []float64, moves, turns [][]float64) []float64 {
	way := append([]float64(nil), slope...)
	part := make([]float64, len(moves))
	for k := len(moves) - 1; k >= 0; k-- {
		part[k] = dot(moves[k], way) / dot(moves[k], turns[k])
		add(way, -part[k], turns[k])
	}
	if k := len(moves) - 1; k >= 0 {
		scale := dot(moves[k], turns[k]) / dot(turns[k], turns[k])
		for i := range way {
			way[i] *= scale
		}
	}
	for k := range moves {
		add(way, part[k]-dot(turns[k], way)/dot(moves[k], turns[k]), moves[k])
	}
	for i := range way {
		way[i] = -way[i]
	}
	return way
}

func dot(a, b []float64) (sum float64) {
	for k := range a {
		sum += a[k] * b[k]
	}
	return sum
}

func add(to []float64, times float64, from []float64) {
	for k := range to {
		to[k] += times * from[k]
	}
}
