package intent

import (
	"github.com/vitrine-io/vitrine/scoring/wire"

	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/vitrine-io/vitrine/scoring/logit"
)

// ErrCorrupt is returned by Restore for bytes that AppendTo did not write.
var ErrCorrupt = errors.New("intent: corrupt bytes")

const learnerVersion = 1

// AppendTo appends all that was learned and what waits, the oldest first. The layout:
// version; number of features; of each window the model and its trust, means and the
// covariances above and on the diagonal, eight bytes each; times; the samples. Integers
// are varints.
func (l *Learner) AppendTo(b []byte) []byte {
	b = append(b, learnerVersion, byte(len(features)))
	for w := range windows {
		b = l.models[w].AppendTo(b)
		b = l.trust[w].AppendTo(b)
	}
	b = binary.AppendVarint(b, l.latest)
	b = append(b, l.rare)
	b = binary.AppendVarint(b, l.changed)
	for w := range windows {
		b = binary.AppendUvarint(b, l.due[w]-l.first)
	}
	b = binary.AppendUvarint(b, l.next-l.first)
	for n := l.first; n < l.next; n++ {
		s := l.at(n)
		b = binary.BigEndian.AppendUint64(b, s.visitor)
		b = binary.AppendVarint(b, s.at)
		if s.visitor == 0 {
			continue
		}
		b = binary.AppendVarint(b, s.order)
		b = binary.BigEndian.AppendUint64(b, s.bought)
		shopped := byte(0)
		if s.shopped {
			shopped = 1
		}
		b = append(b, byte(s.months+1), shopped)
		facts := s.facts.Pack()
		b = append(b, byte(len(facts)))
		b = append(b, facts...)
	}
	return b
}

// Restore replaces everything by what AppendTo appended, and returns the bytes behind
// it. On an error, which wraps ErrCorrupt, the learner is as NewLearner made it.
func (l *Learner) Restore(b []byte) (rest []byte, err error) {
	l.Reset()
	r := reader{wire.Reader{B: b}}
	if r.Byte() != learnerVersion || int(r.Byte()) != len(features) {
		r.Failed = true
	}
	for w := range windows {
		for _, model := range [...]*logit.Regression{l.models[w], l.trust[w]} {
			var ok bool
			r.B, ok = model.Restore(r.B)
			r.Failed = r.Failed || !ok
		}
	}
	l.latest = r.Int()
	l.rare, l.changed = r.Byte(), r.Int()
	for w := range windows {
		l.due[w] = r.Uint()
	}
	count := r.Uint()
	if r.Failed || l.rare > 63 || l.due[0] < l.due[1] || l.due[1] > 0 || l.due[0] > count || count > uint64(min(l.most, len(r.B)/9)) {
		l.Reset()
		return nil, fmt.Errorf("%w: learner", ErrCorrupt)
	}
	l.ring, l.next = make([]sample, count), count
	for n := range count {
		s := r.sample()
		if r.Failed || s.at > l.latest || n > 0 && l.ring[n-1].at > s.at {
			l.Reset()
			return nil, fmt.Errorf("%w: sample", ErrCorrupt)
		}
		s.before = math.MaxUint64
		if s.visitor != 0 {
			if before, ok := l.last[s.visitor]; ok {
				s.before = before
			}
			l.last[s.visitor] = n
		}
		l.ring[n] = s
	}
	l.publish()
	return r.B, nil
}

// reader reads what AppendTo wrote. Behind the first mistake it has failed, and
// everything is 0.
type reader struct {
	wire.Reader
}

func (r *reader) sample() (s sample) {
	s.visitor, s.at = r.Word(), r.Int()
	if s.visitor == 0 {
		return s
	}
	s.order, s.bought = r.Int(), r.Word()
	s.months = int8(r.Byte()) - 1 //nolint:gosec // checked below
	shopped := r.Byte()
	s.shopped = shopped == 1
	facts, ok := Unpack(r.Take(uint64(r.Byte())))
	s.facts = facts
	r.Failed = r.Failed || !ok || s.months < -1 || s.months > silences || shopped > 1
	return s
}
