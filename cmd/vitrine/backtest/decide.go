package backtest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/vitrine-io/vitrine/cmd/vitrine/progress"
	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// maxSession is how many session events the API takes; of longer prefixes the
// latest count.
const maxSession = 100

// test asks for a decision after every prefix and judges the answers.
func (r *replay) test(ctx context.Context) error {
	t := newTester(r, lastTime(r.log.Train))
	t.phase = r.Display.Phase("test", "decisions")
	defer t.phase.End()
	run := t.frozen
	if r.Online {
		run = t.online
	}
	if err := run(ctx); err != nil {
		return err
	}
	r.tested(t)
	if r.Online {
		r.result.TestCurve = testCurve(r.log.Test, t.outcomes, cmp.Or(r.Curve, defaultCurve))
	}
	return nil
}

// tested takes what the decisions came to.
func (r *replay) tested(t *tester) {
	r.result.Decisions = int(t.done.Load())
	r.result.Unfilled = int(t.unfilled.Load())
	r.result.DecisionsPerSecond = float64(t.done.Load()) / t.deciding.Seconds()
	r.result.latencies(t.took[:t.done.Load()])
	r.judge(t)
}

// newTester is for the test sessions of the log; the server's clock says now, in
// milliseconds since 1970.
func newTester(r *replay, now int64) *tester {
	t := &tester{replay: r, now: now, outcomes: make([][]outcome, len(r.log.Test)), lists: newLists(r.log, r.categories)}
	for i := range r.log.Test {
		t.outcomes[i] = make([]outcome, len(r.log.Test[i].Cuts))
		t.total += int64(len(r.log.Test[i].Cuts))
	}
	return t
}

// tester asks for decisions, several at a time.
type tester struct {
	*replay
	now      int64 // of the server's clock, in milliseconds since 1970
	outcomes [][]outcome
	lists    *lists
	phase    *progress.Phase // nil: not shown
	total    int64
	done     atomic.Int64
	unfilled atomic.Int64
	took     []time.Duration // by the order of completion
	deciding time.Duration   // while at least one decision was asked for
}

// frozen ranks everything with what was learned in train: each prefix ends now,
// just behind the log.
func (t *tester) frozen(ctx context.Context) error {
	t.took = make([]time.Duration, t.total)
	start := time.Now()
	group, ctx := errgroup.WithContext(ctx)
	var next atomic.Int64
	for range t.InFlight {
		group.Go(func() error {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(t.log.Test) {
					return nil
				}
				for j := range t.log.Test[i].Cuts {
					if err := t.ask(ctx, i, j); err != nil {
						return err
					}
				}
			}
		})
	}
	err := group.Wait()
	t.deciding = time.Since(start)
	return err
}

// online ranks the prefixes of a session and then tells the server of the
// session, one session after another.
func (t *tester) online(ctx context.Context) error {
	t.took = make([]time.Duration, t.total)
	for i := range t.log.Test {
		s := &t.log.Test[i]
		start := time.Now()
		group, inner := errgroup.WithContext(ctx)
		group.SetLimit(t.InFlight)
		for j := range s.Cuts {
			group.Go(func() error { return t.ask(inner, i, j) })
		}
		if err := group.Wait(); err != nil {
			return err
		}
		t.deciding += time.Since(start)
		if err := t.tell(ctx, s, fmt.Sprintf("test-%d", i)); err != nil {
			return err
		}
		t.now = max(t.now, s.Times[len(s.Times)-1])
	}
	return nil
}

// tell sends a session as events.
func (t *tester) tell(ctx context.Context, s *Session, visitor string) error {
	var all []*vitrinev1.Event
	for from := 0; from < len(s.Items); from = s.end(from) {
		all = append(all, t.log.eventOf(s, from, visitor))
	}
	for part := range slices.Chunk(all, 1000) {
		res, err := t.events.TrackEvents(ctx, &vitrinev1.TrackEventsRequest{Site: t.siteName(), Events: part})
		if err != nil {
			return fmt.Errorf("track a test session: %w", err)
		}
		for _, one := range res.Results {
			if one.Status != vitrinev1.EventStatus_EVENT_STATUS_STORED {
				return fmt.Errorf("track a test session: event %s: %v %v", part[one.Index].Id, one.Status, one.Violations)
			}
		}
	}
	return nil
}

// ask gets one decision and notes where the target stands in it.
func (t *tester) ask(ctx context.Context, session, cut int) error {
	s := &t.log.Test[session]
	n := s.Cuts[cut]
	req := t.request(s, n)
	begun := time.Now()
	res, err := t.decisions.Decide(ctx, req)
	took := time.Since(begun)
	if err != nil {
		return fmt.Errorf("decide behind %d clicks of test session %d: %w", n, session+1, err)
	}
	mode, given := vitrinev1.DecisionMode_DECISION_MODE_SESSION, "the session's events"
	if req.Visitor != nil {
		mode, given = vitrinev1.DecisionMode_DECISION_MODE_PROFILE, "a visitor with a profile"
	}
	if res.Mode != mode || len(res.Placements) != 1 {
		return fmt.Errorf("the server answered in mode %v with %d placements where %s and one placement were given", res.Mode, len(res.Placements), given)
	}
	shown := make([]string, 0, t.K)
	for _, it := range res.Placements[0].Items[:min(t.K, len(res.Placements[0].Items))] {
		shown = append(shown, it.GetProduct().GetProductId())
	}
	if len(shown) < t.K {
		t.unfilled.Add(1)
	}
	t.outcomes[session][cut] = t.see(s, n, shown)
	done := t.done.Add(1)
	t.took[done-1] = took
	if t.phase != nil && (done%64 == 0 || done == t.total) {
		t.phase.Set(done, done, t.total)
	}
	return nil
}

// see holds what was shown behind the first n things of a session against what
// followed.
func (t *tester) see(s *Session, n int, shown []string) outcome {
	place := func(it item) uint8 { return uint8(slices.Index(shown, t.log.Products[it]) + 1) }
	count := func(items []item) (found uint8) {
		for _, it := range items {
			if place(it) > 0 {
				found++
			}
		}
		return found
	}
	o := outcome{carts: count(s.later(n, added)), orders: count(s.later(n, ordered))}
	if t.log.Lasting() {
		for _, it := range s.wanted() {
			o.places = append(o.places, place(it))
		}
	} else if s.kind(n) == viewed {
		o.place = place(s.Items[n])
	}
	o.novelty, o.drift = t.lists.look(shown, s.Items[:n])
	return o
}

// request asks what to show behind the first n clicks of a session, the last of
// which is now, or to a lasting visitor, of whom the server knows the rest.
func (t *tester) request(s *Session, n int) *vitrinev1.DecideRequest {
	req := &vitrinev1.DecideRequest{
		Site:       t.siteName(),
		Context:    Context(),
		Placements: []*vitrinev1.PlacementRequest{{Placement: placement, Count: int32(t.K)}},
		DryRun:     true,
		Explain:    vitrinev1.Explain_EXPLAIN_NONE,
	}
	if t.log.Lasting() && !t.log.oneVisit {
		req.Visitor = &vitrinev1.VisitorKey{DeviceId: s.Visitor}
		return req
	}
	req.SessionEvents = t.log.SessionEvents(s, n, time.UnixMilli(t.now))
	return req
}
