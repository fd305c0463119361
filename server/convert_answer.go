package server

import (
	"math"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

// answerBytes writes a part of the contract's messages as the bytes that go out: a
// page of twenty products is two hundred messages, and making them only to have them
// marshalled took a quarter of a decision. As proto3 has it, what is zero is left out.
type answerBytes struct{ b []byte }

func (w *answerBytes) text(field protowire.Number, s string) {
	if s != "" {
		w.b = protowire.AppendString(protowire.AppendTag(w.b, field, protowire.BytesType), s)
	}
}

func (w *answerBytes) bytes(field protowire.Number, b []byte) {
	if len(b) > 0 {
		w.b = protowire.AppendBytes(protowire.AppendTag(w.b, field, protowire.BytesType), b)
	}
}

func (w *answerBytes) number(field protowire.Number, n int) {
	if n != 0 {
		w.b = protowire.AppendVarint(protowire.AppendTag(w.b, field, protowire.VarintType), uint64(n))
	}
}

func (w *answerBytes) double(field protowire.Number, x float64) {
	if bits := math.Float64bits(x); bits != 0 {
		w.b = protowire.AppendFixed64(protowire.AppendTag(w.b, field, protowire.Fixed64Type), bits)
	}
}

// begin opens a field of bytes, of which end wants to know where it began.
func (w *answerBytes) begin(field protowire.Number) (at int) {
	w.b = append(protowire.AppendTag(w.b, field, protowire.BytesType), 0)
	return len(w.b)
}

// end closes it: its length goes before it, which is short most often.
func (w *answerBytes) end(at int) {
	n := len(w.b) - at
	if more := protowire.SizeVarint(uint64(n)) - 1; more > 0 {
		w.b = append(w.b, make([]byte, more)...)
		copy(w.b[at+more:], w.b[at:at+n])
	}
	protowire.AppendVarint(w.b[:at-1], uint64(n))
}

// message writes a message that was made, for the rare ones.
func (w *answerBytes) message(field protowire.Number, m proto.Message) (err error) {
	at := w.begin(field)
	w.b, err = proto.MarshalOptions{Deterministic: true}.MarshalAppend(w.b, m)
	w.end(at)
	return err
}
