package edge

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
)

// The tag port answers strangers, keeps long requests out, and finishes what is under
// way when the server drains.
func TestTagPort(t *testing.T) {
	cfg := testConfig()
	cfg.TagListen = "127.0.0.1:0"
	entered, leave := make(chan struct{}), make(chan struct{})
	s, err := New(Options{Config: cfg})
	if err != nil {
		t.Fatal(err)
	}
	s.HandleTags(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			close(entered)
			<-leave
		}
		_, _ = io.WriteString(w, "here")
	}))
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	<-s.Started()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	get := func(path string, header string) (int, string) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+s.TagAddr()+path, nil)
		if err != nil {
			t.Error(err)
			return 0, ""
		}
		req.Header.Set("X-Long", header)
		resp, err := client.Do(req)
		if err != nil {
			return 0, ""
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		return resp.StatusCode, string(body)
	}
	if code, body := get("/", ""); code != 200 || body != "here" {
		t.Errorf("got %d %q", code, body)
	}
	if code, _ := get("/", strings.Repeat("x", 64<<10)); code != 431 {
		t.Errorf("64 KiB of headers: got %d, want 431", code)
	}
	answered := make(chan int, 1)
	go func() {
		code, _ := get("/slow", "")
		answered <- code
	}()
	<-entered
	stop()
	<-s.Draining()
	close(leave)
	if code := <-answered; code != 200 {
		t.Errorf("a request under way at the drain got %d", code)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	if code, _ := get("/", ""); code != 0 {
		t.Errorf("answers after the drain: %d", code)
	}
}
