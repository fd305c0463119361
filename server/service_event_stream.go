package server

import (
	"context"
	"sync"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

const (
	// maxPending bounds the events of a stream that wait for their commit, but for those of
	// one message.
	maxPending = 8192
	// maxCommit is how many events of a stream are stored at once: more would wait for each
	// other.
	maxCommit = 4096
)

// eventStream is what a stream has brought and what has not been taken yet. One goroutine
// puts, one takes. site is set before anything is put.
type eventStream struct {
	site *site

	mu      sync.Mutex
	waiting []*pb.Event
	ended   bool
	err     error         // why it ended; nil when the caller closed its side
	more    chan struct{} // of capacity 1: events wait, or it has ended
	room    chan struct{} // of capacity 1: events were taken
}

func newEventStream() *eventStream {
	return &eventStream{more: make(chan struct{}, 1), room: make(chan struct{}, 1)}
}

// put waits for room for a message's events. It is false when ctx ends before.
func (in *eventStream) put(ctx context.Context, events []*pb.Event) bool {
	for {
		in.mu.Lock()
		if len(in.waiting) < maxPending {
			in.waiting = append(in.waiting, events...)
			in.mu.Unlock()
			signal(in.more)
			return true
		}
		in.mu.Unlock()
		select {
		case <-in.room:
		case <-ctx.Done():
			return false
		}
	}
}

// end says that nothing more comes.
func (in *eventStream) end(err error) {
	in.mu.Lock()
	in.ended, in.err = true, err
	in.mu.Unlock()
	signal(in.more)
}

// take waits for events and takes what waits, up to a commit's worth; none when the stream
// has ended, and errDraining when it could go on but the server drains.
func (in *eventStream) take(draining <-chan struct{}) ([]*pb.Event, error) {
	for {
		in.mu.Lock()
		events, ended, err := in.waiting, in.ended, in.err
		if n := min(len(events), maxCommit); n > 0 {
			events, in.waiting = events[:n:n], events[n:]
			in.mu.Unlock()
			signal(in.room)
			return events, nil
		}
		in.mu.Unlock()
		if ended {
			return nil, err
		}
		select {
		case <-in.more:
		case <-draining:
			if !in.has() {
				return nil, errDraining
			}
		}
	}
}

// has reports whether events wait or the stream has ended.
func (in *eventStream) has() bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	return len(in.waiting) > 0 || in.ended
}

// signal wakes whoever waits, now or next.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
