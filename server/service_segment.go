package server

import (
	"context"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/visitor"
	"github.com/vitrine-io/vitrine/store"
)

// segmentAdmin is SegmentService.
type segmentAdmin struct {
	pb.UnimplementedSegmentServiceServer
	*Server
}

// CreateSegment implements SegmentService.
func (s *segmentAdmin) CreateSegment(ctx context.Context, req *pb.CreateSegmentRequest) (*pb.Segment, error) {
	var v violations
	s.rules.check(&v, "", req)
	if err := v.err(); err != nil {
		return nil, s.fail("CreateSegment", err)
	}
	st, err := s.sites.get(siteOf(req.GetParent()))
	if err != nil {
		return nil, s.fail("CreateSegment", err)
	}
	st.write.Lock()
	defer st.write.Unlock()
	id, all := scoring.SegmentID(req.GetSegmentId()), *st.segments.Load()
	if _, taken := all.find(id); taken {
		return nil, s.fail("CreateSegment", about(segmentName(st.id, id), errExists))
	}
	if len(all)-len(s.builtIn) >= scoring.MaxSegments {
		return nil, s.fail("CreateSegment", precondition("%s has %d segments, and may have no more: delete one first", siteName(st.id), scoring.MaxSegments))
	}
	return s.put(ctx, "CreateSegment", st, id, req.GetSegment())
}

// GetSegment implements SegmentService.
func (s *segmentAdmin) GetSegment(_ context.Context, req *pb.GetSegmentRequest) (*pb.Segment, error) {
	var v violations
	s.rules.check(&v, "", req)
	st, one, err := s.find(&v, req.GetName())
	if err != nil {
		return nil, s.fail("GetSegment", err)
	}
	return segmentToProto(st.id, one), nil
}

// ListSegments implements SegmentService.
func (s *segmentAdmin) ListSegments(_ context.Context, req *pb.ListSegmentsRequest) (*pb.ListSegmentsResponse, error) {
	var v violations
	s.rules.check(&v, "", req)
	after := pageAfter(&v, req.GetPageToken())
	if err := v.err(); err != nil {
		return nil, s.fail("ListSegments", err)
	}
	st, err := s.sites.get(siteOf(req.GetParent()))
	if err != nil {
		return nil, s.fail("ListSegments", err)
	}
	page, next := cutPage(*st.segments.Load(), func(s **segment) string { return string((*s).ID) }, after, req.GetPageSize())
	resp := &pb.ListSegmentsResponse{NextPageToken: next}
	for _, one := range page {
		resp.Segments = append(resp.Segments, segmentToProto(st.id, one))
	}
	return resp, nil
}

// UpdateSegment implements SegmentService.
func (s *segmentAdmin) UpdateSegment(ctx context.Context, req *pb.UpdateSegmentRequest) (*pb.Segment, error) {
	var v violations
	s.rules.check(&v, "", &pb.GetSegmentRequest{Name: req.GetSegment().GetName()})
	st, old, unlock, err := s.lock(&v, req.GetSegment().GetName())
	if err != nil {
		return nil, s.fail("UpdateSegment", err)
	}
	defer unlock()
	if stale(req.GetSegment().GetEtag(), old.Revision) {
		return nil, s.fail("UpdateSegment", about(req.GetSegment().GetName(), errStale))
	}
	merged := segmentToProto(st.id, old)
	applyMask(&v, req.GetUpdateMask(), merged, req.GetSegment())
	if err := v.err(); err != nil {
		return nil, s.fail("UpdateSegment", err)
	}
	return s.put(ctx, "UpdateSegment", st, old.ID, merged)
}

// DeleteSegment implements SegmentService.
func (s *segmentAdmin) DeleteSegment(ctx context.Context, req *pb.DeleteSegmentRequest) (*emptypb.Empty, error) {
	var v violations
	s.rules.check(&v, "", req)
	st, old, unlock, err := s.lock(&v, req.GetName())
	if err != nil {
		return nil, s.fail("DeleteSegment", err)
	}
	defer unlock()
	if names := st.campaignsFor(old.ID); len(names) > 0 {
		return nil, s.fail("DeleteSegment", precondition("%s is what %s is for: change that first", req.GetName(), strings.Join(names, ", ")))
	}
	if err := s.store.DeleteSegment(ctx, st.id, old.ID); err != nil {
		return nil, s.fail("DeleteSegment", about(req.GetName(), err))
	}
	left := st.segments.Load().with(old.ID, nil)
	st.segments.Store(&left)
	return &emptypb.Empty{}, nil
}

// PreviewSegment implements SegmentService.
func (s *segmentAdmin) PreviewSegment(ctx context.Context, req *pb.PreviewSegmentRequest) (*pb.PreviewSegmentResponse, error) {
	var v violations
	s.rules.check(&v, "", req)
	rule, err := s.filters.CompileRule(req.GetRule())
	if err != nil {
		v.add("rule", "%v", err)
	}
	if err := v.err(); err != nil {
		return nil, s.fail("PreviewSegment", err)
	}
	st, err := s.sites.get(siteOf(req.GetSite()))
	if err != nil {
		return nil, s.fail("PreviewSegment", err)
	}
	resp, now := &pb.PreviewSegmentResponse{}, s.clock.Now()
	err = s.eachVisitor(ctx, st, "", func(_ scoring.VisitorID, who visitor.For[visitor.Grouping], allowed scoring.Purposes) bool {
		resp.Visitors++
		if rule.Has(asked(st, who, allowed, now)) {
			resp.Members++
			if allowed.Has(scoring.PurposeMessages) {
				resp.Contactable++
			}
		}
		return true
	})
	if err != nil {
		return nil, s.fail("PreviewSegment", err)
	}
	return resp, nil
}

// ListSegmentMembers implements SegmentService.
func (s *segmentAdmin) ListSegmentMembers(req *pb.ListSegmentMembersRequest, stream grpc.ServerStreamingServer[pb.SegmentMember]) error {
	var v violations
	s.rules.check(&v, "", req)
	var after scoring.VisitorID
	if req.GetAfter() != "" {
		_, after = splitVisitor(&v, "after", req.GetAfter())
	}
	st, one, err := s.find(&v, req.GetName())
	if err != nil {
		return s.fail("ListSegmentMembers", err)
	}
	var failed error
	now := s.clock.Now()
	err = s.eachVisitor(stream.Context(), st, after, func(id scoring.VisitorID, who visitor.For[visitor.Grouping], allowed scoring.Purposes) bool {
		if req.GetContactableOnly() && !allowed.Has(scoring.PurposeMessages) || !one.rule.Has(asked(st, who, allowed, now)) {
			return true
		}
		failed = stream.Send(memberToProto(st, id, who.Profile(), allowed, now))
		return failed == nil
	})
	if failed != nil {
		return failed
	}
	return s.fail("ListSegmentMembers", err)
}

// put checks a segment, makes it durable, and has the next decision use it. The caller
// holds the site's write.
func (s *segmentAdmin) put(ctx context.Context, op string, st *site, id scoring.SegmentID, m *pb.Segment) (*pb.Segment, error) {
	var v violations
	s.rules.check(&v, "segment.", m)
	ready, err := s.readySegment(scoring.Segment{ID: id, DisplayName: m.GetDisplayName(), Rule: m.GetRule(), UpdatedAt: s.wallTime()})
	if err != nil {
		v.add("segment.rule", "%v", err)
	}
	if err := v.err(); err != nil {
		return nil, s.fail(op, err)
	}
	if ready.Segment, err = s.store.PutSegment(ctx, st.id, ready.Segment); err != nil {
		return nil, s.fail(op, about(segmentName(st.id, id), err))
	}
	changed := st.segments.Load().with(id, ready)
	st.segments.Store(&changed)
	return segmentToProto(st.id, ready), nil
}

// find finds the segment that a request names, unless something is wrong with the
// request.
func (s *segmentAdmin) find(v *violations, name string) (*site, *segment, error) {
	if err := v.err(); err != nil {
		return nil, nil, err
	}
	siteID, id := splitName(v, "name", name, "segments")
	if err := v.err(); err != nil {
		return nil, nil, err
	}
	st, err := s.sites.get(siteID)
	if err != nil {
		return nil, nil, err
	}
	all := *st.segments.Load()
	at, ok := all.find(scoring.SegmentID(id))
	if !ok {
		return nil, nil, about(name, store.ErrNotFound)
	}
	return st, all[at], nil
}

// lock finds the segment to change and holds the site's write until unlock. One that is
// built in can't be changed.
func (s *segmentAdmin) lock(v *violations, name string) (st *site, one *segment, unlock func(), err error) {
	if st, _, err = s.find(v, name); err != nil {
		return nil, nil, nil, err
	}
	st.write.Lock()
	if _, one, err = s.find(v, name); err == nil && one.builtIn { // again, now that nobody changes it
		err = precondition("%s is built in and can't be changed: create one of your own with its rule", name)
	}
	if err != nil {
		st.write.Unlock()
		return nil, nil, nil, err
	}
	return st, one, st.write.Unlock, nil
}
