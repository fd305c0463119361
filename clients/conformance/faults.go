package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/grpc/codes"
)

// call is one attempt of a client, as it reached the proxy.
type call struct {
	method string
	events []string // ids, of TrackEvents and TrackEvent
	conn   *conn    // it came by
	front
}

// front is what the proxy can do about a call, in the protocol it came by.
type front interface {
	// forward asks the server and keeps its answer, an error included.
	forward(context.Context)
	// reply gives the caller the answer that forward kept.
	reply() error
	// refuse answers in the server's place.
	refuse(codes.Code, time.Duration) error
}

// script plays the faults of a scenario, and remembers what came.
type script struct {
	mu       sync.Mutex
	faults   []fault // those still to come; of one method, the first is next
	released chan struct{}
	changed  chan struct{} // closed at every attempt

	since    time.Time // the count began
	attempts map[string]int
	batches  []int
	advised  map[string]time.Time // not before, by method
	broken   []string             // rules of the contract that a client broke
}

func newScript(faults []fault) *script {
	s := &script{released: make(chan struct{}), changed: make(chan struct{}), advised: map[string]time.Time{}}
	s.set(faults)
	s.countAnew()
	return s
}

// set replaces the faults to come.
func (s *script) set(faults []fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = slices.Clone(faults)
}

func (s *script) countAnew() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.since, s.attempts, s.batches = time.Now(), map[string]int{}, nil
}

// release lets go of what is held.
func (s *script) release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.released)
	s.released = make(chan struct{})
}

// early is how much sooner than advised an attempt may come: clocks and timers are
// rounded to a millisecond in some languages.
const early = 5 * time.Millisecond

// arrive counts an attempt and says what is to be done to it.
func (s *script) arrive(c *call) (f fault, released <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	s.attempts[c.method]++
	if c.method == "TrackEvents" {
		s.batches = append(s.batches, len(c.events))
		if n := len(c.events); n > 500 {
			s.broken = append(s.broken, fmt.Sprintf("a batch of %d events: want at most 500", n))
		}
	}
	if due := s.advised[c.method]; now.Before(due.Add(-early)) {
		s.broken = append(s.broken, fmt.Sprintf("%s came %v before it was advised to", c.method, due.Sub(now).Round(time.Millisecond)))
	}
	close(s.changed)
	s.changed = make(chan struct{})
	for i := range s.faults {
		if s.faults[i].On != c.method {
			continue
		}
		f = s.faults[i]
		switch f.Times {
		case 0: // for ever
		case 1:
			s.faults = slices.Delete(s.faults, i, i+1)
		default:
			s.faults[i].Times--
		}
		return f, s.released
	}
	return fault{}, s.released
}

// handle is what becomes of a call. It returns what the front shall return.
func (s *script) handle(ctx context.Context, c *call) error {
	f, released := s.arrive(c)
	switch {
	case f.Answer != "":
		return s.answer(c, f)
	case f.Hang:
		<-ctx.Done()
		return ctx.Err()
	case f.Hold:
		select {
		case <-released:
		case <-ctx.Done():
			return ctx.Err()
		}
	case f.SlowMS > 0:
		select {
		case <-time.After(time.Duration(f.SlowMS) * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	case f.Cut == cutBefore:
		c.conn.reset()
		return context.Canceled
	}
	c.forward(ctx)
	switch {
	case f.LoseIt:
		c.conn.reset()
		return context.Canceled
	case f.Cut == cutAmid:
		c.conn.cutAfter(20) // within the answer's first frame or status line
	}
	return c.reply()
}

func (s *script) answer(c *call, f fault) error {
	code, err := codeNamed(f.Answer)
	if err != nil {
		return err
	}
	advice := time.Duration(f.AdviceMS) * time.Millisecond
	if advice > 0 && c.method != "Decide" { // a decision is asked for once: the next is another
		s.mu.Lock()
		s.advised[c.method] = time.Now().Add(advice)
		s.mu.Unlock()
	}
	return c.refuse(code, advice)
}

// await waits until a method was called so often.
func (s *script) await(ctx context.Context, method string, times int) error {
	for {
		s.mu.Lock()
		n, changed := s.attempts[method], s.changed
		s.mu.Unlock()
		if n >= times {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("%s was called %d times: waited for %d", method, n, times)
		}
	}
}

// came is what came since the count began.
type came struct {
	attempts map[string]int
	batches  []int
	broken   []string
	during   time.Duration
}

func (s *script) came() came {
	s.mu.Lock()
	defer s.mu.Unlock()
	counted := make(map[string]int, len(methods))
	for _, m := range methods {
		counted[m] = s.attempts[m]
	}
	return came{counted, slices.Clone(s.batches), slices.Clone(s.broken), time.Since(s.since)}
}

// codeNamed is the gRPC status of a name such as RESOURCE_EXHAUSTED.
func codeNamed(name string) (codes.Code, error) {
	for c := codes.OK; c <= codes.Unauthenticated; c++ {
		if nameOf(c) == name {
			return c, nil
		}
	}
	return 0, fmt.Errorf("%q is no gRPC status", name)
}

// nameOf is a gRPC status' name, as the protocol has it.
func nameOf(c codes.Code) string { return code.Code(c).String() }
