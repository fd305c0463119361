package creative

import (
	"encoding/binary"
	"math"
)

// packedFeature is its id and its value, in 12 bytes.
const packedFeature = 12

// Pack writes features down for the record of a decision.
func Pack(lists ...[]Feature) []byte {
	var n int
	for _, l := range lists {
		n += len(l)
	}
	b := make([]byte, 0, n*packedFeature)
	for _, l := range lists {
		for _, f := range l {
			b = binary.BigEndian.AppendUint64(b, uint64(f.ID))
			b = binary.BigEndian.AppendUint32(b, math.Float32bits(f.X))
		}
	}
	return b
}

// Unpack reads what Pack wrote; nil for bytes that are no such, as of another
// version.
func Unpack(b []byte) []Feature {
	if len(b)%packedFeature != 0 {
		return nil
	}
	list := make([]Feature, 0, len(b)/packedFeature)
	for ; len(b) > 0; b = b[packedFeature:] {
		f := Feature{FeatureID(binary.BigEndian.Uint64(b)), math.Float32frombits(binary.BigEndian.Uint32(b[8:]))}
		if !f.ID.valid() || f.X != f.X || math.IsInf(float64(f.X), 0) {
			return nil
		}
		list = append(list, f)
	}
	return list
}
