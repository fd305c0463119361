package wire

import (
	"encoding/binary"
	"math"
	"testing"
)

func TestReaderReads(t *testing.T) {
	b := binary.AppendUvarint(nil, 300)
	b = binary.AppendVarint(b, -5)
	b = append(b, 7)
	b = binary.BigEndian.AppendUint64(b, math.Float64bits(1.5))
	b = binary.BigEndian.AppendUint32(b, math.Float32bits(-2))
	b = append(b, 2, 'h', 'i')
	b = append(b, 3, 1, 2, 3)
	r := Reader{B: b}
	if u, i, c, f, g, s := r.Uint(), r.Int(), r.Byte(), r.Float(), r.Float32(), r.Text(); u != 300 || i != -5 || c != 7 || f != 1.5 || g != -2 || s != "hi" {
		t.Errorf("read %v %v %v %v %v %q", u, i, c, f, g, s)
	}
	if n := r.Count(1); n != 3 || r.Failed || len(r.B) != 3 {
		t.Errorf("counted %d of %v", n, r)
	}
}

func TestReaderFails(t *testing.T) {
	infinite := binary.BigEndian.AppendUint32(nil, math.Float32bits(float32(math.Inf(1))))
	for name, read := range map[string]struct {
		b    []byte
		read func(r *Reader)
	}{
		"word":            {[]byte{1, 2, 3}, func(r *Reader) { r.Word() }},
		"text":            {[]byte{200, 1, 'x'}, func(r *Reader) { r.Text() }},
		"length made up":  {binary.AppendUvarint(nil, 1<<60), func(r *Reader) { r.Take(r.Uint()) }},
		"number made up":  {[]byte{9, 1, 2}, func(r *Reader) { r.Count(1) }},
		"unfinished":      {[]byte{0x80}, func(r *Reader) { r.Uint() }},
		"infinite":        {infinite, func(r *Reader) { r.Float32() }},
		"after a mistake": {[]byte{1}, func(r *Reader) { r.Word(); r.Int() }},
	} {
		r := Reader{B: read.b}
		read.read(&r)
		if !r.Failed {
			t.Errorf("%s: it did not fail", name)
		}
	}
}
