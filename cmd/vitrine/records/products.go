package records

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"google.golang.org/protobuf/proto"

	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// OpenProducts reads products from in, in the ways of OpenEvents, and the two forms
// in which data sets tell the attributes of products: an object of lists, and
// triples of item, relation and entity. Each product's
// name is its bare id: the caller knows the site. A name in the file must be one
// of site, `sites/{site}`, when site is given.
func OpenProducts(in *Input, m *Mapping, site string) (Reader[*vitrinev1.Product], error) {
	if m != nil {
		return newCSVProducts(in, m)
	}
	switch head := in.Head(); {
	case attributesBegin(head):
		return newAttributes(in), nil
	case triplesBegin(head):
		return newTriples(in), nil
	case in.isJSON():
		return &jsonProducts{jsonLines: jsonLines{in: in}, site: site}, nil
	}
	m, err := plainProducts(in)
	if err != nil {
		return nil, err
	}
	return newCSVProducts(in, m)
}

// jsonProducts reads products from JSON Lines: the contract's message in
// protobuf's JSON, with the short forms that docs/import.md lists.
type jsonProducts struct {
	jsonLines
	site string
}

// Next implements Reader.
func (j *jsonProducts) Next() (Record[*vitrinev1.Product], error) {
	o, err := j.next()
	if err != nil {
		return Record[*vitrinev1.Product]{}, err
	}
	p, err := productFromJSON(o, j.site)
	if err != nil {
		return Record[*vitrinev1.Product]{}, j.bad(err)
	}
	return Record[*vitrinev1.Product]{Message: p, At: j.in.at(j.line)}, nil
}

func productFromJSON(o *object, site string) (*vitrinev1.Product, error) {
	currency, err := currencyOf(o)
	if err != nil {
		return nil, err
	}
	id, err := o.text("id")
	if err != nil {
		return nil, err
	}
	name, err := o.text("name")
	if err != nil {
		return nil, err
	}
	if id, err = productID(id, name, site); err != nil {
		return nil, err
	}
	short := &vitrinev1.Product{}
	amounts := []struct {
		to    **vitrinev1.Money
		names []string
	}{{&short.Price, []string{"price"}}, {&short.ListPrice, []string{"list_price", "listPrice"}}}
	for _, a := range amounts {
		raw, err := o.take(a.names...)
		if err != nil {
			return nil, err
		}
		if *a.to, err = price(a.names[0], raw, currency); err != nil {
			return nil, err
		}
	}
	if s, err := o.text("availability"); err != nil {
		return nil, err
	} else if short.Availability, err = availability(s); err != nil {
		return nil, err
	}
	category, err := o.text("category")
	if err != nil {
		return nil, err
	}
	p := &vitrinev1.Product{}
	if err := o.rest(p); err != nil {
		return nil, err
	}
	p.Name, p.Price, p.ListPrice, p.Availability = id, short.Price, short.ListPrice, short.Availability
	if category != "" {
		p.Categories = append([]string{category}, p.Categories...)
	}
	return p, checkNumbers(p)
}

// productID takes the id, or the resource name, or both if they agree.
func productID(id, name, site string) (string, error) {
	if name == "" {
		if id == "" {
			return "", errors.New("id: is missing")
		}
		return id, nil
	}
	parent, of, ok := strings.Cut(name, "/products/")
	switch {
	case !ok || of == "" || !strings.HasPrefix(parent, "sites/"):
		return "", fmt.Errorf("name: %q is no resource name sites/{site}/products/{product}; the id goes into `id`, what visitors read into `title`", shorten(name))
	case site != "" && parent != site:
		return "", fmt.Errorf("name: %q belongs to another site than %s", shorten(name), site)
	case id != "" && id != of:
		return "", fmt.Errorf("name: %q does not agree with the id %q", shorten(name), shorten(id))
	}
	return of, nil
}

func availability(s string) (vitrinev1.Availability, error) {
	if s == "" {
		return 0, nil
	}
	n, err := enumNumber(vitrinev1.Availability_value, "AVAILABILITY_", s)
	if err != nil {
		return 0, fmt.Errorf("availability: %w", err)
	}
	return vitrinev1.Availability(n), nil
}

// checkNumbers refuses NaN and infinity, which protobuf's JSON lets through.
func checkNumbers(p *vitrinev1.Product) error {
	for name, v := range p.GetNumbers() {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("numbers.%s: %v is not finite", shorten(name), v)
		}
	}
	return nil
}

// csvProducts makes a product of each row. When the mapping says so, the rows
// of one product are folded into one, which holds the whole catalogue in memory
// and hands it out at the end, in the order of the first rows.
type csvProducts struct {
	*table
	m     *productsMapping
	known map[string]int // of those folded: place in all
	all   []Record[*vitrinev1.Product]
	done  bool
}

func newCSVProducts(in *Input, m *Mapping) (*csvProducts, error) {
	if m.file.Products == nil {
		return nil, fmt.Errorf("records: mapping %s has no `products` section", m.path)
	}
	if err := refuseJSON(in, m); err != nil {
		return nil, err
	}
	header, rest, err := readHeader(in, m.file.Delimiter, m.file.Columns)
	if err != nil {
		return nil, err
	}
	t, err := newTable(in, m, header, rest, m.file.Products, m.file.Products.Skip)
	if err != nil {
		return nil, err
	}
	return &csvProducts{table: t, m: m.file.Products, known: map[string]int{}}, nil
}

// Next implements Reader.
func (c *csvProducts) Next() (Record[*vitrinev1.Product], error) {
	for !c.done {
		err := c.next()
		if errors.Is(err, io.EOF) {
			c.done = true
			break
		}
		if err != nil {
			return Record[*vitrinev1.Product]{}, err
		}
		p, err := c.product()
		if err != nil {
			return Record[*vitrinev1.Product]{}, err
		}
		r := Record[*vitrinev1.Product]{Message: p, At: c.in.at(c.cells.line)}
		if c.m.Repeated == "" || c.m.Repeated == "each" {
			return r, nil
		}
		c.fold(r)
	}
	if len(c.all) == 0 {
		return Record[*vitrinev1.Product]{}, io.EOF
	}
	r := c.all[0]
	c.all = c.all[1:]
	return r, nil
}

// fold joins the rows of a product: of each field the last value that is not
// empty, or the first.
func (c *csvProducts) fold(r Record[*vitrinev1.Product]) {
	at, ok := c.known[r.Message.Name]
	if !ok {
		c.known[r.Message.Name] = len(c.all)
		c.all = append(c.all, r)
		return
	}
	older, newer := c.all[at].Message, r.Message
	if c.m.Repeated == "first" {
		older, newer = newer, older
	}
	// Merge would append lists; the newer one replaces them.
	if len(newer.Categories) > 0 {
		older.Categories = nil
	}
	if len(newer.Tags) > 0 {
		older.Tags = nil
	}
	if newer.Price != nil {
		older.Price = nil
	}
	if newer.ListPrice != nil {
		older.ListPrice = nil
	}
	proto.Merge(older, newer)
	c.all[at].Message = older
}

func (c *csvProducts) product() (*vitrinev1.Product, error) {
	r, m := &row{table: c.table}, c.m
	p := &vitrinev1.Product{
		Name: r.text("id", &m.ID), Title: r.text("title", &m.Title), Brand: r.text("brand", &m.Brand),
		Categories: c.list(r, "categories", m.Categories), Tags: c.list(r, "tags", m.Tags),
		Price: r.price("price", &m.Price), ListPrice: r.price("list_price", &m.ListPrice),
		GroupId: r.text("group", &m.Group), Url: r.text("url", &m.URL), ImageUrl: r.text("image_url", &m.Image),
		AvailableTime: r.when("available_time", &m.Available), ExpireTime: r.when("expire_time", &m.Expire),
		Sensitive: r.yes("sensitive", &m.Sensitive),
	}
	if p.Name == "" {
		r.fail("id", errors.New("is empty"))
	}
	var err error
	if p.Availability, err = availability(r.text("availability", &m.Availability)); err != nil && r.err == nil {
		r.err = c.in.bad(c.cells.line, "%v", err)
	}
	if n, given := r.whole("stock", &m.Stock); given {
		p.Stock = &n
	}
	for name, v := range m.Attributes {
		if s := r.text("attributes."+name, &v); s != "" {
			if p.Attributes == nil {
				p.Attributes = map[string]string{}
			}
			p.Attributes[name] = s
		}
	}
	for name, v := range m.Numbers {
		if f, given := r.float("numbers."+name, &v); given {
			if p.Numbers == nil {
				p.Numbers = map[string]float64{}
			}
			p.Numbers[name] = f
		}
	}
	if r.err != nil {
		return nil, r.err
	}
	return p, nil
}

// list joins what several values give, without repetitions.
func (c *csvProducts) list(r *row, field string, vs []value) []string {
	var all []string
	seen := map[string]bool{}
	for i := range vs {
		for _, s := range r.texts(field, &vs[i]) {
			if !seen[s] {
				seen[s] = true
				all = append(all, s)
			}
		}
	}
	return all
}
