package bench

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"
)

// stalling is a server that answers one call at a time within a millisecond, but
// stands still for a second, once, five seconds after it was made.
func stalling() worker {
	one := make(chan struct{}, 1)
	begin, stalled := time.Now(), false
	return func(int) func(context.Context) error {
		return func(context.Context) error {
			one <- struct{}{}
			defer func() { <-one }()
			if !stalled && time.Since(begin) > 5*time.Second {
				stalled = true
				<-time.After(time.Second)
			}
			<-time.After(time.Millisecond)
			return nil
		}
	}
}

func TestAStallShowsInTheLatencies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// 100 calls a second for 10 s: those due in the second of the stall, a tenth,
		// wait for half a second on average.
		p := open(t.Context(), 10*time.Second, 100, 1, sleepUntil, stalling()).point(1)
		if p.Latency.P50 > 3 {
			t.Errorf("p50 %v ms, want what a call takes", p.Latency.P50)
		}
		if p.Latency.P99 < 800 || p.Latency.Max > 1200 {
			t.Errorf("p99 %v ms and at most %v, want nearly the second that the server stood still", p.Latency.P99, p.Latency.Max)
		}
		if p.Calls < 900 || p.Calls > 1100 {
			t.Errorf("%d calls, want about 1000", p.Calls)
		}
		if p.Lag > 0.001 { // as fine as the histogram is
			t.Errorf("calls began %v ms late, want at once: nobody waits for the calls before", p.Lag)
		}
	})
}

// The same server, asked by one who waits: the stall is one call of nine thousand.
func TestAClosedLoopHidesIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := closed(t.Context(), 10*time.Second, 1, stalling()).point(1)
		if p.Latency.P999 > 1.01 || p.Latency.Max < 1000 {
			t.Errorf("p99.9 %v ms, at most %v: want 1 and 1001", p.Latency.P999, p.Latency.Max)
		}
		if p.PerSecond < 890 || p.PerSecond > 910 { // 9 s of 1 ms each, in 10 s
			t.Errorf("%v a second, want 900", p.PerSecond)
		}
	})
}

// A server that can't keep up has its calls wait, and none is left out.
func TestMoreThanItTakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one := make(chan struct{}, 1)
		slow := func(int) func(context.Context) error {
			return func(context.Context) error {
				one <- struct{}{}
				<-time.After(10 * time.Millisecond)
				<-one
				return nil
			}
		}
		// 200 a second of 100: of 10 s of calls the last ones wait for 10 s.
		p := open(t.Context(), 10*time.Second, 200, 1, sleepUntil, slow).point(1)
		if p.PerSecond < 95 || p.PerSecond > 100.5 || p.Latency.Max < 8500 || p.Latency.Max > 12000 {
			t.Errorf("%v a second with a wait of %v ms at most, want 100 and about 10,000", p.PerSecond, p.Latency.Max)
		}
	})
}

func TestAnEndCountsNoFailures(t *testing.T) {
	for name, drive := range map[string]func(context.Context, worker) *tally{
		"closed": func(ctx context.Context, w worker) *tally { return closed(ctx, time.Hour, 4, w) },
		"open":   func(ctx context.Context, w worker) *tally { return open(ctx, time.Hour, 100, 1, sleepUntil, w) },
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			begin := time.Now()
			p := drive(ctx, func(int) func(context.Context) error {
				return func(ctx context.Context) error {
					select {
					case <-ctx.Done():
						return ctx.Err()
					case <-time.After(300 * time.Millisecond):
						return nil
					}
				}
			}).point(1)
			if p.Failed() > 0 || p.Calls == 0 || time.Since(begin) != time.Second {
				t.Errorf("%s: %d calls, failed %v, ended after %v", name, p.Calls, p.Errors, time.Since(begin))
			}
		})
	}
}

// A refused caller comes back when it was told to.
func TestAdviceIsTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		busy, err := status.New(codes.ResourceExhausted, "busy").WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(3 * time.Second)})
		if err != nil {
			t.Fatal(err)
		}
		p := closed(t.Context(), 10*time.Second, 1, func(int) func(context.Context) error {
			return func(context.Context) error { return busy.Err() }
		}).point(1)
		if p.Errors["RESOURCE_EXHAUSTED"] != 4 { // after 0, 3, 6 and 9 s
			t.Errorf("asked %d times in 10 s, want 4", p.Errors["RESOURCE_EXHAUSTED"])
		}
		asked := 0
		begin := time.Now()
		err = patient(t.Context(), func() error {
			if asked++; asked < 3 {
				return busy.Err()
			}
			return nil
		})
		if err != nil || time.Since(begin) != 6*time.Second {
			t.Errorf("%v after %v, want what was asked for after 6 s", err, time.Since(begin))
		}
		if err := patient(t.Context(), busy.Err); status.Code(err) != codes.ResourceExhausted {
			t.Errorf("got %v, want the refusal once it has lasted", err)
		}
	})
}

func TestFailuresAreCountedByReason(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		p := closed(t.Context(), time.Second, 1, func(int) func(context.Context) error {
			return func(context.Context) error {
				<-time.After(100 * time.Millisecond)
				n++
				switch n {
				case 2, 3:
					return status.Error(codes.ResourceExhausted, "no")
				case 4:
					return errWrongAnswer
				case 5:
					return errors.New("what is this")
				}
				return nil
			}
		}).point(1)
		want := map[string]int64{"RESOURCE_EXHAUSTED": 2, "WRONG_ANSWER": 1, "UNKNOWN": 1}
		for why, count := range want {
			if p.Errors[why] != count {
				t.Errorf("%s: %d, want %d", why, p.Errors[why], count)
			}
		}
		if p.Failed() != 4 || p.Calls != int64(n)-4 {
			t.Errorf("%d failed and %d answered of %d", p.Failed(), p.Calls, n)
		}
	})
}
