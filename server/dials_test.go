package server_test

import (
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// dial makes the rules of the home page's products.
func (s *shop) dial(site string, rules *pb.ProductRules) {
	s.t.Helper()
	_, err := s.placements.UpdatePlacement(s.t.Context(), &pb.UpdatePlacementRequest{Placement: &pb.Placement{
		Name: "sites/" + site + "/placements/home", Count: 10, Rules: &pb.Placement_Products{Products: rules},
	}})
	must(s.t, err)
}

// kindsOf are the kinds of products, by the first letters of their ids.
func kindsOf(list []string) map[string]int {
	kinds := map[string]int{}
	for _, id := range list {
		kinds[id[:4]]++
	}
	return kinds
}

func TestDiversityDial(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	s.sell("shop", smallRange()...)
	for _, id := range []string{"shoe-1", "shoe-2", "tent-1"} {
		s.track("shop", viewed("v", id))
	}
	others := func(level pb.DiversityLevel) int {
		s.dial("shop", &pb.ProductRules{Diversity: level, RepeatPolicy: pb.RepeatPolicy_REPEAT_POLICY_EXCLUDE})
		list := ids(s.home("shop", "v", 6))
		return len(list) - kindsOf(list)["shoe"]
	}
	off, high := others(pb.DiversityLevel_DIVERSITY_LEVEL_OFF), others(pb.DiversityLevel_DIVERSITY_LEVEL_HIGH)
	if off >= high {
		t.Errorf("%d products other than shoes without diversity, %d with all of it", off, high)
	}
}

func TestOneVariantOnThePage(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	list := smallRange()
	for _, p := range list {
		if p.GetName()[:4] == "shoe" {
			p.GroupId = "the-shoe"
		}
	}
	s.sell("shop", list...)
	for _, id := range []string{"shoe-4", "lamp-1"} {
		s.track("shop", viewed("v", id))
	}
	page := ids(s.home("shop", "v", 21))
	if kindsOf(page)["shoe"] != 1 || !slices.Contains(page, "shoe-4") {
		t.Errorf("%v, want shoe-4 alone of the shoes: the visitor looked at it", page)
	}
}

func TestRotationDial(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	s.sell("shop", smallRange()...)
	s.track("shop", viewed("v", "shoe-1"))
	rules := &pb.ProductRules{Diversity: pb.DiversityLevel_DIVERSITY_LEVEL_OFF, RepeatPolicy: pb.RepeatPolicy_REPEAT_POLICY_EXCLUDE}
	s.dial("shop", rules)
	first := ids(s.home("shop", "v", 5))
	for range 3 {
		s.track("shop", event("v", pb.EventType_EVENT_TYPE_PRODUCT_LIST_VIEWED, first...))
	}
	second := ids(s.home("shop", "v", 5))
	again := slices.DeleteFunc(slices.Clone(second), func(id string) bool { return !slices.Contains(first, id) })
	if len(again) > 1 { // shoe-2, of the price of shoe-1 too, leads by more
		t.Errorf("seen three times, left alone and shown again: %v of %v", again, first)
	}
	visitor, err := s.visitors.GetVisitor(t.Context(), &pb.GetVisitorRequest{Name: "sites/shop/visitors/v"})
	must(t, err)
	if len(visitor.GetShown()) != 5 || visitor.GetShown()[0].GetTimes() < 2.9 {
		t.Errorf("the visitor is said to have seen %v, want five products three times", visitor.GetShown())
	}

	rules.Rotate = pb.Toggle_TOGGLE_OFF
	s.dial("shop", rules)
	if got := ids(s.home("shop", "v", 5)); !slices.Equal(got, first) {
		t.Errorf("without rotation %v, want %v as before", got, first)
	}

	// What the visitor turns to is not left alone, and it outlives a restart.
	rules.Rotate = pb.Toggle_TOGGLE_ON
	s.dial("shop", rules)
	s.restart()
	s.track("shop", event("v", pb.EventType_EVENT_TYPE_PRODUCT_CLICKED, first[0]))
	visitor, err = s.visitors.GetVisitor(t.Context(), &pb.GetVisitorRequest{Name: "sites/shop/visitors/v"})
	must(t, err)
	if len(visitor.GetShown()) != 4 {
		t.Errorf("after a click on %s: %v", first[0], visitor.GetShown())
	}
}

func TestNegativeInterestShows(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	s.sell("shop", smallRange()...)
	s.track("shop", viewed("v", "tent-1"))
	bounce := viewed("v", "lamp-1")
	bounce.DwellTime = durationpb.New(time.Second)
	s.track("shop", bounce)
	s.track("shop", event("v", pb.EventType_EVENT_TYPE_DISMISSED, "shoe-1"))
	visitor, err := s.visitors.GetVisitor(t.Context(), &pb.GetVisitorRequest{Name: "sites/shop/visitors/v"})
	must(t, err)
	weights := map[string]float64{}
	for _, in := range visitor.GetInterests() {
		weights[in.GetFacet().GetValue()] = in.GetLongTerm()
	}
	if weights["Nordtuch"] != 1 || weights["Lumo"] != -0.5 || weights["Falk"] != -2 {
		t.Errorf("interest in tents %v, want 1; in lamps bounced %v, want -0.5; in shoes waved away %v, want -2",
			weights["Nordtuch"], weights["Lumo"], weights["Falk"])
	}
	if page := ids(s.home("shop", "v", 9)); kindsOf(page)["shoe"] > 0 {
		t.Errorf("shoes, which were waved away, are among %v", page)
	}
}

func TestExplorationDial(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	s.sell("shop", smallRange()...)
	s.track("shop", viewed("v", "tent-2"))
	s.dial("shop", &pb.ProductRules{ExplorationCount: 2})
	drawn := map[string]bool{}
	for k := range 20 {
		page := s.home("shop", "v", 6, func(r *pb.DecideRequest) { r.DryRun = k%2 == 1 })
		items := page.GetPlacements()[0].GetItems()
		for k, item := range items {
			explored := item.GetReasons()[0].GetKind() == pb.ReasonKind_REASON_KIND_EXPLORATION
			if explored != (k >= 4) || (item.GetPropensity() < 1) != explored || item.GetPropensity() <= 0 {
				t.Errorf("place %d: %v", k, item)
			}
		}
		drawn[items[5].GetProduct().GetProductId()] = true
		if page.GetDecision() == "" {
			continue
		}
		kept, err := s.decisions.GetDecision(t.Context(), &pb.GetDecisionRequest{Name: page.GetDecision()})
		must(t, err)
		if !proto.Equal(kept.GetPlacements()[0], page.GetPlacements()[0]) {
			t.Errorf("kept %v, answered %v", kept.GetPlacements()[0], page.GetPlacements()[0])
		}
	}
	if len(drawn) < 3 {
		t.Errorf("twenty pages explored %v alone", drawn)
	}

	_, err := s.placements.CreatePlacement(t.Context(), &pb.CreatePlacementRequest{
		Parent: "sites/shop", PlacementId: "bold",
		Placement: &pb.Placement{Rules: &pb.Placement_Products{Products: &pb.ProductRules{ExplorationCount: 11}}},
	})
	wantViolation(t, err, "placement.products.exploration_count", "10")
}

func TestCalibrationDial(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	s.sell("shop", smallRange()...)
	for _, id := range []string{"shoe-0", "shoe-1", "shoe-2", "shoe-3", "shoe-4", "shoe-5", "shoe-6", "tent-0", "tent-1", "tent-2"} {
		s.track("shop", viewed("v", id))
	}
	// Seven of ten looks went to shoes: with every product in the running, so go
	// seven of ten places.
	shown := func(calibrate pb.Toggle) map[string]int {
		s.dial("shop", &pb.ProductRules{Calibrate: calibrate, Diversity: pb.DiversityLevel_DIVERSITY_LEVEL_OFF})
		return kindsOf(ids(s.home("shop", "v", 10)))
	}
	if got := shown(pb.Toggle_TOGGLE_ON); got["shoe"] != 7 || got["tent"] != 3 {
		t.Errorf("calibrated: %v, want 7 shoes and 3 tents", got)
	}
	if got := shown(pb.Toggle_TOGGLE_OFF); got["shoe"] == 7 {
		t.Errorf("not calibrated: %v, as if it were", got)
	}
}
