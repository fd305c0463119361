package edge

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/tap"
	"google.golang.org/grpc/test/bufconn"

	"github.com/vitrine-io/vitrine/server/config"
	"github.com/vitrine-io/vitrine/server/door"
)

// httpDoor is the HTTP port of the API. Its calls go to the gRPC server over connections
// within the process, and so meet all that stands before a call: keys, the gate, rates,
// deadlines, metrics, traces.
type httpDoor struct {
	server   *http.Server
	listener net.Listener
	inside   *bufconn.Listener
	conns    spread
	registry prometheus.Registerer
	failed   chan error
}

// insideBuffer is what a connection within the process holds before its writer waits:
// one HTTP/2 window.
const insideBuffer = 64 << 10

func newHTTPDoor(s *Server, r prometheus.Registerer) (*httpDoor, error) {
	protocols := &http.Protocols{}
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(true)
	protocols.SetUnencryptedHTTP2(s.cert == nil)
	h := &httpDoor{
		inside: bufconn.Listen(insideBuffer), registry: r, failed: make(chan error, 1),
		server: &http.Server{
			Protocols:         protocols,
			ReadHeaderTimeout: 5 * time.Second,
			IdleTimeout:       2 * time.Minute,
			MaxHeaderBytes:    16 << 10,
			HTTP2:             &http.HTTP2Config{MaxConcurrentStreams: s.cfg.Limits.MaxConcurrentStreams},
			ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug), // has addresses of callers
		},
	}
	// One connection has one goroutine that writes; with one for each processor none of
	// them waits for another.
	for range max(2, runtime.GOMAXPROCS(0)) {
		conn, err := grpc.NewClient("passthrough:///inside",
			grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return h.inside.DialContext(ctx) }),
			grpc.WithTransportCredentials(insecure.NewCredentials()),
			grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(math.MaxInt32), grpc.MaxCallSendMsgSize(math.MaxInt32)),
			grpc.WithDisableRetry(), grpc.WithDisableServiceConfig())
		if err != nil {
			h.close()
			return nil, err
		}
		h.conns.all = append(h.conns.all, conn)
	}
	return h, nil
}

// listen takes the port.
func (h *httpDoor) listen(s *Server) error {
	listener, err := listen("door.listen", s.cfg.Door.Listen)
	if err != nil {
		return err
	}
	h.listener = s.bounded(listener)
	if s.cert != nil {
		h.listener = tls.NewListener(h.listener, &tls.Config{
			MinVersion: tls.VersionTLS12, NextProtos: httpProtocols(),
			GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
				loaded, err := s.cert.config(hello)
				if err != nil {
					return nil, err
				}
				ours := loaded.Clone() // as gRPC's, but for the protocols
				ours.NextProtos = httpProtocols()
				return ours, nil
			},
		})
	}
	return nil
}

func httpProtocols() []string { return []string{"h2", "http/1.1"} }

// open answers, once it is known what is served.
func (h *httpDoor) open(s *Server) error {
	var services []string
	for name := range s.grpc.GetServiceInfo() {
		if strings.HasPrefix("/"+name, ourMethods) {
			services = append(services, name)
		}
	}
	slices.Sort(services)
	handler, err := door.New(door.Options{
		Conn: &h.conns, Services: services, Admit: s.knock,
		AllowedOrigins: s.cfg.Door.AllowedOrigins, OnlyLocal: s.cfg.Auth == config.AuthNone,
		MaxMessageBytes: s.cfg.Limits.MaxMessageBytes,
		ReadTimeout:     s.cfg.Limits.MaxDeadline, IdleTimeout: s.cfg.Limits.Keepalive.MaxIdle,
		Log: s.log, Registry: h.registry,
	})
	if err != nil {
		return fmt.Errorf("door: %w", err)
	}
	h.server.Handler = handler
	go func() { _ = s.grpc.Serve(h.inside) }() // until the gRPC server ends
	go func() {
		if err := h.server.Serve(h.listener); !errors.Is(err, http.ErrServerClosed) {
			h.failed <- fmt.Errorf("door.listen: %w", err)
		}
	}()
	return nil
}

// knock tells what becomes of a call by its header, before the door has read its body.
func (s *Server) knock(ctx context.Context, method string, header metadata.MD) error {
	if _, err := s.admit(ctx, &tap.Info{FullMethodName: method, Header: header}); err != nil {
		return err
	}
	return s.gate.full(method)
}

// DoorAddr is the address of the HTTP side of the API, or "" when it is off. Call it
// after Listen or Started.
func (s *Server) DoorAddr() string {
	if s.door == nil {
		return ""
	}
	return s.door.listener.Addr().String()
}

// doorFailed tells when the door fails; never if there is none.
func (s *Server) doorFailed() <-chan error {
	if s.door == nil {
		return nil
	}
	return s.door.failed
}

// drain takes no new request and lets those under way finish, for so long at most.
func (h *httpDoor) drain(timeout time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	if err := h.server.Shutdown(ctx); err != nil {
		_ = h.server.Close() // what was acknowledged is stored; the others were not answered
	}
}

// close gives the port back at once.
func (h *httpDoor) close() {
	_ = h.server.Close()
	if h.listener != nil {
		_ = h.listener.Close() // Serve has closed it before, or nothing used it
	}
	for _, conn := range h.conns.all {
		conn.Close()
	}
	_ = h.inside.Close() // likewise
}

// spread spreads calls over connections.
type spread struct {
	all  []*grpc.ClientConn
	next atomic.Uint32
}

func (s *spread) one() *grpc.ClientConn { return s.all[int(s.next.Add(1))%len(s.all)] }

// Invoke implements grpc.ClientConnInterface.
func (s *spread) Invoke(ctx context.Context, method string, args, reply any, options ...grpc.CallOption) error {
	return s.one().Invoke(ctx, method, args, reply, options...)
}

// NewStream implements grpc.ClientConnInterface.
func (s *spread) NewStream(ctx context.Context, desc *grpc.StreamDesc, method string, options ...grpc.CallOption) (grpc.ClientStream, error) {
	return s.one().NewStream(ctx, desc, method, options...)
}

// insideCredentials want TLS of all connections but those within the process, which the
// door has spoken TLS for.
type insideCredentials struct {
	credentials.TransportCredentials
}

// ServerHandshake implements credentials.TransportCredentials.
func (c insideCredentials) ServerHandshake(conn net.Conn) (net.Conn, credentials.AuthInfo, error) {
	if conn.LocalAddr().Network() == "bufconn" {
		return insecure.NewCredentials().ServerHandshake(conn)
	}
	return c.TransportCredentials.ServerHandshake(conn)
}

// Clone implements credentials.TransportCredentials.
func (c insideCredentials) Clone() credentials.TransportCredentials {
	return insideCredentials{c.TransportCredentials.Clone()}
}
