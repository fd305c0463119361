package soak

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

const (
	site     = "sites/shop"
	products = 200
	// capLimit is how often a visitor may be handed out the campaign with a cap.
	capLimit = 2
	// newSalesEvery is how many lives there are to new campaigns with goals and budgets.
	newSalesEvery = 5
)

// shop is what the clients use.
type shop struct {
	mu     sync.Mutex
	sales  map[string]*sale // by campaign whose delivery is looked at
	latest int              // the life that the latest of them are from
}

// open makes the shop on an empty folder.
func (s *shop) open(ctx context.Context, conn *grpc.ClientConn) error {
	s.sales = make(map[string]*sale)
	if _, err := pb.NewSiteServiceClient(conn).CreateSite(ctx, &pb.CreateSiteRequest{SiteId: "shop", Site: &pb.Site{DisplayName: "Shop"}}); err != nil {
		return fmt.Errorf("create the site: %w", err)
	}
	stream, err := pb.NewCatalogServiceClient(conn).ImportProducts(ctx)
	if err != nil {
		return err
	}
	var list []*pb.Product
	for k := range products {
		list = append(list, &pb.Product{
			Name: site + "/products/" + productID(k), Title: fmt.Sprint("Product ", k), Brand: fmt.Sprint("brand-", k%7),
			Categories: []string{fmt.Sprintf("c%d/d%d", k%5, k%11)}, Price: &pb.Money{CurrencyCode: "EUR", Units: int64(10 + k)},
		})
	}
	if err := stream.Send(&pb.ImportProductsRequest{Parent: site, Products: list}); err != nil {
		return err
	}
	if err := stream.CloseSend(); err != nil {
		return err
	}
	for {
		if _, err := stream.Recv(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return fmt.Errorf("import the products: %w", err)
		}
	}
	placements := pb.NewPlacementServiceClient(conn)
	for _, format := range []string{"capped", "goal", "paid", "clicks", "paced"} {
		_, err := placements.CreatePlacement(ctx, &pb.CreatePlacementRequest{Parent: site, PlacementId: format, Placement: &pb.Placement{
			Count: 1, Rules: &pb.Placement_Creatives{Creatives: &pb.CreativeRules{Formats: []string{format}}},
		}})
		if err != nil {
			return fmt.Errorf("create a placement: %w", err)
		}
	}
	if err := s.campaign(ctx, conn, "paced", "paced", pacedCampaign(time.Now())); err != nil {
		return err
	}
	return s.campaign(ctx, conn, "capped", "capped", &pb.Campaign{FrequencyCaps: []*pb.FrequencyCap{{
		Scope: pb.CapScope_CAP_SCOPE_CAMPAIGN, Limit: capLimit, Window: durationpb.New(24 * time.Hour),
	}}})
}

// begin adds campaigns to deliver now and then.
func (s *shop) begin(ctx context.Context, conn *grpc.ClientConn, round int) error {
	if s.latest > 0 && round < s.latest+newSalesEvery {
		return nil
	}
	for format, m := range map[string]*pb.Campaign{"goal": goalCampaign(), "paid": paidCampaign(), "clicks": clicksCampaign()} {
		if err := s.campaign(ctx, conn, fmt.Sprint(format, "-", round), format, m); err != nil {
			return err
		}
	}
	s.latest = round
	return nil
}

func (s *shop) campaign(ctx context.Context, conn *grpc.ClientConn, id, format string, m *pb.Campaign) error {
	campaigns := pb.NewCampaignServiceClient(conn)
	_, err := campaigns.CreateCampaign(ctx, &pb.CreateCampaignRequest{Parent: site, CampaignId: id, Campaign: m})
	if err != nil && status.Code(err) != codes.AlreadyExists {
		return fmt.Errorf("create campaign %s: %w", id, err)
	}
	_, err = campaigns.CreateCreative(ctx, &pb.CreateCreativeRequest{
		Parent: site + "/campaigns/" + id, CreativeId: "a", Creative: &pb.Creative{Format: format},
	})
	if err != nil && status.Code(err) != codes.AlreadyExists {
		return fmt.Errorf("create a creative of %s: %w", id, err)
	}
	return nil
}

// learned waits until all that is stored is learned from.
func learned(ctx context.Context, conn *grpc.ClientConn) error {
	stream, err := pb.NewEventServiceClient(conn).ImportEvents(ctx)
	if err != nil {
		return err
	}
	// The last answer of an import comes once its events are learned from.
	err = stream.Send(&pb.ImportEventsRequest{Site: site, Events: []*pb.Event{{
		Id: "the-end", Type: pb.EventType_EVENT_TYPE_HOME_VIEWED, Visitor: &pb.VisitorKey{DeviceId: "the-end"}, Consent: granted(true),
	}}})
	if err == nil {
		err = stream.CloseSend()
	}
	for err == nil {
		_, err = stream.Recv()
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return fmt.Errorf("wait for what is learned: %w", err)
}

// compact rewrites the data while it is used.
func (r *run) compact(ctx context.Context, conn *grpc.ClientConn) {
	stream, err := pb.NewAdminServiceClient(conn).Compact(ctx, &pb.CompactRequest{})
	for err == nil {
		_, err = stream.Recv()
	}
	if errors.Is(err, io.EOF) {
		r.count(func(rep *Report) { rep.Compactions++ })
	} else if !gone(err) {
		r.broken("compact: %v", err)
	}
}

func productID(k int) string { return fmt.Sprint("p", k%products) }

func granted(yes bool) *pb.Consent {
	return &pb.Consent{Purposes: []*pb.PurposeConsent{
		{Purpose: pb.Purpose_PURPOSE_PERSONALIZATION, Granted: yes},
		{Purpose: pb.Purpose_PURPOSE_ADVERTISING, Granted: yes},
		{Purpose: pb.Purpose_PURPOSE_MEASUREMENT, Granted: yes},
	}}
}

// gone reports whether a call failed because the server was killed under it, or it was
// broken off then.
func gone(err error) bool {
	code := status.Code(err)
	return code == codes.Unavailable || code == codes.Canceled || errors.Is(err, context.Canceled)
}
