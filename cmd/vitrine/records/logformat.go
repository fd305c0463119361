package records

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// LogFormat is a form in which others write event logs down: the files of a
// public data set, or the export of another product.
type LogFormat struct {
	Name string // as --format has it
	// Sessions says that what stands as the visitor is a session of its own.
	Sessions bool

	// begins reports whether a file that begins so has this form. Of a long line
	// it sees a part.
	begins func(head []byte) bool
	lines  func() lineReader
}

// lineReader makes events of the lines of one file.
type lineReader interface {
	// read returns the events of a line that is not blank: none of a header, or
	// when skip names why they are left out. Ids that are empty are filled in.
	read(line []byte) (events []*vitrinev1.Event, skip string, err error)
}

// LogFormats are the forms that are known beside those of this package's own
// documentation. None begins like another.
func LogFormats() []LogFormat {
	return []LogFormat{
		{"retailrocket", false, retailRocketBegins, func() lineReader { return &retailRocket{} }},
		{"diginetica", true, digineticaBegins, func() lineReader { return &diginetica{} }},
		{"yoochoose", true, yooChooseBegins, func() lineReader { return yooChoose{} }},
		{"otto", true, ottoBegins, func() lineReader { return otto{} }},
		{"google-retail", false, googleRetailBegins, func() lineReader { return googleRetail{} }},
		{"segment", false, segmentBegins, func() lineReader { return segment{} }},
	}
}

// FindLogFormat returns the format of that name.
func FindLogFormat(name string) (LogFormat, bool) {
	all := LogFormats()
	at := slices.IndexFunc(all, func(f LogFormat) bool { return f.Name == name })
	if at < 0 {
		return LogFormat{}, false
	}
	return all[at], true
}

// DetectLogFormat tells the format by what the file begins with, and reads
// nothing.
func DetectLogFormat(in *Input) (LogFormat, bool) {
	head, _ := in.r.Peek(32 << 10) // lines of sessions are long
	head = bytes.TrimLeft(head, " \t\r\n")
	all := LogFormats()
	at := slices.IndexFunc(all, func(f LogFormat) bool { return f.begins(head) })
	if at < 0 {
		return LogFormat{}, false
	}
	return all[at], true
}

// FormatMapping stands for --format as a mapping file stands for --mapping: it
// says how to read events. Nil for the name "".
func FormatMapping(name string) (*Mapping, error) {
	if name == "" {
		return nil, nil
	}
	f, ok := FindLogFormat(name)
	if !ok {
		var names []string
		for _, f := range LogFormats() {
			names = append(names, f.Name)
		}
		return nil, fmt.Errorf("--format %q: one of %s; Vitrine's own JSON Lines and CSV need none", name, strings.Join(names, ", "))
	}
	return &Mapping{path: "--format " + name, format: &f}, nil
}

// Open reads events in this format.
func (f LogFormat) Open(in *Input) Reader[*vitrinev1.Event] {
	return &logEvents{in: in, format: f.Name, lines: f.lines(), skipped: map[string]int64{}}
}

// logEvents reads events through a lineReader.
type logEvents struct {
	in      *Input
	format  string
	lines   lineReader
	out     []*vitrinev1.Event
	line    int
	skipped map[string]int64
}

// Next implements Reader.
func (l *logEvents) Next() (Record[*vitrinev1.Event], error) {
	for len(l.out) == 0 {
		raw, line, err := l.in.Line()
		if err != nil {
			return Record[*vitrinev1.Event]{}, err
		}
		l.line = line
		if len(bytes.TrimSpace(raw)) == 0 {
			continue
		}
		events, skip, err := l.lines.read(raw)
		if err == nil {
			err = l.take(events, string(raw))
		}
		if err != nil {
			return Record[*vitrinev1.Event]{}, l.in.bad(line, "%v (read as %s; --format says otherwise)", err, l.format)
		}
		if skip != "" {
			l.skipped[skip]++
		}
	}
	e := l.out[0]
	l.out = l.out[1:]
	return Record[*vitrinev1.Event]{Message: e, At: l.in.at(l.line)}, nil
}

// take checks the events of a line and gives them their ids.
func (l *logEvents) take(events []*vitrinev1.Event, raw string) error {
	for i, e := range events {
		if err := checkEvent(e); err != nil {
			return err
		}
		for _, item := range e.Items {
			if item.ProductId == "" {
				return errors.New("a product without an id")
			}
		}
		if e.Id == "" {
			e.Id = lineID([]string{raw, fmt.Sprint(i)}, l.line)
		}
	}
	for _, e := range events {
		l.out = append(l.out, splitItems(e)...)
	}
	return nil
}

// Skipped implements Reader.
func (l *logEvents) Skipped() map[string]int64 { return l.skipped }

// simpleEvent is an event about one product. Numbers of visitors that begin at 0
// are fine, but the API takes a visitor "0" for nobody in particular.
func simpleEvent(kind vitrinev1.EventType, visitor, product string) *vitrinev1.Event {
	if visitor == "0" {
		visitor = "id-0"
	}
	return &vitrinev1.Event{
		Type: kind, Visitor: &vitrinev1.VisitorKey{DeviceId: visitor},
		Items: []*vitrinev1.EventItem{{ProductId: product}},
	}
}

// firstLine is the first line of a head, without its end.
func firstLine(head []byte) string {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	return strings.TrimRight(string(line), "\r")
}

// topKeys lists the keys of the JSON object that a head begins with, as far as
// they stand in it.
func topKeys(head []byte) map[string]string {
	keys := map[string]string{}
	dec := json.NewDecoder(bytes.NewReader(head))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return keys
	}
	for dec.More() {
		t, err := dec.Token()
		name, ok := t.(string)
		if err != nil || !ok {
			return keys
		}
		keys[name] = ""
		var v json.RawMessage
		if dec.Decode(&v) != nil {
			return keys
		}
		keys[name] = string(v)
	}
	return keys
}

func has(keys map[string]string, names ...string) bool {
	for _, name := range names {
		if _, ok := keys[name]; !ok {
			return false
		}
	}
	return true
}

// wholeNumber reads the digits of an id or a time in a data set's file.
func wholeNumber(field, s string) error {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return fmt.Errorf("%s: %q is no whole number", field, shorten(s))
	}
	return nil
}
