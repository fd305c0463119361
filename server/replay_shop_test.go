package server_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

const (
	bazaarProducts = 400
	bazaarAisles   = 20
	bazaarWorkers  = 8  // callers at a time, each with visitors of its own
	bazaarVisitors = 40 // of each
	period         = 5 * 24 * time.Hour
	periods        = 12
)

// bazaar is a made-up shop in which everything happens that is learned from.
type bazaar struct {
	*shop
	chance *chance
	seed   uint64
	visits int // of each caller's visitors in a period
	began  time.Time
	sent   atomic.Int64
}

// bazaarPlacements are those of the shop by id: every strategy and objective, the
// dials, and a ranking of the shop's own.
func bazaarPlacements() map[string]*pb.Placement {
	all := map[string]*pb.Placement{}
	pages := []pb.PageType{pb.PageType_PAGE_TYPE_HOME, pb.PageType_PAGE_TYPE_PRODUCT, pb.PageType_PAGE_TYPE_CART, pb.PageType_PAGE_TYPE_SEARCH}
	for n := range int32(9) {
		all[fmt.Sprint("strategy-", n+1)] = &pb.Placement{Count: 6, PageType: pages[n%4], Rules: &pb.Placement_Products{Products: &pb.ProductRules{
			Strategy: pb.Strategy(n + 1), Objective: pb.Objective(n%4 + 1), Diversity: pb.DiversityLevel(n%4 + 1),
		}}}
	}
	all["calibrated"] = &pb.Placement{Count: 10, Rules: &pb.Placement_Products{Products: &pb.ProductRules{
		Calibrate: pb.Toggle_TOGGLE_ON, Rotate: pb.Toggle_TOGGLE_OFF, ExcludeBought: pb.Toggle_TOGGLE_OFF,
	}}}
	all["own-ranking"] = &pb.Placement{Count: 10, Rules: &pb.Placement_Products{Products: &pb.ProductRules{
		RepeatPolicy: pb.RepeatPolicy_REPEAT_POLICY_EXCLUDE,
		Ranking:      &pb.RankingConfig{Weights: []*pb.FeatureWeight{{Feature: "near", Weights: []float64{2}}}, Parameters: map[string]float64{"candidates": 90}},
	}}}
	all["banner"] = &pb.Placement{Count: 1, Rules: &pb.Placement_Creatives{Creatives: &pb.CreativeRules{Formats: []string{"banner"}}}}
	all["explores"] = &pb.Placement{Count: 8, Rules: &pb.Placement_Products{Products: &pb.ProductRules{ExplorationCount: 3}}}
	return all
}

// bazaarRange is what the shop sells: aisles of products with all kinds of facets,
// variants among them, some new, some sensitive, some out of stock.
func bazaarRange(began time.Time) (list []*pb.Product) {
	for n := range bazaarProducts {
		aisle := n % bazaarAisles
		p := &pb.Product{
			Name: fmt.Sprintf("p%03d", n), Title: fmt.Sprintf("Thing %d of aisle %d", n, aisle), Brand: fmt.Sprint("brand ", n%7),
			Categories: []string{fmt.Sprintf("floor %d/aisle %d", aisle%4, aisle)}, Tags: []string{fmt.Sprint("tag ", n%11)},
			Price: &pb.Money{CurrencyCode: "EUR", Units: int64(3 + n*7%90)},
		}
		switch {
		case n%10 == 3:
			p.GroupId = fmt.Sprint("group ", aisle)
		case n%17 == 4:
			p.AvailableTime = timestamppb.New(began.Add(time.Duration(n%60) * 24 * time.Hour))
		case n%53 == 5:
			p.Sensitive = true
		case n%41 == 6:
			p.Availability = pb.Availability_AVAILABILITY_OUT_OF_STOCK
		}
		list = append(list, p)
	}
	return list
}

// open creates the shop.
func (b *bazaar) open() {
	t := b.t
	t.Helper()
	b.create("shop")
	b.sell("shop", bazaarRange(b.began)...)
	for id, p := range bazaarPlacements() {
		_, err := b.placements.CreatePlacement(t.Context(), &pb.CreatePlacementRequest{Parent: "sites/shop", PlacementId: id, Placement: p})
		must(t, err)
	}
	for id, c := range bids() {
		b.campaign(id, c, id+"-a", id+"-b")
	}
}

// bids are those of the shop's campaigns: for clicks, for orders, for impressions.
func bids() map[string]*pb.Campaign {
	all := map[string]*pb.Campaign{}
	for charge := range pb.Charge(3) {
		all[fmt.Sprintf("bids-%d", charge+1)] = &pb.Campaign{Bid: &pb.Bid{Charge: charge + 1, Amount: &pb.Money{Units: 1}}}
	}
	return all
}

// trade lets one period pass: the callers send what their visitors do, all at the
// same time, each in its own way.
func (b *bazaar) trade(n int) {
	b.t.Helper()
	g, ctx := errgroup.WithContext(b.t.Context())
	for worker := range bazaarWorkers {
		send := []func(context.Context, []*pb.Event) error{b.oneByOne, b.batch, b.stream}[worker%3]
		g.Go(func() error {
			rng := rand.New(rand.NewPCG(b.seed, uint64(n*bazaarWorkers+worker)))
			for k := range b.visits {
				at := b.began.Add(time.Duration(n)*period + time.Duration(k)*period/time.Duration(b.visits) + time.Duration(rng.IntN(7200))*time.Second)
				events, err := b.visit(ctx, rng, fmt.Sprintf("v%d-%d", worker, int(rng.ExpFloat64()*8)%bazaarVisitors), at)
				if err != nil {
					return err
				}
				if err := send(ctx, events); err != nil {
					return err
				}
				b.sent.Add(int64(len(events)))
			}
			return nil
		})
	}
	must(b.t, g.Wait())
}

// visit is what a visitor does in one go. Some of it they do because a page of
// ours shows it.
func (b *bazaar) visit(ctx context.Context, rng *rand.Rand, who string, at time.Time) (events []*pb.Event, err error) {
	aisle := rng.IntN(bazaarAisles)
	add := func(kind pb.EventType, products ...string) *pb.Event {
		at = at.Add(time.Duration(5+rng.IntN(120)) * time.Second)
		e := event(who, kind, products...)
		e.Time = timestamppb.New(at)
		if rng.IntN(25) == 0 { // it came late
			e.Time = timestamppb.New(at.Add(-time.Duration(rng.IntN(96)) * time.Hour))
		}
		events = append(events, e)
		return e
	}
	some := func() string {
		if rng.IntN(8) == 0 {
			return fmt.Sprintf("p%03d", rng.IntN(bazaarProducts+5)) // five that nobody sells
		}
		return fmt.Sprintf("p%03d", aisle+bazaarAisles*(int(rng.ExpFloat64()*5)%(bazaarProducts/bazaarAisles)))
	}
	if rng.IntN(4) == 0 {
		add(pb.EventType_EVENT_TYPE_PRODUCTS_SEARCHED).SearchQuery = fmt.Sprintf("thing aisle %d", aisle)
	}
	latest := some()
	for range 2 + rng.IntN(5) {
		e := add(pb.EventType_EVENT_TYPE_PRODUCT_VIEWED, latest)
		if rng.IntN(6) == 0 {
			e.DwellTime = durationpb.New(time.Duration(rng.IntN(6000)) * time.Millisecond)
		}
		latest = some()
	}
	if rng.IntN(3) == 0 {
		shown, err := b.shown(ctx, rng, who, latest)
		if err != nil {
			return nil, err
		}
		if len(shown) > 0 {
			var list []string
			for _, item := range shown {
				list = append(list, item.GetProduct().GetProductId())
			}
			add(pb.EventType_EVENT_TYPE_PRODUCT_LIST_VIEWED, list...)
			taken := shown[rng.IntN(len(shown))]
			latest = taken.GetProduct().GetProductId()
			add(pb.EventType_EVENT_TYPE_PRODUCT_CLICKED, latest).AttributionToken = taken.GetAttributionToken()
			add(pb.EventType_EVENT_TYPE_PRODUCT_ADDED, latest).AttributionToken = taken.GetAttributionToken()
		}
	}
	if rng.IntN(4) == 0 {
		resp, err := b.decisions.Decide(ctx, &pb.DecideRequest{
			Site: "sites/shop", Consent: granted(), Visitor: &pb.VisitorKey{DeviceId: who}, Placements: []*pb.PlacementRequest{{Placement: "banner"}},
		})
		if err != nil {
			return nil, err
		}
		token := resp.GetPlacements()[0].GetItems()[0].GetAttributionToken()
		add(pb.EventType_EVENT_TYPE_CREATIVE_VIEWED).AttributionToken = token
		if rng.IntN(3) == 0 {
			add(pb.EventType_EVENT_TYPE_CREATIVE_CLICKED).AttributionToken = token
		}
	}
	switch rng.IntN(9) {
	case 0, 1, 2:
		other := some()
		add(pb.EventType_EVENT_TYPE_PRODUCT_ADDED, latest).Context = &pb.PageContext{PageType: pb.PageType_PAGE_TYPE_PRODUCT}
		order := add(pb.EventType_EVENT_TYPE_ORDER_COMPLETED, latest, other)
		order.Order = &pb.Order{Id: "o" + order.GetId(), Revenue: &pb.Money{CurrencyCode: "EUR", Units: int64(5 + rng.IntN(90))}}
		order.Items[0].Price = &pb.Money{CurrencyCode: "EUR", Units: int64(3 + rng.IntN(60))}
		if rng.IntN(3) == 0 {
			at = at.Add(30 * time.Hour)
			back := add(pb.EventType_EVENT_TYPE_ORDER_REFUNDED, latest)
			back.Order = &pb.Order{Id: order.GetOrder().GetId()}
		}
	case 3:
		add(pb.EventType_EVENT_TYPE_DISMISSED, latest)
	case 4:
		add(pb.EventType_EVENT_TYPE_PRODUCT_ADDED, latest)
		add(pb.EventType_EVENT_TYPE_PRODUCT_REMOVED, latest)
	case 5:
		add(pb.EventType_EVENT_TYPE_PRODUCT_ADDED_TO_WISHLIST, latest)
	}
	return events, nil
}

// shown is a placement of a page that the visitor sees.
func (b *bazaar) shown(ctx context.Context, rng *rand.Rand, who, product string) ([]*pb.DecidedItem, error) {
	req := b.page(rng)
	req.Visitor, req.DryRun, req.Explain = &pb.VisitorKey{DeviceId: who}, false, pb.Explain_EXPLAIN_NONE
	req.Context.ProductId = product
	resp, err := b.decisions.Decide(ctx, req)
	if err != nil {
		return nil, err
	}
	return resp.GetPlacements()[0].GetItems(), nil
}

// page is a request for a page of any kind, with full explanations.
func (b *bazaar) page(rng *rand.Rand) *pb.DecideRequest {
	req := &pb.DecideRequest{
		Site: "sites/shop", Consent: granted(), DryRun: true, Explain: pb.Explain_EXPLAIN_FULL,
		Visitor: &pb.VisitorKey{DeviceId: fmt.Sprintf("v%d-%d", rng.IntN(bazaarWorkers), rng.IntN(bazaarVisitors))},
		Context: &pb.PageContext{PageType: pb.PageType(rng.IntN(8) + 1), Device: pb.DeviceType(rng.IntN(3)), Locale: []string{"", "fr", "en"}[rng.IntN(3)]},
	}
	switch rng.IntN(6) {
	case 0, 1:
		req.Context.ProductId = fmt.Sprintf("p%03d", rng.IntN(bazaarProducts))
	case 2:
		req.Context.Category = fmt.Sprintf("floor %d/aisle %d", rng.IntN(4), rng.IntN(bazaarAisles))
	case 3:
		req.Context.SearchQuery = fmt.Sprint("thing aisle ", rng.IntN(bazaarAisles))
	case 4:
		req.Visitor = nil
		for range 1 + rng.IntN(4) {
			req.SessionEvents = append(req.SessionEvents, &pb.Event{
				Type: pb.EventType_EVENT_TYPE_PRODUCT_VIEWED, Items: []*pb.EventItem{{ProductId: fmt.Sprintf("p%03d", rng.IntN(bazaarProducts))}},
				Time: timestamppb.New(b.began.Add(periods * period)),
			})
		}
	}
	placements := []string{"home", "calibrated", "own-ranking"}
	for n := range 9 {
		placements = append(placements, fmt.Sprint("strategy-", n+1))
	}
	for _, k := range rng.Perm(len(placements))[:1+rng.IntN(2)] {
		p := &pb.PlacementRequest{Placement: placements[k]}
		if rng.IntN(5) == 0 {
			p.Filter = "product.price.amount < 40.0"
		}
		req.Placements = append(req.Placements, p)
	}
	return req
}

func (b *bazaar) oneByOne(ctx context.Context, events []*pb.Event) error {
	for _, e := range events {
		if _, err := b.events.TrackEvent(ctx, &pb.TrackEventRequest{Site: "sites/shop", Event: e}); err != nil {
			return err
		}
	}
	return nil
}

func (b *bazaar) batch(ctx context.Context, events []*pb.Event) error {
	resp, err := b.events.TrackEvents(ctx, &pb.TrackEventsRequest{Site: "sites/shop", Events: events})
	for _, r := range resp.GetResults() {
		if r.GetStatus() != pb.EventStatus_EVENT_STATUS_STORED {
			err = errors.Join(err, errors.New(strings.TrimSpace(r.String())))
		}
	}
	return err
}

func (b *bazaar) stream(ctx context.Context, events []*pb.Event) error {
	stream, err := b.events.ImportEvents(ctx)
	if err != nil {
		return err
	}
	if err := stream.Send(&pb.ImportEventsRequest{Site: "sites/shop", Events: events}); err != nil {
		return err
	}
	if err := stream.CloseSend(); err != nil {
		return err
	}
	for {
		if _, err := stream.Recv(); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
	}
}
