// Package config is how an operator sets up a Vitrine server: one struct, read
// from a file, the environment and flags, validated as a whole.
package config

import "time"

// Config is everything that can be set. Default returns the values that hold
// when nothing is said; keys.go lists each key with its meaning and bounds.
// A Config that Load returned, or that passes Validate, can be trusted.
type Config struct {
	DataDir   string // the data folder; created when missing
	Listen    string // host:port of the gRPC API
	OpsListen string // host:port of the ops HTTP port; empty: none
	TagListen string // host:port of the HTTP port for impressions and clicks; empty: none
	Door      Door
	PublicURL string // where visitors reach TagListen; empty: creatives have no URLs that count
	Pprof     bool   // serve /debug/pprof on the ops port
	Clock     Clock
	Auth      Auth
	TLS       TLS
	Log       Log
	Tracing   Tracing
	Limits    Limits
	Store     Store
	Learner   Learner
	Filter    Filter
}

// Clock says where the server takes the time from.
type Clock string

// The clocks.
const (
	// ClockSystem is the machine's clock.
	ClockSystem Clock = "system"
	// ClockEvents is the latest event time seen, for backtests and replays.
	ClockEvents Clock = "events"
)

// Auth says what lets a caller in.
type Auth string

// The ways in.
const (
	// AuthKeys wants an API key with every call.
	AuthKeys Auth = "keys"
	// AuthNone lets everybody in who reaches the address, which must be a loopback one.
	AuthNone Auth = "none"
)

// TLS names the server's certificate, and whose certificates callers must have. All
// files empty: no TLS.
type TLS struct {
	CertFile     string // PEM, the server's certificate first
	KeyFile      string // PEM
	ClientCAFile string // PEM, of the authorities that sign callers' certificates; empty: callers need none
	ClientAuth   ClientAuth
}

// ClientAuth says whether a caller must show a certificate.
type ClientAuth string

// The kinds of it.
const (
	// ClientAuthRequire closes connections without a certificate.
	ClientAuthRequire ClientAuth = "require"
	// ClientAuthRequest verifies those that are shown.
	ClientAuthRequest ClientAuth = "request"
)

// Enabled reports whether the API speaks TLS.
func (t TLS) Enabled() bool { return t.CertFile != "" || t.KeyFile != "" }

// Door is the HTTP side of the API: JSON, and gRPC-Web for browsers. It speaks TLS where
// the API does.
type Door struct {
	Listen         string   // host:port; empty: none
	AllowedOrigins []string // whose pages may call it: https://console.shop.example, or "*"
}

// Log says what is logged, and how.
type Log struct {
	Level  string // debug, info, warn, error
	Format string // text, json
}

// Tracing says where spans of calls go. An empty endpoint: nowhere.
type Tracing struct {
	Endpoint string  // host:port of a collector that speaks OTLP over gRPC
	Sample   float64 // share of the calls, of those whose callers don't say
	Insecure bool    // without TLS
}

// Limits bound what one caller can ask for.
type Limits struct {
	MaxMessageBytes      int           // of one request message
	MaxConcurrentStreams int           // calls in flight on one connection
	MaxConnections       int           // of the API
	MaxInFlight          int           // calls in flight of a class, on all connections
	MaxEventStreams      int           // StreamEvents at once
	MaxBulk              int           // imports, exports and listings at once
	MaxWait              time.Duration // for a processor; beyond it decisions are refused, others earlier
	StreamWorkers        int           // goroutines kept ready for calls; 0: one new one a call
	DefaultDeadline      time.Duration // for unary calls that set none
	MaxDeadline          time.Duration // no unary call may take longer
	DrainTimeout         time.Duration // calls in flight get this long at shutdown
	Keepalive            Keepalive
}

// Keepalive says how connections are kept, probed and ended.
type Keepalive struct {
	MinPingInterval time.Duration // clients that ping more often are cut off
	Interval        time.Duration // an idle connection is probed after this
	Timeout         time.Duration // an unanswered probe closes the connection after this
	MaxIdle         time.Duration // a connection without calls is closed after this; 0: never
	MaxAge          time.Duration // a connection is asked to go after this, so that load spreads; 0: never
	MaxAgeGrace     time.Duration // calls in flight then get this long
}

// Store says how long and how much is kept.
type Store struct {
	DedupeWindow      time.Duration // an event id delivered again within this counts once
	DedupeMax         int           // event ids known at most
	EventRetention    time.Duration // events are kept this long; 0: for ever
	DecisionRetention time.Duration // decisions are kept this long; 0: for ever
	ProfileRetention  time.Duration // profiles are kept this long after the last event; 0: for ever
	ProfileCache      int           // visitors whose profiles stay in memory
	CheckpointEvery   time.Duration // changed profiles reach the disk this often
}

// Learner says how learned state is kept.
type Learner struct {
	SnapshotEvery time.Duration // what was learned is saved this often
}

// Filter bounds filter expressions.
type Filter struct {
	CostLimit int // CEL cost units that judging one product may take
	Cache     int // compiled expressions kept
}

// Default returns the configuration of a server that was told nothing.
func Default() *Config {
	return &Config{
		DataDir:   "data",
		Listen:    "127.0.0.1:7654",
		OpsListen: "127.0.0.1:7655",
		Clock:     ClockSystem,
		Auth:      AuthKeys,
		TLS:       TLS{ClientAuth: ClientAuthRequire},
		Log:       Log{Level: "info", Format: "text"},
		Tracing:   Tracing{Sample: 0.001},
		Limits: Limits{
			MaxMessageBytes:      16 << 20,
			MaxConcurrentStreams: 1024,
			MaxConnections:       4096, // some 100 KB each
			MaxInFlight:          1024, // events go on gaining from sharing a commit up to some 500
			MaxEventStreams:      256,  // each may hold 8,192 events, some 8 MB
			MaxBulk:              16,
			MaxWait:              1 * time.Millisecond,
			StreamWorkers:        64, // +6 % decisions a second over none on 2 cores
			DefaultDeadline:      10 * time.Second,
			MaxDeadline:          time.Minute,
			DrainTimeout:         30 * time.Second,
			Keepalive: Keepalive{
				MinPingInterval: 10 * time.Second,
				Interval:        time.Minute,
				Timeout:         20 * time.Second,
				MaxIdle:         15 * time.Minute,
				MaxAge:          2 * time.Hour,
				MaxAgeGrace:     10 * time.Minute,
			},
		},
		Store: Store{
			DedupeWindow:      24 * time.Hour,
			DedupeMax:         4_000_000,
			EventRetention:    90 * 24 * time.Hour,
			DecisionRetention: 30 * 24 * time.Hour,
			ProfileRetention:  395 * 24 * time.Hour,
			ProfileCache:      20_000,
			CheckpointEvery:   5 * time.Second,
		},
		Learner: Learner{SnapshotEvery: 5 * time.Minute},
		Filter:  Filter{CostLimit: 5_000, Cache: 1024},
	}
}
