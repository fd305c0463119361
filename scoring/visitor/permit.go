package visitor

import "github.com/vitrine-io/vitrine/scoring"

// Sealed is what is kept of a visitor, before it is known what they allow. The zero
// value is a visitor never seen.
type Sealed struct {
	profile  *Profile
	visit    bool                                          // it is what one visit tells
	withheld func(scoring.FacetID, scoring.ProductID) bool // nil: nothing
}

// Seal seals a profile; nil for a visitor never seen.
func Seal(p *Profile) Sealed { return Sealed{profile: p} }

// SealVisit seals what ThisVisit tells.
func SealVisit(p *Profile) Sealed { return Sealed{profile: p, visit: true} }

// SealEvents seals what these events tell, of a visit that was handed in and of which
// nothing is stored.
func SealEvents(events []scoring.Event) Sealed {
	var p *Profile
	for i := range events {
		p = Apply(p, &events[i])
	}
	return SealVisit(p)
}

// OfVisit reports whether it is what one visit tells, and nothing from before.
func (s Sealed) OfVisit() bool { return s.visit }

// Withholding has no use see the facets and products that a site finds sensitive, and
// was told of before it did.
func (s Sealed) Withholding(sensitive func(scoring.FacetID, scoring.ProductID) bool) Sealed {
	s.withheld = sensitive
	return s
}

// Consents are the visitor's stored answers, which may be read in any case: how else
// should they be honoured.
func (s Sealed) Consents() []scoring.ConsentAnswer {
	if s.profile == nil {
		return nil
	}
	return s.profile.Consents
}

// ForTheVisitor is all of it, for the visitor's own eyes: what is told, carried away or
// erased on their behalf. nil for a visitor never seen. Nothing may be chosen by it.
func (s Sealed) ForTheVisitor() *Profile { return s.profile }

// For is what may be known of a visitor for one use of it; the zero value is nothing.
// What chooses by a profile takes a For of its own use, so that code which has not been
// permitted does not compile.
type For[U Use] struct{ profile *Profile }

// Use is a use of a profile that a purpose permits.
type Use interface{ purpose() scoring.Purpose }

type (
	// Products is choosing products.
	Products struct{}
	// Creatives is choosing creatives.
	Creatives struct{}
	// Measuring is crediting what visitors did to what they were shown.
	Measuring struct{}
	// Grouping is telling which segments they are in.
	Grouping struct{}
	// Contacts is bounding how much they are shown: caps, contact budgets, cool-downs.
	Contacts struct{}
	// Learning is learning from them what visitors like them do.
	Learning struct{}
)

func (Products) purpose() scoring.Purpose  { return scoring.PurposeProducts }
func (Creatives) purpose() scoring.Purpose { return scoring.PurposeCreatives }
func (Measuring) purpose() scoring.Purpose { return scoring.PurposeMeasurement }
func (Grouping) purpose() scoring.Purpose  { return scoring.PurposeProfile }
func (Contacts) purpose() scoring.Purpose  { return scoring.PurposeProfile }
func (Learning) purpose() scoring.Purpose  { return scoring.PurposeProfile }

// Open gives what the allowed purposes permit to be known for a use. A visitor of whom
// nothing but answers is kept is one never seen.
func Open[U Use](s Sealed, allowed scoring.Purposes) For[U] {
	var use U
	if s.profile == nil || s.profile.Blank() || !allowed.Has(scoring.PurposeProfile) || !allowed.Has(use.purpose()) {
		return For[U]{}
	}
	if s.withheld != nil {
		return For[U]{s.profile.without(s.withheld)}
	}
	return For[U]{s.profile}
}

// Profile is what may be known; nil: nothing.
func (f For[U]) Profile() *Profile { return f.profile }

// Blank reports whether nothing that the visitor did, and nothing that they were shown,
// is in the profile.
func (p *Profile) Blank() bool { return p.Events == 0 && p.Contacts.Empty() }
