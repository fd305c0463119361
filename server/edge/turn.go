package edge

import (
	"context"
	"sync"
	"time"

	"google.golang.org/grpc"
)

const (
	// politeness is how many times as long as its last step took a stream pauses under
	// pressure: with one turn for two processors streams then take a tenth of them.
	politeness = 4
	// longestPause keeps a stream moving, whatever happens.
	longestPause = 250 * time.Millisecond
)

// turn lets a long call work step by step. While calls of a class above come, and
// goroutines wait longer for a processor than its lane's target, only as many work as there are turns, and each pauses after its
// step. Without pressure it costs nothing.
type turn struct {
	gate *gate
	lane *lane

	mu     sync.Mutex // give and close come from other goroutines, too
	has    bool
	closed bool
	begun  time.Time
	took   time.Duration // the last step
}

// take waits for the turn, or until ctx ends.
func (t *turn) take(ctx context.Context) error {
	now := time.Now()
	g := t.gate
	g.look(now)
	if int64(g.pressure.wait()) <= t.lane.bearable.Load() {
		t.begun = now
		return nil
	}
	select {
	case g.turns <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	t.mu.Lock()
	t.has = !t.closed
	if t.closed {
		<-g.turns
	}
	t.mu.Unlock()
	pause := time.NewTimer(min(politeness*t.took, longestPause))
	defer pause.Stop()
	select {
	case <-pause.C:
	case <-ctx.Done():
		return ctx.Err()
	}
	t.begun = time.Now()
	return nil
}

// give ends the step.
func (t *turn) give() {
	if !t.begun.IsZero() {
		t.took, t.begun = time.Since(t.begun), time.Time{}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.has {
		t.has = false
		<-t.gate.turns
	}
}

// close gives the turn back for good.
func (t *turn) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed = true
	if t.has {
		t.has = false
		<-t.gate.turns
	}
}

// yielding is a stream that works in turn under pressure: from one message received to
// the next, or, where the server alone sends, from one sent to the next.
type yielding struct {
	grpc.ServerStream
	turn  turn
	sends bool
}

// RecvMsg implements grpc.ServerStream.
func (y *yielding) RecvMsg(m any) error {
	y.turn.give()
	if err := y.ServerStream.RecvMsg(m); err != nil {
		return err
	}
	return y.turn.take(y.Context())
}

// SendMsg implements grpc.ServerStream.
func (y *yielding) SendMsg(m any) error {
	if !y.sends {
		return y.ServerStream.SendMsg(m)
	}
	y.turn.give()
	if err := y.ServerStream.SendMsg(m); err != nil {
		return err
	}
	return y.turn.take(y.Context())
}
