package records

import (
	"encoding/csv"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
)

func allRows(in *Input) (all [][]string, bad []string, err error) {
	r := rows{in: in, comma: ','}
	for {
		row, _, err := r.next()
		var line *LineError
		switch {
		case errors.Is(err, io.EOF):
			return all, bad, nil
		case errors.As(err, &line):
			bad = append(bad, line.Error())
		case err != nil:
			return all, bad, err
		default:
			all = append(all, append([]string(nil), row...))
		}
	}
}

func TestRows(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       [][]string
		bad        []string
	}{
		{name: "plain", text: "a,b\n,\n", want: [][]string{{"a", "b"}, {"", ""}}},
		{name: "empty lines are passed over", text: "a\n\n\r\nb\n", want: [][]string{{"a"}, {"b"}}},
		{name: "quotes", text: `"a,b","c ""d""",""` + "\n", want: [][]string{{"a,b", `c "d"`, ""}}},
		{name: "a quoted line end", text: "\"a\nb\",c\nd,e\n", want: [][]string{{"a\nb", "c"}, {"d", "e"}}},
		{name: "a quote within an unquoted field", text: `5" nail,x` + "\n", want: [][]string{{`5" nail`, "x"}}},
		{
			name: "text behind a closing quote", text: "\"a\"b,c\nd\n", want: [][]string{{"d"}},
			bad: []string{"stdin:1: text behind a closing quote in field 1: double the quotes within a field"},
		},
		{
			name: "a quote that is never closed", text: "a\n\"b\nc\n", want: [][]string{{"a"}},
			bad: []string{"stdin:2: the quote opened here is never closed"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, bad, err := allRows(input(t, c.text))
			if err != nil || !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %q, %v, want %q", got, err, c.want)
			}
			sameLines(t, bad, c.bad...)
		})
	}
}

func TestAQuoteLeftOpenCostsBoundedMemory(t *testing.T) {
	line := strings.Repeat("x", 999) + "\n"
	text := "\"" + strings.Repeat(line, 3000) + "end,of file\n"
	got, bad, err := allRows(input(t, text))
	if err != nil || len(bad) == 0 || !strings.Contains(bad[0], "is not closed within 1048576 bytes") {
		t.Fatalf("bad = %q, %v", bad, err)
	}
	if last := got[len(got)-1]; last[0] != "end" {
		t.Errorf("the reader did not go on to the file's end, but to %q", last)
	}
}

// Where encoding/csv reads a file, so do we, and find the same.
func FuzzRows(f *testing.F) {
	for _, s := range []string{"a,b\n", "\"a\n\"\"b\",c\r\n", "\"", "a,\"b", "\n\n,\n", "\"a\"b\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if strings.HasPrefix(s, "\ufeff") || strings.Contains(s, "\r") {
			t.Skip("encoding/csv keeps a byte order mark, and drops \\r elsewhere")
		}
		in, err := Open("-", strings.NewReader(s))
		if err != nil {
			return
		}
		got, bad, err := allRows(in)
		if err != nil {
			return
		}
		r := csv.NewReader(strings.NewReader(s))
		r.FieldsPerRecord = -1
		want, err := r.ReadAll()
		if err != nil || len(bad) > 0 {
			return // stricter on bare quotes, laxer on UTF-8
		}
		if len(got) != len(want) || len(got) > 0 && !reflect.DeepEqual(got, want) {
			t.Errorf("%q: got %q, want %q", s, got, want)
		}
	})
}
