package intent

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
	"time"
)

// packed begins the bytes of facts: the version.
const packed = 1

// rounded cuts each fact to the upper 16 bits of a float32: to three digits.
func (f Facts) rounded() Facts {
	for k := range f {
		b := math.Float32bits(f[k])
		if f[k] == f[k] && !math.IsInf(float64(f[k]), 0) {
			b += 0x7fff + b>>16&1
		}
		f[k] = math.Float32frombits(b &^ 0xffff)
	}
	return f
}

// Pack writes the facts into some 20 bytes, 45 at most: a version, three bytes that say
// which differ from those of a visitor never seen, and two bytes for each of these.
func (f Facts) Pack() []byte {
	var which uint32
	empty := nothing()
	b := make([]byte, 4, 4+2*facts)
	for k := range f {
		if f[k] != empty[k] {
			which |= 1 << k
			b = binary.BigEndian.AppendUint16(b, uint16(math.Float32bits(f[k])>>16)) //nolint:gosec // 16 bits
		}
	}
	binary.BigEndian.PutUint32(b, which)
	b[0] = packed
	return b
}

// Unpack reads what Pack wrote; false for anything else, such as what a later version
// wrote.
func Unpack(b []byte) (Facts, bool) {
	f := nothing()
	if len(b) < 4 || b[0] != packed {
		return f, false
	}
	which := binary.BigEndian.Uint32(b) & 0xffffff
	if which>>facts != 0 || len(b) != 4+2*bits.OnesCount32(which) {
		return f, false
	}
	b = b[4:]
	for k := range f {
		if which>>k&1 == 0 {
			continue
		}
		f[k] = math.Float32frombits(uint32(binary.BigEndian.Uint16(b)) << 16)
		b = b[2:]
		if !(f[k] >= 0) || math.IsInf(float64(f[k]), 0) && !fact(k).isSpan() {
			return nothing(), false
		}
	}
	return f, true
}

func sortTimes(list []time.Time) { slices.SortFunc(list, time.Time.Compare) }
