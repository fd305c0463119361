package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
)

// eventToProto is the inverse of eventFromProto, but for the attribution token: that is
// signed for this site, and another one would refuse the event for it.
func eventToProto(e *scoring.Event) *pb.Event {
	m := &pb.Event{
		Id:          string(e.ID),
		Type:        pb.EventType(e.Type),
		CustomType:  e.CustomType,
		Visitor:     &pb.VisitorKey{DeviceId: string(e.Visitor), PersonId: string(e.Person)},
		Time:        timeToProto(e.Time),
		SearchQuery: e.SearchQuery,
		Categories:  e.Categories,
		Channel:     pb.Channel(e.Channel),
		DwellTime:   durationToProto(e.Dwell),
	}
	for i := range e.Items {
		item := &e.Items[i]
		m.Items = append(m.Items, &pb.EventItem{ProductId: string(item.Product), Quantity: item.Quantity, Price: moneyToProto(item.Price)})
	}
	if o := e.Order; o != nil {
		m.Order = &pb.Order{
			Id: string(o.ID), Revenue: moneyToProto(o.Revenue), Tax: moneyToProto(o.Tax), Shipping: moneyToProto(o.Shipping), Coupon: o.Coupon,
		}
	}
	if e.Context != nil {
		m.Context = contextToProto(e.Context)
	}
	return m
}

// The lines of an export; docs/visitors.md has their schema.

func profileLine(m *pb.Visitor) (string, error) { return wrapped("profile", m) }

func decisionLine(m *pb.Decision) (string, error) { return wrapped("decision", m) }

func eventLine(e *scoring.Event) (string, error) {
	if !e.Type.Internal() {
		return jsonOf(eventToProto(e))
	}
	return marshalled(struct {
		Internal internalEvent `json:"internal"`
	}{internalOf(e)})
}

func wrapped(name string, m proto.Message) (string, error) {
	text, err := jsonOf(m)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf(`{%q:%s}`, name, text), nil
}

// jsonOf is protobuf's JSON without the spaces that it varies.
func jsonOf(m proto.Message) (string, error) {
	b, err := protojson.Marshal(m)
	if err != nil {
		return "", fmt.Errorf("export: %w", err)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, b); err != nil {
		return "", fmt.Errorf("export: %w", err)
	}
	return compact.String(), nil
}

func marshalled(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("export: %w", err)
	}
	return string(b), nil
}

// internalEvent is what an export tells of an event that only Vitrine writes.
type internalEvent struct {
	ID         string            `json:"id"`
	Type       string            `json:"type"`
	Time       time.Time         `json:"time"`
	Served     []internalServed  `json:"served,omitempty"`
	Person     string            `json:"person,omitempty"`
	Device     string            `json:"device,omitempty"`
	Attributes map[string]string `json:"attributes,omitempty"`
	Consent    []internalConsent `json:"consent,omitempty"`
}

type internalServed struct {
	Campaign  string `json:"campaign,omitempty"`
	Creative  string `json:"creative,omitempty"`
	Placement string `json:"placement,omitempty"`
	Channel   string `json:"channel,omitempty"`
}

type internalConsent struct {
	Purpose string `json:"purpose"`
	Granted bool   `json:"granted"`
}

// internalTypes are the names of the types that have none in the contract.
var internalTypes = map[scoring.EventType]string{
	scoring.CreativeServed:   "CREATIVE_SERVED",
	scoring.ConsentSet:       "CONSENT_SET",
	scoring.VisitorLinked:    "VISITOR_LINKED",
	scoring.VisitorUnlinked:  "VISITOR_UNLINKED",
	scoring.VisitorDescribed: "VISITOR_DESCRIBED",
}

func internalOf(e *scoring.Event) internalEvent {
	m := internalEvent{ID: string(e.ID), Type: internalTypes[e.Type], Time: e.Time, Attributes: e.Attributes}
	for i := range e.Served {
		served := &e.Served[i]
		m.Served = append(m.Served, internalServed{
			Campaign: string(served.Campaign), Creative: string(served.Creative), Placement: string(served.Placement),
			Channel: pb.Channel(served.Channel).String(),
		})
	}
	if e.Link != nil {
		m.Person, m.Device = string(e.Link.Person), string(e.Link.Device)
	}
	for _, a := range e.Consent {
		m.Consent = append(m.Consent, internalConsent{Purpose: pb.Purpose(a.Purpose).String(), Granted: a.Granted})
	}
	return m
}
