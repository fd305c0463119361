package main

import (
	"context"
	"errors"
	"strings"
	"testing"

	"google.golang.org/protobuf/types/known/emptypb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

func (c *canned) CreateSite(_ context.Context, req *pb.CreateSiteRequest) (*pb.Site, error) {
	c.asked = req
	return &pb.Site{Name: "sites/" + req.GetSiteId()}, c.err
}

func (c *canned) DeleteSite(_ context.Context, req *pb.DeleteSiteRequest) (*emptypb.Empty, error) {
	c.asked = req
	return &emptypb.Empty{}, c.err
}

// ListSites gives its sites one a page.
func (c *canned) ListSites(_ context.Context, req *pb.ListSitesRequest) (*pb.ListSitesResponse, error) {
	switch {
	case c.err != nil || len(c.sites) == 0:
		return &pb.ListSitesResponse{}, c.err
	case req.GetPageToken() == "":
		return &pb.ListSitesResponse{Sites: c.sites[:1], NextPageToken: "rest"}, nil
	}
	return &pb.ListSitesResponse{Sites: c.sites[1:]}, nil
}

func TestSites(t *testing.T) {
	c := &canned{sites: []*pb.Site{
		{Name: "sites/a", DisplayName: "The A", CurrencyCode: "EUR", Locale: "en", TimeZone: "UTC", ConsentPolicy: pb.ConsentPolicy_CONSENT_POLICY_OPT_IN},
		{Name: "sites/b", CurrencyCode: "USD", ConsentPolicy: pb.ConsentPolicy_CONSENT_POLICY_OPT_OUT},
	}}
	target := c.serve(t)
	out, err := command(t, newSitesCommand, "", "--target", target)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"sites/a  The A", "nothing is stored", "sites/b ", "everything is allowed"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	out, err = command(t, newSitesCommand, "", "--target", (&canned{}).serve(t))
	if err != nil || !strings.Contains(out, "vitrine sites create") {
		t.Errorf("without a site: %v\n%s", err, out)
	}
}

func TestSitesCreate(t *testing.T) {
	c := &canned{}
	out, err := command(t, newSitesCommand, "", "create", "shop", "--target", c.serve(t), "--name", "The Shop", "--consent-policy", "opt-out")
	if err != nil || !strings.Contains(out, "created sites/shop") {
		t.Fatalf("%v\n%s", err, out)
	}
	got := c.asked.(*pb.CreateSiteRequest)
	if s := got.GetSite(); got.GetSiteId() != "shop" || s.GetDisplayName() != "The Shop" || s.GetCurrencyCode() != "EUR" ||
		s.GetConsentPolicy() != pb.ConsentPolicy_CONSENT_POLICY_OPT_OUT {
		t.Errorf("asked for %v", got)
	}
	for _, args := range [][]string{{"create"}, {"create", "a", "b"}, {"create", "shop", "--consent-policy", "maybe"}} {
		var usage *usageError
		if _, err := command(t, newSitesCommand, "", args...); !errors.As(err, &usage) {
			t.Errorf("%q: %v", args, err)
		}
	}
}

func TestSitesDeleteWantsAYes(t *testing.T) {
	c := &canned{}
	target := c.serve(t)
	var usage *usageError
	if _, err := command(t, newSitesCommand, "", "delete", "shop", "--target", target); !errors.As(err, &usage) || c.asked != nil {
		t.Errorf("without --yes: %v, asked %v", err, c.asked)
	}
	if _, err := command(t, newSitesCommand, "", "delete", "shop", "--target", target, "--yes"); err != nil || c.asked.(*pb.DeleteSiteRequest).GetName() != "sites/shop" {
		t.Errorf("%v, asked %v", err, c.asked)
	}
}
