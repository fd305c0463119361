package edge

import (
	"context"
	"crypto/tls"
	"slices"
	"strings"
	"time"

	"github.com/grpc-ecosystem/go-grpc-middleware/v2/interceptors"
	"github.com/grpc-ecosystem/go-grpc-middleware/v2/interceptors/logging"
	"github.com/grpc-ecosystem/go-grpc-middleware/v2/interceptors/recovery"
	"github.com/grpc-ecosystem/go-grpc-middleware/v2/interceptors/selector"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/keepalive"
)

// interceptors stand in the order a call meets them: it is begun, if it may be, or
// waits for its turn; it is counted, its faults are logged, it is about what its key is
// for, it is bounded in time, written down if it is rare, and kept from
// taking the process with it.
func (s *Server) interceptors() ([]grpc.UnaryServerInterceptor, []grpc.StreamServerInterceptor) {
	known := selector.MatchFunc(func(_ context.Context, c interceptors.CallMeta) bool { return s.methods[c.FullMethod()] })
	rare := selector.MatchFunc(func(_ context.Context, c interceptors.CallMeta) bool {
		return s.methods[c.FullMethod()] && isRare(c.Service, c.Method)
	})
	calls := s.callLogger()
	onlyEnd := []logging.Option{logging.WithLogOnEvents(logging.FinishCall)}
	panics := recovery.WithRecoveryHandlerContext(s.recovered)
	return []grpc.UnaryServerInterceptor{
			s.gate.unary,
			s.metrics.rpc.UnaryServerInterceptor(),
			s.unaryFaults,
			s.unaryAuthorized,
			s.deadline,
			selector.UnaryServerInterceptor(logging.UnaryServerInterceptor(calls, onlyEnd...), rare),
			recovery.UnaryServerInterceptor(panics),
		}, []grpc.StreamServerInterceptor{
			s.gate.stream,
			selector.StreamServerInterceptor(s.metrics.rpc.StreamServerInterceptor(), known),
			s.streamFaults,
			s.streamAuthorized,
			selector.StreamServerInterceptor(logging.StreamServerInterceptor(calls, onlyEnd...), rare),
			s.endEndless,
			recovery.StreamServerInterceptor(panics),
		}
}

// options are the gRPC server's.
func (s *Server) options() []grpc.ServerOption {
	limits := s.cfg.Limits
	unary, stream := s.interceptors()
	if s.tracer != nil {
		t := &tracing{s.tracer, s.methods}
		// Behind the gate: what is refused has nothing to trace.
		unary, stream = slices.Insert(unary, 1, t.unary), slices.Insert(stream, 1, t.stream)
	}
	options := []grpc.ServerOption{
		grpc.ChainUnaryInterceptor(unary...),
		grpc.ChainStreamInterceptor(stream...),
		grpc.UnknownServiceHandler(s.unknownMethod),
		grpc.InTapHandle(s.tap),
		grpc.MaxRecvMsgSize(limits.MaxMessageBytes),
		grpc.MaxConcurrentStreams(uint32(limits.MaxConcurrentStreams)),
		grpc.NumStreamWorkers(uint32(limits.StreamWorkers)),
		grpc.MaxHeaderListSize(64 << 10),         // ours are a few hundred bytes; 16 MiB by default
		grpc.ConnectionTimeout(20 * time.Second), // for the handshake; 2 min by default
		grpc.WaitForHandlers(true),               // the store is closed after Run returns
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{
			MinTime: limits.Keepalive.MinPingInterval, PermitWithoutStream: true,
		}),
		grpc.KeepaliveParams(keepalive.ServerParameters{
			Time: limits.Keepalive.Interval, Timeout: limits.Keepalive.Timeout,
			MaxConnectionIdle: limits.Keepalive.MaxIdle,
			MaxConnectionAge:  limits.Keepalive.MaxAge, MaxConnectionAgeGrace: limits.Keepalive.MaxAgeGrace,
		}),
	}
	if s.cert != nil {
		options = append(options, grpc.Creds(insideCredentials{credentials.NewTLS(&tls.Config{
			MinVersion: tls.VersionTLS12, GetConfigForClient: s.cert.config,
		})}))
	}
	return options
}

// isRare reports whether a line in the log for each call is worth its 11 us and
// its place: changes to how the shop is set up, and imports. Reads, decisions,
// events and single products come too often.
func isRare(service, method string) bool {
	if !strings.HasPrefix(service, "vitrine.") {
		return false // health, reflection
	}
	for _, prefix := range []string{"Get", "List", "BatchGet", "Decide", "BatchDecide", "Track", "Stream"} {
		if strings.HasPrefix(method, prefix) {
			return false
		}
	}
	return !strings.HasSuffix(method, "Product")
}

// deadline gives unary calls without a deadline the default one, and cuts those
// beyond the longest.
func (s *Server) deadline(ctx context.Context, req any, _ *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	timeout := s.cfg.Limits.DefaultDeadline
	if at, ok := ctx.Deadline(); ok {
		if time.Until(at) <= s.cfg.Limits.MaxDeadline {
			return handler(ctx, req)
		}
		timeout = s.cfg.Limits.MaxDeadline
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	return handler(ctx, req)
}
