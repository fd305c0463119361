package bench

import (
	"math/rand/v2"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/vitrine-io/vitrine/cmd/vitrine/demo"
	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// eventKinds are what visitors do, and how often out of a hundred.
var eventKinds = []struct {
	kind  pb.EventType
	often int
}{
	{pb.EventType_EVENT_TYPE_PRODUCT_VIEWED, 78},
	{pb.EventType_EVENT_TYPE_PRODUCT_CLICKED, 10},
	{pb.EventType_EVENT_TYPE_PRODUCT_ADDED, 9},
	{pb.EventType_EVENT_TYPE_ORDER_COMPLETED, 3},
}

// pages are what the events happen on.
var pages = map[pb.EventType]pb.PageType{
	pb.EventType_EVENT_TYPE_PRODUCT_CLICKED: pb.PageType_PAGE_TYPE_CATEGORY,
	pb.EventType_EVENT_TYPE_ORDER_COMPLETED: pb.PageType_PAGE_TYPE_ORDER_CONFIRMATION,
}

// eventLike is an event of a kind, as a storefront tells it.
func eventLike(kind pb.EventType) *pb.Event {
	e := &pb.Event{
		Id: idMark, Type: kind, Visitor: &pb.VisitorKey{DeviceId: visitorMark}, Time: &timestamppb.Timestamp{Seconds: timeMark},
		Items: []*pb.EventItem{{ProductId: productMark}}, Channel: pb.Channel_CHANNEL_WEB, Consent: demo.Granted(),
		Context: &pb.PageContext{
			PageType: pb.PageType_PAGE_TYPE_PRODUCT, Device: pb.DeviceType_DEVICE_TYPE_PHONE, Place: &pb.Place{Country: countryMark},
		},
	}
	if page, found := pages[kind]; found {
		e.Context.PageType = page
	}
	switch kind {
	case pb.EventType_EVENT_TYPE_PRODUCT_ADDED, pb.EventType_EVENT_TYPE_ORDER_COMPLETED:
		e.Items[0].Quantity, e.Items[0].Price = 1, demo.Money(49.90)
	}
	if kind == pb.EventType_EVENT_TYPE_ORDER_COMPLETED {
		e.Order = &pb.Order{Id: "order", Revenue: demo.Money(49.90)}
	}
	return e
}

// eventMaker writes events into messages. It is safe for concurrent use.
type eventMaker struct {
	shop    *shop
	bare    []stencil // of an event of each kind
	tracked []stencil // of a whole TrackEventRequest
	parent  []byte    // the field `site` of a message of many events
}

func newEventMaker(s *shop) *eventMaker {
	m := &eventMaker{shop: s}
	for _, k := range eventKinds {
		e := eventLike(k.kind)
		m.bare = append(m.bare, newStencil(e))
		m.tracked = append(m.tracked, newStencil(&pb.TrackEventRequest{Site: s.site, Event: e}))
	}
	var err error
	if m.parent, err = proto.Marshal(&pb.ImportEventsRequest{Site: s.site}); err != nil {
		panic(err) // of a message with nothing but a name
	}
	return m
}

// kind draws what a visitor does, as its place in eventKinds.
func kind(r *rand.Rand) int {
	left := r.IntN(100)
	for i, k := range eventKinds {
		if left -= k.often; left < 0 {
			return i
		}
	}
	return 0
}

// track is a TrackEventRequest for what some visitor does now.
func (m *eventMaker) track(r *rand.Rand, id uint64) []byte {
	t := &m.tracked[kind(r)]
	return t.append(make([]byte, 0, len(t.encoded)), m.now(r, id))
}

func (m *eventMaker) now(r *rand.Rand, id uint64) filling {
	who := m.shop.visitor(r)
	return filling{visitor: who, product: m.shop.wanted(r, who), country: m.shop.country(who), id: id, time: time.Now().Unix()}
}

// message begins a StreamEventsRequest or an ImportEventsRequest, which have the
// same fields, with room for so many events.
func (m *eventMaker) message(events int) []byte {
	return append(make([]byte, 0, len(m.parent)+events*(len(m.bare[0].encoded)+16)), m.parent...)
}

// eventsField is the number of `events` in both messages.
const eventsField = 2

func (m *eventMaker) add(b []byte, kind int, f filling) []byte {
	t := &m.bare[kind]
	b = protowire.AppendTag(b, eventsField, protowire.BytesType)
	b = protowire.AppendVarint(b, uint64(len(t.encoded)))
	return t.append(b, f)
}

// history hands out what all visitors did in the span before now, in the order of
// time: each visits once or, an average history later, a second time. It ends
// with the first error of do.
func (m *eventMaker) history(now time.Time, do func(kind int, f filling) error) error {
	s := m.shop
	begin, id := now.Add(-span), uint64(0)
	slots := s.Visitors + s.Visitors/2
	for slot := range slots {
		at := begin.Add(time.Duration(float64(span) * float64(slot) / float64(slots)))
		for _, visit := range []struct{ who, part int }{{slot, 0}, {slot - s.Visitors/2, 1}} {
			if visit.who < 0 || visit.who >= s.Visitors {
				continue
			}
			r := s.rng(aVisitor, visit.who)
			first, second := s.visits(r)
			n := first
			if visit.part == 1 {
				r, n = s.rng(aVisitor, visit.who+s.Visitors), second
			}
			for k := range n {
				f := filling{
					visitor: visit.who, product: s.wanted(r, visit.who), country: s.country(visit.who),
					id: id, time: at.Unix() + int64(k)*30,
				}
				id++
				if err := do(kind(r), f); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// visits draws how much a visitor does on the first visit, and on the second, if
// there is one: one in four comes back.
func (s *shop) visits(r *rand.Rand) (first, second int) {
	mean := float64(max(s.History-1, 0))
	n := 1 + min(int(r.ExpFloat64()*mean+0.5), 20*max(s.History, 1))
	if n > 1 && r.IntN(4) == 0 {
		second = n / 2
	}
	return n - second, second
}
