package vitrine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// numbered is an event with an id of its own.
func numbered(i int) *vitrinev1.Event {
	e := ProductViewed(ada, "p1")
	e.Id = fmt.Sprintf("event-%05d", i)
	return e
}

// drops gathers what OnDrop is told.
type drops struct {
	mu  sync.Mutex
	all []Drop
}

func (d *drops) add(drop Drop) {
	d.mu.Lock()
	d.all = append(d.all, drop)
	d.mu.Unlock()
}

func (d *drops) list() []Drop {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.all)
}

func flush(t *testing.T, c *Client) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := c.Flush(ctx); err != nil {
		t.Fatal(err)
	}
}

func TestTrackAssignsIDAndTime(t *testing.T) {
	s := newShop()
	address, _ := s.listen(t, "127.0.0.1:0")
	c := dial(t, address, Options{})
	event := ProductViewed(ada, "p1")
	before := proto.CloneOf(event)
	c.Track(event)
	c.Track(event)
	flush(t, c)
	if !proto.Equal(event, before) {
		t.Errorf("the caller's event became %v", event)
	}
	ids := s.ids()
	if len(ids) != 2 || len(ids[0]) != 36 || ids[0] == ids[1] {
		t.Errorf("stored %q: want two events with a UUID each", ids)
	}
	if own := identified(event); own.GetTime().AsTime().Before(time.Now().Add(-time.Minute)) {
		t.Errorf("time %v: want now", own.GetTime().AsTime())
	}
}

// An event leaves at once when nothing is under way; what gathers meanwhile
// goes together, in order.
func TestTrackBatches(t *testing.T) {
	s := newShop()
	entered, release := make(chan struct{}), make(chan struct{})
	s.before = func(_ context.Context, call int) error {
		if call == 0 {
			close(entered)
			<-release
		}
		return nil
	}
	address, _ := s.listen(t, "127.0.0.1:0")
	c := dial(t, address, Options{})
	var want []string
	for i := range 1200 {
		e := numbered(i)
		want = append(want, e.GetId())
		c.Track(e)
		if i == 0 {
			<-entered
		}
	}
	close(release)
	flush(t, c)
	if got := s.ids(); !slices.Equal(got, want) {
		t.Errorf("stored %d events: want the 1,200 in the order of the calls", len(got))
	}
	if want := []int{1, 500, 500, 199}; !slices.Equal(s.batches, want) {
		t.Errorf("batches of %v: want %v", s.batches, want)
	}
}

func TestBatchesAreBoundedInBytes(t *testing.T) {
	s := newShop()
	address, stop := s.listen(t, "127.0.0.1:0")
	stop()
	c := dial(t, address, Options{})
	for i := range 30 {
		e := numbered(i)
		e.SearchQuery = strings.Repeat("x", 100_000)
		c.Track(e)
	}
	s.listen(t, address)
	flush(t, c)
	if got := slices.Max(s.batches); got > 10 { // 10 x 100 kB < 1 MiB < 11 x 100 kB
		t.Errorf("a batch had %d events of 100 kB: want at most 10", got)
	}
	if got := len(s.ids()); got != 30 {
		t.Errorf("stored %d events: want 30", got)
	}
}

// What fails for a passing reason is sent again under the same ids.

func TestTrackRetries(t *testing.T) {
	for _, code := range []codes.Code{
		codes.Unavailable, codes.DeadlineExceeded, codes.ResourceExhausted, codes.Internal,
		codes.Aborted, codes.Unknown, codes.Canceled,
	} {
		t.Run(code.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newShop()
				s.before = func(_ context.Context, call int) error {
					if call < 3 {
						return status.Error(code, "not now")
					}
					return nil
				}
				c := s.inMemory(t, Options{OnDrop: func(d Drop) { t.Errorf("dropped: %v", d) }})
				c.Track(numbered(1))
				flush(t, c)
				if got := s.ids(); !slices.Equal(got, []string{"event-00001"}) {
					t.Errorf("stored %v: want event-00001", got)
				}
				if got := c.Stats(); got.Stored != 1 || got.Retries != 3 {
					t.Errorf("%+v: want 1 stored after 3 retries", got)
				}
			})
		})
	}
	t.Run("a call that hangs", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := newShop()
			s.before = func(ctx context.Context, call int) error {
				if call == 0 {
					<-ctx.Done()
				}
				return nil
			}
			c := s.inMemory(t, Options{})
			c.Track(numbered(1))
			flush(t, c)
			if got := s.ids(); len(got) != 1 {
				t.Errorf("stored %v: want event-00001", got)
			}
		})
	})
	t.Run("a lost acknowledgement counts once", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := newShop()
			s.after = func(_ context.Context, call int) error {
				if call < 2 {
					return status.Error(codes.Unavailable, "stored, but you won't hear of it")
				}
				return nil
			}
			c := s.inMemory(t, Options{})
			c.Track(numbered(1))
			flush(t, c)
			if calls, twice := s.count(); len(s.ids()) != 1 || calls != 3 || twice != 2 {
				t.Errorf("stored %v in %d calls: want one event, sent three times", s.ids(), calls)
			}
			if got := c.Stats(); got.Duplicates != 1 || got.Stored != 0 {
				t.Errorf("%+v: want it acknowledged as a duplicate", got)
			}
		})
	})
}

// A server that comes and goes on the same port while events flow loses none
// and counts none twice.
func TestTrackAcrossRestarts(t *testing.T) {
	const writers, restarts = 4, 6
	s := newShop()
	address, stop := s.listen(t, "127.0.0.1:0")
	c := dial(t, address, Options{OnDrop: func(d Drop) { t.Errorf("dropped: %v", d) }})

	// Each life of the server ends in the middle of a call, before storing what
	// it brought or, in every other life, after that and before the answer.
	var lives atomic.Int64
	dying := make(chan struct{})
	die := func(ctx context.Context, call int) error {
		if call%3 == 2 {
			select {
			case dying <- struct{}{}:
				<-ctx.Done() // until the server is gone
				return ctx.Err()
			default: // it has died often enough, or is about to
			}
		}
		return nil
	}
	s.before = func(ctx context.Context, call int) error {
		if lives.Load()%2 == 0 {
			return die(ctx, call)
		}
		return nil
	}
	s.after = func(ctx context.Context, call int) error {
		if lives.Load()%2 == 1 {
			return die(ctx, call)
		}
		return nil
	}

	var tracked atomic.Int64
	var wg sync.WaitGroup
	enough := make(chan struct{})
	for range writers {
		wg.Go(func() {
			for {
				for range 50 {
					c.Track(numbered(int(tracked.Add(1))))
				}
				if err := c.Flush(t.Context()); err != nil {
					t.Error(err)
				}
				select {
				case <-enough:
					return
				default:
				}
			}
		})
	}
	for range restarts {
		<-dying
		stop()
		lives.Add(1)
		_, stop = s.listen(t, address)
	}
	close(enough)
	wg.Wait()

	want := int(tracked.Load())
	ids := s.ids()
	slices.Sort(ids)
	if unique := slices.Compact(ids); len(unique) != want {
		t.Errorf("%d events stored: want each of %d once", len(unique), want)
	}
	got := c.Stats()
	if got.Stored+got.Duplicates != int64(want) || got.Queued != 0 {
		t.Errorf("%+v: want %d stored, none queued", got, want)
	}
	if _, twice := s.count(); twice == 0 || got.Retries < restarts {
		t.Errorf("%d events sent again in %d retries: the test shows nothing", twice, got.Retries)
	}
}

// What Vitrine refuses is dropped, with the reason, and keeps nothing else out.

func TestTrackDropsWhatIsInvalid(t *testing.T) {
	s := newShop()
	address, stop := s.listen(t, "127.0.0.1:0")
	stop() // so that all go in one batch
	var dropped drops
	c := dial(t, address, Options{OnDrop: dropped.add})
	bad, notUTF8, huge := numbered(1), numbered(3), numbered(4)
	bad.Items[0].ProductId = ""
	notUTF8.SearchQuery = "\xff"
	huge.SearchQuery = strings.Repeat("x", 10<<20)
	for _, e := range []*vitrinev1.Event{numbered(0), bad, numbered(2), notUTF8, huge, nil} {
		c.Track(e)
	}
	s.listen(t, address)
	flush(t, c)

	if got, want := s.ids()[:2], []string{"event-00000", "event-00002"}; !slices.Equal(got, want) {
		t.Errorf("stored %v: want %v", got, want)
	}
	byID := map[string]Drop{}
	for _, d := range dropped.list() {
		byID[d.Event.GetId()] = d
		if d.Reason != DropInvalid {
			t.Errorf("%s dropped as %q: want %q", d.Event.GetId(), d.Reason, DropInvalid)
		}
	}
	var invalid *InvalidEventError
	if !errors.As(byID["event-00001"].Err, &invalid) || invalid.Error() != "vitrine: invalid event: items[0].product_id: too short" {
		t.Errorf("bad event: %v: want the server's violations", byID["event-00001"].Err)
	}
	if err := byID["event-00003"].Err; err == nil || !strings.Contains(err.Error(), "UTF-8") {
		t.Errorf("invalid UTF-8: %v: want that said", err)
	}
	if err := byID["event-00004"].Err; err == nil || !strings.Contains(err.Error(), "more than 262144") {
		t.Errorf("10 MB: %v: want the bound", err)
	}
	if got := c.Stats().Dropped[DropInvalid]; got != 3 {
		t.Errorf("%d dropped as invalid: want 3", got)
	}
}

func TestTrackDropsWhatIsRefused(t *testing.T) {
	s := newShop()
	s.before = func(context.Context, int) error { return status.Error(codes.NotFound, "no such site") }
	address, _ := s.listen(t, "127.0.0.1:0")
	var dropped drops
	c := dial(t, address, Options{OnDrop: dropped.add})
	c.Track(numbered(1))
	flush(t, c)
	got := dropped.list()
	if len(got) != 1 || got[0].Reason != DropRefused || status.Code(got[0].Err) != codes.NotFound {
		t.Errorf("dropped %v: want event-00001 as refused with NOT_FOUND", got)
	}
}

func TestEventWithoutConsentIsNoDrop(t *testing.T) {
	s := newShop()
	address, _ := s.listen(t, "127.0.0.1:0")
	c := dial(t, address, Options{OnDrop: func(d Drop) { t.Errorf("dropped: %v", d) }})
	c.Track(ProductViewed(Visitor{DeviceID: "bob", Consent: Granted()}, "p1"))
	flush(t, c)
	if got := c.Stats(); got.NoConsent != 1 || len(s.ids()) != 0 {
		t.Errorf("%+v, stored %v: want 1 without consent, nothing stored", got, s.ids())
	}
}
