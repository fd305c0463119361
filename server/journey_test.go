package server_test

import (
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

func TestHomePageFollowsTheVisitor(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	s.sell("shop", smallRange()...)

	before := s.home("shop", "runner", 10)
	if got := len(ids(before)); got != 10 {
		t.Fatalf("a first visitor gets %d products, want 10", got)
	}
	if before.GetMode() != pb.DecisionMode_DECISION_MODE_CONTEXTUAL {
		t.Errorf("mode %v for a visitor never seen, want CONTEXTUAL", before.GetMode())
	}

	for _, id := range []string{"shoe-1", "shoe-2", "shoe-3"} {
		s.track("shop", viewed("runner", id))
	}
	after := s.home("shop", "runner", 10)
	if after.GetMode() != pb.DecisionMode_DECISION_MODE_PROFILE {
		t.Errorf("mode %v, want PROFILE", after.GetMode())
	}
	if n := count(ids(after)[:5], "shoe-"); n < 4 {
		t.Errorf("%d of the first five are shoes, want 4 or more: %v", n, ids(after))
	}
	for _, item := range after.GetPlacements()[0].GetItems() {
		if len(item.GetReasons()) == 0 {
			t.Errorf("%s has no reason", item.GetProduct().GetProductId())
		}
		for _, r := range item.GetReasons() {
			if r.GetText() == "" || r.GetShare() <= 0 || r.GetShare() > 1 {
				t.Errorf("%s: reason %v", item.GetProduct().GetProductId(), r)
			}
		}
		if item.GetAttributionToken() == "" || item.GetPropensity() != 1 {
			t.Errorf("%s: token %q, propensity %v", item.GetProduct().GetProductId(), item.GetAttributionToken(), item.GetPropensity())
		}
	}
}

// The decision after an acknowledged event has that event in it.
func TestReadYourOwnWrites(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	s.sell("shop", smallRange()...)
	for _, id := range []string{"lamp-1", "tent-4", "shoe-7"} {
		s.track("shop", event("buyer", pb.EventType_EVENT_TYPE_PRODUCT_ADDED, id))
		for _, shown := range ids(s.home("shop", "buyer", 29)) {
			if shown == id {
				t.Errorf("%s is in the cart and on the next page", id)
			}
		}
	}
	visitor, err := s.visitors.GetVisitor(t.Context(), &pb.GetVisitorRequest{Name: "sites/shop/visitors/buyer"})
	must(t, err)
	if len(visitor.GetCart()) != 3 || visitor.GetEventCount() != 3 {
		t.Errorf("cart %v after %d events, want three of each", visitor.GetCart(), visitor.GetEventCount())
	}
}

func TestSameEventCountsOnce(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	e := viewed("v", "shoe-1")
	if got := s.track("shop", e); got != pb.EventStatus_EVENT_STATUS_STORED {
		t.Fatalf("first delivery: %v", got)
	}
	if got := s.track("shop", e); got != pb.EventStatus_EVENT_STATUS_DUPLICATE {
		t.Errorf("second delivery: %v", got)
	}
	s.restart()
	if got := s.track("shop", e); got != pb.EventStatus_EVENT_STATUS_DUPLICATE {
		t.Errorf("delivery after a restart: %v", got)
	}
	visitor, err := s.visitors.GetVisitor(t.Context(), &pb.GetVisitorRequest{Name: "sites/shop/visitors/v"})
	must(t, err)
	if visitor.GetEventCount() != 1 {
		t.Errorf("counted %d times", visitor.GetEventCount())
	}
}

func TestDecisionIsKeptAsItWasMade(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	s.sell("shop", smallRange()...)
	s.track("shop", viewed("v", "tent-2"))
	page := s.home("shop", "v", 5, func(r *pb.DecideRequest) {
		r.Context = &pb.PageContext{PageType: pb.PageType_PAGE_TYPE_HOME, Device: pb.DeviceType_DEVICE_TYPE_PHONE}
	})
	check := func(when string) {
		t.Helper()
		kept, err := s.decisions.GetDecision(t.Context(), &pb.GetDecisionRequest{Name: page.GetDecision()})
		must(t, err)
		if !proto.Equal(kept.GetPlacements()[0], page.GetPlacements()[0]) {
			t.Errorf("%s: kept %v, answered %v", when, kept.GetPlacements()[0], page.GetPlacements()[0])
		}
		if kept.GetVisitor().GetDeviceId() != "v" || kept.GetContext().GetDevice() != pb.DeviceType_DEVICE_TYPE_PHONE {
			t.Errorf("%s: visitor %v, context %v", when, kept.GetVisitor(), kept.GetContext())
		}
	}
	check("at once")
	s.restart()
	check("after a restart")

	dry := s.home("shop", "v", 5, func(r *pb.DecideRequest) { r.DryRun = true })
	if dry.GetDecision() != "" || dry.GetPlacements()[0].GetItems()[0].GetAttributionToken() != "" {
		t.Errorf("a dry run was kept: %q", dry.GetDecision())
	}
	_, err := s.decisions.GetDecision(t.Context(), &pb.GetDecisionRequest{Name: "sites/shop/decisions/00000000000000000000000000"})
	wantCode(t, err, codes.NotFound)
}

func TestSamePageAfterRestart(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	s.sell("shop", smallRange()...)
	s.importViews("shop", [][]string{
		{"shoe-1", "shoe-2", "lamp-3"}, {"shoe-1", "shoe-2"}, {"tent-1", "lamp-3"}, {"shoe-1", "tent-5"}, {"lamp-1", "lamp-2"},
	})
	ask := func() *pb.DecideResponse {
		return s.home("shop", "walk-in", 20, func(r *pb.DecideRequest) {
			r.DryRun = true
			r.SessionEvents = []*pb.Event{{Type: pb.EventType_EVENT_TYPE_PRODUCT_VIEWED, Items: []*pb.EventItem{{ProductId: "shoe-1"}}}}
		})
	}
	before := ask()
	s.restart()
	if after := ask(); !sameOrder(before, after) {
		t.Errorf("before %v, after %v", ids(before), ids(after))
	}
}

// importViews loads sessions and waits until they are learned from.
func (s *shop) importViews(site string, sessions [][]string) {
	s.t.Helper()
	var list []*pb.Event
	for i, session := range sessions {
		for _, id := range session {
			list = append(list, viewed(string(rune('a'+i))+"-visitor", id))
		}
	}
	s.importEvents(site, list)
}

// importEvents loads events and waits until they are learned from.
func (s *shop) importEvents(site string, list []*pb.Event) {
	s.t.Helper()
	stream, err := s.events.ImportEvents(s.t.Context())
	must(s.t, err)
	must(s.t, stream.Send(&pb.ImportEventsRequest{Site: "sites/" + site, Events: list}))
	must(s.t, stream.CloseSend())
	var last *pb.ImportEventsResponse
	for {
		resp, err := stream.Recv()
		if err != nil {
			break
		}
		last = resp
	}
	if last.GetLearned() != int64(len(list)) || last.GetStored() != last.GetLearned() {
		s.t.Fatalf("import ended with %v, want %d stored and learned", last, len(list))
	}
}

func sameOrder(a, b *pb.DecideResponse) bool {
	x, y := ids(a), ids(b)
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if x[i] != y[i] {
			return false
		}
	}
	return true
}

func TestPageShowsNothingTwice(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	s.sell("shop", smallRange()...)
	for _, id := range []string{"second", "third"} {
		_, err := s.placements.CreatePlacement(t.Context(), &pb.CreatePlacementRequest{
			Parent: "sites/shop", PlacementId: id, Placement: &pb.Placement{Count: 8},
		})
		must(t, err)
	}
	s.track("shop", viewed("v", "tent-2"))
	page := s.home("shop", "v", 8, func(r *pb.DecideRequest) {
		r.Placements = append(r.Placements, &pb.PlacementRequest{Placement: "second"}, &pb.PlacementRequest{Placement: "sites/shop/placements/third"})
	})
	seen := map[string]string{}
	for _, placement := range page.GetPlacements() {
		if len(placement.GetItems()) != 8 {
			t.Errorf("%s has %d items, want 8", placement.GetPlacement(), len(placement.GetItems()))
		}
		for _, item := range placement.GetItems() {
			id := item.GetProduct().GetProductId()
			if other, twice := seen[id]; twice {
				t.Errorf("%s stands in %s and in %s", id, other, placement.GetPlacement())
			}
			seen[id] = placement.GetPlacement()
		}
	}
}
