package edge

import (
	"context"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	otelcodes "go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	oteltrace "go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// tracing gives each call a span. Of the caller it takes over the trace's id and whether
// to sample (traceparent), and nothing that could say more (tracestate, baggage).
type tracing struct {
	tracer  oteltrace.Tracer
	methods map[string]bool // others are not traced: their names are the caller's
}

// begin begins a call's span.
func (t *tracing) begin(ctx context.Context, method string) (context.Context, oteltrace.Span) {
	if parent := metadata.ValueFromIncomingContext(ctx, "traceparent"); len(parent) == 1 {
		ctx = propagation.TraceContext{}.Extract(ctx, propagation.MapCarrier{"traceparent": parent[0]})
	}
	name := strings.TrimPrefix(method, "/")
	service, rpc, _ := strings.Cut(name, "/")
	return t.tracer.Start(ctx, name, oteltrace.WithSpanKind(oteltrace.SpanKindServer), oteltrace.WithAttributes(
		attribute.String("rpc.system", "grpc"), attribute.String("rpc.service", service), attribute.String("rpc.method", rpc),
	))
}

// end ends it. What the error says stays here: it may name a visitor.
func end(span oteltrace.Span, err error) {
	code := status.Code(err)
	span.SetAttributes(attribute.Int("rpc.grpc.status_code", int(code)))
	if err != nil {
		span.SetStatus(otelcodes.Error, code.String())
	}
	span.End()
}

func (t *tracing) unary(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	if !t.methods[info.FullMethod] {
		return handler(ctx, req)
	}
	ctx, span := t.begin(ctx, info.FullMethod)
	resp, err := handler(ctx, req)
	end(span, err)
	return resp, err
}

func (t *tracing) stream(srv any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
	if !t.methods[info.FullMethod] {
		return handler(srv, stream)
	}
	ctx, span := t.begin(stream.Context(), info.FullMethod)
	err := handler(srv, traced{stream, ctx})
	end(span, err)
	return err
}

// traced is a stream with its span in the context.
type traced struct {
	grpc.ServerStream
	ctx context.Context
}

// Context implements grpc.ServerStream.
func (t traced) Context() context.Context { return t.ctx }
