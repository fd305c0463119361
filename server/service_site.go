package server

import (
	"context"
	"errors"
	"sort"

	"google.golang.org/protobuf/types/known/emptypb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
)

// siteAdmin is SiteService.
type siteAdmin struct {
	pb.UnimplementedSiteServiceServer
	*Server
}

// homePlacement is the placement that every site begins with.
var homePlacement = scoring.Placement{ID: "home", DisplayName: "Home page", PageType: scoring.PageHome, Count: defaultCount}

// CreateSite implements SiteService.
func (s *siteAdmin) CreateSite(ctx context.Context, req *pb.CreateSiteRequest) (*pb.Site, error) {
	var v violations
	s.rules.check(&v, "", req)
	info := siteFromProto(&v, "site.", req.GetSite(), scoring.SiteID(req.GetSiteId()), s.wallTime())
	if err := v.err(); err != nil {
		return nil, s.fail("CreateSite", err)
	}
	s.sites.change.Lock()
	defer s.sites.change.Unlock()
	info, err := s.store.CreateSite(ctx, info)
	if err != nil {
		return nil, s.fail("CreateSite", about(siteName(scoring.SiteID(req.GetSiteId())), err))
	}
	st, err := s.furnish(ctx, info)
	if err != nil {
		return nil, s.fail("CreateSite", errors.Join(err, s.store.DeleteSite(ctx, info.ID)))
	}
	st.learner.start()
	s.sites.set(st.id, st)
	return siteToProto(&info), nil
}

// furnish gives a new site its first placement and opens it.
func (s *siteAdmin) furnish(ctx context.Context, info scoring.Site) (*site, error) {
	home := homePlacement
	home.UpdatedAt = info.CreatedAt
	if _, err := s.store.PutPlacement(ctx, info.ID, home); err != nil {
		return nil, err
	}
	return s.openSite(ctx, info)
}

// GetSite implements SiteService.
func (s *siteAdmin) GetSite(_ context.Context, req *pb.GetSiteRequest) (*pb.Site, error) {
	var v violations
	s.rules.check(&v, "", req)
	if err := v.err(); err != nil {
		return nil, s.fail("GetSite", err)
	}
	st, err := s.sites.get(siteOf(req.GetName()))
	if err != nil {
		return nil, s.fail("GetSite", err)
	}
	return siteToProto(&st.info), nil
}

// ListSites implements SiteService.
func (s *siteAdmin) ListSites(_ context.Context, req *pb.ListSitesRequest) (*pb.ListSitesResponse, error) {
	var v violations
	s.rules.check(&v, "", req)
	after := pageAfter(&v, req.GetPageToken())
	if err := v.err(); err != nil {
		return nil, s.fail("ListSites", err)
	}
	var list []*site
	for _, st := range s.sites.all() {
		if string(st.id) > after {
			list = append(list, st)
		}
	}
	sort.Slice(list, func(i, j int) bool { return list[i].id < list[j].id })
	resp := &pb.ListSitesResponse{}
	if size := pageSize(req.GetPageSize()); len(list) > size {
		list = list[:size]
		resp.NextPageToken = pageToken(string(list[size-1].id))
	}
	for _, st := range list {
		resp.Sites = append(resp.Sites, siteToProto(&st.info))
	}
	return resp, nil
}

// DeleteSite implements SiteService.
func (s *siteAdmin) DeleteSite(ctx context.Context, req *pb.DeleteSiteRequest) (*emptypb.Empty, error) {
	var v violations
	s.rules.check(&v, "", req)
	if err := v.err(); err != nil {
		return nil, s.fail("DeleteSite", err)
	}
	s.sites.change.Lock()
	defer s.sites.change.Unlock()
	st, err := s.sites.get(siteOf(req.GetName()))
	if err != nil {
		return nil, s.fail("DeleteSite", err)
	}
	s.sites.set(st.id, nil) // no request finds it from here on
	st.write.Lock()
	defer st.write.Unlock()
	st.learner.close()
	if err := s.store.DeleteSite(ctx, st.id); err != nil {
		return nil, s.fail("DeleteSite", about(req.GetName(), err))
	}
	s.metrics.forget(st.id)
	return &emptypb.Empty{}, nil
}
