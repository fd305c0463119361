package edge

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/server/config"
	"github.com/vitrine-io/vitrine/store"
)

func doorConfig() *config.Config {
	cfg := testConfig()
	cfg.Door.Listen = "127.0.0.1:0"
	return cfg
}

// asked is a request to the door.
type asked struct {
	verb, path, body string
	header           map[string]string
}

// problem is what the door answers a request with that it does not do.
type problem struct {
	Type, Title, Detail, Code, RetryDelay string
	Status, Line                          int
	Violations                            []struct{ Field, Description string }
}

// ask asks the door, as JSON unless the request says otherwise.
func (r *running) ask(t *testing.T, a asked) (doorAnswer, string) {
	t.Helper()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	resp, body, err := r.tryAsk(testContext(t), transport, a)
	if err != nil {
		t.Fatal(err)
	}
	return resp, body
}

// doorAnswer is how the door answered.
type doorAnswer struct {
	code   int
	header http.Header
}

func (r *running) tryAsk(ctx context.Context, transport http.RoundTripper, a asked) (doorAnswer, string, error) {
	request, err := http.NewRequestWithContext(ctx, a.verb, "http://"+r.DoorAddr()+a.path, strings.NewReader(a.body))
	if err != nil {
		return doorAnswer{}, "", err
	}
	if a.body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for name, value := range a.header {
		request.Header.Set(name, value)
	}
	if host := a.header["Host"]; host != "" {
		request.Host = host
	}
	response, err := transport.RoundTrip(request)
	if err != nil {
		return doorAnswer{}, "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return doorAnswer{response.StatusCode, response.Header}, string(text), err
}

// problem asks for something that the door does not do, and returns why.
func (r *running) problem(t *testing.T, a asked) (doorAnswer, problem) {
	t.Helper()
	resp, body := r.ask(t, a)
	var p problem
	if err := json.Unmarshal([]byte(body), &p); err != nil {
		t.Fatalf("%s %s: %d %q: %v", a.verb, a.path, resp.code, body, err)
	}
	if resp.header.Get("Content-Type") != "application/problem+json" || p.Status != resp.code || p.Type != "urn:vitrine:error:"+p.Code || p.Title == "" || p.Detail == "" {
		t.Errorf("%s %s: %d %v %s is no whole problem", a.verb, a.path, resp.code, resp.header, body)
	}
	return resp, p
}

var decideOne = asked{verb: "POST", path: "/v1/sites/shop:decide", body: `{"placements": [{"placement": "home"}]}`}

// What a call says of itself besides its message goes along.
func TestDoorPassesOnWhoAsksAndForHowLong(t *testing.T) {
	type call struct {
		header  metadata.MD
		left    time.Duration
		request *pb.DecideRequest
	}
	calls := make(chan call, 1)
	r := start(t, doorConfig(), &services{decide: func(ctx context.Context, req *pb.DecideRequest) (*pb.DecideResponse, error) {
		header, _ := metadata.FromIncomingContext(ctx)
		at, _ := ctx.Deadline()
		if left := time.Until(at); left > time.Second {
			calls <- call{header, left, req}
			return &pb.DecideResponse{}, nil
		}
		<-ctx.Done()
		return nil, ctx.Err()
	}})
	a := decideOne
	a.header = map[string]string{"Authorization": "Bearer x", "Traceparent": "00-1-2-01", "Grpc-Timeout": "15S", "Cookie": "id=anna"}
	if resp, body := r.ask(t, a); resp.code != 200 {
		t.Errorf("in time: %d %s", resp.code, body)
	}
	got := <-calls
	a.header["Grpc-Timeout"] = "50m"
	if resp, p := r.problem(t, a); resp.code != 504 || p.Code != "DEADLINE_EXCEEDED" {
		t.Errorf("past its deadline: %d %+v", resp.code, p)
	}
	if got.left > 15*time.Second || got.header.Get("authorization")[0] != "Bearer x" || got.header.Get("traceparent")[0] != "00-1-2-01" || len(got.header.Get("cookie")) > 0 {
		t.Errorf("the call had %+v", got)
	}
	if got.request.GetSite() != "sites/shop" || got.request.GetPlacements()[0].GetPlacement() != "home" {
		t.Errorf("the request was %v", got.request)
	}
	a.header = map[string]string{"Grpc-Timeout": "soon"}
	if resp, p := r.problem(t, a); resp.code != 400 || !strings.Contains(p.Detail, "Grpc-Timeout") {
		t.Errorf("a timeout that is none: %d %+v", resp.code, p)
	}
}

// A client that goes away ends its call, and a stream, too.
func TestDoorEndsTheCallOfWhoGoes(t *testing.T) {
	begun, ended := make(chan struct{}), make(chan error, 1)
	r := start(t, doorConfig(), &services{
		decide: func(ctx context.Context, _ *pb.DecideRequest) (*pb.DecideResponse, error) {
			close(begun)
			<-ctx.Done()
			ended <- ctx.Err()
			return nil, ctx.Err()
		},
		stream: func(stream pb.EventService_StreamEventsServer) error {
			_, err := stream.Recv()
			close(begun)
			for err == nil {
				_, err = stream.Recv()
			}
			ended <- err
			return err
		},
	})
	for _, a := range []asked{
		decideOne,
		{verb: "POST", path: "/v1/sites/shop/events:stream", body: `{"id": "e1"}` + "\n", header: map[string]string{"Endless": "yes"}},
	} {
		begun = make(chan struct{})
		ctx, leave := context.WithCancel(testContext(t))
		body, in := io.Pipe()
		go func() {
			fmt.Fprint(in, a.body)
			if a.header == nil {
				in.Close()
			} // else nothing more comes, and no end
		}()
		request, err := http.NewRequestWithContext(ctx, a.verb, "http://"+r.DoorAddr()+a.path, body)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/json")
		transport := &http.Transport{}
		done := make(chan struct{})
		go func() {
			defer close(done)
			if resp, err := transport.RoundTrip(request); err == nil {
				_, _ = io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
		}()
		<-begun
		leave()
		in.CloseWithError(context.Canceled) // the transport waits for its own reading
		<-done
		if err := <-ended; status.Code(status.FromContextError(err).Err()) != codes.Canceled && status.Code(err) != codes.Canceled {
			t.Errorf("%s ended with %v", a.path, err)
		}
		transport.CloseIdleConnections()
	}
}

// What is under way when the server drains is answered, and nothing new is begun.
func TestDoorDrains(t *testing.T) {
	b := newBlocking()
	r := start(t, doorConfig(), &services{decide: b.decide})
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	type result struct {
		code int
		body string
		err  error
	}
	results := make(chan result, 1)
	ctx := testContext(t)
	go func() {
		resp, body, err := r.tryAsk(ctx, transport, decideOne)
		if err != nil {
			results <- result{err: err}
			return
		}
		results <- result{resp.code, body, nil}
	}()
	<-b.begun
	r.stop()
	<-r.Draining()
	close(b.release)
	if got := <-results; got.err != nil || got.code != 200 || !strings.Contains(got.body, "answered") {
		t.Errorf("a call under way at the drain: %+v", got)
	}
	<-r.done
	if _, _, err := r.tryAsk(testContext(t), transport, decideOne); err == nil {
		t.Error("answers after the drain")
	}
}

// A full server refuses before it reads a body, and says when to come again.
func TestDoorRefusesWhatThereIsNoRoomFor(t *testing.T) {
	b := newBlocking()
	cfg := doorConfig()
	cfg.Limits.MaxInFlight = 1
	r := start(t, cfg, &services{decide: b.decide})
	conn := r.dial(t)
	first := decideLater(testContext(t), conn)
	<-b.begun
	a := decideOne
	a.body = "{nothing that is ever read}"
	resp, p := r.problem(t, a)
	if resp.code != http.StatusTooManyRequests || p.Code != "RESOURCE_EXHAUSTED" || resp.header.Get("Retry-After") == "" || !strings.HasSuffix(p.RetryDelay, "s") {
		t.Errorf("got %d, Retry-After %q, %+v", resp.code, resp.header.Get("Retry-After"), p)
	}
	close(b.release)
	if got := <-first; got.err != nil {
		t.Error(got.err)
	}
	if resp, _ := r.ask(t, decideOne); resp.code != 200 {
		t.Errorf("with room again: %d", resp.code)
	}
}

// A stranger is sent away before the body is read; a key in force is let in at its rate.
func TestDoorWantsKeys(t *testing.T) {
	cfg := doorConfig()
	cfg.Auth = config.AuthKeys
	keys := openKeys(t)
	_, secret, err := keys.Create(t.Context(), store.APIKey{ID: "web", Roles: []store.Role{store.RoleDecide}, Rate: 0.001, Burst: 1})
	if err != nil {
		t.Fatal(err)
	}
	r := start(t, cfg, &services{decide: func(context.Context, *pb.DecideRequest) (*pb.DecideResponse, error) {
		return &pb.DecideResponse{}, nil
	}}, func(s *Server) { s.Authenticate(keys) })
	a := decideOne
	a.body = "{nothing that is ever read}"
	if resp, p := r.problem(t, a); resp.code != 401 || p.Code != "UNAUTHENTICATED" || !strings.HasPrefix(resp.header.Get("WWW-Authenticate"), "Bearer") {
		t.Errorf("a stranger: %d %+v", resp.code, p)
	}
	a = decideOne
	a.header = map[string]string{"Authorization": "Bearer " + secret.Reveal()}
	if resp, body := r.ask(t, a); resp.code != 200 {
		t.Errorf("a key: %d %s", resp.code, body)
	}
	if resp, p := r.problem(t, a); resp.code != 429 || resp.header.Get("Retry-After") != "1000" || p.RetryDelay != "1000.000s" {
		t.Errorf("one call too many: %d, Retry-After %q, %+v", resp.code, resp.header.Get("Retry-After"), p)
	}
	a = asked{verb: "POST", path: "/v1/sites?siteId=x", body: "{}", header: a.header}
	if resp, p := r.problem(t, a); resp.code != 403 || p.Code != "PERMISSION_DENIED" {
		t.Errorf("beyond its role: %d %+v", resp.code, p)
	}
	if strings.Contains(r.log.String(), secret.Reveal()) {
		t.Error("the log has the key")
	}
}

// Browsers may call from the origins that are allowed, and from no others.
func TestDoorAndBrowsers(t *testing.T) {
	const console, evil = "https://console.shop.example", "https://evil.example"
	decide := &services{decide: func(context.Context, *pb.DecideRequest) (*pb.DecideResponse, error) {
		return &pb.DecideResponse{Decision: "d"}, nil
	}}
	open := doorConfig()
	open.Door.AllowedOrigins = []string{console}
	r, closed := start(t, open, decide), start(t, doorConfig(), decide)
	preflight := func(r *running, origin string) string {
		resp, _ := r.ask(t, asked{verb: "OPTIONS", path: decideOne.path, header: map[string]string{
			"Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type",
		}})
		return resp.header.Get("Access-Control-Allow-Origin")
	}
	if got := preflight(r, console); got != console {
		t.Errorf("preflight of an allowed origin: %q", got)
	}
	if got := preflight(r, evil); got != "" {
		t.Errorf("preflight of another: %q", got)
	}
	if got := preflight(closed, console); got != "" {
		t.Errorf("preflight where no origin is allowed: %q", got)
	}
	from := func(r *running, origin string) int {
		a := decideOne
		a.header = map[string]string{"Origin": origin, "Sec-Fetch-Site": "cross-site"}
		resp, _ := r.ask(t, a)
		return resp.code
	}
	if a, b, c := from(r, console), from(r, evil), from(closed, console); a != 200 || b != 403 || c != 403 {
		t.Errorf("from an allowed origin %d, from another %d, where none is allowed %d", a, b, c)
	}
	a := decideOne
	a.header = map[string]string{"Host": "evil.example"} // a name of theirs for this machine
	if resp, p := r.problem(t, a); resp.code != 403 || !strings.Contains(p.Detail, "localhost") {
		t.Errorf("by another's name: %d %+v", resp.code, p)
	}
}

// A fault is answered without its internals, and nothing of a caller is logged.
func TestDoorKeepsFaultsToItself(t *testing.T) {
	r := start(t, doorConfig(), &services{decide: func(context.Context, *pb.DecideRequest) (*pb.DecideResponse, error) { return nil, errDisk }})
	if resp, p := r.problem(t, decideOne); resp.code != 500 || strings.Contains(p.Detail, "anna") || strings.Contains(p.Detail, "fire") {
		t.Errorf("%d %+v", resp.code, p)
	}
	if log := r.log.String(); !strings.Contains(log, "disk on fire") || strings.Contains(log, "anna") {
		t.Errorf("the log says %s", log)
	}
}

// Messages beyond the limit, lines too.
func TestDoorBoundsMessages(t *testing.T) {
	cfg := doorConfig()
	cfg.Limits.MaxMessageBytes = 64 << 10
	r := start(t, cfg, &services{stream: func(stream pb.EventService_StreamEventsServer) error {
		for {
			if _, err := stream.Recv(); err != nil {
				return err
			}
		}
	}})
	long := `{"site": "` + strings.Repeat("x", 64<<10) + `"}`
	for _, a := range []asked{
		{verb: "POST", path: decideOne.path, body: long},
		{verb: "POST", path: "/v1/sites/shop/events:stream", body: long},
	} {
		if resp, p := r.problem(t, a); resp.code != 413 || p.Code != "INVALID_ARGUMENT" {
			t.Errorf("%s: %d %+v", a.path, resp.code, p)
		}
	}
}

const decideMethod = pb.DecisionService_Decide_FullMethodName

// The door speaks TLS where gRPC does, and wants callers' certificates where gRPC does;
// what it passes on within the process wants none.
func TestDoorSpeaksTLS(t *testing.T) {
	cfg := doorConfig()
	dir := t.TempDir()
	cfg.TLS.CertFile, cfg.TLS.KeyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	pair(t, cfg.TLS.CertFile, cfg.TLS.KeyFile, "server", time.Now())
	certFile, keyFile := filepath.Join(dir, "caller.pem"), filepath.Join(dir, "caller.key")
	pair(t, certFile, keyFile, "caller", time.Now())
	cfg.TLS.ClientCAFile = certFile // self-signed: its own authority
	caller, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		t.Fatal(err)
	}
	r := start(t, cfg, &services{decide: answers})
	ask := func(http2 bool, certificates ...tls.Certificate) (status, protocol int, err error) {
		transport := &http.Transport{ForceAttemptHTTP2: http2, TLSClientConfig: &tls.Config{InsecureSkipVerify: true, Certificates: certificates}}
		defer transport.CloseIdleConnections()
		request, err := http.NewRequestWithContext(testContext(t), decideOne.verb, "https://"+r.DoorAddr()+decideOne.path, strings.NewReader(decideOne.body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/json")
		resp, err := transport.RoundTrip(request)
		if err != nil {
			return 0, 0, err
		}
		resp.Body.Close()
		return resp.StatusCode, resp.ProtoMajor, nil
	}
	for _, http2 := range []bool{false, true} {
		if _, _, err := ask(http2); err == nil {
			t.Error("let in without a certificate")
		}
		if status, protocol, err := ask(http2, caller); err != nil || status != http.StatusOK || (protocol == 2) != http2 {
			t.Errorf("with one: %d over HTTP/%d, %v", status, protocol, err)
		}
	}
}
