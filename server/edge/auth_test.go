package edge

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	reflectionpb "google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/grpc/status"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/server/auth"
	"github.com/vitrine-io/vitrine/server/config"
	"github.com/vitrine-io/vitrine/store"
	"github.com/vitrine-io/vitrine/store/boltstore"
)

// hand is a clock that a test moves.
type hand struct {
	mu  sync.Mutex
	now time.Time
}

func (h *hand) Now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

// openKeys opens keys in a new folder, whose data is checked when the test ends.
func openKeys(t testing.TB) *auth.Keyring {
	t.Helper()
	data, err := boltstore.Open(t.TempDir(), boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(data.Check(context.Background()), data.Close()); err != nil {
			t.Error(err)
		}
	})
	keys, err := auth.Open(context.Background(), data, (&hand{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}).Now)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// shows is a context whose calls show what stands there as their authorization.
func shows(t *testing.T, values ...string) context.Context {
	return metadata.NewOutgoingContext(testContext(t), metadata.MD{"authorization": values})
}

func newKey(t *testing.T, keys *auth.Keyring, key store.APIKey) (bearer string) {
	t.Helper()
	_, secret, err := keys.Create(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	return "Bearer " + secret.Reveal()
}

// startGuarded is start, of a server that wants keys.
func startGuarded(t *testing.T, s *services) (*running, *auth.Keyring) {
	t.Helper()
	keys := openKeys(t)
	cfg := testConfig()
	cfg.Auth = config.AuthKeys
	r := start(t, cfg, s, func(s *Server) {
		s.Authenticate(keys)
		s.sleep = func(context.Context, time.Duration) error { return nil }
	})
	return r, keys
}

func answers(context.Context, *pb.DecideRequest) (*pb.DecideResponse, error) {
	return &pb.DecideResponse{}, nil
}

func TestWhatIsShownAsAuthorization(t *testing.T) {
	r, keys := startGuarded(t, &services{decide: answers})
	web := newKey(t, keys, store.APIKey{ID: "web", Roles: []store.Role{store.RoleDecide}})
	_, secret, _ := strings.Cut(web, " ")
	client := pb.NewDecisionServiceClient(r.dial(t))
	for _, c := range []struct {
		shown []string
		want  codes.Code
		says  string
	}{
		{[]string{web}, codes.OK, ""},
		{[]string{"bearer " + secret}, codes.OK, ""}, // the scheme's case is free (RFC 9110, 11.1)
		{nil, codes.Unauthenticated, "vitrine keys create"},
		{[]string{""}, codes.Unauthenticated, "vitrine keys create"},
		{[]string{secret}, codes.Unauthenticated, "Bearer"},
		{[]string{"Basic " + secret}, codes.Unauthenticated, "Bearer"},
		{[]string{"Bearer hunter2"}, codes.Unauthenticated, "is not an API key"},
		{[]string{web + "a"}, codes.Unauthenticated, "a character is wrong"},
		{[]string{web, web}, codes.Unauthenticated, "Bearer"}, // which one would count?
	} {
		_, err := client.Decide(shows(t, c.shown...), &pb.DecideRequest{Site: "sites/shop"})
		if status.Code(err) != c.want || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%d values: %v, want %v with %q", len(c.shown), err, c.want, c.says)
		}
		if err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("the error repeats the secret: %v", err)
		}
	}
}

// Nobody gets in before it is known who may: also not through a mistake in wiring.
func TestWithoutKeysNobodyIsLetIn(t *testing.T) {
	cfg := testConfig()
	cfg.Auth = config.AuthKeys
	r := start(t, cfg, &services{decide: answers})
	if _, err := pb.NewDecisionServiceClient(r.dial(t)).Decide(testContext(t), &pb.DecideRequest{}); status.Code(err) != codes.Unavailable {
		t.Errorf("got %v, want UNAVAILABLE", err)
	}
}

func TestHealthNeedsNoKeyAndReflectionAny(t *testing.T) {
	r, keys := startGuarded(t, &services{})
	track := newKey(t, keys, store.APIKey{ID: "track", Roles: []store.Role{store.RoleTrack}})
	conn := r.dial(t)
	if _, err := healthpb.NewHealthClient(conn).Check(testContext(t), &healthpb.HealthCheckRequest{}); err != nil {
		t.Errorf("health: %v", err)
	}
	for shown, want := range map[string]codes.Code{"": codes.Unauthenticated, track: codes.OK} {
		stream, err := reflectionpb.NewServerReflectionClient(conn).ServerReflectionInfo(shows(t, shown))
		if err == nil {
			_ = stream.Send(&reflectionpb.ServerReflectionRequest{MessageRequest: &reflectionpb.ServerReflectionRequest_ListServices{}}) // Recv tells
			_, err = stream.Recv()
		}
		if status.Code(err) != want {
			t.Errorf("reflection with a key %v: %v, want %v", shown != "", err, want)
		}
	}
	// A method that is not there is no way in.
	err := conn.Invoke(shows(t), "/vitrine.v1.DecisionService/Nothing", &pb.DecideRequest{}, &pb.DecideResponse{})
	if status.Code(err) != codes.Unauthenticated {
		t.Errorf("an unknown method without a key: %v", err)
	}
	err = conn.Invoke(shows(t, track), "/vitrine.v1.DecisionService/Nothing", &pb.DecideRequest{}, &pb.DecideResponse{})
	if status.Code(err) != codes.Unimplemented {
		t.Errorf("an unknown method with a key: %v", err)
	}
}

func TestRevokedForTheVeryNextCall(t *testing.T) {
	r, keys := startGuarded(t, &services{decide: answers})
	client := pb.NewDecisionServiceClient(r.dial(t))
	for i := range 20 {
		id := store.APIKeyID(fmt.Sprintf("k%d", i))
		ctx := shows(t, newKey(t, keys, store.APIKey{ID: id, Roles: []store.Role{store.RoleDecide}}))
		if _, err := client.Decide(ctx, &pb.DecideRequest{Site: "sites/shop"}); err != nil {
			t.Fatal(err)
		}
		if err := keys.Revoke(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		if _, err := client.Decide(ctx, &pb.DecideRequest{Site: "sites/shop"}); status.Code(err) != codes.Unauthenticated {
			t.Errorf("after it was revoked: %v, want UNAUTHENTICATED", err)
		}
	}
}

// The next message of an open stream is not taken any more.
func TestRevokedForTheNextMessageOfAStream(t *testing.T) {
	taken := make(chan string, 10)
	r, keys := startGuarded(t, &services{stream: func(stream pb.EventService_StreamEventsServer) error {
		for {
			req, err := stream.Recv()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			taken <- req.GetSite()
		}
	}})
	ctx := shows(t, newKey(t, keys, store.APIKey{ID: "web", Roles: []store.Role{store.RoleTrack}}))
	stream, err := pb.NewEventServiceClient(r.dial(t)).StreamEvents(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.Send(&pb.StreamEventsRequest{Site: "sites/first"}); err != nil {
		t.Fatal(err)
	}
	if got := <-taken; got != "sites/first" {
		t.Errorf("taken %q", got)
	}
	if err := keys.Revoke(t.Context(), "web"); err != nil {
		t.Fatal(err)
	}
	_ = stream.Send(&pb.StreamEventsRequest{Site: "sites/second"}) // Recv tells
	if _, err := stream.Recv(); status.Code(err) != codes.Unauthenticated || !strings.Contains(err.Error(), "was revoked") {
		t.Errorf("after it was revoked: %v, want UNAUTHENTICATED", err)
	}
	if len(taken) != 0 {
		t.Errorf("%q was taken", <-taken)
	}
}

// listing is a stream that a test server sends.
type listing struct {
	pb.UnimplementedSegmentServiceServer
	further chan struct{}
}

func (l *listing) ListSegmentMembers(_ *pb.ListSegmentMembersRequest, stream grpc.ServerStreamingServer[pb.SegmentMember]) error {
	for range 2 {
		if err := stream.Send(&pb.SegmentMember{}); err != nil {
			return err
		}
		<-l.further
	}
	return nil
}

// A long answer ends, too.
func TestRevokedForTheRestOfAnAnswer(t *testing.T) {
	keys, members := openKeys(t), &listing{further: make(chan struct{})}
	cfg := testConfig()
	cfg.Auth = config.AuthKeys
	r := start(t, cfg, &services{}, func(s *Server) {
		s.Authenticate(keys)
		pb.RegisterSegmentServiceServer(s.Registrar(), members)
	})
	ctx := shows(t, newKey(t, keys, store.APIKey{ID: "web", Roles: []store.Role{store.RoleMarketing}}))
	stream, err := pb.NewSegmentServiceClient(r.dial(t)).ListSegmentMembers(ctx, &pb.ListSegmentMembersRequest{Name: "sites/shop/segments/s"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stream.Recv(); err != nil {
		t.Fatal(err)
	}
	if err := keys.Revoke(t.Context(), "web"); err != nil {
		t.Fatal(err)
	}
	close(members.further)
	if m, err := stream.Recv(); status.Code(err) != codes.Unauthenticated {
		t.Errorf("after it was revoked: %v, %v, want UNAUTHENTICATED", m, err)
	}
}

func TestACallBeyondItsKeysRate(t *testing.T) {
	r, keys := startGuarded(t, &services{decide: answers})
	slow := shows(t, newKey(t, keys, store.APIKey{ID: "slow", Roles: []store.Role{store.RoleDecide}, Rate: 0.5, Burst: 2}))
	other := shows(t, newKey(t, keys, store.APIKey{ID: "other", Roles: []store.Role{store.RoleDecide}, Rate: 0.5, Burst: 2}))
	client := pb.NewDecisionServiceClient(r.dial(t))
	for range 2 {
		if _, err := client.Decide(slow, &pb.DecideRequest{Site: "sites/shop"}); err != nil {
			t.Fatal(err)
		}
	}
	_, err := client.Decide(slow, &pb.DecideRequest{Site: "sites/shop"})
	if status.Code(err) != codes.ResourceExhausted || !strings.Contains(err.Error(), "try again in 2s") {
		t.Errorf("got %v, want RESOURCE_EXHAUSTED", err)
	}
	retry := time.Duration(0)
	for _, detail := range status.Convert(err).Details() {
		if info, ok := detail.(*errdetails.RetryInfo); ok {
			retry = info.GetRetryDelay().AsDuration()
		}
	}
	if retry != 2*time.Second { // 0.5 a second
		t.Errorf("advised to come again in %s, want 2s", retry)
	}
	if _, err := client.Decide(other, &pb.DecideRequest{Site: "sites/shop"}); err != nil {
		t.Errorf("another key: %v", err)
	}
	_, metrics := r.ops(t, "/metrics")
	for _, want := range []string{
		`vitrine_key_calls_total{key="slow",method="vitrine.v1.DecisionService/Decide"} 2`,
		`vitrine_refused_calls_total{key="slow",reason="rate"} 1`,
	} {
		if !strings.Contains(metrics, want) {
			t.Errorf("metrics have no %s", want)
		}
	}
}

// A stream that is too fast is slowed down, and loses nothing.
func TestAStreamBeyondItsKeysRate(t *testing.T) {
	taken := 0
	slept := make(chan time.Duration, 10)
	keys := openKeys(t)
	cfg := testConfig()
	cfg.Auth = config.AuthKeys
	r := start(t, cfg, &services{stream: func(stream pb.EventService_StreamEventsServer) error {
		for {
			if _, err := stream.Recv(); errors.Is(err, io.EOF) {
				return stream.Send(&pb.StreamEventsResponse{Acknowledged: int64(taken)})
			} else if err != nil {
				return err
			}
			taken++
		}
	}}, func(s *Server) {
		s.Authenticate(keys)
		s.sleep = func(_ context.Context, d time.Duration) error {
			slept <- d
			return nil
		}
	})
	ctx := shows(t, newKey(t, keys, store.APIKey{ID: "slow", Roles: []store.Role{store.RoleTrack}, Rate: 10, Burst: 2}))
	stream, err := pb.NewEventServiceClient(r.dial(t)).StreamEvents(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if err := stream.Send(&pb.StreamEventsRequest{Site: "sites/shop"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := stream.CloseSend(); err != nil {
		t.Fatal(err)
	}
	resp, err := stream.Recv()
	if err != nil || resp.GetAcknowledged() != 5 {
		t.Errorf("got %v, %v, want all 5", resp, err)
	}
	close(slept)
	var waits []time.Duration
	for d := range slept {
		waits = append(waits, d)
	}
	// Two at once, then one each 100 ms; the clock stands still.
	if want := "[100ms 200ms 300ms]"; fmt.Sprint(waits) != want {
		t.Errorf("waited %v, want %s", waits, want)
	}
}

func TestSleepEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := sleep(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if err := sleep(context.Background(), 1); err != nil {
		t.Errorf("got %v", err)
	}
}
