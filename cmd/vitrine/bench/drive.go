package bench

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// worker makes a worker of a load: a function that makes one call after another,
// for one goroutine. Workers of the same number draw the same.
type worker func(number int) func(context.Context) error

// maxInFlight bounds the calls of an open loop that wait for an answer. One that
// is due when so many wait begins late, which counts as its latency.
const maxInFlight = 4096

// shards are how many tallies the workers of a run share.
const shards = 16

type shard struct {
	sync.Mutex
	tally *tally
}

func (s *shard) add(due, begun time.Time, err error) {
	ended := time.Now()
	s.Lock()
	defer s.Unlock()
	s.tally.add(due, begun, ended, err)
}

// tallies are made as they are needed: a histogram is large.
type tallies [shards]shard

// of returns the shard of a worker. Ask for it from one goroutine.
func (all *tallies) of(worker int) *shard {
	s := &all[worker%shards]
	s.Lock() // of workers that count already
	defer s.Unlock()
	if s.tally == nil {
		s.tally = newTally()
	}
	return s
}

func (all *tallies) sum(took time.Duration) *tally {
	sum := newTally()
	for i := range all {
		if all[i].tally != nil {
			sum.merge(all[i].tally)
		}
	}
	sum.took = took
	return sum
}

// closed makes calls for so long with so many in flight: each worker's next one
// begins when the last is answered, or, after a refusal, when the server advised.
// It shows how much a server takes; latencies are those of a server that is never
// pushed. Each worker makes one call at least. It ends early with ctx.
func closed(ctx context.Context, long time.Duration, inFlight int, load worker) *tally {
	all := &tallies{}
	var group sync.WaitGroup
	begin := time.Now()
	end := begin.Add(long)
	for n := range inFlight {
		call, counted := load(n), all.of(n)
		group.Go(func() {
			for begun := begin; begun.Before(end) && ctx.Err() == nil; {
				begun = time.Now()
				err := call(ctx)
				if err != nil && ctx.Err() != nil {
					return // broken off, not failed
				}
				counted.add(begun, begun, err)
				if wait := advised(err); wait > 0 {
					begun = begun.Add(wait)
					if !begun.Before(end) {
						return
					}
					sleepUntil(ctx, begun)
				}
			}
		})
	}
	group.Wait()
	return all.sum(time.Since(begin))
}

// open makes calls for so long at a rate of so many a second, as visitors come
// who know nothing of each other (a Poisson process), and whatever became of the
// calls before. A call's latency counts from when it was due, so that one that
// the server or this program kept waiting shows the wait: corrected for
// coordinated omission. It ends early with ctx.
func open(ctx context.Context, long time.Duration, rate float64, seed uint64, until sleeper, load worker) *tally {
	all := &tallies{}
	arrivals := rand.New(rand.NewPCG(seed, 2))
	idle := make(chan time.Time) // taken at once when a worker waits
	workers := 0
	var group sync.WaitGroup
	hire := func(first time.Time) {
		call, counted := load(workers), all.of(workers)
		workers++
		group.Go(func() {
			due, more := first, true
			for ; more; due, more = <-idle {
				begun := time.Now()
				err := call(ctx)
				if err != nil && ctx.Err() != nil {
					return
				}
				counted.add(due, begun, err)
			}
		})
	}
	begin := time.Now()
	for at := time.Duration(0); ; {
		at += time.Duration(arrivals.ExpFloat64() / rate * float64(time.Second))
		due := begin.Add(at)
		if at >= long || !until(ctx, due) {
			break
		}
		select {
		case idle <- due:
			continue
		default:
		}
		if workers < maxInFlight {
			hire(due)
			continue
		}
		select {
		case idle <- due:
		case <-ctx.Done():
		}
	}
	close(idle)
	group.Wait() // a server that is behind has its rate counted until it has caught up
	return all.sum(time.Since(begin))
}

// sleeper waits until a time; false when ctx ended before.
type sleeper func(ctx context.Context, at time.Time) bool

// sleepUntil returns at the time, or at once if it has passed; false when ctx
// ended before.
func sleepUntil(ctx context.Context, at time.Time) bool {
	wait := time.Until(at)
	if wait <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
