package records

import (
	"fmt"
	"slices"
	"strings"
)

// A CSV file without a mapping names its columns after the fields. These are
// the names, and the parts of a mapping that they stand for.
var plainEventColumns = map[string]string{
	"id":                "  id: \"{id}\"\n",
	"type":              "  type: \"{type}\"\n",
	"visitor":           "  visitor: \"{visitor}\"\n",
	"person":            "  person: \"{person}\"\n",
	"time":              "  time: \"{time}\"\n",
	"product":           "  item: {product: \"{product}\"%s}\n",
	"quantity":          "",
	"price":             "",
	"currency":          "",
	"order":             "  order: {id: \"{order}\"}\n",
	"search":            "  search: \"{search}\"\n",
	"category":          "  categories: \"{category}\"\n",
	"channel":           "  channel: \"{channel}\"\n",
	"country":           "  country: \"{country}\"\n",
	"device":            "  device: \"{device}\"\n",
	"attribution_token": "  attribution_token: \"{attribution_token}\"\n",
}

var plainProductColumns = map[string]string{
	"id":             "  id: \"{id}\"\n",
	"title":          "  title: \"{title}\"\n",
	"category":       "  categories: [{value: \"{category}\", split: \"|\"}]\n",
	"brand":          "  brand: \"{brand}\"\n",
	"tags":           "  tags: [{value: \"{tags}\", split: \"|\"}]\n",
	"price":          "  price: \"{price}\"\n",
	"currency":       "",
	"list_price":     "  list_price: \"{list_price}\"\n",
	"availability":   "  availability: \"{availability}\"\n",
	"stock":          "  stock: \"{stock}\"\n",
	"group":          "  group: \"{group}\"\n",
	"url":            "  url: \"{url}\"\n",
	"image_url":      "  image_url: \"{image_url}\"\n",
	"available_time": "  available_time: \"{available_time}\"\n",
	"expire_time":    "  expire_time: \"{expire_time}\"\n",
	"sensitive":      "  sensitive: \"{sensitive}\"\n",
}

// plainEvents makes the mapping of a file whose columns bear the fields' names.
func plainEvents(in *Input) (*Mapping, error) {
	header, r, err := readHeader(in, "", nil)
	if err != nil {
		return nil, err
	}
	return mappingOfEvents(in, header, r.comma, []string{"type", "visitor", "time"})
}

// mappingOfEvents does so once the header has been read.
func mappingOfEvents(in *Input, header []string, comma byte, need []string) (*Mapping, error) {
	return mappingOf(in, header, comma, "events", plainEventColumns, need, func(header []string) string {
		extra := ""
		for _, col := range []string{"quantity", "price"} {
			if slices.Contains(header, col) {
				extra += fmt.Sprintf(", %s: \"{%s}\"", col, col)
			}
		}
		return extra
	})
}

// plainProducts does the same for products.
func plainProducts(in *Input) (*Mapping, error) {
	header, r, err := readHeader(in, "", nil)
	if err != nil {
		return nil, err
	}
	return mappingOf(in, header, r.comma, "products", plainProductColumns, []string{"id"}, nil)
}

func mappingOf(
	in *Input, header []string, comma byte, section string, known map[string]string, need []string, extra func([]string) string,
) (*Mapping, error) {
	var names []string
	for name := range known {
		names = append(names, name)
	}
	slices.Sort(names)
	var b strings.Builder
	fmt.Fprintf(&b, "delimiter: %q\ncolumns: [", string(comma))
	for i, col := range header {
		if _, ok := known[col]; !ok {
			return nil, fmt.Errorf("records: %s: column %q is no field: without --mapping the columns are named %s",
				in.path, shorten(col), strings.Join(names, ", "))
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(col)
	}
	b.WriteString("]\n")
	if slices.Contains(header, "currency") {
		b.WriteString("currency: \"{currency}\"\n")
	}
	fmt.Fprintf(&b, "%s:\n", section)
	for _, col := range need {
		if !slices.Contains(header, col) {
			return nil, fmt.Errorf("records: %s: column %q is missing: name it so, or pass --mapping", in.path, col)
		}
	}
	for _, col := range header {
		line := known[col]
		if strings.Contains(line, "%s") {
			line = fmt.Sprintf(line, extra(header))
		}
		b.WriteString(line)
	}
	m, err := parseMapping("of the columns", []byte(b.String()))
	if err != nil {
		return nil, fmt.Errorf("records: %s: %w", in.path, err)
	}
	return m, nil
}
