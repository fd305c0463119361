package server

import (
	"context"
	"regexp"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// strictRegistrar registers services so that bytes that are no message of the
// contract, such as text that is not UTF-8, are the caller's mistake with the
// field named. grpc by itself calls them INTERNAL.
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
			return handler(srv, ctx, func(m any) error { return r.server.undecodable(decode(m)) }, interceptor)
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
	return s.server.undecodable(s.ServerStream.RecvMsg(m))
}

// notUTF8 finds the field in protobuf's "field vitrine.v1.Event.search_query
// contains invalid UTF-8".
var notUTF8 = regexp.MustCompile(`field vitrine\.v1\.([\w.]+) contains invalid UTF-8`)

// undecodable turns grpc's INTERNAL for a message that can't be decoded into
// INVALID_ARGUMENT.
func (s *Server) undecodable(err error) error {
	if status.Code(err) != codes.Internal {
		return err
	}
	message := status.Convert(err).Message()
	if !strings.Contains(message, "unmarshal") && !strings.Contains(message, "invalid UTF-8") {
		return err
	}
	var v violations
	if found := notUTF8.FindStringSubmatch(message); found != nil {
		v.add(found[1], "is not UTF-8, must be")
	} else {
		v.add("(message)", "can't be decoded: it must be a message of vitrine.v1 as the .proto files define it")
	}
	return s.fail("decode", v.err())
}
