package edge

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// tags is the HTTP port for visitors' browsers: impressions and clicks.
type tags struct {
	server   *http.Server
	listener net.Listener
	failed   chan error
}

// newTags makes the port. Whoever may reach it is a stranger: a request is a path and
// a few headers, and is answered within seconds or not at all.
func newTags(log *slog.Logger) *tags {
	return &tags{
		failed: make(chan error, 1),
		server: &http.Server{
			ReadHeaderTimeout: 5 * time.Second,
			ReadTimeout:       5 * time.Second,
			WriteTimeout:      10 * time.Second,
			IdleTimeout:       time.Minute,
			MaxHeaderBytes:    16 << 10,
			ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug), // strangers' mistakes
		},
	}
}

// HandleTags sets what answers on the tag port. Call it before Run.
func (s *Server) HandleTags(h http.Handler) {
	if s.tags != nil {
		s.tags.server.Handler = http.MaxBytesHandler(h, 0)
	}
}

// TagAddr is the address of the tag port, or "" when it is off. Call it after Listen
// or Started.
func (s *Server) TagAddr() string {
	if s.tags == nil {
		return ""
	}
	return s.tags.listener.Addr().String()
}

func (t *tags) listen(address string, cert *certificate) error {
	listener, err := listen("tag_listen", address)
	if err != nil {
		return err
	}
	if cert != nil {
		listener = tls.NewListener(listener, &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: cert.get})
	}
	t.listener = listener
	return nil
}

// serve answers until drain or close.
func (t *tags) serve() {
	if err := t.server.Serve(t.listener); !errors.Is(err, http.ErrServerClosed) {
		t.failed <- fmt.Errorf("tag_listen: %w", err)
	}
}

// drain takes no new request and lets those under way finish, for so long at most.
func (t *tags) drain(timeout time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	if err := t.server.Shutdown(ctx); err != nil {
		_ = t.server.Close() // what was counted is stored; the others were not answered
	}
}

// close gives the port back at once.
func (t *tags) close() {
	_ = t.server.Close()
	if t.listener != nil {
		_ = t.listener.Close() // Serve has closed it before, or nothing used it
	}
}
