package edge

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"runtime/debug"
	"slices"
	"time"

	"github.com/grpc-ecosystem/go-grpc-middleware/v2/interceptors/logging"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// internalMessage is all that a caller hears of a fault of ours.
const internalMessage = "internal error; the server's log has the details"

// unaryFaults logs calls that fail through the server's fault, and keeps their
// internals from the caller.
func (s *Server) unaryFaults(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	begun := time.Now()
	resp, err := handler(ctx, req)
	if err != nil {
		return nil, s.fault(ctx, info.FullMethod, begun, err)
	}
	return resp, nil
}

// streamFaults does the same for streams.
func (s *Server) streamFaults(srv any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
	begun := time.Now()
	if err := handler(srv, stream); err != nil {
		return s.fault(stream.Context(), info.FullMethod, begun, err)
	}
	return nil
}

// fault returns what the caller may see of an error. An error without a status
// is one of ours: its text is logged here and answered with INTERNAL.
func (s *Server) fault(ctx context.Context, method string, begun time.Time, err error) error {
	attributes := []slog.Attr{slog.String("method", method)}
	st, hasStatus := status.FromError(err)
	switch {
	case hasStatus:
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		st = status.FromContextError(err)
	case errors.Is(err, io.EOF):
		st = status.New(codes.Canceled, "the stream ended early")
	default:
		attributes = append(attributes, slog.String("error", withoutNames(err.Error())))
		st = status.New(codes.Internal, internalMessage)
	}
	switch st.Code() {
	case codes.Internal, codes.Unknown, codes.DataLoss:
		attributes = append(attributes, slog.String("code", st.Code().String()), slog.Duration("took", time.Since(begun)))
		s.log.LogAttrs(ctx, slog.LevelError, "call failed", attributes...)
	}
	return st.Err()
}

// recovered answers a call whose handler panicked, and logs the stack.
func (s *Server) recovered(ctx context.Context, p any) error {
	s.metrics.panics.Inc()
	s.log.LogAttrs(ctx, slog.LevelError, "panic",
		slog.String("panic", withoutNames(fmt.Sprint(p))), slog.String("stack", string(debug.Stack())))
	return status.Error(codes.Internal, internalMessage)
}

// unknownMethod answers calls of methods that are not there. They are counted
// in one number, since their names are the caller's.
func (s *Server) unknownMethod(_ any, stream grpc.ServerStream) error {
	s.metrics.unknown.Inc()
	method, _ := grpc.MethodFromServerStream(stream)
	return status.Errorf(codes.Unimplemented, "there is no method %.200q here; list them by reflection: grpcurl HOST:PORT list", method)
}

// quoted finds identities in error texts, which stand in quotes everywhere.
var quoted = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// withoutNames takes from an error's text what could name a person.
func withoutNames(text string) string { return quoted.ReplaceAllString(text, `"…"`) }

// callLogger writes the line of a rare call: which, how it ended, how long it
// took; not from where, nor what the error says of whom.
func (s *Server) callLogger() logging.Logger {
	keep := []string{logging.ServiceFieldKey, logging.MethodFieldKey, "grpc.code", "grpc.time_ms"}
	return logging.LoggerFunc(func(ctx context.Context, level logging.Level, message string, fields ...any) {
		var kept []any
		for i := 0; i+1 < len(fields); i += 2 {
			if name, ok := fields[i].(string); ok && slices.Contains(keep, name) {
				kept = append(kept, name, fields[i+1])
			}
		}
		// Faults have a line of their own.
		s.log.Log(ctx, min(slog.Level(level), slog.LevelWarn), message, kept...)
	})
}
