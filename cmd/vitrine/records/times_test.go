package records

import (
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/types/known/timestamppb"
)

// Whatever stands in a file where a time belongs, under whatever format: it is refused, or
// becomes a time that can be sent.
func FuzzTimes(f *testing.F) {
	for _, seed := range [][3]string{
		{"", "", "2026-03-01T12:00:00Z"}, {"", "Europe/Paris", "2026-03-29 02:30"}, {"", "", "0000-01-01"},
		{"unix", "", "1772366400.5"}, {"unix_ms", "", "-62135596800001"}, {"unix", "", "NaN"}, {"unix", "", "1e300"},
		{"%d.%m.%y %I:%M %p", "America/New_York", "01.03.26 12:00 AM"}, {"%j", "", "366"}, {"%Y%%%Z", "", "2026%CET"}, {"%", "", "%"}, {"2006", "", "2006"},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	f.Fuzz(func(t *testing.T, format, zone, text string) {
		reader, err := newTimeFormat(format, zone)
		if err != nil {
			return
		}
		if at, err := reader.parse(text); err == nil && timestamppb.New(at).CheckValid() != nil {
			t.Errorf("%q by %q in %q is %v, which can't be sent", text, format, zone, at)
		}
		for _, number := range []bool{false, true} {
			if at, err := parseJSONTime(text, number); err == nil && timestamppb.New(at).CheckValid() != nil {
				t.Errorf("%q (a number: %t) is %v, which can't be sent", text, number, at)
			}
		}
	})
}

// A template is read as it is written: written out again it is the same.
func FuzzTemplate(f *testing.F) {
	for _, seed := range []string{"", "{a}", "{InvoiceNo}-{line}", "{{}}", "{{{a}}}", "{a}}}", "{", "}", "{}", "{a", "a}b", "{a{b}"} {
		f.Add(seed)
	}
	double := strings.NewReplacer("{", "{{", "}", "}}")
	f.Fuzz(func(t *testing.T, text string) {
		read, err := parseTemplate(text)
		if err != nil {
			return
		}
		if len(read.literals) != len(read.columns)+1 {
			t.Fatalf("%q has %d columns and %d texts about them", text, len(read.columns), len(read.literals))
		}
		var again strings.Builder
		for k, literal := range read.literals {
			again.WriteString(double.Replace(literal))
			if k < len(read.columns) {
				again.WriteString("{" + read.columns[k] + "}")
			}
		}
		second, err := parseTemplate(again.String())
		if err != nil || !slices.Equal(second.columns, read.columns) || !slices.Equal(second.literals, read.literals) {
			t.Errorf("%q is read as %q, and written out as %q as %q, %v", text, read, again.String(), second, err)
		}
	})
}
