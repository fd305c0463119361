package edge

import (
	"context"
	"errors"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/tap"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/vitrine-io/vitrine/server/auth"
	"github.com/vitrine-io/vitrine/server/config"
)

// Authenticate says whose calls are let in. Call it before Run: until then nobody's are,
// unless the configuration lets in everybody.
func (s *Server) Authenticate(keys *auth.Keyring) { s.keys = keys }

const (
	healthMethods = "/grpc.health.v1.Health/"
	ourMethods    = "/vitrine.v1."
)

// admit finds out who calls, and whether they may call the method at all, before anything
// of the message is read: a stranger costs a line of metadata, not 16 MiB. Health is for
// load balancers, who have no key; what is not of our API, as reflection, for any key.
func (s *Server) admit(ctx context.Context, info *tap.Info) (context.Context, error) {
	method := info.FullMethodName
	if s.cfg.Auth == config.AuthNone || strings.HasPrefix(method, healthMethods) {
		return ctx, nil
	}
	if s.keys == nil {
		return ctx, status.Error(codes.Unavailable, "the server is starting")
	}
	caller, err := s.callerOf(info.Header)
	if err != nil {
		return ctx, s.refuse("", err)
	}
	switch allowed := s.allowed[method]; {
	case allowed != nil:
		err = caller.MayCall(allowed)
	case s.methods[method] && strings.HasPrefix(method, ourMethods):
		// It is served, and nobody said to whom.
		return ctx, status.Errorf(codes.PermissionDenied, "%s is for nobody", method)
	}
	if err != nil {
		return ctx, s.refuse(string(caller.ID()), err)
	}
	return auth.With(ctx, caller), nil
}

// callerOf is whose key stands in a call's metadata.
func (s *Server) callerOf(header metadata.MD) (*auth.Caller, error) {
	values := header["authorization"]
	if len(values) != 1 {
		return nil, auth.ErrMissing()
	}
	scheme, secret, found := strings.Cut(values[0], " ")
	if !found || !strings.EqualFold(scheme, "bearer") {
		return nil, auth.ErrMissing()
	}
	return s.keys.Find(secret)
}

// unaryAuthorized lets through what is about the key's sites and within its rate.
func (s *Server) unaryAuthorized(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	caller, method := auth.From(ctx), s.allowed[info.FullMethod]
	if caller == nil || method == nil {
		return handler(ctx, req)
	}
	if err := caller.MayAsk(method, req); err != nil {
		return nil, s.refuse(string(caller.ID()), err)
	}
	if wait := caller.Spend(); wait > 0 {
		return nil, s.tooMany(caller, wait)
	}
	s.metrics.byKey.WithLabelValues(string(caller.ID()), info.FullMethod[1:]).Inc()
	return handler(ctx, req)
}

// streamAuthorized does so for each message of a stream. One that comes faster than its
// key's rate is read more slowly, which its sender feels as flow control: to cut it off
// would have all that is not acknowledged sent again.
func (s *Server) streamAuthorized(srv any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
	caller := auth.From(stream.Context())
	if caller == nil {
		return handler(srv, stream)
	}
	return handler(srv, &authorizedStream{stream, s, caller, s.allowed[info.FullMethod], info})
}

type authorizedStream struct {
	grpc.ServerStream
	server *Server
	caller *auth.Caller
	method *auth.Method // nil: not one of ours
	info   *grpc.StreamServerInfo
}

// RecvMsg implements grpc.ServerStream.
func (a *authorizedStream) RecvMsg(m any) error {
	if err := a.ServerStream.RecvMsg(m); err != nil {
		return err
	}
	if a.method == nil { // reflection
		return nil
	}
	if err := a.caller.MayAsk(a.method, m); err != nil {
		return a.server.refuse(string(a.caller.ID()), err)
	}
	if wait := a.caller.Reserve(); wait > 0 {
		if err := a.server.sleep(a.Context(), wait); err != nil {
			return err
		}
	}
	if err := a.caller.InForce(); err != nil {
		return a.server.refuse(string(a.caller.ID()), err)
	}
	a.server.metrics.byKey.WithLabelValues(string(a.caller.ID()), a.info.FullMethod[1:]).Inc()
	return nil
}

// SendMsg implements grpc.ServerStream. What a caller is told of what they sent they may
// hear to the end; of what they asked for, nothing more once the key is revoked.
func (a *authorizedStream) SendMsg(m any) error {
	if !a.info.IsClientStream {
		if err := a.caller.InForce(); err != nil {
			return a.server.refuse(string(a.caller.ID()), err)
		}
	}
	return a.ServerStream.SendMsg(m)
}

// sleep waits; it returns the context's error when that ends first.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// refuse counts a refusal and returns it as a status.
func (s *Server) refuse(key string, err error) error {
	var refusal *auth.Refusal
	if !errors.As(err, &refusal) {
		return err
	}
	s.metrics.refused.WithLabelValues(key, string(refusal.Reason)).Inc()
	if refusal.Reason.Anonymous() {
		return status.Error(codes.Unauthenticated, refusal.Error())
	}
	return status.Error(codes.PermissionDenied, refusal.Error())
}

// tooMany refuses a call beyond its key's rate, and says when to come again.
func (s *Server) tooMany(caller *auth.Caller, wait time.Duration) error {
	s.metrics.refused.WithLabelValues(string(caller.ID()), string(auth.TooMany)).Inc()
	st := status.New(codes.ResourceExhausted, caller.TooMany(wait))
	if with, err := st.WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(wait)}); err == nil {
		st = with
	}
	return st.Err()
}
