package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"

	"github.com/vitrine-io/vitrine/server"
	"github.com/vitrine-io/vitrine/server/auth"
	"github.com/vitrine-io/vitrine/server/config"
	"github.com/vitrine-io/vitrine/server/edge"
	"github.com/vitrine-io/vitrine/server/filter"
	"github.com/vitrine-io/vitrine/server/trace"
	"github.com/vitrine-io/vitrine/store"
	"github.com/vitrine-io/vitrine/store/boltstore"
)

// node is a running server on its data folder.
type node struct {
	edge     *edge.Server
	services *server.Server
	stop     context.CancelFunc
	done     chan struct{} // closed once everything has ended
	err      error         // read it after done
}

// startNode opens the data folder, starts the server and returns once it takes
// calls. The configuration must be valid. Cancelling ctx drains the server; Wait
// tells when that is done. A failed start leaves nothing running. More services
// than its own go on the same port.
func startNode(ctx context.Context, cfg *config.Config, logger *slog.Logger, more ...func(grpc.ServiceRegistrar)) (*node, error) {
	begun := time.Now()
	registry := prometheus.NewRegistry()
	spans, err := trace.Open(ctx, cfg.Tracing, buildVersion().Version, logger)
	if err != nil {
		return nil, err
	}
	if spans != nil {
		logger = slog.New(trace.Logs(logger.Handler()))
	}
	options := edge.Options{
		Config: cfg, Log: logger, Registry: registry,
		GRPC: []grpc.ServerOption{grpc.ForceServerCodecV2(server.Codec())},
	}
	if spans != nil {
		options.Tracer = spans.Tracer
	}
	shell, err := edge.New(options)
	if err != nil {
		spans.Close()
		return nil, err
	}
	// The ports come first: a busy one shows at once, and /readyz tells that
	// the data folder is being opened.
	if err := shell.Listen(); err != nil {
		spans.Close()
		return nil, err
	}
	data, services, err := openServices(ctx, cfg, logger, registry, shell)
	if err != nil {
		shell.Close()
		spans.Close()
		return nil, err
	}
	services.Register(shell.Registrar())
	for _, register := range more {
		register(shell.Registrar())
	}
	shell.HandleTags(services.Beacons())
	shell.Authenticate(services.Keys())
	shell.SetReady(true, "")

	ctx, stop := context.WithCancel(ctx)
	n := &node{edge: shell, services: services, stop: stop, done: make(chan struct{})}
	go func() {
		defer close(n.done)
		n.err = shell.Run(ctx)
		services.Close()
		if err := data.Close(); err != nil {
			n.err = errors.Join(n.err, explainData(cfg.DataDir, err))
		}
		spans.Close()
		stop()
	}()
	select {
	case <-shell.Started():
	case <-n.done:
		return nil, n.err
	}
	warnOfAuth(cfg, services.Keys(), logger)
	logger.Info("serving", "address", n.Addr(), "ops", n.OpsAddr(), "door", n.DoorAddr(), "tags", n.TagAddr(), "data_dir", cfg.DataDir,
		"auth", string(cfg.Auth), "tls", cfg.TLS.Enabled(), "took", time.Since(begun).Round(time.Millisecond))
	return n, nil
}

// warnOfAuth says what stands between the server and its callers, or strangers.
func warnOfAuth(cfg *config.Config, keys *auth.Keyring, logger *slog.Logger) {
	switch {
	case cfg.Auth == config.AuthNone:
		logger.Warn("everybody who can log in to this machine may call: auth is none")
	case len(keys.Keys()) == 0:
		logger.Warn("there is no API key yet, so every call is refused: stop this server, run \"vitrine keys create NAME --role admin --data-dir " + cfg.DataDir + "\", and start it again; or try things out on this machine with --auth none")
	case !cfg.TLS.Enabled() && (!config.IsLoopback(cfg.Listen) || cfg.Door.Listen != "" && !config.IsLoopback(cfg.Door.Listen)):
		logger.Warn("API keys are sent in plain text: set tls.cert_file and tls.key_file, unless something in front of this server speaks TLS")
	}
}

// openServices opens the data folder and builds the services on it.
func openServices(
	ctx context.Context, cfg *config.Config, logger *slog.Logger, registry *prometheus.Registry, shell *edge.Server,
) (*boltstore.Store, *server.Server, error) {
	options := storeOptions(cfg.Store, logger)
	options.Registry = registry
	options.OnWritable = func(why error) { shell.SetWritable(why == nil) }
	data, err := boltstore.Open(cfg.DataDir, options)
	if err != nil {
		return nil, nil, explainData(cfg.DataDir, err)
	}
	var clock server.Clock = server.SystemClock{}
	if cfg.Clock == config.ClockEvents {
		clock = &server.EventClock{}
	}
	services, err := server.New(ctx, server.Options{
		Store: data, Clock: clock, Log: logger, Registry: registry,
		Filters:       filter.New(filter.Options{CostLimit: cfg.Filter.CostLimit, Expressions: cfg.Filter.Cache}),
		SnapshotEvery: cfg.Learner.SnapshotEvery, Draining: shell.Draining(), PublicURL: cfg.PublicURL,
		Version: buildVersion().Version, Traced: cfg.Tracing.Endpoint != "",
	})
	if err != nil {
		return nil, nil, errors.Join(explainData(cfg.DataDir, err), data.Close())
	}
	return data, services, nil
}

// forEver is a retention that ends no data.
const forEver = 100 * 365 * 24 * time.Hour

func storeOptions(c config.Store, logger *slog.Logger) boltstore.Options {
	keep := func(d time.Duration) time.Duration {
		if d == 0 {
			return forEver
		}
		return d
	}
	return boltstore.Options{
		DedupeWindow: c.DedupeWindow, DedupeMax: c.DedupeMax,
		EventRetention: keep(c.EventRetention), DecisionRetention: keep(c.DecisionRetention),
		ProfileRetention: keep(c.ProfileRetention),
		ProfileCache:     c.ProfileCache, CheckpointEvery: c.CheckpointEvery,
		Logger: logger,
	}
}

// explainData says, in one line, what is wrong with a data folder and what to
// do about it.
func explainData(dir string, err error) error {
	for _, known := range []struct {
		err  error
		text string
	}{
		{store.ErrLocked, "another process has %s open: stop it or choose another --data-dir"},
		{store.ErrNewerFormat, "%s was written by a newer version of Vitrine: run that one or choose another --data-dir"},
		{store.ErrCorrupt, "%s is damaged: put a backup in its place, or move it away to begin anew"},
		{store.ErrFull, "no room on the disk of %s: make some or choose another --data-dir"},
		{fs.ErrPermission, "not allowed to use %s: give this user the right to read and write it or choose another --data-dir"},
	} {
		if errors.Is(err, known.err) {
			return fmt.Errorf(known.text+" (%w)", dir, err)
		}
	}
	return fmt.Errorf("data folder %s: %w: mend that or choose another --data-dir", dir, err)
}

// Addr is the address that the API listens on.
func (n *node) Addr() string { return n.edge.Addr() }

// OpsAddr is the address of the ops HTTP port, or empty when it is off.
func (n *node) OpsAddr() string { return n.edge.OpsAddr() }

// TagAddr is the address of the HTTP port for impressions and clicks, or empty when
// it is off.
func (n *node) TagAddr() string { return n.edge.TagAddr() }

// DoorAddr is the address of the HTTP side of the API, or empty when it is off.
func (n *node) DoorAddr() string { return n.edge.DoorAddr() }

// Wait blocks until the server has drained and the data folder is closed, and
// returns what went wrong, if anything did.
func (n *node) Wait() error {
	<-n.done
	return n.err
}

// Close drains the server, closes the data folder and waits for both.
func (n *node) Close() error {
	n.stop()
	return n.Wait()
}
