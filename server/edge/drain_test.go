package edge

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// blocking answers the first Decide when released, and tells when it has begun;
// it answers others at once.
type blocking struct {
	once           sync.Once
	begun, release chan struct{}
}

func newBlocking() *blocking {
	return &blocking{begun: make(chan struct{}), release: make(chan struct{})}
}

func (b *blocking) decide(ctx context.Context, _ *pb.DecideRequest) (*pb.DecideResponse, error) {
	first := false
	b.once.Do(func() { first = true })
	if !first {
		return &pb.DecideResponse{}, nil
	}
	close(b.begun)
	select {
	case <-b.release:
		return &pb.DecideResponse{Decision: "answered"}, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

type answered struct {
	response *pb.DecideResponse
	err      error
}

func decideLater(ctx context.Context, conn *grpc.ClientConn) <-chan answered {
	result := make(chan answered, 1)
	go func() {
		response, err := pb.NewDecisionServiceClient(conn).Decide(ctx, &pb.DecideRequest{})
		result <- answered{response, err}
	}()
	return result
}

func TestDrainFinishesCallsInFlightAndRefusesNewOnes(t *testing.T) {
	call := newBlocking()
	r := start(t, testConfig(), &services{decide: call.decide})
	conn := r.dial(t)
	result := decideLater(testContext(t), conn)
	<-call.begun

	r.stop()
	<-r.Draining()
	if code, body := r.ops(t, "/readyz"); code != 503 || body != "draining\n" {
		t.Errorf("/readyz: %d %q, want 503 draining", code, body)
	}
	if code, _ := r.ops(t, "/healthz"); code != 200 {
		t.Errorf("/healthz: %d, want 200", code)
	}
	// The port closes a moment after Draining.
	ctx, err := testContext(t), error(nil)
	for err == nil {
		_, err = pb.NewDecisionServiceClient(r.dial(t)).Decide(ctx, &pb.DecideRequest{})
	}
	if status.Code(err) != codes.Unavailable {
		t.Errorf("a new call: %v, want UNAVAILABLE", err)
	}
	select {
	case <-r.done:
		t.Error("Run returned with a call in flight")
	default:
	}
	close(call.release)
	if got := <-result; got.err != nil || got.response.GetDecision() != "answered" {
		t.Errorf("the call in flight: %v, %v, want its answer", got.response, got.err)
	}
	<-r.done
	for _, line := range []string{"msg=draining", "msg=drained"} {
		if !strings.Contains(r.log.String(), line) {
			t.Errorf("the log has no %s", line)
		}
	}
}

func TestDrainTimeoutCutsOff(t *testing.T) {
	cfg := testConfig()
	cfg.Limits.DrainTimeout = 0
	call := newBlocking()
	r := start(t, cfg, &services{decide: call.decide})
	result := decideLater(testContext(t), r.dial(t))
	<-call.begun
	r.stop()
	<-r.done // the handler has seen its context end, and returned
	if got := <-result; got.err == nil {
		t.Errorf("answered %v, want an error", got.response)
	}
	if !strings.Contains(r.log.String(), "cut off") {
		t.Error("the log does not tell")
	}
}

// A client that keeps its stream open does not hold the drain up: a handler that
// heeds Draining acknowledges what was sent, and the client sends the rest
// elsewhere.
func TestDrainLetsEventStreamsAcknowledge(t *testing.T) {
	var r *running
	r = start(t, testConfig(), &services{stream: func(stream pb.EventService_StreamEventsServer) error {
		req, err := stream.Recv()
		if err != nil {
			return err
		}
		if err := stream.Send(&pb.StreamEventsResponse{}); err != nil {
			return err
		}
		<-r.Draining()
		return stream.Send(&pb.StreamEventsResponse{Acknowledged: int64(len(req.GetEvents()))})
	}})
	r.Server.grace = time.Hour
	stream, err := pb.NewEventServiceClient(r.dial(t)).StreamEvents(testContext(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.Send(&pb.StreamEventsRequest{Events: []*pb.Event{{}, {}}}); err != nil {
		t.Fatal(err)
	}
	if _, err := stream.Recv(); err != nil {
		t.Fatal(err)
	}
	r.stop()
	if last, err := stream.Recv(); err != nil || last.GetAcknowledged() != 2 {
		t.Errorf("%v, %v, want the 2 acknowledged", last, err)
	}
	<-r.done
}

func TestDrainEndsEventStreams(t *testing.T) {
	received := make(chan int)
	r := start(t, testConfig(), &services{stream: func(stream pb.EventService_StreamEventsServer) error {
		for {
			req, err := stream.Recv()
			if err != nil {
				return err
			}
			received <- len(req.GetEvents())
		}
	}})
	r.Server.grace = 0
	stream, err := pb.NewEventServiceClient(r.dial(t)).StreamEvents(testContext(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.Send(&pb.StreamEventsRequest{Events: []*pb.Event{{}}}); err != nil {
		t.Fatal(err)
	}
	<-received
	r.stop()
	if _, err := stream.Recv(); status.Code(err) != codes.Canceled {
		t.Errorf("%v, want CANCELED", err)
	}
	<-r.done
}

func TestDrainTellsAndEndsHealthWatches(t *testing.T) {
	r := start(t, testConfig(), &services{})
	client := healthpb.NewHealthClient(r.dial(t))
	var watches []healthpb.Health_WatchClient
	for _, service := range []string{"", "vitrine.v1.DecisionService", "nobody"} {
		watch, err := client.Watch(testContext(t), &healthpb.HealthCheckRequest{Service: service})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := watch.Recv(); err != nil {
			t.Fatal(err)
		}
		watches = append(watches, watch)
	}
	r.stop()
	for _, watch := range watches[:2] {
		if got, err := watch.Recv(); err != nil || got.GetStatus() != healthpb.HealthCheckResponse_NOT_SERVING {
			t.Errorf("%v, %v, want NOT_SERVING", got, err)
		}
	}
	for _, watch := range watches {
		if _, err := watch.Recv(); status.Code(err) != codes.Unavailable {
			t.Errorf("%v, want UNAVAILABLE", err)
		}
	}
	<-r.done
}

func TestEndlessStreamsAreNamedRight(t *testing.T) {
	if !isEndless(pb.EventService_StreamEvents_FullMethodName) {
		t.Errorf("%s is not endless", pb.EventService_StreamEvents_FullMethodName)
	}
	if isEndless(pb.EventService_ImportEvents_FullMethodName) {
		t.Error("an import is endless: it has to finish")
	}
}

// A stream that ends by itself leaves nothing behind.
func TestEndedStreamsAreForgotten(t *testing.T) {
	r := start(t, testConfig(), &services{stream: func(pb.EventService_StreamEventsServer) error { return nil }})
	client := pb.NewEventServiceClient(r.dial(t))
	for range 100 {
		stream, err := client.StreamEvents(testContext(t))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := stream.Recv(); !errors.Is(err, io.EOF) {
			t.Fatalf("%v, want io.EOF", err)
		}
	}
}
