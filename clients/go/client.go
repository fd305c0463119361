package vitrine

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"

	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// ErrClosed is the error of every call after Close.
var ErrClosed = errors.New("vitrine: client is closed")

// ErrNotAsked is the error of a page that fell back at once, because the last
// calls in a row failed.
var ErrNotAsked = errors.New("vitrine: not asked, as the last calls failed")

// Options say how to reach Vitrine and what to bear. Only Site is needed.
type Options struct {
	// Site is the shop, by id ("demo") or name ("sites/demo").
	Site string

	// APIKey is sent with every call; create one with `vitrine keys create`. Keep it in
	// the environment or a file, not in the code. None is sent when empty.
	APIKey string

	// TLS configures the connection; nil stands for TLS with the system's roots. For
	// authorities of one's own set RootCAs, to show a certificate (mTLS) Certificates.
	TLS *tls.Config
	// Insecure speaks plain text, the API key included: for a server on the same
	// machine or network.
	Insecure bool
	// DialOptions are further options of the gRPC connection: interceptors,
	// credentials, a dialer.
	DialOptions []grpc.DialOption

	// DecideTimeout bounds every decision, below any deadline of the caller's
	// own. 50 ms when 0.
	DecideTimeout time.Duration

	// MaxQueuedEvents is how many events may wait to be delivered, those under
	// way included. 10,000 when 0.
	MaxQueuedEvents int
	// MaxQueuedBytes bounds their encoded size. 8 MiB when 0.
	MaxQueuedBytes int

	// OnDrop is called for every event that will not be delivered, from the
	// goroutine of Track or of the delivery: it should be quick. It may call
	// Track and Stats, not Flush or Close. The event is its own to keep.
	OnDrop func(Drop)

	// Logger is told when delivery begins to fail and when it works again; never
	// of single events, nor anything about visitors. Nothing is logged when nil.
	Logger *slog.Logger
}

// Client talks to one Vitrine about one site. It is safe for concurrent use,
// and a program needs no more than one.
type Client struct {
	site          string
	decideTimeout time.Duration
	conn          *grpc.ClientConn
	decisions     vitrinev1.DecisionServiceClient
	events        vitrinev1.EventServiceClient
	breaker       breaker
	tracker       *tracker
	closed        atomic.Bool

	decided  atomic.Int64
	fellBack atomic.Int64
}

// New returns a client of the server at target, such as "localhost:7654" or
// "dns:///vitrine.internal:7654". It connects in the background: a server that
// is not there yet is no error. Close must be called to release it.
func New(target string, opts Options) (*Client, error) {
	site := opts.Site
	if !strings.Contains(site, "/") {
		site = "sites/" + site
	}
	if id, found := strings.CutPrefix(site, "sites/"); !found || id == "" {
		return nil, fmt.Errorf("vitrine: Options.Site %q: an id or sites/{site} is needed", opts.Site)
	}
	conn, err := grpc.NewClient(target, dialOptions(opts)...)
	if err != nil {
		return nil, fmt.Errorf("vitrine: connect to %q: %w", target, err)
	}
	conn.Connect() // so that the first page need not wait for the handshake

	c := &Client{
		site:          site,
		decideTimeout: cmp.Or(opts.DecideTimeout, 50*time.Millisecond),
		conn:          conn,
		decisions:     vitrinev1.NewDecisionServiceClient(conn),
		events:        vitrinev1.NewEventServiceClient(conn),
	}
	c.tracker = newTracker(c.sendEvents, limits{
		events: cmp.Or(opts.MaxQueuedEvents, 10_000),
		bytes:  cmp.Or(opts.MaxQueuedBytes, 8<<20),
	}, opts.OnDrop, cmp.Or(opts.Logger, slog.New(slog.DiscardHandler)))
	return c, nil
}

func dialOptions(opts Options) []grpc.DialOption {
	creds := credentials.NewTLS(opts.TLS)
	if opts.Insecure {
		creds = insecure.NewCredentials()
	}
	own := []grpc.DialOption{
		grpc.WithTransportCredentials(creds),
		// gRPC's own default lets a connection wait 120 s between two attempts: a
		// shop would show fallback pages for minutes after a restart of the server.
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff:           backoff.Config{BaseDelay: 50 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: 2 * time.Second},
			MinConnectTimeout: 5 * time.Second,
		}),
		// A connection that died without a word is noticed after Timeout (gRPC sets
		// TCP_USER_TIMEOUT by it), not after the kernel's quarter of an hour. The
		// server takes a ping in 10 s.
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 30 * time.Second, Timeout: 5 * time.Second}),
	}
	if opts.APIKey != "" {
		own = append(own, grpc.WithPerRPCCredentials(apiKey(opts.APIKey)))
	}
	return append(own, opts.DialOptions...)
}

// Conn is the connection, for the generated clients of package vitrinev1.
// Close closes it.
func (c *Client) Conn() grpc.ClientConnInterface { return c.conn }

// Stats counts what became of events and pages since New.
type Stats struct {
	// Tracked events were handed to Track. Each is still Queued, or counted once
	// among Stored, Duplicates, NoConsent and Dropped.
	Tracked int64
	// Queued events wait to be delivered, those under way included.
	Queued int64
	// QueuedBytes is their encoded size.
	QueuedBytes int64
	// Stored events are durable.
	Stored int64
	// Duplicates were stored before: by an attempt whose answer was lost, or
	// because the caller gave two events one id.
	Duplicates int64
	// NoConsent events were delivered and, for want of consent, not kept.
	NoConsent int64
	// Dropped events will not be delivered, by reason.
	Dropped map[DropReason]int64
	// Retries counts the attempts that were repeated.
	Retries int64

	// Pages counts decisions asked for.
	Pages int64
	// Fallbacks counts those that were filled from the caller's lists.
	Fallbacks int64
}

// Stats returns the counters as of now.
func (c *Client) Stats() Stats {
	s := c.tracker.snapshot()
	s.Pages, s.Fallbacks = c.decided.Load(), c.fellBack.Load()
	return s
}

// Close delivers what is queued, until ctx ends, and releases the client. Events
// that could not be delivered by then go to OnDrop and into the
// UndeliveredError that it returns. A second call does nothing.
func (c *Client) Close(ctx context.Context) error {
	if c.closed.Swap(true) {
		return nil
	}
	err := c.tracker.close(ctx)
	if closeErr := c.conn.Close(); closeErr != nil && err == nil {
		err = fmt.Errorf("vitrine: close: %w", closeErr)
	}
	return err
}
