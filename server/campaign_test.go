package server_test

import (
	"fmt"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// campaign adds a campaign to site "shop", with creatives in the format "banner".
func (s *shop) campaign(id string, m *pb.Campaign, creatives ...string) {
	s.t.Helper()
	_, err := s.campaigns.CreateCampaign(s.t.Context(), &pb.CreateCampaignRequest{Parent: "sites/shop", CampaignId: id, Campaign: m})
	must(s.t, err)
	for _, c := range creatives {
		_, err := s.campaigns.CreateCreative(s.t.Context(), &pb.CreateCreativeRequest{
			Parent: "sites/shop/campaigns/" + id, CreativeId: c, Creative: &pb.Creative{Format: "banner"},
		})
		must(s.t, err)
	}
}

func TestCampaignsAreKept(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	ctx := t.Context()
	want := &pb.Campaign{
		DisplayName: "Spring", Advertiser: "acme", StartTime: timestamppb.New(time.Unix(1.7e9, 0)), EndTime: timestamppb.New(time.Unix(1.8e9, 0)),
		DayParts: []*pb.DayPart{{Days: []pb.DayOfWeek{pb.DayOfWeek_DAY_OF_WEEK_FRIDAY, pb.DayOfWeek_DAY_OF_WEEK_SUNDAY}, StartMinute: 1320, EndMinute: 360}},
		Tier:     pb.Tier_TIER_GOAL, ClickValue: &pb.Money{CurrencyCode: "EUR", Nanos: 5e8}, Targeting: "visitor.known",
		Places: []*pb.Place{{Country: "FR", City: "Lyon"}}, LandingUrl: "https://example.com/spring", Categories: []string{"garden"},
		Goal: &pb.Goal{Metric: pb.GoalMetric_GOAL_METRIC_CLICKS, Amount: 500}, Budget: &pb.Money{CurrencyCode: "EUR", Units: 100},
		Bid: &pb.Bid{Charge: pb.Charge_CHARGE_CLICK, Amount: &pb.Money{CurrencyCode: "EUR", Nanos: 2e8}},
	}
	got, err := s.campaigns.CreateCampaign(ctx, &pb.CreateCampaignRequest{Parent: "sites/shop", CampaignId: "spring", Campaign: want})
	must(t, err)
	want.Name, want.Etag, want.UpdateTime = "sites/shop/campaigns/spring", got.GetEtag(), got.GetUpdateTime()
	want.Delivery = got.GetDelivery()
	creative, err := s.campaigns.CreateCreative(ctx, &pb.CreateCreativeRequest{Parent: want.Name, CreativeId: "red", Creative: &pb.Creative{
		DisplayName: "Red", Format: "banner", Size: &pb.CreativeSize{Width: 300, Height: 250}, Attributes: map[string]string{"motif": "people"},
	}})
	must(t, err)
	for range 2 {
		again, err := s.campaigns.GetCampaign(ctx, &pb.GetCampaignRequest{Name: want.Name})
		must(t, err)
		if p := again.GetDelivery().GetParticipation(); p <= 0 || p > 1 {
			t.Errorf("it takes part with probability %v", p)
		}
		again.Delivery = got.GetDelivery() // it goes with the time
		if !proto.Equal(again, want) || !proto.Equal(got, want) {
			t.Errorf("got\n%v\nand\n%v, want\n%v", got, again, want)
		}
		c, err := s.campaigns.GetCreative(ctx, &pb.GetCreativeRequest{Name: creative.GetName()})
		must(t, err)
		if !proto.Equal(c, creative) || c.GetName() != "sites/shop/campaigns/spring/creatives/red" {
			t.Errorf("got %v, want %v", c, creative)
		}
		s.restart()
	}
	_, err = s.campaigns.CreateCampaign(ctx, &pb.CreateCampaignRequest{Parent: "sites/shop", CampaignId: "spring", Campaign: want})
	wantCode(t, err, codes.AlreadyExists)
	_, err = s.campaigns.CreateCreative(ctx, &pb.CreateCreativeRequest{Parent: want.Name, CreativeId: "red", Creative: creative})
	wantCode(t, err, codes.AlreadyExists)

	changed, err := s.campaigns.UpdateCampaign(ctx, &pb.UpdateCampaignRequest{
		Campaign:   &pb.Campaign{Name: want.Name, Paused: true, Etag: want.GetEtag()},
		UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"paused"}},
	})
	must(t, err)
	if !changed.GetPaused() || changed.GetTargeting() != want.GetTargeting() || changed.GetEtag() == want.GetEtag() {
		t.Errorf("changed to %v", changed)
	}
	_, err = s.campaigns.UpdateCampaign(ctx, &pb.UpdateCampaignRequest{Campaign: &pb.Campaign{Name: want.Name, Etag: want.GetEtag()}})
	wantCode(t, err, codes.Aborted)
	_, err = s.campaigns.UpdateCreative(ctx, &pb.UpdateCreativeRequest{Creative: &pb.Creative{Name: creative.GetName(), Format: "teaser"}})
	must(t, err)

	_, err = s.campaigns.DeleteCampaign(ctx, &pb.DeleteCampaignRequest{Name: want.Name})
	must(t, err)
	s.restart()
	_, err = s.campaigns.GetCampaign(ctx, &pb.GetCampaignRequest{Name: want.Name})
	wantCode(t, err, codes.NotFound)
	_, err = s.campaigns.GetCreative(ctx, &pb.GetCreativeRequest{Name: creative.GetName()})
	wantCode(t, err, codes.NotFound)
}

func TestCampaignsAreListedInPages(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	for i := range 5 {
		s.campaign(fmt.Sprintf("c%d", i), &pb.Campaign{}, "x1", "x2", "x3")
	}
	var found []string
	for token := ""; ; {
		resp, err := s.campaigns.ListCampaigns(t.Context(), &pb.ListCampaignsRequest{Parent: "sites/shop", PageSize: 2, PageToken: token})
		must(t, err)
		for _, c := range resp.GetCampaigns() {
			page, err := s.campaigns.ListCreatives(t.Context(), &pb.ListCreativesRequest{Parent: c.GetName(), PageSize: 2})
			must(t, err)
			rest, err := s.campaigns.ListCreatives(t.Context(), &pb.ListCreativesRequest{Parent: c.GetName(), PageToken: page.GetNextPageToken()})
			must(t, err)
			found = append(found, fmt.Sprintf("%s:%d+%d%s", c.GetName()[len("sites/shop/campaigns/"):], len(page.GetCreatives()), len(rest.GetCreatives()), rest.GetNextPageToken()))
		}
		if token = resp.GetNextPageToken(); token == "" {
			break
		}
	}
	if got := fmt.Sprint(found); got != "[c0:2+1 c1:2+1 c2:2+1 c3:2+1 c4:2+1]" {
		t.Errorf("got %s", got)
	}
}

func TestBadCampaigns(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	at := func(unix int64) *timestamppb.Timestamp { return timestamppb.New(time.Unix(unix, 0)) }
	for _, test := range []struct {
		name, field, text string
		campaign          *pb.Campaign
	}{
		{"flight ends before it begins", "campaign.end_time", "must be after start_time", &pb.Campaign{StartTime: at(2e9), EndTime: at(1e9)}},
		{"flight of no length", "campaign.end_time", "must be after start_time", &pb.Campaign{StartTime: at(2e9), EndTime: at(2e9)}},
		{"negative bid", "campaign.click_value", "must be above 0", &pb.Campaign{ClickValue: &pb.Money{Units: -1}}},
		{"bid of nothing", "campaign.click_value", "must be above 0", &pb.Campaign{ClickValue: &pb.Money{}}},
		{"bid in another currency", "campaign.click_value.currency_code", "must be the site's", &pb.Campaign{ClickValue: &pb.Money{CurrencyCode: "USD", Units: 1}}},
		{"targeting by what there is not", "campaign.targeting", "undefined field 'age'", &pb.Campaign{Targeting: "visitor.age > 3"}},
		{"targeting that is no condition", "campaign.targeting", "must give true or false", &pb.Campaign{Targeting: "visitor.cart"}},
		{"day part of no length", "campaign.day_parts[0].end_minute", "a whole day is", &pb.Campaign{DayParts: []*pb.DayPart{{StartMinute: 60, EndMinute: 60}}}},
		{"day part past midnight", "campaign.day_parts[0].end_minute", "1440", &pb.Campaign{DayParts: []*pb.DayPart{{EndMinute: 2000}}}},
		{"no such day", "campaign.day_parts[0].days[0]", "8", &pb.Campaign{DayParts: []*pb.DayPart{{Days: []pb.DayOfWeek{8}, EndMinute: 10}}}},
		{"a city of no country", "campaign.places[0].country", "is empty", &pb.Campaign{Places: []*pb.Place{{City: "Lyon"}}}},
		{"no such tier", "campaign.tier", "9", &pb.Campaign{Tier: 9}},
		{"a script to land on", "campaign.landing_url", "javascript:", &pb.Campaign{LandingUrl: "javascript:alert(1)"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := s.campaigns.CreateCampaign(t.Context(), &pb.CreateCampaignRequest{Parent: "sites/shop", CampaignId: "c", Campaign: test.campaign})
			wantViolation(t, err, test.field, test.text)
		})
	}
	s.campaign("c", &pb.Campaign{})
	for field, c := range map[string]*pb.Creative{
		"creative.format":     {},
		"creative.size.width": {Format: "banner", Size: &pb.CreativeSize{Width: -1, Height: 1}},
	} {
		_, err := s.campaigns.CreateCreative(t.Context(), &pb.CreateCreativeRequest{Parent: "sites/shop/campaigns/c", CreativeId: "x", Creative: c})
		wantViolation(t, err, field, "")
	}
	_, err := s.campaigns.CreateCreative(t.Context(), &pb.CreateCreativeRequest{
		Parent: "sites/shop/campaigns/none", CreativeId: "x", Creative: &pb.Creative{Format: "banner"},
	})
	wantCode(t, err, codes.NotFound)
	for _, name := range []string{"", "sites/shop/campaigns/c", "sites/shop/campaigns/c/creatives/"} {
		_, err := s.campaigns.UpdateCreative(t.Context(), &pb.UpdateCreativeRequest{Creative: &pb.Creative{Name: name, Format: "banner"}})
		wantViolation(t, err, "creative.name", "must be sites/{site}/campaigns/{campaign}/creatives/{creative}")
	}
	_, err = s.campaigns.UpdateCampaign(t.Context(), &pb.UpdateCampaignRequest{Campaign: &pb.Campaign{Name: "c"}})
	wantViolation(t, err, "campaign.name", "must be sites/{site}/campaigns/{id}")
}
