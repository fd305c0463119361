package server

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"

	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/server/auth"
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
	return siteToProto(st.record.Load()), nil
}

// ListSites implements SiteService.
func (s *siteAdmin) ListSites(ctx context.Context, req *pb.ListSitesRequest) (*pb.ListSitesResponse, error) {
	var v violations
	s.rules.check(&v, "", req)
	after := pageAfter(&v, req.GetPageToken())
	if err := v.err(); err != nil {
		return nil, s.fail("ListSites", err)
	}
	caller := auth.From(ctx)
	var list []*site
	for _, st := range s.sites.all() {
		if string(st.id) > after && (caller == nil || caller.MayEnter(st.id)) {
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
		resp.Sites = append(resp.Sites, siteToProto(st.record.Load()))
	}
	return resp, nil
}

// UpdateSite implements SiteService.
func (s *siteAdmin) UpdateSite(ctx context.Context, req *pb.UpdateSiteRequest) (*pb.Site, error) {
	var v violations
	s.rules.check(&v, "", req)
	splitSite(&v, "site.name", req.GetSite().GetName())
	mask := siteMask(&v, req.GetUpdateMask())
	if err := v.err(); err != nil {
		return nil, s.fail("UpdateSite", err)
	}
	st, err := s.sites.get(siteOf(req.GetSite().GetName()))
	if err != nil {
		return nil, s.fail("UpdateSite", err)
	}
	st.write.Lock()
	defer st.write.Unlock()
	old := st.record.Load()
	if stale(req.GetSite().GetEtag(), old.Revision) {
		return nil, s.fail("UpdateSite", about(siteName(st.id), errStale))
	}
	merged := siteToProto(old)
	applyMask(&v, mask, merged, req.GetSite())
	changed := siteFromProto(&v, "site.", merged, st.id, old.CreatedAt)
	if err := v.err(); err != nil {
		return nil, s.fail("UpdateSite", err)
	}
	if changed, err = s.store.PutSite(ctx, changed); err != nil {
		return nil, s.fail("UpdateSite", about(siteName(st.id), err))
	}
	st.record.Store(&changed)
	st.setVisitorPolicy(changed.Visitors)
	st.setShelf(st.shelf.Load().Flights(), st.creatives())
	return siteToProto(&changed), nil
}

// siteMask is the mask of an update, of the fields that one may change.
func siteMask(v *violations, mask *fieldmaskpb.FieldMask) *fieldmaskpb.FieldMask {
	may := []string{"contact_policy", "display_name", "visitor_policy"}
	paths := mask.GetPaths()
	if len(paths) == 0 || len(paths) == 1 && paths[0] == "*" {
		return &fieldmaskpb.FieldMask{Paths: may}
	}
	for i, path := range paths {
		if !slices.Contains(may, path) {
			v.add(fmt.Sprintf("update_mask.paths[%d]", i), "is %q, must be one of %s", clip(path), strings.Join(may, ", "))
		}
	}
	return mask
}

// splitSite checks the name of a site.
func splitSite(v *violations, field, name string) {
	if id, ok := strings.CutPrefix(name, "sites/"); !ok || !validSiteID(id) {
		v.add(field, "is %q, must be sites/{site}", clip(name))
	}
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
