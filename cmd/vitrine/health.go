package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/vitrine-io/vitrine/server/config"
)

// newHealthCommand is `vitrine health`.
func newHealthCommand(a *app) *cobra.Command {
	live, timeout := false, 2*time.Second
	cmd := &cobra.Command{
		Use:   "health",
		Short: "Tell by the exit code whether the server on this machine is ready: for containers and scripts",
		Long: `Ask the server on this machine, at its ops port, whether calls are welcome. It ends with
0 when they are, and with 1, saying why, when they are not or nobody answers.

The port is found as vitrine serve finds it: give the same flags, environment or file.
No API key is needed, nor TLS. What an operator wants to know is told by vitrine status.`,
		Example: `  vitrine health
  vitrine health --config /etc/vitrine/vitrine.yaml
  vitrine health --live --ops-listen 127.0.0.1:7655`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := a.loadConfig(cmd.Flags())
			if err != nil {
				return err
			}
			if cfg.OpsListen == "" {
				return usagef("ops_listen is empty, so nobody can ask the server how it is: set it, to 127.0.0.1:7655 for one")
			}
			path := "/readyz"
			if live {
				path = "/healthz"
			}
			ctx, cancel := context.WithTimeout(cmd.Context(), timeout)
			defer cancel()
			text, err := askOps(ctx, here(cfg.OpsListen), path)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(a.stdout, text)
			return err
		},
	}
	config.AddFlags(cmd.Flags())
	cmd.Flags().BoolVar(&live, "live", false, "ask only whether the process lives, not whether calls are welcome")
	cmd.Flags().DurationVar(&timeout, "timeout", timeout, "give up after this `long`")
	return cmd
}

// here is an address that a process on the same machine reaches a listener at.
func here(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return listen
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}

// askOps returns what the ops port answers, or an error that says what it refuses.
func askOps(ctx context.Context, address, path string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+path, nil)
	if err != nil {
		return "", err
	}
	// One of its own: no proxy is asked the way to this machine.
	transport := &http.Transport{DisableKeepAlives: true}
	response, err := transport.RoundTrip(request)
	if errors.Is(err, context.DeadlineExceeded) {
		return "", fmt.Errorf("%s does not answer in time; see --timeout", address)
	}
	if err != nil {
		return "", fmt.Errorf("no server answers at %s: %w", address, err)
	}
	defer func() { _ = response.Body.Close() }() // what it had to say was read
	body, err := io.ReadAll(io.LimitReader(response.Body, 1<<10))
	if err != nil {
		return "", err
	}
	text := strings.TrimSpace(string(body))
	if response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("not ready: %s", text)
	}
	return text, nil
}
