package edge

import (
	"context"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/vitrine-io/vitrine/server/config"
)

// longest is up to which time left a call is refused before its body is read. grpc
// keeps the timer of a call refused so until its deadline, some 250 bytes: at 50,000
// refusals a second that is 25 MB with 2 s; with a minute it would be a gigabyte.
const longest = 2 * time.Second

// fairFrom is the wait from which on a call that begins lets others go first, once. It
// waits in the scheduler's common queue then, together with the goroutines that read from
// the network, which come to their turn once in 61 as long as a processor's own queue has
// something in it.
const fairFrom = 250 * time.Microsecond

// gate decides which calls are begun. Of each class so many calls may be in the
// server at once, counted from the arrival of their header to their end, and the
// number moves with the pressure: a class gives way once goroutines wait longer for
// a processor than its target, so that the class with the lowest target gives way
// first. See docs/decisions/0031.
type gate struct {
	pressure *pressure
	lanes    [classes]lane
	turns    chan struct{} // taken by those who work in turn
	advice   *advice
	methods  map[string]class // of what is registered, fixed before serving
}

func newGate(c config.Limits, r prometheus.Registerer) *gate {
	cores := int64(runtime.GOMAXPROCS(0))
	g := &gate{
		pressure: newPressure(), advice: newAdvice(r), methods: make(map[string]class),
		turns: make(chan struct{}, max(1, cores/2)),
	}
	moving := func(of class, alone, beside giving) {
		l := &g.lanes[of]
		l.alone, l.beside = alone, beside
		l.ceiling = int64(c.MaxInFlight)
		l.usual = min(max(64*cores, alone.floor), l.ceiling) // a burst that is let in
		l.limit.Store(l.usual)
	}
	// Four decisions for each processor keep it busy. With more it never ran out of work,
	// so that the scheduler seldom looked for what the network had brought: those that
	// were let in had waited 100 ms and more in the socket.
	pages := giving{c.MaxWait, 4 * cores}
	moving(decisions, pages, pages)
	// Events wait for the disk, and many share a commit: 64 in flight were 5,000 a second
	// where 1,000 were 17,000. Their commit wakes them all at once.
	moving(tracking, giving{8 * c.MaxWait, 128 * cores}, giving{c.MaxWait / 2, 32 * cores})
	moving(admin, giving{c.MaxWait, 4 * cores}, giving{c.MaxWait / 2, 4 * cores})
	fixed := func(of class, limit int) {
		l := &g.lanes[of]
		l.alone, l.beside = giving{time.Hour, int64(limit)}, giving{c.MaxWait / 4, int64(limit)}
		l.usual, l.ceiling = int64(limit), int64(limit)
		l.limit.Store(int64(limit))
	}
	fixed(streams, c.MaxEventStreams)
	fixed(bulk, c.MaxBulk)
	g.register(r)
	return g
}

// know sorts a method in. Call it before serving.
func (g *gate) know(method string) { g.methods[method] = classOf(method) }

// patience is for how many windows in a row the wait must be above a class's target
// before it gives way: what is over sooner was a burst, or a neighbour on the machine.
const patience = 5

// giving is how a class gives way.
type giving struct {
	target time.Duration // the wait for a processor above which it does
	floor  int64         // the calls that it keeps
}

// lane is a class at the gate. Its counts are of the window under way.
type lane struct {
	alone, beside       giving       // without calls of a class above, and with
	usual, ceiling      int64        // of limit
	bearable            atomic.Int64 // the target now, in nanoseconds
	limit, inside, most atomic.Int64
	begun, refused      atomic.Int64
	above               int // windows in a row with a longer wait; for adjust alone
}

// enter counts a call in, unless the lane is full.
func (l *lane) enter() bool {
	n := l.inside.Add(1)
	if n > l.limit.Load() {
		l.inside.Add(-1)
		l.refused.Add(1)
		return false
	}
	l.begun.Add(1)
	if n > l.most.Load() {
		l.most.Store(n) // of two at once one may be lost: it is a hint
	}
	return true
}

// adjust moves the limit at the end of a window. While the wait is too long it comes down
// from what was in use, by as much as the wait is too long: to nine tenths at most, to
// half at least. Else it goes up by a sixteenth where it was reached, or is below the
// usual.
func (l *lane) adjust(wait time.Duration, way giving) {
	l.bearable.Store(int64(way.target))
	limit, most := l.limit.Load(), l.most.Swap(l.inside.Load())
	if wait <= way.target {
		l.above = 0
		if most >= limit || limit < l.usual {
			limit += 1 + limit/16
		}
	} else if l.above++; l.above >= patience && most > way.floor { // else others keep the processors busy
		limit = int64(float64(min(limit, most)) * max(0.5, min(0.9, float64(way.target)/float64(wait))))
	}
	l.limit.Store(max(min(way.floor, l.ceiling), min(l.ceiling, limit)))
}

// arrival is the context of a call that has arrived, until it ends.
type arrival struct {
	context.Context
	lane    *lane
	refusal error // to be answered before it begins, when not nil
	left    atomic.Bool
	stop    func() bool
}

type arrivalKey struct{}

// Value finds the arrival itself, too.
func (a *arrival) Value(key any) any {
	if _, is := key.(arrivalKey); is {
		return a
	}
	return a.Context.Value(key)
}

// leave counts the call out, once.
func (a *arrival) leave() {
	if a.lane != nil && a.left.CompareAndSwap(false, true) {
		a.lane.inside.Add(-1)
	}
}

// arrive lets a call in, or refuses it before its body is read. The context that it
// returns counts the call out at its end, whatever becomes of it.
func (g *gate) arrive(ctx context.Context, method string) (context.Context, error) {
	of, known := g.methods[method]
	if !known || of == unbounded {
		return ctx, nil
	}
	now := time.Now()
	g.look(now)
	l := &g.lanes[of]
	left := longest
	if at, ok := ctx.Deadline(); ok {
		left = at.Sub(now)
	}
	if left < g.pressure.wait() {
		g.advice.late(of)
		return ctx, errLate
	}
	if !l.enter() {
		err := g.advice.busy(of)
		if left <= longest {
			return ctx, err
		}
		return &arrival{Context: ctx, refusal: err}, nil
	}
	a := &arrival{Context: ctx, lane: l}
	a.stop = context.AfterFunc(ctx, a.leave)
	return a, nil
}

// full refuses a call that arrive would refuse for want of room, without counting it in.
func (g *gate) full(method string) error {
	of, known := g.methods[method]
	if !known || of == unbounded {
		return nil
	}
	g.look(time.Now())
	l := &g.lanes[of]
	if l.inside.Load() < l.limit.Load() {
		return nil
	}
	l.refused.Add(1)
	return g.advice.busy(of)
}

// look ends a window when it is time.
func (g *gate) look(now time.Time) {
	if !g.pressure.due(now) || !g.pressure.measure(now) {
		return
	}
	urgent := false
	for of := range g.lanes {
		l := &g.lanes[of]
		way := l.alone
		if urgent {
			way = l.beside
		}
		l.adjust(g.pressure.wait(), way)
		begun, refused := l.begun.Swap(0), l.refused.Swap(0)
		g.advice.learn(class(of), begun, refused)
		urgent = urgent || begun+refused > 0
	}
}

// errLate is for calls whose time is up, or will be before they begin.
var errLate = status.Error(codes.DeadlineExceeded, "not begun: the deadline is up, or nearer than the wait for a processor")

// begin is whether a call that arrived may begin.
func (g *gate) begin(ctx context.Context, method string) (*arrival, error) {
	a, ok := ctx.Value(arrivalKey{}).(*arrival)
	switch {
	case !ok:
		return nil, nil
	case a.refusal != nil:
		return nil, a.refusal
	case ctx.Err() != nil:
		g.advice.gone(g.methods[method])
		a.leave()
		return nil, status.FromContextError(ctx.Err()).Err()
	}
	if g.pressure.wait() > fairFrom {
		runtime.Gosched()
	}
	return a, nil
}

// end counts out a call that began. It looks at the pressure, too, for under pressure
// nothing may arrive for a while.
func (g *gate) end(a *arrival) {
	if a != nil {
		a.leave()
		a.stop()
		g.look(time.Now())
	}
}

// unary begins unary calls.
func (g *gate) unary(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	a, err := g.begin(ctx, info.FullMethod)
	if err != nil {
		return nil, err
	}
	defer g.end(a)
	if g.methods[info.FullMethod] == bulk {
		t := &turn{gate: g, lane: &g.lanes[bulk]}
		if err := t.take(ctx); err != nil {
			return nil, err
		}
		defer t.give()
	}
	return handler(ctx, req)
}

// stream begins streams.
func (g *gate) stream(srv any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
	a, err := g.begin(stream.Context(), info.FullMethod)
	if err != nil {
		return err
	}
	defer g.end(a)
	of, known := g.methods[info.FullMethod]
	if !known || of == unbounded {
		return handler(srv, stream)
	}
	y := &yielding{ServerStream: stream, turn: turn{gate: g, lane: &g.lanes[of]}, sends: !info.IsClientStream}
	defer context.AfterFunc(stream.Context(), y.turn.close)()
	defer y.turn.close()
	return handler(srv, y)
}

// register registers what the gate tells of itself.
func (g *gate) register(r prometheus.Registerer) {
	gauge := func(name, help string, labels prometheus.Labels, value func() float64) {
		r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help, ConstLabels: labels}, value))
	}
	for of := range g.lanes {
		l, labels := &g.lanes[of], prometheus.Labels{"class": class(of).String()}
		gauge("vitrine_calls_in_flight", "Calls in the server, by class, from the arrival of their header to their end.", labels,
			func() float64 { return float64(l.inside.Load()) })
		gauge("vitrine_calls_in_flight_limit", "How many calls of a class may be in the server now; one more is refused.", labels,
			func() float64 { return float64(l.limit.Load()) })
	}
	gauge("vitrine_processor_wait_seconds", "How long nine of ten goroutines waited for a processor, at most, of late: what calls are refused by.", nil,
		func() float64 { return g.pressure.wait().Seconds() })
}
