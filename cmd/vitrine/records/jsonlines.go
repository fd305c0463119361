package records

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// jsonLines reads one JSON object a line. Empty lines are passed over.
type jsonLines struct {
	in   *Input
	raw  []byte
	line int
}

// next returns the next object's fields.
func (j *jsonLines) next() (*object, error) {
	for {
		raw, line, err := j.in.Line()
		if err != nil {
			return nil, err
		}
		if j.raw, j.line = raw, line; len(bytes.TrimSpace(raw)) == 0 {
			continue
		}
		o, err := parseObject(raw)
		if err != nil {
			return nil, j.bad(err)
		}
		return o, nil
	}
}

func (j *jsonLines) bad(err error) error { return j.in.bad(j.line, "%v", err) }

// Skipped implements Reader: nothing is.
func (j *jsonLines) Skipped() map[string]int64 { return nil }

// object is a JSON object, its fields in the order they stand in.
type object struct {
	names  []string
	fields map[string]json.RawMessage
}

// parseObject refuses a name that stands twice: which one holds would depend on
// the reader.
func parseObject(raw []byte) (*object, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New("no JSON object: each line is one, {...}")
	}
	o := &object{fields: map[string]json.RawMessage{}}
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return nil, badJSON(err)
		}
		name, _ := t.(string)
		var v json.RawMessage
		if err := dec.Decode(&v); err != nil {
			return nil, badJSON(err)
		}
		if _, twice := o.fields[name]; twice {
			return nil, fmt.Errorf("%q stands there twice", shorten(name))
		}
		o.names = append(o.names, name)
		o.fields[name] = v
	}
	if _, err := dec.Token(); err != nil {
		return nil, badJSON(err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errors.New("there is text behind the object: each line is one object")
	}
	return o, nil
}

func badJSON(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the JSON object is cut off")
	}
	return fmt.Errorf("bad JSON: %w", err)
}

// take removes a field and returns it, nil when it is absent or null.
func (o *object) take(names ...string) (json.RawMessage, error) {
	var found json.RawMessage
	for _, name := range names {
		v, ok := o.fields[name]
		if !ok {
			continue
		}
		if found != nil {
			return nil, fmt.Errorf("%s mean the same: use one of them", strings.Join(names, " and "))
		}
		delete(o.fields, name)
		if found = v; string(v) == "null" {
			found = nil
		}
	}
	return found, nil
}

// text takes a field that is a string, or a number read as one.
func (o *object) text(names ...string) (string, error) {
	raw, err := o.take(names...)
	if raw == nil || err != nil {
		return "", err
	}
	s, ok := scalar(raw)
	if !ok {
		return "", fmt.Errorf("%s: a string is wanted", names[0])
	}
	return s, nil
}

// scalar returns a string, or the digits of a number.
func scalar(raw json.RawMessage) (string, bool) {
	if len(raw) == 0 {
		return "", false
	}
	if raw[0] == '"' {
		var s string
		return s, json.Unmarshal(raw, &s) == nil
	}
	if raw[0] == '-' || '0' <= raw[0] && raw[0] <= '9' {
		return string(raw), true
	}
	return "", false
}

// rest decodes what is left into the message, as protobuf's JSON.
func (o *object) rest(m proto.Message) error {
	if len(o.fields) == 0 {
		return nil
	}
	known := m.ProtoReflect().Descriptor().Fields()
	var b bytes.Buffer
	b.WriteByte('{')
	for _, name := range o.names {
		v, ok := o.fields[name]
		if !ok {
			continue
		}
		if known.ByJSONName(name) == nil && known.ByTextName(name) == nil {
			return fmt.Errorf("unknown field %q", shorten(name))
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		key, _ := json.Marshal(name)
		b.Write(key)
		b.WriteByte(':')
		b.Write(v)
	}
	b.WriteByte('}')
	if err := protojson.Unmarshal(b.Bytes(), m); err != nil {
		return errors.New(protoNoise.ReplaceAllString(err.Error(), ""))
	}
	return nil
}

// protoNoise is what protojson puts before its reasons: its own name, with one
// of two kinds of blank, and a place in a line that the user never saw.
var protoNoise = regexp.MustCompile(`^proto:[\s\x{00a0}]*(syntax error )?(\(line \d+:\d+\):[\s\x{00a0}]*)?`)

// money reads a number, a string of digits, or the contract's Money.
func money(field string, raw json.RawMessage, currency string) (*vitrinev1.Money, error) {
	if raw == nil {
		return nil, nil
	}
	if s, ok := scalar(raw); ok {
		m, err := parseMoney(s, currency)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", field, err)
		}
		return m, nil
	}
	o, err := parseObject(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", field, err)
	}
	m := &vitrinev1.Money{}
	if err := o.rest(m); err != nil {
		return nil, fmt.Errorf("%s: %w", field, err)
	}
	return m, nil
}

// price is money that must not be negative.
func price(field string, raw json.RawMessage, currency string) (*vitrinev1.Money, error) {
	m, err := money(field, raw, currency)
	if err == nil && (m.GetUnits() < 0 || m.GetNanos() < 0) {
		return nil, fmt.Errorf("%s: is negative", field)
	}
	return m, err
}
