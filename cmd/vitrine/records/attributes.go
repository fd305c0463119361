package records

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"
	"strconv"
	"strings"

	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// attributesBegin reports whether a file is one JSON object of lists of ids,
// `{"product": [1, 2], ...}`, as the sequential recommendation literature writes
// products' attributes down (S3-Rec, CIKM 2020). An object that begins with a
// product's field is a product.
func attributesBegin(head []byte) bool {
	dec := json.NewDecoder(bytes.NewReader(head))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return false
	}
	t, err := dec.Token()
	name, ok := t.(string)
	if err != nil || !ok {
		return false
	}
	fields := (&vitrinev1.Product{}).ProtoReflect().Descriptor().Fields()
	for i := range fields.Len() {
		if f := fields.Get(i); name == string(f.Name()) || name == f.JSONName() {
			return false
		}
	}
	t, err = dec.Token()
	return err == nil && t == json.Delim('[')
}

// attributes reads such a file: each id becomes a tag.
type attributes struct {
	in    *Input
	lines *lineCounter
	dec   *json.Decoder
	seen  map[string]bool
}

func newAttributes(in *Input) *attributes {
	lines := &lineCounter{r: in.r}
	dec := json.NewDecoder(lines)
	dec.UseNumber()
	return &attributes{in: in, lines: lines, dec: dec, seen: map[string]bool{}}
}

// Skipped implements Reader.
func (a *attributes) Skipped() map[string]int64 { return nil }

// Next implements Reader.
func (a *attributes) Next() (Record[*vitrinev1.Product], error) {
	if a.dec.InputOffset() == 0 {
		if _, err := a.dec.Token(); err != nil {
			return Record[*vitrinev1.Product]{}, a.broken(err)
		}
	}
	if !a.dec.More() {
		if _, err := a.dec.Token(); err != nil {
			return Record[*vitrinev1.Product]{}, a.broken(err)
		}
		if _, err := a.dec.Token(); !errors.Is(err, io.EOF) {
			return Record[*vitrinev1.Product]{}, a.broken(errors.New("more than one object"))
		}
		return Record[*vitrinev1.Product]{}, io.EOF
	}
	t, err := a.dec.Token()
	if err != nil {
		return Record[*vitrinev1.Product]{}, a.broken(err)
	}
	id, ok := t.(string)
	at := a.lines.at(a.dec.InputOffset())
	var raw json.RawMessage
	if err := a.dec.Decode(&raw); err != nil || !ok {
		return Record[*vitrinev1.Product]{}, a.broken(err)
	}
	bad := func(format string, args ...any) (Record[*vitrinev1.Product], error) {
		return Record[*vitrinev1.Product]{}, a.in.bad(at, "product %q: %s", shorten(id), fmt.Sprintf(format, args...))
	}
	if id == "" {
		return bad("is no id")
	}
	if a.seen[id] {
		return bad("stands twice")
	}
	a.seen[id] = true
	var list []any
	inner := json.NewDecoder(bytes.NewReader(raw))
	inner.UseNumber()
	if err := inner.Decode(&list); err != nil {
		return bad("a list of ids is wanted, such as [1, 2]")
	}
	p := &vitrinev1.Product{Name: id}
	for _, one := range list {
		var tag string
		switch v := one.(type) {
		case json.Number:
			tag = v.String()
		case string:
			tag = v
		}
		if tag == "" {
			return bad("%v is no id of an attribute", one)
		}
		if !slices.Contains(p.Tags, tag) {
			p.Tags = append(p.Tags, tag)
		}
	}
	return Record[*vitrinev1.Product]{Message: p, At: a.in.at(at)}, nil
}

// broken is an error behind which nothing can be read.
func (a *attributes) broken(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("the object does not end")
	}
	return fmt.Errorf("records: %s:%d: no JSON object of products with lists of ids: %w", a.in.path, a.lines.at(a.dec.InputOffset()), err)
}

// lineCounter knows in which line a byte stands.
type lineCounter struct {
	r    io.Reader
	read int64
	ends []int64 // of the lines read so far
}

func (l *lineCounter) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	for i, b := range p[:n] {
		if b == '\n' {
			l.ends = append(l.ends, l.read+int64(i))
		}
	}
	l.read += int64(n)
	return n, err
}

func (l *lineCounter) at(offset int64) int {
	return 1 + sort.Search(len(l.ends), func(i int) bool { return l.ends[i] >= offset })
}

// The relations of Tmall's item attributes (IJCAI 2015, as session-based work with
// knowledge graphs cuts it).
const (
	tmallCategory = iota
	tmallSeller
	tmallBrand
	tmallRelations
)

// triplesBegin reports whether the first line is `item relation entity`, three
// whole numbers between blanks.
func triplesBegin(head []byte) bool {
	f := strings.Fields(firstLine(bytes.TrimLeft(head, " \t\r\n")))
	for _, n := range f {
		if wholeNumber("", n) != nil {
			return false
		}
	}
	return len(f) == 3
}

// triples reads them, which holds the catalogue in memory: the lines of a product
// need not stand together. The entity of relation 0 becomes a category, of 1 the
// attribute "seller" and of 2 the brand.
type triples struct {
	in    *Input
	known map[string]int // place in all
	all   []Record[*vitrinev1.Product]
	done  bool
}

func newTriples(in *Input) *triples { return &triples{in: in, known: map[string]int{}} }

// Skipped implements Reader.
func (t *triples) Skipped() map[string]int64 { return nil }

// Next implements Reader.
func (t *triples) Next() (Record[*vitrinev1.Product], error) {
	for !t.done {
		line, at, err := t.in.Line()
		if errors.Is(err, io.EOF) {
			t.done = true
			break
		}
		if err != nil {
			return Record[*vitrinev1.Product]{}, err
		}
		if f := strings.Fields(string(line)); len(f) > 0 {
			if err := t.add(f, at); err != nil {
				return Record[*vitrinev1.Product]{}, t.in.bad(at, "%v", err)
			}
		}
	}
	if len(t.all) == 0 {
		return Record[*vitrinev1.Product]{}, io.EOF
	}
	r := t.all[0]
	t.all = t.all[1:]
	return r, nil
}

func (t *triples) add(f []string, line int) error {
	if len(f) != 3 {
		return fmt.Errorf("%d columns, and item, relation and entity are wanted", len(f))
	}
	for i, name := range []string{"item", "relation", "entity"} {
		if err := wholeNumber(name, f[i]); err != nil {
			return err
		}
	}
	relation, err := strconv.Atoi(f[1])
	if err != nil || relation >= tmallRelations {
		return fmt.Errorf("relation %s: 0 (category), 1 (seller) or 2 (brand)", shorten(f[1]))
	}
	at, ok := t.known[f[0]]
	if !ok {
		at = len(t.all)
		t.known[f[0]] = at
		t.all = append(t.all, Record[*vitrinev1.Product]{Message: &vitrinev1.Product{Name: f[0]}, At: t.in.at(line)})
	}
	p := t.all[at].Message
	switch {
	case relation == tmallCategory && !slices.Contains(p.Categories, f[2]):
		p.Categories = append(p.Categories, f[2])
	case relation == tmallSeller && p.Attributes["seller"] == "":
		p.Attributes = map[string]string{"seller": f[2]}
	case relation == tmallBrand && p.Brand == "":
		p.Brand = f[2]
	default:
		return fmt.Errorf("item %s has relation %d already, or another of it", shorten(f[0]), relation)
	}
	return nil
}
