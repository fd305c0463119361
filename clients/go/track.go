package vitrine

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// DropReason says why an event will not be delivered.
type DropReason string

// The reasons.
const (
	// DropQueueFull: as many events or bytes as Options allow were waiting.
	DropQueueFull DropReason = "queue full"
	// DropInvalid: the event breaks a rule of the contract; Drop.Err is an
	// InvalidEventError when the server said so.
	DropInvalid DropReason = "invalid"
	// DropRefused: the server refused the request as a whole, for a reason that
	// time does not mend: an unknown site, say.
	DropRefused DropReason = "refused"
	// DropExpired: it could not be delivered for so long that Vitrine might not
	// know it again, and count it twice.
	DropExpired DropReason = "expired"
	// DropClosed: the client was closed before.
	DropClosed DropReason = "closed"
)

// Drop is an event that will not be delivered.
type Drop struct {
	// Event is the event with its id. An event that was under way may have
	// arrived all the same; sending it again under this id is safe for 24 hours.
	Event  *vitrinev1.Event
	Reason DropReason
	Err    error
}

// InvalidEventError is what the server found wrong with an event.
type InvalidEventError struct {
	Violations []*vitrinev1.FieldViolation
}

// Error lists all violations.
func (e *InvalidEventError) Error() string {
	parts := make([]string, len(e.Violations))
	for i, v := range e.Violations {
		parts[i] = v.GetField() + ": " + v.GetDescription()
	}
	return "vitrine: invalid event: " + strings.Join(parts, "; ")
}

// UndeliveredError is what Close returns when events were left.
type UndeliveredError struct {
	// Events are those left, oldest first, with their ids; OnDrop had them too.
	Events []*vitrinev1.Event
	// Err is why they could not be delivered by then.
	Err error
}

// Error says how many and why.
func (e *UndeliveredError) Error() string {
	return fmt.Sprintf("vitrine: close: %d events not delivered: %v", len(e.Events), e.Err)
}

// Unwrap returns Err.
func (e *UndeliveredError) Unwrap() error { return e.Err }

// maxEventBytes is above what the contract's own limits add up to for one event
// (100 items, 32 attributes), and far below the 4 MiB of a gRPC message, which
// one event too large would keep a whole batch from passing.
const maxEventBytes = 256 << 10

// Track takes an event and returns at once. It is delivered in the background,
// or handed to Options.OnDrop. An id and the time are assigned if missing. The
// event remains the caller's.
func (c *Client) Track(event *vitrinev1.Event) {
	event = identified(event)
	encoded, err := encode(event)
	if err != nil {
		c.tracker.refuse(event, DropInvalid, err)
		return
	}
	if reason := c.tracker.add(encoded); reason != "" {
		c.tracker.refuse(event, reason, nil)
	}
}

// TrackNow delivers one event and waits until it is durable, retrying under the
// same id until ctx ends, and not before the server advises. It returns STORED, DUPLICATE or NO_CONSENT; on an
// error the event may have arrived or not. It does not wait for events that
// Track took before.
func (c *Client) TrackNow(ctx context.Context, event *vitrinev1.Event) (vitrinev1.EventStatus, error) {
	if c.closed.Load() {
		return 0, ErrClosed
	}
	event = identified(event)
	if _, err := encode(event); err != nil {
		return 0, err
	}
	for attempt := 0; ; attempt++ {
		limited, cancel := context.WithTimeout(ctx, sendTimeout)
		resp, err := c.events.TrackEvent(limited, &vitrinev1.TrackEventRequest{Site: c.site, Event: event})
		cancel()
		if err == nil {
			return resp.GetStatus(), nil
		}
		err = fmt.Errorf("vitrine: track event %q: %w", event.GetId(), err)
		if refused(err) {
			return 0, err
		}
		select {
		case <-time.After(max(advised(err), pause(attempt))):
		case <-ctx.Done():
			return 0, fmt.Errorf("%w, after %w", ctx.Err(), err)
		}
	}
}

// Flush waits until every event that Track has taken so far is delivered or
// dropped, or ctx ends; then it says how many are left. It cuts a pause between
// two attempts short, unless the server asked for it.
func (c *Client) Flush(ctx context.Context) error { return c.tracker.flush(ctx) }

func (c *Client) sendEvents(ctx context.Context, events []*vitrinev1.Event) ([]*vitrinev1.EventResult, error) {
	resp, err := c.events.TrackEvents(ctx, &vitrinev1.TrackEventsRequest{Site: c.site, Events: events})
	if err != nil {
		return nil, err
	}
	if len(resp.GetResults()) != len(events) {
		return nil, fmt.Errorf("%d results for %d events", len(resp.GetResults()), len(events))
	}
	return resp.GetResults(), nil
}

// identified returns a copy with an id and a time.
func identified(event *vitrinev1.Event) *vitrinev1.Event {
	own := proto.CloneOf(event)
	if own == nil {
		own = &vitrinev1.Event{} // refused by the server, field by field
	}
	if own.GetId() == "" {
		own.Id = uuid.Must(uuid.NewV7()).String() // fails only without randomness, which Go rules out
	}
	if own.GetTime() == nil {
		own.Time = timestamppb.Now()
	}
	return own
}

// encode refuses what would keep a whole batch from being sent: invalid UTF-8
// and an event larger than any within the contract.
func encode(event *vitrinev1.Event) ([]byte, error) {
	encoded, err := proto.Marshal(event)
	if err != nil {
		return nil, fmt.Errorf("vitrine: event %q: %w", event.GetId(), err)
	}
	if len(encoded) > maxEventBytes {
		return nil, fmt.Errorf("vitrine: event %q has %d bytes, more than %d", event.GetId(), len(encoded), maxEventBytes)
	}
	return encoded, nil
}
