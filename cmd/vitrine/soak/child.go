package soak

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
)

// child is a server process.
type child struct {
	cmd     *exec.Cmd
	serving chan struct{} // closed once address takes calls
	address string
	exited  chan struct{} // closed once it has ended with err
	err     error

	mu    sync.Mutex
	lines []string // the last of its log
}

// spawn starts a server process on a folder. Which way it writes things down differs
// from life to life.
func (r *run) spawn(ctx context.Context, dir string) (*child, error) {
	args := append(slices.Clone(r.o.Serve[1:]),
		"--data-dir", dir, "--listen", "127.0.0.1:0", "--ops-listen", "", "--log-format", "json", "--auth", "none",
		"--store-checkpoint-every", []string{"1s", "30s"}[r.rng.IntN(2)],
		"--learner-snapshot-every", []string{"1s", "5m"}[r.rng.IntN(2)],
	)
	c := &child{
		cmd:     exec.CommandContext(ctx, r.o.Serve[0], args...), //nolint:gosec // it is this program
		serving: make(chan struct{}), exited: make(chan struct{}),
	}
	log, err := c.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		lines := bufio.NewScanner(log)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			c.read(lines.Text())
		}
		c.err = c.cmd.Wait()
		close(c.exited)
	}()
	return c, nil
}

// read takes in a line of the log.
func (c *child) read(line string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lines = append(c.lines[max(0, len(c.lines)-50):], line)
	var said struct{ Msg, Address string }
	if json.Unmarshal([]byte(line), &said) == nil && said.Msg == "serving" && c.address == "" {
		c.address = said.Address
		close(c.serving)
	}
}

// fault is why it ended although nobody asked it to.
func (c *child) fault() error {
	if c.err == nil {
		return errors.New("without an error")
	}
	return c.err
}

func (c *child) log() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.Join(c.lines, "\n")
}

// kill ends it at once, as a power cut of the process does.
func (c *child) kill() { _ = c.cmd.Process.Kill() }

// end asks it to end.
func (c *child) end() { _ = c.cmd.Process.Signal(syscall.SIGTERM) }
