package server

import (
	"context"

	"google.golang.org/protobuf/types/known/emptypb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/campaign"
	"github.com/vitrine-io/vitrine/store"
)

// campaigns is CampaignService; its methods on creatives are in service_creative.go.
type campaigns struct {
	pb.UnimplementedCampaignServiceServer
	*Server
}

// CreateCampaign implements CampaignService.
func (s *campaigns) CreateCampaign(ctx context.Context, req *pb.CreateCampaignRequest) (*pb.Campaign, error) {
	var v violations
	s.rules.check(&v, "", req)
	if err := v.err(); err != nil {
		return nil, s.fail("CreateCampaign", err)
	}
	st, err := s.sites.get(siteOf(req.GetParent()))
	if err != nil {
		return nil, s.fail("CreateCampaign", err)
	}
	st.write.Lock()
	defer st.write.Unlock()
	id := scoring.CampaignID(req.GetCampaignId())
	if st.shelf.Load().Flight(id) != nil {
		return nil, s.fail("CreateCampaign", about(campaignName(st.id, id), errExists))
	}
	m, err := s.putCampaign(ctx, st, id, req.GetCampaign())
	return m, s.fail("CreateCampaign", err)
}

// GetCampaign implements CampaignService.
func (s *campaigns) GetCampaign(_ context.Context, req *pb.GetCampaignRequest) (*pb.Campaign, error) {
	var v violations
	s.rules.check(&v, "", req)
	st, f, err := s.findCampaign(&v, req.GetName())
	if err != nil {
		return nil, s.fail("GetCampaign", err)
	}
	return st.flightToProto(f, s.clock.Now()), nil
}

// ListCampaigns implements CampaignService.
func (s *campaigns) ListCampaigns(_ context.Context, req *pb.ListCampaignsRequest) (*pb.ListCampaignsResponse, error) {
	var v violations
	s.rules.check(&v, "", req)
	after := pageAfter(&v, req.GetPageToken())
	if err := v.err(); err != nil {
		return nil, s.fail("ListCampaigns", err)
	}
	st, err := s.sites.get(siteOf(req.GetParent()))
	if err != nil {
		return nil, s.fail("ListCampaigns", err)
	}
	resp, now := &pb.ListCampaignsResponse{}, s.clock.Now()
	page, next := cutPage(st.shelf.Load().Flights(), func(f *campaign.Flight) string { return string(f.ID) }, after, req.GetPageSize())
	for i := range page {
		resp.Campaigns = append(resp.Campaigns, st.flightToProto(&page[i], now))
	}
	resp.NextPageToken = next
	return resp, nil
}

// UpdateCampaign implements CampaignService.
func (s *campaigns) UpdateCampaign(ctx context.Context, req *pb.UpdateCampaignRequest) (*pb.Campaign, error) {
	var v violations
	s.rules.check(&v, "", req)
	st, old, unlock, err := s.lockCampaign(&v, "campaign.name", req.GetCampaign().GetName(), req.GetCampaign().GetEtag())
	if err != nil {
		return nil, s.fail("UpdateCampaign", err)
	}
	defer unlock()
	merged := campaignToProto(st.id, &old.Campaign)
	applyMask(&v, req.GetUpdateMask(), merged, req.GetCampaign())
	if err := v.err(); err != nil {
		return nil, s.fail("UpdateCampaign", err)
	}
	m, err := s.putCampaign(ctx, st, old.ID, merged)
	return m, s.fail("UpdateCampaign", err)
}

// DeleteCampaign implements CampaignService.
func (s *campaigns) DeleteCampaign(ctx context.Context, req *pb.DeleteCampaignRequest) (*emptypb.Empty, error) {
	var v violations
	s.rules.check(&v, "", req)
	st, old, unlock, err := s.lockCampaign(&v, "name", req.GetName(), req.GetEtag())
	if err != nil {
		return nil, s.fail("DeleteCampaign", err)
	}
	defer unlock()
	if err := s.store.DeleteCampaign(ctx, st.id, old.ID); err != nil {
		return nil, s.fail("DeleteCampaign", about(req.GetName(), err))
	}
	st.setFlight(old.ID, nil)
	if err := s.forgetCampaign(ctx, st, old.ID); err != nil {
		return nil, s.fail("DeleteCampaign", err)
	}
	return &emptypb.Empty{}, nil
}

// putCampaign checks a campaign, makes it durable, and has the next decision use it.
// The caller holds the site's write.
func (s *campaigns) putCampaign(ctx context.Context, st *site, id scoring.CampaignID, m *pb.Campaign) (*pb.Campaign, error) {
	var v violations
	s.rules.check(&v, "campaign.", m)
	ready, err := s.readyCampaign(campaignFromProto(&v, "campaign.", m, st.id, id, st.info.Currency, s.wallTime()))
	if err != nil {
		v.add("campaign.targeting", "%v", err)
	}
	st.checkSegments(&v, "campaign.", &ready)
	if err := v.err(); err != nil {
		return nil, err
	}
	put := []scoring.Campaign{ready.Campaign}
	if err := s.beginAnew(ctx, st, put); err != nil {
		return nil, err
	}
	if err := s.store.PutCampaigns(ctx, st.id, put, nil); err != nil {
		return nil, about(campaignName(st.id, id), err)
	}
	ready.Campaign = put[0]
	st.setFlight(id, &ready)
	return st.flightToProto(st.shelf.Load().Flight(id), s.clock.Now()), nil
}

// findCampaign finds the campaign that a request names, unless something is wrong
// with the request.
func (s *campaigns) findCampaign(v *violations, name string) (*site, *campaign.Flight, error) {
	if err := v.err(); err != nil {
		return nil, nil, err
	}
	siteID, id := splitCampaign(name)
	st, err := s.sites.get(siteID)
	if err != nil {
		return nil, nil, err
	}
	f := st.shelf.Load().Flight(id)
	if f == nil {
		return nil, nil, about(name, store.ErrNotFound)
	}
	return st, f, nil
}

// lockCampaign finds the campaign to change and holds the site's write until unlock.
func (s *campaigns) lockCampaign(v *violations, field, name, etag string) (st *site, f *campaign.Flight, unlock func(), err error) {
	if !v.has(field) {
		splitName(v, field, name, "campaigns")
	}
	if st, _, err = s.findCampaign(v, name); err != nil {
		return nil, nil, nil, err
	}
	st.write.Lock()
	_, f, err = s.findCampaign(v, name) // again, now that nobody changes it
	if err == nil && stale(etag, f.Revision) {
		err = about(name, errStale)
	}
	if err != nil {
		st.write.Unlock()
		return nil, nil, nil, err
	}
	return st, f, st.write.Unlock, nil
}
