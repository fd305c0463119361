package backtest

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/vitrine-io/vitrine/cmd/vitrine/records"
	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// sessionGap ends a session: the half hour that web analytics has used since
// Catledge and Pitkow measured 25.5 minutes (1995).
const sessionGap = 30 * time.Minute

// collector makes sessions of events, from one file or several.
type collector struct {
	log   *Log
	index map[string]int // of the visitor in all
	all   []visitor
	// refunds says to take them in, too.
	refunds bool
}

// visitor is all that one visitor of the files did.
type visitor struct {
	id    string
	steps []step
	whole bool // is one session, however long the breaks in it are
}

type step struct {
	time int64
	item item
	kind kind
}

func newCollector(l *Log) *collector { return &collector{log: l, index: map[string]int{}} }

// kindOf tells what an event of that type does with its products; false for
// types that no session is made of.
func kindOf(t vitrinev1.EventType) (kind, bool) {
	switch t {
	case vitrinev1.EventType_EVENT_TYPE_PRODUCT_VIEWED, vitrinev1.EventType_EVENT_TYPE_PRODUCT_CLICKED:
		return viewed, true
	case vitrinev1.EventType_EVENT_TYPE_PRODUCT_ADDED:
		return added, true
	case vitrinev1.EventType_EVENT_TYPE_ORDER_COMPLETED:
		return ordered, true
	case vitrinev1.EventType_EVENT_TYPE_ORDER_REFUNDED, vitrinev1.EventType_EVENT_TYPE_ORDER_CANCELLED:
		return refunded, true
	default:
		return 0, false
	}
}

// read takes in a file. The events of a visitor must be in the order of their
// times if inOrder.
func (c *collector) read(r records.Reader[*vitrinev1.Event], whole, inOrder bool) error {
	for {
		rec, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		e := rec.Message
		k, ok := kindOf(e.Type)
		if !ok || k == refunded && !c.refunds {
			continue
		}
		who, at := e.Visitor.DeviceId, e.Time.AsTime().UnixMilli()
		i, known := c.index[who]
		if !known {
			i = len(c.all)
			c.index[who] = i
			c.all = append(c.all, visitor{id: who, whole: whole})
		}
		v := &c.all[i]
		if n := len(v.steps); inOrder && n > 0 && at < v.steps[n-1].time {
			return fmt.Errorf("%s: earlier than the visitor's event before it: sort the log by time", rec.At)
		}
		for _, it := range e.Items {
			if err := checkID(it.ProductId); err != nil {
				return fmt.Errorf("%s: %w", rec.At, err)
			}
			v.steps = append(v.steps, step{at, c.log.item(it.ProductId), k})
		}
	}
}

// sessions cuts what was read into sessions, in the order of their beginning.
func (c *collector) sessions() []Session {
	var out []Session
	for i := range c.all {
		steps := c.all[i].sorted()
		from := 0
		for at := 1; at <= len(steps); at++ {
			if at == len(steps) || !c.all[i].whole && steps[at].time-steps[at-1].time >= sessionGap.Milliseconds() {
				out = append(out, sessionOf(steps[from:at]))
				from = at
			}
		}
	}
	sortByStart(out)
	return out
}

// sorted brings the steps into the order of their times.
func (v *visitor) sorted() []step {
	slices.SortStableFunc(v.steps, func(a, b step) int { return cmp.Compare(a.time, b.time) })
	return v.steps
}

func sessionOf(steps []step) Session {
	s := Session{Items: make([]item, len(steps)), Times: make([]int64, len(steps))}
	for i, one := range steps {
		s.Items[i], s.Times[i] = one.item, one.time
		if one.kind != viewed && s.Kinds == nil {
			s.Kinds = make([]kind, len(steps))
		}
		if s.Kinds != nil {
			s.Kinds[i] = one.kind
		}
	}
	return s
}

func sortByStart(all []Session) {
	slices.SortStableFunc(all, func(a, b Session) int { return cmp.Compare(a.Times[0], b.Times[0]) })
}
