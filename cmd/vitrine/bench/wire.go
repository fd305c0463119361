package bench

import (
	"bytes"
	"fmt"

	"google.golang.org/grpc"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

// What stands in a stencil where each call has its own. All are of a fixed
// width, so that the lengths around them stay.
const (
	visitorMark = "v00000000"
	productMark = "p0000000"
	idMark      = "00000000ffffffff" // of an event
	countryMark = "ZZ"
	timeMark    = 1_700_000_001 // a time in seconds: five bytes until the year 3058
)

// stencil is an encoded message with places to fill in.
type stencil struct {
	encoded                             []byte
	visitor, product, id, country, time int // where they stand; -1: nowhere
}

// newStencil encodes m, which has each mark once at most.
func newStencil(m proto.Message) stencil {
	b, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
	if err != nil {
		panic(fmt.Sprintf("bench: encode a stencil: %v", err)) // of our own making
	}
	return stencil{
		encoded: b,
		visitor: bytes.Index(b, []byte(visitorMark)), product: bytes.Index(b, []byte(productMark)),
		id: bytes.Index(b, []byte(idMark)), country: bytes.Index(b, []byte(countryMark)),
		time: bytes.Index(b, protowire.AppendVarint(nil, timeMark)),
	}
}

// filling is what a call has of its own.
type filling struct {
	visitor, product int
	country          string
	id               uint64
	time             int64 // Unix seconds
}

// append adds the message to b, filled in.
func (t *stencil) append(b []byte, f filling) []byte {
	from := len(b)
	b = append(b, t.encoded...)
	m := b[from:]
	if t.visitor >= 0 {
		decimal(m[t.visitor+1:t.visitor+len(visitorMark)], f.visitor)
	}
	if t.product >= 0 {
		decimal(m[t.product+1:t.product+len(productMark)], f.product)
	}
	if t.id >= 0 {
		hexadecimal(m[t.id:t.id+len(idMark)], f.id)
	}
	if t.country >= 0 {
		copy(m[t.country:], f.country)
	}
	if t.time >= 0 {
		protowire.AppendVarint(m[:t.time], uint64(f.time)) // over the mark, as wide
	}
	return b
}

// decimal writes n with leading zeros.
func decimal(b []byte, n int) {
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = byte('0' + n%10)
		n /= 10
	}
}

// hexadecimal writes n with leading zeros.
func hexadecimal(b []byte, n uint64) {
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = "0123456789abcdef"[n&15]
		n >>= 4
	}
}

// answer is a message that came back: its length, and its bytes where keep says
// so.
type answer struct {
	keep  bool
	bytes []byte
	size  int
}

// asIs is a codec for requests that are encoded already and answers that are to
// stay so.
var asIs = grpc.ForceCodecV2(raw{})

type raw struct{}

var _ encoding.CodecV2 = raw{}

// Name implements encoding.CodecV2: what is on the wire is protobuf.
func (raw) Name() string { return "proto" }

// Marshal implements encoding.CodecV2. The bytes are the transport's from here on.
func (raw) Marshal(v any) (mem.BufferSlice, error) {
	b, ok := v.([]byte)
	if !ok {
		return nil, fmt.Errorf("bench: %T is not encoded", v)
	}
	return mem.BufferSlice{mem.SliceBuffer(b)}, nil
}

// Unmarshal implements encoding.CodecV2.
func (raw) Unmarshal(data mem.BufferSlice, v any) error {
	a, ok := v.(*answer)
	if !ok {
		return fmt.Errorf("bench: no answer goes into %T", v)
	}
	if a.size = data.Len(); a.keep {
		a.bytes = data.Materialize()
	}
	return nil
}
