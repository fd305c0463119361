package edge

import (
	"context"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/tap"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/server/config"
	"github.com/vitrine-io/vitrine/server/trace"
	"github.com/vitrine-io/vitrine/store"
)

// What the shell adds to a call.
func BenchmarkInterceptors(b *testing.B) {
	s, err := New(Options{Config: testConfig()})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	info := &grpc.UnaryServerInfo{FullMethod: pb.DecisionService_Decide_FullMethodName}
	s.methods[info.FullMethod] = true
	handler := func(context.Context, any) (any, error) { return nil, nil }
	unary, _ := s.interceptors()
	for i := range unary {
		interceptor, next := unary[len(unary)-1-i], handler
		handler = func(ctx context.Context, req any) (any, error) { return interceptor(ctx, req, info, next) }
	}
	call := func(b *testing.B, ctx context.Context) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := handler(ctx, nil); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.Run("deadline=none", func(b *testing.B) { call(b, context.Background()) })
	b.Run("deadline=given", func(b *testing.B) {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		call(b, ctx)
	})
}

// What letting a call in and counting it out adds, and what a refusal costs.
func BenchmarkGate(b *testing.B) {
	g := newGate(testConfig().Limits, prometheus.NewRegistry())
	method := pb.DecisionService_Decide_FullMethodName
	g.know(method)
	info := &grpc.UnaryServerInfo{FullMethod: method}
	handler := func(context.Context, any) (any, error) { return nil, nil }
	b.Run("let in", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			ctx, cancel := context.WithCancel(context.Background()) // as the transport makes it
			ctx, err := g.arrive(ctx, method)
			if err != nil {
				b.Fatal(err)
			}
			_, _ = g.unary(ctx, nil, info, handler)
			cancel()
		}
	})
	b.Run("refused", func(b *testing.B) {
		g.lanes[decisions].inside.Store(1 << 20)
		b.ReportAllocs()
		for b.Loop() {
			if _, err := g.arrive(context.Background(), method); err == nil {
				b.Fatal("let in")
			}
		}
	})
}

// What a span of a call adds, with the seven steps of a decision.
func BenchmarkTracing(b *testing.B) {
	for name, share := range map[string]float64{"unsampled": 0, "sampled": 1} {
		b.Run(name, func(b *testing.B) {
			provider := sdktrace.NewTracerProvider(sdktrace.WithSampler(sdktrace.TraceIDRatioBased(share)))
			method := pb.DecisionService_Decide_FullMethodName
			t := &tracing{provider.Tracer("bench"), map[string]bool{method: true}}
			info := &grpc.UnaryServerInfo{FullMethod: method}
			handler := func(ctx context.Context, _ any) (any, error) {
				steps := trace.StepsOf(ctx)
				for _, name := range []string{"validate", "profile", "candidates", "score", "policy", "hand out", "explain"} {
					steps.Next(name)
				}
				steps.End()
				return nil, nil
			}
			b.ReportAllocs()
			for b.Loop() {
				_, _ = t.unary(context.Background(), nil, info, handler)
			}
		})
	}
}

// What keys add to a call: the key found at the header, its roles, its site, its rate,
// and the call counted.
func BenchmarkLetIn(b *testing.B) {
	cfg := testConfig()
	cfg.Auth = config.AuthKeys
	s, err := New(Options{Config: cfg})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	keys := openKeys(b)
	s.Authenticate(keys)
	_, secret, err := keys.Create(context.Background(), store.APIKey{
		ID: "web", Roles: []store.Role{store.RoleDecide}, Sites: []scoring.SiteID{"shop"}, Rate: 1e12,
	})
	if err != nil {
		b.Fatal(err)
	}
	header := metadata.MD{"authorization": {"Bearer " + secret.Reveal()}}
	tapped := &tap.Info{FullMethodName: pb.DecisionService_Decide_FullMethodName, Header: header}
	info := &grpc.UnaryServerInfo{FullMethod: tapped.FullMethodName}
	req := &pb.DecideRequest{Site: "sites/shop"}
	handler := func(context.Context, any) (any, error) { return nil, nil }
	b.ReportAllocs()
	for b.Loop() {
		ctx, err := s.admit(context.Background(), tapped)
		if err == nil {
			_, err = s.unaryAuthorized(ctx, req, info, handler)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}
