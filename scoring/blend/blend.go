// Package blend learns, visit by visit, how far the features of a ranking are to
// be trusted: what each weight has moved from the one that was shipped.
package blend

import (
	"math"
	"sync"
	"sync/atomic"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/approx"
)

// Situations is how many kinds of decisions have weights of their own on top of
// the shared ones.
const Situations = 10

// NoVisit is the situation of a visitor of whose visit there is nothing to go by.
const NoVisit = Situations - 1

// Page is a kind of page that has weights of its own.
type Page uint8

// The pages.
const (
	Home Page = iota // and whatever has no kind of its own
	Product
	Cart // and checkout, and the page after an order
	Category
	Search
	Email
	pages
)

// PageOf is the kind that a page belongs to.
func PageOf(t scoring.PageType) Page {
	switch t {
	case scoring.PageProduct:
		return Product
	case scoring.PageCart, scoring.PageCheckout, scoring.PageOrderConfirmation:
		return Cart
	case scoring.PageCategory:
		return Category
	case scoring.PageSearch:
		return Search
	case scoring.PageEmail:
		return Email
	}
	return Home
}

// Scope is where a decision stands: each of these has its own part in the
// weights.
type Scope struct {
	Situation int
	Page      Page
	Objective scoring.Objective // ObjectiveClick when 0
}

const objectives = int(scoring.ObjectiveRevenue)

// The cells of a row: the shared weight, then one a situation, one an objective,
// and one for each page and objective.
const (
	firstObjective = 1 + Situations
	firstSet       = firstObjective + objectives
	cells          = firstSet + int(pages)*objectives
)

func (s Scope) objective() int { return max(0, int(s.Objective)-1) }

func (s Scope) situationCell() int { return 1 + s.Situation }
func (s Scope) objectiveCell() int { return firstObjective + s.objective() }
func (s Scope) setCell() int       { return firstSet + int(s.Page)*objectives + s.objective() }

// Blend holds the learned part of the weights. Learn and Due are for one
// goroutine at a time, as are reset and restore; reading a row takes no lock and
// may run beside them.
type Blend struct {
	mu   sync.Mutex // of the map: rows never go
	rows map[string]*Row
	due  atomic.Uint64 // chances to learn so far

	lessons [cells]atomic.Uint64 // by the cell that they moved
}

// Row is what was learned about one feature.
type Row struct {
	moved   [cells]atomic.Uint32 // float32
	squares [cells]float32       // of the gradients, for Adagrad; the learner's
}

// New returns a blend that has learned nothing: every weight is as shipped.
func New() *Blend { return &Blend{rows: map[string]*Row{}} }

// Row returns the row of a feature by its name, which is what a snapshot knows
// it by. It stays the same one for good.
func (b *Blend) Row(feature string) *Row {
	b.mu.Lock()
	defer b.mu.Unlock()
	r := b.rows[feature]
	if r == nil {
		r = &Row{}
		b.rows[feature] = r
	}
	return r
}

// Moved is how far the feature's weight stands from the shipped one in a scope.
func (r *Row) Moved(in Scope) float32 {
	return r.at(0) + r.at(in.situationCell()) + r.at(in.objectiveCell()) + r.at(in.setCell())
}

// Alone is the situation's own part of it.
func (r *Row) Alone(situation int) float32 { return r.at(Scope{Situation: situation}.situationCell()) }

func (r *Row) at(cell int) float32 { return math.Float32frombits(r.moved[cell].Load()) }

// Reset goes back to the shipped weights.
func (b *Blend) Reset() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.rows {
		for c := range cells {
			r.moved[c].Store(0)
		}
		r.squares = [cells]float32{}
	}
	for c := range b.lessons {
		b.lessons[c].Store(0)
	}
	b.due.Store(0)
}

// golden spreads the chances that are taken evenly, whatever rhythm visits have.
const golden = 0x9e3779b97f4a7c15

// mature is after how many lessons weights hardly move any more, and fewer chances are
// taken: by validation, docs/decisions/0038. At 40,000 tmall lost 0.08 HR@20.
const mature = 100_000

// Due counts a chance to learn and reports whether to take it, where what it would
// move rests on so many lessons: one in four, of which learning from all brought
// nothing more on Diginetica, and one in sixteen of what is mature.
func (b *Blend) Due(lessons uint64) bool {
	at := b.due.Add(1) * golden
	if lessons >= mature {
		return at>>60 == 0
	}
	return at>>62 == 0
}

// Adagrad (Duchi, Hazan, Singer, JMLR 2011). The step is rate / sqrt(firm + sum of
// squared gradients): the shipped weights stand as if firm had been learned from
// before, and every lesson pulls back to them.
const (
	sharedRate    = 0.1
	situationRate = 0.05
	firm          = 10 // on Diginetica all is the same from 1 to 100
	pull          = 1e-4
)

// Layer is a part of the weights.
type Layer uint8

// The layers: what is shared by all decisions, with the situation's own part;
// the objective's; and the part of one page and objective.
const (
	Shared Layer = 1 << iota
	Objective
	Set
	Alone // the situation's own part and no other
)

// Lesson is one choice to learn from: candidates with their features' values, and
// the one that the visitor turned to.
type Lesson struct {
	Rows   []*Row    // the features
	Values []float32 // of the first feature for each candidate, then of the second ...
	Scores []float32 // of the candidates, by the weights in use; Learn uses them up
	Target int       // which candidate it was
	Weight float32   // of the choice: 1 for a product view
	Scope  Scope
	Teach  Layer // what it moves
}

// Learn takes one step up the softmax likelihood of the target: every weight goes
// towards what the target has more of than its rivals.
func (b *Blend) Learn(l *Lesson) {
	most := l.Scores[0]
	for _, s := range l.Scores {
		most = max(most, s)
	}
	var total float32
	for k, s := range l.Scores {
		l.Scores[k] = approx.Exp(s - most)
		total += l.Scores[k]
	}
	for k := range l.Scores {
		l.Scores[k] /= total
	}
	l.Scores[l.Target]--
	b.count(l)
	n := len(l.Scores)
	for f, r := range l.Rows {
		var slope float32
		for k, v := range l.Values[f*n : (f+1)*n] {
			slope += l.Scores[k] * v
		}
		g := slope * l.Weight
		if l.Teach&Shared != 0 {
			r.step(0, g, sharedRate)
			r.step(l.Scope.situationCell(), g, situationRate)
		}
		if l.Teach&Alone != 0 {
			r.step(l.Scope.situationCell(), g, sharedRate)
		}
		if l.Teach&Objective != 0 {
			r.step(l.Scope.objectiveCell(), g, sharedRate)
		}
		if l.Teach&Set != 0 {
			r.step(l.Scope.setCell(), g, situationRate)
		}
	}
}

func (r *Row) step(cell int, slope, rate float32) {
	w := r.at(cell)
	slope += pull * w
	r.squares[cell] += slope * slope
	w -= rate * slope / float32(math.Sqrt(float64(firm+r.squares[cell])))
	r.moved[cell].Store(math.Float32bits(w))
}
