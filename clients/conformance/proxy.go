package main

import (
	"context"
	"crypto/tls"
	"fmt"
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
	tls    *tls.Config

	mu       sync.Mutex
	upstream *grpc.ClientConn
	server   *grpc.Server
	taker    *taker
	ended    sync.WaitGroup
}

// openProxy opens a proxy that speaks gRPC. Close must be called.
func openProxy(ctx context.Context, s *script, server string, own *tls.Config) (*proxy, error) {
	g, err := openGate(ctx)
	if err != nil {
		return nil, err
	}
	p := &proxy{gate: g, script: s, tls: own}
	if err := p.turnTo(server); err != nil {
		g.refuse()
		return nil, err
	}
	p.serve()
	return p, nil
}

// turnTo forwards calls to the server at that address from now on.
func (p *proxy) turnTo(server string) error {
	upstream, err := grpc.NewClient(server, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.upstream != nil {
		p.upstream.Close()
	}
	p.upstream = upstream
	return nil
}

// serve begins to take connections.
func (p *proxy) serve() {
	options := []grpc.ServerOption{grpc.ForceServerCodecV2(raw{}), grpc.UnknownServiceHandler(p.call)}
	if p.tls != nil {
		options = append(options, grpc.Creds(credentials.NewTLS(p.tls)))
	}
	server, taker := grpc.NewServer(options...), newTaker(p.listener.Addr())
	p.mu.Lock()
	p.server, p.taker = server, taker
	p.mu.Unlock()
	p.pass(taker)
	p.ended.Go(func() { _ = server.Serve(taker) }) // ends with Stop
}

// goAway asks clients to leave their connections once what is under way is done. New
// ones are welcome.
func (p *proxy) goAway() {
	p.mu.Lock()
	old := p.server
	p.mu.Unlock()
	p.serve()
	p.ended.Go(old.GracefulStop)
}

func (p *proxy) close() {
	p.refuse()
	p.script.release()
	p.mu.Lock()
	server, upstream := p.server, p.upstream
	p.mu.Unlock()
	server.Stop()
	p.ended.Wait()
	upstream.Close()
}

// call takes one call of a client.
func (p *proxy) call(_ any, stream grpc.ServerStream) error {
	ctx := stream.Context()
	full, _ := grpc.MethodFromServerStream(stream)
	g := &grpcCall{proxy: p, stream: stream, full: full}
	if err := stream.RecvMsg(&g.request); err != nil {
		return err
	}
	from, _ := peer.FromContext(ctx)
	c := &call{method: path.Base(full), conn: p.conn(from.Addr), front: g}
	if c.conn == nil {
		return status.Error(codes.Unavailable, "its connection is gone")
	}
	var err error
	if c.events, err = eventIDs(full, g.request); err != nil {
		return status.Error(codes.Internal, err.Error())
	}
	return p.script.handle(ctx, c)
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
	proxy           *proxy
	stream          grpc.ServerStream
	full            string
	request, answer []byte
	err             error
}

func (g *grpcCall) forward(ctx context.Context) {
	g.proxy.mu.Lock()
	upstream := g.proxy.upstream
	g.proxy.mu.Unlock()
	if told, ok := metadata.FromIncomingContext(ctx); ok {
		if key := told.Get("authorization"); len(key) > 0 {
			ctx = metadata.AppendToOutgoingContext(ctx, "authorization", key[0])
		}
	}
	g.err = upstream.Invoke(ctx, g.full, &g.request, &g.answer, grpc.ForceCodecV2(raw{}))
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
