package records

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"

	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// visitorsMapping says what the rows of a CRM's table tell of visitors.
type visitorsMapping struct {
	Skip       []skipRule       `yaml:"skip"`
	Visitor    value            `yaml:"visitor"`
	Person     value            `yaml:"person"`
	Attributes map[string]value `yaml:"attributes"`
}

// OpenVisitors reads what a shop knows of visitors from elsewhere: who they are, and
// what they did. Rows or lines of visitors make a record each; those of events, which
// may name the person alone, a record with that event.
func OpenVisitors(in *Input, m *Mapping) (Reader[*vitrinev1.VisitorRecord], error) {
	switch {
	case m == nil && in.isJSON():
		return &jsonVisitors{jsonLines: jsonLines{in: in}}, nil
	case m == nil:
		var err error
		if m, err = plainVisitors(in); err != nil {
			return nil, err
		}
	case m.format != nil:
		return nil, errors.New("records: a known log is for `import events`")
	}
	if m.file.Visitors == nil && m.file.Events != nil {
		events, err := newCSVEvents(in, m)
		if err != nil {
			return nil, err
		}
		events.ofPersons = true
		return &visitorsOfEvents{events}, nil
	}
	return newCSVVisitors(in, m)
}

// plainVisitors makes the mapping of a file whose columns bear the fields' names:
// `visitor`, `person` and `attributes.NAME`; or, where there is a `type`, those of events.
func plainVisitors(in *Input) (*Mapping, error) {
	header, r, err := readHeader(in, "", nil)
	if err != nil {
		return nil, err
	}
	if slices.Contains(header, "type") {
		return mappingOfEvents(in, header, r.comma, []string{"type", "time"})
	}
	var b strings.Builder
	fmt.Fprintf(&b, "delimiter: %q\ncolumns: [", string(r.comma))
	var fields, attributes []string
	for _, col := range header {
		fmt.Fprintf(&b, "%q, ", col)
		name, isAttribute := strings.CutPrefix(col, "attributes.")
		switch {
		case col == "visitor" || col == "person":
			fields = append(fields, fmt.Sprintf("%s: \"{%s}\"", col, col))
		case isAttribute && name != "" && !strings.ContainsAny(col, "{}"):
			attributes = append(attributes, fmt.Sprintf("%q: %q", name, "{"+col+"}"))
		default:
			return nil, fmt.Errorf("records: %s: column %q is no field: without --mapping the columns are named visitor, person and attributes.NAME, or as those of events",
				in.path, shorten(col))
		}
	}
	fmt.Fprintf(&b, "]\nvisitors: {%s, attributes: {%s}}\n", strings.Join(fields, ", "), strings.Join(attributes, ", "))
	m, err := parseMapping("of the columns", []byte(b.String()))
	if err != nil {
		return nil, fmt.Errorf("records: %s: %w", in.path, err)
	}
	return m, nil
}

// csvVisitors makes a record of each row.
type csvVisitors struct {
	*table
	m *visitorsMapping
}

func newCSVVisitors(in *Input, m *Mapping) (*csvVisitors, error) {
	if m.file.Visitors == nil {
		return nil, fmt.Errorf("records: mapping %s has neither a `visitors` nor an `events` section", m.path)
	}
	if err := refuseJSON(in, m); err != nil {
		return nil, err
	}
	header, rest, err := readHeader(in, m.file.Delimiter, m.file.Columns)
	if err != nil {
		return nil, err
	}
	t, err := newTable(in, m, header, rest, m.file.Visitors, m.file.Visitors.Skip)
	if err != nil {
		return nil, err
	}
	return &csvVisitors{t, m.file.Visitors}, nil
}

// Next implements Reader. An empty attribute is not known: it leaves the one that is.
func (c *csvVisitors) Next() (Record[*vitrinev1.VisitorRecord], error) {
	if err := c.next(); err != nil {
		return Record[*vitrinev1.VisitorRecord]{}, err
	}
	r := &row{table: c.table}
	v := &vitrinev1.VisitorRecord{
		Visitor: &vitrinev1.VisitorKey{DeviceId: r.text("visitor", &c.m.Visitor), PersonId: r.text("person", &c.m.Person)},
	}
	for name, of := range c.m.Attributes {
		if s := r.text("attributes."+name, &of); s != "" {
			if v.Attributes == nil {
				v.Attributes = map[string]string{}
			}
			v.Attributes[name] = s
		}
	}
	if v.Visitor.DeviceId+v.Visitor.PersonId == "" {
		r.fail("visitor", errors.New("is empty, and so is the person: a `skip` rule leaves out what nobody is known of"))
	}
	if r.err != nil {
		return Record[*vitrinev1.VisitorRecord]{}, r.err
	}
	return Record[*vitrinev1.VisitorRecord]{Message: v, At: c.in.at(c.cells.line)}, nil
}

// visitorsOfEvents makes a record of each event.
type visitorsOfEvents struct{ events *csvEvents }

// Next implements Reader.
func (v *visitorsOfEvents) Next() (Record[*vitrinev1.VisitorRecord], error) {
	e, err := v.events.Next()
	if err != nil {
		return Record[*vitrinev1.VisitorRecord]{}, err
	}
	return Record[*vitrinev1.VisitorRecord]{Message: visitorOfEvent(e.Message), At: e.At}, nil
}

// Skipped implements Reader.
func (v *visitorsOfEvents) Skipped() map[string]int64 { return v.events.Skipped() }

// visitorOfEvent is the record of whoever an event is of. It counts for the person where
// one is named, and links nothing.
func visitorOfEvent(e *vitrinev1.Event) *vitrinev1.VisitorRecord {
	who := e.GetVisitor()
	if who.GetPersonId() != "" {
		who = &vitrinev1.VisitorKey{PersonId: who.GetPersonId()}
	}
	e.Visitor = nil
	return &vitrinev1.VisitorRecord{Visitor: who, Events: []*vitrinev1.Event{e}}
}

// jsonVisitors reads visitors from JSON Lines: the contract's message in protobuf's JSON,
// with the short forms that docs/import.md lists. A line with a `type` is an event.
type jsonVisitors struct {
	jsonLines
	parts []*vitrinev1.VisitorRecord // of an event that was split
}

// Next implements Reader.
func (j *jsonVisitors) Next() (Record[*vitrinev1.VisitorRecord], error) {
	if len(j.parts) == 0 {
		o, err := j.next()
		if err != nil {
			return Record[*vitrinev1.VisitorRecord]{}, err
		}
		if j.parts, err = j.parse(o); err != nil {
			return Record[*vitrinev1.VisitorRecord]{}, j.bad(err)
		}
	}
	v := j.parts[0]
	j.parts = j.parts[1:]
	return Record[*vitrinev1.VisitorRecord]{Message: v, At: j.in.at(j.line)}, nil
}

func (j *jsonVisitors) parse(o *object) ([]*vitrinev1.VisitorRecord, error) {
	who, err := visitorKeyFromJSON(o)
	if err != nil {
		return nil, err
	}
	if _, isEvent := o.fields["type"]; isEvent {
		e, err := eventFromJSON(o)
		if err != nil {
			return nil, err
		}
		e.Visitor = who
		if err := checkEventOf(e, true); err != nil {
			return nil, err
		}
		if e.Id == "" {
			e.Id = lineID([]string{string(j.raw)}, j.line)
		}
		var parts []*vitrinev1.VisitorRecord
		for _, part := range splitItems(e) {
			parts = append(parts, visitorOfEvent(proto.CloneOf(part)))
		}
		return parts, nil
	}
	v, err := visitorFromJSON(o)
	if err != nil {
		return nil, err
	}
	v.Visitor = who
	return []*vitrinev1.VisitorRecord{v}, nil
}

// visitorKeyFromJSON takes whom a line is about: `visitor` as a string or as the
// contract's message, and `person`.
func visitorKeyFromJSON(o *object) (*vitrinev1.VisitorKey, error) {
	key := &vitrinev1.VisitorKey{}
	raw, err := o.take("visitor")
	if err != nil {
		return nil, err
	}
	if s, ok := scalar(raw); ok {
		key.DeviceId = s
	} else if raw != nil {
		inner, err := parseObject(raw)
		if err == nil {
			err = inner.rest(key)
		}
		if err != nil {
			return nil, fmt.Errorf("visitor: %w", err)
		}
	}
	person, err := o.text("person")
	if err != nil {
		return nil, err
	}
	if person != "" {
		key.PersonId = person
	}
	if key.DeviceId+key.PersonId == "" {
		return nil, errors.New("visitor: is missing, and so is the person")
	}
	return key, nil
}

// visitorFromJSON reads a line of a visitor. Attributes may be numbers, and events have
// the short forms of events.
func visitorFromJSON(o *object) (*vitrinev1.VisitorRecord, error) {
	attributes, err := o.take("attributes")
	if err != nil {
		return nil, err
	}
	events, err := o.take("events")
	if err != nil {
		return nil, err
	}
	v := &vitrinev1.VisitorRecord{}
	if err := o.rest(v); err != nil {
		return nil, err
	}
	if attributes != nil {
		named, err := parseObject(attributes)
		if err != nil {
			return nil, fmt.Errorf("attributes: %w", err)
		}
		v.Attributes = map[string]string{}
		for name, raw := range named.fields {
			s, ok := scalar(raw)
			if !ok {
				return nil, fmt.Errorf("attributes.%s: a string or a number is wanted", shorten(name))
			}
			v.Attributes[name] = s
		}
	}
	if events == nil {
		return v, nil
	}
	var list []json.RawMessage
	if err := json.Unmarshal(events, &list); err != nil {
		return nil, errors.New("events: a list is wanted")
	}
	for i, raw := range list {
		inner, err := parseObject(raw)
		if err != nil {
			return nil, fmt.Errorf("events[%d]: %w", i, err)
		}
		e, err := eventFromJSON(inner)
		if err != nil {
			return nil, fmt.Errorf("events[%d]: %w", i, err)
		}
		v.Events = append(v.Events, e)
	}
	return v, nil
}
