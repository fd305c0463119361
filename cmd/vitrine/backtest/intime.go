package backtest

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/vitrine-io/vitrine/cmd/vitrine/feed"
	"github.com/vitrine-io/vitrine/cmd/vitrine/records"
	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// inTime plays the lives of lasting visitors in the order of time: each decision
// is asked for when what is held out was about to happen, after all events until
// then and none later. What was held out then goes in as well.
func (r *replay) inTime(ctx context.Context) error {
	order := make([]int, len(r.log.Test))
	for i := range order {
		order[i] = i
	}
	when := func(i int) int64 { return r.log.Test[i].Times[r.log.Test[i].Cuts[0]] }
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(when(a), when(b)) })

	m := newMerger(r.log)
	t := newTester(r, 0)
	t.took = make([]time.Duration, t.total)
	phase := r.Display.Phase("log", "events")
	defer phase.End()
	var loaded int64
	var acknowledged, took time.Duration
	var held []*vitrinev1.Event // events that were held out, to go in next
	for _, i := range order {
		s := &r.log.Test[i]
		if due, ok := m.due(); len(held) > 0 || ok && due <= when(i) {
			var n int64
			report, err := r.load(ctx, count(&n, playUntil(m, held, when(i))), phase, loaded, -1)
			if err != nil {
				return err
			}
			loaded, held = loaded+n, nil
			acknowledged, took = acknowledged+report.Acknowledged, took+report.Took
		}
		start := time.Now()
		if err := t.ask(ctx, i, 0); err != nil {
			return err
		}
		t.deciding += time.Since(start)
		for from := s.Cuts[0]; from < len(s.Items); from = s.end(from) {
			held = append(held, r.log.eventOf(s, from, s.Visitor))
		}
	}
	if loaded > 0 {
		r.result.EventsPerSecond = float64(loaded) / acknowledged.Seconds()
		r.result.LearnedPerSecond = float64(loaded) / took.Seconds()
	}
	r.tested(t)
	return nil
}

// playUntil hands out what was held out before, and then the clicks up to a time.
func playUntil(m *merger, held []*vitrinev1.Event, until int64) feed.Next[*vitrinev1.Event] {
	return func() (records.Record[*vitrinev1.Event], error) {
		if len(held) > 0 {
			e := held[0]
			held = held[1:]
			return records.Record[*vitrinev1.Event]{
				At: records.Position{Path: fmt.Sprintf("visitor %s, held out", e.Visitor.DeviceId), Line: 1}, Message: e,
			}, nil
		}
		if due, ok := m.due(); !ok || due > until {
			return records.Record[*vitrinev1.Event]{}, io.EOF
		}
		return m.next()
	}
}

// count counts what is handed out.
func count(n *int64, next feed.Next[*vitrinev1.Event]) feed.Next[*vitrinev1.Event] {
	return func() (records.Record[*vitrinev1.Event], error) {
		rec, err := next()
		if err == nil {
			*n++
		}
		return rec, err
	}
}
