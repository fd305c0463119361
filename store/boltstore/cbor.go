package boltstore

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"

	"github.com/x448/float16"
)

// What is written for each event is written here, byte for byte as codec would, which
// reads it: reflecting on it takes longer than to write it.

// appendAny appends what few records have and is not worth the lines.
func (c codec) appendAny(b []byte, v any) ([]byte, error) {
	buf := bytes.NewBuffer(b)
	if err := c.enc.MarshalToBuffer(v, buf); err != nil {
		return nil, fmt.Errorf("encode %T: %w", v, err)
	}
	return buf.Bytes(), nil
}

// The major types of CBOR (RFC 8949, section 3.1).
const (
	cborUint  = 0 << 5
	cborMinus = 1 << 5 // of -1-n
	cborBytes = 2 << 5
	cborText  = 3 << 5
	cborArray = 4 << 5
	cborMap   = 5 << 5
)

// What has no number (section 3.3).
const (
	cborTrue = 0xf5
	cborNull = 0xf6
)

// appendHead appends a type and its number, in as few bytes as hold it.
func appendHead(b []byte, major byte, n uint64) []byte {
	switch {
	case n < 24:
		return append(b, major|byte(n))
	case n <= math.MaxUint8:
		return append(b, major|24, byte(n))
	case n <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(b, major|25), uint16(n))
	case n <= math.MaxUint32:
		return binary.BigEndian.AppendUint32(append(b, major|26), uint32(n))
	}
	return binary.BigEndian.AppendUint64(append(b, major|27), n)
}

// appendMap begins a map of the fields that always are there and those that are now.
func appendMap(b []byte, always int, also ...bool) []byte {
	for _, is := range also {
		if is {
			always++
		}
	}
	return appendHead(b, cborMap, uint64(always))
}

func appendUint(b []byte, n uint64) []byte { return appendHead(b, cborUint, n) }

func appendInt(b []byte, n int64) []byte {
	if n < 0 {
		return appendHead(b, cborMinus, uint64(^n))
	}
	return appendHead(b, cborUint, uint64(n))
}

func appendUintUnlessZero(b []byte, field byte, n uint64) []byte {
	if n == 0 {
		return b
	}
	return appendUint(append(b, field), n)
}

func appendText[S ~string](b []byte, s S) []byte {
	return append(appendHead(b, cborText, uint64(len(s))), s...)
}

func appendTextField[S ~string](b []byte, field byte, s S) []byte {
	return appendText(append(b, field), s)
}

func appendTextUnlessEmpty[S ~string](b []byte, field byte, s S) []byte {
	if s == "" {
		return b
	}
	return appendTextField(b, field, s)
}

// appendFloat appends a number in as few bytes as hold it exactly, two, four or eight,
// and what is none in two.
func appendFloat(b []byte, x float64) []byte {
	switch {
	case math.IsNaN(x):
		return append(b, 0xf9, 0x7e, 0x00)
	case math.IsInf(x, 1):
		return append(b, 0xf9, 0x7c, 0x00)
	case math.IsInf(x, -1):
		return append(b, 0xf9, 0xfc, 0x00)
	}
	single := float32(x)
	if float64(single) != x {
		return binary.BigEndian.AppendUint64(append(b, 0xfb), math.Float64bits(x))
	}
	if half := float16.Fromfloat32(single); half.Float32() == single {
		return binary.BigEndian.AppendUint16(append(b, 0xf9), half.Bits())
	}
	return binary.BigEndian.AppendUint32(append(b, 0xfa), math.Float32bits(single))
}
