package server

import (
	"context"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/visitor"
	"github.com/vitrine-io/vitrine/store"
)

// visitors is VisitorService.
type visitors struct {
	pb.UnimplementedVisitorServiceServer
	*Server
}

// GetVisitor implements VisitorService.
func (s *visitors) GetVisitor(ctx context.Context, req *pb.GetVisitorRequest) (*pb.Visitor, error) {
	var v violations
	s.rules.check(&v, "", req)
	siteID, id := splitVisitor(&v, "name", req.GetName())
	if err := v.err(); err != nil {
		return nil, s.fail("GetVisitor", err)
	}
	st, err := s.sites.get(siteID)
	if err != nil {
		return nil, s.fail("GetVisitor", err)
	}
	kept, err := s.visitor(ctx, st, id)
	if err != nil {
		return nil, s.fail("GetVisitor", err)
	}
	if kept.ForTheVisitor().Empty() {
		return nil, s.fail("GetVisitor", about(req.GetName(), store.ErrNotFound))
	}
	m, err := s.tell(ctx, st, id, kept)
	return m, s.fail("GetVisitor", err)
}

// tell is what is kept of a visitor, for themselves to read.
func (s *visitors) tell(ctx context.Context, st *site, id scoring.VisitorID, kept visitor.Sealed) (*pb.Visitor, error) {
	profile := kept.ForTheVisitor()
	m := profileToProto(st, id, profile, s.clock.Now())
	m.SharedDevice = kept.OfVisit()
	journeyToProto(m, &profile.History)
	allowed := st.standing(kept)
	m.Segments = segmentNames(st, asked(st, visitor.Open[visitor.Grouping](kept, allowed), allowed, s.clock.Now()))
	keys := append([]scoring.VisitorID{id}, profile.Devices()...)
	latest, decisions, err := s.decisionsToProto(ctx, st, keys)
	if err != nil {
		return nil, err
	}
	m.Decisions = latest
	m.Summary = s.summaryOf(st, m, decisions)
	return m, nil
}
