// Package trace tells a collector, over OpenTelemetry's protocol, what sampled calls
// spent their time on. Spans name methods and steps; never who or what a call was about.
package trace

import (
	"context"
	"time"

	oteltrace "go.opentelemetry.io/otel/trace"
)

// scope is what spans say they come from.
const scope = "github.com/vitrine-io/vitrine"

// Steps are the steps of one call, in its order. A nil one does nothing, and costs a
// branch. It is for one goroutine.
type Steps struct {
	ctx    context.Context // of the call's span
	tracer oteltrace.Tracer
	under  oteltrace.Span // the step under way; nil: none
}

// StepsOf returns the steps of a call that is sampled, else nil.
func StepsOf(ctx context.Context) *Steps {
	span := oteltrace.SpanFromContext(ctx)
	if !span.IsRecording() {
		return nil
	}
	return &Steps{ctx: ctx, tracer: span.TracerProvider().Tracer(scope)}
}

// Next ends the step under way and begins another.
func (s *Steps) Next(name string) {
	if s == nil {
		return
	}
	s.End()
	_, s.under = s.tracer.Start(s.ctx, name)
}

// End ends the step under way.
func (s *Steps) End() {
	if s != nil && s.under != nil {
		s.under.End()
		s.under = nil
	}
}

// Add tells of a step that is over.
func (s *Steps) Add(name string, from, to time.Time) {
	if s == nil {
		return
	}
	_, span := s.tracer.Start(s.ctx, name, oteltrace.WithTimestamp(from))
	span.End(oteltrace.WithTimestamp(to))
}

// Teller is Next as a function, or nil.
func (s *Steps) Teller() func(string) {
	if s == nil {
		return nil
	}
	return s.Next
}
