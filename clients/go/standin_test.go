package vitrine_test

import (
	"context"
	"log"
	"net"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// patience replaces the 50 ms of a shop where a busy test machine may take
// longer.
const patience = time.Minute

// startVitrine serves a stand-in for Vitrine that gives the same answers to
// everybody, and returns its address and how to stop it.
func startVitrine() (address string, stop func()) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	server, done := grpc.NewServer(), make(chan struct{})
	vitrinev1.RegisterDecisionServiceServer(server, standIn{})
	vitrinev1.RegisterEventServiceServer(server, standIn{})
	vitrinev1.RegisterVisitorServiceServer(server, standIn{})
	go func() {
		defer close(done)
		_ = server.Serve(listener) // ends with Stop
	}()
	return listener.Addr().String(), func() {
		server.Stop()
		<-done
	}
}

type standIn struct {
	vitrinev1.UnimplementedDecisionServiceServer
	vitrinev1.UnimplementedEventServiceServer
	vitrinev1.UnimplementedVisitorServiceServer
}

func (standIn) Decide(_ context.Context, req *vitrinev1.DecideRequest) (*vitrinev1.DecideResponse, error) {
	resp := &vitrinev1.DecideResponse{}
	for _, want := range req.GetPlacements() {
		result := &vitrinev1.PlacementResult{Placement: want.GetPlacement()}
		if want.GetPlacement() == "home" {
			result.Items = []*vitrinev1.DecidedItem{
				decided("gaiters-7", "Because you looked at Trail Runner"),
				decided("socks-2", "Popular in running"),
			}
		}
		if n := int(want.GetCount()); n > 0 && n < len(result.Items) {
			result.Items = result.Items[:n]
		}
		resp.Placements = append(resp.Placements, result)
	}
	return resp, nil
}

func decided(product, reason string) *vitrinev1.DecidedItem {
	return &vitrinev1.DecidedItem{
		Item:    &vitrinev1.DecidedItem_Product{Product: &vitrinev1.DecidedProduct{ProductId: product}},
		Reasons: []*vitrinev1.Reason{{Text: reason}},
	}
}

func (standIn) TrackEvent(context.Context, *vitrinev1.TrackEventRequest) (*vitrinev1.TrackEventResponse, error) {
	return &vitrinev1.TrackEventResponse{Status: vitrinev1.EventStatus_EVENT_STATUS_STORED}, nil
}

func (standIn) TrackEvents(_ context.Context, req *vitrinev1.TrackEventsRequest) (*vitrinev1.TrackEventsResponse, error) {
	resp := &vitrinev1.TrackEventsResponse{}
	for i, e := range req.GetEvents() {
		result := &vitrinev1.EventResult{Index: int64(i), Status: vitrinev1.EventStatus_EVENT_STATUS_STORED}
		if len(e.GetItems()) > 0 && e.GetItems()[0].GetProductId() == "" {
			result.Status = vitrinev1.EventStatus_EVENT_STATUS_INVALID
			result.Violations = []*vitrinev1.FieldViolation{
				{Field: "items[0].product_id", Description: "must have at least 1 character"},
			}
		}
		resp.Results = append(resp.Results, result)
	}
	return resp, nil
}

func (standIn) GetVisitor(context.Context, *vitrinev1.GetVisitorRequest) (*vitrinev1.Visitor, error) {
	return nil, status.Error(codes.NotFound, "nothing is known of this visitor")
}
