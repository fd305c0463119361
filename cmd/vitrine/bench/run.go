package bench

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"

	"github.com/vitrine-io/vitrine/cmd/vitrine/demo"
	"github.com/vitrine-io/vitrine/cmd/vitrine/progress"
	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// Options say what to measure.
type Options struct {
	Sizes
	Site     string // its id; filled if it is not there
	Seed     uint64
	Loads    []string      // of LoadNames, each once
	Duration time.Duration // of each measurement
	InFlight int           // at the ceiling
	Shares   []float64     // of the ceiling, to measure latency at
	Rates    []float64     // and rates a second, in the load's unit
	Overload float64       // if above 1: only how pages fare up to this many times the ceiling
	Deadline time.Duration // of calls under overload

	Echo     bool                                // the server has one, and tells what its process uses
	Wire     func(context.Context) (Wire, error) // opens one more connection, for overload
	Progress *progress.Display                   // where to show how far it is
}

// Result is what was measured. Its JSON is described in docs/bench.md.
type Result struct {
	Started     time.Time     `json:"started"`
	System      string        `json:"system"` // such as linux/amd64
	CPUs        int           `json:"cpus"`
	Sizes       Sizes         `json:"sizes"`
	Seed        uint64        `json:"seed"`
	InFlight    int           `json:"in_flight"`
	Duration    float64       `json:"duration_seconds"` // of each measurement
	HasEcho     bool          `json:"has_echo"`
	Filled      Filled        `json:"filled"`
	Memory      int64         `json:"server_memory_bytes,omitempty"` // resident, when filled
	Loads       []*LoadResult `json:"loads"`
	Overload    *Overload     `json:"overload,omitempty"`
	Interrupted bool          `json:"interrupted"`
}

// LoadResult is what was measured of one load.
type LoadResult struct {
	Name         string   `json:"name"`
	Title        string   `json:"title"`
	Unit         string   `json:"unit"` // of rates
	RequestBytes int      `json:"request_bytes"`
	AnswerBytes  int      `json:"answer_bytes"`
	Ceiling      *Pair    `json:"ceiling"`
	Rates        []*Rated `json:"rates"`
}

// Pair is the same load on the server and on the echo.
type Pair struct {
	Ours   *Point  `json:"ours"`
	Echo   *Point  `json:"echo,omitempty"`
	OfEcho float64 `json:"of_echo,omitempty"` // ours / echo, in calls a second
}

// Rated is a pair at a rate.
type Rated struct {
	Offered   float64 `json:"offered_per_second"`
	OfCeiling float64 `json:"of_ceiling"`
	Pair
}

// connections is how many the client has; more cost it more.
const connections = 2

// bench is a run under way.
type bench struct {
	o       Options
	conns   []*grpc.ClientConn
	shop    *shop
	events  *eventMaker
	now     time.Time
	timeout time.Duration
	id      atomic.Uint64
	result  *Result
}

// Run fills the shop, unless it is there, and measures. When ctx ends before all
// is measured the result holds what was, and no error tells of it. Dial is called
// for each connection.
func Run(ctx context.Context, dial func() (*grpc.ClientConn, error), o Options) (*Result, error) {
	ctx, cancel := context.WithCancel(ctx) // ends what an error leaves under way
	defer cancel()
	now := time.Now().Truncate(time.Second)
	b := &bench{
		o: o, shop: newShop(o.Site, o.Seed, o.Sizes, now), now: now, timeout: callTimeout,
		result: &Result{
			Started: now.UTC(), System: runtime.GOOS + "/" + runtime.GOARCH, CPUs: runtime.NumCPU(), Sizes: o.Sizes, Seed: o.Seed,
			InFlight: o.InFlight, Duration: o.Duration.Seconds(), HasEcho: o.Echo, Loads: []*LoadResult{},
		},
	}
	b.events = newEventMaker(b.shop)
	// Ids of another run on the same shop are others.
	b.id.Store(uint64(now.Unix()) << 32)
	for range connections {
		conn, err := dial()
		if err != nil {
			return nil, err
		}
		defer conn.Close()
		b.conns = append(b.conns, conn)
	}
	err := b.run(ctx)
	if ctx.Err() != nil {
		b.result.Interrupted = true
		return b.result, nil
	}
	return b.result, err
}

func (b *bench) run(ctx context.Context) error {
	if err := b.fill(ctx); err != nil {
		return err
	}
	used, err := b.settle(ctx)
	if err != nil {
		return err
	}
	b.result.Memory = used.resident
	if b.o.Overload > 1 {
		return b.overload(ctx)
	}
	for _, name := range b.o.Loads {
		if err := b.measure(ctx, name); err != nil || ctx.Err() != nil {
			return err
		}
	}
	return nil
}

// measure finds a load's ceiling, and its latencies at the rates.
func (b *bench) measure(ctx context.Context, name string) error {
	l, err := b.prepare(ctx, name)
	if err != nil {
		return err
	}
	defer l.close()
	if b.o.Echo && l.typical != nil {
		err := patient(ctx, func() error {
			return b.conns[0].Invoke(ctx, echoPrepare, slices.Clone(l.typical), &answer{}, asIs)
		})
		if err != nil {
			return fmt.Errorf("prepare the echo: %w", err)
		}
	}
	phase := b.o.Progress.Phase(l.name, "calls")
	defer phase.End()
	steps, done, calls := 1+len(b.o.Shares)+len(b.o.Rates), 0, int64(0)
	step := func(p *Pair) {
		done++
		calls += p.Ours.Calls
		phase.Set(calls, int64(done), int64(steps))
	}
	// The first calls are slower, on both sides.
	closed(ctx, b.o.Duration/5, b.o.InFlight, l.ours)
	ceiling, err := b.pair(ctx, l, func(w worker) *tally { return closed(ctx, b.o.Duration/turns, b.o.InFlight, w) })
	if err != nil || ctx.Err() != nil {
		return err
	}
	result := &LoadResult{
		Name: l.name, Title: l.title, Unit: l.unit, RequestBytes: l.request, AnswerBytes: l.answer, Ceiling: ceiling, Rates: []*Rated{},
	}
	b.result.Loads = append(b.result.Loads, result)
	step(ceiling)
	for _, rate := range b.rates(ceiling.Ours.PerSecond) {
		if rate <= 0 {
			continue
		}
		pair, err := b.pair(ctx, l, func(w worker) *tally {
			return open(ctx, b.o.Duration/turns, rate/float64(l.each), b.o.Seed, preciseUntil, w)
		})
		if err != nil || ctx.Err() != nil {
			return err
		}
		result.Rates = append(result.Rates, &Rated{Offered: rate, OfCeiling: rate / ceiling.Ours.PerSecond, Pair: *pair})
		step(pair)
	}
	return nil
}

// rates are those to measure at, in the load's unit.
func (b *bench) rates(ceiling float64) []float64 {
	rates := slices.Clone(b.o.Rates)
	for _, s := range b.o.Shares {
		rates = append(rates, s*ceiling)
	}
	slices.Sort(rates)
	return rates
}

// turns is how often server and echo are measured in turn, so that what else the
// machine does meets both.
const turns = 2

// pair measures the server and the echo in turn. What was broken off is of no
// use: the caller looks at its context.
func (b *bench) pair(ctx context.Context, l *load, drive func(worker) *tally) (*Pair, error) {
	ours, echo := &side{tally: newTally()}, &side{tally: newTally()}
	for range turns {
		if err := b.drive(ctx, ours, l.ours, drive); err != nil {
			return nil, err
		}
		if l.echo == nil {
			continue
		}
		if err := b.drive(ctx, echo, l.echo, drive); err != nil {
			return nil, err
		}
	}
	p := &Pair{Ours: ours.point(l.each)}
	if l.writes && ours.behind > 0 {
		p.Ours.Behind, p.Ours.CatchUp = ours.behind, ours.catchUp.Seconds()
	}
	if l.echo != nil {
		if p.Echo = echo.point(l.each); p.Echo.PerSecond > 0 {
			p.OfEcho = p.Ours.PerSecond / p.Echo.PerSecond
		}
	}
	return p, nil
}

// side is one half of a pair, with what the server says of itself.
type side struct {
	tally   *tally
	cpu     time.Duration
	behind  int64
	catchUp time.Duration
}

func (s *side) point(each int) *Point {
	p := s.tally.point(each)
	if all := p.Calls + p.Failed(); all > 0 {
		p.CPU = float64(s.cpu.Microseconds()) / float64(all)
	}
	return p
}

// drive is one turn. It ends when the server has learned from what it was sent.
func (b *bench) drive(ctx context.Context, s *side, w worker, drive func(worker) *tally) error {
	before, err := b.usage(ctx)
	if err != nil {
		return err
	}
	s.tally.merge(drive(w))
	now, err := b.usage(ctx)
	if err != nil {
		return err
	}
	s.behind = max(s.behind, now.behind)
	begin := time.Now()
	// What was put off until after the answers is part of what they cost.
	after, err := b.settle(ctx)
	if err != nil {
		return err
	}
	s.catchUp = max(s.catchUp, time.Since(begin))
	s.cpu += after.cpu - before.cpu
	return nil
}

// errBehind says that the learner did not catch up.
var errBehind = errors.New("the server has not learned from all events after five minutes")

// settle waits until the server has learned from all that is stored.
func (b *bench) settle(ctx context.Context) (*usage, error) {
	for begin := time.Now(); ; {
		u, err := b.usage(ctx)
		if err != nil || u.behind == 0 {
			return u, err
		}
		if time.Since(begin) > 5*time.Minute {
			return nil, errBehind
		}
		if !sleepUntil(ctx, time.Now().Add(100*time.Millisecond)) {
			return nil, ctx.Err()
		}
	}
}

func (b *bench) nextID() uint64 { return b.id.Add(1) }

// granted is the consent of a visitor who allowed everything.
func granted() *pb.Consent { return demo.Granted() }
