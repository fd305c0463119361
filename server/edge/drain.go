package edge

import (
	"context"
	"errors"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/tap"
)

// endlessGrace is how long endless streams go on when the server drains: enough
// for a health watch to tell its client, and for handlers that heed Draining to
// acknowledge what they have taken.
const endlessGrace = time.Second

// errDraining is the cause of the end of an endless stream's context.
var errDraining = errors.New("the server is draining")

// streamEvents is EventService.StreamEvents. Proto types stop at the services'
// door, hence by name.
const streamEvents = "/vitrine.v1.EventService/StreamEvents"

// isEndless reports whether clients keep streams of the method open for as long
// as they run. A graceful stop would wait for them in vain, so they are ended;
// nothing is lost by it, since what was not acknowledged is sent again and
// counts once.
func isEndless(method string) bool {
	return method == streamEvents || method == healthpb.Health_Watch_FullMethodName
}

// tap looks at a call before anything of its body is read. It turns away whom no key lets
// in, and what there is no room for, and gives an endless stream, before its handler sees
// it, a context that ends when the server drains; with it ends a Recv that waits for the
// client. To do so by receiving in a goroutine would cost each message 2 us.
func (s *Server) tap(ctx context.Context, info *tap.Info) (context.Context, error) {
	ctx, err := s.admit(ctx, info)
	if err == nil {
		ctx, err = s.gate.arrive(ctx, info.FullMethodName)
	}
	if err != nil || !isEndless(info.FullMethodName) {
		return ctx, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	forget := context.AfterFunc(s.endless, func() { cancel(errDraining) })
	context.AfterFunc(ctx, func() { forget() }) // the stream has ended by itself
	return ctx, nil
}

// endEndless tells the client of an endless stream that was ended so to go on
// elsewhere. One whose handler waited in Recv has been told CANCELED by then.
func (s *Server) endEndless(srv any, stream grpc.ServerStream, _ *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
	err := handler(srv, stream)
	if err != nil && errors.Is(context.Cause(stream.Context()), errDraining) {
		return status.Error(codes.Unavailable, "the server is shutting down; send what was not acknowledged on a new stream")
	}
	return err
}
