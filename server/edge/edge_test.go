package edge

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/server/config"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// services is what the tests serve.
type services struct {
	pb.UnimplementedDecisionServiceServer
	pb.UnimplementedEventServiceServer
	pb.UnimplementedSiteServiceServer
	decide func(context.Context, *pb.DecideRequest) (*pb.DecideResponse, error)
	stream func(pb.EventService_StreamEventsServer) error
}

func (s *services) Decide(ctx context.Context, req *pb.DecideRequest) (*pb.DecideResponse, error) {
	return s.decide(ctx, req)
}

func (s *services) StreamEvents(stream pb.EventService_StreamEventsServer) error {
	return s.stream(stream)
}

func (s *services) CreateSite(_ context.Context, req *pb.CreateSiteRequest) (*pb.Site, error) {
	return req.GetSite(), nil
}

// running is a server under test.
type running struct {
	*Server
	log  *logText
	stop context.CancelFunc // drains it
	done chan struct{}
	err  error // of Run, after done
}

// logText keeps what is logged.
type logText struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logText) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func testConfig() *config.Config {
	cfg := config.Default()
	cfg.Listen, cfg.OpsListen, cfg.Auth = "127.0.0.1:0", "127.0.0.1:0", config.AuthNone
	return cfg
}

// start serves until the test ends. before changes the server before it runs.
func start(t *testing.T, cfg *config.Config, s *services, before ...func(*Server)) *running {
	t.Helper()
	r := &running{log: &logText{}, done: make(chan struct{})}
	var err error
	if r.Server, err = New(Options{Config: cfg, Log: slog.New(slog.NewTextHandler(r.log, nil))}); err != nil {
		t.Fatal(err)
	}
	pb.RegisterDecisionServiceServer(r.Registrar(), s)
	pb.RegisterEventServiceServer(r.Registrar(), s)
	pb.RegisterSiteServiceServer(r.Registrar(), s)
	for _, change := range before {
		change(r.Server)
	}
	r.SetReady(true, "")
	ctx, stop := context.WithCancel(context.Background())
	r.stop = stop
	go func() {
		defer close(r.done)
		r.err = r.Run(ctx)
	}()
	t.Cleanup(func() {
		stop()
		<-r.done
		if r.err != nil {
			t.Errorf("Run: %v", r.err)
		}
	})
	select {
	case <-r.Started():
	case <-r.done:
		t.Fatal(r.err)
	}
	return r
}

// dial connects to the server.
func (r *running) dial(t *testing.T, options ...grpc.DialOption) *grpc.ClientConn {
	t.Helper()
	options = append([]grpc.DialOption{grpc.WithTransportCredentials(insecure.NewCredentials())}, options...)
	conn, err := grpc.NewClient("passthrough:///"+r.Addr(), options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func withTLS(c credentials.TransportCredentials) grpc.DialOption {
	return grpc.WithTransportCredentials(c)
}

// ops asks the ops port.
func (r *running) ops(t *testing.T, path string) (code int, body string) {
	t.Helper()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	request, err := http.NewRequestWithContext(testContext(t), http.MethodGet, "http://"+r.OpsAddr()+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

func testContext(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func TestOpsPort(t *testing.T) {
	cfg := testConfig()
	cfg.Pprof = true
	r := start(t, cfg, &services{})
	for path, want := range map[string]struct {
		code int
		text string
	}{
		"/":                      {200, "/debug/pprof/"},
		"/healthz":               {200, "ok"},
		"/readyz":                {200, "ready"},
		"/metrics":               {200, "go_goroutines"},
		"/debug/pprof/goroutine": {200, ""},
		"/elsewhere":             {404, ""},
	} {
		if code, body := r.ops(t, path); code != want.code || !strings.Contains(body, want.text) {
			t.Errorf("%s: %d %.200q, want %d with %q", path, code, body, want.code, want.text)
		}
	}
	for _, metric := range []string{"go_build_info", "process_open_fds", "vitrine_panics_total 0", `grpc_server_started_total{grpc_method="Decide"`} {
		if _, body := r.ops(t, "/metrics"); !strings.Contains(body, metric) {
			t.Errorf("/metrics has no %s", metric)
		}
	}
	r.SetReady(false, "learning")
	if code, body := r.ops(t, "/readyz"); code != 503 || body != "learning\n" {
		t.Errorf("not ready: %d %q, want 503 and why", code, body)
	}
	if code, _ := r.ops(t, "/healthz"); code != 200 {
		t.Errorf("not ready: /healthz is %d, want 200 still", code)
	}
}

func TestProfilesAreOffByDefault(t *testing.T) {
	r := start(t, testConfig(), &services{})
	if code, _ := r.ops(t, "/debug/pprof/"); code != 404 {
		t.Errorf("/debug/pprof/: %d, want 404", code)
	}
	if _, body := r.ops(t, "/"); strings.Contains(body, "pprof") {
		t.Error("the index lists pprof")
	}
}

func TestOpsPortCanBeOff(t *testing.T) {
	cfg := testConfig()
	cfg.OpsListen = ""
	if r := start(t, cfg, &services{}); r.OpsAddr() != "" {
		t.Errorf("OpsAddr is %q, want none", r.OpsAddr())
	}
}

func TestListenTellsWhatToDo(t *testing.T) {
	r := start(t, testConfig(), &services{})
	for key, change := range map[string]func(*config.Config){
		"listen":     func(c *config.Config) { c.Listen = r.Addr() },
		"ops_listen": func(c *config.Config) { c.OpsListen = r.OpsAddr() },
	} {
		cfg := testConfig()
		change(cfg)
		s, err := New(Options{Config: cfg})
		if err != nil {
			t.Fatal(err)
		}
		err = s.Run(t.Context())
		if err == nil || !strings.HasPrefix(err.Error(), key+": ") || !strings.Contains(err.Error(), "in use: stop what listens there or set another \""+key+"\"") {
			t.Errorf("%s: %v, want what to do", key, err)
		}
	}
}

// A server that listens and never runs gives everything back.
func TestCloseBeforeRun(t *testing.T) {
	s, err := New(Options{Config: testConfig()})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Listen(); err != nil {
		t.Fatal(err)
	}
	if reason := s.readiness(); reason != "starting" {
		t.Errorf("not ready because %q, want starting", reason)
	}
	s.Close()
	s.Close()
	// Its port may be another's by now, so the listener is asked, not the address.
	for _, l := range []net.Listener{s.listener, s.ops.listener} {
		if conn, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("%s: accepted %v, %v, want a closed listener", l.Addr(), conn, err)
		}
	}
}

var errDisk = errors.New(`boltstore: update visitor "anna@example.org": disk on fire`)
