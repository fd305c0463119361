package creative

import (
	"github.com/vitrine-io/vitrine/scoring/wire"

	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
)

// The errors of Restore.
var (
	ErrCorrupt = errors.New("creative: corrupt bytes")
	ErrVersion = errors.New("creative: bytes of an unknown version")
)

// Versions of what AppendTo writes.
const (
	modelVersion   = 1
	learnerVersion = 2 // 1 had no sample and counted no responses
)

// AppendTo appends everything learned. The layout: version, milliseconds of the latest
// observation and of the landmark, features by id with their two sums. Integers are
// varints, ids and sums eight bytes, big-endian.
func (m *Model) AppendTo(b []byte) []byte {
	t := m.table.Load()
	rows := t.rows()
	slices.SortFunc(rows, func(a, b learned) int { return cmp.Compare(a.id, b.id) })
	b = append(b, modelVersion)
	b = binary.AppendVarint(b, m.latest)
	b = binary.AppendVarint(b, t.landmark)
	b = binary.AppendUvarint(b, uint64(len(rows)))
	for _, r := range rows {
		b = binary.BigEndian.AppendUint64(b, uint64(r.id))
		b = binary.BigEndian.AppendUint64(b, math.Float64bits(r.gain))
		b = binary.BigEndian.AppendUint64(b, math.Float64bits(r.pull))
	}
	return b
}

// Restore replaces everything learned by what AppendTo appended, and returns the bytes
// behind it. Of more features than MaxFeatures the most informed are kept. On an
// error, which wraps ErrCorrupt or ErrVersion, the model is as New made it.
func (m *Model) Restore(b []byte) (rest []byte, err error) {
	m.Reset()
	r := reader{wire.Reader{B: b}}
	if v := r.Byte(); v != modelVersion {
		return nil, r.wrong("model", v)
	}
	latest, landmark := r.Int(), r.Int()
	rows := make([]learned, r.Count(24))
	for i := range rows {
		row := &rows[i]
		*row = learned{FeatureID(r.Word()), r.Float(), r.Float()}
		r.Failed = r.Failed || !row.id.valid() || i > 0 && rows[i-1].id >= row.id ||
			!(row.gain > 0 && row.gain <= math.MaxFloat64) || math.IsInf(row.pull, 0) || math.IsNaN(row.pull)
	}
	empty := latest == never
	if r.Failed || empty && (len(rows) > 0 || landmark != 0) || !empty && landmark > latest {
		return nil, fmt.Errorf("%w: model", ErrCorrupt)
	}
	if halves := m.halves(landmark, latest); !empty && !(halves < 501) {
		return nil, fmt.Errorf("%w: model: %.0f half-lives", ErrCorrupt, halves)
	}
	if len(rows) > m.options.MaxFeatures {
		slices.SortFunc(rows, func(a, b learned) int {
			return cmp.Or(cmp.Compare(b.gain, a.gain), cmp.Compare(a.id, b.id))
		})
		rows = rows[:m.options.MaxFeatures]
	}
	m.latest = latest
	m.table.Store(rebuilt(rows, len(rows), landmark, 0))
	return r.B, nil
}

// valid reports whether the id can be a feature's.
func (id FeatureID) valid() bool { return id.Kind() >= KindSite && id.Kind() < kinds }

// reader reads what AppendTo wrote. Behind the first mistake it has failed, and
// everything is 0.
type reader struct {
	wire.Reader
}

// wrong says why a version is not read.
func (r *reader) wrong(what string, version byte) error {
	if r.Failed || version == 0 {
		return fmt.Errorf("%w: %s", ErrCorrupt, what)
	}
	return fmt.Errorf("%w: %s %d", ErrVersion, what, version)
}
