package soak

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"

	"google.golang.org/grpc"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// client uses the shop for visitors of its own, one call after the other, and remembers
// what was acknowledged.
type client struct {
	r      *run
	number int
	rng    *rand.Rand
	made   int // ids
	round  int // the life of the server that it is in

	visitors  []*visitor
	erased    []string
	decisions []*decision
	chooser   string // a visitor who says again and again what they allow
	refused   bool
	price     int64 // of the product that is this client's to change
	pending   []*op
}

// visitor is what was acknowledged of one.
type visitor struct {
	id     string
	events int
	cart   map[string]bool
	capped int // times that they were handed out the campaign with a cap
	person string
}

// decision is one that was read after it was made.
type decision struct {
	name  string
	read  *pb.Decision
	round int  // that it was made in
	kept  bool // it was there after a kill, and so for good
}

// op is something that is asked again until it is known to be done.
type op struct {
	what string
	do   func(ctx context.Context, conn *grpc.ClientConn, again bool) error
	done func() // notes it
}

func newClient(r *run, number int) *client {
	return &client{r: r, number: number, rng: rand.New(rand.NewPCG(r.o.Seed, uint64(number)+1)), price: 1}
}

// id makes one that nobody has.
func (c *client) id(kind string) string {
	c.made++
	return fmt.Sprintf("%s-%d-%d", kind, c.number, c.made)
}

// attempt does what it is to do. Whether it was done is open where the server was killed
// meanwhile: then it is asked again after the next start.
func (c *client) attempt(ctx context.Context, conn *grpc.ClientConn, o *op) error {
	err := o.do(ctx, conn, false)
	switch {
	case err == nil:
		o.done()
	case gone(err):
		c.pending = append(c.pending, o)
	default:
		c.r.broken("%s: %v", o.what, err)
	}
	return err
}

// settle asks again for what was left open, and looks at some of what was promised.
func (c *client) settle(ctx context.Context, conn *grpc.ClientConn, round int) error {
	c.round = round
	for _, o := range c.pending {
		if err := o.do(ctx, conn, true); err != nil {
			if gone(err) {
				return fmt.Errorf("%s, again: %w", o.what, err)
			}
			c.r.broken("%s, again after a kill: %v", o.what, err)
			continue
		}
		o.done()
		c.r.count(func(r *Report) { r.Retried++ })
	}
	c.pending = nil
	for range min(8, len(c.visitors)) {
		if err := c.lookAt(ctx, conn, c.visitors[c.rng.IntN(len(c.visitors))]); err != nil {
			return err
		}
	}
	for k := range c.visitors[max(0, len(c.visitors)-4):] { // the latest have changed most
		if err := c.lookAt(ctx, conn, c.visitors[len(c.visitors)-1-k]); err != nil {
			return err
		}
	}
	for range min(2, len(c.erased)) {
		if err := c.lookAtErased(ctx, conn, c.erased[c.rng.IntN(len(c.erased))]); err != nil {
			return err
		}
	}
	if err := c.lookAtRest(ctx, conn); err != nil {
		return err
	}
	return c.rereadDecisions(ctx, conn, 3)
}

// use uses the shop until the server is killed.
func (c *client) use(ctx context.Context, conn *grpc.ClientConn, _ int) error {
	for ctx.Err() == nil {
		var err error
		switch n := c.rng.IntN(100); {
		case n < 38:
			err = c.track(ctx, conn)
		case n < 46:
			err = c.trackMany(ctx, conn)
		case n < 55:
			err = c.stream(ctx, conn)
		case n < 58:
			err = c.importMany(ctx, conn)
		case n < 80:
			err = c.decide(ctx, conn)
		case n < 87:
			err = c.choose(ctx, conn)
		case n < 91:
			err = c.link(ctx, conn)
		case n < 94:
			err = c.erase(ctx, conn)
		default:
			err = c.reprice(ctx, conn)
		}
		if gone(err) {
			return nil // the server was killed
		}
		if err != nil {
			c.r.broken("%v", err)
			return nil
		}
	}
	return nil
}

// someone is a visitor who was there before, or a new one.
func (c *client) someone() *visitor {
	if len(c.visitors) == 0 || c.rng.IntN(8) == 0 {
		return &visitor{id: c.id("v"), cart: make(map[string]bool)}
	}
	lately := c.visitors[max(0, len(c.visitors)-20):]
	return lately[c.rng.IntN(len(lately))]
}

// event makes one.
func (c *client) event(v *visitor) *pb.Event {
	e := &pb.Event{
		Id: c.id("e"), Type: pb.EventType_EVENT_TYPE_PRODUCT_VIEWED, Consent: granted(true), Visitor: &pb.VisitorKey{DeviceId: v.id},
		Items: []*pb.EventItem{{ProductId: productID(c.rng.IntN(products)), Quantity: 1}},
	}
	if c.rng.IntN(5) == 0 {
		e.Type, e.Items[0].ProductId = pb.EventType_EVENT_TYPE_PRODUCT_ADDED, productID(c.rng.IntN(4))
	}
	return e
}

// has notes acknowledged events of a visitor.
func (c *client) has(v *visitor, events ...*pb.Event) {
	if v.events == 0 {
		c.visitors = append(c.visitors, v)
	}
	v.events += len(events)
	for _, e := range events {
		if e.GetType() == pb.EventType_EVENT_TYPE_PRODUCT_ADDED {
			v.cart[e.GetItems()[0].GetProductId()] = true
		}
	}
	c.r.count(func(r *Report) { r.Events += len(events) })
}

// stored judges the status of an event: a duplicate may only be one that was sent before.
func (c *client) stored(e *pb.Event, got pb.EventStatus, again bool) error {
	switch {
	case got == pb.EventStatus_EVENT_STATUS_STORED:
		return nil
	case got == pb.EventStatus_EVENT_STATUS_DUPLICATE && again:
		c.r.count(func(r *Report) { r.Landed++ })
		return nil
	}
	return fmt.Errorf("event %s: %v", e.GetId(), got)
}

func (c *client) track(ctx context.Context, conn *grpc.ClientConn) error {
	v := c.someone()
	e := c.event(v)
	if err := c.attempt(ctx, conn, c.tracking(e, func() { c.has(v, e) })); err != nil {
		return ended(err)
	}
	switch c.rng.IntN(8) {
	case 0, 1: // they read their own writes
		return c.lookAt(ctx, conn, v)
	case 2: // and what is sent twice counts once
		resp, err := pb.NewEventServiceClient(conn).TrackEvent(ctx, &pb.TrackEventRequest{Site: site, Event: e})
		if err == nil && resp.GetStatus() != pb.EventStatus_EVENT_STATUS_DUPLICATE {
			return fmt.Errorf("event %s, sent twice: %v", e.GetId(), resp.GetStatus())
		}
		return err
	}
	return nil
}

// tracking is an event to be stored.
func (c *client) tracking(e *pb.Event, done func()) *op {
	return &op{
		what: "event " + e.GetId(),
		do: func(ctx context.Context, conn *grpc.ClientConn, again bool) error {
			resp, err := pb.NewEventServiceClient(conn).TrackEvent(ctx, &pb.TrackEventRequest{Site: site, Event: e})
			if err != nil {
				return err
			}
			return c.stored(e, resp.GetStatus(), again)
		},
		done: done,
	}
}

func (c *client) trackMany(ctx context.Context, conn *grpc.ClientConn) error {
	v := c.someone()
	var events []*pb.Event
	for range 2 + c.rng.IntN(20) {
		events = append(events, c.event(v))
	}
	return ended(c.attempt(ctx, conn, &op{
		what: "events from " + events[0].GetId(),
		do: func(ctx context.Context, conn *grpc.ClientConn, again bool) error {
			resp, err := pb.NewEventServiceClient(conn).TrackEvents(ctx, &pb.TrackEventsRequest{Site: site, Events: events})
			if err != nil {
				return err
			}
			for k, result := range resp.GetResults() {
				err = errors.Join(err, c.stored(events[k], result.GetStatus(), again))
			}
			return err
		},
		done: func() { c.has(v, events...) },
	}))
}

func (c *client) importMany(ctx context.Context, conn *grpc.ClientConn) error {
	v, w := c.someone(), c.someone()
	var events [2][]*pb.Event
	for range 10 + c.rng.IntN(50) {
		events[0] = append(events[0], c.event(v))
		events[1] = append(events[1], c.event(w))
	}
	return ended(c.attempt(ctx, conn, &op{
		what: "import from " + events[0][0].GetId(),
		do: func(ctx context.Context, conn *grpc.ClientConn, again bool) error {
			stream, err := pb.NewEventServiceClient(conn).ImportEvents(ctx)
			if err != nil {
				return err
			}
			for _, list := range events {
				if err := stream.Send(&pb.ImportEventsRequest{Site: site, Events: list}); err != nil && !errors.Is(err, io.EOF) {
					return err
				}
			}
			if err := stream.CloseSend(); err != nil {
				return err
			}
			var last *pb.ImportEventsResponse
			for {
				resp, err := stream.Recv()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					return err
				}
				last = resp
			}
			n := int64(len(events[0]) + len(events[1]))
			if last.GetStored()+last.GetDuplicates() != n || last.GetDuplicates() > 0 && !again {
				return fmt.Errorf("of %d events imported %v", n, last)
			}
			c.r.count(func(r *Report) { r.Landed += int(last.GetDuplicates()) })
			return nil
		},
		done: func() {
			c.has(v, events[0]...)
			if w != v && w.id != v.id {
				c.has(w, events[1]...)
			} else {
				c.has(v, events[1]...)
			}
		},
	}))
}

// ended is gone for a call whose server was killed; what else an attempt met is told.
func ended(err error) error {
	if err == nil || gone(err) {
		return err
	}
	return nil
}

func visitorName(id string) string { return site + "/visitors/" + id }
