package records

import (
	"errors"
	"io"
	"strings"
)

// rows reads the records of a CSV file (RFC 4180), one row at a time. A quote
// within an unquoted field stands for itself. A quoted field may hold line
// ends, up to maxLine bytes: a quote that is never closed then costs these
// lines and not the whole file.
type rows struct {
	in    *Input
	comma byte
	want  int // fields a row must have; 0 before the first row
	text  strings.Builder
	row   []string
}

// next returns the next row that is not empty, and the line it begins on. The
// slice holds until the next call; its strings are the caller's.
func (r *rows) next() ([]string, int, error) {
	for {
		line, at, err := r.in.Line()
		if err != nil {
			return nil, at, err
		}
		if len(line) == 0 {
			continue
		}
		if err := r.split(string(line), at); err != nil {
			return nil, at, err
		}
		if r.want != 0 && len(r.row) != r.want {
			return nil, at, r.in.bad(at, "%d fields where the first row has %d", len(r.row), r.want)
		}
		return r.row, at, nil
	}
}

// split cuts a record into fields, reading on while a quote is open.
func (r *rows) split(line string, at int) error {
	r.row = r.row[:0]
	for {
		if !strings.HasPrefix(line, `"`) {
			field, rest, more := strings.Cut(line, string(r.comma))
			r.row = append(r.row, field)
			if !more {
				return nil
			}
			line = rest
			continue
		}
		rest, err := r.quoted(line[1:], at)
		if err != nil {
			return err
		}
		r.row = append(r.row, r.text.String())
		if rest == "" {
			return nil
		}
		if rest[0] != r.comma {
			return r.in.bad(at, "text behind a closing quote in field %d: double the quotes within a field", len(r.row))
		}
		line = rest[1:]
	}
}

// quoted collects a field behind its opening quote, and returns what follows
// the closing one.
func (r *rows) quoted(line string, at int) (rest string, err error) {
	r.text.Reset()
	for {
		text, behind, closed := strings.Cut(line, `"`)
		r.text.WriteString(text)
		if closed && strings.HasPrefix(behind, `"`) {
			r.text.WriteByte('"')
			line = behind[1:]
			continue
		}
		if closed {
			return behind, nil
		}
		if r.text.Len() > maxLine {
			return "", r.in.bad(at, "the quote opened here is not closed within %d bytes: lines %d to %d are left out", maxLine, at, r.in.line)
		}
		next, _, err := r.in.Line()
		if errors.Is(err, io.EOF) {
			return "", r.in.bad(at, "the quote opened here is never closed")
		}
		if err != nil {
			return "", err
		}
		r.text.WriteByte('\n')
		line = string(next)
	}
}
