package records

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// table reads rows under a header, without those that the skip rules leave out,
// and turns their cells into the values of fields.
type table struct {
	in       *Input
	rows     rows
	cells    cells
	skip     []skipRule
	skipped  map[string]int64
	time     timeFormat
	decimal  string
	currency value
}

// newTable reads the header and checks the mapping's section against it.
func newTable(in *Input, m *Mapping, header []string, rest rows, section any, skip []skipRule) (*table, error) {
	if err := bind(m, section, header); err != nil {
		return nil, err
	}
	format, err := newTimeFormat(m.file.TimeFormat, m.file.TimeZone)
	if err != nil {
		return nil, err
	}
	t := &table{
		in: in, rows: rest, skip: skip, skipped: map[string]int64{},
		time: format, decimal: m.file.Decimal, currency: m.file.Currency,
	}
	t.cells.header = make(map[string]int, len(header))
	for i, h := range header {
		t.cells.header[h] = i
	}
	t.rows.want = len(header)
	return t, nil
}

// next moves to the next row that is not left out.
func (t *table) next() error {
	for {
		row, line, err := t.rows.next()
		t.cells.row, t.cells.line = row, line
		if err != nil {
			return err
		}
		name, err := t.skips()
		if err != nil {
			return err
		}
		if name == "" {
			return nil
		}
		t.skipped[name]++
	}
}

func (t *table) skips() (string, error) {
	for i := range t.skip {
		ok, err := t.skip[i].When.holds(&t.cells)
		if err != nil {
			return "", t.bad("skip", err)
		}
		if ok {
			return t.skip[i].Name, nil
		}
	}
	return "", nil
}

// Skipped implements Reader.
func (t *table) Skipped() map[string]int64 { return t.skipped }

func (t *table) bad(field string, err error) *LineError {
	return t.in.bad(t.cells.line, "%s: %v", field, err)
}

// row collects the fields of one row. The first error stays.
type row struct {
	*table
	err *LineError
}

func (r *row) fail(field string, err error) {
	if err != nil && r.err == nil {
		r.err = r.bad(field, err)
	}
}

func (r *row) text(field string, v *value) string {
	s, err := v.text(&r.cells)
	r.fail(field, err)
	return s
}

func (r *row) texts(field string, v *value) []string {
	s, err := v.texts(&r.cells)
	r.fail(field, err)
	return s
}

func (r *row) number(field string, v *value) string {
	s := r.text(field, v)
	if r.decimal == "," {
		s = strings.Replace(strings.ReplaceAll(s, ".", ""), ",", ".", 1)
	}
	return s
}

func (r *row) price(field string, v *value) *vitrinev1.Money {
	s := r.number(field, v)
	if s == "" {
		return nil
	}
	m, err := parsePrice(s, r.text("currency", &r.currency))
	r.fail(field, err)
	return m
}

func (r *row) whole(field string, v *value) (n int64, given bool) {
	s := r.number(field, v)
	if s == "" {
		return 0, false
	}
	n, err := parseWhole(s)
	r.fail(field, err)
	return n, true
}

func (r *row) float(field string, v *value) (f float64, given bool) {
	s := r.number(field, v)
	if s == "" {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		r.fail(field, fmt.Errorf("%q is no finite number", shorten(s)))
	}
	return f, true
}

func (r *row) when(field string, v *value) *timestamppb.Timestamp {
	s := r.text(field, v)
	if s == "" {
		return nil
	}
	at, err := r.time.parse(s)
	r.fail(field, err)
	return timestampOf(at)
}

func (r *row) yes(field string, v *value) bool {
	switch s := strings.ToLower(r.text(field, v)); s {
	case "", "0", "false", "no", "n", "f":
		return false
	case "1", "true", "yes", "y", "t":
		return true
	default:
		r.fail(field, fmt.Errorf("%q is neither true nor false", shorten(s)))
		return false
	}
}

func timestampOf(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}

// parseWhole takes "6" and "6.0", as spreadsheets write it.
func parseWhole(s string) (int64, error) {
	whole, frac, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || strings.Trim(frac, "0") != "" {
		return 0, fmt.Errorf("%q is no whole number", shorten(s))
	}
	return n, nil
}

// readHeader returns the names of the columns: the mapping's, or those of the
// first row.
func readHeader(in *Input, delimiter string, named []string) ([]string, rows, error) {
	r := rows{in: in, comma: ','}
	if delimiter != "" {
		r.comma = delimiter[0]
	}
	if len(named) > 0 {
		return named, r, nil
	}
	if delimiter == "" {
		r.comma = guessDelimiter(in)
	}
	first, _, err := r.next()
	if errors.Is(err, io.EOF) {
		return nil, r, fmt.Errorf("records: %s is empty: a row with the columns' names is wanted first", in.path)
	}
	if err != nil {
		return nil, r, fmt.Errorf("records: the header can't be read: %w", err)
	}
	header := make([]string, len(first))
	for i, h := range first {
		header[i] = strings.TrimSpace(h)
	}
	return header, r, nil
}

// guessDelimiter takes whichever of tab, semicolon and comma the first line has
// most of.
func guessDelimiter(in *Input) byte {
	head, _ := in.r.Peek(16 << 10)
	first, _, _ := strings.Cut(string(head), "\n")
	best, most := byte(','), 0
	for _, c := range []byte{'\t', ';', ','} {
		if n := strings.Count(first, string(c)); n > most {
			best, most = c, n
		}
	}
	return best
}
