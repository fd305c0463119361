package bench

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// Overload is how pages fare when more are asked for than the server can decide.
type Overload struct {
	Deadline float64        `json:"deadline_ms"`
	Ceiling  *Point         `json:"ceiling"`
	Steps    []*OverloadRun `json:"steps"`
}

// OverloadRun is one rate of it. The calls of Point are those answered in time;
// its SentP99 leaves out how long this program, on the same machine, kept them.
type OverloadRun struct {
	Times   float64 `json:"times_ceiling"`
	Offered float64 `json:"offered_per_second"`
	Goodput float64 `json:"goodput_of_peak"`
	Refused float64 `json:"refused"` // share of the calls that got RESOURCE_EXHAUSTED
	*Point
}

// overload offers one to so many times the ceiling.
func (b *bench) overload(ctx context.Context) error {
	l, err := b.prepare(ctx, LoadPage)
	if err != nil {
		return err
	}
	trunk, err := b.trunk(ctx, pb.DecisionService_Decide_FullMethodName)
	if err != nil {
		return err
	}
	defer trunk.close()
	defer context.AfterFunc(ctx, trunk.close)()
	phase := b.o.Progress.Phase("overload", "calls")
	defer phase.End()
	closed(ctx, b.o.Duration/5, b.o.InFlight, trunk.worker(b, l))
	ceiling := closed(ctx, b.o.Duration, b.o.InFlight, trunk.worker(b, l))
	if ctx.Err() != nil {
		return nil
	}
	o := &Overload{Deadline: millis(int64(b.o.Deadline)), Ceiling: ceiling.point(1)}
	b.result.Overload = o
	peak := o.Ceiling.PerSecond
	for times := 1.0; times <= b.o.Overload && peak > 0; times++ {
		rate := times * o.Ceiling.PerSecond
		t := trunk.flood(ctx, b.o.Duration, rate, b.o.Seed, l.calls(b.shop.rng(aWorker, 0)))
		if ctx.Err() != nil {
			return nil
		}
		run := &OverloadRun{Times: times, Offered: rate, Point: t.point(1)}
		if all := run.Calls + run.Failed(); all > 0 {
			run.Refused = float64(run.Errors["RESOURCE_EXHAUSTED"]) / float64(all)
			run.Offered = float64(all) / t.took.Seconds()
		}
		o.Steps = append(o.Steps, run)
		peak = max(peak, run.PerSecond)
		phase.Set(run.Calls, int64(times), int64(b.o.Overload))
	}
	for _, s := range o.Steps {
		s.Goodput = s.PerSecond / peak
	}
	return nil
}

// trunk is some lines, which share the calls of a load.
type trunk []*line

// trunk opens the lines, for calls that wait for the deadline under overload.
func (b *bench) trunk(ctx context.Context, method string) (trunk, error) {
	var all trunk
	for range connections {
		wire, err := b.o.Wire(ctx)
		if err != nil {
			all.close()
			return nil, err
		}
		all = append(all, newLine(wire, method, b.o.Deadline))
	}
	return all, nil
}

func (all trunk) close() {
	for _, l := range all {
		l.close()
	}
}

// worker makes calls for closed.
func (all trunk) worker(b *bench, load *load) worker {
	return func(number int) func(context.Context) error {
		return all[number%len(all)].worker(load.calls(b.shop.rng(aWorker, number)))
	}
}

// together is how long calls are kept at most to be sent with those that are due soon: to
// wake up for each would take the server's cores. It counts in their latency.
const together = 500 * time.Microsecond

// flood is open without a goroutine for each call, and with its arrivals.
func (all trunk) flood(ctx context.Context, long time.Duration, rate float64, seed uint64, next func() *call) *tally {
	arrivals := rand.New(rand.NewPCG(seed, 2))
	room := make(chan struct{}, maxInFlight)
	tally := newTally()
	var mu sync.Mutex
	done := func(c *call, ended time.Time, err error) {
		mu.Lock()
		tally.add(c.due, c.begun, ended, err)
		mu.Unlock()
		<-room
	}
	begin := time.Now()
	for at, n := time.Duration(0), 0; ; n++ {
		at += time.Duration(arrivals.ExpFloat64() / rate * float64(time.Second))
		due := begin.Add(at)
		if at >= long || time.Until(due) > 0 && !preciseUntil(ctx, due.Add(together)) {
			break
		}
		room <- struct{}{} // each call ends by its deadline
		c := next()
		c.due, c.done = due, done
		all[n%len(all)].begin(c)
	}
	for range maxInFlight { // until all have ended
		room <- struct{}{}
	}
	tally.took = time.Since(begin)
	return tally
}
