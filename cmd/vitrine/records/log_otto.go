package records

import (
	"encoding/json"
	"fmt"

	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// otto reads the JSON Lines of the OTTO recommender systems data set (2022): a
// session a line, {"session":1,"events":[{"aid":7,"ts":1659304800025,
// "type":"clicks"}]}, with the types clicks, carts and orders and times in
// milliseconds; the competition's files have seconds.
type otto struct{}

func ottoBegins(head []byte) bool { return has(topKeys(head), "session", "events") }

func (otto) read(line []byte) ([]*vitrinev1.Event, string, error) {
	var s struct {
		Session json.Number `json:"session"`
		Events  []struct {
			Aid  json.Number `json:"aid"`
			Ts   json.Number `json:"ts"`
			Type string      `json:"type"`
		} `json:"events"`
	}
	if err := json.Unmarshal(line, &s); err != nil {
		return nil, "", badJSON(err)
	}
	types := map[string]vitrinev1.EventType{
		"clicks": vitrinev1.EventType_EVENT_TYPE_PRODUCT_VIEWED,
		"carts":  vitrinev1.EventType_EVENT_TYPE_PRODUCT_ADDED,
		"orders": vitrinev1.EventType_EVENT_TYPE_ORDER_COMPLETED,
	}
	var events []*vitrinev1.Event
	var order *vitrinev1.Event // to which the products ordered at the same time belong
	for i, one := range s.Events {
		kind, ok := types[one.Type]
		if !ok {
			return nil, "", fmt.Errorf("events[%d].type: %q is none of clicks, carts, orders", i, shorten(one.Type))
		}
		at, err := parseJSONTime(one.Ts.String(), true)
		if err != nil {
			return nil, "", fmt.Errorf("events[%d].ts: %w", i, err)
		}
		e := simpleEvent(kind, s.Session.String(), one.Aid.String())
		e.Time = timestampOf(at)
		if kind != vitrinev1.EventType_EVENT_TYPE_ORDER_COMPLETED {
			events = append(events, e)
			continue
		}
		if order != nil && order.Time.AsTime().Equal(at) {
			order.Items = append(order.Items, e.Items...)
			continue
		}
		order = e
		order.Order = &vitrinev1.Order{Id: s.Session.String() + "-" + one.Ts.String()}
		events = append(events, order)
	}
	return events, "", nil
}
