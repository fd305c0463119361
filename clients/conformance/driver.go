package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// driver is a client's process, which does what it is told and says what came of it.
type driver struct {
	cmd     *exec.Cmd
	in      io.WriteCloser
	replies chan []byte // closed when it has ended
	said    tail
}

// startDriver starts a client's driver in folder dir.
func startDriver(ctx context.Context, dir string, command []string) (*driver, error) {
	d := &driver{
		cmd:     exec.CommandContext(ctx, command[0], command[1:]...), //nolint:gosec // clients.yaml names it
		replies: make(chan []byte, 16),
	}
	d.cmd.Dir, d.cmd.Stderr = dir, &d.said
	var err error
	if d.in, err = d.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := d.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := d.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		defer close(d.replies)
		lines := bufio.NewScanner(out)
		lines.Buffer(nil, 16<<20)
		for lines.Scan() {
			d.replies <- append([]byte(nil), lines.Bytes()...)
		}
	}()
	return d, nil
}

// do sends a command and returns its reply, unless that takes longer than limit.
func (d *driver) do(command map[string]any, limit time.Duration) (map[string]any, error) {
	line, err := json.Marshal(command)
	if err != nil {
		return nil, err
	}
	if _, err := d.in.Write(append(line, '\n')); err != nil {
		return nil, fmt.Errorf("the driver takes no commands: %w%s", err, d.said.last())
	}
	select {
	case reply, ok := <-d.replies:
		if !ok {
			return nil, fmt.Errorf("the driver ended at %s%s", line, d.said.last())
		}
		var told map[string]any
		if err := json.Unmarshal(reply, &told); err != nil {
			return nil, fmt.Errorf("the driver wrote %.200q, which is no JSON object: %w", reply, err)
		}
		if why := told["fatal"]; why != nil {
			return nil, fmt.Errorf("the driver can't: %v", why)
		}
		return told, nil
	case <-time.After(limit):
		return nil, fmt.Errorf("no reply within %v to %.200s%s", limit, line, d.said.last())
	}
}

// end closes its input and waits until it has ended of itself.
func (d *driver) end(limit time.Duration) error {
	err := d.in.Close()
	deadline := time.AfterFunc(limit, d.kill)
	for range d.replies { // more than one a command is a mistake that shows as a wrong reply
	}
	err = errors.Join(err, d.cmd.Wait())
	if !deadline.Stop() {
		return fmt.Errorf("the driver went on for %v after its input had ended%s", limit, d.said.last())
	}
	if err != nil {
		return fmt.Errorf("the driver ended badly: %w%s", err, d.said.last())
	}
	return nil
}

func (d *driver) kill() { _ = d.cmd.Process.Kill() } // it may have ended already

// tail keeps the end of what is written to it. It is safe for concurrent use.
type tail struct {
	mu   sync.Mutex
	text []byte
}

const tailBytes = 2000

// Write implements io.Writer.
func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, b...)
	t.text = t.text[max(0, len(t.text)-tailBytes):]
	return len(b), nil
}

// last is what was written last, as a note to an error.
func (t *tail) last() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := strings.TrimSpace(string(t.text))
	if s == "" {
		return ""
	}
	return "; it said: " + s
}
