package server

import (
	"cmp"
	"context"
	"slices"

	"google.golang.org/protobuf/types/known/emptypb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

// placements is PlacementService.
type placements struct {
	pb.UnimplementedPlacementServiceServer
	*Server
}

// CreatePlacement implements PlacementService.
func (s *placements) CreatePlacement(ctx context.Context, req *pb.CreatePlacementRequest) (*pb.Placement, error) {
	var v violations
	s.rules.check(&v, "", req)
	if err := v.err(); err != nil {
		return nil, s.fail("CreatePlacement", err)
	}
	st, err := s.sites.get(siteOf(req.GetParent()))
	if err != nil {
		return nil, s.fail("CreatePlacement", err)
	}
	st.write.Lock()
	defer st.write.Unlock()
	id := scoring.PlacementID(req.GetPlacementId())
	if _, taken := st.placement(id); taken {
		return nil, s.fail("CreatePlacement", about(placementName(st.id, id), errExists))
	}
	return s.put(ctx, "CreatePlacement", st, id, req.GetPlacement())
}

// GetPlacement implements PlacementService.
func (s *placements) GetPlacement(_ context.Context, req *pb.GetPlacementRequest) (*pb.Placement, error) {
	st, p, err := s.find(req.GetName(), func(v *violations) { s.rules.check(v, "", req) })
	if err != nil {
		return nil, s.fail("GetPlacement", err)
	}
	return placementToProto(st.id, &p.Placement), nil
}

// ListPlacements implements PlacementService.
func (s *placements) ListPlacements(_ context.Context, req *pb.ListPlacementsRequest) (*pb.ListPlacementsResponse, error) {
	var v violations
	s.rules.check(&v, "", req)
	after := pageAfter(&v, req.GetPageToken())
	if err := v.err(); err != nil {
		return nil, s.fail("ListPlacements", err)
	}
	st, err := s.sites.get(siteOf(req.GetParent()))
	if err != nil {
		return nil, s.fail("ListPlacements", err)
	}
	var list []scoring.Placement
	for _, p := range *st.placements.Load() {
		list = append(list, p.Placement)
	}
	id := func(p *scoring.Placement) string { return string(p.ID) }
	slices.SortFunc(list, func(a, b scoring.Placement) int { return cmp.Compare(a.ID, b.ID) })
	resp := &pb.ListPlacementsResponse{}
	page, next := cutPage(list, id, after, req.GetPageSize())
	for i := range page {
		resp.Placements = append(resp.Placements, placementToProto(st.id, &page[i]))
	}
	resp.NextPageToken = next
	return resp, nil
}

// UpdatePlacement implements PlacementService.
func (s *placements) UpdatePlacement(ctx context.Context, req *pb.UpdatePlacementRequest) (*pb.Placement, error) {
	name := req.GetPlacement().GetName()
	st, _, err := s.find(name, func(v *violations) { s.rules.check(v, "", req) })
	if err != nil {
		return nil, s.fail("UpdatePlacement", err)
	}
	st.write.Lock()
	defer st.write.Unlock()
	_, old, err := s.find(name, func(*violations) {}) // again, now that nobody changes it
	if err != nil {
		return nil, s.fail("UpdatePlacement", err)
	}
	if stale(req.GetPlacement().GetEtag(), old.Revision) {
		return nil, s.fail("UpdatePlacement", about(name, errStale))
	}
	var v violations
	merged := placementToProto(st.id, &old.Placement)
	applyMask(&v, req.GetUpdateMask(), merged, req.GetPlacement())
	if err := v.err(); err != nil {
		return nil, s.fail("UpdatePlacement", err)
	}
	return s.put(ctx, "UpdatePlacement", st, old.ID, merged)
}

// DeletePlacement implements PlacementService.
func (s *placements) DeletePlacement(ctx context.Context, req *pb.DeletePlacementRequest) (*emptypb.Empty, error) {
	st, _, err := s.find(req.GetName(), func(v *violations) { s.rules.check(v, "", req) })
	if err != nil {
		return nil, s.fail("DeletePlacement", err)
	}
	st.write.Lock()
	defer st.write.Unlock()
	_, old, err := s.find(req.GetName(), func(*violations) {})
	if err != nil {
		return nil, s.fail("DeletePlacement", err)
	}
	if stale(req.GetEtag(), old.Revision) {
		return nil, s.fail("DeletePlacement", about(req.GetName(), errStale))
	}
	if err := s.store.DeletePlacement(ctx, st.id, old.ID); err != nil {
		return nil, s.fail("DeletePlacement", about(req.GetName(), err))
	}
	st.setPlacement(old.ID, nil)
	return &emptypb.Empty{}, nil
}

// put checks a placement, makes it durable, and has the next decision use it.
// The caller holds the site's write.
func (s *placements) put(ctx context.Context, op string, st *site, id scoring.PlacementID, m *pb.Placement) (*pb.Placement, error) {
	var v violations
	s.rules.check(&v, "placement.", m)
	p := placementFromProto(&v, "placement.", m, id, s.wallTime())
	ready, err := s.readyPlacement(p)
	if err != nil {
		v.add("placement.products.filter", "%v", err)
	} else {
		addFaults(&v, "placement.products.ranking", m.GetProducts().GetRanking(), ready.faults)
	}
	if err := v.err(); err != nil {
		return nil, s.fail(op, err)
	}
	if ready.Placement, err = s.store.PutPlacement(ctx, st.id, p); err != nil {
		return nil, s.fail(op, about(placementName(st.id, id), err))
	}
	st.setPlacement(id, ready)
	return placementToProto(st.id, &ready.Placement), nil
}

// find checks a request with check and finds the placement it names.
func (s *placements) find(name string, check func(*violations)) (*site, *placement, error) {
	var v violations
	check(&v)
	siteID, id := splitName(&v, "name", name, "placements")
	if err := v.err(); err != nil {
		return nil, nil, err
	}
	st, err := s.sites.get(siteID)
	if err != nil {
		return nil, nil, err
	}
	p, ok := st.placement(scoring.PlacementID(id))
	if !ok {
		return nil, nil, about(name, store.ErrNotFound)
	}
	return st, p, nil
}
