package server_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// costly loops over every pair, triple and quadruple of attributes.
const costly = `product.tags.all(a, product.tags.all(b, product.tags.all(c, product.tags.all(d, a + b + c + d != ''))))`

func TestBadInputNamesTheField(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	decide := func(change func(*pb.DecideRequest)) error {
		req := &pb.DecideRequest{Site: "sites/shop", Placements: []*pb.PlacementRequest{{Placement: "home"}}}
		change(req)
		_, err := s.decisions.Decide(t.Context(), req)
		return err
	}
	track := func(change func(*pb.Event)) error {
		e := viewed("v", "p")
		change(e)
		_, err := s.events.TrackEvent(t.Context(), &pb.TrackEventRequest{Site: "sites/shop", Event: e})
		return err
	}
	sell := func(p *pb.Product) error {
		_, err := s.catalog.CreateProduct(t.Context(), &pb.CreateProductRequest{Parent: "sites/shop", ProductId: "p", Product: p})
		return err
	}
	put := func(r *pb.RankingConfig) error {
		_, err := s.placements.UpdatePlacement(t.Context(), &pb.UpdatePlacementRequest{Placement: &pb.Placement{
			Name: "sites/shop/placements/home", Rules: &pb.Placement_Products{Products: &pb.ProductRules{Ranking: r}},
		}, UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"products"}}})
		return err
	}
	for _, c := range []struct {
		name, field, text string
		err               error
	}{
		{"empty site", "site", "is \"\"", decide(func(r *pb.DecideRequest) { r.Site = "" })},
		{"empty visitor", "visitor.device_id", "is empty", decide(func(r *pb.DecideRequest) { r.Visitor = &pb.VisitorKey{} })},
		{"empty visitor of an event", "event.visitor.device_id", "is empty", track(func(e *pb.Event) { e.Visitor = &pb.VisitorKey{} })},
		{"no visitor of an event", "event.visitor", "required", track(func(e *pb.Event) { e.Visitor = nil })},
		{"an id that many share", "event.visitor.device_id", "many people share", track(func(e *pb.Event) { e.Visitor.DeviceId = "Undefined" })},
		{"a slash in an id", "visitor.device_id", "without", decide(func(r *pb.DecideRequest) { r.Visitor = &pb.VisitorKey{DeviceId: "a/b"} })},
		{"no placements", "placements", "at least 1", decide(func(r *pb.DecideRequest) { r.Placements = nil })},
		{"a placement twice", "placements[1].placement", "again", decide(func(r *pb.DecideRequest) { r.Placements = append(r.Placements, r.Placements[0]) })},
		{"101 items", "placements[0].count", "is 101", decide(func(r *pb.DecideRequest) { r.Placements[0].Count = 101 })},
		{"filter that does not compile", "placements[0].filter", "compile", decide(func(r *pb.DecideRequest) { r.Placements[0].Filter = "product.price.amount <" })},
		{"filter on what is not there", "placements[0].filter", "colour", decide(func(r *pb.DecideRequest) { r.Placements[0].Filter = "product.colour == 'red'" })},
		{"filter that is no condition", "placements[0].filter", "true or false", decide(func(r *pb.DecideRequest) { r.Placements[0].Filter = "product.price.amount" })},
		{"filter too costly", "placements[0].filter", "cost", decide(func(r *pb.DecideRequest) { r.Placements[0].Filter = costly })},
		{"an event of 1900", "event.time", "must not be before 2000", track(func(e *pb.Event) { e.Time = timestamppb.New(time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)) })},
		{"an event of the future", "event.time", "ahead of the server's clock", track(func(e *pb.Event) { e.Time = timestamppb.New(time.Now().Add(time.Hour)) })},
		{"an event without a type", "event.type", "is 0", track(func(e *pb.Event) { e.Type = 0 })},
		{"an event of no known type", "event.type", "is 77", track(func(e *pb.Event) { e.Type = 77 })},
		{"an event without an id", "event.id", "", track(func(e *pb.Event) { e.Id = "" })},
		{"a negative price", "event.items[0].price", "negative", track(func(e *pb.Event) { e.Items[0].Price = &pb.Money{Units: -1} })},
		{"a token of somebody else", "event.attribution_token", "not one that Decide returned", track(func(e *pb.Event) { e.AttributionToken = "bm9wZQ" })},
		{"an attribute of ten megabytes", "event.context.attributes[\"a\"]", "bytes", track(func(e *pb.Event) {
			e.Context = &pb.PageContext{Attributes: map[string]string{"a": strings.Repeat("x", 10<<20)}}
		})},
		{"a number that is none", "product.numbers[\"margin\"]", "finite", sell(&pb.Product{Numbers: map[string]float64{"margin": math.NaN()}})},
		{"a price of two signs", "product.price.nanos", "same sign", sell(&pb.Product{Price: &pb.Money{Units: 1, Nanos: -5}})},
		{"a category without levels", "product.categories[0]", "at least one level", sell(&pb.Product{Categories: []string{"//"}})},
		{"1,001 products in one list call", "page_size", "is 1001", func() error {
			_, err := s.catalog.ListProducts(t.Context(), &pb.ListProductsRequest{Parent: "sites/shop", PageSize: 1001})
			return err
		}()},
		{"1,001 products in one batch", "names", "1000", func() error {
			_, err := s.catalog.BatchGetProducts(t.Context(), &pb.BatchGetProductsRequest{Parent: "sites/shop", Names: make([]string, 1001)})
			return err
		}()},
		{"a mask of what is not there", "update_mask.paths[0]", "must be one of", func() error {
			_, err := s.placements.UpdatePlacement(t.Context(), &pb.UpdatePlacementRequest{
				Placement:  &pb.Placement{Name: "sites/shop/placements/home"},
				UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"colour"}},
			})
			return err
		}()},
		{"a weight of no feature", "placement.products.ranking.weights[1]", "perhaps near", put(&pb.RankingConfig{Weights: []*pb.FeatureWeight{
			{Feature: "near", Weights: []float64{1}}, {Feature: "neer", Weights: []float64{1}},
		}})},
		{"weights of two situations", "placement.products.ranking.weights[0]", "must have 1", put(&pb.RankingConfig{Weights: []*pb.FeatureWeight{{Feature: "near", Weights: []float64{1, 2}}}})},
		{"a feature twice", "placement.products.ranking.weights[1].feature", "again", put(&pb.RankingConfig{Weights: []*pb.FeatureWeight{
			{Feature: "near", Weights: []float64{1}}, {Feature: "near", Weights: []float64{1}},
		}})},
		{"no such parameter", `placement.products.ranking.parameters["candidate"]`, "perhaps candidates", put(&pb.RankingConfig{Parameters: map[string]float64{"candidate": 60}})},
		{"a parameter out of range", `placement.products.ranking.parameters["candidates"]`, "from 20 to 200", put(&pb.RankingConfig{Parameters: map[string]float64{"candidates": 1e6}})},
		{"a page token made up", "page_token", "begin again", func() error {
			_, err := s.sites.ListSites(t.Context(), &pb.ListSitesRequest{PageToken: "!"})
			return err
		}()},
		{"a time zone that is none", "site.time_zone", "IANA", func() error {
			_, err := s.sites.CreateSite(t.Context(), &pb.CreateSiteRequest{SiteId: "x", Site: &pb.Site{TimeZone: "Mars/Olympus"}})
			return err
		}()},
	} {
		t.Run(c.name, func(t *testing.T) { wantViolation(t, c.err, c.field, c.text) })
	}
	t.Run("nothing was stored", func(t *testing.T) {
		_, err := s.visitors.GetVisitor(t.Context(), &pb.GetVisitorRequest{Name: "sites/shop/visitors/v"})
		wantCode(t, err, codes.NotFound)
		_, err = s.catalog.GetProduct(t.Context(), &pb.GetProductRequest{Name: "sites/shop/products/p"})
		wantCode(t, err, codes.NotFound)
	})
}

// Everything wrong is reported at once.
func TestEveryViolationIsReported(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	_, err := s.events.TrackEvent(t.Context(), &pb.TrackEventRequest{Site: "sites/shop", Event: &pb.Event{
		Visitor: &pb.VisitorKey{DeviceId: "v"}, Items: []*pb.EventItem{{Quantity: -1}},
	}})
	fields := []string{"event.id", "event.type", "event.items[0].product_id", "event.items[0].quantity"}
	for _, field := range fields {
		wantViolation(t, err, field, "")
	}
	if bad := status.Convert(err).Details()[0].(*errdetails.BadRequest); len(bad.GetFieldViolations()) != len(fields) {
		t.Errorf("%d violations, want one a field: %v", len(bad.GetFieldViolations()), bad)
	}
}

func TestUnknownNamesAreNotFound(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	_, err := s.decisions.Decide(t.Context(), &pb.DecideRequest{Site: "sites/nowhere", Placements: []*pb.PlacementRequest{{Placement: "home"}}})
	wantCode(t, err, codes.NotFound)
	_, err = s.events.TrackEvent(t.Context(), &pb.TrackEventRequest{Site: "sites/nowhere", Event: viewed("v", "p")})
	wantCode(t, err, codes.NotFound)
	_, err = s.decisions.Decide(t.Context(), &pb.DecideRequest{Site: "sites/shop", Placements: []*pb.PlacementRequest{{Placement: "attic"}}})
	wantCode(t, err, codes.NotFound)
	if !strings.Contains(err.Error(), "sites/shop/placements/attic") {
		t.Errorf("%v does not name the placement", err)
	}
}

// rawBytes sends bytes as they are, also what no generated client could.
type rawBytes struct{ encoding.Codec }

func (rawBytes) Marshal(v any) ([]byte, error) { return v.([]byte), nil }

func (rawBytes) Unmarshal(b []byte, v any) error {
	if m, ok := v.(proto.Message); ok {
		return proto.Unmarshal(b, m)
	}
	return nil
}

func (rawBytes) Name() string { return "proto" }

func TestBytesThatAreNoMessage(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	send := func(b []byte) error {
		return s.conn.Invoke(context.Background(), pb.EventService_TrackEvent_FullMethodName, b, &struct{}{}, grpc.ForceCodec(rawBytes{}))
	}
	// TrackEventRequest{site: "\xff\xfe", event: {search_query: "\xff"}}
	bad := send([]byte{0x0a, 2, 0xff, 0xfe, 0x12, 3, 0x42, 1, 0xff})
	wantViolation(t, bad, "site", "UTF-8")
	wantViolation(t, bad, "event.search_query", "UTF-8")
	wantViolation(t, send([]byte{0x0a, 200}), "(message)", "vitrine.v1.TrackEventRequest")

	stream, err := s.conn.NewStream(t.Context(), &pb.EventService_ServiceDesc.Streams[0], pb.EventService_StreamEvents_FullMethodName, grpc.ForceCodec(rawBytes{}))
	must(t, err)
	must(t, stream.SendMsg([]byte{0x0a, 2, 0xff, 0xfe}))
	wantViolation(t, stream.RecvMsg(&struct{}{}), "site", "UTF-8")
}

// A bad event of many does not keep the others out.
func TestBadEventsAreReportedOneByOne(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	var list []*pb.Event
	for i := range 6 {
		e := viewed(fmt.Sprintf("v%d", i), "p")
		if i%3 == 1 {
			e.Type = 0
		}
		list = append(list, e)
	}
	list[5].Consent = answered(false)
	resp, err := s.events.TrackEvents(t.Context(), &pb.TrackEventsRequest{Site: "sites/shop", Events: append(list, list[0])})
	must(t, err)
	want := []pb.EventStatus{1, 4, 1, 1, 4, 3, 2} // stored, invalid, ..., no consent, duplicate
	for i, r := range resp.GetResults() {
		if r.GetStatus() != want[i] || r.GetIndex() != int64(i) {
			t.Errorf("event %d: %v, want %v", i, r, want[i])
		}
	}
	if got := resp.GetResults()[1].GetViolations(); len(got) != 1 || got[0].GetField() != "type" {
		t.Errorf("violations %v, want one of type", got)
	}
}
