package server_test

import (
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// A placement's weights hold for the very next decision, come back as they were
// written, and outlive a restart.
func TestAPlacementRanksAsConfigured(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	s.sell("shop", smallRange()...)
	s.importViews("shop", [][]string{{"shoe-1", "shoe-2"}, {"shoe-1", "shoe-2"}, {"tent-1", "tent-2"}, {"lamp-1", "lamp-9"}, {"lamp-2", "lamp-9"}, {"lamp-3", "lamp-9"}})
	ask := func() string {
		return ids(s.home("shop", "walk-in", 1, func(r *pb.DecideRequest) {
			r.DryRun = true
			r.SessionEvents = []*pb.Event{{Type: pb.EventType_EVENT_TYPE_PRODUCT_VIEWED, Items: []*pb.EventItem{{ProductId: "shoe-1"}}}}
		}))[0]
	}
	if got := ask(); got != "shoe-2" {
		t.Fatalf("as shipped %s comes first, want shoe-2, which goes with shoe-1", got)
	}
	config := &pb.RankingConfig{
		Learning:   pb.Toggle_TOGGLE_OFF,
		Weights:    []*pb.FeatureWeight{{Feature: "forward", Weights: []float64{0}}, {Feature: "interest", Weights: []float64{-3.5}}, {Feature: "popular now", Weights: []float64{99.1}}},
		Parameters: map[string]float64{"candidates": 80},
	}
	p, err := s.placements.UpdatePlacement(t.Context(), &pb.UpdatePlacementRequest{
		Placement: &pb.Placement{
			Name: "sites/shop/placements/home", Rules: &pb.Placement_Products{Products: &pb.ProductRules{Ranking: config}},
		}, UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"products"}},
	})
	must(t, err)
	if got := p.GetProducts().GetRanking(); !proto.Equal(got, config) {
		t.Errorf("the ranking is %v, want %v", got, config)
	}
	for range 2 {
		if got := ask(); got != "lamp-9" {
			t.Errorf("%s comes first, want lamp-9, the most popular", got)
		}
		s.restart()
	}
	_, err = s.placements.UpdatePlacement(t.Context(), &pb.UpdatePlacementRequest{
		Placement:  &pb.Placement{Name: "sites/shop/placements/home", Rules: &pb.Placement_Products{Products: &pb.ProductRules{}}},
		UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"products"}},
	})
	must(t, err)
	if got := ask(); got != "shoe-2" {
		t.Errorf("without a ranking %s comes first, want shoe-2 again", got)
	}
}
