package bench

import (
	"bytes"
	"context"
	"net"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/proto"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/server"
)

// echoOnly serves the echo as vitrine bench server does, but nothing beside it.
func echoOnly(t *testing.T, more ...grpc.ServerOption) *grpc.ClientConn {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := grpc.NewServer(append(more, grpc.ForceServerCodecV2(server.Codec()))...)
	RegisterEcho(s)
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(listener) }()
	conn, err := grpc.NewClient(listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(); s.Stop(); <-done })
	return conn
}

func TestTheEchoAnswersByteForByte(t *testing.T) {
	conn := echoOnly(t)
	page, err := proto.Marshal(&pb.DecideResponse{Decision: "sites/shop/decisions/1", Placements: []*pb.PlacementResult{{Placement: "home"}}})
	if err != nil {
		t.Fatal(err)
	}
	invoke := func(method string, request []byte) []byte {
		t.Helper()
		a := answer{keep: true}
		if err := conn.Invoke(t.Context(), method, request, &a, asIs); err != nil {
			t.Fatal(err)
		}
		return a.bytes
	}
	tracked := newEventMaker(smallShop(1)).track(smallShop(1).rng(aWorker, 0), 1)
	invoke(echoPrepare, page)
	for range 2 {
		if got := invoke(echoDecide, tracked); !bytes.Equal(got, page) {
			t.Errorf("Decide: got %x, want %x", got, page)
		}
	}
	var event pb.TrackEventResponse
	if err := proto.Unmarshal(invoke(echoTrack, tracked), &event); err != nil || event.GetStatus() != pb.EventStatus_EVENT_STATUS_STORED {
		t.Errorf("TrackEvent: %v, %v", &event, err)
	}
}

func TestTheEchoAcknowledgesEachMessage(t *testing.T) {
	b := &bench{conns: []*grpc.ClientConn{echoOnly(t)}}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s, err := b.openStream(ctx, 0, echoStream, 1)
	if err != nil {
		t.Fatal(err)
	}
	m := newEventMaker(smallShop(1))
	for range 3 {
		message := m.add(m.message(1), 0, filling{visitor: 1, time: noon.Unix()})
		if err := s.call(t.Context(), message); err != nil {
			t.Fatal(err)
		}
	}
	cancel()
	if err := s.call(t.Context(), m.message(0)); err == nil {
		t.Error("a stream that has ended acknowledges")
	}
}

func TestTheEchoTellsOfItsProcess(t *testing.T) {
	a := answer{keep: true}
	if err := echoOnly(t).Invoke(t.Context(), echoUsage, []byte{}, &a, asIs); err != nil {
		t.Fatal(err)
	}
	var u usage
	u.read(a.bytes)
	// A Go program has some megabytes; the clock of the CPU may not have ticked yet.
	if u.resident < 1<<20 || u.cpu < 0 {
		t.Errorf("got %+v", u)
	}
}
