package server_test

import (
	"fmt"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// retargeting opens a shop with a creative that has slots for what the visitor left
// behind, and one of the house's.
func retargeting(t *testing.T, slots *pb.ProductSlots) *shop {
	s := banners(t)
	s.campaign("house", &pb.Campaign{Tier: pb.Tier_TIER_HOUSE, LandingUrl: "https://example.com/"}, "hello")
	s.campaign("back", &pb.Campaign{LandingUrl: "https://example.com/cart"})
	_, err := s.campaigns.CreateCreative(t.Context(), &pb.CreateCreativeRequest{
		Parent: "sites/shop/campaigns/back", CreativeId: "left", Creative: &pb.Creative{Format: "banner", ProductSlots: slots},
	})
	must(t, err)
	return s
}

// leftBehind is the creative that the visitor is shown, with its products.
func (s *shop) leftBehind(visitor string, change ...func(*pb.DecideRequest)) string {
	resp := s.banner(visitor, 1, change...)
	return creativesOf(resp)[0] + fmt.Sprint(productsOf(resp))
}

const (
	ofTheHouse = "house/creatives/hello[]"
	added      = pb.EventType_EVENT_TYPE_PRODUCT_ADDED
	completed  = pb.EventType_EVENT_TYPE_ORDER_COMPLETED
	refunded   = pb.EventType_EVENT_TYPE_ORDER_REFUNDED
)

// What the visitor left behind stands in the creative; not without consent, not out of
// stock, and not from the very next answer after an order on, whatever is sent back.
func TestRetargeting(t *testing.T) {
	s := retargeting(t, &pb.ProductSlots{Count: 3, MinCount: 2, CartRest: durationpb.New(0)})
	if got := s.leftBehind("v"); got != ofTheHouse {
		t.Errorf("a stranger is shown %s", got)
	}
	s.track("shop", viewed("v", "shoe-1"))
	full := func(r *pb.DecideRequest) { r.Explain = pb.Explain_EXPLAIN_FULL }
	resp := s.banner("v", 2, full)
	if r := resp.GetPlacements()[0].GetRejected(); len(r) != 1 || r[0].GetRejection() != pb.Rejection_REJECTION_PRODUCTS ||
		resp.GetPlacements()[0].GetNoFillReason() != pb.NoFillReason_NO_FILL_REASON_PRODUCTS {
		t.Errorf("with one of two products: %v", resp.GetPlacements()[0])
	}
	s.track("shop", viewed("v", "shoe-2"))
	s.track("shop", event("v", added, "tent-1"))
	if got, want := s.leftBehind("v"), "back/creatives/left[tent-1 shoe-2 shoe-1]"; got != want {
		t.Errorf("shown %s, want %s", got, want)
	}
	whole := s.banner("v", 1, func(r *pb.DecideRequest) { r.IncludeProducts = true })
	first := whole.GetPlacements()[0].GetItems()[0].GetCreative().GetProducts()[0].GetProduct()
	if first.GetTitle() != "Nordtuch tent 1" || first.GetPrice().GetUnits() != 30 {
		t.Errorf("the first product is %v", first)
	}
	again, err := s.decisions.GetDecision(t.Context(), &pb.GetDecisionRequest{Name: whole.GetDecision()})
	must(t, err)
	if got := again.GetPlacements()[0].GetItems()[0].GetCreative().GetProducts(); len(got) != 3 || got[0].GetProductId() != "tent-1" {
		t.Errorf("recorded %v", got)
	}
	refused := func(r *pb.DecideRequest) { r.Consent = answered(false) }
	if got := s.leftBehind("v", refused); got != ofTheHouse {
		t.Errorf("without consent: %s", got)
	}
	s.sell("shop", &pb.Product{Name: "tent-1", Title: "Nordtuch tent 1", Availability: pb.Availability_AVAILABILITY_OUT_OF_STOCK})
	if got, want := s.leftBehind("v"), "back/creatives/left[shoe-2 shoe-1]"; got != want {
		t.Errorf("out of stock: shown %s, want %s", got, want)
	}
	order := event("v", completed, "shoe-1")
	order.Order = &pb.Order{Id: "o1"}
	s.track("shop", order)
	if got := s.leftBehind("v"); got != ofTheHouse {
		t.Errorf("after an order: %s", got)
	}
	back := event("v", refunded, "shoe-1")
	back.Order = &pb.Order{Id: "o1"}
	s.track("shop", back)
	if got := s.leftBehind("v"); got != ofTheHouse {
		t.Errorf("after a refund: %s", got)
	}
	s.track("shop", viewed("v", "lamp-1", "lamp-2"))
	if got, want := s.leftBehind("v"), "back/creatives/left[lamp-2 lamp-1]"; got != want {
		t.Errorf("after looking again: shown %s, want %s", got, want)
	}
	session := func(r *pb.DecideRequest) {
		r.Consent, r.SessionEvents = answered(false), []*pb.Event{viewed("", "tent-3"), viewed("", "tent-4")}
		for _, e := range r.SessionEvents {
			e.Visitor = nil
		}
	}
	if got, want := s.leftBehind("v", session), "back/creatives/left[tent-4 tent-3]"; got != want {
		t.Errorf("from a session handed in: shown %s, want %s", got, want)
	}
}

func TestProductSlotsAreKept(t *testing.T) {
	want := &pb.ProductSlots{
		Count: 4, MinCount: 2, Sources: []pb.ProductSource{pb.ProductSource_PRODUCT_SOURCE_VIEWED}, CartRest: durationpb.New(3600e9), StopAfter: 5,
	}
	s := retargeting(t, want)
	s.restart()
	c, err := s.campaigns.GetCreative(t.Context(), &pb.GetCreativeRequest{Name: "sites/shop/campaigns/back/creatives/left"})
	must(t, err)
	if !proto.Equal(c.GetProductSlots(), want) {
		t.Errorf("got %v, want %v", c.GetProductSlots(), want)
	}
	for field, slots := range map[string]*pb.ProductSlots{
		"creative.product_slots.count":      {Count: 13},
		"creative.product_slots.min_count":  {Count: 2, MinCount: 3},
		"creative.product_slots.sources[0]": {Count: 2, Sources: []pb.ProductSource{9}},
		"creative.product_slots.cart_rest":  {Count: 2, CartRest: durationpb.New(-1)},
		"creative.product_slots.stop_after": {Count: 2, StopAfter: -1},
	} {
		_, err := s.campaigns.CreateCreative(t.Context(), &pb.CreateCreativeRequest{
			Parent: "sites/shop/campaigns/back", CreativeId: "x", Creative: &pb.Creative{Format: "banner", ProductSlots: slots},
		})
		wantViolation(t, err, field, "")
	}
}

// Silence ends it, until the visitor clicks; and so does a dismissal, for good.
func TestRetargetingStops(t *testing.T) {
	s := retargeting(t, &pb.ProductSlots{Count: 1, StopAfter: 3})
	s.track("shop", viewed("v", "shoe-1"))
	s.track("shop", viewed("w", "shoe-1"))
	const left = "back/creatives/left[shoe-1]"
	var last string
	ask := func(visitor string) string {
		resp := s.banner(visitor, 1)
		last = resp.GetPlacements()[0].GetItems()[0].GetAttributionToken()
		return creativesOf(resp)[0] + fmt.Sprint(productsOf(resp))
	}
	var token string
	for k := range 3 {
		if got := ask("v"); got != left {
			t.Errorf("%d times without a click: shown %s", k, got)
		}
		token = last
	}
	s.restart()
	if got := ask("v"); got != ofTheHouse {
		t.Errorf("after three times without a click: shown %s", got)
	}
	click := event("v", pb.EventType_EVENT_TYPE_CREATIVE_CLICKED)
	click.AttributionToken = token
	s.track("shop", click)
	if got := ask("v"); got != left {
		t.Errorf("after a click: shown %s", got)
	}
	if got := ask("w"); got != left {
		t.Errorf("another visitor: shown %s", got)
	}
	dismissed := event("w", pb.EventType_EVENT_TYPE_DISMISSED)
	dismissed.AttributionToken = last
	s.track("shop", dismissed)
	full := func(r *pb.DecideRequest) { r.Explain = pb.Explain_EXPLAIN_FULL }
	for range 2 {
		resp := s.banner("w", 1, full)
		if got := resp.GetPlacements()[0].GetRejected(); len(got) != 1 || got[0].GetRejection() != pb.Rejection_REJECTION_DISMISSED {
			t.Errorf("after a dismissal: %v", resp.GetPlacements()[0])
		}
		s.restart()
	}
}

// productsOf are those in the slots of the first creative.
func productsOf(resp *pb.DecideResponse) []string {
	list := []string{}
	for _, p := range resp.GetPlacements()[0].GetItems()[0].GetCreative().GetProducts() {
		list = append(list, p.GetProductId())
	}
	return list
}
