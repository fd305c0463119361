package server

import (
	"context"
	"strings"

	"google.golang.org/protobuf/types/known/emptypb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/campaign"
	"github.com/vitrine-io/vitrine/store"
)

// CreateCreative implements CampaignService.
func (s *campaigns) CreateCreative(ctx context.Context, req *pb.CreateCreativeRequest) (*pb.Creative, error) {
	var v violations
	s.rules.check(&v, "", req)
	st, f, unlock, err := s.lockCampaign(&v, "parent", req.GetParent(), "")
	if err != nil {
		return nil, s.fail("CreateCreative", err)
	}
	defer unlock()
	id := scoring.CreativeID(req.GetCreativeId())
	if st.shelf.Load().Ad(f.ID, id) != nil {
		return nil, s.fail("CreateCreative", about(creativeName(st.id, f.ID, id), errExists))
	}
	m, err := s.putCreative(ctx, st, f.ID, id, req.GetCreative())
	return m, s.fail("CreateCreative", err)
}

// GetCreative implements CampaignService.
func (s *campaigns) GetCreative(_ context.Context, req *pb.GetCreativeRequest) (*pb.Creative, error) {
	var v violations
	s.rules.check(&v, "", req)
	st, ad, err := s.findCreative(&v, req.GetName())
	if err != nil {
		return nil, s.fail("GetCreative", err)
	}
	return creativeToProto(st.id, ad.Creative), nil
}

// ListCreatives implements CampaignService.
func (s *campaigns) ListCreatives(_ context.Context, req *pb.ListCreativesRequest) (*pb.ListCreativesResponse, error) {
	var v violations
	s.rules.check(&v, "", req)
	after := pageAfter(&v, req.GetPageToken())
	st, f, err := s.findCampaign(&v, req.GetParent())
	if err != nil {
		return nil, s.fail("ListCreatives", err)
	}
	var own []scoring.Creative
	for _, ad := range st.shelf.Load().Ads() {
		if ad.Campaign == f.ID {
			own = append(own, *ad.Creative)
		}
	}
	resp := &pb.ListCreativesResponse{}
	page, next := cutPage(own, func(c *scoring.Creative) string { return string(c.ID) }, after, req.GetPageSize())
	for i := range page {
		resp.Creatives = append(resp.Creatives, creativeToProto(st.id, &page[i]))
	}
	resp.NextPageToken = next
	return resp, nil
}

// UpdateCreative implements CampaignService.
func (s *campaigns) UpdateCreative(ctx context.Context, req *pb.UpdateCreativeRequest) (*pb.Creative, error) {
	var v violations
	s.rules.check(&v, "", req)
	st, old, unlock, err := s.lockCreative(&v, "creative.name", req.GetCreative().GetName(), req.GetCreative().GetEtag())
	if err != nil {
		return nil, s.fail("UpdateCreative", err)
	}
	defer unlock()
	merged := creativeToProto(st.id, old.Creative)
	applyMask(&v, req.GetUpdateMask(), merged, req.GetCreative())
	if err := v.err(); err != nil {
		return nil, s.fail("UpdateCreative", err)
	}
	m, err := s.putCreative(ctx, st, old.Campaign, old.ID, merged)
	return m, s.fail("UpdateCreative", err)
}

// DeleteCreative implements CampaignService.
func (s *campaigns) DeleteCreative(ctx context.Context, req *pb.DeleteCreativeRequest) (*emptypb.Empty, error) {
	var v violations
	s.rules.check(&v, "", req)
	st, old, unlock, err := s.lockCreative(&v, "name", req.GetName(), req.GetEtag())
	if err != nil {
		return nil, s.fail("DeleteCreative", err)
	}
	defer unlock()
	if err := s.store.DeleteCreative(ctx, st.id, old.Campaign, old.ID); err != nil {
		return nil, s.fail("DeleteCreative", about(req.GetName(), err))
	}
	st.setCreative(old.Campaign, old.ID, nil)
	return &emptypb.Empty{}, nil
}

// putCreative checks a creative, makes it durable, and has the next decision use it.
// The caller holds the site's write.
func (s *campaigns) putCreative(
	ctx context.Context, st *site, of scoring.CampaignID, id scoring.CreativeID, m *pb.Creative,
) (*pb.Creative, error) {
	var v violations
	s.rules.check(&v, "creative.", m)
	changed := creativeFromProto(&v, "creative.", m, of, id, s.wallTime())
	if err := v.err(); err != nil {
		return nil, err
	}
	put := []scoring.Creative{changed}
	if err := s.store.PutCampaigns(ctx, st.id, nil, put); err != nil {
		return nil, about(creativeName(st.id, of, id), err)
	}
	st.setCreative(of, id, &put[0])
	return creativeToProto(st.id, &put[0]), nil
}

// findCreative finds the creative that a request names, unless something is wrong
// with the request.
func (s *campaigns) findCreative(v *violations, name string) (*site, *campaign.Ad, error) {
	if err := v.err(); err != nil {
		return nil, nil, err
	}
	siteID, of, id := splitCreative(name)
	st, err := s.sites.get(siteID)
	if err != nil {
		return nil, nil, err
	}
	ad := st.shelf.Load().Ad(of, id)
	if ad == nil {
		return nil, nil, about(name, store.ErrNotFound)
	}
	return st, ad, nil
}

// lockCreative finds the creative to change and holds the site's write until unlock.
func (s *campaigns) lockCreative(v *violations, field, name, etag string) (st *site, ad *campaign.Ad, unlock func(), err error) {
	if parent, id, ok := strings.Cut(name, "/creatives/"); !v.has(field) && (!ok || id == "" || strings.Count(parent, "/") != 3) {
		v.add(field, "is %q, must be sites/{site}/campaigns/{campaign}/creatives/{creative}", clip(name))
	}
	if st, _, err = s.findCreative(v, name); err != nil {
		return nil, nil, nil, err
	}
	st.write.Lock()
	_, ad, err = s.findCreative(v, name) // again, now that nobody changes it
	if err == nil && stale(etag, ad.Revision) {
		err = about(name, errStale)
	}
	if err != nil {
		st.write.Unlock()
		return nil, nil, nil, err
	}
	return st, ad, st.write.Unlock, nil
}
