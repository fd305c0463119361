package trace

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	oteltrace "go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc/credentials"

	"github.com/vitrine-io/vitrine/server/config"
)

// Provider makes spans and sends them to the collector, in the background. What does not
// fit into its queue of 2,048 is dropped: a call never waits for it.
type Provider struct {
	provider *sdktrace.TracerProvider
	Tracer   oteltrace.Tracer
}

// Open returns nil when no endpoint is set. It does not wait for the collector.
func Open(ctx context.Context, c config.Tracing, version string, log *slog.Logger) (*Provider, error) {
	if c.Endpoint == "" {
		return nil, nil
	}
	security := otlptracegrpc.WithTLSCredentials(credentials.NewTLS(&tls.Config{MinVersion: tls.VersionTLS12}))
	if c.Insecure {
		security = otlptracegrpc.WithInsecure()
	}
	exporter, err := otlptracegrpc.New(ctx, otlptracegrpc.WithEndpoint(c.Endpoint), security)
	if err != nil {
		return nil, fmt.Errorf("tracing.endpoint %s: %w", c.Endpoint, err)
	}
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithBatcher(&quiet{SpanExporter: exporter, log: log}),
		// A caller that samples decides for its calls; else a share of them is drawn.
		sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.TraceIDRatioBased(c.Sample))),
		sdktrace.WithResource(resource.NewSchemaless(
			attribute.String("service.name", "vitrine"), attribute.String("service.version", version),
		)),
	)
	return &Provider{provider: provider, Tracer: provider.Tracer(scope)}, nil
}

// Close sends what is queued, for five seconds at most.
func (p *Provider) Close() {
	if p == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_ = p.provider.Shutdown(ctx) // what was not sent by then is dropped
}

// quiet is an exporter whose failures are logged once a minute at most. It is used by one
// goroutine at a time, as every exporter is.
type quiet struct {
	sdktrace.SpanExporter
	log  *slog.Logger
	next time.Time
}

// ExportSpans implements sdktrace.SpanExporter.
func (q *quiet) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	err := q.SpanExporter.ExportSpans(ctx, spans)
	if now := time.Now(); err != nil && now.After(q.next) {
		q.next = now.Add(time.Minute)
		q.log.Warn("spans could not be sent to tracing.endpoint and are dropped", "error", err)
	}
	return nil
}
