package boltstore

import (
	"runtime"
	"time"

	"github.com/vitrine-io/vitrine/store"
)

// growWait is how long at most the committer lets a batch grow. It doesn't wait
// for it to pass: as soon as yielding brings no more requests it commits.
// Measured: waiting 1 ms or more costs 10-50 % at 64 or fewer in flight.
const growWait = time.Millisecond

// enqueue hands r to the committer, which answers through r.done. Events wait for room in
// the queue, until r's context ends.
func (c *committer) enqueue(r *request) error {
	c.mu.Lock()
	if len(r.entries) > 0 && c.events >= c.s.opts.MaxQueued {
		c.s.metrics.waits.Inc()
	}
	for len(r.entries) > 0 && c.events >= c.s.opts.MaxQueued && !c.closed {
		if c.room == nil {
			c.room = make(chan struct{})
		}
		room := c.room
		c.mu.Unlock()
		select {
		case <-room:
		case <-r.ctx.Done():
			return r.ctx.Err()
		}
		c.mu.Lock()
	}
	if c.closed {
		c.mu.Unlock()
		return store.ErrClosed
	}
	c.queue = append(c.queue, r)
	c.events += len(r.entries)
	c.mu.Unlock()
	c.wake()
	return nil
}

func (c *committer) wake() {
	select {
	case c.signal <- struct{}{}:
	default:
	}
}

// makeRoom lets those look again who wait for room. The caller holds mu.
func (c *committer) makeRoom() {
	if c.room != nil {
		close(c.room)
		c.room = nil
	}
}

func (c *committer) letGrow() {
	var start time.Time
	n := c.queued()
	for {
		runtime.Gosched()
		m := c.queued()
		if m == n || m >= c.s.opts.MaxCommit {
			return
		}
		n = m
		if start.IsZero() {
			start = time.Now()
		} else if time.Since(start) > growWait {
			return
		}
	}
}

func (c *committer) queued() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.events
}

// take removes the requests of the next commit from the queue.
func (c *committer) take() (requests []*request, closed bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n, events := 0, 0
	for n < len(c.queue) {
		r := c.queue[n]
		if n > 0 && (r.control != nil || events+len(r.entries) > c.s.opts.MaxCommit) {
			break
		}
		n++
		events += len(r.entries)
		if r.control != nil {
			break
		}
	}
	requests = c.queue[:n:n]
	c.queue = c.queue[n:]
	c.events -= events
	if events > 0 {
		c.makeRoom()
	}
	if len(c.queue) > 0 || c.closed {
		c.wake()
	}
	return requests, c.closed
}
