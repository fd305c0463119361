package vitrine

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"pgregory.net/rapid"

	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

func TestTrackDropsWhatCouldCountTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var dropped drops
		q := newTracker(func(context.Context, []*vitrinev1.Event) ([]*vitrinev1.EventResult, error) {
			return nil, gone(context.Background(), 0)
		}, limits{events: 10, bytes: 1000}, dropped.add, slog.New(slog.DiscardHandler))
		add := func(i int) {
			encoded, err := encode(numbered(i))
			if err != nil {
				t.Fatal(err)
			}
			q.add(encoded)
		}
		add(1)
		pass(maxAge - time.Hour)
		add(2)
		pass(time.Hour + time.Minute)
		got := dropped.list()
		if len(got) != 1 || got[0].Event.GetId() != "event-00001" || got[0].Reason != DropExpired {
			t.Errorf("dropped %v: want event-00001 as expired", got)
		}
		if queued := q.snapshot().Queued; queued != 1 {
			t.Errorf("%d queued: want event-00002", queued)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		var undelivered *UndeliveredError
		if err := q.close(ctx); !errors.As(err, &undelivered) || len(undelivered.Events) != 1 {
			t.Errorf("close: %v: want event-00002 undelivered", err)
		}
	})
}

func TestAnswersThatMakeNoSense(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answers := [][]*vitrinev1.EventResult{
			{}, // for one event: taken for a failure
			{{Status: vitrinev1.EventStatus_EVENT_STATUS_UNSPECIFIED}}, // reported, not counted as stored
		}
		s := &answering{answers: answers}
		var dropped drops
		c := &Client{site: "sites/demo", events: s}
		q := newTracker(c.sendEvents, limits{events: 10, bytes: 1000}, dropped.add, slog.New(slog.DiscardHandler))
		encoded, err := encode(numbered(1))
		if err != nil {
			t.Fatal(err)
		}
		q.add(encoded)
		if err := q.close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if list := dropped.list(); len(list) != 1 || list[0].Reason != DropRefused || s.calls != 2 {
			t.Errorf("dropped %v after %d calls: want event-00001 as refused after 2", list, s.calls)
		}
	})
}

// answering gives prepared answers.
type answering struct {
	vitrinev1.EventServiceClient
	answers [][]*vitrinev1.EventResult
	calls   int
}

func (a *answering) TrackEvents(context.Context, *vitrinev1.TrackEventsRequest, ...grpc.CallOption) (*vitrinev1.TrackEventsResponse, error) {
	a.calls++
	return &vitrinev1.TrackEventsResponse{Results: a.answers[a.calls-1]}, nil
}

// However the server behaves, every event handed to Track is in the end stored
// once or reported once, and the counters say so.
func TestEveryEventIsAccountedFor(t *testing.T) {
	outcomes := []error{
		nil, nil,
		status.Error(codes.Unavailable, "gone"),
		status.Error(codes.NotFound, "no such site"),
	}
	rapid.Check(t, func(rt *rapid.T) {
		before := rapid.SliceOfN(rapid.SampledFrom(outcomes), 1, 20).Draw(rt, "before")
		after := rapid.SliceOfN(rapid.SampledFrom(outcomes[:3]), 1, 20).Draw(rt, "after")
		bursts := rapid.SliceOfN(rapid.IntRange(0, 40), 1, 10).Draw(rt, "bursts")
		var got Stats
		var stored []string
		var dropped drops
		tracked := 0
		synctest.Test(t, func(t *testing.T) {
			s, calls := newShop(), 0
			q := newTracker(func(_ context.Context, events []*vitrinev1.Event) ([]*vitrinev1.EventResult, error) {
				call := calls
				calls++
				if call < len(before) && before[call] != nil {
					return nil, before[call]
				}
				results := s.store(events)
				if call < len(after) && after[call] != nil {
					return nil, after[call]
				}
				return results, nil
			}, limits{events: 50, bytes: 1 << 20}, dropped.add, slog.New(slog.DiscardHandler))
			for _, burst := range bursts {
				for range burst {
					e := numbered(tracked)
					if tracked%7 == 3 {
						e.Items[0].ProductId = ""
					}
					encoded, err := encode(e)
					if err != nil {
						t.Fatal(err)
					}
					if reason := q.add(encoded); reason != "" {
						q.refuse(e, reason, nil)
					}
					tracked++
				}
				pass(30 * time.Millisecond)
			}
			if err := q.close(t.Context()); err != nil {
				t.Fatal(err)
			}
			got, stored = q.snapshot(), s.ids()
		})

		fate := map[string]int{}
		for _, id := range stored {
			fate[id]++
		}
		refusedAfterStored := 0
		for _, d := range dropped.list() {
			if d.Reason == DropRefused && fate[d.Event.GetId()] == 1 {
				refusedAfterStored++ // its first attempt was stored and went unanswered
				continue
			}
			fate[d.Event.GetId()]++
		}
		if len(fate) != tracked {
			rt.Fatalf("%d events have a fate: want all %d", len(fate), tracked)
		}
		for id, n := range fate {
			if n != 1 {
				rt.Fatalf("%s was stored or reported %d times", id, n)
			}
		}
		sum := got.Stored + got.Duplicates + got.Queued
		for _, n := range got.Dropped {
			sum += n
		}
		if got.Tracked != int64(tracked) || sum != got.Tracked || got.Queued != 0 {
			rt.Fatalf("%+v: want %d events, each in one counter", got, tracked)
		}
		if int64(len(stored)) != got.Stored+got.Duplicates+int64(refusedAfterStored) {
			rt.Fatalf("%d stored, %+v: want them equal", len(stored), got)
		}
	})
}
