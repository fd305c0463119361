package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/vitrine-io/vitrine/server/config"
)

// newServeCommand is `vitrine serve`.
func newServeCommand(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the server",
		Long: `Run the server on a data folder until it is told to stop.

SIGTERM and Ctrl-C drain it: load balancers are told, calls in flight finish
(for limits.drain_timeout at most), everything is written down. A second signal
ends it at once; what was acknowledged is safe then, too.

Every setting is a flag, a variable of the environment (VITRINE_...) or a line
in a YAML file; vitrine config shows them with what they mean.`,
		Example: `  vitrine serve
  vitrine serve --data-dir /var/lib/vitrine --listen :7654 --ops-listen :7655
  vitrine serve --config vitrine.yaml --log-format json
  vitrine serve --listen :443 --tls-cert-file cert.pem --tls-key-file key.pem
  vitrine serve --door-listen 127.0.0.1:7657
  vitrine serve --tag-listen :7656 --public-url https://t.shop.example`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.serve(cmd.Context(), cmd.Flags()) },
	}
	config.AddFlags(cmd.Flags())
	return cmd
}

func (a *app) serve(ctx context.Context, flags *pflag.FlagSet) error {
	cfg, err := a.loadConfig(flags)
	if err != nil {
		return err
	}
	logger := newLogger(cfg.Log, a.stderr)
	n, err := startNode(ctx, cfg.Config, logger)
	if err != nil {
		return err
	}
	// A service manager that can't be told must not end a server that works.
	notify := func(state string) {
		if err := a.notifySupervisor(state); err != nil {
			logger.Warn("the service manager was not told", "state", state, "err", err)
		}
	}
	notify("READY=1")
	told := make(chan struct{})
	stop := context.AfterFunc(ctx, func() { defer close(told); notify("STOPPING=1") })
	err = n.Wait()
	if !stop() {
		<-told
	}
	return err
}

// loadConfig reads the configuration of a command with config.AddFlags. What is
// wrong with it ends the program with exit code 2.
func (a *app) loadConfig(flags *pflag.FlagSet) (*config.Loaded, error) {
	cfg, err := config.Load(config.Sources{Environ: a.environ, Flags: flags})
	if err != nil {
		return nil, usagef("%w", err)
	}
	return cfg, nil
}

// newLogger writes the log to w, as a valid configuration says.
func newLogger(c config.Log, w io.Writer) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Level)); err != nil {
		panic(fmt.Sprintf("log level %q was validated before", c.Level))
	}
	options := &slog.HandlerOptions{Level: level}
	if c.Format == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}
