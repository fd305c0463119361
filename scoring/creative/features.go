package creative

import (
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
)

// Subject is what the response model sees of a creative.
type Subject struct {
	Creative   scoring.CreativeID
	Campaign   scoring.CampaignID
	Category   string  // a path, "shoes/running"; empty: none
	Attributes []Trait // the first MaxTraits cross with page and visitor
}

// Page is what the response model sees of a decision.
type Page struct {
	Placement scoring.PlacementID
	Context   []Trait // such as ContextTraits lists; the first MaxContext count
	Interests []Interest
}

// Interest is how much the visitor cares for a facet, 0 to 1.
type Interest struct {
	Facet  scoring.FacetID
	Weight float32
}

// What a feature list is bounded by: crosses are the product of what the page has
// and what the creative has.
const (
	MaxTraits    = 6 // attributes, and levels of the category
	MaxContext   = 8
	MaxInterests = 8
)

// ContextTraits lists what counts of a page's context: the kinds of page, channel
// and device, the country, the source, and which four hours of the day it is.
func ContextTraits(c *scoring.Context) []Trait {
	traits := make([]Trait, 0, MaxContext)
	add := func(key, value string) {
		if value != "" && value != "0" {
			traits = append(traits, Trait{key, value})
		}
	}
	add("page", strconv.Itoa(int(c.PageType)))
	add("channel", strconv.Itoa(int(c.Channel)))
	add("device", strconv.Itoa(int(c.Device)))
	add("country", c.Country)
	add("source", c.Source)
	if !c.LocalTime.IsZero() {
		hour := c.LocalTime.Hour() / 4 * 4
		add("hours", strconv.Itoa(hour)+"-"+strconv.Itoa(hour+4))
		if d := c.LocalTime.Weekday(); d == time.Saturday || d == time.Sunday {
			add("day", "weekend")
		}
	}
	return traits
}

// Prepared is a Subject with its hashes, to be kept for as long as the creative is
// as it is. It is not changed by anything here.
type Prepared struct {
	own    []Feature
	traits []uint64
}

// Prepare hashes what a creative has.
func Prepare(s Subject) *Prepared {
	p := &Prepared{}
	for _, n := range s.names() {
		p.own = append(p.own, Feature{n.ID(), 1})
	}
	for _, t := range s.traits() {
		p.traits = append(p.traits, creativePart(t))
	}
	return p
}

// names are those of the creative by itself.
func (s Subject) names() []Name {
	names := []Name{
		{Kind: KindCampaign, Creative: Trait{"campaign", string(s.Campaign)}},
		{Kind: KindCreative, Creative: Trait{"creative", string(s.Creative)}},
	}
	for _, t := range s.traits() {
		kind := KindAttribute
		if t.Key == "" {
			kind = KindCategory
		}
		names = append(names, Name{Kind: kind, Creative: t})
	}
	return names
}

// traits are those that cross: the levels of the category, which have no key, and
// the attributes.
func (s Subject) traits() []Trait {
	var traits []Trait
	for _, level := range scoring.CategoryLevels(s.Category) {
		traits = append(traits, Trait{"", level})
	}
	traits = append(traits, s.Attributes...)
	return traits[:min(len(traits), MaxTraits)]
}

func (p *Page) names() []Name {
	names := []Name{
		{Kind: KindSite},
		{Kind: KindPlacement, Page: Trait{"placement", string(p.Placement)}},
	}
	for _, t := range p.Context[:min(len(p.Context), MaxContext)] {
		names = append(names, Name{Kind: KindContext, Page: t})
	}
	for _, in := range p.Interests[:min(len(p.Interests), MaxInterests)] {
		names = append(names, Name{Kind: KindFacet, Facet: in.Facet})
	}
	return names
}

// Names says what the features are that a Builder lists for a creative on a page:
// those of Common, then those of Own, in their order.
func Names(p *Page, s Subject) []Name {
	page := p.names()
	names := append(slices.Clone(page), s.names()...)
	for _, t := range s.traits() {
		for _, n := range page[1:] {
			n.Kind, n.Creative = crossed(n.Kind), t
			names = append(names, n)
		}
	}
	return append(names, Name{Kind: KindFatigue})
}

// crossed is the kind of a page's feature x a creative's trait.
func crossed(page Kind) Kind {
	if page == KindFacet {
		return KindInterest
	}
	return KindSetting
}

// Builder lists the features of the creatives that compete on one page. The zero
// value is ready for Begin; it is for one goroutine at a time.
type Builder struct {
	common []Feature
	cross  []side    // what of the page crosses with the creatives' traits
	own    []Feature // of all creatives since Begin
}

// side is the page's part of a cross.
type side struct {
	kind Kind
	part uint64
	x    float32
}

// Begin takes the page. What it returns holds until the next Begin: the features
// that all creatives on the page have in common.
func (b *Builder) Begin(p *Page) []Feature {
	b.common, b.cross, b.own = b.common[:0], b.cross[:0], b.own[:0]
	for _, n := range p.names() {
		at := len(b.cross) - 1 - min(len(p.Context), MaxContext) // of the interest, behind the placement and the context
		x := float32(1)
		if n.Kind == KindFacet {
			x = max(0, min(1, p.Interests[at].Weight))
		}
		b.common = append(b.common, Feature{n.ID(), x})
		if n.Kind != KindSite {
			b.cross = append(b.cross, side{crossed(n.Kind), pagePart(n.Page, n.Facet), x})
		}
	}
	return b.common
}

// Own lists the features that set a creative apart, which the visitor has been shown
// so many times. The slice holds until the next Begin.
func (b *Builder) Own(p *Prepared, shown float64) []Feature {
	from := len(b.own)
	b.own = append(b.own, p.own...)
	for _, t := range p.traits {
		for _, s := range b.cross {
			b.own = append(b.own, Feature{featureID(s.kind, t, s.part), s.x})
		}
	}
	b.own = append(b.own, Feature{fatigue, float32(math.Log1p(max(0, shown)))})
	return b.own[from:len(b.own):len(b.own)]
}

var fatigue = Name{Kind: KindFatigue}.ID()
