package bench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"github.com/vitrine-io/vitrine/cmd/vitrine/feed"
	"github.com/vitrine-io/vitrine/cmd/vitrine/progress"
	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// The placements that are asked for, beside the home page that every site has.
const (
	placementHome   = "home"
	placementBanner = "banner"
	placementAlso   = "also"
	bannerFormat    = "banner"
)

// importBatch is how many records go into one message of an import.
const importBatch = 500

// ErrOtherShop says that the site holds something else than what is asked for.
var ErrOtherShop = errors.New("the site holds another shop")

// Filled is what filling the shop took. Zero when it was there already.
type Filled struct {
	Products  int64   `json:"products"`
	Creatives int64   `json:"creatives"`
	Events    int64   `json:"events"` // all of them durable, in the profiles and learned from
	Seconds   float64 `json:"seconds"`
}

// fill makes the shop through the API, unless the site holds just this one.
func (b *bench) fill(ctx context.Context) error {
	want := fmt.Sprintf("vitrine bench: seed %d, %+v", b.o.Seed, b.o.Sizes)
	sites := pb.NewSiteServiceClient(b.conns[0])
	var site *pb.Site
	err := patient(ctx, func() (err error) {
		site, err = sites.GetSite(ctx, &pb.GetSiteRequest{Name: b.shop.site})
		return err
	})
	switch {
	case status.Code(err) == codes.NotFound:
	case err != nil:
		return fmt.Errorf("read the site: %w", err)
	case site.GetDisplayName() == want:
		return nil
	default:
		return ErrOtherShop
	}
	begin := time.Now()
	err = patient(ctx, func() error {
		_, err := sites.CreateSite(ctx, &pb.CreateSiteRequest{
			SiteId: b.o.Site, Site: &pb.Site{DisplayName: "vitrine bench, being filled", CurrencyCode: "EUR", Locale: "en"},
		})
		return err
	})
	if err != nil {
		return fmt.Errorf("create the site: %w", err)
	}
	for _, step := range []func(context.Context) error{b.createPlacements, b.importProducts, b.importCreatives, b.importHistory} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	err = patient(ctx, func() error {
		_, err := sites.UpdateSite(ctx, &pb.UpdateSiteRequest{
			Site:       &pb.Site{Name: b.shop.site, DisplayName: want},
			UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"display_name"}},
		})
		return err
	})
	b.result.Filled.Seconds = time.Since(begin).Seconds()
	return err
}

func (b *bench) createPlacements(ctx context.Context) error {
	client := pb.NewPlacementServiceClient(b.conns[0])
	for id, p := range map[string]*pb.Placement{
		placementBanner: {
			PageType: pb.PageType_PAGE_TYPE_HOME, Count: 1,
			Rules: &pb.Placement_Creatives{Creatives: &pb.CreativeRules{Formats: []string{bannerFormat}}},
		},
		placementAlso: {PageType: pb.PageType_PAGE_TYPE_PRODUCT, Count: 6},
	} {
		err := patient(ctx, func() error {
			_, err := client.CreatePlacement(ctx, &pb.CreatePlacementRequest{Parent: b.shop.site, PlacementId: id, Placement: p})
			return err
		})
		if err != nil {
			return fmt.Errorf("create placement %q: %w", id, err)
		}
	}
	return nil
}

func (b *bench) importProducts(ctx context.Context) error {
	stream, err := pb.NewCatalogServiceClient(b.conns[0]).ImportProducts(ctx)
	if err != nil {
		return fmt.Errorf("import products: %w", err)
	}
	phase := b.o.Progress.Phase("products", "products")
	defer phase.End()
	send := func() error {
		for from := 0; from < b.o.Products; from += importBatch {
			req := &pb.ImportProductsRequest{Parent: b.shop.site}
			for n := from; n < min(from+importBatch, b.o.Products); n++ {
				req.Products = append(req.Products, b.shop.product(n))
			}
			if err := stream.Send(req); err != nil {
				return err
			}
		}
		return nil
	}
	err = feed.Import(stream, send, func(resp *pb.ImportProductsResponse) error {
		for _, e := range resp.GetErrors() {
			return fmt.Errorf("%s was left out: %s", e.GetId(), e.GetReason())
		}
		b.result.Filled.Products = resp.GetReceived()
		show(phase, resp.GetReceived(), int64(b.o.Products))
		return nil
	})
	if err != nil {
		return fmt.Errorf("import products: %w", err)
	}
	return nil
}

func (b *bench) importCreatives(ctx context.Context) error {
	if b.o.Creatives == 0 {
		return nil
	}
	stream, err := pb.NewCampaignServiceClient(b.conns[0]).ImportCampaigns(ctx)
	if err != nil {
		return fmt.Errorf("import creatives: %w", err)
	}
	phase := b.o.Progress.Phase("creatives", "creatives")
	defer phase.End()
	const each = importBatch / creativesOf // campaigns a message
	send := func() error {
		for from := 0; from < b.shop.campaigns(); from += each {
			req := &pb.ImportCampaignsRequest{Parent: b.shop.site}
			for n := from; n < min(from+each, b.shop.campaigns()); n++ {
				req.Campaigns = append(req.Campaigns, b.shop.campaign(n))
				for k := n * creativesOf; k < min((n+1)*creativesOf, b.o.Creatives); k++ {
					req.Creatives = append(req.Creatives, b.shop.creative(k))
				}
			}
			if err := stream.Send(req); err != nil {
				return err
			}
		}
		return nil
	}
	err = feed.Import(stream, send, func(resp *pb.ImportCampaignsResponse) error {
		for _, e := range resp.GetErrors() {
			return fmt.Errorf("%s was left out: %s", e.GetId(), e.GetReason())
		}
		show(phase, resp.GetReceived(), int64(b.o.Creatives+b.shop.campaigns()))
		return nil
	})
	if err != nil {
		return fmt.Errorf("import creatives: %w", err)
	}
	b.result.Filled.Creatives = int64(b.o.Creatives)
	return nil
}

// importHistory sends what the visitors did, encoded with stencils, and returns
// when the shop has learned from all of it.
func (b *bench) importHistory(ctx context.Context) error {
	client, err := b.conns[0].NewStream(ctx, &grpc.StreamDesc{ClientStreams: true, ServerStreams: true},
		pb.EventService_ImportEvents_FullMethodName, asIs)
	if err != nil {
		return fmt.Errorf("import events: %w", err)
	}
	phase := b.o.Progress.Phase("events", "events")
	defer phase.End()
	expected := int64(b.o.Visitors) * int64(b.o.History)
	send := func() error {
		msg, n := b.events.message(importBatch), 0
		err := b.events.history(b.now, func(kind int, f filling) error {
			msg = b.events.add(msg, kind, f)
			if n++; n < importBatch {
				return nil
			}
			full := msg
			msg, n = b.events.message(importBatch), 0
			return client.SendMsg(full)
		})
		if err != nil || n == 0 {
			return err
		}
		return client.SendMsg(msg)
	}
	err = feed.Import(rawStream[pb.ImportEventsResponse]{client}, send, func(resp *pb.ImportEventsResponse) error {
		for _, e := range resp.GetErrors() {
			return fmt.Errorf("event %d was refused: %v", e.GetIndex(), e.GetViolations())
		}
		b.result.Filled.Events = resp.GetStored()
		// Learning comes after storing and takes longer.
		show(phase, resp.GetLearned(), max(expected, resp.GetStored()))
		return nil
	})
	if err != nil {
		return fmt.Errorf("import events: %w", err)
	}
	return nil
}

func show(phase *progress.Phase, n, total int64) { phase.Set(n, n, total) }

// rawStream decodes what comes back over a stream of encoded messages.
type rawStream[Resp any] struct{ grpc.ClientStream }

// Recv returns the next message.
func (s rawStream[Resp]) Recv() (*Resp, error) {
	a := answer{keep: true}
	if err := s.RecvMsg(&a); err != nil {
		return nil, err
	}
	resp := new(Resp)
	return resp, proto.Unmarshal(a.bytes, any(resp).(proto.Message))
}
