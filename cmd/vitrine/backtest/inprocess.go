package backtest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// What a tool needs that works on a log in its own process and measures as a
// backtest does.

// Placement is what is asked for, showing k products: nothing but what is to be
// measured decides what comes back.
func Placement(k int) *vitrinev1.Placement {
	return &vitrinev1.Placement{
		PageType: vitrinev1.PageType_PAGE_TYPE_HOME, Count: int32(k),
		Rules: &vitrinev1.Placement_Products{Products: rules()},
	}
}

// Context is the page that it stands on.
func Context() *vitrinev1.PageContext {
	return &vitrinev1.PageContext{PageType: vitrinev1.PageType_PAGE_TYPE_HOME}
}

// SetTimes gives the sessions of a log without times theirs, as Run does.
func (l *Log) SetTimes(end time.Time, span time.Duration) {
	pace := span / time.Duration(len(l.Train))
	spread(l.Train, end, span, clickGap)
	ahead := pace * time.Duration(len(l.Test))
	spread(l.Test, time.UnixMilli(lastTime(l.Train)).Add(ahead), ahead, clickGap)
}

// TrainEventCount is how many events EachTrainEvent hands out.
func (l *Log) TrainEventCount() int { return events(l.Train) }

// EachTrainEvent hands out what Run loads: the events of the train sessions in
// the order of their times, and which session each is of and whether it is that
// session's last. It ends with the first error of do, and returns it.
func (l *Log) EachTrainEvent(do func(session int, last bool, e *vitrinev1.Event) error) error {
	m := newMerger(l)
	for {
		if _, more := m.due(); !more {
			return nil
		}
		c := m.open[0]
		rec, err := m.next()
		if err != nil {
			return err
		}
		s := &l.Train[c.session]
		if err := do(int(c.session), s.end(int(c.at)) == len(s.Items), rec.Message); err != nil {
			return err
		}
	}
}

// TrainEnd is the time of the last event of train.
func (l *Log) TrainEnd() time.Time { return time.UnixMilli(lastTime(l.Train)).UTC() }

// SessionEvents are the first n things of a session as events, the last of which
// is now; of long sessions the latest.
func (l *Log) SessionEvents(s *Session, n int, now time.Time) []*vitrinev1.Event {
	var starts []int
	for from := 0; from < n; from = s.end(from) {
		starts = append(starts, from)
	}
	starts = starts[max(0, len(starts)-maxSession):]
	list := make([]*vitrinev1.Event, len(starts))
	for k, from := range starts {
		list[k] = l.event(s, from)
		list[k].Time = timestamppb.New(time.UnixMilli(now.UnixMilli() - (s.Times[n-1] - s.Times[from])))
	}
	return list
}

// Target is the product that is viewed behind a cut; false if something else
// comes next.
func (l *Log) Target(s *Session, cut int) (string, bool) {
	return l.Products[s.Items[s.Cuts[cut]]], s.hasTarget(cut)
}

// Part holds out the end of train as test; the log stays as it is.
func (l *Log) Part(h Holdout) (*Log, error) {
	if h.Each != 0 {
		return nil, errors.New("a part of the time or of the sessions is wanted, such as 1d or 5%")
	}
	train, test, err := h.split(slices.Clone(l.Train)) // which cuts sessions short
	if err == nil {
		test, err = toTest(test, "the part held out")
	}
	if err != nil {
		return nil, err
	}
	return &Log{Products: l.Products, Train: train, Test: test, index: l.index}, nil
}

// RunEach replays the train sessions once and tests under each of the rules, which
// stand for Options.Rules. The models stay as they are during the tests.
func RunEach(ctx context.Context, conn grpc.ClientConnInterface, log *Log, o Options, each []*vitrinev1.ProductRules) ([]*Result, error) {
	o.K, o.Online, o.Curve = cmp.Or(o.K, DefaultK), false, 0
	r := newReplay(conn, log, o)
	r.setTimes()
	for _, step := range []func(context.Context) error{r.open, r.loadProducts, r.train} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	loaded := *r.result
	var results []*Result
	for i, asked := range each {
		_, err := r.places.UpdatePlacement(ctx, &vitrinev1.UpdatePlacementRequest{
			Placement: &vitrinev1.Placement{
				Name: r.siteName() + "/placements/" + placement, Rules: &vitrinev1.Placement_Products{Products: r.rules(asked)},
			}, UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"products"}},
		})
		if err != nil {
			return nil, fmt.Errorf("set rules %d: %w", i+1, err)
		}
		result := loaded
		r.result = &result
		if err := r.test(ctx); err != nil {
			return nil, err
		}
		results = append(results, r.result)
	}
	return results, nil
}

// ComparePlaces is Compare on the places of the targets, session by session, 1
// for the first of k and 0 for none of them; without slices.
func ComparePlaces(a, b [][]uint8, k int, seed uint64) *Comparison {
	c := &Comparison{K: k, Sessions: len(a)}
	for i := range a {
		c.Targets += len(a[i])
	}
	c.count(a, b)
	p := paired{sessions: len(a)}
	p.addTargets(a, b)
	c.take(p.differences(seed))
	return c
}
