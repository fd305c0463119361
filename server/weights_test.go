package server_test

import (
	"fmt"
	"math"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

const homeWeights = "sites/shop/placements/home/weights"

// visits are walks over a small shop, with a cart on the home page at the end of
// each.
func visits(n int) (list []*pb.Event) {
	kinds := []string{"shoe", "tent", "lamp"}
	for v := range n {
		who := fmt.Sprint("walker-", v)
		for step := range 4 {
			list = append(list, viewed(who, fmt.Sprintf("%s-%d", kinds[v%3], (v/3+step*(1+v%4))%10)))
		}
		cart := event(who, pb.EventType_EVENT_TYPE_PRODUCT_ADDED, fmt.Sprintf("%s-%d", kinds[v%3], v/3%10))
		cart.Context = &pb.PageContext{PageType: pb.PageType_PAGE_TYPE_HOME}
		list = append(list, cart)
	}
	return list
}

func (s *shop) weights() *pb.Weights {
	s.t.Helper()
	w, err := pb.NewRankingServiceClient(s.conn).GetWeights(s.t.Context(), &pb.GetWeightsRequest{Name: homeWeights})
	must(s.t, err)
	return w
}

// wanted sets what the home page wants of its visitors.
func (s *shop) wanted(objective pb.Objective) {
	s.t.Helper()
	_, err := s.placements.UpdatePlacement(s.t.Context(), &pb.UpdatePlacementRequest{
		Placement: &pb.Placement{
			Name: "sites/shop/placements/home", PageType: pb.PageType_PAGE_TYPE_HOME,
			Rules: &pb.Placement_Products{Products: &pb.ProductRules{Objective: objective}},
		}, UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"products", "page_type"}},
	})
	must(s.t, err)
}

// moved is how far the weights of the first situation stand from where they start.
func moved(w *pb.Weights) (sum float64) {
	for _, f := range w.GetFeatures() {
		sum += math.Abs(f.GetWeights()[0] - f.GetStarting()[0])
	}
	return sum
}

func TestWeightsAddUp(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	s.sell("shop", smallRange()...)
	s.wanted(pb.Objective_OBJECTIVE_CART)
	before := s.weights()
	if moved(before) != 0 || before.GetLessons().GetShared() != 0 || before.GetMaturity() != 0 || !before.GetLearning() {
		t.Errorf("a shop that has seen nothing: moved by %v, %v", moved(before), before.GetLessons())
	}
	s.importEvents("shop", visits(60))
	w := s.weights()
	if w.GetObjective() != pb.Objective_OBJECTIVE_CART || w.GetPageType() != pb.PageType_PAGE_TYPE_HOME || w.GetName() != homeWeights {
		t.Errorf("the weights are those of %v", w)
	}
	lessons := w.GetLessons()
	if lessons.GetShared() == 0 || lessons.GetObjective() == 0 || lessons.GetPage() != lessons.GetObjective() {
		t.Errorf("lessons %v: want some of all, and as many carts on the page as in all", lessons)
	}
	if moved(w) == 0 {
		t.Error("no weight has moved")
	}
	for _, f := range w.GetFeatures() {
		for k := range 9 {
			sum := f.GetStarting()[k] + f.GetShared() + f.GetObjective() + f.GetPage() + f.GetSituations()[k]
			if math.Abs(sum-f.GetWeights()[k]) > 1e-5 {
				t.Errorf("%s in situation %d: %v, its parts %v", f.GetFeature(), k, f.GetWeights()[k], sum)
			}
		}
		if !f.GetLearned() && f.GetShared() != 0 {
			t.Errorf("%s is not learned and has moved", f.GetFeature())
		}
	}
	s.restart()
	if again := s.weights(); !proto.Equal(again.GetLessons(), lessons) || math.Abs(moved(again)-moved(w)) > 1e-4 { // the shop has aged by seconds
		t.Errorf("after a restart %v and %v, want %v and %v", again.GetLessons(), moved(again), lessons, moved(w))
	}
}

// While frozen a placement ranks by the weights it had, whatever is learned; then
// by what has been learned meanwhile.
func TestFreezeAndUnfreeze(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	s.sell("shop", smallRange()...)
	s.wanted(pb.Objective_OBJECTIVE_CLICK)
	all := visits(120)
	s.importEvents("shop", all[:300])
	client := pb.NewRankingServiceClient(s.conn)
	before := s.weights()
	frozen, err := client.FreezeWeights(t.Context(), &pb.FreezeWeightsRequest{Name: homeWeights})
	must(t, err)
	if frozen.GetLearning() || frozen.GetFreezeTime() == nil {
		t.Errorf("frozen, but learning %v, at %v", frozen.GetLearning(), frozen.GetFreezeTime())
	}
	s.importEvents("shop", all[300:])
	same := func(when string, a, b *pb.Weights) {
		t.Helper()
		for k, f := range a.GetFeatures() {
			for j, x := range f.GetWeights() {
				if other := b.GetFeatures()[k].GetWeights()[j]; math.Abs(x-other) > 1e-5 {
					t.Fatalf("%s: %s in situation %d is %v, want %v", when, f.GetFeature(), j, other, x)
				}
			}
		}
	}
	same("while frozen", before, s.weights())
	again, err := client.FreezeWeights(t.Context(), &pb.FreezeWeightsRequest{Name: homeWeights})
	must(t, err)
	same("frozen once more", before, again)
	s.restart()
	client = pb.NewRankingServiceClient(s.conn)
	same("after a restart", before, s.weights())
	after, err := client.UnfreezeWeights(t.Context(), &pb.UnfreezeWeightsRequest{Name: homeWeights})
	must(t, err)
	if !after.GetLearning() || after.GetFreezeTime() != nil || after.GetLessons().GetShared() <= before.GetLessons().GetShared() {
		t.Errorf("unfrozen: learning %v, %v lessons", after.GetLearning(), after.GetLessons())
	}
	for _, f := range after.GetFeatures() {
		if f.GetConfigured() {
			t.Errorf("%s is still set", f.GetFeature())
		}
	}
	p, err := s.placements.GetPlacement(t.Context(), &pb.GetPlacementRequest{Name: "sites/shop/placements/home"})
	must(t, err)
	if r := p.GetProducts().GetRanking(); len(r.GetWeights())+len(r.GetUnfrozenWeights()) > 0 || r.GetFreezeTime() != nil {
		t.Errorf("the placement keeps %v", r)
	}
}

// Weights that a shop set come back when they are let move again.
func TestUnfreezePutsBackWhatWasSet(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	tuned := &pb.RankingConfig{
		Learning:   pb.Toggle_TOGGLE_ON,
		Weights:    []*pb.FeatureWeight{{Feature: "near", Weights: []float64{2.5}}},
		Parameters: map[string]float64{"candidates": 80},
	}
	_, err := s.placements.UpdatePlacement(t.Context(), &pb.UpdatePlacementRequest{
		Placement: &pb.Placement{
			Name: "sites/shop/placements/home", Rules: &pb.Placement_Products{Products: &pb.ProductRules{Ranking: tuned}},
		}, UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"products"}},
	})
	must(t, err)
	client := pb.NewRankingServiceClient(s.conn)
	frozen, err := client.FreezeWeights(t.Context(), &pb.FreezeWeightsRequest{Name: homeWeights})
	must(t, err)
	if got := frozen.GetFeatures()[0]; got.GetFeature() != "near" || got.GetWeights()[3] != 2.5 {
		t.Errorf("frozen at %v, want near at 2.5", got)
	}
	_, err = client.UnfreezeWeights(t.Context(), &pb.UnfreezeWeightsRequest{Name: homeWeights})
	must(t, err)
	p, err := s.placements.GetPlacement(t.Context(), &pb.GetPlacementRequest{Name: "sites/shop/placements/home"})
	must(t, err)
	if got := p.GetProducts().GetRanking(); !proto.Equal(got, tuned) {
		t.Errorf("the ranking is %v, want %v", got, tuned)
	}
}

func TestResetWeights(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	s.sell("shop", smallRange()...)
	s.wanted(pb.Objective_OBJECTIVE_CART)
	s.importEvents("shop", visits(60))
	client := pb.NewRankingServiceClient(s.conn)
	_, err := client.ResetWeights(t.Context(), &pb.ResetWeightsRequest{Name: homeWeights})
	must(t, err)
	w := s.weights()
	if w.GetLessons().GetPage() != 0 || w.GetLessons().GetShared() == 0 || moved(w) == 0 {
		t.Errorf("of the page alone: %v", w.GetLessons())
	}
	for _, f := range w.GetFeatures() {
		if f.GetPage() != 0 {
			t.Errorf("%s keeps %v", f.GetFeature(), f.GetPage())
		}
	}
	_, err = client.ResetWeights(t.Context(), &pb.ResetWeightsRequest{Name: "sites/shop"})
	must(t, err)
	if w := s.weights(); moved(w) != 0 || w.GetLessons().GetShared() != 0 {
		t.Errorf("of the site: moved by %v, lessons %v", moved(w), w.GetLessons())
	}
	s.restart()
	if w := s.weights(); moved(w) != 0 {
		t.Errorf("after a restart: moved by %v", moved(w))
	}
}

func TestWeightsOfWhatIsNotThere(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	client := pb.NewRankingServiceClient(s.conn)
	_, err := client.GetWeights(t.Context(), &pb.GetWeightsRequest{Name: "sites/shop/placements/none/weights"})
	wantCode(t, err, codes.NotFound)
	_, err = client.GetWeights(t.Context(), &pb.GetWeightsRequest{Name: "sites/shop/placements/home"})
	wantViolation(t, err, "name", "sites/shop/placements/home")
	_, err = client.ResetWeights(t.Context(), &pb.ResetWeightsRequest{Name: "sites/other"})
	wantCode(t, err, codes.NotFound)
	_, err = s.placements.CreatePlacement(t.Context(), &pb.CreatePlacementRequest{
		Parent: "sites/shop", PlacementId: "ads", Placement: &pb.Placement{Rules: &pb.Placement_Creatives{Creatives: &pb.CreativeRules{}}},
	})
	must(t, err)
	_, err = client.FreezeWeights(t.Context(), &pb.FreezeWeightsRequest{Name: "sites/shop/placements/ads/weights"})
	wantViolation(t, err, "name", "shows creatives")
}
