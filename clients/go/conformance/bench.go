package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	vitrine "github.com/vitrine-io/vitrine/clients/go"
)

// flushLimit bounds the flush at the end of a measurement of events.
const flushLimit = time.Minute

// bench keeps the client busy for a while, and counts.
func (d *driver) bench(ctx context.Context, c *command) (any, error) {
	begun, before := time.Now(), cpuTime()
	end := begun.Add(time.Duration(c.Seconds * float64(time.Second)))
	var calls int64
	var err error
	switch c.What {
	case "decide":
		calls = d.benchDecide(ctx, c, end)
	case "track":
		calls, err = d.benchTrack(ctx, c, end)
	default:
		err = fmt.Errorf("can't measure %q", c.What)
	}
	if err != nil {
		return nil, err
	}
	return map[string]any{
		"calls": calls, "seconds": time.Since(begun).Seconds(), "cpu_seconds": (cpuTime() - before).Seconds(),
	}, nil
}

func shopper(n int64) vitrine.Visitor {
	return vitrine.Visitor{
		DeviceID: fmt.Sprintf("bench-%d", n),
		Consent:  vitrine.Granted(vitrine.Personalization, vitrine.Measurement),
	}
}

func (d *driver) benchDecide(ctx context.Context, c *command, end time.Time) int64 {
	var begun, decided atomic.Int64
	var group sync.WaitGroup
	for range c.InFlight {
		group.Go(func() {
			for time.Now().Before(end) {
				n := begun.Add(1)
				if page := d.client.Decide(ctx, shopper(n%int64(c.Visitors)), c.Placement); !page.Fallback {
					decided.Add(1)
				}
			}
		})
	}
	group.Wait()
	return decided.Load()
}

func (d *driver) benchTrack(ctx context.Context, c *command, end time.Time) (int64, error) {
	before := d.client.Stats().Stored
	for n := int64(0); time.Now().Before(end); n++ {
		// As fast as events are delivered, and no faster: a full queue drops them.
		for d.client.Stats().Queued >= int64(c.InFlight) && time.Now().Before(end) {
			<-time.After(time.Millisecond)
		}
		d.client.Track(vitrine.ProductViewed(shopper(n%int64(c.Visitors)), c.Product))
	}
	ctx, cancel := context.WithTimeout(ctx, flushLimit)
	defer cancel()
	if err := d.client.Flush(ctx); err != nil {
		return 0, err
	}
	return d.client.Stats().Stored - before, nil
}

// cpuTime is what this process has used so far.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
