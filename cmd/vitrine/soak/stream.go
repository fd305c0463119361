package soak

import (
	"context"
	"errors"
	"fmt"
	"io"

	"google.golang.org/grpc"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// flow is events on a stream, which are all sent again after a kill.
type flow struct {
	messages [][]*pb.Event
	events   int
	durable  int // acknowledged on a stream before this one
}

// stream sends events of two visitors on a stream.
func (c *client) stream(ctx context.Context, conn *grpc.ClientConn) error {
	visitors := [2]*visitor{c.someone(), c.someone()}
	var f flow
	var of [2][]*pb.Event
	for range 2 + c.rng.IntN(8) {
		var message []*pb.Event
		for range 1 + c.rng.IntN(12) {
			k := c.rng.IntN(2)
			e := c.event(visitors[k])
			message, of[k] = append(message, e), append(of[k], e)
		}
		f.messages = append(f.messages, message)
		f.events += len(message)
	}
	return ended(c.attempt(ctx, conn, &op{
		what: "stream from " + f.messages[0][0].GetId(),
		do: func(ctx context.Context, conn *grpc.ClientConn, _ bool) error {
			return f.run(ctx, conn, c)
		},
		done: func() {
			for k, events := range of {
				if len(events) > 0 {
					c.has(visitors[k], events...)
				}
			}
			c.r.count(func(r *Report) { r.Streams++ })
		},
	}))
}

// run sends all of them, and returns once all are acknowledged. What a stream before this
// one had acknowledged must be known.
func (f *flow) run(ctx context.Context, conn *grpc.ClientConn, c *client) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s, err := pb.NewEventServiceClient(conn).StreamEvents(ctx)
	if err != nil {
		return err
	}
	sent := make(chan error, 1)
	go func() { sent <- f.send(s) }()
	before, acknowledged := f.durable, 0
	known := make(map[int]bool)
	for acknowledged < f.events {
		resp, err := s.Recv()
		if errors.Is(err, io.EOF) {
			return fmt.Errorf("the stream ended after %d of %d", acknowledged, f.events)
		}
		if err != nil {
			return err
		}
		for _, result := range resp.GetResults() {
			if result.GetStatus() != pb.EventStatus_EVENT_STATUS_DUPLICATE {
				return fmt.Errorf("event %d of the stream: %v", result.GetIndex(), result.GetStatus())
			}
			known[int(result.GetIndex())] = true
		}
		acknowledged = int(resp.GetAcknowledged())
		f.durable = max(f.durable, acknowledged)
	}
	for k := range before {
		if !known[k] {
			return fmt.Errorf("event %d of a stream that had acknowledged %d was lost", k, before)
		}
	}
	c.r.count(func(r *Report) { r.Kept += before; r.Landed += len(known) })
	return <-sent
}

func (f *flow) send(s grpc.BidiStreamingClient[pb.StreamEventsRequest, pb.StreamEventsResponse]) error {
	for _, events := range f.messages {
		if err := s.Send(&pb.StreamEventsRequest{Site: site, Events: events}); err != nil {
			return err
		}
	}
	return s.CloseSend()
}
