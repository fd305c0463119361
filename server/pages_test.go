package server_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"google.golang.org/protobuf/proto"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// TestPagesAtTheSameTimeAreEachTheirOwn: pages of all sizes are answered in memory that is
// used again. What each caller got is what was recorded of it, for a time and on disk.
func TestPagesAtTheSameTimeAreEachTheirOwn(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	s.create("shop")
	var products []*pb.Product
	for i := range 200 {
		products = append(products, &pb.Product{
			Name: fmt.Sprintf("p%d-%s", i, strings.Repeat("x", i%100)), Title: fmt.Sprint("Thing ", i), Brand: fmt.Sprint("brand ", i%7),
		})
	}
	s.sell("shop", products...)
	_, err := s.placements.CreatePlacement(t.Context(), &pb.CreatePlacementRequest{
		Parent: "sites/shop", PlacementId: "below", Placement: &pb.Placement{DisplayName: "Below"},
	})
	must(t, err)
	const callers = 8
	for n := range callers {
		for i := range 5 {
			s.track("shop", viewed(fmt.Sprint("v", n), fmt.Sprintf("p%d-%s", n+8*i, strings.Repeat("x", (n+8*i)%100))))
		}
	}
	answers := make([][]*pb.DecideResponse, callers)
	var group sync.WaitGroup
	for n := range callers {
		group.Go(func() {
			for k := range 25 {
				resp, err := s.decisions.Decide(t.Context(), &pb.DecideRequest{
					Site: "sites/shop", Visitor: &pb.VisitorKey{DeviceId: fmt.Sprint("v", n)}, Consent: granted(),
					Placements: []*pb.PlacementRequest{{Placement: "home", Count: int32(1 + (n*31+k*17)%40)}, {Placement: "below", Count: int32(1 + k%9)}},
				})
				if err != nil {
					t.Error(err)
					return
				}
				answers[n] = append(answers[n], resp)
			}
		})
	}
	group.Wait()
	for _, when := range []string{"at once", "after a restart"} {
		for _, page := range slices.Concat(answers...) {
			kept, err := s.decisions.GetDecision(t.Context(), &pb.GetDecisionRequest{Name: page.GetDecision()})
			must(t, err)
			for i, want := range page.GetPlacements() {
				if got := kept.GetPlacements()[i]; len(want.GetItems()) == 0 || !proto.Equal(got, want) {
					t.Fatalf("%s, %s:\n%v, want\n%v", when, page.GetDecision(), got, want)
				}
			}
		}
		s.restart()
	}
}
