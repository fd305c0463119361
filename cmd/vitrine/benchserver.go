package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"

	"github.com/spf13/cobra"

	"github.com/vitrine-io/vitrine/cmd/vitrine/bench"
	"github.com/vitrine-io/vitrine/server/config"
)

// newBenchServerCommand is `vitrine bench server`: the other process of `vitrine
// bench`, or one to be measured from another machine.
func newBenchServerCommand(a *app) *cobra.Command {
	child := false
	cmd := &cobra.Command{
		Use:   "server",
		Short: "Run a server with an echo in it, to be measured",
		Long: `Run a server with an echo in it, to be measured. It is vitrine serve, but for the
echo, which any API key may call: not for production.

When it takes calls it writes its addresses to standard output, as JSON.`,
		Example: `  vitrine bench server --data-dir ./bench-data --listen :7654 --ops-listen :7655`,
		Args:    cobra.NoArgs,
		Hidden:  true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := a.loadConfig(cmd.Flags())
			if err != nil {
				return err
			}
			return a.benchServer(cmd.Context(), cfg.Config, child)
		},
	}
	config.AddFlags(cmd.Flags())
	cmd.Flags().BoolVar(&child, "until-stdin-ends", false, "end when standard input does, and only then")
	return cmd
}

// benchAddresses is the line in which a server says that it takes calls.
type benchAddresses struct {
	Address string `json:"address"`
	Ops     string `json:"ops"` // empty: none
}

func (a *app) benchServer(ctx context.Context, cfg *config.Config, child bool) error {
	if child {
		// Ctrl-C meets the whole group of processes. The parent ends this one when
		// it needs it no longer, and its own end closes the pipe.
		var end context.CancelFunc
		ctx, end = context.WithCancel(context.WithoutCancel(ctx))
		defer end()
		go func() {
			_, _ = io.Copy(io.Discard, a.stdin)
			end()
		}()
	}
	n, err := startNode(ctx, cfg, newLogger(cfg.Log, a.stderr), bench.RegisterEcho)
	if err != nil {
		return err
	}
	if err := json.NewEncoder(a.stdout).Encode(benchAddresses{n.Addr(), n.OpsAddr()}); err != nil {
		return errors.Join(err, n.Close())
	}
	return n.Wait()
}

// benchServer is a server in a process of its own.
type benchServer struct {
	benchAddresses
	stop func() // ends it, and removes a temporary data folder
}

// startBenchServer starts this program again as a server, so that client and
// server share cores, as on any machine, but neither heap nor scheduler. It has
// the settings of this process's environment, and more as flags.
func (a *app) startBenchServer(folder string, more ...string) (*benchServer, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program to start it again: %w", err)
	}
	temporary := folder == ""
	if temporary {
		if folder, err = os.MkdirTemp("", "vitrine-bench-"); err != nil {
			return nil, err
		}
	}
	remove := func() {
		if temporary {
			os.RemoveAll(folder)
		}
	}
	//nolint:noctx // it is ended by its standard input, in good order if its data are kept
	cmd := exec.Command(self, append([]string{
		"bench", "server", "--until-stdin-ends", "--data-dir", folder,
		"--listen", "127.0.0.1:0", "--ops-listen", "", "--auth", "none", "--log-level", "error",
	}, more...)...)
	var said bytes.Buffer // told at its end: until then standard error is the progress's
	cmd.Env, cmd.Stderr = a.environ, &said
	stdin, err := cmd.StdinPipe()
	if err != nil {
		remove()
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		remove()
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		remove()
		return nil, fmt.Errorf("start a server: %w", err)
	}
	s := &benchServer{stop: func() {
		if temporary {
			_ = cmd.Process.Kill() // nothing that it would still write down is wanted
		}
		_ = stdin.Close() // ends it
		_ = cmd.Wait()    // what it says tells more
		_, _ = said.WriteTo(a.stderr)
		remove()
	}}
	if err := json.NewDecoder(stdout).Decode(&s.benchAddresses); err != nil {
		_ = stdin.Close()
		err = cmd.Wait()
		_, _ = said.WriteTo(a.stderr)
		remove()
		return nil, fmt.Errorf("the server to measure did not start: %w", err)
	}
	return s, nil
}
