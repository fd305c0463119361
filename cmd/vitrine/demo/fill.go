package demo

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/vitrine-io/vitrine/cmd/vitrine/feed"
	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// ErrShopExists says that the server has a site of the demo's name already.
var ErrShopExists = errors.New("there is a demo shop already")

// How many records go into one message of an import.
const importBatch = 500

// The placements of the shop, beside the home page that every site has.
const (
	placementHome     = "home"
	placementProduct  = "product"
	placementReminder = "reminder"
)

// Demo is a made-up shop on a running server.
type Demo struct {
	Shop *Shop

	seed    uint64
	now     time.Time
	clients *clients
}

// New makes up the shop of a seed, for the server behind conn. Now is the time
// that the visitors' past ends at: the server's own, in a running demo.
func New(conn grpc.ClientConnInterface, site string, seed uint64, now time.Time) *Demo {
	return &Demo{Shop: NewShop(site, seed, now), seed: seed, now: now, clients: newClients(conn)}
}

// Open creates the shop on the server and fills its catalogue. It returns
// ErrShopExists, and changes nothing, if the site is there already.
func (d *Demo) Open(ctx context.Context) (*Opened, error) {
	begin := time.Now()
	_, err := d.clients.sites.CreateSite(ctx, &pb.CreateSiteRequest{
		SiteId: d.Shop.Site[len("sites/"):],
		Site: &pb.Site{
			DisplayName:   ShopName,
			CurrencyCode:  "EUR",
			Locale:        "en",
			TimeZone:      "Europe/Paris",
			ConsentPolicy: pb.ConsentPolicy_CONSENT_POLICY_OPT_IN,
		},
	})
	if status.Code(err) == codes.AlreadyExists {
		return nil, ErrShopExists
	} else if err != nil {
		return nil, fmt.Errorf("create the demo site: %w", err)
	}
	for id, p := range placements() {
		_, err := d.clients.placements.CreatePlacement(ctx, &pb.CreatePlacementRequest{Parent: d.Shop.Site, PlacementId: id, Placement: p})
		if err != nil {
			return nil, fmt.Errorf("create placement %q: %w", id, err)
		}
	}
	if err := d.createCampaigns(ctx); err != nil {
		return nil, err
	}
	stored, err := d.importProducts(ctx)
	if err != nil {
		return nil, fmt.Errorf("import the catalogue: %w", err)
	}
	return &Opened{Shop: d.Shop.facts(d.now), Stored: stored, Took: time.Since(begin)}, nil
}

func placements() map[string]*pb.Placement {
	return map[string]*pb.Placement{
		placementBanner: {
			DisplayName: "Banner",
			PageType:    pb.PageType_PAGE_TYPE_HOME,
			Count:       1,
			Rules:       &pb.Placement_Creatives{Creatives: &pb.CreativeRules{Formats: []string{placementBanner}}},
		},
		placementProduct: {
			DisplayName: "You may also like",
			PageType:    pb.PageType_PAGE_TYPE_PRODUCT,
			Count:       6,
		},
		placementReminder: {
			DisplayName: "Left in your cart",
			PageType:    pb.PageType_PAGE_TYPE_EMAIL,
			Count:       4,
			Rules:       &pb.Placement_Products{Products: &pb.ProductRules{ExcludeInCart: pb.Toggle_TOGGLE_OFF}},
		},
	}
}

func (d *Demo) importProducts(ctx context.Context) (stored int64, err error) {
	stream, err := d.clients.catalog.ImportProducts(ctx)
	if err != nil {
		return 0, err
	}
	send := func(from, to int) error {
		req := &pb.ImportProductsRequest{Parent: d.Shop.Site, Mode: pb.ImportMode_IMPORT_MODE_INCREMENTAL}
		for _, a := range d.Shop.Articles[from:to] {
			req.Products = append(req.Products, a.Product)
		}
		return stream.Send(req)
	}
	err = feed.Import(stream, batched(len(d.Shop.Articles), send), func(resp *pb.ImportProductsResponse) error {
		stored = resp.GetStored()
		for _, e := range resp.GetErrors() {
			return fmt.Errorf("product %s was left out: %s", e.GetId(), e.GetReason())
		}
		return nil
	})
	return stored, err
}

// LivePast imports what the visitors did before today, and returns when the
// shop has learned from it.
func (d *Demo) LivePast(ctx context.Context, visitors int) (*Lived, error) {
	past := d.Shop.Past(d.seed, d.now, visitors)
	begin := time.Now()
	stream, err := d.clients.events.ImportEvents(ctx)
	if err != nil {
		return nil, fmt.Errorf("import the past: %w", err)
	}
	var last *pb.ImportEventsResponse
	send := func(from, to int) error {
		return stream.Send(&pb.ImportEventsRequest{Site: d.Shop.Site, Events: past.Events[from:to]})
	}
	err = feed.Import(stream, batched(len(past.Events), send), func(resp *pb.ImportEventsResponse) error {
		last = resp
		for _, e := range resp.GetErrors() {
			return fmt.Errorf("event %d was refused: %v", e.GetIndex(), e.GetViolations())
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("import the past: %w", err)
	}
	return &Lived{
		Visitors: past.Visitors, Sessions: past.Sessions, Orders: past.Orders, Abandoned: past.Abandoned, Refunds: past.Refunds,
		Days:   int(Span / (24 * time.Hour)),
		Events: int64(len(past.Events)), Stored: last.GetStored(), NoConsent: last.GetNoConsent(),
		Took: time.Since(begin),
	}, nil
}

// batched sends n records in batches.
func batched(n int, send func(from, to int) error) func() error {
	return func() error {
		for from := 0; from < n; from += importBatch {
			if err := send(from, min(from+importBatch, n)); err != nil {
				return err
			}
		}
		return nil
	}
}

// LiveToday lets a number of new visitors shop now: they ask for their pages,
// click what suits them of what they are shown, and sometimes buy it.
func (d *Demo) LiveToday(ctx context.Context, visitors int) (*Today, error) {
	rng := rand.New(rand.NewPCG(d.seed, 3))
	begin := time.Now()
	today := &Today{Visitors: visitors}
	for i := range visitors {
		s := &live{d: d, rng: rng, who: newShopper(fmt.Sprintf("today-%03d", i+1), rng), today: today}
		if err := s.visit(ctx); err != nil {
			return nil, fmt.Errorf("visitor %s: %w", s.who.id, err)
		}
	}
	today.Took = time.Since(begin)
	return today, nil
}
