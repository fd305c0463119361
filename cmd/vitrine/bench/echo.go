package bench

import (
	"context"
	"errors"
	"io"
	"sync/atomic"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/emptypb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// The echo's methods: those of the API that are measured, one that tells it what
// Decide answers, and one that asks what its process has used.
const (
	echoService = "vitrine.bench.v1.Echo"
	echoPrepare = "/" + echoService + "/PrepareDecide"
	echoDecide  = "/" + echoService + "/Decide"
	echoTrack   = "/" + echoService + "/TrackEvent"
	echoStream  = "/" + echoService + "/StreamEvents"
	echoUsage   = "/" + echoService + "/GetUsage"
)

// echo takes messages of any kind and answers with prepared ones, doing nothing
// in between: what a call costs that is only carried. Its messages are empty ones
// with unknown fields, which protobuf copies and does not look into, so that on
// the wire they are what they stand for, byte for byte.
type echo struct {
	page  atomic.Pointer[emptypb.Empty]
	event *emptypb.Empty
}

// RegisterEcho adds the echo to a server that is to be measured. Everyone who
// reaches the server may call it; it keeps the last page that it was given.
func RegisterEcho(to grpc.ServiceRegistrar) {
	stored, err := proto.Marshal(&pb.TrackEventResponse{Status: pb.EventStatus_EVENT_STATUS_STORED})
	if err != nil {
		panic(err) // of a message without anything that could fail
	}
	e := &echo{event: opaque(stored)}
	e.page.Store(&emptypb.Empty{})
	unary := func(name string, answer func(*emptypb.Empty) *emptypb.Empty) grpc.MethodDesc {
		full := "/" + echoService + "/" + name
		return grpc.MethodDesc{MethodName: name, Handler: func(
			_ any, ctx context.Context, decode func(any) error, intercept grpc.UnaryServerInterceptor,
		) (any, error) {
			req := &emptypb.Empty{}
			if err := decode(req); err != nil {
				return nil, err
			}
			handler := func(_ context.Context, req any) (any, error) { return answer(req.(*emptypb.Empty)), nil }
			if intercept == nil {
				return handler(ctx, req)
			}
			return intercept(ctx, req, &grpc.UnaryServerInfo{Server: e, FullMethod: full}, handler)
		}}
	}
	to.RegisterService(&grpc.ServiceDesc{
		ServiceName: echoService, HandlerType: (*any)(nil),
		Methods: []grpc.MethodDesc{
			unary("PrepareDecide", func(req *emptypb.Empty) *emptypb.Empty { e.page.Store(req); return &emptypb.Empty{} }),
			unary("Decide", func(*emptypb.Empty) *emptypb.Empty { return e.page.Load() }),
			unary("GetUsage", func(*emptypb.Empty) *emptypb.Empty { return processUsage() }),
			unary("TrackEvent", func(*emptypb.Empty) *emptypb.Empty { return e.event }),
		},
		Streams: []grpc.StreamDesc{{
			StreamName: "StreamEvents", ServerStreams: true, ClientStreams: true,
			Handler: func(_ any, stream grpc.ServerStream) error { return acknowledge(stream) },
		}},
	}, e)
}

// acknowledge answers each message with the count of those so far, in the field
// where StreamEvents acknowledges events.
func acknowledge(stream grpc.ServerStream) error {
	for n := uint64(1); ; n++ {
		switch err := stream.RecvMsg(&emptypb.Empty{}); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		count := protowire.AppendTag(nil, 1, protowire.VarintType)
		if err := stream.SendMsg(opaque(protowire.AppendVarint(count, n))); err != nil {
			return err
		}
	}
}

// opaque is an empty message that is encoded as b.
func opaque(b []byte) *emptypb.Empty {
	m := &emptypb.Empty{}
	m.ProtoReflect().SetUnknown(b)
	return m
}
