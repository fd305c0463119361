package catalog

import (
	"maps"
	"slices"
	"strings"

	"github.com/vitrine-io/vitrine/scoring"
)

const (
	// sharedTexts bounds the texts that products share, and the lists of them.
	sharedTexts = 1 << 16
	// longestShared is the longest of these: what is longer is of one product.
	longestShared = 128
)

// shared keeps what many products say alike once. It begins anew when there is too much
// of it. For writers only.
type shared struct {
	texts map[string]string
	lists map[string][]string
	maps  map[string]map[string]string
}

// text is the one copy of s.
func (sh *shared) text(s string) string {
	if s == "" || len(s) > longestShared {
		return strings.Clone(s)
	}
	if kept, ok := sh.texts[s]; ok {
		return kept
	}
	if sh.texts == nil || len(sh.texts) >= sharedTexts {
		sh.texts = make(map[string]string)
	}
	s = strings.Clone(s)
	sh.texts[s] = s
	return s
}

// list is the one copy of a list.
func (sh *shared) list(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	key := strings.Join(list, "\x00")
	kept, ok := sh.lists[key]
	if ok && len(kept) == len(list) { // a text may have a zero in it
		return kept
	}
	kept = make([]string, len(list))
	for i, s := range list {
		kept[i] = sh.text(s)
	}
	if len(key) <= longestShared {
		if sh.lists == nil || len(sh.lists) >= sharedTexts {
			sh.lists = make(map[string][]string)
		}
		sh.lists[key] = kept
	}
	return kept
}

// attributes are the one copy of attributes that many products have alike, such as
// variants of a colour and size.
func (sh *shared) attributes(of map[string]string) map[string]string {
	if of == nil {
		return nil
	}
	var key strings.Builder
	for _, name := range slices.Sorted(maps.Keys(of)) {
		key.WriteString(name)
		key.WriteByte(0)
		key.WriteString(of[name])
		key.WriteByte(0)
	}
	kept, ok := sh.maps[key.String()]
	if ok && maps.Equal(kept, of) { // a text may have a zero in it
		return kept
	}
	kept = make(map[string]string, len(of))
	for name, value := range of {
		kept[sh.text(name)] = sh.text(value)
	}
	if key.Len() <= longestShared {
		if sh.maps == nil || len(sh.maps) >= sharedTexts {
			sh.maps = make(map[string]map[string]string)
		}
		sh.maps[key.String()] = kept
	}
	return kept
}

// parts is where a product's parts are kept: beside it.
type parts struct {
	product          scoring.Product
	price, listPrice scoring.Money
	stock            int64
}

// pack puts a copy of p, but for its id, into as few pieces of memory as it can: of a
// hundred thousand products the collector goes through every piece each time.
func (sh *shared) pack(to *parts, p *scoring.Product) {
	to.product = *p
	q := &to.product
	var own strings.Builder // the texts that nobody else has
	own.Grow(len(p.Title) + len(p.GroupID) + len(p.URL) + len(p.ImageURL))
	take := func(s string) string {
		start := own.Len()
		own.WriteString(s)
		return own.String()[start:]
	}
	q.Title, q.GroupID = take(p.Title), take(p.GroupID)
	q.URL, q.ImageURL = take(p.URL), take(p.ImageURL)
	q.Brand = sh.text(p.Brand)
	q.Categories, q.Tags = sh.list(p.Categories), sh.list(p.Tags)
	q.Price, q.ListPrice = sh.money(&to.price, p.Price), sh.money(&to.listPrice, p.ListPrice)
	if p.Stock != nil {
		to.stock = *p.Stock
		q.Stock = &to.stock
	}
	q.Attributes = sh.attributes(p.Attributes)
	if p.Numbers != nil {
		q.Numbers = make(map[string]float64, len(p.Numbers))
		for key, value := range p.Numbers {
			q.Numbers[sh.text(key)] = value
		}
	}
}

func (sh *shared) money(to, m *scoring.Money) *scoring.Money {
	if m == nil {
		return nil
	}
	*to = scoring.Money{Currency: sh.text(m.Currency), Nanos: m.Nanos}
	return to
}
