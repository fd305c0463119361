package server

import (
	"context"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/contact"
	"github.com/vitrine-io/vitrine/scoring/visitor"
)

// knowledge is what a decision may know of its visitor, by what for.
type knowledge struct {
	mode      scoring.Mode
	allowed   scoring.Purposes
	products  visitor.For[visitor.Products]
	creatives visitor.For[visitor.Creatives]
	bounds    visitor.For[visitor.Contacts]
	groups    visitor.For[visitor.Grouping]
	// contacts are what the visitor was handed out: the profile's, or for one who may
	// not be known those that the caller keeps.
	contacts contact.Log
}

// read lists the kinds of data behind the knowledge.
func (k knowledge) read() []scoring.DataClass {
	switch k.mode {
	case scoring.ModeProfile:
		return []scoring.DataClass{scoring.DataPageContext, scoring.DataProfile, scoring.DataSiteBehaviour}
	case scoring.ModeSession:
		return []scoring.DataClass{scoring.DataPageContext, scoring.DataSessionEvents, scoring.DataSiteBehaviour}
	}
	return []scoring.DataClass{scoring.DataPageContext, scoring.DataSiteBehaviour}
}

// known finds out what may be known of the visitor: from the events handed in if there
// are any, else from what is kept of them as far as they allow it. A visitor never seen
// is the same as one who may not be known.
func (s *decisions) known(ctx context.Context, q *query) (who knowledge, err error) {
	who.mode = scoring.ModeContextual
	var kept visitor.Sealed
	switch {
	case len(q.session) > 0: // whose uses the caller answers for
		who.mode = scoring.ModeSession
		visit := visitor.SealEvents(q.session)
		who.products = visitor.Open[visitor.Products](visit, scoring.AllPurposes)
		who.creatives = visitor.Open[visitor.Creatives](visit, scoring.AllPurposes)
		who.bounds = visitor.Open[visitor.Contacts](visit, scoring.AllPurposes)
	case q.device != "":
		if kept, err = s.visitor(ctx, q.site, q.device); err != nil {
			return knowledge{}, err
		}
		who.allowed = q.said.allowed(kept.Consents(), q.site.info.ConsentPolicy)
	}
	if !who.allowed.Has(scoring.PurposeProfile) {
		var v violations
		who.contacts = s.blobs.open(&v, "contact_blob", q.site.id, q.blob, s.clock.Now())
		return who, v.err()
	}
	q.visitor, q.person = q.device, q.account
	who.products = visitor.Open[visitor.Products](kept, who.allowed)
	who.creatives = visitor.Open[visitor.Creatives](kept, who.allowed)
	who.bounds = visitor.Open[visitor.Contacts](kept, who.allowed)
	who.groups = visitor.Open[visitor.Grouping](kept, who.allowed)
	if who.products.Profile() != nil || who.creatives.Profile() != nil {
		who.mode = scoring.ModeProfile
		if kept.OfVisit() {
			who.mode = scoring.ModeSession
		}
	}
	if p := who.bounds.Profile(); p != nil {
		who.contacts = p.Contacts
	}
	return who, nil
}
