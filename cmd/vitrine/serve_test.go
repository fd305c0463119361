package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/status"

	"github.com/vitrine-io/vitrine/server/config"
	"github.com/vitrine-io/vitrine/store"
	"github.com/vitrine-io/vitrine/store/boltstore"
)

// call runs the program with args and returns what it did.
func call(t *testing.T, environ []string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errors bytes.Buffer
	code = run(t.Context(), args, environ, strings.NewReader(""), &out, &errors)
	return code, out.String(), errors.String()
}

// lines is a writer that hands on each line.
type lines struct {
	rest []byte
	to   chan string
}

func (l *lines) Write(p []byte) (int, error) {
	l.rest = append(l.rest, p...)
	for {
		line, rest, found := bytes.Cut(l.rest, []byte("\n"))
		if !found {
			return len(p), nil
		}
		l.to <- string(line)
		l.rest = rest
	}
}

// serving is `vitrine serve` under way.
type serving struct {
	addr, ops string
	before    string // what it logged until it took calls
	stop      context.CancelFunc
	log       chan string // all lines; closed at the end
	code      chan int
}

// serve runs `vitrine serve` on free ports until it takes calls.
func serve(t *testing.T, dir string, args ...string) *serving {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	s := &serving{stop: stop, log: make(chan string, 1000), code: make(chan int, 1)}
	args = append([]string{"serve", "--data-dir", dir, "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0", "--auth", "none"}, args...)
	go func() {
		code := run(ctx, args, nil, strings.NewReader(""), &bytes.Buffer{}, &lines{to: s.log})
		close(s.log)
		s.code <- code
	}()
	at := regexp.MustCompile(`msg=serving address=(\S+) ops=(\S+)`)
	var seen []string
	for line := range s.log {
		seen = append(seen, line)
		if found := at.FindStringSubmatch(line); found != nil {
			s.addr, s.ops, s.before = found[1], found[2], strings.Join(seen, "\n")
			return s
		}
	}
	t.Fatalf("it ended with %d:\n%s", <-s.code, strings.Join(seen, "\n"))
	return nil
}

// end drains the server and checks that it ended well and left sound data.
func (s *serving) end(t *testing.T, dir string) {
	t.Helper()
	s.stop()
	var seen []string
	for line := range s.log {
		seen = append(seen, line)
	}
	if code := <-s.code; code != exitOK {
		t.Errorf("it ended with %d:\n%s", code, strings.Join(seen, "\n"))
	}
	data, err := boltstore.Open(dir, boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer data.Close()
	if err := data.Check(context.Background()); err != nil {
		t.Errorf("the data it left: %v", err)
	}
}

func TestServeTakesCallsUntilItIsStopped(t *testing.T) {
	defer goleak.VerifyNone(t)
	dir := filepath.Join(t.TempDir(), "new", "data")
	s := serve(t, dir)
	conn, err := grpc.NewClient("passthrough:///"+s.addr, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, service := range []string{"", "vitrine.v1.DecisionService", "vitrine.v1.EventService", "vitrine.v1.CatalogService", "vitrine.v1.SiteService"} {
		response, err := healthpb.NewHealthClient(conn).Check(t.Context(), &healthpb.HealthCheckRequest{Service: service})
		if err != nil || response.GetStatus() != healthpb.HealthCheckResponse_SERVING {
			t.Errorf("%q: %v, %v, want SERVING", service, response, err)
		}
	}
	// The services' own codec is in place: it names the field that is no text.
	err = conn.Invoke(t.Context(), "/vitrine.v1.SiteService/GetSite", "\x0a\x01\xff", new(string), grpc.ForceCodecV2(bytesCodec{}))
	if status.Code(err) != codes.InvalidArgument || !strings.Contains(err.Error(), "name: is not UTF-8") {
		t.Errorf("a name that is not UTF-8: %v, want INVALID_ARGUMENT with the field", err)
	}
	if code, _, stderr := call(t, nil, "sites", "create", "shop", "--target", s.addr); code != exitOK {
		t.Fatalf("sites create: %s", stderr)
	}
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+s.ops+"/readyz", nil)
	if err != nil {
		t.Fatal(err)
	}
	ready, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	ready.Body.Close()
	if ready.StatusCode != http.StatusOK {
		t.Errorf("/readyz: %v", ready.Status)
	}
	s.end(t, dir)

	// What was written is there the next time.
	s = serve(t, dir)
	if code, stdout, stderr := call(t, nil, "sites", "--target", s.addr); code != exitOK || !strings.Contains(stdout, "shop") {
		t.Errorf("after a restart: %d %s%s", code, stdout, stderr)
	}
	s.end(t, dir)
}

func TestServeOnAFolderInUse(t *testing.T) {
	dir := t.TempDir()
	s := serve(t, dir)
	defer s.end(t, dir)
	wantFailure(t, "another process has "+dir+" open: stop it or choose another --data-dir", dir)
}

func TestServeOnABusyPort(t *testing.T) {
	dir := t.TempDir()
	s := serve(t, dir)
	defer s.end(t, dir)
	code, _, stderr := call(t, nil, "serve", "--data-dir", t.TempDir(), "--listen", s.addr, "--ops-listen", "")
	if code != exitFailure || !strings.Contains(stderr, `stop what listens there or set another "listen"`) {
		t.Errorf("%d %q, want what to do", code, stderr)
	}
}

func TestServeOnDamagedData(t *testing.T) {
	for _, name := range []string{"journal.db", "state.db"} {
		dir := t.TempDir()
		serve(t, dir).end(t, dir)
		file := filepath.Join(dir, name)
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(file, info.Size()/3); err != nil {
			t.Fatal(err)
		}
		wantFailure(t, dir+" is damaged: put a backup in its place, or move it away to begin anew", dir)
	}
}

func TestServeOnAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "data")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	wantFailure(t, "data folder "+file, file)
}

// bytesCodec sends a string as the bytes of a message.
type bytesCodec struct{}

func (bytesCodec) Marshal(v any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(v.(string))}, nil
}
func (bytesCodec) Unmarshal(mem.BufferSlice, any) error { return nil }
func (bytesCodec) Name() string                         { return "proto" }

// wantFailure expects `vitrine serve` on the folder to end with one line and
// exit code 1.
func wantFailure(t *testing.T, want, dir string) {
	t.Helper()
	code, _, stderr := call(t, nil, "serve", "--data-dir", dir, "--listen", "127.0.0.1:0", "--ops-listen", "")
	if code != exitFailure || !strings.Contains(stderr, want) || strings.Count(stderr, "\n") != 1 {
		t.Errorf("exit code %d, %q, want 1 and the line %q", code, stderr, want)
	}
}

func TestDataErrorsSayWhatToDo(t *testing.T) {
	for _, test := range []struct {
		err  error
		want string
	}{
		{store.ErrLocked, "another process has data open: stop it or choose another --data-dir"},
		{store.ErrNewerFormat, "data was written by a newer version of Vitrine: run that one or choose another --data-dir"},
		{store.ErrCorrupt, "data is damaged: put a backup in its place, or move it away to begin anew"},
		{store.ErrFull, "no room on the disk of data: make some or choose another --data-dir"},
		{fs.ErrPermission, "not allowed to use data: give this user the right to read and write it or choose another --data-dir"},
		{errors.New("odd"), "data folder data: open: odd"},
	} {
		err := explainData("data", fmt.Errorf("open: %w", test.err))
		if !errors.Is(err, test.err) || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%v: %q, want %q", test.err, err, test.want)
		}
	}
}

func TestWrongCommandLines(t *testing.T) {
	for _, test := range []struct {
		args []string
		want []string
	}{
		{[]string{"serv"}, []string{`unknown command "serv"`, "see: vitrine --help"}},
		{[]string{"serve", "--listn", "x"}, []string{"--listn", "see: vitrine serve --help"}},
		{[]string{"serve", "now"}, []string{"see: vitrine serve --help"}},
		{[]string{"serve", "--listen", "x", "--log-level", "loud"}, []string{"2 problems", "flag --listen", "flag --log-level"}},
		{[]string{"config", "--config", "nowhere.yaml"}, []string{"there is no file nowhere.yaml"}},
	} {
		code, stdout, stderr := call(t, nil, test.args...)
		if code != exitUsage || stdout != "" {
			t.Errorf("%q: exit code %d and %q, want 2 and nothing", test.args, code, stdout)
		}
		for _, part := range test.want {
			if !strings.Contains(stderr, part) {
				t.Errorf("%q: %q does not say %q", test.args, stderr, part)
			}
		}
	}
}

func TestConfigPrintsWhatHolds(t *testing.T) {
	environ := []string{"VITRINE_LISTEN=:9000", "PATH=/bin"}
	code, text, stderr := call(t, environ, "config", "--log-format=json")
	if code != exitOK || !strings.Contains(text, "From: environment VITRINE_LISTEN.\nlisten: \":9000\"\n") || !strings.Contains(text, "From: flag --log-format.\n  format: \"json\"\n") {
		t.Fatalf("%d %s%s", code, text, stderr)
	}
	file := filepath.Join(t.TempDir(), "vitrine.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	code, encoded, stderr := call(t, []string{"VITRINE_CONFIG=" + file}, "config", "--json")
	if code != exitOK {
		t.Fatal(stderr)
	}
	var parsed struct {
		Settings []struct {
			Key, Origin string
			Value       any
		}
	}
	if err := json.Unmarshal([]byte(encoded), &parsed); err != nil {
		t.Fatal(err)
	}
	for _, s := range parsed.Settings {
		if s.Key == "listen" && (s.Value != ":9000" || s.Origin != "file "+file) {
			t.Errorf("%+v, want :9000 from the file", s)
		}
	}
}

func TestVersion(t *testing.T) {
	if code, text, stderr := call(t, nil, "version"); code != exitOK || !strings.HasPrefix(text, "vitrine ") {
		t.Errorf("%d %s%s", code, text, stderr)
	}
	_, encoded, _ := call(t, nil, "version", "--json")
	var v version
	if err := json.Unmarshal([]byte(encoded), &v); err != nil || v.Go == "" || v.Platform == "" {
		t.Errorf("%s: %v", encoded, err)
	}
}

func TestCompletion(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if code, text, stderr := call(t, nil, "completion", shell); code != exitOK || !strings.Contains(text, "vitrine") {
			t.Errorf("%s: %d %s", shell, code, stderr)
		}
	}
}

func TestEveryCommandIsExplained(t *testing.T) {
	eachCommand(newRootCommand(&app{}), func(cmd *cobra.Command) {
		if cmd.Short == "" || cmd.Example == "" {
			t.Errorf("%q has no example or no short text", cmd.CommandPath())
		}
		if strings.HasSuffix(cmd.Short, ".") {
			t.Errorf("%q: the short text ends with a full stop", cmd.CommandPath())
		}
	})
	code, text, _ := call(t, nil, "serve", "--help")
	if code != exitOK || !strings.Contains(text, "--limits-drain-timeout duration") {
		t.Errorf("serve --help: %d\n%s", code, text)
	}
}

func TestLogger(t *testing.T) {
	var text bytes.Buffer
	logger := newLogger(config.Log{Level: "warn", Format: "json"}, &text)
	logger.Info("not this")
	logger.Warn("this")
	if got := text.String(); !strings.Contains(got, `"msg":"this"`) || strings.Contains(got, "not this") {
		t.Errorf("logged %s", got)
	}
}
