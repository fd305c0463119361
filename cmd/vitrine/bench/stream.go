package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// eventStreams is how many streams of events the workers share.
const eventStreams = 4

// eventStream sends messages over one stream and tells each sender when the last
// event of its message is acknowledged.
type eventStream struct {
	client grpc.ClientStream
	each   int64 // acknowledged a message: its events, or one by the echo

	mu      sync.Mutex
	waiting []chan error // of the messages that are not acknowledged, in their order
	sent    int64        // messages
	ended   error
}

func (b *bench) openStream(ctx context.Context, n int, method string, each int64) (*eventStream, error) {
	client, err := b.conns[n%len(b.conns)].NewStream(ctx, &grpc.StreamDesc{ClientStreams: true, ServerStreams: true}, method, asIs)
	if err != nil {
		return nil, fmt.Errorf("open a stream of events: %w", err)
	}
	s := &eventStream{client: client, each: each}
	go s.receive()
	return s, nil
}

// call sends a message and waits until it is acknowledged.
func (s *eventStream) call(ctx context.Context, message []byte) error {
	done := make(chan error, 1)
	s.mu.Lock()
	if s.ended != nil {
		s.mu.Unlock()
		return s.ended
	}
	err := s.client.SendMsg(message)
	if err == nil {
		s.waiting = append(s.waiting, done)
		s.sent++
	}
	s.mu.Unlock()
	if err != nil {
		return err
	}
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// receive takes acknowledgements until the stream ends.
func (s *eventStream) receive() {
	for acknowledged := int64(0); ; {
		a := answer{keep: true}
		err := s.client.RecvMsg(&a)
		var resp pb.StreamEventsResponse
		if err == nil {
			err = proto.Unmarshal(a.bytes, &resp)
		}
		s.mu.Lock()
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = status.Error(codes.Unavailable, "the server ended the stream")
			}
			s.ended = err
			for _, w := range s.waiting {
				w <- err
			}
			s.waiting = nil
			s.mu.Unlock()
			return
		}
		wrong := error(nil)
		if len(resp.GetResults()) > 0 { // not simply stored
			wrong = errWrongAnswer
		}
		for ; len(s.waiting) > 0 && acknowledged+s.each <= resp.GetAcknowledged(); acknowledged += s.each {
			s.waiting[0] <- wrong
			s.waiting = s.waiting[1:]
		}
		s.mu.Unlock()
	}
}

// streamLoad tells a hundred events a call.
func (b *bench) streamLoad(ctx context.Context) (*load, error) {
	next := func(r *rand.Rand) []byte {
		m := b.events.message(streamMessage)
		for range streamMessage {
			m = b.events.add(m, kind(r), b.events.now(r, b.nextID()))
		}
		return m
	}
	ctx, end := context.WithCancel(ctx)
	side := func(method string, each int64) (worker, error) {
		var streams []*eventStream
		for n := range eventStreams {
			s, err := b.openStream(ctx, n, method, each)
			if err != nil {
				return nil, err
			}
			streams = append(streams, s)
		}
		return func(number int) func(context.Context) error {
			r, s := b.shop.rng(aWorker, number), streams[number%len(streams)]
			return func(ctx context.Context) error { return s.call(ctx, next(r)) }
		}, nil
	}
	l := &load{
		name: LoadStream, title: "StreamEvents, 100 a message, durable", unit: "events", each: streamMessage, writes: true,
		request: len(next(b.shop.rng(aWorker, -1))), answer: 4, close: end,
	}
	var err error
	if l.ours, err = side(pb.EventService_StreamEvents_FullMethodName, streamMessage); err != nil {
		end()
		return nil, err
	}
	if b.o.Echo {
		if l.echo, err = side(echoStream, 1); err != nil {
			end()
			return nil, err
		}
	}
	return l, nil
}
