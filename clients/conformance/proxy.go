package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"path"
	"sync"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// proxy stands between a client and the server and does to calls and connections what
// its script says. A client must not notice it otherwise.
type proxy struct {
	*gate
	script *script
	back   back
	ended  sync.WaitGroup

	mu    sync.Mutex
	front listening
}

// back is the way to the server, in one protocol.
type back interface {
	// turnTo forwards calls to the server, as it runs now, from here on.
	turnTo(*server) error
	// open makes a server that clients speak to.
	open(*tls.Config) listening
	close()
}

// listening is a server of one of the libraries.
type listening interface {
	Serve(net.Listener) error
	Stop()
	GracefulStop()
}

// openProxy opens a proxy that speaks gRPC, or JSON over HTTP. close must be called.
func openProxy(ctx context.Context, s *script, to *server, overHTTP bool) (*proxy, error) {
	g, err := openGate(ctx)
	if err != nil {
		return nil, err
	}
	p := &proxy{gate: g, script: s}
	if overHTTP {
		p.back = &doorBack{gate: g, script: s}
	} else {
		p.back = &grpcBack{gate: g, script: s}
	}
	if err := p.back.turnTo(to); err != nil {
		g.close()
		return nil, err
	}
	return p, nil
}

// serve begins to take connections, over TLS if it is given. What took them before, if
// anything did, takes no more.
func (p *proxy) serve(over *tls.Config) (before listening) {
	front, taker := p.back.open(over), newTaker(p.address)
	p.mu.Lock()
	before, p.front = p.front, front
	p.mu.Unlock()
	p.pass(taker)
	p.ended.Go(func() { _ = front.Serve(taker) }) // ends with Stop
	return before
}

// goAway asks clients to leave their connections once what is under way is done. New
// ones are welcome.
func (p *proxy) goAway() { p.ended.Go(p.serve(nil).GracefulStop) }

func (p *proxy) close() {
	p.gate.close()
	p.script.release()
	p.mu.Lock()
	front := p.front
	p.mu.Unlock()
	front.Stop()
	p.ended.Wait()
	p.back.close()
}

// grpcBack forwards gRPC.
type grpcBack struct {
	gate   *gate
	script *script

	mu       sync.Mutex
	upstream *grpc.ClientConn
}

func (b *grpcBack) turnTo(s *server) error {
	upstream, err := grpc.NewClient(s.address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	b.close()
	b.mu.Lock()
	b.upstream = upstream
	b.mu.Unlock()
	return nil
}

func (b *grpcBack) server() *grpc.ClientConn {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.upstream
}

func (b *grpcBack) close() {
	if upstream := b.server(); upstream != nil {
		upstream.Close()
	}
}

func (b *grpcBack) open(over *tls.Config) listening {
	options := []grpc.ServerOption{grpc.ForceServerCodecV2(raw{}), grpc.UnknownServiceHandler(b.call)}
	if over != nil {
		options = append(options, grpc.Creds(credentials.NewTLS(over)))
	}
	return grpc.NewServer(options...)
}

// call takes one call of a client.
func (b *grpcBack) call(_ any, stream grpc.ServerStream) error {
	ctx := stream.Context()
	full, _ := grpc.MethodFromServerStream(stream)
	g := &grpcCall{upstream: b.server, stream: stream, full: full}
	if err := stream.RecvMsg(&g.request); err != nil {
		return err
	}
	from, _ := peer.FromContext(ctx)
	c := &call{method: path.Base(full), conn: b.gate.conn(from.Addr.String()), front: g}
	if c.conn == nil {
		return status.Error(codes.Unavailable, "its connection is gone")
	}
	var err error
	if c.events, err = eventIDs(full, g.request); err != nil {
		return status.Error(codes.Internal, err.Error())
	}
	return b.script.handle(ctx, c)
}

// eventIDs are the ids of the events in a request.
func eventIDs(method string, request []byte) (ids []string, err error) {
	switch method {
	case vitrinev1.EventService_TrackEvent_FullMethodName:
		var m vitrinev1.TrackEventRequest
		err = proto.Unmarshal(request, &m)
		ids = []string{m.GetEvent().GetId()}
	case vitrinev1.EventService_TrackEvents_FullMethodName:
		var m vitrinev1.TrackEventsRequest
		err = proto.Unmarshal(request, &m)
		for _, e := range m.GetEvents() {
			ids = append(ids, e.GetId())
		}
	}
	return ids, err
}

// grpcCall is a call that came over gRPC: bytes, which nobody needs to read.
type grpcCall struct {
	upstream        func() *grpc.ClientConn
	stream          grpc.ServerStream
	full            string
	request, answer []byte
	err             error
}

func (g *grpcCall) forward(ctx context.Context) {
	if told, ok := metadata.FromIncomingContext(ctx); ok {
		if key := told.Get("authorization"); len(key) > 0 {
			ctx = metadata.AppendToOutgoingContext(ctx, "authorization", key[0])
		}
	}
	g.err = g.upstream().Invoke(ctx, g.full, &g.request, &g.answer, grpc.ForceCodecV2(raw{}))
}

func (g *grpcCall) reply() error {
	if g.err != nil {
		return g.err
	}
	return g.stream.SendMsg(&g.answer)
}

func (g *grpcCall) refuse(code codes.Code, advice time.Duration) error {
	st := status.New(code, "injected by the conformance suite")
	if advice > 0 {
		with, err := st.WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(advice)})
		if err != nil {
			return err
		}
		st = with
	}
	return st.Err()
}

// raw is a codec that leaves messages as the bytes they are.
type raw struct{}

// Marshal implements encoding.CodecV2.
func (raw) Marshal(v any) (mem.BufferSlice, error) {
	b, ok := v.(*[]byte)
	if !ok {
		return nil, fmt.Errorf("%T: want bytes", v)
	}
	return mem.BufferSlice{mem.SliceBuffer(*b)}, nil
}

// Unmarshal implements encoding.CodecV2.
func (raw) Unmarshal(data mem.BufferSlice, v any) error {
	b, ok := v.(*[]byte)
	if !ok {
		return fmt.Errorf("%T: want bytes", v)
	}
	*b = data.Materialize()
	return nil
}

// Name implements encoding.CodecV2.
func (raw) Name() string { return "proto" }
