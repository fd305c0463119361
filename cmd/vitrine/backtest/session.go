package backtest

import (
	"fmt"
	"slices"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// item is a product of the log, as a small number: its place in Log.Products.
type item int32

// kind is what was done with a product.
type kind uint8

const (
	viewed   kind = iota // or clicked
	added                // into the cart
	ordered              // and paid for
	refunded             // given back; of lasting visitors
)

// Session is what one visitor did without a break, or, of lasting visitors, all
// that one did.
type Session struct {
	// Visitor is the id of a lasting visitor; empty: the session is its own.
	Visitor string
	Items   []item
	// Kinds has what was done with each item; nil when all were viewed.
	Kinds []kind
	// Times has the time of each item, in milliseconds since 1970, ascending;
	// nil when the file tells none.
	Times []int64
	// Cuts are the lengths of the prefixes to decide behind: of a cut at n the
	// next thing is Items[n]. Test sessions only.
	Cuts []int
}

func (s *Session) kind(at int) kind {
	if s.Kinds == nil {
		return viewed
	}
	return s.Kinds[at]
}

// hasTarget reports whether the next thing behind the cut is a view: the target
// that places are told of.
func (s *Session) hasTarget(cut int) bool { return s.kind(s.Cuts[cut]) == viewed }

// later lists the products, each once, of which a thing of that kind is done
// from n on.
func (s *Session) later(n int, k kind) []item {
	if s.Kinds == nil && k != viewed {
		return nil
	}
	var found []item
	for at := n; at < len(s.Items); at++ {
		if s.kind(at) == k && !slices.Contains(found, s.Items[at]) {
			found = append(found, s.Items[at])
		}
	}
	return found
}

// end is where the event that begins at from ends: products ordered at the same
// time are one order, of at most the 100 items of an event.
func (s *Session) end(from int) int {
	to := from + 1
	if k := s.kind(from); k != ordered && k != refunded || s.Times == nil {
		return to
	}
	return min(from+100, s.sameOrder(from))
}

// allCuts asks for everything but the first event.
func (s *Session) allCuts() {
	for n := s.end(0); n < len(s.Items); n = s.end(n) {
		s.Cuts = append(s.Cuts, n)
	}
	slices.Reverse(s.Cuts) // the longest prefix first, as in the literature's files
}

// event is what happened from there to its end, without time, visitor and id.
func (l *Log) event(s *Session, from int) *vitrinev1.Event {
	e := &vitrinev1.Event{Type: vitrinev1.EventType_EVENT_TYPE_PRODUCT_VIEWED}
	switch s.kind(from) {
	case viewed:
	case added:
		e.Type = vitrinev1.EventType_EVENT_TYPE_PRODUCT_ADDED
	case ordered:
		e.Type = vitrinev1.EventType_EVENT_TYPE_ORDER_COMPLETED
	case refunded:
		e.Type = vitrinev1.EventType_EVENT_TYPE_ORDER_REFUNDED
	}
	for _, it := range s.Items[from:s.end(from)] {
		e.Items = append(e.Items, &vitrinev1.EventItem{ProductId: l.Products[it]})
	}
	return e
}

// eventOf is the event as it goes into the shop.
func (l *Log) eventOf(s *Session, from int, visitor string) *vitrinev1.Event {
	e := l.event(s, from)
	e.Id = fmt.Sprintf("%s-%d", visitor, from)
	e.Visitor = &vitrinev1.VisitorKey{DeviceId: visitor}
	e.Time = timestamppb.New(time.UnixMilli(s.Times[from]))
	if e.Type == vitrinev1.EventType_EVENT_TYPE_ORDER_COMPLETED {
		e.Order = &vitrinev1.Order{Id: e.Id}
	}
	return e
}

// events counts what goes into the shop.
func events(sessions []Session) int {
	n := 0
	for i := range sessions {
		s := &sessions[i]
		if s.Kinds == nil {
			n += len(s.Items)
			continue
		}
		for from := 0; from < len(s.Items); from = s.end(from) {
			n++
		}
	}
	return n
}
