package blend

import (
	"encoding/binary"
	"math"

	"github.com/vitrine-io/vitrine/scoring"
)

// count notes which parts of the weights the lesson moves.
func (b *Blend) count(l *Lesson) {
	if l.Teach&Shared != 0 {
		b.lessons[0].Add(1)
		b.lessons[l.Scope.situationCell()].Add(1)
	}
	if l.Teach&Alone != 0 {
		b.lessons[l.Scope.situationCell()].Add(1)
	}
	if l.Teach&Objective != 0 {
		b.lessons[l.Scope.objectiveCell()].Add(1)
	}
	if l.Teach&Set != 0 {
		b.lessons[l.Scope.setCell()].Add(1)
	}
}

// Parts are the learned parts of a weight, or the lessons that they rest on.
type Parts[T any] struct {
	Shared    T // of all decisions
	Situation T
	Objective T
	Set       T // of the page and objective
}

// Lessons are how many lessons the weights of a scope rest on, by part.
func (b *Blend) Lessons(in Scope) Parts[uint64] {
	return Parts[uint64]{
		Shared:    b.lessons[0].Load(),
		Situation: b.lessons[in.situationCell()].Load(),
		Objective: b.lessons[in.objectiveCell()].Load(),
		Set:       b.lessons[in.setCell()].Load(),
	}
}

// Parts are what Moved adds up.
func (r *Row) Parts(in Scope) Parts[float32] {
	return Parts[float32]{
		Shared:    r.at(0),
		Situation: r.at(in.situationCell()),
		Objective: r.at(in.objectiveCell()),
		Set:       r.at(in.setCell()),
	}
}

// ResetSet goes back to what the part of one page and objective was at first, for
// every feature. What is shared with other pages and objectives stays.
func (b *Blend) ResetSet(page Page, objective scoring.Objective) {
	b.mu.Lock()
	defer b.mu.Unlock()
	cell := Scope{Page: page, Objective: objective}.setCell()
	for _, r := range b.rows {
		r.moved[cell].Store(0)
		r.squares[cell] = 0
	}
	b.lessons[cell].Store(0)
}

// AppendLessons appends the numbers of lessons to b.
func (b *Blend) AppendLessons(to []byte) []byte {
	to = binary.AppendUvarint(to, uint64(cells))
	for c := range b.lessons {
		to = binary.AppendUvarint(to, b.lessons[c].Load())
	}
	return to
}

// RestoreLessons reads what AppendLessons appended and returns the bytes behind
// it; false if they are not such.
func (b *Blend) RestoreLessons(from []byte) (rest []byte, ok bool) {
	next := func() uint64 {
		v, n := binary.Uvarint(from)
		if n <= 0 {
			from = nil
			return math.MaxUint64
		}
		from = from[n:]
		return v
	}
	had := next()
	if had > uint64(cells) || uint64(len(from)) < had {
		return nil, false
	}
	for c := range had {
		b.lessons[c].Store(next())
	}
	return from, true
}
