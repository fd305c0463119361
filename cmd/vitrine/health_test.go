package main

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// Of a real server it is asked by TestKubernetesProbes, too.
func TestHealth(t *testing.T) {
	answers := map[string]int{"/readyz": http.StatusOK, "/healthz": http.StatusOK}
	ops := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(answers[r.URL.Path])
		_, _ = io.WriteString(w, map[int]string{http.StatusOK: "ready\n", http.StatusServiceUnavailable: "draining\n"}[answers[r.URL.Path]])
	}))
	defer ops.Close()
	address := ops.Listener.Addr().String()

	if code, out, stderr := call(t, nil, "health", "--ops-listen", address); code != exitOK || out != "ready\n" {
		t.Errorf("of a server that is ready: %d %q %s", code, out, stderr)
	}
	answers["/readyz"] = http.StatusServiceUnavailable
	if code, _, stderr := call(t, nil, "health", "--ops-listen", address); code != exitFailure || stderr != "vitrine: not ready: draining\n" {
		t.Errorf("of one that drains: %d %q", code, stderr)
	}
	// Where the server listens everywhere, it is asked on this machine; the port is found
	// in the environment as the server's own.
	_, port, _ := net.SplitHostPort(address)
	if code, _, stderr := call(t, []string{"VITRINE_OPS_LISTEN=:" + port}, "health", "--live"); code != exitOK {
		t.Errorf("whether it lives: %d %s", code, stderr)
	}
	ops.Close()
	if code, _, stderr := call(t, nil, "health", "--ops-listen", address); code != exitFailure || !strings.Contains(stderr, "no server answers") {
		t.Errorf("of no server: %d %q", code, stderr)
	}
	if code, _, stderr := call(t, nil, "health", "--ops-listen", ""); code != exitUsage || !strings.Contains(stderr, "ops_listen is empty") {
		t.Errorf("without the port: %d %q", code, stderr)
	}
}
