package edge

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	reflectionpb "google.golang.org/grpc/reflection/grpc_reflection_v1"
	reflectionalphapb "google.golang.org/grpc/reflection/grpc_reflection_v1alpha"
	"google.golang.org/grpc/status"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

func TestHealth(t *testing.T) {
	r := start(t, testConfig(), &services{})
	client := healthpb.NewHealthClient(r.dial(t))
	check := func(service string) healthpb.HealthCheckResponse_ServingStatus {
		t.Helper()
		response, err := client.Check(testContext(t), &healthpb.HealthCheckRequest{Service: service})
		if err != nil {
			t.Fatal(err)
		}
		return response.GetStatus()
	}
	for _, service := range []string{"", "vitrine.v1.DecisionService", "vitrine.v1.EventService"} {
		r.SetReady(true, "")
		if got := check(service); got != healthpb.HealthCheckResponse_SERVING {
			t.Errorf("ready: %q is %v", service, got)
		}
		r.SetReady(false, "learning")
		if got := check(service); got != healthpb.HealthCheckResponse_NOT_SERVING {
			t.Errorf("not ready: %q is %v", service, got)
		}
	}
	if _, err := client.Check(testContext(t), &healthpb.HealthCheckRequest{Service: "nobody"}); status.Code(err) != codes.NotFound {
		t.Errorf("unknown service: %v, want NOT_FOUND", err)
	}
}

// While nothing can be written the server is ready all the same, and only EventService,
// which does nothing else, says that it does not serve.
func TestHealthWithoutWrites(t *testing.T) {
	r := start(t, testConfig(), &services{})
	client := healthpb.NewHealthClient(r.dial(t))
	serves := func(service string) bool {
		t.Helper()
		response, err := client.Check(testContext(t), &healthpb.HealthCheckRequest{Service: service})
		if err != nil {
			t.Fatal(err)
		}
		return response.GetStatus() == healthpb.HealthCheckResponse_SERVING
	}
	r.SetWritable(false)
	if serves("vitrine.v1.EventService") || !serves("") || !serves("vitrine.v1.DecisionService") {
		t.Error("unwritable: all but EventService should serve")
	}
	if code, _ := r.ops(t, "/readyz"); code != 200 {
		t.Errorf("unwritable: /readyz is %d, want 200", code)
	}
	r.SetReady(true, "")
	if serves("vitrine.v1.EventService") {
		t.Error("unwritable: EventService serves once the server is ready again")
	}
	r.SetWritable(true)
	if !serves("vitrine.v1.EventService") {
		t.Error("writable: EventService does not serve")
	}
}

func TestReflection(t *testing.T) {
	r := start(t, testConfig(), &services{})
	conn := r.dial(t)
	ctx, cancel := context.WithCancel(testContext(t))
	defer cancel()

	v1, err := reflectionpb.NewServerReflectionClient(conn).ServerReflectionInfo(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := v1.Send(&reflectionpb.ServerReflectionRequest{MessageRequest: &reflectionpb.ServerReflectionRequest_ListServices{}}); err != nil {
		t.Fatal(err)
	}
	got, err := v1.Recv()
	if err != nil || !strings.Contains(got.String(), "vitrine.v1.DecisionService") {
		t.Errorf("v1: %v, %v", got, err)
	}

	alpha, err := reflectionalphapb.NewServerReflectionClient(conn).ServerReflectionInfo(ctx)
	if err != nil {
		t.Fatal(err)
	}
	//nolint:staticcheck // v1alpha is deprecated, and what older tools speak
	symbol := &reflectionalphapb.ServerReflectionRequest_FileContainingSymbol{FileContainingSymbol: "vitrine.v1.DecisionService"}
	if err := alpha.Send(&reflectionalphapb.ServerReflectionRequest{MessageRequest: symbol}); err != nil { //nolint:staticcheck // as above
		t.Fatal(err)
	}
	if described, err := alpha.Recv(); err != nil || !strings.Contains(described.String(), "file_descriptor_response") {
		t.Errorf("v1alpha: %v, %v", described, err)
	}
}

func TestPanicIsAnInternalError(t *testing.T) {
	r := start(t, testConfig(), &services{
		decide: func(context.Context, *pb.DecideRequest) (*pb.DecideResponse, error) {
			panic(fmt.Sprintf("no visitor %q", "anna@example.org"))
		},
		stream: func(pb.EventService_StreamEventsServer) error { panic("in a stream") },
	})
	conn := r.dial(t)
	_, err := pb.NewDecisionServiceClient(conn).Decide(testContext(t), &pb.DecideRequest{})
	if st := status.Convert(err); st.Code() != codes.Internal || st.Message() != internalMessage {
		t.Errorf("answered %v, want INTERNAL without internals", err)
	}
	stream, err := pb.NewEventServiceClient(conn).StreamEvents(testContext(t))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stream.Recv(); status.Convert(err).Message() != internalMessage {
		t.Errorf("answered %v, want INTERNAL without internals", err)
	}
	log := r.log.String()
	if n := strings.Count(log, "msg=panic"); n != 2 {
		t.Errorf("%d panics logged, want 2:\n%s", n, log)
	}
	if !strings.Contains(log, "calls_test.go") {
		t.Errorf("the log has no stack:\n%s", log)
	}
	if strings.Contains(log, "anna") {
		t.Errorf("the log names the visitor:\n%s", log)
	}
	if _, body := r.ops(t, "/metrics"); !strings.Contains(body, "vitrine_panics_total 2") {
		t.Error("the panics are not counted")
	}
}

func TestFaultsAreLoggedAndKeptFromCallers(t *testing.T) {
	for _, test := range []struct {
		name    string
		err     error
		code    codes.Code
		message string
		logged  bool
	}{
		{"an error without a status", errDisk, codes.Internal, internalMessage, true},
		{"a status of ours", status.Error(codes.Internal, "internal error"), codes.Internal, "internal error", true},
		{"the caller's mistake", status.Error(codes.InvalidArgument, "count: is -1"), codes.InvalidArgument, "count: is -1", false},
		{"a deadline", fmt.Errorf("decide: %w", context.DeadlineExceeded), codes.DeadlineExceeded, "", false},
		{"a caller gone", fmt.Errorf("decide: %w", context.Canceled), codes.Canceled, "", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := start(t, testConfig(), &services{decide: func(context.Context, *pb.DecideRequest) (*pb.DecideResponse, error) { return nil, test.err }})
			_, err := pb.NewDecisionServiceClient(r.dial(t)).Decide(testContext(t), &pb.DecideRequest{})
			st := status.Convert(err)
			if st.Code() != test.code || test.message != "" && st.Message() != test.message {
				t.Errorf("answered %v, want %v %q", err, test.code, test.message)
			}
			log := r.log.String()
			if got := strings.Contains(log, "call failed"); got != test.logged {
				t.Errorf("logged: %v, want %v:\n%s", got, test.logged, log)
			}
			if strings.Contains(log, "anna") {
				t.Errorf("the log names the visitor:\n%s", log)
			}
			if errors.Is(test.err, errDisk) && !strings.Contains(log, "disk on fire") {
				t.Errorf("the log does not say why:\n%s", log)
			}
		})
	}
}

func TestRareCallsAreLoggedHotOnesAreNot(t *testing.T) {
	r := start(t, testConfig(), &services{decide: func(context.Context, *pb.DecideRequest) (*pb.DecideResponse, error) { return &pb.DecideResponse{}, nil }})
	conn := r.dial(t)
	if _, err := pb.NewDecisionServiceClient(conn).Decide(testContext(t), &pb.DecideRequest{}); err != nil {
		t.Fatal(err)
	}
	if log := r.log.String(); log != "" {
		t.Errorf("Decide is logged:\n%s", log)
	}
	if _, err := pb.NewSiteServiceClient(conn).CreateSite(testContext(t), &pb.CreateSiteRequest{SiteId: "secret-shop"}); err != nil {
		t.Fatal(err)
	}
	log := r.log.String()
	if !strings.Contains(log, "grpc.method=CreateSite grpc.code=OK grpc.time_ms=") {
		t.Errorf("CreateSite is not logged:\n%s", log)
	}
	for _, unwanted := range []string{"127.0.0.1", "secret-shop", "peer"} {
		if strings.Contains(log, unwanted) {
			t.Errorf("the log has %q:\n%s", unwanted, log)
		}
	}
}

func TestDeadlines(t *testing.T) {
	cfg := testConfig()
	cfg.Limits.DefaultDeadline, cfg.Limits.MaxDeadline = 3*time.Second, 5*time.Second
	var left time.Duration
	r := start(t, cfg, &services{decide: func(ctx context.Context, _ *pb.DecideRequest) (*pb.DecideResponse, error) {
		at, ok := ctx.Deadline()
		if !ok {
			left = -1
		} else {
			left = time.Until(at)
		}
		return &pb.DecideResponse{}, nil
	}})
	client := pb.NewDecisionServiceClient(r.dial(t))
	for _, test := range []struct {
		name     string
		asked    time.Duration // 0: none
		low, top time.Duration
	}{
		{"none: the default", 0, time.Second, 3 * time.Second},
		{"short: its own", 2 * time.Second, time.Second, 2 * time.Second},
		{"long: the longest", time.Hour, 3 * time.Second, 5 * time.Second},
	} {
		ctx, cancel := context.WithCancel(context.Background())
		if test.asked > 0 {
			ctx, cancel = context.WithTimeout(ctx, test.asked)
		}
		_, err := client.Decide(ctx, &pb.DecideRequest{})
		cancel()
		if err != nil || left <= test.low || left > test.top {
			t.Errorf("%s: %v left, %v; want %v to %v", test.name, left, err, test.low, test.top)
		}
	}
}

func TestMessageSizeIsLimited(t *testing.T) {
	cfg := testConfig()
	cfg.Limits.MaxMessageBytes = 64 << 10
	r := start(t, cfg, &services{})
	_, err := pb.NewDecisionServiceClient(r.dial(t)).Decide(testContext(t), &pb.DecideRequest{Site: strings.Repeat("x", 65<<10)})
	if status.Code(err) != codes.ResourceExhausted {
		t.Errorf("65 KiB: %v, want RESOURCE_EXHAUSTED", err)
	}
}

func TestUnknownMethodIsOneNumber(t *testing.T) {
	r := start(t, testConfig(), &services{})
	conn := r.dial(t)
	for i := range 3 {
		err := conn.Invoke(testContext(t), fmt.Sprintf("/vitrine.v9.Service%d/Method", i), &pb.DecideRequest{}, &pb.DecideResponse{})
		if status.Code(err) != codes.Unimplemented || !strings.Contains(err.Error(), "grpcurl") {
			t.Errorf("%v, want UNIMPLEMENTED and what there is", err)
		}
	}
	_, body := r.ops(t, "/metrics")
	if !strings.Contains(body, "vitrine_unknown_methods_total 3") {
		t.Error("not counted")
	}
	if strings.Contains(body, "v9") {
		t.Error("callers' names have become labels")
	}
}

// Labels may only hold what the server itself named.
func TestMetricsHaveNoIDs(t *testing.T) {
	r := start(t, testConfig(), &services{decide: func(context.Context, *pb.DecideRequest) (*pb.DecideResponse, error) { return &pb.DecideResponse{}, nil }})
	request := &pb.DecideRequest{Site: "sites/id-in-a-request", Visitor: &pb.VisitorKey{DeviceId: "id-in-a-request"}}
	if _, err := pb.NewDecisionServiceClient(r.dial(t)).Decide(testContext(t), request); err != nil {
		t.Fatal(err)
	}
	_, body := r.ops(t, "/metrics")
	if strings.Contains(body, "id-in-a-request") {
		t.Error("an id of the request is in the metrics")
	}
	known := regexp.MustCompile(`^(grpc_(type|service|method|code)|le|quantile|version|path|checksum|code|cause|class|reason)$`)
	for _, label := range regexp.MustCompile(`[{,]([a-z_]+)="`).FindAllStringSubmatch(body, -1) {
		if !known.MatchString(label[1]) {
			t.Errorf("label %q: say here that its values are few and name nobody", label[1])
		}
	}
	if !strings.Contains(body, `grpc_server_handling_seconds_bucket{grpc_method="Decide",grpc_service="vitrine.v1.DecisionService",grpc_type="unary",le="0.0001"}`) {
		t.Error("no histogram that begins at 100 us")
	}
}
