package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// suite is what the scenarios of all clients share.
type suite struct {
	root      string // of the repository
	temp      string
	binary    string // vitrine
	clients   map[string]client
	scenarios []scenario
	parallel  int
	door      bool // a client speaks JSON

	server *server
	key    string // that clients use
	tls    *authority
}

// outcome is how one client did in one scenario.
type outcome struct {
	Client   string  `json:"client"`
	Scenario string  `json:"scenario"`
	Outcome  string  `json:"outcome"` // ok, failed, or left out
	Why      string  `json:"why,omitempty"`
	Seconds  float64 `json:"seconds"`
}

const (
	outcomeOK      = "ok"
	outcomeFailed  = "failed"
	outcomeLeftOut = "left out"
)

// openSuite reads the scenarios and makes a folder, which close removes.
func openSuite(o *options) (*suite, error) {
	root, err := repository()
	if err != nil {
		return nil, err
	}
	s := &suite{root: root, parallel: o.parallel, binary: o.server}
	if s.clients, err = loadClients(clientsYAML); err != nil {
		return nil, err
	}
	if s.scenarios, err = loadScenarios(scenariosYAML); err != nil {
		return nil, err
	}
	if s.temp, err = os.MkdirTemp("", "vitrine-conformance-"); err != nil {
		return nil, err
	}
	return s, nil
}

// start builds the server, if need be, and runs it.
func (s *suite) start(ctx context.Context) (err error) {
	if s.binary == "" {
		s.binary = filepath.Join(s.temp, "vitrine")
		if err := s.build(ctx, []string{"go", "build", "-o", s.binary, "./cmd/vitrine"}); err != nil {
			return err
		}
	} else if s.binary, err = filepath.Abs(s.binary); err != nil {
		return err
	}
	if s.tls, err = newAuthority(filepath.Join(s.temp, "ca.pem")); err != nil {
		return err
	}
	server, err := newServer(ctx, s.binary, filepath.Join(s.temp, "data"), s.door)
	if err != nil {
		return err
	}
	if err := server.start(ctx); err != nil {
		return err
	}
	s.server = server
	s.key, err = server.newKey(ctx, "clients", vitrinev1.Role_ROLE_DECIDE, vitrinev1.Role_ROLE_TRACK)
	return err
}

func (s *suite) close() (err error) {
	if s.server != nil {
		err = s.server.stop()
	}
	return errors.Join(err, os.RemoveAll(s.temp))
}

// repository is the folder of the module that this program is run in.
func repository() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("run this inside the repository: there is no go.mod here or above")
		}
		dir = parent
	}
}

// build runs a command at the repository's root.
func (s *suite) build(ctx context.Context, command []string) error {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...) //nolint:gosec // clients.yaml names it
	cmd.Dir, cmd.Env = s.root, append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(command, " "), err, out)
	}
	return nil
}

// fill puts the folder of built programs into a command.
func (s *suite) fill(command []string) []string {
	filled := make([]string, len(command))
	for i, word := range command {
		filled[i] = strings.ReplaceAll(word, "{bin}", s.temp)
	}
	return filled
}

// prepare builds a client's driver. missing says why it can't run here, with what to do
// about it.
func (s *suite) prepare(ctx context.Context, name string) (missing string, err error) {
	c, ok := s.clients[name]
	if !ok {
		return "", fmt.Errorf("no client %q in clients.yaml", name)
	}
	for _, need := range c.Needs {
		if _, err := os.Stat(filepath.Join(s.root, need)); errors.Is(err, fs.ErrNotExist) {
			return need + " is not there: run " + c.Prepare, nil
		} else if err != nil {
			return "", err
		}
	}
	if program := c.Run[0]; !strings.Contains(program, "/") {
		if _, err := exec.LookPath(program); errors.Is(err, exec.ErrNotFound) {
			return program + " is not installed: run " + c.Prepare, nil
		} else if err != nil {
			return "", err
		}
	}
	s.door = s.door || c.Door
	if len(c.Build) == 0 {
		return "", nil
	}
	return "", s.build(ctx, s.fill(c.Build))
}

// run plays the scenarios named with a client, several at a time, and reports each as it
// ends.
func (s *suite) run(ctx context.Context, name string, only []string, report func(outcome)) error {
	outcomes := make(chan outcome)
	var group errgroup.Group
	group.SetLimit(s.parallel)
	go func() {
		defer close(outcomes)
		for i := range s.scenarios {
			sc := &s.scenarios[i]
			if len(only) > 0 && !slices.Contains(only, sc.Name) {
				continue
			}
			group.Go(func() error {
				outcomes <- s.outcome(ctx, name, sc)
				return nil
			})
		}
		_ = group.Wait() // its functions return none
	}()
	for o := range outcomes {
		report(o)
	}
	return ctx.Err()
}

func (s *suite) outcome(ctx context.Context, name string, sc *scenario) outcome {
	o := outcome{Client: name, Scenario: sc.Name, Outcome: outcomeOK}
	for _, need := range sc.Needs {
		if slices.Contains(s.clients[name].Lacks, need) {
			o.Outcome, o.Why = outcomeLeftOut, "it has no "+need
			return o
		}
	}
	begun := time.Now()
	if err := s.play(ctx, name, sc); err != nil {
		o.Outcome, o.Why = outcomeFailed, err.Error()
	}
	o.Seconds = time.Since(begun).Seconds()
	return o
}
