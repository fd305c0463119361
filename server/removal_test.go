package server_test

import (
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/model"
	"github.com/vitrine-io/vitrine/server"
)

// openShopOfThePast is a shop whose clock follows its events, which begin 90 days
// ago.
func openShopOfThePast(t *testing.T) (s *shop, began time.Time) {
	s = &shop{t: t, dir: t.TempDir(), clock: &server.EventClock{}}
	s.start()
	t.Cleanup(func() { s.stop() })
	s.create("shop")
	s.sell("shop", smallRange()...)
	return s, time.Now().Add(-90 * 24 * time.Hour).Truncate(time.Hour)
}

// at sets the time of an event.
func at(e *pb.Event, t time.Time) *pb.Event {
	e.Time = timestamppb.New(t)
	return e
}

// company lets visitors look at both, one after the other, from a time on.
func company(from time.Time, visitors []string, a, b string) (list []*pb.Event) {
	for k, who := range visitors {
		begin := from.Add(time.Duration(k) * time.Hour)
		list = append(list, at(viewed(who, a), begin), at(viewed(who, b), begin.Add(time.Minute)))
	}
	return list
}

// together reports whether a product is shown to somebody who looks at another one
// because others looked at both.
func (s *shop) together(with, id string) bool {
	s.t.Helper()
	page := s.home("shop", "walk-in", 29, func(r *pb.DecideRequest) {
		r.DryRun = true
		r.SessionEvents = []*pb.Event{{Type: pb.EventType_EVENT_TYPE_PRODUCT_VIEWED, Items: []*pb.EventItem{{ProductId: with}}, Time: timestamppb.New(s.clock.Now())}}
	})
	for _, item := range page.GetPlacements()[0].GetItems() {
		if item.GetProduct().GetProductId() == id {
			return slices.ContainsFunc(item.GetReasons(), func(r *pb.Reason) bool {
				return r.GetKind() == pb.ReasonKind_REASON_KIND_VIEWED_TOGETHER && r.GetProductId() == with
			})
		}
	}
	return false
}

// A product that is deleted is not shown from the very next page on. One that comes
// back within 30 days is as it was; later, what was learned of it is gone.
func TestADeletedProductIsGoneAndThenForgotten(t *testing.T) {
	for _, c := range []struct {
		name string
		days int
		kept bool
	}{{"back after 20 days", 20, true}, {"back after 32 days", 32, false}} {
		t.Run(c.name, func(t *testing.T) {
			s, began := openShopOfThePast(t)
			s.importEvents("shop", company(began, []string{"a", "b", "c", "d"}, "shoe-1", "lamp-2"))
			if !s.together("shoe-1", "lamp-2") {
				t.Fatal("lamp-2 is not shown with shoe-1, which four visitors looked at before it")
			}
			_, err := s.catalog.DeleteProduct(t.Context(), &pb.DeleteProductRequest{Name: "sites/shop/products/lamp-2"})
			must(t, err)
			if slices.Contains(ids(s.home("shop", "walk-in", 30)), "lamp-2") || s.together("shoe-1", "lamp-2") {
				t.Error("lamp-2 is shown, and the shop no longer sells it")
			}
			s.importEvents("shop", company(began.Add(time.Duration(c.days)*24*time.Hour), []string{"e", "f"}, "tent-1", "tent-2"))
			_, err = s.catalog.CreateProduct(t.Context(), &pb.CreateProductRequest{
				Parent: "sites/shop", ProductId: "lamp-2", Product: &pb.Product{Title: "Lumo lamp 2", Categories: []string{"camping/lamps"}},
			})
			must(t, err)
			s.importEvents("shop", []*pb.Event{at(viewed("g", "tent-1"), began.Add(time.Duration(c.days)*24*time.Hour+3*time.Hour))})
			for _, when := range []string{"at once", "after a restart"} {
				if got := s.together("shoe-1", "lamp-2"); got != c.kept {
					t.Errorf("%s: shown with shoe-1 as others looked at both: %v, want %v", when, got, c.kept)
				}
				s.restart()
			}
		})
	}
}

// What an erased visitor's open visit taught is taken back, and stays so when the
// journal is replayed.
func TestAnErasedVisitorTeachesNothing(t *testing.T) {
	s, began := openShopOfThePast(t)
	s.importEvents("shop", append(
		company(began, []string{"other"}, "tent-1", "tent-2"),
		company(began, []string{"gone"}, "shoe-1", "lamp-2")...))
	if !s.together("shoe-1", "lamp-2") || !s.together("tent-1", "tent-2") {
		t.Fatal("nothing was learned of what goes together")
	}
	_, err := s.store.Append(t.Context(), "shop", []scoring.Event{{
		ID: "erase", Type: scoring.VisitorErased, Time: s.clock.Now().UTC(),
		Control: &scoring.Control{Visitor: model.VisitorHash("gone")},
	}})
	must(t, err)
	s.importEvents("shop", []*pb.Event{at(viewed("late", "tent-9"), began.Add(3*time.Minute))})
	for _, when := range []string{"at once", "after a restart"} {
		if s.together("shoe-1", "lamp-2") {
			t.Errorf("%s: lamp-2 goes with shoe-1, as only the erased visitor said", when)
		}
		if !s.together("tent-1", "tent-2") {
			t.Errorf("%s: what another visitor taught is gone as well", when)
		}
		s.restart()
	}
}

// What was sent back is not bought again, and its orders no longer speak for it.
func TestARefundTakesTheOrderBack(t *testing.T) {
	s, began := openShopOfThePast(t)
	_, err := s.placements.CreatePlacement(t.Context(), &pb.CreatePlacementRequest{
		Parent: "sites/shop", PlacementId: "again",
		Placement: &pb.Placement{Rules: &pb.Placement_Products{Products: &pb.ProductRules{Strategy: pb.Strategy_STRATEGY_BUY_AGAIN}}},
	})
	must(t, err)
	order := func(who, product string, kind pb.EventType, after time.Duration) *pb.Event {
		e := at(event(who, kind, product), began.Add(after))
		e.Order = &pb.Order{Id: who + "-" + product}
		return e
	}
	var list []*pb.Event
	for k, who := range []string{"a", "b", "c"} {
		list = append(list, order(who, "tent-1", pb.EventType_EVENT_TYPE_ORDER_COMPLETED, time.Duration(k)*time.Hour))
	}
	list = append(list, order("a", "lamp-1", pb.EventType_EVENT_TYPE_ORDER_COMPLETED, 4*time.Hour))
	s.importEvents("shop", list)
	bought := func() []string {
		got := ids(s.home("shop", "a", 5, func(r *pb.DecideRequest) { r.Placements[0].Placement = "again" }))
		slices.Sort(got)
		return got
	}
	best := func() string { return ids(s.home("shop", "stranger", 1))[0] }
	if got := bought(); !slices.Equal(got, []string{"lamp-1", "tent-1"}) {
		t.Errorf("a bought %v, want lamp-1 and tent-1", got)
	}
	if got := best(); got != "tent-1" {
		t.Errorf("%s is the best for a stranger, want tent-1, which three ordered", got)
	}
	list = nil
	for k, who := range []string{"a", "b", "c"} {
		list = append(list, order(who, "tent-1", pb.EventType_EVENT_TYPE_ORDER_REFUNDED, time.Duration(5+k)*time.Hour))
	}
	s.importEvents("shop", list)
	if got := bought(); !slices.Equal(got, []string{"lamp-1"}) {
		t.Errorf("a bought and kept %v, want lamp-1", got)
	}
	if got := best(); got != "lamp-1" {
		t.Errorf("%s is the best for a stranger, want lamp-1: every tent-1 was sent back", got)
	}
}
