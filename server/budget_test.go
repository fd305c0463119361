package server_test

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/server"
)

func impressions(n int64) *pb.Goal {
	return &pb.Goal{Metric: pb.GoalMetric_GOAL_METRIC_IMPRESSIONS, Amount: n}
}

// thousand is a bid of so many units for a thousand impressions.
func thousand(units int64) *pb.Bid {
	return &pb.Bid{Charge: pb.Charge_CHARGE_THOUSAND_IMPRESSIONS, Amount: &pb.Money{Units: units}}
}

// atOnce asks for a banner for so many visitors at the same time, and returns the tokens
// of those that are shown one.
func (s *shop) atOnce(n int, name string) []string {
	s.t.Helper()
	var wg sync.WaitGroup
	var mu sync.Mutex
	var tokens []string
	for i := range n {
		wg.Go(func() {
			resp, err := s.decisions.Decide(s.t.Context(), &pb.DecideRequest{
				Site: "sites/shop", Visitor: &pb.VisitorKey{DeviceId: fmt.Sprintf("%s-%d", name, i)}, Consent: granted(),
				Placements: []*pb.PlacementRequest{{Placement: "banner"}},
			})
			if err != nil {
				s.t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			for _, item := range resp.GetPlacements()[0].GetItems() {
				tokens = append(tokens, item.GetAttributionToken())
			}
		})
	}
	wg.Wait()
	return tokens
}

// tell tells of creatives by their tokens.
func (s *shop) tell(kind pb.EventType, at time.Time, tokens ...string) {
	s.t.Helper()
	for _, token := range tokens {
		e := event("somebody", kind)
		e.AttributionToken, e.Time = token, timestamppb.New(at)
		if got := s.track("shop", e); got != pb.EventStatus_EVENT_STATUS_STORED {
			s.t.Fatalf("%v: %v", kind, got)
		}
	}
}

// delivered is what a campaign has brought about.
func (s *shop) delivered(id string) *pb.Delivery {
	s.t.Helper()
	s.settle("shop")
	m, err := s.campaigns.GetCampaign(s.t.Context(), &pb.GetCampaignRequest{Name: "sites/shop/campaigns/" + id})
	must(s.t, err)
	return m.GetDelivery()
}

// Of 200 who ask at once for what there is a budget for 50 of, 50 are shown it, with a
// restart in between, and also after a crash that left no snapshot.
func TestBudgetHoldsForManyAtOnce(t *testing.T) {
	s := banners(t)
	// 1,000 for a thousand are 1 each.
	s.campaign("spring", &pb.Campaign{Budget: &pb.Money{Units: 50}, Bid: thousand(1000)}, "a", "b")
	first := s.atOnce(30, "before")
	s.restart()
	second := s.atOnce(10, "again")
	s.stop()
	must(t, os.RemoveAll(filepath.Join(s.dir, "snapshots")))
	s.start()
	if len(first) != 30 || len(second) != 10 {
		t.Fatalf("%d, then %d were shown it, want 30 and 10", len(first), len(second))
	}
	third := s.atOnce(200, "then")
	if len(third) != 10 {
		t.Errorf("%d of 200 were shown it, want the 10 that are left of 50", len(third))
	}
	// All are seen, and some tell of it twice.
	all := append(append(first, second...), third...)
	s.tell(pb.EventType_EVENT_TYPE_CREATIVE_VIEWED, time.Now(), all...)
	s.tell(pb.EventType_EVENT_TYPE_CREATIVE_VIEWED, time.Now(), third...)
	got := s.delivered("spring")
	if got.GetHandedOut() != 50 || got.GetImpressions() != 50 || got.GetSpent().GetUnits() != 50 || got.GetProgress() != 1 {
		t.Errorf("got %v", got)
	}
	resp := s.banner("late", 1, func(r *pb.DecideRequest) { r.Explain = pb.Explain_EXPLAIN_FULL })
	p := resp.GetPlacements()[0]
	if len(p.GetItems()) != 0 || p.GetNoFillReason() != pb.NoFillReason_NO_FILL_REASON_BUDGET || p.GetRejected()[0].GetRejection() != pb.Rejection_REJECTION_BUDGET {
		t.Errorf("got %v", p)
	}
}

// What nobody sees is free again after ten minutes. Seen later it counts and costs
// nothing once the budget is spent.
func TestWhatIsNotSeenIsHandedOutAgain(t *testing.T) {
	s := &shop{t: t, dir: t.TempDir(), clock: &server.EventClock{}}
	s.start()
	t.Cleanup(func() { s.stop() })
	s.create("shop")
	_, err := s.placements.CreatePlacement(t.Context(), &pb.CreatePlacementRequest{
		Parent: "sites/shop", PlacementId: "banner", Placement: &pb.Placement{Count: 1, Rules: &pb.Placement_Creatives{Creatives: &pb.CreativeRules{}}},
	})
	must(t, err)
	s.campaign("spring", &pb.Campaign{Goal: impressions(3), Budget: &pb.Money{Units: 3}, Bid: thousand(1000)}, "a")
	now := time.Now().Add(-time.Hour)
	pass := func(to time.Time) {
		e := viewed("v", "p")
		e.Time = timestamppb.New(to)
		s.track("shop", e)
	}
	pass(now)
	first := s.atOnce(5, "first")
	if len(first) != 3 {
		t.Fatalf("%d were shown it, want 3", len(first))
	}
	s.tell(pb.EventType_EVENT_TYPE_CREATIVE_VIEWED, now.Add(9*time.Minute), first[0])
	if got := s.atOnce(5, "waiting"); len(got) != 0 {
		t.Errorf("%d were shown it while two are waited for", len(got))
	}
	pass(now.Add(11 * time.Minute))
	second := s.atOnce(5, "second")
	if len(second) != 2 {
		t.Fatalf("%d were shown it, want the 2 that were not seen", len(second))
	}
	s.tell(pb.EventType_EVENT_TYPE_CREATIVE_VIEWED, now.Add(12*time.Minute), append(second, first[1:]...)...)
	if got := s.delivered("spring"); got.GetImpressions() != 5 || got.GetSpent().GetUnits() != 3 || got.GetSpent().GetNanos() != 0 {
		t.Errorf("got %v", got)
	}
}

// A dry run holds nothing, and what a campaign brought about does not pass to the next
// of its id.
func TestCountersBeginAndEndWithTheCampaign(t *testing.T) {
	s := banners(t)
	for range 2 {
		s.campaign("spring", &pb.Campaign{Goal: impressions(2)}, "a")
		for range 5 {
			if got := s.banner("v", 1, func(r *pb.DecideRequest) { r.DryRun = true }); len(creativesOf(got)) != 1 {
				t.Fatalf("a dry run shows %v", got)
			}
		}
		s.settle("shop")
		tokens := s.atOnce(4, "v")
		if len(tokens) != 2 {
			t.Fatalf("%d were shown it, want 2", len(tokens))
		}
		s.tell(pb.EventType_EVENT_TYPE_CREATIVE_CLICKED, time.Now(), tokens[0])
		if got := s.delivered("spring"); got.GetHandedOut() != 2 || got.GetImpressions() != 1 || got.GetClicks() != 1 || got.GetProgress() != 0.5 {
			t.Errorf("got %v", got)
		}
		_, err := s.campaigns.DeleteCampaign(t.Context(), &pb.DeleteCampaignRequest{Name: "sites/shop/campaigns/spring"})
		must(t, err)
		s.tell(pb.EventType_EVENT_TYPE_CREATIVE_VIEWED, time.Now(), tokens[1]) // late
		s.settle("shop")
	}
}

// Goals, budgets and bids that contradict each other are refused by name.
func TestBadGoalsAndBudgets(t *testing.T) {
	s := banners(t)
	spend := &pb.Goal{Metric: pb.GoalMetric_GOAL_METRIC_SPEND}
	for _, test := range []struct {
		c           *pb.Campaign
		field, text string
	}{
		{&pb.Campaign{Goal: impressions(0)}, "campaign.goal.amount", "at least 1"},
		{&pb.Campaign{Goal: impressions(-1)}, "campaign.goal.amount", "0"},
		{&pb.Campaign{Goal: &pb.Goal{Amount: 5}}, "campaign.goal.metric", ""},
		{&pb.Campaign{Goal: spend}, "campaign.budget", "must be there"},
		{&pb.Campaign{Goal: &pb.Goal{Metric: spend.GetMetric(), Amount: 7}, Budget: &pb.Money{Units: 1}, Bid: thousand(1)}, "campaign.goal.amount", "left out"},
		{&pb.Campaign{Budget: &pb.Money{Units: 5}}, "campaign.bid", "must be there"},
		{&pb.Campaign{Budget: &pb.Money{Units: -5}, Bid: thousand(1)}, "campaign.budget", "above 0"},
		{&pb.Campaign{Budget: &pb.Money{Units: 5, CurrencyCode: "CHF"}, Bid: thousand(1)}, "campaign.budget.currency_code", "EUR"},
		{&pb.Campaign{Bid: thousand(-1)}, "campaign.bid.amount", "at least"},
		{&pb.Campaign{Bid: &pb.Bid{Amount: &pb.Money{Units: 1}}}, "campaign.bid.charge", ""},
		{&pb.Campaign{Budget: &pb.Money{Units: 5}, Bid: &pb.Bid{Charge: pb.Charge_CHARGE_CLICK, Amount: &pb.Money{Units: 6}}}, "campaign.budget", "enough for one"},
		{&pb.Campaign{
			StartTime: timestamppb.New(time.Unix(2e9, 0)), EndTime: timestamppb.New(time.Unix(1e9, 0)), Goal: impressions(5),
		}, "campaign.end_time", "after start_time"},
	} {
		_, err := s.campaigns.CreateCampaign(t.Context(), &pb.CreateCampaignRequest{Parent: "sites/shop", CampaignId: "bad", Campaign: test.c})
		wantViolation(t, err, test.field, test.text)
	}
}

// A campaign with far more visitors than it needs until its end holds back.
func TestPacedCampaignsHoldBack(t *testing.T) {
	s := banners(t)
	s.campaign("spring", &pb.Campaign{
		Goal: impressions(100), StartTime: timestamppb.New(time.Now()), EndTime: timestamppb.New(time.Now().Add(30 * 24 * time.Hour)),
	}, "a")
	shown, paced := 0, 0
	for i := range 200 {
		resp := s.banner(fmt.Sprint("v", i), 1, func(r *pb.DecideRequest) { r.Explain = pb.Explain_EXPLAIN_FULL })
		switch p := resp.GetPlacements()[0]; {
		case len(p.GetItems()) == 1:
			shown++
		case p.GetRejected()[0].GetRejection() == pb.Rejection_REJECTION_PACED && p.GetNoFillReason() == pb.NoFillReason_NO_FILL_REASON_BUDGET:
			paced++
		}
	}
	// 200 visitors in the first moment of a month.
	if shown > 10 || shown+paced != 200 {
		t.Errorf("%d were shown it, and it held back for %d", shown, paced)
	}
}

// Orders count towards a goal of conversions, and a cancelled one no longer does.
func TestConversionsCountTowardsTheGoal(t *testing.T) {
	s := banners(t)
	s.campaign("spring", &pb.Campaign{Goal: &pb.Goal{Metric: pb.GoalMetric_GOAL_METRIC_CONVERSIONS, Amount: 10}}, "a")
	shown := s.banner("buyer", 1).GetPlacements()[0].GetItems()[0].GetAttributionToken()
	for _, step := range []struct {
		kind  pb.EventType
		token string
		order string
		want  int64
	}{
		{pb.EventType_EVENT_TYPE_CREATIVE_VIEWED, shown, "", 0},
		{pb.EventType_EVENT_TYPE_CREATIVE_CLICKED, shown, "", 0},
		{pb.EventType_EVENT_TYPE_ORDER_COMPLETED, "", "o1", 1}, // to the last click
		{pb.EventType_EVENT_TYPE_ORDER_CANCELLED, "", "o1", 0},
	} {
		e := event("buyer", step.kind, "shoe-1")
		e.AttributionToken = step.token
		if step.order != "" {
			e.Order = &pb.Order{Id: step.order}
		} else {
			e.Items = nil
		}
		if got := s.track("shop", e); got != pb.EventStatus_EVENT_STATUS_STORED {
			t.Fatalf("%v: %v", step.kind, got)
		}
		if got := s.delivered("spring").GetConversions(); got != step.want {
			t.Errorf("after %v there are %d conversions, want %d", step.kind, got, step.want)
		}
	}
}
