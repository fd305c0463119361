package edge

import (
	"context"
	"io"
	"sync"
	"sync/atomic"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// drainEndless ends, when the server drains, the streams that clients keep open
// for as long as they run; a graceful stop would wait for them in vain.
func (s *Server) drainEndless(srv any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
	switch info.FullMethod {
	case pb.EventService_StreamEvents_FullMethodName:
		return s.drainReceiver(srv, stream, handler)
	case healthpb.Health_Watch_FullMethodName:
		return s.drainWatch(srv, stream, handler)
	}
	return handler(srv, stream)
}

// drainReceiver lets the handler see the end of the client's messages when the
// server drains, so that it acknowledges what it has taken and returns. The
// client is told to go on elsewhere with what was not acknowledged.
func (s *Server) drainReceiver(srv any, stream grpc.ServerStream, handler grpc.StreamHandler) error {
	receiver := &receiver{
		ServerStream: stream, draining: s.draining, done: make(chan struct{}),
		wanted: make(chan any), received: make(chan error, 1),
	}
	defer close(receiver.done)
	go receiver.run()
	err := handler(srv, receiver)
	if err == nil && receiver.ended.Load() {
		return status.Error(codes.Unavailable, "the server is shutting down; send what was not acknowledged on a new stream")
	}
	return err
}

// receiver is a stream whose RecvMsg ends with io.EOF as soon as the server
// drains, even while it waits for the client. The message handed to a RecvMsg
// that ends so must not be used again, since it may still be written to.
type receiver struct {
	grpc.ServerStream
	draining <-chan struct{}
	done     chan struct{} // closed when the handler has returned
	wanted   chan any
	received chan error // buffered, so that run ends when nobody waits any more
	ended    atomic.Bool
}

// run receives what RecvMsg wants, until the handler is done. The stream's end
// wakes it up.
func (r *receiver) run() {
	for {
		select {
		case m := <-r.wanted:
			r.received <- r.ServerStream.RecvMsg(m)
		case <-r.done:
			return
		}
	}
}

// RecvMsg implements grpc.ServerStream.
func (r *receiver) RecvMsg(m any) error {
	if r.ended.Load() {
		return io.EOF
	}
	select {
	case r.wanted <- m:
	case <-r.done:
		return io.EOF
	}
	select {
	case err := <-r.received:
		return err
	case <-r.draining:
		r.ended.Store(true)
		return io.EOF
	}
}

// drainWatch ends a health watch once the client has been told that the server
// is not serving any more.
func (s *Server) drainWatch(srv any, stream grpc.ServerStream, handler grpc.StreamHandler) error {
	ctx, cancel := context.WithCancel(stream.Context())
	defer cancel()
	watch := &watch{ServerStream: stream, ctx: ctx, cancel: cancel}
	go func() {
		select {
		case <-s.draining:
			watch.drain()
		case <-ctx.Done():
		}
	}()
	return handler(srv, watch)
}

type watch struct {
	grpc.ServerStream
	ctx    context.Context
	cancel context.CancelFunc

	mu       sync.Mutex
	serving  bool // as the client was last told
	draining bool
}

// Context implements grpc.ServerStream.
func (w *watch) Context() context.Context { return w.ctx }

// SendMsg implements grpc.ServerStream.
func (w *watch) SendMsg(m any) error {
	if err := w.ServerStream.SendMsg(m); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	response, ok := m.(*healthpb.HealthCheckResponse)
	w.serving = ok && response.GetStatus() == healthpb.HealthCheckResponse_SERVING
	w.endIfTold()
	return nil
}

func (w *watch) drain() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.draining = true
	w.endIfTold()
}

func (w *watch) endIfTold() {
	if w.draining && !w.serving {
		w.cancel()
	}
}
