// Package wire reads the bytes that learned state is kept in.
package wire

import (
	"encoding/binary"
	"math"
)

// Reader reads from the front of B. Behind the first mistake it has Failed, B is nil and
// everything it reads is 0: whoever reads looks once, at the end. It takes no more
// memory than B, whatever lengths are made up.
type Reader struct {
	B      []byte
	Failed bool
}

// Fail has the reader fail.
func (r *Reader) Fail() { r.Failed, r.B = true, nil }

// Take reads n bytes; they are a part of B. Of a failed reader it is zeros, 8 at most.
func (r *Reader) Take(n uint64) []byte {
	if r.Failed || n > uint64(len(r.B)) {
		r.Fail()
		return make([]byte, min(n, 8))
	}
	taken := r.B[:n]
	r.B = r.B[n:]
	return taken
}

// Byte reads one.
func (r *Reader) Byte() byte { return r.Take(1)[0] }

// Word reads eight bytes, the highest first.
func (r *Reader) Word() uint64 { return binary.BigEndian.Uint64(r.Take(8)) }

// Half reads four bytes, the highest first.
func (r *Reader) Half() uint32 { return binary.BigEndian.Uint32(r.Take(4)) }

// Float reads a float64 as Word.
func (r *Reader) Float() float64 { return math.Float64frombits(r.Word()) }

// Float32 reads a float32 as Half, which must be finite.
func (r *Reader) Float32() float32 {
	f := math.Float32frombits(r.Half())
	if f != f || math.IsInf(float64(f), 0) {
		r.Failed = true
	}
	return f
}

// Uint reads a varint.
func (r *Reader) Uint() uint64 {
	v, n := binary.Uvarint(r.B)
	return past(r, v, n)
}

// Int reads a zigzag varint.
func (r *Reader) Int() int64 {
	v, n := binary.Varint(r.B)
	return past(r, v, n)
}

func past[T int64 | uint64](r *Reader, v T, n int) T {
	if r.Failed || n <= 0 {
		r.Fail()
		return 0
	}
	r.B = r.B[n:]
	return v
}

// Text reads a length and so many bytes.
func (r *Reader) Text() string { return string(r.Take(r.Uint())) }

// Count reads how many things of at least so many bytes each follow: no more than there
// are bytes for, so that a number made up can't ask for memory.
func (r *Reader) Count(size int) int {
	n := r.Uint()
	if n > uint64(len(r.B)/size) { //nolint:gosec // not negative
		r.Fail()
		return 0
	}
	return int(n) //nolint:gosec // bounded by the length of the bytes
}
