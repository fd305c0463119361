// Package soak runs a server as a process of its own, has clients use it, kills it again
// and again, and looks after each start whether every promise was kept: nothing
// acknowledged is lost or counted twice, one's own writes are read, what a visitor
// allows and an erasure hold from the next answer on, caps, goals and budgets are not
// exceeded, a decision that was kept reads the same for ever, and a backup taken
// meanwhile has what was acknowledged before.
package soak

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// Options of a run.
type Options struct {
	Serve   []string      // the command that serves, to which flags are added
	Dir     string        // the data folder, new or empty
	Kills   int           // end after so many; 0: none
	For     time.Duration // end after this long; 0: never
	Every   time.Duration // the server lives about so long between two kills
	Clients int           // at once
	Seed    uint64
	// Check looks through a data folder that nobody has open.
	Check func(dir string) error
	// Restore makes a new data folder of a backup.
	Restore func(ctx context.Context, file, dir string) error
	// Told is called after each round.
	Told func(Report)
}

// Report is what a run did and found.
type Report struct {
	Kills, Ends int // by SIGKILL, and by SIGTERM
	AtStart     int // of the kills, those before it served
	Events      int // acknowledged
	Retried     int // sent again because the answer was lost
	Landed      int // of these, those that were stored all the same
	Pages       int // decided
	Reread      int // decisions read again after a kill, and equal
	Unkept      int // decisions of the last moment before a kill, which may be lost
	Capped      int // creatives with a cap that were handed out
	Outcomes    int // impressions and clicks of creatives with a goal or budget
	Budgets     int // looked at, at the end
	Streams     int // of events
	Kept        int // events that a stream had acknowledged when it was killed, and found
	Consents    int
	Links       int
	Erasures    int
	Products    int // changes of products
	Compactions int
	Backups     int // taken while clients went on, restored, and looked at
	CutBackups  int // that a kill cut off
	Visitors    int // looked at, after kills and at the end
	Slowest     time.Duration
	Took        time.Duration
	Broken      []string // promises, a line each; empty when all were kept
}

// maxBroken is how many broken promises of the round that a run ends with are told.
const maxBroken = 10

// run is a run under way.
type run struct {
	o       Options
	rng     *rand.Rand // of the rounds
	shop    *shop
	clients []*client
	begun   time.Time

	mu     sync.Mutex
	report Report
	backup *backup // taken in the last life, and not looked at yet
}

// Run runs until it has done what the options ask, ctx ends or promises were broken. The
// error is one that kept it from finding out.
func Run(ctx context.Context, o Options) (Report, error) {
	r := &run{o: o, rng: rand.New(rand.NewPCG(o.Seed, 0)), shop: &shop{}, begun: time.Now()}
	for k := range o.Clients {
		r.clients = append(r.clients, newClient(r, k))
	}
	err := r.all(ctx)
	r.report.Took = time.Since(r.begun)
	return r.report, err
}

func (r *run) all(ctx context.Context) error {
	for round := 1; !r.over(ctx); round++ {
		if err := r.round(ctx, round); err != nil {
			return err
		}
		if r.o.Told != nil {
			r.o.Told(r.snapshot())
		}
	}
	if ctx.Err() != nil || len(r.snapshot().Broken) > 0 {
		return ctx.Err() // the data is as it was found
	}
	return r.last(ctx)
}

func (r *run) over(ctx context.Context) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return ctx.Err() != nil || len(r.report.Broken) > 0 ||
		r.o.Kills > 0 && r.report.Kills >= r.o.Kills || r.o.For > 0 && time.Since(r.begun) >= r.o.For
}

func (r *run) snapshot() Report {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.report
	now.Took = time.Since(r.begun)
	return now
}

// broken notes a promise that was not kept.
func (r *run) broken(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.report.Broken) < maxBroken {
		r.report.Broken = append(r.report.Broken, fmt.Sprintf(format, args...))
	}
}

// count changes the report.
func (r *run) count(change func(*Report)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.report)
}

// round is a life of the server: it starts, has its clients settle what they don't know
// of the last one and look at what was promised, is used, and is killed. One in eight is
// killed while it starts, and one in sixteen is told to end.
func (r *run) round(ctx context.Context, n int) error {
	if n > 1 && r.rng.IntN(8) == 0 {
		return r.killAtStart(ctx)
	}
	c, conn, err := r.start(ctx, r.o.Dir)
	if err != nil {
		return err
	}
	defer func() {
		_ = conn.Close()
		c.kill() // nothing, if it was
	}()
	if n == 1 {
		if err := r.shop.open(ctx, conn); err != nil {
			return err
		}
	}
	if err := r.shop.begin(ctx, conn, n); err != nil {
		return err
	}
	if err := r.each(func(cl *client) error { return cl.settle(ctx, conn, n) }); err != nil {
		return err
	}
	if err := errors.Join(r.shop.spentSoFar(ctx, conn, r), r.lookAtBackup(ctx)); err != nil {
		return err
	}
	if len(r.snapshot().Broken) > 0 {
		return nil
	}
	life := time.Duration(float64(r.o.Every) * (0.05 + 1.2*r.rng.Float64()))
	if r.rng.IntN(8) == 0 {
		life += 1200 * time.Millisecond // long enough for a checkpoint and a snapshot
	}
	compacts, gently := r.rng.IntN(8) == 0, r.rng.IntN(16) == 0
	backsUp, cutsIt := !compacts && r.rng.IntN(10) == 0, r.rng.IntN(4) == 0
	using, stop := context.WithCancel(ctx)
	var side sync.WaitGroup
	switch {
	case compacts:
		side.Go(func() { r.compact(using, conn) })
	case backsUp:
		b := r.whatIsAcknowledged()
		side.Go(func() { r.backUp(using, conn, b) })
	}
	end := time.AfterFunc(life, func() {
		if backsUp && !cutsIt {
			side.Wait()
		}
		if gently {
			c.end()
		} else {
			c.kill()
		}
		stop()
	})
	defer end.Stop()
	err = r.each(func(cl *client) error { return cl.use(using, conn, n) })
	stop()
	side.Wait()
	if err != nil {
		return err
	}
	<-c.exited
	r.count(func(rep *Report) {
		if gently {
			rep.Ends++
		} else {
			rep.Kills++
		}
	})
	if gently && c.err != nil {
		r.broken("told to end, the server ended with %v:\n%s", c.err, c.log())
	}
	return nil
}

// killAtStart kills the server before it serves, or as soon as it does.
func (r *run) killAtStart(ctx context.Context) error {
	c, err := r.spawn(ctx, r.o.Dir)
	if err != nil {
		return err
	}
	wait := time.NewTimer(time.Duration(r.rng.Int64N(int64(200 * time.Millisecond))))
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-c.exited:
		return fmt.Errorf("the server ended by itself (%w)\n%s", c.fault(), c.log())
	}
	c.kill()
	<-c.exited
	r.count(func(rep *Report) { rep.Kills++; rep.AtStart++ })
	return nil
}

// patient has what a server that is short of processors refuses asked again, as it
// advises.
const patient = `{"methodConfig": [{"name": [{}], "retryPolicy": {
	"maxAttempts": 5, "initialBackoff": "0.2s", "maxBackoff": "5s", "backoffMultiplier": 4, "retryableStatusCodes": ["RESOURCE_EXHAUSTED"]
}}]}`

// start starts a server on a folder and waits until it serves.
func (r *run) start(ctx context.Context, dir string) (*child, *grpc.ClientConn, error) {
	begun := time.Now()
	c, err := r.spawn(ctx, dir)
	if err != nil {
		return nil, nil, err
	}
	select {
	case <-c.serving:
	case <-c.exited:
		return nil, nil, fmt.Errorf("the server does not start after a kill (%w)\n%s", c.fault(), c.log())
	case <-ctx.Done():
		c.kill()
		return nil, nil, ctx.Err()
	}
	r.count(func(rep *Report) { rep.Slowest = max(rep.Slowest, time.Since(begun)) })
	conn, err := grpc.NewClient("passthrough:///"+c.address,
		grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithDefaultServiceConfig(patient))
	if err != nil {
		c.kill()
		return nil, nil, err
	}
	return c, conn, nil
}

// each has all clients do something at once.
func (r *run) each(do func(*client) error) error {
	errs := make([]error, len(r.clients))
	var wg sync.WaitGroup
	for k, cl := range r.clients {
		wg.Go(func() { errs[k] = do(cl) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

// last looks at everything once more, ends the server in good order and has its data
// checked.
func (r *run) last(ctx context.Context) error {
	c, conn, err := r.start(ctx, r.o.Dir)
	if err != nil {
		return err
	}
	defer func() {
		_ = conn.Close()
		c.kill()
	}()
	if err := r.each(func(cl *client) error { return cl.settle(ctx, conn, 0) }); err != nil {
		return err
	}
	if err := r.each(func(cl *client) error { return cl.lookAtAll(ctx, conn) }); err != nil {
		return err
	}
	if err := errors.Join(r.shop.delivered(ctx, conn, r), r.lookAtBackup(ctx)); err != nil {
		return err
	}
	c.end()
	<-c.exited
	if c.err != nil {
		r.broken("told to end, the server ended with %v:\n%s", c.err, c.log())
	}
	if err := r.o.Check(r.o.Dir); err != nil {
		r.broken("integrity: %v", err)
	}
	return nil
}
