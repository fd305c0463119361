package creative

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/vitrine-io/vitrine/scoring/wire"
)

// AppendTo appends the model and the impressions that wait or are remembered, the
// oldest first.
func (l *Learner) AppendTo(b []byte) []byte {
	b = append(b, learnerVersion)
	b = l.model.AppendTo(b)
	b = binary.AppendVarint(b, l.latest)
	b = append(b, l.rare)
	b = binary.AppendVarint(b, l.changed)
	b = binary.AppendUvarint(b, l.due-l.first)
	b = binary.AppendUvarint(b, l.next-l.first)
	for n := l.first; n < l.next; n++ {
		i := l.at(n)
		b = append(b, byte(i.outcome))
		b = binary.AppendVarint(b, i.at)
		if i.outcome == erased {
			continue
		}
		b = binary.BigEndian.AppendUint64(b, uint64(i.token))
		b = binary.BigEndian.AppendUint64(b, i.visitor)
		b = binary.AppendUvarint(b, uint64(len(i.features)))
		for _, f := range i.features {
			b = binary.BigEndian.AppendUint64(b, uint64(f.ID))
			b = appendFloat32(b, f.X)
		}
		if i.outcome == waiting {
			continue
		}
		b = binary.AppendVarint(b, i.lesson.at)
		b = appendFloat32(b, i.lesson.gain)
		for _, p := range i.lesson.pulls {
			b = appendFloat32(b, p)
		}
		if i.outcome == responded {
			b = binary.AppendVarint(b, int64(i.times))
		}
	}
	return b
}

func appendFloat32(b []byte, f float32) []byte {
	return binary.BigEndian.AppendUint32(b, math.Float32bits(f))
}

// Restore replaces everything by what AppendTo appended, and returns the bytes behind
// it. On an error, which wraps ErrCorrupt or ErrVersion, the learner is as NewLearner
// made it.
func (l *Learner) Restore(b []byte) (rest []byte, err error) {
	l.Reset()
	r := reader{wire.Reader{B: b}}
	version := r.Byte()
	if version < 1 || version > learnerVersion {
		return nil, r.wrong("learner", version)
	}
	if r.B, err = l.model.Restore(r.B); err != nil {
		return nil, err
	}
	l.latest = r.Int()
	if version >= 2 {
		l.rare, l.changed = r.Byte(), r.Int()
		r.Failed = r.Failed || l.rare > 63 || l.changed > l.latest
	}
	due := r.Count(1)
	count := r.Count(2)
	l.ring = make([]impression, count)
	for n := range count {
		i := l.impression(&r, version)
		_, known := l.byToken[i.token]
		if r.Failed || n > 0 && l.ring[n-1].at > i.at || i.at > l.latest || n < due && i.outcome == waiting || i.outcome != erased && known {
			r.Failed = true
			break
		}
		l.ring[n] = i
		if i.outcome != erased {
			l.byToken[i.token] = uint64(n) //nolint:gosec // not negative
		}
	}
	if r.Failed || due > count {
		l.Reset()
		return nil, fmt.Errorf("%w: learner", ErrCorrupt)
	}
	l.due, l.next = uint64(due), uint64(count) //nolint:gosec // not negative
	for l.next-l.first > uint64(max(1, l.options.MaxImpressions)) {
		l.forget()
	}
	return r.B, nil
}

// impression reads one. Version 1 does not tell how many responses stand: one.
func (l *Learner) impression(r *reader, version byte) (i impression) {
	i.outcome = outcome(r.Byte())
	i.at = r.Int()
	if i.outcome >= outcomes || i.outcome == erased {
		r.Failed = r.Failed || i.outcome >= outcomes
		return i
	}
	i.token, i.visitor = Token(r.Word()), r.Word()
	i.features = make([]Feature, r.Count(12))
	for k := range i.features {
		i.features[k] = Feature{FeatureID(r.Word()), r.Float32()}
		r.Failed = r.Failed || !i.features[k].ID.valid()
	}
	if i.outcome == waiting {
		return i
	}
	i.lesson = Lesson{at: r.Int(), gain: r.Float32(), pulls: make([]float32, len(i.features))}
	for k := range i.lesson.pulls {
		i.lesson.pulls[k] = r.Float32()
	}
	if i.outcome == responded {
		i.times = 1
		if version >= 2 {
			i.times = uint32(max(0, min(r.Int(), math.MaxUint32))) //nolint:gosec // bounded
		}
	}
	r.Failed = r.Failed || i.lesson.at > l.model.latest || i.lesson.gain < 0 || i.outcome == responded && i.times == 0
	return i
}
