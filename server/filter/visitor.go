package filter

import (
	"math"
	"slices"
	"time"

	"cel.dev/cel-go/common/types"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/interest"
	"github.com/vitrine-io/vitrine/scoring/visitor"
)

// never is how long ago what never happened was.
const never = 100 * 365 * 24 * time.Hour

// Visitor is what an expression may ask of a visitor, as `visitor`: docs/segments.md
// lists it. What is not asked is not worked out, and what is worked out is remembered, so
// a Visitor is for one goroutine and one moment. The zero value is nobody.
type Visitor struct {
	// Profile is what may be known for the use at hand; nil: nothing.
	Profile *visitor.Profile
	Now     time.Time
	Allowed scoring.Purposes // by the visitor
	// Facet names a facet; false for one that no product has any more.
	Facet func(scoring.FacetID) (scoring.Facet, bool)
	// Price is a product's now; nil when it has none, or is not there.
	Price func(scoring.ProductID) *scoring.Money
	// In reports whether the visitor is in a segment, and Segments lists those they are
	// in. Rules of segments can't ask for them.
	In       func(scoring.SegmentID) bool
	Segments func() []string
	// Intent is how likely a visitor with that profile is to buy within 7 and 30 days, and
	// their likely category; Persona is the one that they resemble, "" for none. Neither
	// is asked without a profile.
	Intent  func(*visitor.Profile) (week, month float64, category string)
	Persona func(*visitor.Profile) string

	asks       *asks // of the expression that is being judged
	interests  map[string]float64
	attributes map[string]string
	sources    [3]*visitor.Source
}

var visitorFields = map[string]field[Visitor]{
	"known":     flag(func(v *Visitor) bool { return v.Profile != nil }),
	"returning": flag(func(v *Visitor) bool { return v.Profile != nil && v.Profile.Returning(v.Now) }),
	"interests": {
		typ: numberMap,
		get: func(v *Visitor) any { return v.cares() },
		set: func(v *Visitor) bool { return len(v.cares()) > 0 },
	},
	"attributes": {
		typ: textMap,
		get: func(v *Visitor) any { return v.told() },
		set: func(v *Visitor) bool { return len(v.Profile.Attributes()) > 0 },
	},
	"cart":     products((*Visitor).cart),
	"viewed":   products((*Visitor).viewed),
	"bought":   products((*Visitor).bought),
	"segments": {types.NewListType(types.StringType), func(v *Visitor) any { return memberships{v} }, func(v *Visitor) bool { return len(v.in()) > 0 }},

	"cart_age":    duration(func(v *Visitor) time.Duration { return v.cartAge() }),
	"cart_value":  number(func(v *Visitor) float64 { return v.cartValue() }),
	"orders":      {types.IntType, func(v *Visitor) any { return v.history().Orders() }, func(v *Visitor) bool { return v.history().Orders() > 0 }},
	"spent":       number(func(v *Visitor) float64 { return amount(v.history().Spent()) }),
	"since_order": duration(func(v *Visitor) time.Duration { return v.sinceOrder() }),
	"since_seen": duration(func(v *Visitor) time.Duration {
		return v.since(func(p *visitor.Profile) time.Time { return p.LastSeen })
	}),
	"since_first": duration(func(v *Visitor) time.Duration {
		return v.since(func(p *visitor.Profile) time.Time { return p.FirstSeen })
	}),

	"intent_7d":       number(func(v *Visitor) float64 { week, _, _ := v.intent(); return week }),
	"intent_30d":      number(func(v *Visitor) float64 { _, month, _ := v.intent(); return month }),
	"likely_category": text(func(v *Visitor) string { _, _, category := v.intent(); return category }),
	"persona":         text(func(v *Visitor) string { return v.persona() }),

	"first_source": sourceField(0, (*visitor.History).First),
	"last_source":  sourceField(1, (*visitor.History).Last),
	"country":      text(func(v *Visitor) string { return v.here().Country }),
	"region":       text(func(v *Visitor) string { return v.here().Region }),
	"city":         text(func(v *Visitor) string { return v.here().City }),
	"device":       text(func(v *Visitor) string { return nameOf(v.here().Device, devices[:]) }),
	"channel":      text(func(v *Visitor) string { return nameOf(v.here().Channel, channels[:]) }),
}

var sourceFields = map[string]field[visitor.Source]{
	"source":   text(func(s *visitor.Source) string { return s.Source }),
	"medium":   text(func(s *visitor.Source) string { return s.Medium }),
	"campaign": text(func(s *visitor.Source) string { return s.Campaign }),
	"referrer": text(func(s *visitor.Source) string { return s.Referrer }),
	"channel":  text(func(s *visitor.Source) string { return nameOf(s.Channel, channels[:]) }),
	"device":   text(func(s *visitor.Source) string { return nameOf(s.Device, devices[:]) }),
	"country":  text(func(s *visitor.Source) string { return s.Country }),
	"region":   text(func(s *visitor.Source) string { return s.Region }),
	"city":     text(func(s *visitor.Source) string { return s.City }),
}

func flag(get func(*Visitor) bool) field[Visitor] {
	return field[Visitor]{types.BoolType, func(v *Visitor) any { return get(v) }, get}
}

func number(get func(*Visitor) float64) field[Visitor] {
	return field[Visitor]{types.DoubleType, func(v *Visitor) any { return get(v) }, func(v *Visitor) bool { return get(v) != 0 }}
}

func duration(get func(*Visitor) time.Duration) field[Visitor] {
	return field[Visitor]{types.DurationType, func(v *Visitor) any { return get(v) }, func(v *Visitor) bool { return get(v) < never }}
}

func products(get func(*Visitor) []string) field[Visitor] {
	return list(get, func(v *Visitor) any { return get(v) })
}

func sourceField(place int, get func(*visitor.History) visitor.Source) field[Visitor] {
	read := func(v *Visitor) *visitor.Source {
		if v.sources[place] == nil {
			s := get(v.history())
			v.sources[place] = &s
		}
		return v.sources[place]
	}
	return field[Visitor]{
		types.NewObjectType(sourceType),
		func(v *Visitor) any { return read(v) },
		func(v *Visitor) bool { return !read(v).Time.IsZero() },
	}
}

var noHistory visitor.History

func (v *Visitor) history() *visitor.History {
	if v.Profile == nil {
		return &noHistory
	}
	return &v.Profile.History
}

func (v *Visitor) here() *visitor.Source {
	if v.sources[2] == nil {
		s := v.history().Here()
		v.sources[2] = &s
	}
	return v.sources[2]
}

// cares are the interests, by kind and value of the facet, in product views of the last
// days.
func (v *Visitor) cares() map[string]float64 {
	if v.interests != nil || v.Profile == nil || v.Facet == nil {
		return v.interests
	}
	v.interests = map[string]float64{}
	for _, e := range v.Profile.Interests.AppendAt(nil, v.Now) {
		if f, ok := v.Facet(e.Facet); ok {
			v.interests[f.String()] = float64(e.Weight[interest.Mid])
		}
	}
	return v.interests
}

// told is what the shop told of the visitor.
func (v *Visitor) told() map[string]string {
	if v.attributes == nil {
		v.attributes = map[string]string{}
		for _, a := range v.Profile.Attributes() {
			v.attributes[a.Key] = a.Value
		}
	}
	return v.attributes
}

func (v *Visitor) cart() (ids []string) {
	if v.Profile == nil {
		return nil
	}
	for _, c := range v.Profile.Cart {
		ids = append(ids, string(c.Product))
	}
	return ids
}

func (v *Visitor) viewed() (ids []string) {
	if v.Profile == nil {
		return nil
	}
	for k := len(v.Profile.Touches) - 1; k >= 0; k-- {
		if id := string(v.Profile.Touches[k].Product); !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

func (v *Visitor) bought() (ids []string) {
	if v.Profile == nil {
		return nil
	}
	for _, b := range v.Profile.Purchases {
		if id := string(b.Product); !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

func (v *Visitor) in() []string {
	if v.Segments == nil {
		return nil
	}
	return v.Segments()
}

// cartAge is how long nothing was put into the cart.
func (v *Visitor) cartAge() time.Duration {
	if v.Profile == nil || len(v.Profile.Cart) == 0 {
		return never
	}
	return v.Now.Sub(v.Profile.Cart[len(v.Profile.Cart)-1].Time)
}

// cartValue is what is in the cart at today's prices; products without a price add
// nothing.
func (v *Visitor) cartValue() (sum float64) {
	if v.Profile == nil || v.Price == nil {
		return 0
	}
	for _, c := range v.Profile.Cart {
		if m := v.Price(c.Product); m != nil {
			sum += m.Amount() * float64(c.Quantity)
		}
	}
	return sum
}

func (v *Visitor) sinceOrder() time.Duration {
	if at, ok := v.history().LastOrder(); ok {
		return v.Now.Sub(at)
	}
	return never
}

func (v *Visitor) since(get func(*visitor.Profile) time.Time) time.Duration {
	if v.Profile == nil || get(v.Profile).IsZero() {
		return never
	}
	return v.Now.Sub(get(v.Profile))
}

// amount is that many billionths.
func amount(nanos int64) float64 { return float64(nanos) / math.Pow10(9) }

func (v *Visitor) intent() (week, month float64, category string) {
	if v.Profile == nil || v.Intent == nil {
		return 0, 0, ""
	}
	return v.Intent(v.Profile)
}

func (v *Visitor) persona() string {
	if v.Profile == nil || v.Persona == nil {
		return ""
	}
	return v.Persona(v.Profile)
}
