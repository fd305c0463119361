package server

import (
	"context"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
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
	siteID, id := splitName(&v, "name", req.GetName(), "visitors")
	if err := v.err(); err != nil {
		return nil, s.fail("GetVisitor", err)
	}
	st, err := s.sites.get(siteID)
	if err != nil {
		return nil, s.fail("GetVisitor", err)
	}
	profile, err := s.store.Profile(ctx, st.id, scoring.VisitorID(id))
	if err != nil {
		return nil, s.fail("GetVisitor", about(req.GetName(), err))
	}
	return profileToProto(st, scoring.VisitorID(id), profile, s.clock.Now()), nil
}
