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

// opened is a field of bytes that is being written.
type opened struct{ at, room int }

// begin opens a field of bytes that will be about that long: there is room for its
// length before it.
func (w *answerBytes) begin(field protowire.Number, about int) opened {
	w.b = protowire.AppendTag(w.b, field, protowire.BytesType)
	room := protowire.SizeVarint(uint64(about))
	w.b = append(w.b, make([]byte, room)...)
	return opened{len(w.b), room}
}

// end closes it, and moves it if its length takes other room.
func (w *answerBytes) end(o opened) {
	n := len(w.b) - o.at
	if more := protowire.SizeVarint(uint64(n)) - o.room; more != 0 {
		w.b = append(w.b, make([]byte, max(0, more))...)
		copy(w.b[o.at+more:], w.b[o.at:o.at+n])
		w.b = w.b[:o.at+more+n]
	}
	protowire.AppendVarint(w.b[:o.at-o.room], uint64(n))
}

// message writes a message that was made, for the rare ones.
func (w *answerBytes) message(field protowire.Number, m proto.Message) (err error) {
	at := w.begin(field, proto.Size(m))
	w.b, err = proto.MarshalOptions{Deterministic: true}.MarshalAppend(w.b, m)
	w.end(at)
	return err
}
