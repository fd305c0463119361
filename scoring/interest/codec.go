package interest

import (
	"encoding/binary"
	"errors"
	"math"
	"math/bits"

	"github.com/vitrine-io/vitrine/scoring"
)

// ErrCorrupt is what Decode returns for bytes that Append cannot have written.
var ErrCorrupt = errors.New("interest: corrupt vector")

// EncodedSize bounds what e takes in a record: six bytes of facet, one that
// tells which scales follow, three a scale.
func (e *Entry) EncodedSize() int {
	n := 7
	for _, w := range e.Weight {
		u := math.Float32bits(w) << 1 // without the sign
		n += 3 * int((u|-u)>>31)
	}
	return n
}

// sizeOfTime is what a time takes as a varint.
func sizeOfTime(ms int64) int { return (bits.Len64(uint64(ms)<<1^uint64(ms>>63)|1) + 6) / 7 }

// EncodedSize is how many bytes Append adds.
func (v Vector) EncodedSize() int {
	if len(v.entries) == 0 {
		return 1
	}
	n := 1 + sizeOfTime(v.at)
	for i := range v.entries {
		n += v.entries[i].EncodedSize()
	}
	return n
}

// Append appends v in binary form: Decode gives back every bit of it.
func (v Vector) Append(b []byte) []byte {
	b = append(b, byte(len(v.entries)))
	if len(v.entries) == 0 {
		return b
	}
	b = binary.AppendVarint(b, v.at)
	for i := range v.entries {
		e := &v.entries[i]
		for shift := 40; shift >= 0; shift -= 8 {
			b = append(b, byte(e.Facet>>shift))
		}
		var mask byte
		for s, w := range e.Weight {
			if w != 0 {
				mask |= 1 << s
			}
		}
		b = append(b, mask)
		for _, w := range e.Weight {
			if w != 0 {
				bits := math.Float32bits(w)
				b = append(b, byte(bits>>24), byte(bits>>16), byte(bits>>8))
			}
		}
	}
	return b
}

// Decode reads a vector off the front of b and returns the rest. It returns
// ErrCorrupt for what Append cannot have written.
func Decode(b []byte) (Vector, []byte, error) {
	if len(b) == 0 || b[0] > MaxFacets {
		return Vector{}, nil, ErrCorrupt
	}
	n := int(b[0])
	b = b[1:]
	if n == 0 {
		return Vector{}, b, nil
	}
	at, size := binary.Varint(b)
	if size <= 0 {
		return Vector{}, nil, ErrCorrupt
	}
	b = b[size:]
	if len(b) < n*10 {
		return Vector{}, nil, ErrCorrupt
	}
	v := Vector{at: at, entries: make([]Entry, n)}
	for i := range v.entries {
		e := &v.entries[i]
		if len(b) < 7 {
			return Vector{}, nil, ErrCorrupt
		}
		for _, c := range b[:6] {
			e.Facet = e.Facet<<8 | scoring.FacetID(c)
		}
		mask := b[6]
		b = b[7:]
		if mask == 0 || mask >= 1<<Scales || i > 0 && v.entries[i-1].Facet >= e.Facet {
			return Vector{}, nil, ErrCorrupt
		}
		for s := range e.Weight {
			if mask&(1<<s) == 0 {
				continue
			}
			if len(b) < 3 {
				return Vector{}, nil, ErrCorrupt
			}
			w := math.Float32frombits(uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8)
			if math.Abs(float64(w)) < Threshold/2 || math.Abs(float64(w)) > 2*maxWeight || w != w {
				return Vector{}, nil, ErrCorrupt
			}
			e.Weight[s] = w
			b = b[3:]
		}
	}
	return v, b, nil
}
