package server_test

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/server"
)

// banners opens site "shop" with a placement of creatives, "banner".
func banners(t *testing.T) *shop {
	s := openShop(t)
	s.create("shop")
	s.sell("shop", smallRange()...)
	_, err := s.placements.CreatePlacement(t.Context(), &pb.CreatePlacementRequest{
		Parent: "sites/shop", PlacementId: "banner",
		Placement: &pb.Placement{Count: 1, Rules: &pb.Placement_Creatives{Creatives: &pb.CreativeRules{Formats: []string{"banner"}}}},
	})
	must(t, err)
	return s
}

// banner asks for n creatives for a visitor.
func (s *shop) banner(visitor string, n int, change ...func(*pb.DecideRequest)) *pb.DecideResponse {
	s.t.Helper()
	return s.home("shop", visitor, 0, append([]func(*pb.DecideRequest){func(r *pb.DecideRequest) {
		r.Placements = []*pb.PlacementRequest{{Placement: "banner", Count: int32(n)}}
	}}, change...)...)
}

// creativesOf are the last parts of the creatives' names.
func creativesOf(resp *pb.DecideResponse) (list []string) {
	for _, item := range resp.GetPlacements()[0].GetItems() {
		name := item.GetCreative().GetCreative()
		list = append(list, name[len("sites/shop/campaigns/"):])
	}
	return list
}

// A creative is decided on beside products, with its propensity, where it leads, and
// a token; and the decision can be read again.
func TestDecideACreative(t *testing.T) {
	s := banners(t)
	s.campaign("spring", &pb.Campaign{LandingUrl: "https://example.com/spring"}, "a", "b")
	resp := s.home("shop", "v", 3, func(r *pb.DecideRequest) {
		r.Placements = append(r.Placements, &pb.PlacementRequest{Placement: "banner"})
	})
	if len(resp.GetPlacements()) != 2 || len(resp.GetPlacements()[0].GetItems()) != 3 {
		t.Fatalf("got %v", resp)
	}
	item := resp.GetPlacements()[1].GetItems()[0]
	c := item.GetCreative()
	// Of two that nothing is known of each has half of the chance.
	if c.GetCampaign() != "sites/shop/campaigns/spring" || c.GetLandingUrl() != "https://example.com/spring" ||
		math.Abs(item.GetPropensity()-0.5) > 1e-9 || item.GetAttributionToken() == "" || len(item.GetReasons()) != 1 ||
		item.GetReasons()[0].GetKind() != pb.ReasonKind_REASON_KIND_EXPLORATION {
		t.Errorf("got %v", item)
	}
	again, err := s.decisions.GetDecision(t.Context(), &pb.GetDecisionRequest{Name: resp.GetDecision()})
	must(t, err)
	if got := again.GetPlacements()[1].GetItems()[0]; got.GetCreative().GetCreative() != c.GetCreative() || got.GetPropensity() != item.GetPropensity() {
		t.Errorf("recorded %v, answered %v", got, item)
	}
}

// What visitors click is shown more often, and it is told how often; what was learned
// outlives a restart.
func TestCreativesThatAreClickedAreShownMore(t *testing.T) {
	now := time.Now().Add(-10 * time.Hour)
	s := &shop{t: t, dir: t.TempDir(), clock: &server.EventClock{}}
	s.start()
	t.Cleanup(func() { s.stop() })
	s.create("shop")
	s.campaign("spring", &pb.Campaign{}, "bad", "good")
	_, err := s.placements.CreatePlacement(t.Context(), &pb.CreatePlacementRequest{
		Parent: "sites/shop", PlacementId: "banner",
		Placement: &pb.Placement{Count: 1, Rules: &pb.Placement_Creatives{Creatives: &pb.CreativeRules{}}},
	})
	must(t, err)
	for i := range 400 {
		resp := s.banner(fmt.Sprintf("v%d", i), 1)
		item := resp.GetPlacements()[0].GetItems()[0]
		tell := func(kind pb.EventType) {
			e := event(fmt.Sprintf("v%d", i), kind)
			e.AttributionToken, e.Time = item.GetAttributionToken(), timestamppb.New(now)
			if got := s.track("shop", e); got != pb.EventStatus_EVENT_STATUS_STORED {
				t.Fatalf("%v: %v", kind, got)
			}
		}
		tell(pb.EventType_EVENT_TYPE_CREATIVE_VIEWED)
		// One in four looks at the good one, and nobody at the bad one.
		if creativesOf(resp)[0] == "spring/creatives/good" && i%4 == 0 {
			tell(pb.EventType_EVENT_TYPE_CREATIVE_CLICKED)
		}
		now = now.Add(time.Minute)
	}
	for range 2 {
		s.settle("shop")
		propensity := map[string]float64{}
		for range 50 {
			resp := s.banner("other", 1)
			propensity[creativesOf(resp)[0]] = resp.GetPlacements()[0].GetItems()[0].GetPropensity()
		}
		if propensity["spring/creatives/good"] < 0.9 {
			t.Errorf("propensities %v", propensity)
		}
		s.restart()
	}
}

// A slot of several creatives has none twice, and says why it stays short.
func TestCreativesOfASlot(t *testing.T) {
	s := banners(t)
	s.campaign("one", &pb.Campaign{}, "a", "b")
	s.campaign("paused", &pb.Campaign{Paused: true}, "c")
	s.campaign("loyal", &pb.Campaign{Targeting: "'category/shoes' in visitor.interests && visitor.interests['category/shoes'] > 0.5"}, "d")
	s.campaign("house", &pb.Campaign{Tier: pb.Tier_TIER_HOUSE}, "e")
	full := func(r *pb.DecideRequest) { r.Explain = pb.Explain_EXPLAIN_FULL }
	why := func(resp *pb.DecideResponse) string {
		got := map[string]string{}
		for _, r := range resp.GetPlacements()[0].GetRejected() {
			got[r.GetId()[len("sites/shop/campaigns/"):]] = r.GetRejection().String()[len("REJECTION_"):]
		}
		return fmt.Sprint(got)
	}
	resp := s.banner("v", 1, full)
	if got := why(resp); len(creativesOf(resp)) != 1 ||
		got != "map[house/creatives/e:LOWER_TIER loyal/creatives/d:TARGETING one/creatives/"+map[string]string{"one/creatives/a": "b", "one/creatives/b": "a"}[creativesOf(resp)[0]]+":OUTRANKED paused/creatives/c:PAUSED]" {
		t.Errorf("shown %v, rejected %s", creativesOf(resp), got)
	}
	for reason, want := range map[string]int{"lower_tier": 1, "targeting": 1, "paused": 0, "outranked": 0} {
		if got := s.metric("vitrine_creatives_refused_total", "placement", "banner", "reason", reason); got != want {
			t.Errorf("%d refused as %s, want %d", got, reason, want)
		}
	}
	for _, r := range resp.GetPlacements()[0].GetRejected() {
		// Of two that nothing is known of, the other one had half of the chance, too.
		if outranked := r.GetRejection() == pb.Rejection_REJECTION_OUTRANKED; outranked != (math.Abs(r.GetPropensity()-0.5) < 1e-9) {
			t.Errorf("rejected %v", r)
		}
	}
	// Then the house's, when nothing else is left.
	resp = s.banner("v", 5, full)
	if got := creativesOf(resp); len(got) != 3 || got[2] != "house/creatives/e" || got[0] == got[1] {
		t.Errorf("shown %v", got)
	}
	if got := resp.GetPlacements()[0].GetNoFillReason(); got != pb.NoFillReason_NO_FILL_REASON_TARGETING && got != pb.NoFillReason_NO_FILL_REASON_UNAVAILABLE {
		t.Errorf("no fill: %v", got)
	}
	// Who looked at shoes is whom the targeting means: in the very next answer, and
	// not without consent.
	for range 3 {
		s.track("shop", viewed("runner", "shoe-1"))
	}
	if got := creativesOf(s.banner("runner", 3)); len(got) != 3 || !slices.Contains(got, "loyal/creatives/d") {
		t.Errorf("the runner is shown %v", got)
	}
	refused := func(r *pb.DecideRequest) { r.Consent = answered(false) }
	if got := creativesOf(s.banner("runner", 5, refused)); slices.Contains(got, "loyal/creatives/d") {
		t.Errorf("without consent the runner is shown %v", got)
	}
	resp = s.banner("v", 5, func(r *pb.DecideRequest) { r.Placements[0].ExcludeIds = []string{"a", "e"} })
	if got := creativesOf(resp); fmt.Sprint(got) != "[one/creatives/b]" {
		t.Errorf("shown %v", got)
	}
	_, err := s.decisions.Decide(t.Context(), &pb.DecideRequest{
		Site: "sites/shop", Placements: []*pb.PlacementRequest{{Placement: "banner", Filter: "true"}},
	})
	wantViolation(t, err, "placements[0].filter", "shows creatives")
}
