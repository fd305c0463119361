package server

import (
	"fmt"
	"unicode/utf8"

	"google.golang.org/grpc/encoding"
	_ "google.golang.org/grpc/encoding/proto" // the codec that is wrapped
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// noteField is where Codec leaves what was wrong with a message that it could
// not decode: the highest field number, which no message of ours has.
const noteField = protowire.MaxValidNumber

// Codec is grpc's codec for protobuf, but that bytes which are no message of
// ours become an empty message with a note in it, naming the fields that are
// not UTF-8 (protobuf only says that there is one). As soon as a codec fails,
// grpc answers INTERNAL; with the note strictRegistrar answers INVALID_ARGUMENT
// instead. Hand it to the grpc.Server with grpc.ForceServerCodecV2.
func Codec() encoding.CodecV2 { return codec{encoding.GetCodecV2("proto")} }

type codec struct{ encoding.CodecV2 }

// Marshal implements encoding.CodecV2. A page's placements, which stand in its message as
// the bytes that go out, go out as they are, and their memory back to grpc; the message
// has none any more.
func (c codec) Marshal(v any) (mem.BufferSlice, error) {
	page, ok := v.(*pb.DecideResponse)
	if !ok {
		return c.CodecV2.Marshal(v)
	}
	m := page.ProtoReflect()
	placements := []byte(m.GetUnknown())
	if len(placements) == 0 {
		return c.CodecV2.Marshal(v)
	}
	m.SetUnknown(nil)
	rest, err := c.CodecV2.Marshal(page)
	if err != nil {
		return nil, err
	}
	return append(rest, mem.NewBuffer(&placements, mem.DefaultBufferPool())), nil
}

// Unmarshal implements encoding.CodecV2.
func (c codec) Unmarshal(data mem.BufferSlice, v any) error {
	err := c.CodecV2.Unmarshal(data, v)
	if err == nil {
		return nil
	}
	m, ok := v.(proto.Message)
	if !ok || m.ProtoReflect().Descriptor().ParentFile().Package() != "vitrine.v1" {
		return err
	}
	var wrong violations
	for _, field := range badText(nil, "", m.ProtoReflect().Descriptor(), data.Materialize()) {
		wrong.add(field, "is not UTF-8, must be")
	}
	if len(wrong) == 0 {
		wrong.add("(message)", "can't be decoded: it must be a %s as the .proto files define it", m.ProtoReflect().Descriptor().FullName())
	}
	note, err := proto.Marshal(&pb.EventResult{Violations: wrong})
	if err != nil {
		return err
	}
	proto.Reset(m)
	m.ProtoReflect().SetUnknown(protowire.AppendBytes(protowire.AppendTag(nil, noteField, protowire.BytesType), note))
	return nil
}

// noted returns what Codec noted about m, if it could not decode it.
func noted(m any) error {
	message, ok := m.(proto.Message)
	if !ok {
		return nil
	}
	unknown := message.ProtoReflect().GetUnknown()
	if len(unknown) == 0 {
		return nil
	}
	number, _, n := protowire.ConsumeTag(unknown)
	if number != noteField {
		return nil
	}
	note, _ := protowire.ConsumeBytes(unknown[n:])
	var wrong pb.EventResult
	_ = proto.Unmarshal(note, &wrong) // bytes of the caller's own under that number note nothing
	return violations(wrong.GetViolations()).err()
}

// badText appends the paths of the string fields in an encoded message that are
// not UTF-8. It stops where the bytes are no message.
func badText(bad []string, prefix string, message protoreflect.MessageDescriptor, b []byte) []string {
	seen := map[protowire.Number]int{}
	for len(b) > 0 {
		number, kind, n := protowire.ConsumeTag(b)
		if n < 0 {
			return bad
		}
		size := protowire.ConsumeFieldValue(number, kind, b[n:])
		if size < 0 {
			return bad
		}
		value := b[n : n+size]
		b = b[n+size:]
		field := message.Fields().ByNumber(number)
		if field == nil || kind != protowire.BytesType {
			continue
		}
		path := prefix + string(field.Name())
		if field.IsList() {
			path = fmt.Sprintf("%s[%d]", path, seen[number])
			seen[number]++
		}
		content, _ := protowire.ConsumeBytes(value)
		switch field.Kind() {
		case protoreflect.MessageKind:
			bad = badText(bad, path+".", field.Message(), content)
		case protoreflect.StringKind:
			if !utf8.Valid(content) {
				bad = append(bad, path)
			}
		}
	}
	return bad
}
