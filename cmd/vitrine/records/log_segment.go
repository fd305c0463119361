package records

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// segment reads the raw export of Segment (and of what speaks its protocol:
// RudderStack, Jitsu): JSON Lines of track calls in the words of its e-commerce
// specification. Other calls and other events are left out and counted.
type segment struct{}

func segmentBegins(head []byte) bool {
	keys := topKeys(head)
	if !has(keys, "anonymousId") && !has(keys, "userId") {
		return false
	}
	return has(keys, "event") && (has(keys, "properties") || has(keys, "timestamp")) || has(keys, "type", "messageId")
}

type segmentProduct struct {
	ProductID json.RawMessage `json:"product_id"`
	SKU       json.RawMessage `json:"sku"`
	Quantity  json.RawMessage `json:"quantity"`
	Price     json.RawMessage `json:"price"`
}

type segmentCall struct {
	Type        string          `json:"type"`
	Event       string          `json:"event"`
	MessageID   string          `json:"messageId"`
	AnonymousID string          `json:"anonymousId"`
	UserID      json.RawMessage `json:"userId"`
	Timestamp   string          `json:"timestamp"`
	Properties  struct {
		segmentProduct
		Products []segmentProduct `json:"products"`
		Category string           `json:"category"`
		Query    string           `json:"query"`
		Currency string           `json:"currency"`
		OrderID  json.RawMessage  `json:"order_id"`
		Revenue  json.RawMessage  `json:"revenue"`
		Total    json.RawMessage  `json:"total"`
		Tax      json.RawMessage  `json:"tax"`
		Shipping json.RawMessage  `json:"shipping"`
		Coupon   string           `json:"coupon"`
	} `json:"properties"`
}

func (segment) read(line []byte) ([]*vitrinev1.Event, string, error) {
	var c segmentCall
	if err := json.Unmarshal(line, &c); err != nil {
		return nil, "", badJSON(err)
	}
	if c.Type != "" && c.Type != "track" {
		return nil, "calls of type " + shorten(c.Type), nil
	}
	if c.Event == "" {
		return nil, "", errors.New("event: is missing in a track call")
	}
	kind, unknown := eventType(c.Event)
	if unknown != nil || kind == vitrinev1.EventType_EVENT_TYPE_CUSTOM {
		return nil, "events that are not of e-commerce", nil //nolint:nilerr // other events are none of ours
	}
	c.Properties.Currency = strings.ToUpper(c.Properties.Currency)
	user, _ := scalar(c.UserID)
	e := &vitrinev1.Event{
		Type: kind, Visitor: &vitrinev1.VisitorKey{DeviceId: c.AnonymousID, PersonId: user},
		SearchQuery: c.Properties.Query,
	}
	if c.AnonymousID == "" { // from a server, of a visitor who has logged in
		e.Visitor = &vitrinev1.VisitorKey{DeviceId: user, PersonId: user}
	}
	if c.MessageID != "" && len(c.MessageID) <= 64 {
		e.Id = c.MessageID
	}
	if c.Timestamp != "" {
		at, err := plainTimes.parse(c.Timestamp)
		if err != nil {
			return nil, "", fmt.Errorf("timestamp: %w", err)
		}
		e.Time = timestampOf(at)
	}
	if err := c.items(e); err != nil {
		return nil, "", fmt.Errorf("properties.%w", err)
	}
	if err := c.order(e); err != nil {
		return nil, "", fmt.Errorf("properties.%w", err)
	}
	return []*vitrinev1.Event{e}, "", nil
}

// items are the products of the call: a list, or the one of its properties. Of a
// list page they are what was on it, which says nothing of them yet.
func (c *segmentCall) items(e *vitrinev1.Event) error {
	p := &c.Properties
	switch e.Type {
	case vitrinev1.EventType_EVENT_TYPE_PRODUCT_LIST_VIEWED, vitrinev1.EventType_EVENT_TYPE_PRODUCTS_SEARCHED:
		if p.Category != "" {
			e.Categories = []string{p.Category}
		}
		return nil
	default:
	}
	list := p.Products
	if len(list) == 0 && (p.ProductID != nil || p.SKU != nil) {
		list = []segmentProduct{p.segmentProduct}
	}
	for i, one := range list {
		id, _ := scalar(one.ProductID)
		if id == "" {
			id, _ = scalar(one.SKU)
		}
		if id == "" {
			return fmt.Errorf("products[%d].product_id: is missing", i)
		}
		n, err := quantityOf(one.Quantity)
		if err != nil {
			return fmt.Errorf("products[%d].quantity: %w", i, err)
		}
		item := &vitrinev1.EventItem{ProductId: id, Quantity: n}
		if item.Price, err = segmentMoney("price", one.Price, p.Currency); err != nil {
			return fmt.Errorf("products[%d].%w", i, err)
		}
		e.Items = append(e.Items, item)
	}
	return nil
}

// order is the money of the call; without a currency it is in the site's.
func (c *segmentCall) order(e *vitrinev1.Event) error {
	p := &c.Properties
	id, _ := scalar(p.OrderID)
	if id == "" {
		return nil
	}
	e.Order = &vitrinev1.Order{Id: id, Coupon: p.Coupon}
	revenue := p.Revenue
	if revenue == nil {
		revenue = p.Total
	}
	var err error
	for _, a := range []struct {
		name string
		raw  json.RawMessage
		to   **vitrinev1.Money
	}{{"revenue", revenue, &e.Order.Revenue}, {"tax", p.Tax, &e.Order.Tax}, {"shipping", p.Shipping, &e.Order.Shipping}} {
		if *a.to, err = segmentMoney(a.name, a.raw, p.Currency); err != nil {
			return err
		}
	}
	return nil
}

// segmentMoney is absent when it is null or an empty text.
func segmentMoney(field string, raw json.RawMessage, currency string) (*vitrinev1.Money, error) {
	if s := string(raw); s == "" || s == "null" || s == `""` {
		return nil, nil
	}
	return price(field, raw, currency)
}
