package demo

import (
	"context"
	"slices"
	"sync"
	"time"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"google.golang.org/grpc"
)

// clients are the services that the demo calls, with every Decide timed as its
// caller sees it.
type clients struct {
	sites      pb.SiteServiceClient
	catalog    pb.CatalogServiceClient
	placements pb.PlacementServiceClient
	events     pb.EventServiceClient
	decisions  pb.DecisionServiceClient
	visitors   pb.VisitorServiceClient
	campaigns  pb.CampaignServiceClient

	mu      sync.Mutex
	decided []time.Duration
	tracked int
}

func newClients(conn grpc.ClientConnInterface) *clients {
	return &clients{
		sites:      pb.NewSiteServiceClient(conn),
		catalog:    pb.NewCatalogServiceClient(conn),
		placements: pb.NewPlacementServiceClient(conn),
		events:     pb.NewEventServiceClient(conn),
		decisions:  pb.NewDecisionServiceClient(conn),
		visitors:   pb.NewVisitorServiceClient(conn),
		campaigns:  pb.NewCampaignServiceClient(conn),
	}
}

func (c *clients) decide(ctx context.Context, req *pb.DecideRequest) (*pb.DecideResponse, error) {
	begin := time.Now()
	resp, err := c.decisions.Decide(ctx, req)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	c.decided = append(c.decided, time.Since(begin))
	c.mu.Unlock()
	return resp, nil
}

func (c *clients) track(ctx context.Context, site string, e *pb.Event) (pb.EventStatus, error) {
	resp, err := c.events.TrackEvent(ctx, &pb.TrackEventRequest{Site: site, Event: e})
	if err != nil {
		return 0, err
	}
	c.mu.Lock()
	c.tracked++
	c.mu.Unlock()
	return resp.GetStatus(), nil
}

// percentile is the smallest of the durations that a share p of them does not
// exceed (nearest rank), or 0 for none.
func percentile(durations []time.Duration, p float64) time.Duration {
	if len(durations) == 0 {
		return 0
	}
	sorted := slices.Clone(durations)
	slices.Sort(sorted)
	rank := int(p*float64(len(sorted))+0.999999) - 1
	return sorted[min(max(rank, 0), len(sorted)-1)]
}
