package soak

import (
	"context"

	"google.golang.org/grpc"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// decide asks for a page, counts what of it is counted, and tells of what was seen and
// clicked.
func (c *client) decide(ctx context.Context, conn *grpc.ClientConn) error {
	if len(c.visitors) == 0 {
		return nil
	}
	v := c.visitors[c.rng.IntN(len(c.visitors))]
	decisions := pb.NewDecisionServiceClient(conn)
	resp, err := decisions.Decide(ctx, &pb.DecideRequest{
		Site: site, Visitor: &pb.VisitorKey{DeviceId: v.id}, Consent: granted(true),
		Placements: []*pb.PlacementRequest{
			{Placement: "home", Count: 8}, {Placement: "capped"}, {Placement: "goal"}, {Placement: "paid"}, {Placement: "clicks"}, {Placement: "paced"},
		},
	})
	if err != nil {
		return err
	}
	c.r.count(func(r *Report) { r.Pages++ })
	if resp.GetMode() != pb.DecisionMode_DECISION_MODE_PROFILE {
		c.r.broken("%s is answered in mode %v, and has %d acknowledged events", v.id, resp.GetMode(), v.events)
	}
	page := resp.GetPlacements()
	if n := len(page[1].GetItems()); n > 0 {
		v.capped += n
		c.r.count(func(r *Report) { r.Capped += n })
		if v.capped > capLimit {
			c.r.broken("%s was handed out a creative %d times, its cap is %d", v.id, v.capped, capLimit)
		}
	}
	if c.rng.IntN(3) == 0 {
		read, err := decisions.GetDecision(ctx, &pb.GetDecisionRequest{Name: resp.GetDecision()})
		if err != nil {
			return err
		}
		c.decisions = append(c.decisions, &decision{name: resp.GetDecision(), read: read, round: c.round})
	}
	// All of a page was handed out, whatever becomes of the calls below.
	for _, p := range page[2:] {
		for _, item := range p.GetItems() {
			c.r.shop.handedOut(c.r, item.GetCreative().GetCampaign())
		}
	}
	// And all of it is told of, after a kill, too: else it would be free again in ten minutes.
	for _, p := range page[2:] {
		for _, item := range p.GetItems() {
			if e := c.tell(ctx, conn, v, item); e != nil {
				err = e
			}
		}
	}
	return ended(err)
}

// tell tells of a creative that it was seen, or, where clicks are paid for, that it was
// clicked, by one visitor in two.
func (c *client) tell(ctx context.Context, conn *grpc.ClientConn, v *visitor, item *pb.DecidedItem) error {
	campaign := item.GetCreative().GetCampaign()
	e := &pb.Event{
		Id: c.id("i"), Type: pb.EventType_EVENT_TYPE_CREATIVE_VIEWED, Consent: granted(true),
		Visitor: &pb.VisitorKey{DeviceId: v.id}, AttributionToken: item.GetAttributionToken(),
	}
	if forClicks(campaign) {
		if c.rng.IntN(2) == 0 {
			return nil
		}
		e.Type = pb.EventType_EVENT_TYPE_CREATIVE_CLICKED
	}
	return c.attempt(ctx, conn, c.tracking(e, func() {
		c.has(v, e)
		c.r.shop.told(campaign)
		c.r.count(func(r *Report) { r.Outcomes++ })
	}))
}
