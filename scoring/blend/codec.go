package blend

import (
	"encoding/binary"
	"maps"
	"math"
	"slices"
)

// AppendTo appends everything learned to b: the chances counted, then each row
// that has learned by its feature's name, in their order. Numbers are varints,
// weights the bits of float32.
func (b *Blend) AppendTo(to []byte) []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(b.rows)), func(name string) bool {
		return !b.rows[name].learned()
	})
	to = binary.AppendUvarint(to, b.due.Load())
	to = binary.AppendUvarint(to, uint64(cells))
	to = binary.AppendUvarint(to, uint64(len(names)))
	for _, name := range names {
		to = binary.AppendUvarint(to, uint64(len(name)))
		to = append(to, name...)
		r := b.rows[name]
		for c := range cells {
			to = binary.BigEndian.AppendUint32(to, r.moved[c].Load())
			to = binary.BigEndian.AppendUint32(to, math.Float32bits(r.squares[c]))
		}
	}
	return to
}

func (r *Row) learned() bool { return r.squares != [cells]float32{} }

// Restore replaces everything learned by what AppendTo appended and returns the
// bytes behind it; false if they are not such.
func (b *Blend) Restore(from []byte) (rest []byte, ok bool) {
	b.Reset()
	next := func() uint64 {
		v, n := binary.Uvarint(from)
		if n <= 0 {
			from = nil
			return math.MaxUint64
		}
		from = from[n:]
		return v
	}
	due := next()
	had := next() // fewer in earlier versions, which had the first of today's
	if had == 0 || had > uint64(cells) {
		return nil, false
	}
	for range min(next(), uint64(len(from))) {
		n := next()
		if n > uint64(len(from)) || uint64(len(from))-n < 8*had {
			return nil, false
		}
		r := b.Row(string(from[:n]))
		from = from[n:]
		for c := range had {
			r.moved[c].Store(binary.BigEndian.Uint32(from))
			r.squares[c] = math.Float32frombits(binary.BigEndian.Uint32(from[4:]))
			from = from[8:]
		}
	}
	b.due.Store(due)
	return from, true
}
