package records

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// jsonEvents reads events from JSON Lines: the contract's message in protobuf's
// JSON, with the short forms that docs/import.md lists. What else stands in a visitor's
// export is passed over.
type jsonEvents struct {
	jsonLines
	parts   []*vitrinev1.Event // of an event that was split
	skipped map[string]int64
}

// Skipped implements Reader.
func (j *jsonEvents) Skipped() map[string]int64 { return j.skipped }

// noEvents are the lines of an export that are no events, by their only field.
var noEvents = map[string]string{
	"profile": "profile of an export", "internal": "internal event of an export", "decision": "decision of an export",
}

// event returns the next object that is one.
func (j *jsonEvents) event() (*object, error) {
	for {
		o, err := j.next()
		if err != nil || len(o.names) != 1 {
			return o, err
		}
		why, is := noEvents[o.names[0]]
		if !is {
			return o, nil
		}
		if j.skipped == nil {
			j.skipped = make(map[string]int64)
		}
		j.skipped[why]++
	}
}

// Next implements Reader.
func (j *jsonEvents) Next() (Record[*vitrinev1.Event], error) {
	if len(j.parts) == 0 {
		o, err := j.event()
		if err != nil {
			return Record[*vitrinev1.Event]{}, err
		}
		e, err := eventFromJSON(o)
		if err == nil {
			err = checkEvent(e)
		}
		if err != nil {
			return Record[*vitrinev1.Event]{}, j.bad(err)
		}
		if e.Id == "" {
			e.Id = lineID([]string{string(j.raw)}, j.line)
		}
		j.parts = splitItems(e)
	}
	e := j.parts[0]
	j.parts = j.parts[1:]
	return Record[*vitrinev1.Event]{Message: e, At: j.in.at(j.line)}, nil
}

func eventFromJSON(o *object) (*vitrinev1.Event, error) {
	e := &vitrinev1.Event{}
	currency, err := currencyOf(o)
	if err != nil {
		return nil, err
	}
	steps := []func(*object, *vitrinev1.Event, string) error{
		eventBasics, eventVisitor, eventItems, eventOrder, eventPlace,
	}
	for _, step := range steps {
		if err := step(o, e, currency); err != nil {
			return nil, err
		}
	}
	// What the steps left is protobuf's JSON; decoding resets the message.
	rest := &vitrinev1.Event{}
	if err := o.rest(rest); err != nil {
		return nil, err
	}
	return joinEvent(rest, e), nil
}

func currencyOf(o *object) (string, error) {
	s, err := o.text("currency")
	if err != nil {
		return "", err
	}
	return s, checkCurrency(s)
}

func eventBasics(o *object, e *vitrinev1.Event, _ string) error {
	s, err := o.text("type")
	if err != nil {
		return err
	}
	if s != "" {
		if e.Type, err = eventType(s); err != nil {
			return fmt.Errorf("type: %w", err)
		}
	}
	raw, err := o.take("time")
	if err != nil {
		return err
	}
	if s, ok := scalar(raw); ok {
		at, err := parseJSONTime(s, raw[0] != '"')
		if err != nil {
			return fmt.Errorf("time: %w", err)
		}
		e.Time = timestampOf(at)
	} else if raw != nil {
		return errors.New("time: a string such as 2026-03-01T12:00:00Z, or seconds since 1970, is wanted")
	}
	if e.SearchQuery, err = o.text("search", "searchQuery", "search_query"); err != nil {
		return err
	}
	category, err := o.text("category")
	if category != "" {
		e.Categories = []string{category}
	}
	return err
}

func eventVisitor(o *object, e *vitrinev1.Event, _ string) error {
	if s, ok := scalar(o.fields["visitor"]); ok {
		e.Visitor = &vitrinev1.VisitorKey{DeviceId: s}
		delete(o.fields, "visitor")
	}
	person, err := o.text("person")
	if err != nil {
		return err
	}
	if person == "" {
		return nil
	}
	if e.Visitor == nil {
		return errors.New("person: goes with `visitor` as a string; put person_id into the object")
	}
	e.Visitor.PersonId = person
	return nil
}

func eventItems(o *object, e *vitrinev1.Event, currency string) error {
	list, err := o.take("items")
	if err != nil {
		return err
	}
	single := &object{fields: map[string]json.RawMessage{}}
	for _, name := range []string{"product", "quantity", "price"} {
		raw, err := o.take(name)
		if err != nil {
			return err
		}
		if raw != nil {
			single.names, single.fields[name] = append(single.names, name), raw
		}
	}
	if len(single.fields) > 0 {
		if list != nil {
			return errors.New("items: stands beside product, quantity or price; use one or the other")
		}
		item, err := itemFromJSON(single, currency)
		if err != nil {
			return err
		}
		e.Items = []*vitrinev1.EventItem{item}
		return nil
	}
	if list == nil {
		return nil
	}
	var raws []json.RawMessage
	if err := json.Unmarshal(list, &raws); err != nil {
		return errors.New("items: a list is wanted")
	}
	for i, raw := range raws {
		item := &vitrinev1.EventItem{}
		if s, ok := scalar(raw); ok {
			item.ProductId = s
		} else {
			io, err := parseObject(raw)
			if err == nil {
				item, err = itemFromJSON(io, currency)
			}
			if err != nil {
				return fmt.Errorf("items[%d]: %w", i, err)
			}
		}
		e.Items = append(e.Items, item)
	}
	return nil
}

func itemFromJSON(o *object, currency string) (*vitrinev1.EventItem, error) {
	item := &vitrinev1.EventItem{}
	var err error
	if item.ProductId, err = o.text("product", "productId", "product_id"); err != nil {
		return nil, err
	}
	if item.ProductId == "" {
		return nil, errors.New("product: is missing")
	}
	if q, err := o.text("quantity"); err != nil {
		return nil, err
	} else if q != "" {
		n, err := parseWhole(q)
		if err != nil || n < 1 || n > 1_000_000 {
			return nil, fmt.Errorf("quantity: %q, must be a whole number from 1 to 1,000,000", shorten(q))
		}
		item.Quantity = int32(n)
	}
	raw, err := o.take("price")
	if err != nil {
		return nil, err
	}
	if item.Price, err = price("price", raw, currency); err != nil {
		return nil, err
	}
	for _, name := range o.names {
		if _, left := o.fields[name]; left {
			return nil, fmt.Errorf("unknown field %q", shorten(name))
		}
	}
	return item, nil
}

func eventOrder(o *object, e *vitrinev1.Event, currency string) error {
	raw, err := o.take("order")
	if raw == nil || err != nil {
		return err
	}
	if s, ok := scalar(raw); ok {
		e.Order = &vitrinev1.Order{Id: s}
		return nil
	}
	oo, err := parseObject(raw)
	if err != nil {
		return fmt.Errorf("order: %w", err)
	}
	order := &vitrinev1.Order{}
	amounts := map[string]**vitrinev1.Money{"revenue": &order.Revenue, "tax": &order.Tax, "shipping": &order.Shipping}
	for name, to := range amounts {
		raw, err := oo.take(name)
		if err != nil {
			return err
		}
		if *to, err = price("order."+name, raw, currency); err != nil {
			return err
		}
	}
	if order.Id, err = oo.text("id"); err != nil {
		return fmt.Errorf("order.%w", err)
	}
	if order.Coupon, err = oo.text("coupon"); err != nil {
		return fmt.Errorf("order.%w", err)
	}
	if len(oo.fields) > 0 {
		return fmt.Errorf("order: %w", oo.rest(&vitrinev1.Order{})) // the unknown one
	}
	e.Order = order
	return nil
}

func eventPlace(o *object, e *vitrinev1.Event, _ string) error {
	country, err := o.text("country")
	if country != "" {
		e.Context = &vitrinev1.PageContext{Place: &vitrinev1.Place{Country: country}}
	}
	return err
}

// joinEvent adds what the short forms said to what protobuf's JSON said.
func joinEvent(e, short *vitrinev1.Event) *vitrinev1.Event {
	e.Type, e.Time, e.Items, e.Order, e.SearchQuery = short.Type, short.Time, short.Items, short.Order, short.SearchQuery
	if short.Visitor != nil {
		e.Visitor = short.Visitor
	}
	e.Categories = append(short.Categories, e.Categories...)
	switch country := short.GetContext().GetPlace().GetCountry(); {
	case country == "":
	case e.Context == nil:
		e.Context = short.Context
	case e.Context.Place == nil:
		e.Context.Place = short.Context.Place
	default:
		e.Context.Place.Country = country
	}
	return e
}

// plainTimes reads the times of JSON without a mapping.
var plainTimes = timeFormat{layouts: timeLayouts, zone: time.UTC}

// parseJSONTime takes a number as seconds, or as milliseconds when seconds
// would lie beyond the year 5000.
func parseJSONTime(s string, isNumber bool) (t time.Time, err error) {
	if !isNumber {
		return plainTimes.parse(s)
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return t, fmt.Errorf("%q is no number", shorten(s))
	}
	if v > 95_617_584_000 {
		v /= 1000
	}
	return unixTime(v)
}
