package scoring

import (
	"hash/fnv"
	"math"
	"sort"
	"strconv"
	"strings"
)

// FacetKind is a property of products that interest can attach to.
type FacetKind uint8

// The kinds of facets.
const (
	FacetCategory FacetKind = iota + 1
	FacetBrand
	FacetTag
	FacetPriceBand
	FacetAttribute
)

// Facet is one property of a product: a category path, a brand, a tag, a price
// band or an attribute with its value.
type Facet struct {
	Kind  FacetKind
	Key   string // the attribute's name; empty for other kinds
	Value string
}

// kindNames are how kinds are written, by kind.
var kindNames = [...]string{"", "category", "brand", "tag", "price_band", "attribute"}

// String is the facet as expressions name it: its kind, the key of an attribute, and
// the value, such as "category/shoes/running" and "attribute/colour/red".
func (f Facet) String() string {
	kind := ""
	if int(f.Kind) < len(kindNames) {
		kind = kindNames[f.Kind]
	}
	if f.Key != "" {
		return kind + "/" + f.Key + "/" + f.Value
	}
	return kind + "/" + f.Value
}

// FacetID identifies a facet within a site: three bits of its kind over the
// first 45 bits of its hash, so that it is the same in every process and fits
// six bytes of a profile. Among 100,000 facets of a kind two share an id with
// probability 1.4e-4.
type FacetID uint64

// facetHashBits is how many bits of a FacetID are hash.
const facetHashBits = 45

// Kind is the kind of the facet behind the id.
func (id FacetID) Kind() FacetKind { return FacetKind(id >> facetHashBits) }

// MaxFacets is how many facets of a product count; the first ones do.
const MaxFacets = 24

// ID is the facet's id: its kind, and FNV-1a over kind, key and value.
func (f Facet) ID() FacetID {
	h := fnv.New64a()
	h.Write([]byte{byte(f.Kind)})
	h.Write([]byte(f.Key))
	h.Write([]byte{0})
	h.Write([]byte(f.Value))
	return FacetID(f.Kind)<<facetHashBits | FacetID(h.Sum64()>>(64-facetHashBits))
}

// Facets lists what interest in p attaches to, in a fixed order: every level of
// each category path, brand, price band, tags, attributes by name. A sensitive
// product has none. At most MaxFacets.
func (p *Product) Facets() []Facet {
	if p.IsSensitive() {
		return nil
	}
	facets := make([]Facet, 0, 12)
	seen := make(map[Facet]bool, 12)
	add := func(f Facet) {
		if f.Value != "" && !seen[f] && len(facets) < MaxFacets {
			seen[f] = true
			facets = append(facets, f)
		}
	}
	for _, path := range p.Categories {
		for _, level := range CategoryLevels(path) {
			add(Facet{Kind: FacetCategory, Value: level})
		}
	}
	add(Facet{Kind: FacetBrand, Value: p.Brand})
	if p.Price != nil {
		add(Facet{Kind: FacetPriceBand, Value: PriceBand(*p.Price)})
	}
	for _, tag := range p.Tags {
		add(Facet{Kind: FacetTag, Value: tag})
	}
	names := make([]string, 0, len(p.Attributes))
	for name := range p.Attributes {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		add(Facet{Kind: FacetAttribute, Key: name, Value: p.Attributes[name]})
	}
	return facets
}

// FacetIDs is Facets, by id.
func (p *Product) FacetIDs() []FacetID {
	facets := p.Facets()
	ids := make([]FacetID, len(facets))
	for i, f := range facets {
		ids[i] = f.ID()
	}
	return ids
}

// CategoryLevels lists a category path and its parents, the parents first:
// "shoes/running" gives "shoes" and "shoes/running".
func CategoryLevels(path string) []string {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	levels := make([]string, 0, len(parts))
	for i, part := range parts {
		if strings.TrimSpace(part) == "" {
			continue
		}
		levels = append(levels, strings.Join(parts[:i+1], "/"))
	}
	return levels
}

// PriceBand names the third of an order of magnitude a price falls into, such
// as "22-46 EUR": wide enough to gather visitors, narrow enough to tell a
// purse.
func PriceBand(m Money) string {
	amount := m.Amount()
	if amount <= 0 {
		return ""
	}
	step := math.Floor(3*math.Log10(amount) + 1e-9)
	return strings.TrimSpace(bound(step) + "-" + bound(step+1) + " " + m.Currency)
}

// bound is the price at which a band begins, to two digits: 10, 22, 46, 100.
func bound(step float64) string {
	price := math.Pow(10, step/3)
	unit := math.Pow(10, math.Floor(math.Log10(price)+1e-9)-1)
	return strconv.FormatFloat(math.Round(price/unit)*unit, 'f', max(0, -int(math.Floor(math.Log10(unit)+1e-9))), 64)
}
