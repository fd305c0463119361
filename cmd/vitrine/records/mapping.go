package records

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Mapping says which columns of a CSV file feed which fields. docs/import.md is
// its reference.
type Mapping struct {
	path   string
	file   mappingFile
	format *LogFormat // stands instead of the file; see FormatMapping
}

type mappingFile struct {
	Delimiter  string           `yaml:"delimiter"`
	Columns    []string         `yaml:"columns"` // of a file without a header
	TimeZone   string           `yaml:"time_zone"`
	TimeFormat string           `yaml:"time_format"`
	Decimal    string           `yaml:"decimal"`
	Currency   value            `yaml:"currency"`
	Events     *eventsMapping   `yaml:"events"`
	Products   *productsMapping `yaml:"products"`
	Visitors   *visitorsMapping `yaml:"visitors"`
}

// skipRule leaves rows out and counts them under its name.
type skipRule struct {
	Name string    `yaml:"name"`
	When condition `yaml:"when"`
}

type eventsMapping struct {
	Skip       []skipRule       `yaml:"skip"`
	GroupBy    value            `yaml:"group_by"`
	Window     int              `yaml:"window"`
	ID         value            `yaml:"id"`
	Type       value            `yaml:"type"`
	Visitor    value            `yaml:"visitor"`
	Person     value            `yaml:"person"`
	Time       value            `yaml:"time"`
	Item       *itemMapping     `yaml:"item"`
	Order      *orderMapping    `yaml:"order"`
	Search     value            `yaml:"search"`
	Categories value            `yaml:"categories"`
	Token      value            `yaml:"attribution_token"`
	Channel    value            `yaml:"channel"`
	Country    value            `yaml:"country"`
	Region     value            `yaml:"region"`
	City       value            `yaml:"city"`
	Device     value            `yaml:"device"`
	CustomType value            `yaml:"custom_type"`
	Context    map[string]value `yaml:"attributes"`
}

type itemMapping struct {
	Product  value `yaml:"product"`
	Quantity value `yaml:"quantity"`
	Price    value `yaml:"price"`
}

type orderMapping struct {
	ID       value `yaml:"id"`
	Revenue  value `yaml:"revenue"`
	SumItems bool  `yaml:"revenue_from_items"`
	Tax      value `yaml:"tax"`
	Shipping value `yaml:"shipping"`
	Coupon   value `yaml:"coupon"`
}

type productsMapping struct {
	Skip         []skipRule       `yaml:"skip"`
	Repeated     string           `yaml:"repeated"`
	ID           value            `yaml:"id"`
	Title        value            `yaml:"title"`
	Categories   []value          `yaml:"categories"`
	Brand        value            `yaml:"brand"`
	Tags         []value          `yaml:"tags"`
	Price        value            `yaml:"price"`
	ListPrice    value            `yaml:"list_price"`
	Availability value            `yaml:"availability"`
	Stock        value            `yaml:"stock"`
	Attributes   map[string]value `yaml:"attributes"`
	Numbers      map[string]value `yaml:"numbers"`
	Group        value            `yaml:"group"`
	URL          value            `yaml:"url"`
	Image        value            `yaml:"image_url"`
	Available    value            `yaml:"available_time"`
	Expire       value            `yaml:"expire_time"`
	Sensitive    value            `yaml:"sensitive"`
}

// ReadMapping reads a mapping file, YAML or JSON. An unknown key, a template or
// a regular expression that does not parse are errors that name the line.
func ReadMapping(path string) (*Mapping, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("records: mapping: %w", err)
	}
	return parseMapping(path, b)
}

// unknownKey is how the YAML library names a key that the mapping has no place
// for.
var unknownKey = regexp.MustCompile(`field (\S+) not found in type records\.\w+`)

func parseMapping(path string, b []byte) (*Mapping, error) {
	m := &Mapping{path: path}
	dec := yaml.NewDecoder(bytes.NewReader(b))
	dec.KnownFields(true)
	if err := dec.Decode(&m.file); err != nil {
		if errors.Is(err, io.EOF) {
			err = errors.New("it is empty")
		}
		var wrong *yaml.TypeError
		if errors.As(err, &wrong) {
			err = errors.New(unknownKey.ReplaceAllString(strings.Join(wrong.Errors, "; "), "$1 is no key here; docs/import.md has those there are"))
		}
		return nil, fmt.Errorf("records: mapping %s: %w", path, err)
	}
	if err := m.file.check(); err != nil {
		return nil, fmt.Errorf("records: mapping %s: %w", path, err)
	}
	return m, nil
}

func (f *mappingFile) check() error {
	if f.Delimiter == `\t` || f.Delimiter == "tab" {
		f.Delimiter = "\t"
	}
	if len(f.Delimiter) > 1 || f.Delimiter == `"` || f.Delimiter == "\n" {
		return fmt.Errorf("delimiter %q: one ASCII character, or tab", f.Delimiter)
	}
	if f.Decimal != "" && f.Decimal != "." && f.Decimal != "," {
		return fmt.Errorf("decimal %q: a point or a comma", f.Decimal)
	}
	if _, err := newTimeFormat(f.TimeFormat, f.TimeZone); err != nil {
		return err
	}
	if f.Events == nil && f.Products == nil && f.Visitors == nil {
		return errors.New("none of `events`, `products` and `visitors` is there")
	}
	if v := f.Visitors; v != nil && !v.Visitor.given() && !v.Person.given() {
		return errors.New("visitors: `visitor` or `person` is missing")
	}
	if e := f.Events; e != nil {
		for _, need := range []struct {
			name string
			v    value
		}{{"type", e.Type}, {"time", e.Time}} {
			if !need.v.given() {
				return fmt.Errorf("events: `%s` is missing", need.name)
			}
		}
		if !e.Visitor.given() && !e.Person.given() {
			return errors.New("events: `visitor` is missing")
		}
		if e.Window < 0 || e.Window > maxGroupRows || e.Window > 0 && !e.GroupBy.given() {
			return fmt.Errorf("events: `window` goes with `group_by` and is at most %d rows", maxGroupRows)
		}
		if e.Item != nil && !e.Item.Product.given() {
			return errors.New("events: `item` needs `product`")
		}
		if e.Order != nil && !e.Order.ID.given() {
			return errors.New("events: `order` needs `id`")
		}
		if e.GroupBy.given() && e.Item == nil {
			return errors.New("events: `group_by` collects items, so `item` is needed")
		}
	}
	if p := f.Products; p != nil {
		if !p.ID.given() {
			return errors.New("products: `id` is missing")
		}
		if !slices.Contains([]string{"", "each", "first", "last"}, p.Repeated) {
			return fmt.Errorf("products: repeated %q: each, first or last", p.Repeated)
		}
	}
	return nil
}

// bind checks that every column the mapping section names is in the header.
func bind(m *Mapping, section any, header []string) error {
	have := make(map[string]bool, len(header)+1)
	for _, h := range header {
		if have[h] {
			return fmt.Errorf("records: two columns are called %q", h)
		}
		have[h] = true
	}
	have["line"] = true
	missing := map[string]bool{}
	note := func(col string) {
		if !have[col] {
			missing[col] = true
		}
	}
	m.file.Currency.columns(note)
	eachValue(reflect.ValueOf(section), func(columns func(func(string))) { columns(note) })
	if len(missing) == 0 {
		return nil
	}
	return fmt.Errorf("records: mapping %s names %s, but the file has the columns %s",
		m.path, quotedList(slices.Sorted(maps.Keys(missing))), quotedList(header))
}

// eachValue visits every value and condition of a mapping section.
func eachValue(v reflect.Value, visit func(columns func(func(string)))) {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return
		}
		v = v.Elem()
	}
	switch x := v.Interface().(type) {
	case value:
		visit(x.columns)
		return
	case condition:
		visit(x.columns)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			eachValue(v.Field(i), visit)
		}
	case reflect.Slice:
		for i := range v.Len() {
			eachValue(v.Index(i), visit)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			eachValue(v.MapIndex(k), visit)
		}
	}
}

func quotedList(names []string) string {
	const most = 30
	var b strings.Builder
	for i, n := range names {
		if i == most {
			fmt.Fprintf(&b, " and %d more", len(names)-most)
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%q", shorten(n))
	}
	return b.String()
}

// strictly decodes a node into the struct y points to, and refuses keys that
// the struct does not know: yaml.v3 forgets KnownFields within UnmarshalYAML.
func strictly(n *yaml.Node, y any) error {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Kind != yaml.MappingNode {
		return at(n, errors.New("keys and values are wanted here"))
	}
	t := reflect.TypeOf(y).Elem()
	known := make([]string, t.NumField())
	for i := range known {
		known[i] = t.Field(i).Tag.Get("yaml")
	}
	for i := 0; i < len(n.Content); i += 2 {
		if key := n.Content[i]; !slices.Contains(known, key.Value) {
			return at(key, fmt.Errorf("%q is not known here: %s are", key.Value, strings.Join(known, ", ")))
		}
	}
	return n.Decode(y)
}

func at(n *yaml.Node, err error) error { return fmt.Errorf("line %d: %w", n.Line, err) }
