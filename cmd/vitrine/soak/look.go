package soak

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// lookAtAll looks at all of it.
func (c *client) lookAtAll(ctx context.Context, conn *grpc.ClientConn) error {
	for _, v := range c.visitors {
		if err := c.lookAt(ctx, conn, v); err != nil {
			return err
		}
	}
	for _, id := range c.erased {
		if err := c.lookAtErased(ctx, conn, id); err != nil {
			return err
		}
	}
	return c.rereadDecisions(ctx, conn, len(c.decisions))
}

// lookAt has a visitor be what was acknowledged of them: each event once, their cart,
// and whom they are linked to.
func (c *client) lookAt(ctx context.Context, conn *grpc.ClientConn, v *visitor) error {
	got, err := pb.NewVisitorServiceClient(conn).GetVisitor(ctx, &pb.GetVisitorRequest{Name: visitorName(v.id)})
	if status.Code(err) == codes.NotFound {
		c.r.broken("%s is not known; %d events were acknowledged", v.id, v.events)
		return nil
	}
	if err != nil {
		return err
	}
	c.r.count(func(r *Report) { r.Visitors++ })
	if got.GetEventCount() != int64(v.events) {
		c.r.broken("%s has %d events, %d were acknowledged", v.id, got.GetEventCount(), v.events)
	}
	cart := make(map[string]bool)
	for _, item := range got.GetCart() {
		cart[item.GetProductId()] = true
	}
	for id := range v.cart {
		if !cart[id] {
			c.r.broken("%s has not in the cart what was acknowledged: %s", v.id, id)
		}
	}
	if v.person != "" && got.GetPerson() != v.person {
		c.r.broken("%s is linked to %q; %q was acknowledged", v.id, got.GetPerson(), v.person)
	}
	return nil
}

func (c *client) lookAtErased(ctx context.Context, conn *grpc.ClientConn, id string) error {
	_, err := pb.NewVisitorServiceClient(conn).GetVisitor(ctx, &pb.GetVisitorRequest{Name: visitorName(id)})
	if err == nil {
		c.r.broken("%s was erased, and is known", id)
	}
	if status.Code(err) != codes.NotFound {
		return err
	}
	stream, err := pb.NewVisitorServiceClient(conn).ExportVisitor(ctx, &pb.ExportVisitorRequest{Name: visitorName(id)})
	if err != nil {
		return err
	}
	record, err := stream.Recv()
	if err == nil {
		c.r.broken("%s was erased, and %v is exported of them", id, record)
	}
	if status.Code(err) != codes.NotFound {
		return err
	}
	return nil
}

// lookAtRest looks at what the visitor allows who says so again and again, and at the
// product that is this client's.
func (c *client) lookAtRest(ctx context.Context, conn *grpc.ClientConn) error {
	if c.chooser != "" {
		if err := c.allowed(ctx, conn); err != nil {
			return err
		}
	}
	p, err := pb.NewCatalogServiceClient(conn).GetProduct(ctx, &pb.GetProductRequest{Name: c.product()})
	if err != nil {
		return err
	}
	if got := p.GetPrice().GetNanos(); c.price > 1 && int64(got) != c.price {
		c.r.broken("%s is at version %d, %d was acknowledged", c.product(), got, c.price)
	}
	return nil
}

// allowed has the very next answer heed what a visitor said last.
func (c *client) allowed(ctx context.Context, conn *grpc.ClientConn) error {
	resp, err := pb.NewDecisionServiceClient(conn).Decide(ctx, &pb.DecideRequest{
		Site: site, Visitor: &pb.VisitorKey{DeviceId: c.chooser}, Consent: granted(true), DryRun: true,
		Placements: []*pb.PlacementRequest{{Placement: "home", Count: 3}},
	})
	if err != nil {
		return err
	}
	want := pb.DecisionMode_DECISION_MODE_PROFILE
	if c.refused {
		want = pb.DecisionMode_DECISION_MODE_CONTEXTUAL
	}
	if resp.GetMode() != want {
		c.r.broken("%s is answered in mode %v; what they said last asks for %v", c.chooser, resp.GetMode(), want)
	}
	if !c.refused {
		return nil
	}
	stored, err := pb.NewEventServiceClient(conn).TrackEvent(ctx, &pb.TrackEventRequest{Site: site, Event: c.event(&visitor{id: c.chooser})})
	if err == nil && stored.GetStatus() != pb.EventStatus_EVENT_STATUS_NO_CONSENT {
		c.r.broken("%s refuses, and an event of theirs is %v", c.chooser, stored.GetStatus())
	}
	return err
}

// rereadDecisions has decisions read as they did. One that was there after a kill is
// there for good; of the last moment before it some may be lost.
func (c *client) rereadDecisions(ctx context.Context, conn *grpc.ClientConn, some int) error {
	rest := c.decisions[:0]
	for _, d := range c.decisions {
		if d.kept && c.rng.IntN(len(c.decisions)) >= some {
			rest = append(rest, d)
			continue
		}
		got, err := pb.NewDecisionServiceClient(conn).GetDecision(ctx, &pb.GetDecisionRequest{Name: d.name})
		if status.Code(err) == codes.NotFound {
			if d.kept {
				c.r.broken("%s is lost; it was there after an earlier kill", d.name)
			}
			c.r.count(func(r *Report) { r.Unkept++ })
			continue
		}
		if err != nil {
			return err
		}
		if !proto.Equal(got, d.read) {
			c.r.broken("%s reads\n%v\nand was\n%v", d.name, got, d.read)
		}
		c.r.count(func(r *Report) { r.Reread++ })
		d.kept = true
		rest = append(rest, d)
	}
	c.decisions = rest
	return nil
}
