package vitrine

import (
	"context"
	"net"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"

	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// shop is a Vitrine made of a map, whose faults a test scripts. What it stored
// outlives its servers, as a data folder would.
type shop struct {
	vitrinev1.UnimplementedEventServiceServer
	vitrinev1.UnimplementedDecisionServiceServer

	// decide answers decisions.
	decide func(context.Context, *vitrinev1.DecideRequest) (*vitrinev1.DecideResponse, error)
	// before fails a tracking call, counted from 0, before anything is stored;
	// after fails it once everything is.
	before, after func(ctx context.Context, call int) error

	mu      sync.Mutex
	calls   int
	batches []int    // events in each call
	stored  []string // ids, in order, each once
	seen    map[string]bool
	twice   int // events that arrived again
}

func newShop() *shop { return &shop{seen: map[string]bool{}} }

func (s *shop) Decide(ctx context.Context, req *vitrinev1.DecideRequest) (*vitrinev1.DecideResponse, error) {
	if s.decide == nil {
		return nil, status.Error(codes.Unimplemented, "no decide in this test")
	}
	return s.decide(ctx, req)
}

func (s *shop) TrackEvent(ctx context.Context, req *vitrinev1.TrackEventRequest) (*vitrinev1.TrackEventResponse, error) {
	results, err := s.take(ctx, req.GetSite(), []*vitrinev1.Event{req.GetEvent()})
	if err != nil {
		return nil, err
	}
	if results[0].GetStatus() == vitrinev1.EventStatus_EVENT_STATUS_INVALID {
		return nil, status.Error(codes.InvalidArgument, "items[0].product_id: too short")
	}
	return &vitrinev1.TrackEventResponse{Status: results[0].GetStatus()}, nil
}

func (s *shop) TrackEvents(ctx context.Context, req *vitrinev1.TrackEventsRequest) (*vitrinev1.TrackEventsResponse, error) {
	results, err := s.take(ctx, req.GetSite(), req.GetEvents())
	if err != nil {
		return nil, err
	}
	return &vitrinev1.TrackEventsResponse{Results: results}, nil
}

// take stores events as EventService promises: once by id, not without consent,
// the bad ones left out.
func (s *shop) take(ctx context.Context, site string, events []*vitrinev1.Event) ([]*vitrinev1.EventResult, error) {
	s.mu.Lock()
	call := s.calls
	s.calls++
	s.mu.Unlock()
	if s.before != nil {
		if err := s.before(ctx, call); err != nil {
			return nil, err
		}
	}
	if site != "sites/demo" {
		return nil, status.Errorf(codes.NotFound, "%s is not there", site)
	}
	results := s.store(events)
	if s.after != nil {
		if err := s.after(ctx, call); err != nil {
			return nil, err
		}
	}
	return results, nil
}

func (s *shop) store(events []*vitrinev1.Event) []*vitrinev1.EventResult {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.batches = append(s.batches, len(events))
	results := make([]*vitrinev1.EventResult, len(events))
	for i, e := range events {
		r := &vitrinev1.EventResult{Index: int64(i), Status: vitrinev1.EventStatus_EVENT_STATUS_STORED}
		switch {
		case len(e.GetItems()) > 0 && e.GetItems()[0].GetProductId() == "":
			r.Status = vitrinev1.EventStatus_EVENT_STATUS_INVALID
			r.Violations = []*vitrinev1.FieldViolation{{Field: "items[0].product_id", Description: "too short"}}
		case e.GetConsent() != nil && !e.GetConsent().GetPurposes()[0].GetGranted():
			r.Status = vitrinev1.EventStatus_EVENT_STATUS_NO_CONSENT
		case s.seen[e.GetId()]:
			r.Status = vitrinev1.EventStatus_EVENT_STATUS_DUPLICATE
			s.twice++
		default:
			s.seen[e.GetId()] = true
			s.stored = append(s.stored, e.GetId())
		}
		results[i] = r
	}
	return results
}

func (s *shop) server() *grpc.Server {
	server := grpc.NewServer()
	vitrinev1.RegisterEventServiceServer(server, s)
	vitrinev1.RegisterDecisionServiceServer(server, s)
	return server
}

// listen serves on a TCP address until the test ends or the function it returns
// is called, which breaks off what is under way.
func (s *shop) listen(t testing.TB, address string) (string, func()) {
	t.Helper()
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	server, done := s.server(), make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener) // ends with Stop
	}()
	stop := sync.OnceFunc(func() {
		server.Stop()
		<-done
	})
	t.Cleanup(stop)
	return listener.Addr().String(), stop
}

// dial returns a client over TCP that the test's end closes.
func dial(t testing.TB, address string, opts Options) *Client {
	t.Helper()
	opts.Site, opts.Insecure = "demo", true
	c, err := New(address, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_ = c.Close(ctx) // a test that cares closes it itself
	})
	return c
}

// inMemory returns a client of the shop without a network, for use in a
// synctest bubble, where time passes only when everybody waits for it.
func (s *shop) inMemory(t testing.TB, opts Options) *Client {
	t.Helper()
	listener := bufconn.Listen(1 << 20)
	server := s.server()
	go func() { _ = server.Serve(listener) }() // ends with Stop
	opts.DialOptions = append(opts.DialOptions, grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) {
		return listener.DialContext(ctx)
	}))
	c := dial(t, "passthrough:///shop", opts)
	t.Cleanup(server.Stop)
	return c
}

// pass lets time pass within a synctest bubble, where that takes none.
func pass(d time.Duration) {
	time.Sleep(d) //nolint:forbidigo // the bubble's clock jumps ahead
}

// ids of what was stored, in order.
func (s *shop) ids() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.stored...)
}

func (s *shop) count() (calls, twice int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls, s.twice
}
