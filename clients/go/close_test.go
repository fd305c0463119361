package vitrine

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// gone is a server that never answers.
func gone(context.Context, int) error { return status.Error(codes.Unavailable, "gone") }

func TestQueueIsBounded(t *testing.T) {
	size := proto.Size(identified(numbered(0)))
	for name, opts := range map[string]Options{
		"by count": {MaxQueuedEvents: 100},
		"by bytes": {MaxQueuedBytes: 100*(size+2) + size/2}, // a time's nanos take a byte or two more or less
	} {
		t.Run(name, func(t *testing.T) {
			address, stop := newShop().listen(t, "127.0.0.1:0")
			stop()
			var dropped drops
			opts.OnDrop = dropped.add
			c := dial(t, address, opts)
			for i := range 10_000 {
				c.Track(numbered(i))
			}
			got := c.Stats()
			if got.Queued < 99 || got.Queued > 105 || got.QueuedBytes > int64(105*(size+2)) {
				t.Errorf("%d events in %d bytes queued: want about 100", got.Queued, got.QueuedBytes)
			}
			list := dropped.list()
			if got.Tracked != 10_000 || got.Queued+int64(len(list)) != 10_000 || got.Dropped[DropQueueFull] != int64(len(list)) {
				t.Errorf("%+v and %d reports: want every event either queued or reported", got, len(list))
			}
			if first := list[0]; first.Reason != DropQueueFull || first.Event.GetId() < "event-00099" {
				t.Errorf("first drop %v: want the newest dropped", first)
			}
		})
	}
}

// Flush

func TestFlush(t *testing.T) {
	t.Run("returns at once when nothing waits", func(t *testing.T) {
		c := dial(t, "127.0.0.1:1", Options{})
		flush(t, c)
	})
	t.Run("says how many are left when its time is up", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := newShop()
			s.before = gone
			c := s.inMemory(t, Options{})
			c.Track(numbered(1))
			c.Track(numbered(2))
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			err := c.Flush(ctx)
			if !errors.Is(err, context.DeadlineExceeded) || status.Code(err) != codes.Unavailable {
				t.Fatalf("error %v: want the deadline and the last attempt's", err)
			}
			want := "vitrine: flush: 2 events left: context deadline exceeded, after rpc error: code = Unavailable desc = gone"
			if err.Error() != want {
				t.Errorf("error %q: want %q", err, want)
			}
		})
	})
	t.Run("cuts a pause short", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := newShop()
			down := true
			s.before = func(ctx context.Context, call int) error {
				if down {
					return gone(ctx, call)
				}
				return nil
			}
			c := s.inMemory(t, Options{})
			c.Track(numbered(1))
			pass(time.Minute) // the pauses are maxPause by now
			synctest.Wait()
			down = false
			start := time.Now()
			flush(t, c)
			if took := time.Since(start); took != 0 {
				t.Errorf("took %v: want no pause", took)
			}
		})
	})
	t.Run("leaves the server alone as long as it advised", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := newShop()
			s.before = busyOnce(t, 3*time.Second)
			c := s.inMemory(t, Options{})
			start := time.Now()
			c.Track(numbered(1))
			flush(t, c)
			if took := time.Since(start); took != 3*time.Second {
				t.Errorf("took %v: want the 3 s that the server asked for", took)
			}
		})
	})
}

// busyOnce refuses the first call and asks for another after so long.
func busyOnce(t *testing.T, advice time.Duration) func(context.Context, int) error {
	t.Helper()
	busy, err := status.New(codes.ResourceExhausted, "busy").WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(advice)})
	if err != nil {
		t.Fatal(err)
	}
	return func(_ context.Context, call int) error {
		if call == 0 {
			return busy.Err()
		}
		return nil
	}
}

// Close

func TestClose(t *testing.T) {
	t.Run("delivers what is queued", func(t *testing.T) {
		s := newShop()
		address, _ := s.listen(t, "127.0.0.1:0")
		c := dial(t, address, Options{})
		for i := range 2000 {
			c.Track(numbered(i))
		}
		if err := c.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := len(s.ids()); got != 2000 {
			t.Errorf("%d events stored: want 2,000", got)
		}
		if err := c.Close(t.Context()); err != nil {
			t.Errorf("second Close: %v: want nil", err)
		}
	})
	t.Run("reports what it could not deliver", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := newShop()
			s.before = gone
			var dropped drops
			c := s.inMemory(t, Options{OnDrop: dropped.add})
			for i := range 700 {
				c.Track(numbered(i))
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			err := c.Close(ctx)
			var undelivered *UndeliveredError
			if !errors.As(err, &undelivered) || !errors.Is(err, context.DeadlineExceeded) {
				t.Fatalf("error %v: want an UndeliveredError for the deadline", err)
			}
			want := "vitrine: close: 700 events not delivered: context deadline exceeded, after rpc error: code = Unavailable desc = gone"
			if err.Error() != want {
				t.Errorf("error %q: want %q", err, want)
			}
			if len(undelivered.Events) != 700 || undelivered.Events[699].GetId() != "event-00699" {
				t.Errorf("%d events in the error: want 700 in order", len(undelivered.Events))
			}
			list := dropped.list()
			if len(list) != 700 || list[0].Reason != DropClosed {
				t.Errorf("%d drops: want 700 as closed", len(list))
			}
			if got := c.Stats(); got.Dropped[DropClosed] != 700 || got.Queued != 0 || got.QueuedBytes != 0 {
				t.Errorf("%+v: want 700 dropped and an empty queue", got)
			}
		})
	})
	t.Run("drops what comes after", func(t *testing.T) {
		var dropped drops
		c := dial(t, "127.0.0.1:1", Options{OnDrop: dropped.add})
		if err := c.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		c.Track(numbered(1))
		if list := dropped.list(); len(list) != 1 || list[0].Reason != DropClosed {
			t.Errorf("dropped %v: want event-00001 as closed", list)
		}
		if _, err := c.TrackNow(t.Context(), numbered(2)); !errors.Is(err, ErrClosed) {
			t.Errorf("TrackNow: %v: want ErrClosed", err)
		}
	})
}

// TrackNow

func TestTrackNow(t *testing.T) {
	t.Run("waits for the acknowledgement, under one id", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := newShop()
			s.after = func(ctx context.Context, call int) error {
				if call < 2 {
					return gone(ctx, call)
				}
				return nil
			}
			c := s.inMemory(t, Options{})
			got, err := c.TrackNow(t.Context(), ProductViewed(ada, "p1"))
			if err != nil || got != vitrinev1.EventStatus_EVENT_STATUS_DUPLICATE || len(s.ids()) != 1 {
				t.Errorf("%v, %v, stored %v: want one event, acknowledged as a duplicate", got, err, s.ids())
			}
		})
	})
	t.Run("leaves the server alone as long as it advised", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := newShop()
			s.before = busyOnce(t, 3*time.Second)
			c := s.inMemory(t, Options{})
			start := time.Now()
			if _, err := c.TrackNow(t.Context(), numbered(1)); err != nil {
				t.Fatal(err)
			}
			if took := time.Since(start); took != 3*time.Second {
				t.Errorf("took %v: want the 3 s that the server asked for", took)
			}
		})
	})
	t.Run("returns a refusal", func(t *testing.T) {
		address, _ := newShop().listen(t, "127.0.0.1:0")
		c := dial(t, address, Options{})
		if _, err := c.TrackNow(t.Context(), ProductViewed(ada, "")); status.Code(err) != codes.InvalidArgument {
			t.Errorf("error %v: want INVALID_ARGUMENT", err)
		}
		if _, err := c.TrackNow(t.Context(), ProductViewed(ada, "\xff")); err == nil {
			t.Error("want an error for invalid UTF-8")
		}
	})
	t.Run("gives up when ctx ends", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := newShop()
			s.before = gone
			c := s.inMemory(t, Options{})
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			_, err := c.TrackNow(ctx, numbered(1))
			if !errors.Is(err, context.DeadlineExceeded) || status.Code(err) != codes.Unavailable {
				t.Errorf("error %v: want the deadline and the last attempt's", err)
			}
		})
	})
}
