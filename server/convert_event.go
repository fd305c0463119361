package server

import (
	"fmt"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
)

// When an event may have happened.
var earliestEvent = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// maxAhead is how far a visitor's clock may run ahead of ours.
const maxAhead = 10 * time.Minute

// eventFromProto converts an event that the contract's rules have checked, and
// checks what they can't say. now is the machine's time: that of an event
// without one, and what its time is checked against.
func eventFromProto(v *violations, field string, m *pb.Event, currency string, now time.Time) scoring.Event {
	e := scoring.Event{
		ID:               scoring.EventID(m.GetId()),
		Type:             scoring.EventType(m.GetType()),
		CustomType:       m.GetCustomType(),
		Visitor:          scoring.VisitorID(m.GetVisitor().GetDeviceId()),
		Person:           scoring.PersonID(m.GetVisitor().GetPersonId()),
		Time:             timeFromProto(v, field+"time", m.GetTime()),
		Order:            orderFromProto(v, field+"order", m.GetOrder(), currency),
		SearchQuery:      m.GetSearchQuery(),
		Categories:       m.GetCategories(),
		AttributionToken: m.GetAttributionToken(),
		Channel:          scoring.Channel(m.GetChannel()),
		Dwell:            m.GetDwellTime().AsDuration(),
	}
	switch {
	case m.GetTime() == nil:
		e.Time = now.UTC().Truncate(time.Microsecond)
	case e.Time.Before(earliestEvent):
		v.add(field+"time", "is %s, must not be before %s", e.Time.Format(time.RFC3339), earliestEvent.Format(time.DateOnly))
	case e.Time.After(now.Add(maxAhead)):
		v.add(field+"time", "is %s, must be at most %s ahead of the server's clock (%s)",
			e.Time.Format(time.RFC3339), maxAhead, now.UTC().Format(time.RFC3339))
	}
	if m.GetType() == pb.EventType_EVENT_TYPE_CUSTOM && m.GetCustomType() == "" {
		v.add(field+"custom_type", "is empty, must name the event when type is CUSTOM")
	}
	if m.GetContext() != nil {
		context := contextFromProto(v, field+"context.", m.GetContext())
		e.Context = &context
	}
	if len(m.GetItems()) > 0 {
		e.Items = make([]scoring.EventItem, 0, len(m.GetItems()))
	}
	for i, item := range m.GetItems() {
		e.Items = append(e.Items, itemFromProto(v, field, i, item, currency))
	}
	return e
}

// itemFromProto converts the i-th item.
func itemFromProto(v *violations, field string, i int, m *pb.EventItem, currency string) scoring.EventItem {
	it := scoring.EventItem{Product: scoring.ProductID(m.GetProductId()), Quantity: max(1, m.GetQuantity())}
	if m.GetPrice() == nil && plainID(m.GetProductId()) {
		return it // as most are: no need to name its fields
	}
	path := fmt.Sprintf("%sitems[%d]", field, i)
	checkID(v, path+".product_id", m.GetProductId())
	it.Price = priceFromProto(v, path+".price", m.GetPrice(), currency)
	return it
}

// whoFromProto checks the visitor of an event or a decision.
func whoFromProto(v *violations, field string, m *pb.VisitorKey) {
	checkVisitorID(v, field+".device_id", m.GetDeviceId())
	if m.GetPersonId() != "" {
		checkVisitorID(v, field+".person_id", m.GetPersonId())
	}
}

func orderFromProto(v *violations, field string, m *pb.Order, currency string) *scoring.Order {
	if m == nil {
		return nil
	}
	return &scoring.Order{
		ID:       scoring.OrderID(m.GetId()),
		Revenue:  moneyFromProto(v, field+".revenue", m.GetRevenue(), currency),
		Tax:      moneyFromProto(v, field+".tax", m.GetTax(), currency),
		Shipping: moneyFromProto(v, field+".shipping", m.GetShipping(), currency),
		Coupon:   m.GetCoupon(),
	}
}

func contextFromProto(v *violations, field string, m *pb.PageContext) scoring.Context {
	if m.GetProductId() != "" {
		checkID(v, field+"product_id", m.GetProductId())
	}
	return scoring.Context{
		PageType:    scoring.PageType(m.GetPageType()),
		Product:     scoring.ProductID(m.GetProductId()),
		Category:    m.GetCategory(),
		SearchQuery: m.GetSearchQuery(),
		Referrer:    m.GetTraffic().GetReferrer(),
		Source:      m.GetTraffic().GetSource(),
		Medium:      m.GetTraffic().GetMedium(),
		Campaign:    m.GetTraffic().GetCampaign(),
		Channel:     scoring.Channel(m.GetChannel()),
		Device:      scoring.DeviceType(m.GetDevice()),
		Locale:      m.GetLocale(),
		Country:     m.GetPlace().GetCountry(),
		Region:      m.GetPlace().GetRegion(),
		City:        m.GetPlace().GetCity(),
		LocalTime:   timeFromProto(v, field+"local_time", m.GetLocalTime()),
		Attributes:  m.GetAttributes(),
		Coordinates: coarseFromProto(m.GetCoordinates()),
	}
}

func contextToProto(c *scoring.Context) *pb.PageContext {
	m := &pb.PageContext{
		PageType:    pb.PageType(c.PageType),
		ProductId:   string(c.Product),
		Category:    c.Category,
		SearchQuery: c.SearchQuery,
		Channel:     pb.Channel(c.Channel),
		Device:      pb.DeviceType(c.Device),
		Locale:      c.Locale,
		LocalTime:   timeToProto(c.LocalTime),
		Attributes:  c.Attributes,
		Coordinates: coordinatesToProto(c.Coordinates),
	}
	if c.Referrer != "" || c.Source != "" || c.Medium != "" || c.Campaign != "" {
		m.Traffic = &pb.TrafficSource{Referrer: c.Referrer, Source: c.Source, Medium: c.Medium, Campaign: c.Campaign}
	}
	if c.Country != "" || c.Region != "" || c.City != "" {
		m.Place = &pb.Place{Country: c.Country, Region: c.Region, City: c.City}
	}
	return m
}

// durationToProto leaves zero out.
func durationToProto(d time.Duration) *durationpb.Duration {
	if d == 0 {
		return nil
	}
	return durationpb.New(d)
}
