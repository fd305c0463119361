package edge

import (
	"context"
	"errors"
	"math"
	runtimemetrics "runtime/metrics"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// Every method has its class here, so that whoever adds one thinks of it.
func TestClasses(t *testing.T) {
	want := map[string]class{}
	for of, methods := range map[class]string{
		decisions: "Decide",
		tracking:  "TrackEvent TrackEvents SetConsent",
		streams:   "StreamEvents",
		admin: `GetDecision GetVisitor LinkVisitors UnlinkVisitors CreateApiKey RevokeApiKey
			CreateCampaign GetCampaign UpdateCampaign DeleteCampaign CreateCreative GetCreative UpdateCreative DeleteCreative
			CreateProduct GetProduct BatchGetProducts UpdateProduct DeleteProduct
			CreatePlacement GetPlacement UpdatePlacement DeletePlacement
			GetWeights FreezeWeights UnfreezeWeights ResetWeights
			CreateSegment GetSegment UpdateSegment DeleteSegment
			CreateSite GetSite UpdateSite DeleteSite`,
		bulk: `Backup Compact EraseVisitor ExportVisitor PreviewSegment
			ImportCampaigns ImportEvents ImportProducts ImportVisitors
			ListApiKeys ListCampaigns ListCreatives ListProducts ListPlacements ListSegments ListSegmentMembers ListPersonas ListSites`,
		unbounded: "GetStatus",
	} {
		for _, method := range strings.Fields(methods) {
			want[method] = of
		}
	}
	for _, service := range []grpc.ServiceDesc{
		pb.AdminService_ServiceDesc, pb.CampaignService_ServiceDesc, pb.CatalogService_ServiceDesc, pb.DecisionService_ServiceDesc,
		pb.EventService_ServiceDesc, pb.PlacementService_ServiceDesc, pb.RankingService_ServiceDesc, pb.SegmentService_ServiceDesc,
		pb.SiteService_ServiceDesc, pb.VisitorService_ServiceDesc,
	} {
		var names []string
		for _, m := range service.Methods {
			names = append(names, m.MethodName)
		}
		for _, m := range service.Streams {
			names = append(names, m.StreamName)
		}
		for _, name := range names {
			of, ok := want[name]
			if got := classOf("/" + service.ServiceName + "/" + name); !ok || got != of {
				t.Errorf("%s is of class %d: say in this test which it should be of", name, got)
			}
		}
	}
	if got := classOf("/grpc.health.v1.Health/Check"); got != unbounded {
		t.Errorf("a health check is of class %v: it must be answered by a busy server", got)
	}
}

// wantRetry fails unless err says that the server is busy, and when to try again.
func wantRetry(t *testing.T, err error) time.Duration {
	t.Helper()
	st := status.Convert(err)
	if st.Code() != codes.ResourceExhausted {
		t.Fatalf("got %v, want RESOURCE_EXHAUSTED", err)
	}
	for _, detail := range st.Details() {
		if info, ok := detail.(*errdetails.RetryInfo); ok {
			if !strings.Contains(st.Message(), info.GetRetryDelay().AsDuration().String()) {
				t.Errorf("says %q, and %v as RetryInfo", st.Message(), info.GetRetryDelay().AsDuration())
			}
			return info.GetRetryDelay().AsDuration()
		}
	}
	t.Fatalf("%v has no RetryInfo", err)
	return 0
}

func TestAFullServerRefusesAndSaysWhenToComeAgain(t *testing.T) {
	cfg := testConfig()
	cfg.Limits.MaxInFlight = 1
	call := newBlocking()
	r := start(t, cfg, &services{decide: call.decide})
	conn := r.dial(t)
	result := decideLater(testContext(t), conn)
	<-call.begun
	client := pb.NewDecisionServiceClient(conn)
	soon, cancel := context.WithTimeout(context.Background(), longest)
	defer cancel()
	for name, ctx := range map[string]context.Context{
		"no deadline": context.Background(), "a near deadline": soon, "a far deadline": testContext(t),
	} {
		_, err := client.Decide(ctx, &pb.DecideRequest{})
		if wait := wantRetry(t, err); wait < firstAdvice/2 || wait > 2*firstAdvice*3 {
			t.Errorf("%s: try again in %v, want about %v", name, wait, firstAdvice)
		}
	}
	// Another class has its own room.
	if _, err := pb.NewSiteServiceClient(conn).CreateSite(testContext(t), &pb.CreateSiteRequest{}); err != nil {
		t.Errorf("a full class refuses another: %v", err)
	}
	_, body := r.ops(t, "/metrics")
	for _, line := range []string{
		`vitrine_calls_refused_total{class="decisions",reason="busy"} 3`,
		`vitrine_calls_in_flight{class="decisions"} 1`,
		`vitrine_calls_in_flight_limit{class="decisions"} 1`,
	} {
		if !strings.Contains(body, line+"\n") {
			t.Errorf("/metrics lacks %s", line)
		}
	}
	close(call.release)
	if got := <-result; got.err != nil {
		t.Fatal(got.err)
	}
	wantRoom(t, client)
}

// wantRoom waits until a decision is let in: the one before is counted out a moment
// after its answer.
func wantRoom(t *testing.T, client pb.DecisionServiceClient) {
	t.Helper()
	ctx := testContext(t)
	for {
		_, err := client.Decide(ctx, &pb.DecideRequest{})
		switch {
		case err == nil:
			return
		case status.Code(err) != codes.ResourceExhausted || ctx.Err() != nil:
			t.Fatalf("no room again: %v", err)
		}
	}
}

// A call whose header came and whose message never did, or was none, leaves room for
// another.
func TestRoomIsGivenBackWhateverBecomesOfACall(t *testing.T) {
	cfg := testConfig()
	cfg.Limits.MaxInFlight = 1
	r := start(t, cfg, &services{
		decide: func(context.Context, *pb.DecideRequest) (*pb.DecideResponse, error) { return &pb.DecideResponse{}, nil },
	})
	conn := r.dial(t)
	client := pb.NewDecisionServiceClient(conn)
	for name, call := range map[string]func(context.Context, grpc.ClientStream){
		"no message, given up": func(context.Context, grpc.ClientStream) {},
		"no message at all":    func(_ context.Context, s grpc.ClientStream) { _ = s.CloseSend(); _ = s.RecvMsg(&pb.DecideResponse{}) },
		"another message": func(_ context.Context, s grpc.ClientStream) {
			_ = s.SendMsg(&pb.EventItem{ProductId: "\xff"})
			_ = s.RecvMsg(&pb.DecideResponse{})
		},
	} {
		ctx, cancel := context.WithCancel(testContext(t))
		stream, err := conn.NewStream(ctx, &grpc.StreamDesc{ClientStreams: true, ServerStreams: true}, pb.DecisionService_Decide_FullMethodName)
		if err != nil {
			t.Fatal(err)
		}
		call(ctx, stream)
		cancel()
		wantRoom(t, client)
		t.Log(name)
	}
}

func TestConnectionsAreBounded(t *testing.T) {
	cfg := testConfig()
	cfg.Limits.MaxConnections = 1
	answers := &services{decide: func(context.Context, *pb.DecideRequest) (*pb.DecideResponse, error) { return &pb.DecideResponse{}, nil }}
	r := start(t, cfg, answers)
	first := r.dial(t)
	if _, err := pb.NewDecisionServiceClient(first).Decide(testContext(t), &pb.DecideRequest{}); err != nil {
		t.Fatal(err)
	}
	second := r.dial(t)
	if _, err := pb.NewDecisionServiceClient(second).Decide(testContext(t), &pb.DecideRequest{}); status.Code(err) != codes.Unavailable {
		t.Errorf("a second connection: %v, want UNAVAILABLE", err)
	}
	_, body := r.ops(t, "/metrics")
	if !strings.Contains(body, "vitrine_connections 1\n") || strings.Contains(body, "vitrine_connections_refused_total 0\n") {
		t.Error("connections are not counted")
	}
	first.Close()
	if _, err := pb.NewDecisionServiceClient(second).Decide(testContext(t), &pb.DecideRequest{}, grpc.WaitForReady(true)); err != nil {
		t.Errorf("after the first was closed: %v", err)
	}
}

// underPressure is a gate of a server where work waits for a processor, and goes on to.
func underPressure(wait time.Duration) *gate {
	g := newGate(testConfig().Limits, prometheus.NewRegistry())
	g.know(pb.DecisionService_Decide_FullMethodName)
	g.pressure.delay.Store(int64(wait))
	g.pressure.next.Store(math.MaxInt64) // no window ends
	return g
}

func TestWhatCannotBeInTimeIsNotBegun(t *testing.T) {
	g := underPressure(5 * time.Millisecond)
	for name, test := range map[string]struct {
		left time.Duration
		ok   bool
	}{
		"time enough":                    {time.Second, true},
		"less than the wait":             {4 * time.Millisecond, false},
		"none":                           {-time.Millisecond, false},
		"more than the processors' wait": {500 * time.Millisecond, true},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), test.left)
		_, err := g.arrive(ctx, pb.DecisionService_Decide_FullMethodName)
		cancel()
		if (err == nil) != test.ok || err != nil && status.Code(err) != codes.DeadlineExceeded {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestACallerWhoHasLeftIsNotServed(t *testing.T) {
	g := underPressure(0)
	ctx, leave := context.WithCancel(t.Context())
	ctx, err := g.arrive(ctx, pb.DecisionService_Decide_FullMethodName)
	if err != nil {
		t.Fatal(err)
	}
	leave()
	_, err = g.unary(ctx, nil, &grpc.UnaryServerInfo{FullMethod: pb.DecisionService_Decide_FullMethodName}, func(context.Context, any) (any, error) {
		t.Error("begun")
		return nil, nil
	})
	if status.Code(err) != codes.Canceled {
		t.Errorf("got %v, want CANCELLED", err)
	}
}

func TestALimitMovesWithTheWait(t *testing.T) {
	way := giving{time.Millisecond, 4}
	long, short := 4*time.Millisecond, 500*time.Microsecond
	for _, test := range []struct {
		name                 string
		limit, most          int64
		wait                 time.Duration
		windows, usual, want int64
	}{
		{name: "a burst changes nothing", limit: 64, most: 64, wait: long, windows: patience - 1, usual: 64, want: 64},
		{name: "then it halves what is in use", limit: 64, most: 40, wait: long, windows: patience, usual: 64, want: 20},
		{name: "a tenth down when the wait is hardly too long", limit: 64, most: 40, wait: 1050 * time.Microsecond, windows: patience, usual: 64, want: 36},
		{name: "to the floor and no further", limit: 64, most: 5, wait: long, windows: 50, usual: 64, want: 4},
		{name: "others keep the processors busy", limit: 64, most: 4, wait: long, windows: 50, usual: 64, want: 64},
		{name: "up to the usual by itself", limit: 16, most: 1, wait: short, windows: 1, usual: 64, want: 18}, // 16 + 1 + 16/16
		{name: "beyond it when it is reached", limit: 64, most: 64, wait: short, windows: 1, usual: 64, want: 69},
		{name: "and not otherwise", limit: 64, most: 60, wait: short, windows: 1, usual: 64, want: 64},
		{name: "to the ceiling", limit: 127, most: 127, wait: short, windows: 1, usual: 64, want: 128},
	} {
		l := &lane{usual: test.usual, ceiling: 128}
		l.limit.Store(test.limit)
		for range test.windows {
			l.most.Store(test.most)
			l.adjust(test.wait, way)
		}
		if got := l.limit.Load(); got != test.want {
			t.Errorf("%s: %d, want %d", test.name, got, test.want)
		}
	}
}

func TestTheWaitIsAQuantileOfTheWindow(t *testing.T) {
	h := &runtimemetrics.Float64Histogram{
		Buckets: []float64{math.Inf(-1), 0.001, 0.002, 0.004},
		Counts:  []uint64{100, 50, 20},
	}
	before := []uint64{20, 40, 10} // in the window: 80 under 1 ms, 10 from 1 ms, 10 from 2 ms
	for q, want := range map[float64]time.Duration{0.5: 0, 0.85: time.Millisecond, 0.95: 2 * time.Millisecond} {
		if got := quantileOfNew(h, before, 100, q); got != want {
			t.Errorf("quantile %v is %v, want %v", q, got, want)
		}
	}
}

func TestAdviceGrowsWithTheExcess(t *testing.T) {
	a := newAdvice(prometheus.NewRegistry())
	for range 100 {
		a.learn(decisions, 100, 900) // ten come for each one let in
	}
	low, high := time.Hour, time.Duration(0)
	for range 1000 {
		wait := wantRetry(t, a.busy(decisions))
		low, high = min(low, wait), max(high, wait)
	}
	// 100 ms x 10, from half to one and a half times, in steps of a quarter.
	if low < 400*time.Millisecond || low > 700*time.Millisecond || high < 1100*time.Millisecond || high > 1600*time.Millisecond {
		t.Errorf("from %v to %v, want some 0.5 s to 1.5 s", low, high)
	}
}

func TestImportsGiveWayUnderPressure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := underPressure(5 * time.Millisecond)
		bearable := func(d time.Duration) { g.lanes[bulk].bearable.Store(int64(d)) }
		at := &turn{gate: g, lane: &g.lanes[bulk]}
		step := func() time.Duration {
			begun := time.Now()
			if err := at.take(t.Context()); err != nil {
				t.Fatal(err)
			}
			waited := time.Since(begun)
			<-time.After(10 * time.Millisecond) // the work
			at.give()
			return waited
		}
		bearable(time.Hour)
		step()
		if got := step(); got != 0 {
			t.Errorf("without pressure it waited %v", got)
		}
		bearable(time.Millisecond)
		if got := step(); got != 40*time.Millisecond { // politeness x 10 ms
			t.Errorf("under pressure it waited %v, want 40ms", got)
		}
		// All turns are taken: it waits, and no longer than its caller.
		for range cap(g.turns) {
			g.turns <- struct{}{}
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := at.take(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want the caller's deadline", err)
		}
		at.close()
		if n := len(g.turns); n != cap(g.turns) {
			t.Errorf("%d turns taken, want %d: a stream gave back one that it had not", n, cap(g.turns))
		}
	})
}
