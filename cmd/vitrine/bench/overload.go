package bench

import "context"

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
	phase := b.o.Progress.Phase("overload", "calls")
	defer phase.End()
	b.timeout = b.o.Deadline
	closed(ctx, b.o.Duration/5, b.o.InFlight, l.ours)
	ceiling := closed(ctx, b.o.Duration, b.o.InFlight, l.ours)
	if ctx.Err() != nil {
		return nil
	}
	o := &Overload{Deadline: millis(int64(b.o.Deadline)), Ceiling: ceiling.point(1)}
	b.result.Overload = o
	peak := o.Ceiling.PerSecond
	for times := 1.0; times <= b.o.Overload && peak > 0; times++ {
		rate := times * o.Ceiling.PerSecond
		t := open(ctx, b.o.Duration, rate, b.o.Seed, preciseUntil, l.ours)
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
