package server

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/campaign"
	"github.com/vitrine-io/vitrine/scoring/visitor"
	"github.com/vitrine-io/vitrine/server/filter"
	"github.com/vitrine-io/vitrine/server/privacy"
)

// segment is a group of visitors, ready to judge who is in it.
type segment struct {
	scoring.Segment
	builtIn bool
	rule    *filter.Rule
}

// segments are a site's, those built in among them, in the order of their ids. They are
// never changed once they are in use.
type segments []*segment

// find is where a segment is, or would be.
func (all segments) find(id scoring.SegmentID) (int, bool) {
	return slices.BinarySearchFunc(all, id, func(s *segment, id scoring.SegmentID) int { return cmp.Compare(s.ID, id) })
}

// with is all of them with one changed, or added, or removed if s is nil.
func (all segments) with(id scoring.SegmentID, s *segment) segments {
	at, there := all.find(id)
	changed := slices.Clone(all)
	switch {
	case s == nil && there:
		return slices.Delete(changed, at, at+1)
	case there:
		changed[at] = s
	case s != nil:
		changed = slices.Insert(changed, at, s)
	}
	return changed
}

// builtInSegments are those that every site has.
func (s *Server) builtInSegments() (all segments, err error) {
	for _, b := range []scoring.Segment{
		{ID: "abandoned-carts", DisplayName: "Left a cart behind", Rule: "size(visitor.cart) > 0 && visitor.cart_age >= duration('1h') && visitor.cart_age <= days(30) && visitor.since_order >= duration('1h')"},
		{ID: "buyers", DisplayName: "Bought and kept something", Rule: "visitor.orders > 0"},
		{ID: "lapsed-buyers", DisplayName: "Bought before, and nothing for 90 days", Rule: "visitor.orders > 0 && visitor.since_order > days(90)"},
		{ID: "loyal-buyers", DisplayName: "Three orders or more, the last within 90 days", Rule: "visitor.orders >= 3 && visitor.since_order <= days(90)"},
		{ID: "new-visitors", DisplayName: "On their first visit, within the last day", Rule: "visitor.known && !visitor.returning && visitor.since_first < days(1)"},
		{ID: "returning-visitors", DisplayName: "Back within 30 days", Rule: "visitor.returning && visitor.since_seen <= days(30)"},
	} {
		ready, err := s.readySegment(b)
		if err != nil {
			return nil, fmt.Errorf("server: segment %q: %w", b.ID, err)
		}
		ready.builtIn = true
		all = all.with(b.ID, ready)
	}
	return all, nil
}

// readySegment compiles a segment's rule.
func (s *Server) readySegment(stored scoring.Segment) (*segment, error) {
	rule, err := s.filters.CompileRule(stored.Rule)
	if err != nil {
		return nil, err
	}
	return &segment{Segment: stored, rule: rule}, nil
}

// openSegments reads a shop's segments.
func (s *Server) openSegments(ctx context.Context, st *site) error {
	stored, err := s.store.Segments(ctx, st.id)
	if err != nil {
		return fmt.Errorf("server: read the segments of site %q: %w", st.id, err)
	}
	all := s.builtIn
	for _, one := range stored {
		ready, err := s.readySegment(one)
		if err != nil {
			return fmt.Errorf("server: segment %q of site %q: rule: %w", one.ID, st.id, err)
		}
		all = all.with(one.ID, ready)
	}
	st.segments.Store(&all)
	return nil
}

// membership works out which segments a visitor is in: each at most once, and none that
// is not asked for. Of whom nothing may be known is in none.
type membership struct {
	all   segments
	who   *filter.Visitor
	known []verdict
}

// verdict is what was found out.
type verdict uint8

const (
	isIn verdict = iota + 1
	isOut
)

func (m *membership) in(id scoring.SegmentID) bool {
	at, ok := m.all.find(id)
	return ok && m.at(at)
}

func (m *membership) at(k int) bool {
	if m.who.Profile == nil {
		return false
	}
	if m.known == nil {
		m.known = make([]verdict, len(m.all))
	}
	if m.known[k] == 0 {
		m.known[k] = isOut
		if m.all[k].rule.Has(m.who) {
			m.known[k] = isIn
		}
	}
	return m.known[k] == isIn
}

func (m *membership) list() (ids []string) {
	for k, s := range m.all {
		if m.at(k) {
			ids = append(ids, string(s.ID))
		}
	}
	return ids
}

// asked is what expressions may ask of a visitor, for a use that was permitted.
func asked[U visitor.Use](st *site, of visitor.For[U], allowed scoring.Purposes, now time.Time) *filter.Visitor {
	v := &filter.Visitor{Profile: of.Profile(), Now: now, Allowed: allowed, Facet: st.products.Facet, Price: st.price}
	m := &membership{who: v}
	if all := st.segments.Load(); all != nil {
		m.all = *all
	}
	v.In, v.Segments = m.in, m.list
	v.Intent = func(p *visitor.Profile) (week, month float64, category string) {
		scores := st.intent(p, now)
		return scores.week, scores.month, scores.category
	}
	v.Persona = func(p *visitor.Profile) string { return st.persona(p, now).String() }
	return v
}

// price is a product's now, in the site's currency; nil when it has none there.
func (st *site) price(id scoring.ProductID) *scoring.Money {
	p, err := st.product(id)
	if err != nil || p.Price == nil || p.Price.Currency != st.info.Currency {
		return nil
	}
	return p.Price
}

// checkSegments notes segments that a campaign names and that are not there.
func (st *site) checkSegments(v *violations, field string, f *campaign.Flight) {
	all := *st.segments.Load()
	check := func(field string, id scoring.SegmentID) {
		if _, ok := all.find(id); !ok {
			v.add(field, "names %q, and there is no such segment: create it with SegmentService.CreateSegment first", id)
		}
	}
	for i, id := range f.Segments {
		check(fmt.Sprintf("%ssegments[%d]", field, i), id)
	}
	for _, id := range namedIn(f) {
		check(field+"targeting", id)
	}
}

// namedIn are the segments that a campaign's targeting names.
func namedIn(f *campaign.Flight) []scoring.SegmentID {
	if a, ok := f.Audience.(audience); ok {
		return a.program.Segments()
	}
	return nil
}

// campaignsFor lists the campaigns that name a segment.
func (st *site) campaignsFor(id scoring.SegmentID) (names []string) {
	flights := st.shelf.Load().Flights()
	for k := range flights {
		f := &flights[k]
		if slices.Contains(f.Segments, id) || slices.Contains(namedIn(f), id) {
			names = append(names, campaignName(st.id, f.ID))
		}
	}
	return names
}

// standing is what a visitor allows where no request of theirs speaks for them. What is
// known of them was told with their consent, and may be used until they take it back.
func (st *site) standing(kept visitor.Sealed) scoring.Purposes {
	var told signals
	told.say(scoring.PurposeProfile, privacy.Yes, 0)
	return told.allowed(kept.Consents(), st.info.ConsentPolicy)
}

// eachVisitor goes through whoever may be known, persons before devices, in the order of
// their keys: persons once, and of devices those that are linked to nobody, or shared by
// many. It ends when fn returns false.
func (s *Server) eachVisitor(
	ctx context.Context, st *site, after scoring.VisitorID,
	fn func(scoring.VisitorID, visitor.For[visitor.Grouping], scoring.Purposes) bool,
) error {
	var failed error
	err := s.store.EachProfile(ctx, st.id, after, func(id scoring.VisitorID, p *visitor.Profile) bool {
		kept := visitor.Seal(p)
		switch _, person := visitor.PersonOf(id); {
		case person, p.Shared(st.sharedPersons(), s.clock.Now()):
			if kept, failed = s.visitor(ctx, st, id); failed != nil {
				return false
			}
		case p.Person() != "":
			return true
		}
		allowed := st.standing(kept)
		who := visitor.Open[visitor.Grouping](kept, allowed)
		return who.Profile() == nil || fn(id, who, allowed)
	})
	return cmp.Or(failed, about(siteName(st.id), err))
}
