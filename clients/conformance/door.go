package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"math"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc/codes"
)

// doorBack forwards JSON over HTTP.
type doorBack struct {
	gate   *gate
	script *script
	client http.Client

	mu     sync.Mutex
	server string // address
}

func (b *doorBack) turnTo(s *server) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.server = s.door
	return nil
}

func (b *doorBack) close() { b.client.CloseIdleConnections() }

func (b *doorBack) open(over *tls.Config) listening {
	return &httpServer{Server: http.Server{
		Handler: b, ReadHeaderTimeout: patience,
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError), // faults are what it is for
	}, over: over}
}

// httpServer is an HTTP server with the manners of a gRPC one.
type httpServer struct {
	http.Server
	over *tls.Config // nil: plain text
}

// Serve implements listening.
func (s *httpServer) Serve(l net.Listener) error {
	if s.over != nil {
		l = tls.NewListener(l, s.over)
	}
	return s.Server.Serve(l)
}

// Stop implements listening.
func (s *httpServer) Stop() { _ = s.Close() } // its connections are broken already

// GracefulStop implements listening.
func (s *httpServer) GracefulStop() { _ = s.Shutdown(context.Background()) } // Stop ends it at the latest

// methodOf is what the door calls for a path.
func methodOf(path string) string {
	switch {
	case strings.HasSuffix(path, ":decide"):
		return "Decide"
	case strings.HasSuffix(path, "/events:batch"):
		return "TrackEvents"
	case strings.HasSuffix(path, "/events"):
		return "TrackEvent"
	}
	return path
}

// ServeHTTP takes one call of a client.
func (b *doorBack) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d := &doorCall{back: b, writer: w, request: r}
	var err error
	if d.body, err = io.ReadAll(r.Body); err != nil {
		panic(http.ErrAbortHandler) // the client went away
	}
	c := &call{method: methodOf(r.URL.Path), conn: b.gate.conn(r.RemoteAddr), front: d}
	if c.method == "TrackEvents" {
		var told struct {
			Events []struct{ ID string }
		}
		if json.Unmarshal(d.body, &told) == nil { // else the server says what is wrong
			for _, e := range told.Events {
				c.events = append(c.events, e.ID)
			}
		}
	}
	if c.conn == nil || b.script.handle(r.Context(), c) != nil {
		panic(http.ErrAbortHandler) // the connection is broken
	}
}

// doorCall is a call that came over HTTP.
type doorCall struct {
	back    *doorBack
	writer  http.ResponseWriter
	request *http.Request
	body    []byte

	status int // of the answer
	header http.Header
	text   []byte
	err    error
}

func (d *doorCall) forward(ctx context.Context) {
	d.back.mu.Lock()
	server := d.back.server
	d.back.mu.Unlock()
	url := "http://" + server + d.request.URL.RequestURI()
	request, err := http.NewRequestWithContext(ctx, d.request.Method, url, bytes.NewReader(d.body))
	if err != nil {
		d.err = err
		return
	}
	request.Header = d.request.Header.Clone()
	answer, err := d.back.client.Do(request)
	if err != nil {
		d.err = err
		return
	}
	d.status, d.header = answer.StatusCode, answer.Header
	d.text, err = io.ReadAll(answer.Body)
	d.err = errors.Join(err, answer.Body.Close())
}

func (d *doorCall) reply() error {
	if d.err != nil {
		return d.err
	}
	header := d.writer.Header()
	for name, values := range d.header {
		header[name] = values
	}
	d.writer.WriteHeader(d.status)
	_, err := d.writer.Write(d.text)
	return err
}

// httpStatus is the door's for a gRPC one.
var httpStatus = map[codes.Code]int{
	codes.InvalidArgument: http.StatusBadRequest, codes.FailedPrecondition: http.StatusBadRequest,
	codes.OutOfRange: http.StatusBadRequest, codes.Unauthenticated: http.StatusUnauthorized,
	codes.PermissionDenied: http.StatusForbidden, codes.NotFound: http.StatusNotFound,
	codes.AlreadyExists: http.StatusConflict, codes.ResourceExhausted: http.StatusTooManyRequests,
	codes.Unimplemented: http.StatusNotImplemented, codes.Unavailable: http.StatusServiceUnavailable,
}

// refuse answers with problem details, as the door does.
func (d *doorCall) refuse(code codes.Code, advice time.Duration) error {
	number, ok := httpStatus[code]
	if !ok {
		number = http.StatusInternalServerError
	}
	name := nameOf(code)
	problem := map[string]any{
		"type": "urn:vitrine:error:" + name, "title": name, "status": number, "code": name,
		"detail": "injected by the conformance suite",
	}
	header := d.writer.Header()
	header.Set("Content-Type", "application/problem+json")
	if advice > 0 {
		problem["retryDelay"] = strconv.FormatFloat(advice.Seconds(), 'f', 3, 64) + "s"
		header.Set("Retry-After", strconv.Itoa(int(math.Ceil(advice.Seconds()))))
	}
	d.writer.WriteHeader(number)
	return json.NewEncoder(d.writer).Encode(problem)
}
