package server_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// BenchmarkDecideCreative asks for one creative of ten: when nobody counts it; when a
// cap does and it goes into the journal before it is answered; and when the caller keeps
// the contacts, sealed.
func BenchmarkDecideCreative(b *testing.B) {
	for _, counts := range []string{"nothing", "journal", "blob"} {
		conn, visitors := benchShop(b, 1_000, 5_000)
		campaigns := pb.NewCampaignServiceClient(conn)
		campaign := &pb.Campaign{}
		if counts != "nothing" {
			campaign.FrequencyCaps = capOf(0, 1_000_000, 24*time.Hour)
		}
		_, err := campaigns.CreateCampaign(b.Context(), &pb.CreateCampaignRequest{Parent: "sites/shop", CampaignId: "c", Campaign: campaign})
		check(b, err)
		for k := range 10 {
			_, err := campaigns.CreateCreative(b.Context(), &pb.CreateCreativeRequest{
				Parent: "sites/shop/campaigns/c", CreativeId: fmt.Sprintf("x%d", k), Creative: &pb.Creative{Format: "banner"},
			})
			check(b, err)
		}
		_, err = pb.NewPlacementServiceClient(conn).CreatePlacement(b.Context(), &pb.CreatePlacementRequest{
			Parent: "sites/shop", PlacementId: "banner",
			Placement: &pb.Placement{Count: 1, Rules: &pb.Placement_Creatives{Creatives: &pb.CreativeRules{}}},
		})
		check(b, err)
		client := pb.NewDecisionServiceClient(conn)
		for _, inflight := range []int{1, 16, 64} {
			b.Run(fmt.Sprintf("counted=%s/inflight=%d", counts, inflight), func(b *testing.B) {
				calls(b, inflight, func(ctx context.Context, r *rand.Rand) error {
					req := &pb.DecideRequest{
						Site: "sites/shop", Visitor: &pb.VisitorKey{DeviceId: visitors(r)}, Consent: granted(),
						Placements: []*pb.PlacementRequest{{Placement: "banner"}},
					}
					if counts == "blob" {
						req.Consent = answered(false)
					}
					_, err := client.Decide(ctx, req)
					return err
				})
			})
		}
	}
}
