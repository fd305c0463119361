package server

import (
	"fmt"
	"strings"
	"time"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/campaign"
	"github.com/vitrine-io/vitrine/scoring/decide"
	"github.com/vitrine-io/vitrine/server/trace"
)

// query is a page to decide, converted and checked.
type query struct {
	site *site
	// device and account are who looks at the page, and said what their consent signals
	// say of it: known makes visitor and person of them.
	device  scoring.VisitorID
	account scoring.PersonID
	said    signals
	visitor scoring.VisitorID // empty: nobody we may know
	person  scoring.PersonID
	session []scoring.Event // events handed in; not empty: SESSION mode
	blob    []byte          // contacts that the caller keeps, of a visitor who may not be known
	context scoring.Context
	steps   *trace.Steps // of the call, if it is traced
	slots   []slot
	shelf   *campaign.Shelf // one for the whole decision
	explain pb.Explain
	dryRun  bool
	whole   bool
	grouped bool // tells the visitor's segments
	// unwritable has it do without creatives that are counted: nothing can be written down.
	unwritable bool
	notices    violations // what was wrong, and did not keep us from answering
}

// reasons reports whether to tell why each item was chosen.
func (q *query) reasons() bool { return q.explain != pb.Explain_EXPLAIN_NONE }

// rejected reports whether to tell what was left out.
func (q *query) rejected() bool { return q.explain == pb.Explain_EXPLAIN_FULL }

// slot is a placement asked for.
type slot struct {
	placement *placement
	fill      decide.Slot
}

// queryFromProto converts and checks a whole request.
func (s *decisions) queryFromProto(req *pb.DecideRequest) (*query, error) {
	var v violations
	s.rules.checkPage(&v, req)
	if err := v.err(); err != nil {
		return nil, err
	}
	st, err := s.sites.get(siteOf(req.GetSite()))
	if err != nil {
		return nil, err
	}
	q := &query{
		site:    st,
		shelf:   st.shelf.Load(),
		context: contextFromProto(&v, "context.", req.GetContext()),
		explain: req.GetExplain(),
		dryRun:  req.GetDryRun(),
		whole:   req.GetIncludeProducts(),
		grouped: req.GetIncludeSegments(),
	}
	if req.GetVisitor() != nil {
		whoFromProto(&v, "visitor", req.GetVisitor())
	}
	q.said, q.notices = signalsFromProto("consent", req.GetConsent())
	q.blob = req.GetContactBlob()
	if len(req.GetSessionEvents()) == 0 {
		q.device = scoring.VisitorID(req.GetVisitor().GetDeviceId())
		q.account = scoring.PersonID(req.GetVisitor().GetPersonId())
	}
	s.sessionFromProto(&v, q, req.GetSessionEvents())
	missing := s.slotsFromProto(&v, q, req.GetPlacements())
	if err := v.err(); err != nil {
		return nil, err
	}
	return q, missing
}

// sessionFromProto converts the events handed in. They need neither an id nor a
// visitor, and lack nothing else of an event.
func (s *decisions) sessionFromProto(v *violations, q *query, events []*pb.Event) {
	now := time.Now()
	for i, m := range events {
		field := fmt.Sprintf("session_events[%d].", i)
		if m.GetId() == "" {
			m.Id = "-"
		}
		if m.GetVisitor() == nil {
			m.Visitor = &pb.VisitorKey{}
		}
		s.rules.check(v, field, m)
		e := eventFromProto(v, field, m, q.site.info.Currency, now)
		if m.GetTime() == nil {
			e.Time = s.clock.Now()
		}
		q.site.dropSensitive(&e)
		q.site.nameFacets(&e)
		q.session = append(q.session, e)
	}
}

// slotsFromProto converts the placements asked for. It returns the error for
// those that the site does not have.
func (s *decisions) slotsFromProto(v *violations, q *query, requests []*pb.PlacementRequest) error {
	var missing []error
	seen := map[scoring.PlacementID]bool{}
	for i, m := range requests {
		field := fmt.Sprintf("placements[%d]", i)
		id := scoring.PlacementID(strings.TrimPrefix(m.GetPlacement(), siteName(q.site.id)+"/placements/"))
		if !validSiteID(string(id)) {
			v.add(field+".placement", "is %q, must be a placement's id, such as \"home\", or its full name", clip(m.GetPlacement()))
			continue
		}
		if seen[id] {
			v.add(field+".placement", "is %q again, must be asked for once", id)
		}
		seen[id] = true
		filter := s.bindFilter(v, field+".filter", m.GetFilter(), &q.context)
		exclude := productIDs(v, field+".exclude_ids", m.GetExcludeIds())
		p, ok := q.site.placement(id)
		if !ok {
			missing = append(missing, about(placementName(q.site.id, id), errNoPlacement))
			continue
		}
		if p.Creatives != nil && m.GetFilter() != "" {
			v.add(field+".filter", "judges products, and placement %s shows creatives: leave it out, or say it in the campaigns' targeting", id)
		}
		fill := decide.Slot{Placement: id, Rules: &p.Products, Config: p.ranking, Count: int(m.GetCount()), Exclude: exclude}
		if fill.Count == 0 {
			fill.Count = p.Count
		}
		if p.filter != nil {
			fill.Filters = append(fill.Filters, p.filter.Bind(&q.context))
		}
		if filter != nil {
			fill.Filters = append(fill.Filters, filter)
		}
		q.slots = append(q.slots, slot{p, fill})
	}
	if len(missing) > 0 {
		return notFound(missing)
	}
	return nil
}
