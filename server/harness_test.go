package server_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/server"
	"github.com/vitrine-io/vitrine/server/filter"
	"github.com/vitrine-io/vitrine/store"
	"github.com/vitrine-io/vitrine/store/boltstore"
)

// maxMessage lets a ten-megabyte attribute reach the rules that refuse it.
const maxMessage = 16 << 20

// shop is a server on a real data folder behind a real socket, with clients.
type shop struct {
	t    *testing.T
	dir  string
	conn *grpc.ClientConn
	stop func()

	clock         server.Clock  // the machine's when nil
	chance        io.Reader     // crypto/rand's when nil
	snapshotEvery time.Duration // 5 minutes when 0
	store         store.Store
	disk          *fullDisk // what the store is on; one that never fails when nil
	registry      *prometheus.Registry
	draining      chan struct{}
	tags          string // URL of the HTTP port for impressions and clicks

	decisions  pb.DecisionServiceClient
	events     pb.EventServiceClient
	visitors   pb.VisitorServiceClient
	catalog    pb.CatalogServiceClient
	placements pb.PlacementServiceClient
	campaigns  pb.CampaignServiceClient
	sites      pb.SiteServiceClient
	segments   pb.SegmentServiceClient
}

// openShop starts a server on a new folder. Its data is checked when the test
// ends. Its clock stands at the latest event, so that nothing fades between two
// answers that are compared.
func openShop(t *testing.T) *shop {
	s := &shop{t: t, dir: t.TempDir(), clock: &server.EventClock{}}
	s.start()
	t.Cleanup(func() { s.stop() })
	return s
}

func (s *shop) start() {
	t := s.t
	t.Helper()
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	s.registry, s.draining = prometheus.NewRegistry(), make(chan struct{})
	st, err := boltstore.Open(s.dir, boltstore.Options{Logger: log, Registry: s.registry})
	must(t, err)
	s.store = st
	var handler http.Handler
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	s.tags = web.URL
	srv, err := server.New(t.Context(), server.Options{
		Store: s.disk.under(st), Filters: filter.New(filter.Options{}), Log: log, Draining: s.draining,
		Clock: s.clock, Chance: s.chance, SnapshotEvery: s.snapshotEvery, Registry: s.registry,
		PublicURL: web.URL, Version: "test",
	})
	must(t, err)
	g := grpc.NewServer(grpc.MaxRecvMsgSize(maxMessage), grpc.ForceServerCodecV2(server.Codec()))
	srv.Register(g)
	handler = srv.Beacons()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	served := make(chan error, 1)
	go func() { served <- g.Serve(listener) }()
	s.conn, err = grpc.NewClient(listener.Addr().String(),
		grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithDefaultCallOptions(grpc.MaxCallSendMsgSize(maxMessage)))
	must(t, err)
	s.stop = func() {
		_ = s.conn.Close()
		web.Close()
		g.GracefulStop()
		must(t, <-served)
		srv.Close()
		if err := st.Check(context.Background()); err != nil {
			t.Errorf("the data is damaged: %v", err)
		}
		must(t, st.Close())
	}
	s.decisions = pb.NewDecisionServiceClient(s.conn)
	s.events = pb.NewEventServiceClient(s.conn)
	s.visitors = pb.NewVisitorServiceClient(s.conn)
	s.catalog = pb.NewCatalogServiceClient(s.conn)
	s.placements = pb.NewPlacementServiceClient(s.conn)
	s.campaigns = pb.NewCampaignServiceClient(s.conn)
	s.sites = pb.NewSiteServiceClient(s.conn)
	s.segments = pb.NewSegmentServiceClient(s.conn)
}

// restart stops the server in good order and starts another on the same folder.
func (s *shop) restart() {
	s.stop()
	s.start()
}

// create opens a site.
func (s *shop) create(id string) {
	s.t.Helper()
	_, err := s.sites.CreateSite(s.t.Context(), &pb.CreateSiteRequest{SiteId: id, Site: &pb.Site{DisplayName: id}})
	must(s.t, err)
}

// sell adds products.
func (s *shop) sell(site string, list ...*pb.Product) {
	s.t.Helper()
	stream, err := s.catalog.ImportProducts(s.t.Context())
	must(s.t, err)
	for _, p := range list {
		p.Name = "sites/" + site + "/products/" + p.GetName()
	}
	for chunk := range slices.Chunk(list, 1000) {
		must(s.t, stream.Send(&pb.ImportProductsRequest{Parent: "sites/" + site, Products: chunk}))
		resp, err := stream.Recv()
		must(s.t, err)
		if resp.GetRejected() > 0 {
			s.t.Fatalf("products rejected: %v", resp.GetErrors())
		}
	}
	must(s.t, stream.CloseSend())
}

// track stores an event and returns what became of it.
func (s *shop) track(site string, e *pb.Event) pb.EventStatus {
	s.t.Helper()
	resp, err := s.events.TrackEvent(s.t.Context(), &pb.TrackEventRequest{Site: "sites/" + site, Event: e})
	must(s.t, err)
	return resp.GetStatus()
}

// home asks for a page of n products and returns the answer.
func (s *shop) home(site, visitor string, n int, change ...func(*pb.DecideRequest)) *pb.DecideResponse {
	s.t.Helper()
	req := &pb.DecideRequest{
		Site: "sites/" + site, Visitor: &pb.VisitorKey{DeviceId: visitor}, Consent: granted(),
		Placements: []*pb.PlacementRequest{{Placement: "home", Count: int32(n)}},
	}
	for _, f := range change {
		f(req)
	}
	resp, err := s.decisions.Decide(s.t.Context(), req)
	must(s.t, err)
	return resp
}

var nextEvent atomic.Int64

// event makes an event of one visitor about some products, with consent.
func event(visitor string, kind pb.EventType, products ...string) *pb.Event {
	e := &pb.Event{
		Id: fmt.Sprintf("e%d", nextEvent.Add(1)), Type: kind, Consent: granted(),
		Visitor: &pb.VisitorKey{DeviceId: visitor}, Time: timestamppb.New(time.Now()),
	}
	for _, id := range products {
		e.Items = append(e.Items, &pb.EventItem{ProductId: id})
	}
	return e
}

func viewed(visitor string, products ...string) *pb.Event {
	return event(visitor, pb.EventType_EVENT_TYPE_PRODUCT_VIEWED, products...)
}

func granted() *pb.Consent { return answered(true) }

func answered(yes bool) *pb.Consent {
	return &pb.Consent{Purposes: []*pb.PurposeConsent{
		{Purpose: pb.Purpose_PURPOSE_PERSONALIZATION, Granted: yes},
		{Purpose: pb.Purpose_PURPOSE_ADVERTISING, Granted: yes},
		{Purpose: pb.Purpose_PURPOSE_MEASUREMENT, Granted: yes},
	}}
}

// range of a small shop: ten shoes, ten tents, ten lamps.
func smallRange() []*pb.Product {
	var list []*pb.Product
	for _, kind := range []struct{ id, category, brand string }{
		{"shoe", "shoes/trail", "Falk"}, {"tent", "camping/tents", "Nordtuch"}, {"lamp", "camping/lamps", "Lumo"},
	} {
		for i := range 10 {
			list = append(list, &pb.Product{
				Name: fmt.Sprintf("%s-%d", kind.id, i), Title: fmt.Sprintf("%s %s %d", kind.brand, kind.id, i),
				Categories: []string{kind.category}, Brand: kind.brand, Price: &pb.Money{Units: int64(20 + 10*i)},
			})
		}
	}
	return list
}

// ids lists the products of the first placement.
func ids(resp *pb.DecideResponse) []string {
	var list []string
	for _, item := range resp.GetPlacements()[0].GetItems() {
		list = append(list, item.GetProduct().GetProductId())
	}
	return list
}

// count says how many of the ids begin with prefix.
func count(ids []string, prefix string) int {
	n := 0
	for _, id := range ids {
		if strings.HasPrefix(id, prefix) {
			n++
		}
	}
	return n
}

// wantViolation fails unless err is INVALID_ARGUMENT naming the field, with
// text in its description.
func wantViolation(t *testing.T, err error, field, text string) {
	t.Helper()
	st := status.Convert(err)
	if st.Code() != codes.InvalidArgument {
		t.Fatalf("got %v, want INVALID_ARGUMENT on %s", err, field)
	}
	for _, detail := range st.Details() {
		bad, ok := detail.(*errdetails.BadRequest)
		if !ok {
			continue
		}
		for _, v := range bad.GetFieldViolations() {
			if v.GetField() == field && strings.Contains(v.GetDescription(), text) {
				return
			}
		}
	}
	t.Fatalf("got %v, want a violation of %q with %q", st.Details(), field, text)
}

func wantCode(t *testing.T, err error, code codes.Code) {
	t.Helper()
	if status.Code(err) != code {
		t.Fatalf("got %v, want %v", err, code)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
