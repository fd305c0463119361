package soak

import (
	"context"
	"fmt"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

const (
	// goalAmount is the impressions that each campaign with a goal is for, and paidUnits
	// and clickUnits what those with a budget may cost, at 1 for an impression or a click:
	// few, so that many are used up.
	goalAmount = 20
	paidUnits  = 15
	clickUnits = 5
	// pacedAmount is what the campaign with an end is for: fewer than there are pages in
	// a minute, and a day's worth.
	pacedAmount = 2000
	// aheadAtMost is how far before its plan that campaign may be, in parts of its goal:
	// what it hands out at the start, when nothing is known of the traffic, is under one percent.
	aheadAtMost = 0.03
)

// sale is what was answered and acknowledged of a campaign.
type sale struct {
	handed int
	told   int // impressions, or clicks where they are paid for
}

func goalCampaign() *pb.Campaign {
	return &pb.Campaign{Tier: pb.Tier_TIER_GOAL, Goal: &pb.Goal{Metric: pb.GoalMetric_GOAL_METRIC_IMPRESSIONS, Amount: goalAmount}}
}

// paidCampaign pays 1 for an impression.
func paidCampaign() *pb.Campaign {
	return &pb.Campaign{
		Budget: &pb.Money{CurrencyCode: "EUR", Units: paidUnits},
		Bid:    &pb.Bid{Charge: pb.Charge_CHARGE_THOUSAND_IMPRESSIONS, Amount: &pb.Money{CurrencyCode: "EUR", Units: 1000}},
	}
}

// clicksCampaign pays 1 for a click, and half of it for the last.
func clicksCampaign() *pb.Campaign {
	return &pb.Campaign{
		Budget: &pb.Money{CurrencyCode: "EUR", Units: clickUnits, Nanos: 5e8},
		Bid:    &pb.Bid{Charge: pb.Charge_CHARGE_CLICK, Amount: &pb.Money{CurrencyCode: "EUR", Units: 1}},
	}
}

func forClicks(campaign string) bool { return strings.HasPrefix(campaign, site+"/campaigns/clicks-") }

// pacedCampaign is spread over a day.
func pacedCampaign(now time.Time) *pb.Campaign {
	return &pb.Campaign{
		Goal:      &pb.Goal{Metric: pb.GoalMetric_GOAL_METRIC_IMPRESSIONS, Amount: pacedAmount},
		StartTime: timestamppb.New(now), EndTime: timestamppb.New(now.Add(24 * time.Hour)),
	}
}

// handedOut counts an answered creative of a campaign: no more than there is room for.
// What nobody sees is free again after ten minutes; here all that is answered is told of
// as soon as it can be.
func (s *shop) handedOut(r *run, campaign string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sales[campaign] == nil {
		s.sales[campaign] = &sale{}
	}
	s.sales[campaign].handed++
	room := map[string]int{"goal": goalAmount, "paid": paidUnits}
	kind, _, _ := strings.Cut(strings.TrimPrefix(campaign, site+"/campaigns/"), "-")
	if n := s.sales[campaign].handed; room[kind] > 0 && n > room[kind] {
		r.broken("%s was handed out %d times, and has room for %d", campaign, n, room[kind])
	}
}

// told counts an acknowledged outcome of a campaign.
func (s *shop) told(campaign string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sales[campaign].told++
}

// delivered looks at what the campaigns have brought about: each outcome that was
// acknowledged, once, no more than they are for, and charged what it costs, to the end of
// the budget.
func (s *shop) delivered(ctx context.Context, conn *grpc.ClientConn, r *run) error {
	if err := learned(ctx, conn); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, sold := range s.sales {
		c, err := pb.NewCampaignServiceClient(conn).GetCampaign(ctx, &pb.GetCampaignRequest{Name: name})
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		sold.judge(c, r)
	}
	return nil
}

// judge compares what a campaign says of itself with what was acknowledged.
func (sold *sale) judge(c *pb.Campaign, r *run) {
	got := c.GetDelivery()
	counted := got.GetImpressions()
	if forClicks(c.GetName()) {
		counted = got.GetClicks()
	}
	if counted != int64(sold.told) {
		r.broken("%s counts %d outcomes, %d were acknowledged", c.GetName(), counted, sold.told)
	}
	if got.GetHandedOut() < int64(sold.handed) {
		r.broken("%s counts %d handed out, %d were answered", c.GetName(), got.GetHandedOut(), sold.handed)
	}
	if c.GetBudget() != nil {
		want := min(float64(sold.told), units(c.GetBudget()))
		if spent := units(got.GetSpent()); spent != want {
			r.broken("%s has spent %v; %d outcomes at 1 were acknowledged, and its budget is %v", c.GetName(), spent, sold.told, units(c.GetBudget()))
		}
		r.count(func(rep *Report) { rep.Budgets++ })
	}
	if c.GetEndTime() != nil && got.GetProgress() > got.GetPlanned()+aheadAtMost {
		r.broken("%s has reached %.3f of its goal, and was to be at %.3f by now", c.GetName(), got.GetProgress(), got.GetPlanned())
	}
}

// spentSoFar looks at the latest campaigns with a budget, whose events may not all be
// learned from yet: none is over it.
func (s *shop) spentSoFar(ctx context.Context, conn *grpc.ClientConn, r *run) error {
	for _, id := range []string{fmt.Sprint("paid-", s.latest), fmt.Sprint("clicks-", s.latest)} {
		c, err := pb.NewCampaignServiceClient(conn).GetCampaign(ctx, &pb.GetCampaignRequest{Name: site + "/campaigns/" + id})
		if err != nil {
			return fmt.Errorf("read %s: %w", id, err)
		}
		if spent, budget := units(c.GetDelivery().GetSpent()), units(c.GetBudget()); spent > budget {
			r.broken("%s has spent %v of a budget of %v", id, spent, budget)
		}
	}
	return nil
}

func units(m *pb.Money) float64 { return float64(m.GetUnits()) + float64(m.GetNanos())/1e9 }
