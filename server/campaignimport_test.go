package server_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// importCampaigns sends messages and returns the last report, with the errors of all.
func (s *shop) importCampaigns(messages ...*pb.ImportCampaignsRequest) (*pb.ImportCampaignsResponse, error) {
	s.t.Helper()
	stream, err := s.campaigns.ImportCampaigns(s.t.Context())
	must(s.t, err)
	var last *pb.ImportCampaignsResponse
	var failed []*pb.ImportError
	take := func() error {
		report, err := stream.Recv()
		if err != nil {
			return err
		}
		last = report
		failed = append(failed, report.GetErrors()...)
		return nil
	}
	for _, m := range messages {
		if err := stream.Send(m); err != nil {
			return last, err
		}
		if err := take(); err != nil {
			return last, err
		}
	}
	must(s.t, stream.CloseSend())
	for err == nil {
		err = take()
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	if last != nil {
		last.Errors = failed
	}
	return last, err
}

func (s *shop) campaignNames() string {
	s.t.Helper()
	var names []string
	resp, err := s.campaigns.ListCampaigns(s.t.Context(), &pb.ListCampaignsRequest{Parent: "sites/shop"})
	must(s.t, err)
	for _, c := range resp.GetCampaigns() {
		names = append(names, lastOf(c.GetName()))
		theirs, err := s.campaigns.ListCreatives(s.t.Context(), &pb.ListCreativesRequest{Parent: c.GetName()})
		must(s.t, err)
		for _, x := range theirs.GetCreatives() {
			names = append(names, lastOf(c.GetName())+"/"+lastOf(x.GetName()))
		}
	}
	return strings.Join(names, " ")
}

func lastOf(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }

func TestImportCampaigns(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	campaignOf := func(id string) *pb.Campaign { return &pb.Campaign{Name: "sites/shop/campaigns/" + id} }
	creativeOf := func(campaign, id string) *pb.Creative {
		return &pb.Creative{Name: "sites/shop/campaigns/" + campaign + "/creatives/" + id, Format: "banner"}
	}
	report, err := s.importCampaigns(
		&pb.ImportCampaignsRequest{Parent: "sites/shop", Campaigns: []*pb.Campaign{campaignOf("spring"), campaignOf("autumn")}, Creatives: []*pb.Creative{creativeOf("spring", "red")}},
		&pb.ImportCampaignsRequest{Creatives: []*pb.Creative{creativeOf("spring", "red"), creativeOf("autumn", "leaf")}},
	)
	must(t, err)
	if report.GetReceived() != 5 || report.GetCreated() != 4 || report.GetChanged() != 1 || report.GetRejected() != 0 {
		t.Errorf("reported %v", report)
	}
	const all = "autumn autumn/leaf spring spring/red"
	if got := s.campaignNames(); got != all {
		t.Errorf("there are %q, want %q", got, all)
	}
	s.restart()
	if got := s.campaignNames(); got != all {
		t.Errorf("after a restart there are %q, want %q", got, all)
	}

	t.Run("bad ones are told and left out", func(t *testing.T) {
		late := campaignOf("late")
		late.ClickValue = &pb.Money{CurrencyCode: "EUR", Units: -1}
		report, err := s.importCampaigns(&pb.ImportCampaignsRequest{
			Parent:    "sites/shop",
			Campaigns: []*pb.Campaign{late, {Name: "sites/shop/campaigns/Upper"}, {Name: "sites/other/campaigns/x"}, {Name: "sites/shop/campaigns/lost", Targeting: "visitor.shoes"}},
			Creatives: []*pb.Creative{creativeOf("late", "x"), {Name: "sites/shop/campaigns/spring/creatives/blue"}, creativeOf("spring", "green")},
		})
		must(t, err)
		if report.GetRejected() != 6 || report.GetCreated() != 1 {
			t.Errorf("reported %v", report)
		}
		for k, want := range []string{"click_value", "name", "of site", "targeting", "not there", "format"} {
			if k >= len(report.GetErrors()) {
				break
			}
			if e := report.GetErrors()[k]; e.GetIndex() != int64(k) || !strings.Contains(e.GetReason(), want) {
				t.Errorf("error %d is %v, want one about %q", k, e, want)
			}
		}
	})

	t.Run("a full import removes the rest", func(t *testing.T) {
		report, err := s.importCampaigns(&pb.ImportCampaignsRequest{
			Parent: "sites/shop", Mode: pb.ImportMode_IMPORT_MODE_FULL,
			Campaigns: []*pb.Campaign{campaignOf("spring"), {Name: "sites/shop/campaigns/winter", Targeting: "?"}}, Creatives: []*pb.Creative{creativeOf("spring", "green")},
		})
		must(t, err)
		// autumn with leaf, and red.
		if got := s.campaignNames(); got != "spring spring/green" || report.GetDeleted() != 3 {
			t.Errorf("there are %q, reported %v", got, report)
		}
	})

	t.Run("what can't go on ends it", func(t *testing.T) {
		_, err := s.importCampaigns(&pb.ImportCampaignsRequest{})
		wantCode(t, err, codes.InvalidArgument)
		_, err = s.importCampaigns(&pb.ImportCampaignsRequest{Parent: "sites/nowhere"})
		wantCode(t, err, codes.NotFound)
		_, err = s.importCampaigns(&pb.ImportCampaignsRequest{Parent: "sites/shop"}, &pb.ImportCampaignsRequest{Parent: "sites/other"})
		wantCode(t, err, codes.InvalidArgument)
		_, err = s.importCampaigns(&pb.ImportCampaignsRequest{Parent: "sites/shop", Campaigns: make([]*pb.Campaign, 1001)})
		wantCode(t, err, codes.InvalidArgument)
	})

	t.Run("many take a transaction a message", func(t *testing.T) {
		m := &pb.ImportCampaignsRequest{Parent: "sites/shop"}
		for k := range 1000 {
			m.Creatives = append(m.Creatives, creativeOf("spring", fmt.Sprint("c", k)))
		}
		report, err := s.importCampaigns(m)
		must(t, err)
		if report.GetCreated() != 1000 {
			t.Errorf("reported %v", report)
		}
	})
}

// A campaign around a place is shown within its circle, and to nobody who does not
// say where they are.
func TestCampaignAroundAPlace(t *testing.T) {
	s := banners(t)
	// 20 km around the middle of Lyon: Villeurbanne is 4 km off, Vienne 27 km.
	s.campaign("lyon", &pb.Campaign{Circles: []*pb.Circle{{Center: &pb.Coordinates{Latitude: 45.76, Longitude: 4.84}, RadiusKm: 20}}}, "a")
	for _, test := range []struct {
		name  string
		at    *pb.Coordinates
		shown bool
	}{
		{"Villeurbanne", &pb.Coordinates{Latitude: 45.7719, Longitude: 4.8902}, true},
		{"Vienne", &pb.Coordinates{Latitude: 45.5255, Longitude: 4.8746}, false},
		{"the other side of the world", &pb.Coordinates{Latitude: -45.76, Longitude: -175.16}, false},
		{"nobody knows where", nil, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			resp := s.banner("v", 1, func(r *pb.DecideRequest) { r.Context = &pb.PageContext{Coordinates: test.at} })
			if got := len(resp.GetPlacements()[0].GetItems()) == 1; got != test.shown {
				t.Errorf("shown: %t, want %t", got, test.shown)
			}
			d, err := s.decisions.GetDecision(t.Context(), &pb.GetDecisionRequest{Name: resp.GetDecision()})
			must(t, err)
			if c := d.GetContext().GetCoordinates(); test.name == "Villeurbanne" && (c.GetLatitude() != 45.77 || c.GetLongitude() != 4.89) {
				t.Errorf("kept as %v, want it rounded", c)
			}
		})
	}
	_, err := s.campaigns.CreateCampaign(t.Context(), &pb.CreateCampaignRequest{
		Parent: "sites/shop", CampaignId: "bad", Campaign: &pb.Campaign{Circles: []*pb.Circle{{RadiusKm: 0.5}, {Center: &pb.Coordinates{Latitude: 91}, RadiusKm: 5}}},
	})
	wantViolation(t, err, "campaign.circles[0].center", "required")
	wantViolation(t, err, "campaign.circles[0].radius_km", "1000")
	wantViolation(t, err, "campaign.circles[1].center.latitude", "90")
}
