package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/server/config"
)

// spanCollector is what a server under test sends its spans to.
type spanCollector struct {
	collector.UnimplementedTraceServiceServer
	mu    sync.Mutex
	spans []*tracepb.Span
	text  strings.Builder // everything that came
}

func (c *spanCollector) Export(_ context.Context, req *collector.ExportTraceServiceRequest) (*collector.ExportTraceServiceResponse, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	fmt.Fprint(&c.text, req.String())
	for _, of := range req.GetResourceSpans() {
		for _, scope := range of.GetScopeSpans() {
			c.spans = append(c.spans, scope.GetSpans()...)
		}
	}
	return &collector.ExportTraceServiceResponse{}, nil
}

// children are the names of the spans under the one with that name, each once, in the
// order they ended.
func (c *spanCollector) children(t *testing.T, name string) []string {
	t.Helper()
	for _, parent := range c.spans {
		if parent.GetName() != name {
			continue
		}
		var names []string
		for _, s := range c.spans {
			if bytes.Equal(s.GetParentSpanId(), parent.GetSpanId()) && !slices.Contains(names, s.GetName()) {
				names = append(names, s.GetName())
			}
		}
		return names
	}
	t.Fatalf("no span %s", name)
	return nil
}

func TestSpansTellTheStepsAndNobody(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	spans := &spanCollector{}
	receiver := grpc.NewServer()
	collector.RegisterTraceServiceServer(receiver, spans)
	go func() { _ = receiver.Serve(listener) }()
	defer receiver.Stop()

	cfg := config.Default()
	cfg.DataDir, cfg.Listen, cfg.OpsListen = t.TempDir(), "127.0.0.1:0", "127.0.0.1:0"
	cfg.Auth = config.AuthNone
	cfg.Tracing = config.Tracing{Endpoint: listener.Addr().String(), Sample: 0, Insecure: true}
	var log bytes.Buffer
	n, err := startNode(context.Background(), cfg, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	conn, err := grpc.NewClient(n.Addr(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	const traceID = "4bf92f3577b34da6a3ce929d0e0e4736"
	sampled := metadata.AppendToOutgoingContext(t.Context(),
		"traceparent", "00-"+traceID+"-00f067aa0ba902b7-01", "tracestate", "shop=secret-visitor", "baggage", "who=secret-visitor")
	consent := &pb.Consent{Purposes: []*pb.PurposeConsent{{Purpose: pb.Purpose_PURPOSE_PERSONALIZATION, Granted: true}}}
	visitor := &pb.VisitorKey{DeviceId: "secret-visitor"}
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(pb.NewSiteServiceClient(conn).CreateSite(sampled, &pb.CreateSiteRequest{SiteId: "shop", Site: &pb.Site{DisplayName: "Shop"}}))
	must(pb.NewCatalogServiceClient(conn).CreateProduct(sampled, &pb.CreateProductRequest{
		Parent: "sites/shop", ProductId: "secret-product", Product: &pb.Product{Title: "secret title", Categories: []string{"secret category"}},
	}))
	must(pb.NewEventServiceClient(conn).TrackEvent(sampled, &pb.TrackEventRequest{Site: "sites/shop", Event: &pb.Event{
		Id: "secret-event", Type: pb.EventType_EVENT_TYPE_PRODUCTS_SEARCHED, SearchQuery: "secret words", Visitor: visitor, Consent: consent,
		Time: timestamppb.Now(), Items: []*pb.EventItem{{ProductId: "secret-product"}},
	}}))
	decide := &pb.DecideRequest{
		Site: "sites/shop", Visitor: visitor, Consent: consent, Context: &pb.PageContext{SearchQuery: "secret words"},
		Placements: []*pb.PlacementRequest{{Placement: "home", Count: 5}},
	}
	must(pb.NewDecisionServiceClient(conn).Decide(sampled, decide))
	if _, err := pb.NewVisitorServiceClient(conn).GetVisitor(sampled, &pb.GetVisitorRequest{Name: "sites/shop/visitors/secret-nobody"}); err == nil {
		t.Error("a visitor never seen is found")
	}
	must(pb.NewDecisionServiceClient(conn).Decide(t.Context(), decide)) // not sampled
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}

	spans.mu.Lock()
	defer spans.mu.Unlock()
	for name, want := range map[string]string{
		"vitrine.v1.DecisionService/Decide":  "validate profile candidates score policy hand out explain",
		"vitrine.v1.EventService/TrackEvent": "validate profile commit apply",
	} {
		if got := strings.Join(spans.children(t, name), " "); got != want {
			t.Errorf("%s has the steps %s, want %s", name, got, want)
		}
	}
	calls := 0
	for _, s := range spans.spans {
		if fmt.Sprintf("%x", s.GetTraceId()) != traceID {
			t.Errorf("%s is of another trace than the caller's", s.GetName())
		}
		if strings.Contains(s.GetName(), "/") {
			calls++
		}
	}
	if calls != 5 {
		t.Errorf("%d calls have spans, want the five that were sampled", calls)
	}
	for _, secret := range []string{"secret", "127.0.0.1"} {
		if strings.Contains(spans.text.String(), secret) {
			t.Errorf("%q is in what was sent:\n%s", secret, spans.text.String())
		}
	}
	if !strings.Contains(log.String(), "trace_id="+traceID) {
		t.Errorf("no line of the log has the trace's id:\n%s", log.String())
	}
}
