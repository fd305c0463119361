package backtest

import (
	"cmp"
	"container/heap"
	"fmt"
	"io"
	"slices"

	"github.com/vitrine-io/vitrine/cmd/vitrine/records"
	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// merger hands out the clicks of the train sessions in the order of their
// times, as a shop would have sent them: sessions overlap.
type merger struct {
	log   *Log
	order []int32 // sessions by their start
	begun int     // of order
	open  clicks
}

// click is the next click of a session that is under way.
type click struct {
	time    int64
	session int32
	at      int32
}

type clicks []click

func (c clicks) Len() int { return len(c) }
func (c clicks) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(c[i].time, c[j].time), cmp.Compare(c[i].session, c[j].session)) < 0
}
func (c clicks) Swap(i, j int) { c[i], c[j] = c[j], c[i] }
func (c *clicks) Push(x any)   { *c = append(*c, x.(click)) }
func (c *clicks) Pop() any {
	last := (*c)[len(*c)-1]
	*c = (*c)[:len(*c)-1]
	return last
}

func newMerger(l *Log) *merger {
	m := &merger{log: l, order: make([]int32, len(l.Train))}
	for i := range m.order {
		m.order[i] = int32(i)
	}
	slices.SortStableFunc(m.order, func(a, b int32) int {
		return cmp.Compare(l.Train[a].Times[0], l.Train[b].Times[0])
	})
	return m
}

// due is the time of the next click; false when there is none.
func (m *merger) due() (int64, bool) {
	for m.begun < len(m.order) {
		s := m.order[m.begun]
		if start := m.log.Train[s].Times[0]; len(m.open) == 0 || start <= m.open[0].time {
			heap.Push(&m.open, click{time: start, session: s})
			m.begun++
			continue
		}
		break
	}
	if len(m.open) == 0 {
		return 0, false
	}
	return m.open[0].time, true
}

// next returns the next click as an event.
func (m *merger) next() (records.Record[*vitrinev1.Event], error) {
	if _, ok := m.due(); !ok {
		return records.Record[*vitrinev1.Event]{}, io.EOF
	}
	c := m.open[0]
	session := &m.log.Train[c.session]
	if next := int32(session.end(int(c.at))); int(next) < len(session.Items) {
		m.open[0].at, m.open[0].time = next, session.Times[next]
		heap.Fix(&m.open, 0)
	} else {
		heap.Pop(&m.open)
	}
	visitor := session.Visitor
	if visitor == "" {
		visitor = fmt.Sprintf("train-%d", c.session)
	}
	return records.Record[*vitrinev1.Event]{
		At:      records.Position{Path: fmt.Sprintf("train session %d, click", c.session+1), Line: int(c.at) + 1},
		Message: m.log.eventOf(session, int(c.at), visitor),
	}, nil
}
