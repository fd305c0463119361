package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/connectivity"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// ad is a creative of the example, and what visitors make of it.
type ad struct {
	campaign, id, headline string
	tier                   pb.Tier // of its campaign
	rate                   float64 // of those who see it, how many click: nobody tells Vitrine
	limit                  int32   // of its campaign to a visitor a day; 0: as often as it likes
}

// ads are for one placement: a sponsor's, which goes before all others but is shown to
// each visitor twice a day at most, and three that compete for what is left.
var ads = []ad{
	{campaign: "spring", id: "people", headline: "Spring is out there", tier: pb.Tier_TIER_AUCTION, rate: 0.02},
	{campaign: "spring", id: "price", headline: "20 % off boots", tier: pb.Tier_TIER_AUCTION, rate: 0.12},
	{campaign: "spring", id: "ridge", headline: "The ridge is calling", tier: pb.Tier_TIER_AUCTION, rate: 0.04},
	{campaign: "launch", id: "tent", headline: "A tent that weighs a kilo", tier: pb.Tier_TIER_SPONSORSHIP, rate: 0.05, limit: 2},
}

// placement is the slot that they compete for.
const placement = "banner"

// setUp makes the site with its placement, campaigns and creatives.
func setUp(ctx context.Context, conn grpc.ClientConnInterface, site string) error {
	name := "sites/" + site
	// One that was made by an earlier run is as good.
	made := func(err error) error {
		if status.Code(err) == codes.AlreadyExists {
			return nil
		}
		return err
	}
	_, err := pb.NewSiteServiceClient(conn).CreateSite(ctx, &pb.CreateSiteRequest{SiteId: site, Site: &pb.Site{DisplayName: "Ad server"}})
	if err := made(err); err != nil {
		return fmt.Errorf("site: %w", err)
	}
	_, err = pb.NewPlacementServiceClient(conn).CreatePlacement(ctx, &pb.CreatePlacementRequest{
		Parent: name, PlacementId: placement,
		Placement: &pb.Placement{Count: 1, Rules: &pb.Placement_Creatives{Creatives: &pb.CreativeRules{Formats: []string{"banner"}}}},
	})
	if err := made(err); err != nil {
		return fmt.Errorf("placement: %w", err)
	}
	load := &pb.ImportCampaignsRequest{Parent: name, Mode: pb.ImportMode_IMPORT_MODE_INCREMENTAL}
	seen := make(map[string]bool)
	for _, a := range ads {
		campaign := name + "/campaigns/" + a.campaign
		if !seen[campaign] {
			seen[campaign] = true
			c := &pb.Campaign{Name: campaign, Tier: a.tier, ClickValue: &pb.Money{CurrencyCode: "EUR", Units: 1}, LandingUrl: "https://shop.example/" + a.campaign}
			if a.limit > 0 {
				c.FrequencyCaps = []*pb.FrequencyCap{{Scope: pb.CapScope_CAP_SCOPE_CAMPAIGN, Limit: a.limit, Window: durationpb.New(24 * time.Hour)}}
			}
			load.Campaigns = append(load.Campaigns, c)
		}
		load.Creatives = append(load.Creatives, &pb.Creative{Name: campaign + "/creatives/" + a.id, Format: "banner"})
	}
	stream, err := pb.NewCampaignServiceClient(conn).ImportCampaigns(ctx)
	if err != nil {
		return err
	}
	if err := stream.Send(load); err != nil {
		return fmt.Errorf("campaigns: %w", err)
	}
	if err := stream.CloseSend(); err != nil {
		return fmt.Errorf("campaigns: %w", err)
	}
	for {
		answer, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("campaigns: %w", err)
		}
		if answer.GetRejected() > 0 {
			return fmt.Errorf("campaigns: %v", answer.GetErrors())
		}
	}
}

// startServer builds vitrine and starts it on a folder of its own, until ctx ends; wait
// returns once it has ended. It takes the ports that vitrine serve takes by itself.
func startServer(ctx context.Context, target string) (wait func(), err error) {
	dir, err := os.MkdirTemp("", "ad-server-")
	if err != nil {
		return nil, err
	}
	binary := filepath.Join(dir, "vitrine")
	build := exec.CommandContext(ctx, "go", "build", "-o", binary, "github.com/vitrine-io/vitrine/cmd/vitrine")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return nil, errors.Join(fmt.Errorf("build vitrine: %w", err), os.RemoveAll(dir))
	}
	server := exec.CommandContext(ctx, binary, "serve", "--auth", "none", "--data-dir", filepath.Join(dir, "data"),
		"--listen", target, "--tag-listen", "127.0.0.1:7656", "--public-url", "http://127.0.0.1:7656", "--log-level", "warn")
	server.Stderr = os.Stderr
	server.Cancel = func() error { return server.Process.Signal(os.Interrupt) }
	if err := server.Start(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return func() {
		_ = server.Wait() // it has said on standard error what went wrong
		_ = os.RemoveAll(dir)
	}, nil
}

// ready waits until the server takes calls.
func ready(ctx context.Context, conn *grpc.ClientConn) error {
	for conn.Connect(); ; {
		state := conn.GetState()
		if state == connectivity.Ready {
			return nil
		}
		conn.Connect()
		if !conn.WaitForStateChange(ctx, state) {
			return fmt.Errorf("no server at %s: start one, or add -start", conn.Target())
		}
	}
}
