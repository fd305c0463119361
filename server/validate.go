package server

import (
	"errors"
	"fmt"
	"strings"

	"buf.build/go/protovalidate"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// rules checks messages against the rules that the contract states.
type rules struct{ validator protovalidate.Validator }

func newRules(messages ...proto.Message) (*rules, error) {
	validator, err := protovalidate.New(protovalidate.WithMessages(messages...))
	if err != nil {
		return nil, fmt.Errorf("server: compile the contract's rules: %w", err)
	}
	return &rules{validator}, nil
}

// check adds what the contract's rules say against m. Fields are named from m
// on, behind prefix.
func (r *rules) check(v *violations, prefix string, m proto.Message) {
	err := r.validator.Validate(m)
	if err == nil {
		return
	}
	var invalid *protovalidate.ValidationError
	if !errors.As(err, &invalid) {
		v.add(strings.TrimSuffix(prefix, "."), "%v", err)
		return
	}
	for _, violation := range invalid.Violations {
		field := prefix + protovalidate.FieldPathString(violation.Proto.GetField())
		v.add(field, "%s%s", shownValue(violation.FieldValue), violation.Proto.GetMessage())
	}
}

// shownValue quotes a short offending value; long ones are named by their size.
func shownValue(value protoreflect.Value) string {
	if !value.IsValid() {
		return ""
	}
	switch x := value.Interface().(type) {
	case string:
		if len(x) > 80 {
			return fmt.Sprintf("has %d bytes; ", len(x))
		}
		return fmt.Sprintf("is %q; ", x)
	case bool, int32, int64, uint32, uint64, float32, float64, protoreflect.EnumNumber:
		return fmt.Sprintf("is %v; ", x)
	case protoreflect.List:
		return fmt.Sprintf("has %d items; ", x.Len())
	case protoreflect.Map:
		return fmt.Sprintf("has %d entries; ", x.Len())
	}
	return ""
}
