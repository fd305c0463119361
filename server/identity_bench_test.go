package server_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// BenchmarkDecidePerson asks for a page of 20 products for a person of so many devices,
// each of whose visitors looked at eight products: of a thousand persons one after the
// other, who are remembered; and each time after an event, so that what they did must be
// merged anew. Compare with devices=1.
func BenchmarkDecidePerson(b *testing.B) {
	conn, _ := benchShop(b, 10_000, 16_000)
	client := pb.NewDecisionServiceClient(conn)
	links := pb.NewVisitorServiceClient(conn)
	events := pb.NewEventServiceClient(conn)
	person, from := 0, 0
	var id atomic.Int64
	for _, devices := range []int{1, 2, 3, 10} {
		first := from
		for range 1000 {
			req := &pb.LinkVisitorsRequest{Person: fmt.Sprintf("sites/shop/persons/p%d", person)}
			for range devices {
				req.Visitors = append(req.Visitors, fmt.Sprintf("sites/shop/visitors/v%d", from))
				from++
			}
			person++
			if devices > 1 {
				_, err := links.LinkVisitors(b.Context(), req)
				check(b, err)
			}
		}
		device := func(r *rand.Rand) string { return fmt.Sprintf("v%d", first+devices*r.IntN(1000)+r.IntN(devices)) }
		decide := func(ctx context.Context, device string) error {
			_, err := client.Decide(ctx, &pb.DecideRequest{
				Site: "sites/shop", Visitor: &pb.VisitorKey{DeviceId: device}, Consent: granted(), DryRun: true,
				Placements: []*pb.PlacementRequest{{Placement: "home", Count: 20}},
			})
			return err
		}
		b.Run(fmt.Sprintf("devices=%d/as before", devices), func(b *testing.B) {
			calls(b, 2, func(ctx context.Context, r *rand.Rand) error { return decide(ctx, device(r)) })
		})
		b.Run(fmt.Sprintf("devices=%d/after an event", devices), func(b *testing.B) {
			calls(b, 2, func(ctx context.Context, r *rand.Rand) error {
				d := device(r)
				_, err := events.TrackEvent(ctx, &pb.TrackEventRequest{Site: "sites/shop", Event: &pb.Event{
					Id: fmt.Sprintf("bench-%d", id.Add(1)), Type: pb.EventType_EVENT_TYPE_HOME_VIEWED, Consent: granted(),
					Visitor: &pb.VisitorKey{DeviceId: d}, Time: timestamppb.Now(),
				}})
				if err != nil {
					return err
				}
				return decide(ctx, d)
			})
		})
	}
}
