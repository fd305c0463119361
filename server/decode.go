package server

import (
	"context"

	"google.golang.org/grpc"
)

// strictRegistrar registers services so that bytes that are no message of the
// contract, such as text that is not UTF-8, are the caller's mistake with the
// field named. It reads what Codec noted.
type strictRegistrar struct {
	grpc.ServiceRegistrar
	server *Server
}

// RegisterService implements grpc.ServiceRegistrar.
func (r strictRegistrar) RegisterService(desc *grpc.ServiceDesc, impl any) {
	strict := *desc
	strict.Methods = make([]grpc.MethodDesc, len(desc.Methods))
	for i, method := range desc.Methods {
		handler := method.Handler
		method.Handler = func(srv any, ctx context.Context, decode func(any) error, interceptor grpc.UnaryServerInterceptor) (any, error) {
			return handler(srv, ctx, func(m any) error { return r.server.decoded(m, decode(m)) }, interceptor)
		}
		strict.Methods[i] = method
	}
	strict.Streams = make([]grpc.StreamDesc, len(desc.Streams))
	for i, stream := range desc.Streams {
		handler := stream.Handler
		stream.Handler = func(srv any, ss grpc.ServerStream) error {
			return handler(srv, &strictStream{ss, r.server})
		}
		strict.Streams[i] = stream
	}
	r.ServiceRegistrar.RegisterService(&strict, impl)
}

// strictStream is a stream whose undecodable messages are the caller's mistake.
type strictStream struct {
	grpc.ServerStream
	server *Server
}

// RecvMsg implements grpc.ServerStream.
func (s *strictStream) RecvMsg(m any) error {
	return s.server.decoded(m, s.ServerStream.RecvMsg(m))
}

// decoded is err, or what was wrong with a message that could not be decoded.
func (s *Server) decoded(m any, err error) error {
	if err != nil {
		return err
	}
	return s.fail("decode", noted(m))
}
