package config

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// key is one thing that can be set: `name` in a file, VITRINE_NAME in the
// environment, --name as a flag.
type key struct {
	name string // with its section: "limits.drain_timeout"
	help string // one or two sentences
	in   func(*Config) value
	ok   func(*Config) bool // nil: every value of the type is allowed
	want string             // what ok asks for
	// words are all that is allowed; nil: more than can be listed.
	words []string
}

// env is the environment variable of the key.
func (k *key) env() string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(k.name, ".", "_"))
}

// flag is the name of the key's flag.
func (k *key) flag() string { return strings.NewReplacer(".", "-", "_", "-").Replace(k.name) }

const envPrefix = "VITRINE_"

const day = 24 * time.Hour

// keys lists everything that can be set, in the order it is printed.
func keys() []key {
	return []key{
		{
			name: "data_dir", help: "Folder that holds all data. Created when missing; one process at a time.",
			in: func(c *Config) value { return (*stringValue)(&c.DataDir) },
			ok: func(c *Config) bool { return strings.TrimSpace(c.DataDir) != "" }, want: "a folder",
		},
		{
			name: "listen", help: "Address of the gRPC API. Port 0 takes a free one.",
			in: func(c *Config) value { return (*stringValue)(&c.Listen) },
			ok: func(c *Config) bool { return isAddress(c.Listen) }, want: "host:port, such as 127.0.0.1:7654 or :7654",
		},
		{
			name: "ops_listen", help: "Address of the HTTP port with /metrics, /healthz and /readyz. Empty: off. Not for the public.",
			in: func(c *Config) value { return (*stringValue)(&c.OpsListen) },
			ok: func(c *Config) bool {
				return c.OpsListen == "" || isAddress(c.OpsListen) && (c.OpsListen != c.Listen || strings.HasSuffix(c.Listen, ":0"))
			},
			want: "host:port apart from listen, or empty",
		},
		{
			name: "tag_listen", help: "Address of the HTTP port that takes impressions and clicks of creatives from visitors' browsers. Empty: off.",
			in: func(c *Config) value { return (*stringValue)(&c.TagListen) },
			ok: func(c *Config) bool {
				apart := func(other string) bool { return c.TagListen != other || strings.HasSuffix(other, ":0") }
				return c.TagListen == "" || isAddress(c.TagListen) && apart(c.Listen) && apart(c.OpsListen)
			},
			want: "host:port apart from listen and ops_listen, or empty",
		},
		{
			name: "door.listen", help: "Address of the HTTP side of the API: JSON, and gRPC-Web. Empty: off.",
			in: func(c *Config) value { return (*stringValue)(&c.Door.Listen) },
			ok: func(c *Config) bool {
				apart := func(other string) bool { return c.Door.Listen != other || strings.HasSuffix(other, ":0") }
				return c.Door.Listen == "" || isAddress(c.Door.Listen) && apart(c.Listen) && apart(c.OpsListen) && apart(c.TagListen)
			},
			want: "host:port apart from listen, ops_listen and tag_listen, or empty",
		},
		{
			name: "door.allowed_origins", help: "Origins whose pages may call door.listen from a browser (CORS), with a comma between them. Empty: none but its own; *: all.",
			in: func(c *Config) value { return (*listValue)(&c.Door.AllowedOrigins) },
			ok: func(c *Config) bool {
				return !slices.ContainsFunc(c.Door.AllowedOrigins, func(o string) bool { return !isOrigin(o) }) &&
					(len(c.Door.AllowedOrigins) == 1 || !slices.Contains(c.Door.AllowedOrigins, "*"))
			},
			want: "http:// or https:// with a host and nothing behind it, such as https://console.shop.example; or * alone",
		},
		{
			name: "public_url", help: "Where visitors reach tag_listen: what impression_url and click_url of creatives begin with. Empty: creatives have none.",
			in:   func(c *Config) value { return (*stringValue)(&c.PublicURL) },
			ok:   func(c *Config) bool { return c.PublicURL == "" || isBaseURL(c.PublicURL) },
			want: "http:// or https:// with a host, without a slash at its end, a query or a fragment, such as https://t.shop.example",
		},
		{
			name: "pprof", help: "Serve Go profiles under /debug/pprof on the ops port.",
			in: func(c *Config) value { return (*boolValue)(&c.Pprof) },
			ok: func(c *Config) bool { return !c.Pprof || c.OpsListen != "" }, want: "false unless ops_listen is set",
		},
		{
			name: "clock", help: "Where the time comes from: system, or events (the latest event time seen; for backtests and replays).",
			in: func(c *Config) value { return (*stringValue)(&c.Clock) },
			ok: func(c *Config) bool { return c.Clock == ClockSystem || c.Clock == ClockEvents }, want: "system or events",
			words: []string{string(ClockSystem), string(ClockEvents)},
		},
		{
			name: "auth", help: "What lets a caller of the API in: keys (vitrine keys create makes the first), or none, for trying things out on one machine.",
			in: func(c *Config) value { return (*stringValue)(&c.Auth) },
			ok: func(c *Config) bool {
				return c.Auth == AuthKeys || c.Auth == AuthNone && IsLoopback(c.Listen) && (c.Door.Listen == "" || IsLoopback(c.Door.Listen))
			},
			words: []string{string(AuthKeys), string(AuthNone)},
			want:  "keys, or none while listen is a loopback address such as 127.0.0.1:7654, and door.listen another or empty",
		},
		{
			name: "tls.cert_file", help: "PEM file with the server's certificate chain. Read again when it changes. Empty: no TLS.",
			in: func(c *Config) value { return (*stringValue)(&c.TLS.CertFile) },
			ok: func(c *Config) bool { return c.TLS.CertFile != "" || c.TLS.KeyFile == "" }, want: "set, as tls.key_file is",
		},
		{
			name: "tls.key_file", help: "PEM file with the certificate's private key.",
			in: func(c *Config) value { return (*stringValue)(&c.TLS.KeyFile) },
			ok: func(c *Config) bool { return c.TLS.KeyFile != "" || c.TLS.CertFile == "" }, want: "set, as tls.cert_file is",
		},
		{
			name: "tls.client_ca_file", help: "PEM file with the authorities that sign callers' certificates (mTLS). Read again when it changes. Empty: callers need none.",
			in: func(c *Config) value { return (*stringValue)(&c.TLS.ClientCAFile) },
			ok: func(c *Config) bool { return c.TLS.ClientCAFile == "" || c.TLS.CertFile != "" }, want: "empty unless tls.cert_file is set",
		},
		oneOf("tls.client_auth", "Whether callers must show a certificate that tls.client_ca_file vouches for: require, or request (only those shown are verified).",
			func(c *Config) *string { return (*string)(&c.TLS.ClientAuth) }, string(ClientAuthRequire), string(ClientAuthRequest)),
		oneOf("log.level", "How much is logged: debug, info, warn or error.",
			func(c *Config) *string { return &c.Log.Level }, "debug", "info", "warn", "error"),
		oneOf("log.format", "How it is logged, on standard error: text or json.",
			func(c *Config) *string { return &c.Log.Format }, "text", "json"),
		{
			name: "tracing.endpoint", help: "Where spans of sampled calls go: a collector that speaks OTLP over gRPC. Empty: nowhere, and calls pay nothing for it.",
			in: func(c *Config) value { return (*stringValue)(&c.Tracing.Endpoint) },
			ok: func(c *Config) bool { return c.Tracing.Endpoint == "" || isAddress(c.Tracing.Endpoint) }, want: "host:port, such as localhost:4317, or empty",
		},
		{
			name: "tracing.sample", help: "Share of the calls that are traced, where the caller does not say (traceparent).",
			in: func(c *Config) value { return (*shareValue)(&c.Tracing.Sample) },
			ok: func(c *Config) bool { return c.Tracing.Sample >= 0 && c.Tracing.Sample <= 1 }, want: "0 to 1",
		},
		{
			name: "tracing.insecure", help: "Speak to the collector without TLS: for one on the same machine.",
			in: func(c *Config) value { return (*boolValue)(&c.Tracing.Insecure) },
		},
		{
			name: "limits.max_message_bytes", help: "Largest request message taken.",
			in: func(c *Config) value { return (*sizeValue)(&c.Limits.MaxMessageBytes) },
			ok: func(c *Config) bool {
				return c.Limits.MaxMessageBytes >= 64<<10 && c.Limits.MaxMessageBytes <= 1<<30
			}, want: "64KiB to 1GiB",
		},
		count("limits.max_concurrent_streams", "Calls in flight on one connection.",
			func(c *Config) *int { return &c.Limits.MaxConcurrentStreams }, 1, 1_000_000),
		count("limits.max_connections", "Connections to the API at once, some 100 KB each; one more is closed at once.",
			func(c *Config) *int { return &c.Limits.MaxConnections }, 1, 1_000_000),
		count("limits.max_in_flight", "Calls of one class (decisions; tracking; reads and changes) in flight at most, on all connections; a busy server takes fewer.",
			func(c *Config) *int { return &c.Limits.MaxInFlight }, 1, 1_000_000),
		count("limits.max_event_streams", "StreamEvents at once; each may hold 8,192 events that are not yet stored.",
			func(c *Config) *int { return &c.Limits.MaxEventStreams }, 1, 100_000),
		count("limits.max_bulk", "Imports, exports and listings at once. They give way to all others.",
			func(c *Config) *int { return &c.Limits.MaxBulk }, 1, 10_000),
		span("limits.max_wait", "How long work may wait for a processor before decisions are refused; events are at half of it, reads and changes at a quarter.",
			func(c *Config) *time.Duration { return &c.Limits.MaxWait }, 100*time.Microsecond, time.Second),
		count("limits.stream_workers", "Goroutines kept ready to take calls. 0: a new one for each call.",
			func(c *Config) *int { return &c.Limits.StreamWorkers }, 0, 10_000),
		span("limits.default_deadline", "Deadline of a unary call that sets none.",
			func(c *Config) *time.Duration { return &c.Limits.DefaultDeadline }, time.Millisecond, time.Hour),
		{
			name: "limits.max_deadline", help: "Longest deadline of a unary call; a later one is cut to it.",
			in: func(c *Config) value { return (*durationValue)(&c.Limits.MaxDeadline) },
			ok: func(c *Config) bool {
				return c.Limits.MaxDeadline >= c.Limits.DefaultDeadline && c.Limits.MaxDeadline <= day
			}, want: "limits.default_deadline to 24h",
		},
		span("limits.drain_timeout", "How long calls in flight may go on at shutdown before they are cut off.",
			func(c *Config) *time.Duration { return &c.Limits.DrainTimeout }, 0, time.Hour),
		span("limits.keepalive.min_ping_interval", "Clients that ping more often are disconnected.",
			func(c *Config) *time.Duration { return &c.Limits.Keepalive.MinPingInterval }, time.Second, day),
		span("limits.keepalive.interval", "A silent connection is probed after this.",
			func(c *Config) *time.Duration { return &c.Limits.Keepalive.Interval }, time.Second, day),
		span("limits.keepalive.timeout", "A connection that leaves a probe unanswered this long is closed.",
			func(c *Config) *time.Duration { return &c.Limits.Keepalive.Timeout }, time.Second, time.Hour),
		span("limits.keepalive.max_idle", "A connection without calls is closed after this. 0: never.",
			func(c *Config) *time.Duration { return &c.Limits.Keepalive.MaxIdle }, 0, 30*day),
		span("limits.keepalive.max_age", "Clients are asked to connect anew after this, so that load spreads over new servers. 0: never.",
			func(c *Config) *time.Duration { return &c.Limits.Keepalive.MaxAge }, 0, 30*day),
		span("limits.keepalive.max_age_grace", "Calls in flight on a connection past max_age get this long.",
			func(c *Config) *time.Duration { return &c.Limits.Keepalive.MaxAgeGrace }, time.Second, day),
		span("store.dedupe_window", "An event id delivered again within this counts once, also after a crash.",
			func(c *Config) *time.Duration { return &c.Store.DedupeWindow }, time.Hour, 30*day),
		count("store.dedupe_max", "Event ids known at most, some 15 bytes each; beyond it the oldest are forgotten before the window ends.",
			func(c *Config) *int { return &c.Store.DedupeMax }, 1_000, 1_000_000_000),
		{
			name: "store.event_retention", help: "Events are kept this long, by whole hours. Profiles and what was learned outlive them. 0: for ever.",
			in: func(c *Config) value { return (*durationValue)(&c.Store.EventRetention) },
			ok: func(c *Config) bool {
				r := c.Store.EventRetention
				return r == 0 || r >= c.Store.DedupeWindow
			}, want: "0s, or at least store.dedupe_window",
		},
		{
			name: "store.decision_retention", help: "Decisions are kept for GetDecision this long, by whole hours. 0: for ever.",
			in: func(c *Config) value { return (*durationValue)(&c.Store.DecisionRetention) },
			ok: func(c *Config) bool {
				return c.Store.DecisionRetention == 0 || c.Store.DecisionRetention >= time.Hour
			}, want: "0s, or at least 1h",
		},
		{
			name: "store.profile_retention", help: "Profiles are kept this long after the visitor's last event, and at least as long as their events. 0: for ever.",
			in: func(c *Config) value { return (*durationValue)(&c.Store.ProfileRetention) },
			ok: func(c *Config) bool {
				return c.Store.ProfileRetention == 0 || c.Store.ProfileRetention >= time.Hour
			}, want: "0s, or at least 1h",
		},
		count("store.profile_cache", "Visitors whose profiles stay in memory, about 1 KB each.",
			func(c *Config) *int { return &c.Store.ProfileCache }, 1_000, 100_000_000),
		span("store.checkpoint_every", "How often changed profiles reach the disk. Longer: less writing, slower start after a crash.",
			func(c *Config) *time.Duration { return &c.Store.CheckpointEvery }, time.Second, time.Hour),
		span("learner.snapshot_every", "How often what was learned is saved. Longer: less writing, slower start.",
			func(c *Config) *time.Duration { return &c.Learner.SnapshotEvery }, time.Second, day),
		count("filter.cost_limit", "CEL cost units that judging one product by a filter may take; costlier filters are refused.",
			func(c *Config) *int { return &c.Filter.CostLimit }, 10, 1_000_000),
		count("filter.cache", "Compiled filter expressions kept in memory.",
			func(c *Config) *int { return &c.Filter.Cache }, 1, 100_000),
	}
}

func oneOf(name, help string, in func(*Config) *string, allowed ...string) key {
	return key{
		name: name, help: help,
		in:    func(c *Config) value { return (*stringValue)(in(c)) },
		ok:    func(c *Config) bool { return slices.Contains(allowed, *in(c)) },
		want:  strings.Join(allowed[:len(allowed)-1], ", ") + " or " + allowed[len(allowed)-1],
		words: allowed,
	}
}

func count(name, help string, in func(*Config) *int, low, high int) key {
	return key{
		name: name, help: help,
		in:   func(c *Config) value { return (*intValue)(in(c)) },
		ok:   func(c *Config) bool { return *in(c) >= low && *in(c) <= high },
		want: fmt.Sprintf("%d to %d", low, high),
	}
}

func span(name, help string, in func(*Config) *time.Duration, low, high time.Duration) key {
	want := FormatDuration(low) + " to " + FormatDuration(high)
	return key{
		name: name, help: help,
		in:   func(c *Config) value { return (*durationValue)(in(c)) },
		ok:   func(c *Config) bool { return *in(c) >= low && *in(c) <= high },
		want: want,
	}
}

// isBaseURL reports whether a path can be put behind s.
func isBaseURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil &&
		u.RawQuery == "" && !u.ForceQuery && !strings.Contains(s, "#") && !strings.HasSuffix(s, "/")
}

// isOrigin reports whether s is what a browser calls a page's origin, or all of them.
func isOrigin(s string) bool {
	return s == "*" || isBaseURL(s) && strings.Count(s, "/") == 2
}

func isAddress(s string) bool {
	_, port, err := net.SplitHostPort(s)
	if err != nil {
		return false
	}
	_, err = strconv.ParseUint(port, 10, 16)
	return err == nil
}

// IsLoopback reports whether only this machine reaches the address.
func IsLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
