package filter

import (
	"errors"
	"maps"
	"slices"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/vitrine-io/vitrine/scoring"
)

// The names of the variables' types, as they appear in messages.
const (
	productType = "Product"
	moneyType   = "Money"
	contextType = "Context"
	visitorType = "Visitor"
	sourceType  = "VisitSource"
)

// field is one field of a variable: its type, and how it is read from the Go
// value behind it, without copying. A nil result is a field that is not there.
type field[T any] struct {
	typ *types.Type
	get func(*T) any
	set func(*T) bool
}

var textMap, numberMap = types.NewMapType(types.StringType, types.StringType), types.NewMapType(types.StringType, types.DoubleType)

func text[T any](get func(*T) string) field[T] {
	return field[T]{types.StringType, func(o *T) any { return get(o) }, func(o *T) bool { return get(o) != "" }}
}

func list[T any, E any](get func(*T) []E, wrap func(*T) any) field[T] {
	return field[T]{types.NewListType(types.StringType), wrap, func(o *T) bool { return len(get(o)) > 0 }}
}

func price(get func(*scoring.Product) *scoring.Money) field[scoring.Product] {
	return field[scoring.Product]{
		typ: types.NewObjectType(moneyType),
		get: func(p *scoring.Product) any {
			if m := get(p); m != nil {
				return m
			}
			return nil
		},
		set: func(p *scoring.Product) bool { return get(p) != nil },
	}
}

var productFields = map[string]field[scoring.Product]{
	"id":       text(func(p *scoring.Product) string { return string(p.ID) }),
	"title":    text(func(p *scoring.Product) string { return p.Title }),
	"brand":    text(func(p *scoring.Product) string { return p.Brand }),
	"group_id": text(func(p *scoring.Product) string { return p.GroupID }),
	"url":      text(func(p *scoring.Product) string { return p.URL }),
	"categories": list(func(p *scoring.Product) []string { return p.Categories },
		func(p *scoring.Product) any { return categories{p} }),
	"tags": list(func(p *scoring.Product) []string { return p.Tags },
		func(p *scoring.Product) any { return p.Tags }),
	"price":      price(func(p *scoring.Product) *scoring.Money { return p.Price }),
	"list_price": price(func(p *scoring.Product) *scoring.Money { return p.ListPrice }),
	"stock": {
		typ: types.IntType,
		get: func(p *scoring.Product) any {
			if p.Stock == nil {
				return int64(-1)
			}
			return *p.Stock
		},
		set: func(p *scoring.Product) bool { return p.Stock != nil },
	},
	"availability": text(func(p *scoring.Product) string { return nameOf(p.Availability, availabilities[:]) }),
	"attributes": {
		typ: textMap,
		get: func(p *scoring.Product) any { return p.Attributes },
		set: func(p *scoring.Product) bool { return len(p.Attributes) > 0 },
	},
	"numbers": {
		typ: numberMap,
		get: func(p *scoring.Product) any { return p.Numbers },
		set: func(p *scoring.Product) bool { return len(p.Numbers) > 0 },
	},
}

var moneyFields = map[string]field[scoring.Money]{
	"amount": {
		typ: types.DoubleType,
		get: func(m *scoring.Money) any { return m.Amount() },
		set: func(*scoring.Money) bool { return true },
	},
	"currency": text(func(m *scoring.Money) string { return m.Currency }),
}

var contextFields = map[string]field[scoring.Context]{
	"page_type":    text(func(c *scoring.Context) string { return nameOf(c.PageType, pageTypes[:]) }),
	"product_id":   text(func(c *scoring.Context) string { return string(c.Product) }),
	"category":     text(func(c *scoring.Context) string { return c.Category }),
	"search_query": text(func(c *scoring.Context) string { return c.SearchQuery }),
	"referrer":     text(func(c *scoring.Context) string { return c.Referrer }),
	"source":       text(func(c *scoring.Context) string { return c.Source }),
	"medium":       text(func(c *scoring.Context) string { return c.Medium }),
	"campaign":     text(func(c *scoring.Context) string { return c.Campaign }),
	"country":      text(func(c *scoring.Context) string { return c.Country }),
	"region":       text(func(c *scoring.Context) string { return c.Region }),
	"city":         text(func(c *scoring.Context) string { return c.City }),
	"device":       text(func(c *scoring.Context) string { return nameOf(c.Device, devices[:]) }),
	"channel":      text(func(c *scoring.Context) string { return nameOf(c.Channel, channels[:]) }),
	"locale":       text(func(c *scoring.Context) string { return c.Locale }),
	"attributes": {
		typ: textMap,
		get: func(c *scoring.Context) any { return c.Attributes },
		set: func(c *scoring.Context) bool { return len(c.Attributes) > 0 },
	},
}

// Enumerations are text in expressions: the contract's names in lower case,
// without their prefix; empty when not stated.
var (
	availabilities = [...]string{"in_stock", "out_of_stock", "preorder", "backorder"}
	pageTypes      = [...]string{"", "home", "product", "category", "search", "cart", "checkout", "order_confirmation", "email", "other"}
	channels       = [...]string{"", "web", "app", "email", "social", "store", "call_center"}
	devices        = [...]string{"", "desktop", "phone", "tablet", "tv"}
)

func nameOf[E ~uint8](value E, names []string) string {
	if int(value) < len(names) {
		return names[value]
	}
	return ""
}

// provider tells CEL of our types, beside its own.
type provider struct {
	types.Provider
	fields map[string]map[string]*types.FieldType
}

func newProvider() *provider {
	return &provider{types.NewEmptyRegistry(), map[string]map[string]*types.FieldType{
		productType: fieldTypes(productFields),
		moneyType:   fieldTypes(moneyFields),
		contextType: fieldTypes(contextFields),
		visitorType: fieldTypes(visitorFields),
		sourceType:  fieldTypes(sourceFields),
	}}
}

var errMissing = errors.New("it is not there")

func fieldTypes[T any](fields map[string]field[T]) map[string]*types.FieldType {
	all := make(map[string]*types.FieldType, len(fields))
	for name, f := range fields {
		all[name] = &types.FieldType{
			Type: f.typ,
			IsSet: func(target any) bool {
				object, ok := target.(*T)
				return ok && f.set(object)
			},
			GetFrom: func(target any) (any, error) {
				if object, ok := target.(*T); ok {
					if v := f.get(object); v != nil {
						return v, nil
					}
				}
				return nil, errMissing
			},
		}
	}
	return all
}

// FindStructType implements types.Provider.
func (p *provider) FindStructType(name string) (*types.Type, bool) {
	if p.fields[name] != nil {
		return types.NewTypeTypeWithParam(types.NewObjectType(name)), true
	}
	return p.Provider.FindStructType(name)
}

// FindStructFieldNames implements types.Provider.
func (p *provider) FindStructFieldNames(name string) ([]string, bool) {
	if fields := p.fields[name]; fields != nil {
		return sortedNames(fields), true
	}
	return p.Provider.FindStructFieldNames(name)
}

// FindStructFieldType implements types.Provider.
func (p *provider) FindStructFieldType(name, field string) (*types.FieldType, bool) {
	if fields := p.fields[name]; fields != nil {
		f, ok := fields[field]
		return f, ok
	}
	return p.Provider.FindStructFieldType(name, field)
}

// NewValue implements types.Provider. Expressions that build our types are
// refused before.
func (p *provider) NewValue(name string, fields map[string]ref.Val) ref.Val {
	if p.fields[name] != nil {
		return types.NewErr("%s can't be built", name)
	}
	return p.Provider.NewValue(name, fields)
}

func sortedNames[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
