package door

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"net"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/cors"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
)

// Options are what a Door is made of.
type Options struct {
	Conn     grpc.ClientConnInterface // to the gRPC server
	Services []string                 // full names of those with a mapping
	// Admit says whether a call may begin, before its body is read: what the gRPC server
	// says to the call's header.
	Admit           func(ctx context.Context, method string, header metadata.MD) error
	AllowedOrigins  []string      // whose pages may call it; "*" for all
	OnlyLocal       bool          // answers only to the names of this machine: there are no keys
	MaxMessageBytes int           // of one message
	ReadTimeout     time.Duration // for the body of a call that is no stream
	IdleTimeout     time.Duration // for the next line of a stream; 0: none
	Log             *slog.Logger
	Registry        prometheus.Registerer
}

// Door answers HTTP by calling the gRPC server.
type Door struct {
	options Options
	routes  router
	refused *prometheus.CounterVec
	panics  prometheus.Counter
	handler http.Handler // behind what is checked of browsers
}

// New returns the door to the services. It fails if one of their methods has no mapping.
func New(o Options) (*Door, error) {
	routes, err := newRouter(o.Services)
	if err != nil {
		return nil, err
	}
	d := &Door{
		options: o, routes: routes,
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "vitrine_door_refused_total",
			Help: "HTTP requests that did not become a call, by the status they were answered with. Calls are counted where gRPC's are.",
		}, []string{"status"}),
		panics: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "vitrine_door_panics_total", Help: "HTTP requests whose handler panicked; the log has the stacks.",
		}),
	}
	if o.Registry != nil {
		o.Registry.MustRegister(d.refused, d.panics)
	}
	d.handler, err = d.fromBrowsers(http.HandlerFunc(d.dispatch))
	return d, err
}

// fromBrowsers lets pages of allowed origins call, and no others change anything.
func (d *Door) fromBrowsers(next http.Handler) (http.Handler, error) {
	origins := d.options.AllowedOrigins
	if len(origins) == 1 && origins[0] == "*" {
		return d.cors(next), nil
	}
	foreign := http.NewCrossOriginProtection()
	for _, origin := range origins {
		if err := foreign.AddTrustedOrigin(origin); err != nil {
			return nil, err
		}
	}
	foreign.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		d.refuse(w, newProblem(http.StatusForbidden, codes.PermissionDenied, "the page's origin may not call this: see door.allowed_origins"))
	}))
	next = foreign.Handler(next)
	if len(origins) == 0 {
		return next, nil
	}
	return d.cors(next), nil
}

// cors answers preflight requests of allowed origins.
func (d *Door) cors(next http.Handler) http.Handler {
	return cors.New(cors.Options{
		AllowedOrigins: d.options.AllowedOrigins,
		AllowedMethods: []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPatch, http.MethodDelete},
		AllowedHeaders: []string{"Authorization", "Content-Type", "Grpc-Timeout", "If-Match", "If-None-Match", "Traceparent", "X-Grpc-Web", "X-User-Agent"},
		ExposedHeaders: []string{"Etag", "Retry-After", "Grpc-Status", "Grpc-Message", "Grpc-Status-Details-Bin"},
		MaxAge:         7200, // seconds; no browser keeps it longer
	}).Handler(next)
}

// ServeHTTP implements http.Handler.
func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		if err, is := p.(error); is && errors.Is(err, http.ErrAbortHandler) {
			panic(p) // the answer is cut off on purpose
		}
		d.panics.Inc()
		// Not what it panicked with, which may name a visitor.
		d.options.Log.LogAttrs(r.Context(), slog.LevelError, "the door panicked", slog.String("stack", string(debug.Stack())))
		newProblem(http.StatusInternalServerError, codes.Internal, "internal error; the server's log has the details").write(w)
	}()
	// Also for a body that is not read: the end of the request waits for it.
	setReadDeadline(http.NewResponseController(w), d.options.ReadTimeout)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if d.options.OnlyLocal && !isLocal(r.Host) {
		// A name of somebody else's that leads here: a page that was let in by it would
		// be the server's own to the browser.
		d.refuse(w, newProblem(http.StatusForbidden, codes.PermissionDenied, "without keys (auth: none) the server answers to localhost alone"))
		return
	}
	d.handler.ServeHTTP(w, r)
}

// isLocal reports whether a Host header means this machine and nothing else can.
func isLocal(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// dispatch finds out what is asked for, in which of the door's languages.
func (d *Door) dispatch(w http.ResponseWriter, r *http.Request) {
	if isGRPCWeb(r) {
		d.serveGRPCWeb(w, r)
		return
	}
	verb := r.Method
	if verb == http.MethodHead {
		verb = http.MethodGet
	}
	route, values, allowed := d.routes.match(verb, r.URL.EscapedPath())
	if r.URL.Path == documentPath {
		if verb == http.MethodGet {
			serveDocument(w, r)
			return
		}
		allowed = []string{http.MethodGet}
	}
	switch {
	case route != nil && r.Method == http.MethodHead && route.method.IsStreamingServer():
		allowed = []string{http.MethodGet}
		fallthrough
	case route == nil && len(allowed) > 0:
		p := newProblem(http.StatusMethodNotAllowed, codes.Unimplemented, "this can be asked by "+strings.Join(allowed, ", ")+" only")
		p.header.Set("Allow", strings.Join(allowed, ", "))
		d.refuse(w, p)
		return
	case route == nil:
		d.refuse(w, newProblem(http.StatusNotFound, codes.NotFound, "there is nothing at this path"))
		return
	}
	if err := d.call(w, r, route, values); err != nil {
		d.refuse(w, problemOf(err))
	}
}

// refuse answers a request that did not become a call.
func (d *Door) refuse(w http.ResponseWriter, p *problem) {
	d.refused.WithLabelValues(strconv.Itoa(p.Status)).Inc()
	p.write(w)
}

// call calls the route's method. The error is what kept it from beginning; what becomes
// of it then is answered.
func (d *Door) call(w http.ResponseWriter, r *http.Request, rt *route, values []string) error {
	if rt.body != "" {
		if err := mediaType(r, rt.method.IsStreamingClient()); err != nil {
			return err
		}
	}
	ctx, cancel, err := d.begin(r, rt.wire)
	if err != nil {
		return err
	}
	defer cancel()
	if rt.method.IsStreamingClient() {
		return d.upload(ctx, cancel, w, r, rt, values)
	}
	body, err := d.readBody(w, r)
	if err != nil {
		return err
	}
	setReadDeadline(http.NewResponseController(w), 0) // that the caller is still there is found out by reading on
	request, err := rt.request(values, r.URL.Query(), body)
	if err != nil {
		return err
	}
	conditional, err := rt.onlyIf(r.Header, request)
	if err != nil {
		return err
	}
	if rt.method.IsStreamingServer() {
		d.download(ctx, w, r, rt, request)
		return nil
	}
	answer := rt.out.New().Interface()
	if err := d.options.Conn.Invoke(ctx, rt.wire, request, answer); err != nil {
		p := problemOf(err)
		if conditional {
			p = failedCondition(p)
		}
		p.write(w)
		return nil
	}
	d.answer(w, r, rt, answer)
	return nil
}

// begin asks whether the call may begin, and gives it its context: the caller's key,
// trace and deadline, and its end when the caller goes.
func (d *Door) begin(r *http.Request, method string) (context.Context, context.CancelFunc, error) {
	header := metadata.MD{}
	for _, name := range []string{"authorization", "traceparent"} {
		if values := r.Header.Values(name); len(values) > 0 {
			header[name] = values
		}
	}
	begin := context.WithCancel
	if text := r.Header.Get("Grpc-Timeout"); text != "" {
		timeout, err := parseTimeout(text)
		if err != nil {
			return nil, nil, err
		}
		begin = func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, timeout)
		}
	}
	ctx, cancel := begin(metadata.NewOutgoingContext(r.Context(), header))
	if d.options.Admit != nil {
		if err := d.options.Admit(ctx, method, header); err != nil {
			cancel()
			return nil, nil, err
		}
	}
	return ctx, cancel, nil
}

// parseTimeout reads gRPC's way to write a timeout: 50m is 50 milliseconds.
func parseTimeout(text string) (time.Duration, error) {
	units := map[byte]time.Duration{'H': time.Hour, 'M': time.Minute, 'S': time.Second, 'm': time.Millisecond, 'u': time.Microsecond, 'n': time.Nanosecond}
	unit := units[text[len(text)-1]]
	n, err := strconv.ParseUint(text[:len(text)-1], 10, 32)
	if unit == 0 || err != nil || len(text) > 9 {
		return 0, newProblem(http.StatusBadRequest, codes.InvalidArgument, "Grpc-Timeout must be up to 8 digits and a unit, H, M, S, m (milliseconds), u or n: such as 50m")
	}
	return time.Duration(min(int64(n), math.MaxInt64/int64(unit)) * int64(unit)), nil
}
