package server_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/server"
)

// Of two creatives, one is clicked by every other visitor and bought from by none; the
// other is clicked by none, and one in three who see it order. A campaign that pays for
// conversions comes to show the second, beside a campaign that pays for clicks; paying
// for clicks it shows the first.
func TestConversionsDecideWhereTheyArePaidFor(t *testing.T) {
	now := time.Now().Add(-100 * 24 * time.Hour)
	s := &shop{t: t, dir: t.TempDir(), clock: &server.EventClock{}}
	s.start()
	t.Cleanup(func() { s.stop() })
	s.create("shop")
	s.sell("shop", smallRange()...)
	bid := func(charge pb.Charge, units int64) *pb.Campaign {
		return &pb.Campaign{Bid: &pb.Bid{Charge: charge, Amount: &pb.Money{Units: units}}}
	}
	s.campaign("sale", bid(pb.Charge_CHARGE_CONVERSION, 10), "liked", "bought")
	s.campaign("other", bid(pb.Charge_CHARGE_CLICK, 1), "plain") // nobody clicks it
	_, err := s.placements.CreatePlacement(t.Context(), &pb.CreatePlacementRequest{
		Parent: "sites/shop", PlacementId: "banner",
		Placement: &pb.Placement{Count: 1, Rules: &pb.Placement_Creatives{Creatives: &pb.CreativeRules{}}},
	})
	must(t, err)
	for i := range 240 { // each of them to a third, with 3 hours between
		visitor := fmt.Sprintf("v%d", i)
		resp := s.banner(visitor, 1, func(r *pb.DecideRequest) {
			others := []string{"liked", "bought", "plain"}
			r.Placements[0].ExcludeIds = slices.Delete(others, i%3, i%3+1)
		})
		var batch []*pb.Event
		tell := func(kind pb.EventType, token string, products ...string) {
			e := event(visitor, kind, products...)
			e.AttributionToken, e.Time = token, timestamppb.New(now)
			batch = append(batch, e)
		}
		token := resp.GetPlacements()[0].GetItems()[0].GetAttributionToken()
		tell(pb.EventType_EVENT_TYPE_CREATIVE_VIEWED, token)
		switch creativesOf(resp)[0] {
		case "sale/creatives/liked":
			if i/3%2 == 0 {
				tell(pb.EventType_EVENT_TYPE_CREATIVE_CLICKED, token)
			}
		case "sale/creatives/bought":
			if i/3%3 == 0 {
				tell(pb.EventType_EVENT_TYPE_ORDER_COMPLETED, "", "shoe-1")
				batch[1].Order = &pb.Order{Id: "o-" + visitor}
			}
		}
		_, err := s.events.TrackEvents(t.Context(), &pb.TrackEventsRequest{Site: "sites/shop", Events: batch})
		must(t, err)
		now = now.Add(3 * time.Hour)
	}
	s.settle("shop")
	propensities := func() map[string]float64 {
		got := map[string]float64{}
		for range 100 {
			resp := s.banner("somebody", 1)
			got[creativesOf(resp)[0]] = resp.GetPlacements()[0].GetItems()[0].GetPropensity()
		}
		return got
	}
	paid := func(m *pb.Campaign) {
		m.Name = "sites/shop/campaigns/sale"
		_, err := s.campaigns.UpdateCampaign(t.Context(), &pb.UpdateCampaignRequest{Campaign: m, UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"bid", "goal"}}})
		must(t, err)
	}
	// 10 x a third of the impressions, against next to nothing.
	if got := propensities(); got["sale/creatives/bought"] < 0.95 {
		t.Errorf("paid for conversions: %v", got)
	}
	paid(bid(pb.Charge_CHARGE_CLICK, 1))
	// Half of the impressions are clicked, against none of as many: but creatives of a
	// campaign are thought much alike, so the other is still looked at.
	if got := propensities(); got["sale/creatives/liked"] < 0.7 {
		t.Errorf("paid for clicks: %v", got)
	}
	paid(&pb.Campaign{Goal: &pb.Goal{Metric: pb.GoalMetric_GOAL_METRIC_CONVERSIONS, Amount: 10_000}})
	if got := propensities(); got["sale/creatives/bought"] < 0.9 {
		t.Errorf("with a goal of conversions: %v", got)
	}
}
