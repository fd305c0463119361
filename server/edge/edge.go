// Package edge is the server's shell: it listens, guards and measures every
// call, tells whether the server is ready, and drains it without losing
// anything. The services inside know nothing of it.
package edge

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	oteltrace "go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/reflection"

	"github.com/vitrine-io/vitrine/server/auth"
	"github.com/vitrine-io/vitrine/server/config"
)

// Options are what a Server is made of.
type Options struct {
	Config   *config.Config
	Log      *slog.Logger         // nothing is logged when nil
	Registry *prometheus.Registry // metrics are registered here and served; one of its own when nil
	GRPC     []grpc.ServerOption  // further options, such as a codec
	Tracer   oteltrace.Tracer     // of calls; nil: they are not traced
}

// Server listens for gRPC, and for HTTP at the door, the ops port and the tag port. Make one with New, register the
// services with Registrar, and Run it once.
type Server struct {
	cfg     *config.Config
	log     *slog.Logger
	grpc    *grpc.Server
	health  *health.Server
	ops     *ops         // nil when off
	tags    *tags        // nil when off
	door    *httpDoor    // nil when off
	cert    *certificate // nil without TLS
	metrics *metrics
	gate    *gate
	tracer  oteltrace.Tracer
	keys    *auth.Keyring // nil: nobody is let in yet
	allowed auth.Methods
	sleep   func(context.Context, time.Duration) error

	listener    net.Listener
	connections atomic.Int64
	started     chan struct{}
	draining    chan struct{}
	grace       time.Duration   // of endless streams
	endless     context.Context // ends them
	end         context.CancelFunc
	close       sync.Once
	notReady    atomic.Pointer[string] // why; nil when ready
	unwritable  atomic.Bool
	methods     map[string]bool // full names of what is registered, fixed before serving
}

// New builds a server that is not listening yet. It fails when the certificate
// can't be read.
func New(o Options) (*Server, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Registry == nil {
		o.Registry = prometheus.NewRegistry()
	}
	s := &Server{
		cfg: o.Config, log: o.Log, tracer: o.Tracer,
		health:  health.NewServer(),
		metrics: newMetrics(o.Registry), gate: newGate(o.Config.Limits, o.Registry),
		started: make(chan struct{}), draining: make(chan struct{}),
		grace:   endlessGrace,
		methods: make(map[string]bool), allowed: auth.NewMethods(), sleep: sleep,
	}
	s.endless, s.end = context.WithCancel(context.Background())
	var err error
	if t := o.Config.TLS; t.Enabled() {
		if s.cert, err = newCertificate(t, s.log); err != nil {
			return nil, err
		}
	}
	options := s.options()
	s.grpc = grpc.NewServer(append(options, o.GRPC...)...)
	healthpb.RegisterHealthServer(s.grpc, s.health)
	reflection.Register(s.grpc) // v1 and v1alpha
	if o.Config.OpsListen != "" {
		s.ops = newOps(s, o.Registry)
	}
	if o.Config.TagListen != "" {
		s.tags = newTags(s.log)
	}
	if o.Config.Door.Listen != "" {
		if s.door, err = newHTTPDoor(s, o.Registry); err != nil {
			s.grpc.Stop()
			return nil, err
		}
	}
	s.SetReady(false, "starting")
	return s, nil
}

// Registrar is where services are registered, before Run.
func (s *Server) Registrar() grpc.ServiceRegistrar { return s.grpc }

// SetReady tells load balancers, through the health service and /readyz,
// whether to send calls; reason says why not. Draining overrides it.
func (s *Server) SetReady(ready bool, reason string) {
	status := healthpb.HealthCheckResponse_SERVING
	s.notReady.Store(nil)
	if !ready {
		status = healthpb.HealthCheckResponse_NOT_SERVING
		s.notReady.Store(&reason)
	}
	s.health.SetServingStatus("", status)
	for service := range s.grpc.GetServiceInfo() {
		s.health.SetServingStatus(service, status)
	}
	if ready && s.unwritable.Load() {
		s.health.SetServingStatus(eventService, healthpb.HealthCheckResponse_NOT_SERVING)
	}
}

// eventService is the one that takes nothing but writes.
const eventService = "vitrine.v1.EventService"

// SetWritable tells who asks for the health of EventService whether data is written at
// present. The server stays ready: decisions are answered all the same.
func (s *Server) SetWritable(writable bool) {
	s.unwritable.Store(!writable)
	if s.readiness() != "" {
		return
	}
	status := healthpb.HealthCheckResponse_SERVING
	if !writable {
		status = healthpb.HealthCheckResponse_NOT_SERVING
	}
	s.health.SetServingStatus(eventService, status)
}

// readiness returns why the server is not ready, or "".
func (s *Server) readiness() string {
	select {
	case <-s.draining:
		return "draining"
	default:
	}
	if reason := s.notReady.Load(); reason != nil {
		return *reason
	}
	return ""
}

// Listen takes the ports and answers on the ops port, so that a busy port is
// found out, and a long start can be watched, before Run. Callers of the API
// wait until Run. If Run is never called, call Close; a Listen that fails has
// done so.
func (s *Server) Listen() (err error) {
	defer func() {
		if err != nil {
			s.Close()
		}
	}()
	if s.listener, err = listen("listen", s.cfg.Listen); err != nil {
		return err
	}
	s.listener = s.bounded(s.listener)
	if s.door != nil {
		if err := s.door.listen(s); err != nil {
			return err
		}
	}
	if s.tags != nil {
		if err := s.tags.listen(s.cfg.TagListen, s.cert); err != nil {
			return err
		}
	}
	if s.ops == nil {
		return nil
	}
	return s.ops.listen(s.cfg.OpsListen)
}

// listen takes a port. The error is that of the system, with what to do.
func listen(key, address string) (net.Listener, error) {
	listener, err := net.Listen("tcp", address)
	switch {
	case err == nil:
		return listener, nil
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%s: %w: stop what listens there or set another %q", key, err, key)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("%s: %w: set a port above 1023 as %q, or give the process the right to it", key, err, key)
	}
	return nil, fmt.Errorf("%s: %w: set another %q", key, err, key)
}

// Started is closed once calls are taken; from then on Addr tells where.
func (s *Server) Started() <-chan struct{} { return s.started }

// Draining is closed when the server begins to drain. Handlers of streams that
// clients keep open should then acknowledge what they have taken and return;
// they are ended a second later.
func (s *Server) Draining() <-chan struct{} { return s.draining }

// Addr is the address of the API. Call it after Listen or Started.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// OpsAddr is the address of the ops port, or "" when it is off. Call it after
// Listen or Started.
func (s *Server) OpsAddr() string {
	if s.ops == nil {
		return ""
	}
	return s.ops.listener.Addr().String()
}

// Run takes calls until ctx ends, then drains: load balancers are told, no new
// call is taken, calls in flight get limits.drain_timeout to finish and are cut
// off after that. It returns once no handler runs any more: nil after a drain,
// an error if it could not listen or serve.
func (s *Server) Run(ctx context.Context) error {
	if s.listener == nil {
		if err := s.Listen(); err != nil {
			return err
		}
	}
	for service, info := range s.grpc.GetServiceInfo() {
		for _, method := range info.Methods {
			s.methods["/"+service+"/"+method.Name] = true
			s.gate.know("/" + service + "/" + method.Name)
		}
	}
	s.metrics.rpc.InitializeMetrics(s.grpc)

	if s.door != nil {
		if err := s.door.open(s); err != nil {
			s.Close()
			return err
		}
	}
	failed := make(chan error, 1)
	go func() { failed <- s.grpc.Serve(s.listener) }()
	if s.tags != nil {
		go s.tags.serve()
	}
	close(s.started)
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	case err = <-s.opsFailed():
	case err = <-s.tagsFailed():
	case err = <-s.doorFailed():
	}
	s.drain()
	if err == nil {
		err = <-failed // nil after GracefulStop and Stop
	}
	if errors.Is(err, grpc.ErrServerStopped) {
		err = nil
	}
	return err
}

// opsFailed tells when the ops port fails; never if there is none.
func (s *Server) opsFailed() <-chan error {
	if s.ops == nil {
		return nil
	}
	return s.ops.failed
}

// tagsFailed tells when the tag port fails; never if there is none.
func (s *Server) tagsFailed() <-chan error {
	if s.tags == nil {
		return nil
	}
	return s.tags.failed
}

// drain ends everything that Run began. The ops port stays up until the end, so
// that the drain can be watched.
func (s *Server) drain() {
	begun := time.Now()
	s.log.Info("draining", "timeout", s.cfg.Limits.DrainTimeout)
	s.health.Shutdown()
	close(s.draining)
	defer time.AfterFunc(s.grace, s.end).Stop()
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		var all sync.WaitGroup
		defer all.Wait()
		all.Go(s.grpc.GracefulStop)
		if s.tags != nil {
			all.Go(func() { s.tags.drain(s.cfg.Limits.DrainTimeout) })
		}
		if s.door != nil {
			all.Go(func() { s.door.drain(s.cfg.Limits.DrainTimeout) })
		}
	}()
	timeout := time.NewTimer(s.cfg.Limits.DrainTimeout)
	defer timeout.Stop()
	select {
	case <-stopped:
	case <-timeout.C:
		s.log.Warn("calls in flight were cut off; acknowledged events are safe, callers retry the others", "after", s.cfg.Limits.DrainTimeout)
		s.grpc.Stop()
		<-stopped
	}
	s.Close()
	s.log.Info("drained", "took", time.Since(begun).Round(time.Millisecond))
}

// Close gives the ports back at once, cutting off calls in flight. Run does so
// by itself. It may be called more than once.
func (s *Server) Close() {
	s.close.Do(func() {
		s.end()
		s.grpc.Stop()
		if s.listener != nil {
			_ = s.listener.Close() // Serve has closed it before, or nothing used it
		}
		if s.tags != nil {
			s.tags.close()
		}
		if s.door != nil {
			s.door.close()
		}
		if s.ops != nil {
			s.ops.close()
		}
	})
}
