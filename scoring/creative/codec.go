package creative

import (
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
	r := reader{b: b}
	if v := r.byte(); v != modelVersion {
		return nil, r.wrong("model", v)
	}
	latest, landmark := r.int(), r.int()
	rows := make([]learned, r.count(24))
	for i := range rows {
		row := &rows[i]
		*row = learned{FeatureID(r.word()), r.float(), r.float()}
		r.failed = r.failed || !row.id.valid() || i > 0 && rows[i-1].id >= row.id ||
			!(row.gain > 0 && row.gain <= math.MaxFloat64) || math.IsInf(row.pull, 0) || math.IsNaN(row.pull)
	}
	empty := latest == never
	if r.failed || empty && (len(rows) > 0 || landmark != 0) || !empty && landmark > latest {
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
	return r.b, nil
}

// valid reports whether the id can be a feature's.
func (id FeatureID) valid() bool { return id.Kind() >= KindSite && id.Kind() < kinds }

// reader reads what AppendTo wrote. Behind the first mistake it has failed, and
// everything is 0.
type reader struct {
	b      []byte
	failed bool
}

// wrong says why a version is not read.
func (r *reader) wrong(what string, version byte) error {
	if r.failed || version == 0 {
		return fmt.Errorf("%w: %s", ErrCorrupt, what)
	}
	return fmt.Errorf("%w: %s %d", ErrVersion, what, version)
}

func (r *reader) take(n int) []byte {
	if r.failed || len(r.b) < n {
		r.failed, r.b = true, nil
		return make([]byte, n)
	}
	taken := r.b[:n]
	r.b = r.b[n:]
	return taken
}

func (r *reader) byte() byte     { return r.take(1)[0] }
func (r *reader) word() uint64   { return binary.BigEndian.Uint64(r.take(8)) }
func (r *reader) float() float64 { return math.Float64frombits(r.word()) }

func (r *reader) float32() float32 {
	f := math.Float32frombits(binary.BigEndian.Uint32(r.take(4)))
	if f != f || math.IsInf(float64(f), 0) {
		r.failed = true
	}
	return f
}

func (r *reader) int() int64 {
	v, n := binary.Varint(r.b)
	if n <= 0 {
		r.failed, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return v
}

// count reads how many things of at least so many bytes follow: no more than there
// are bytes for.
func (r *reader) count(size int) int {
	v, n := binary.Uvarint(r.b)
	if n <= 0 || v > uint64(len(r.b)-n)/uint64(size) {
		r.failed, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return int(v) //nolint:gosec // bounded by the length of the bytes
}
