package main

import (
	"math"
	"strconv"
	"strings"

	"github.com/google/uuid"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// spoken turns the words of a `vitrine track` command line into events.
func (f *trackFlags) spoken(args []string) ([]*pb.Event, error) {
	if len(args) == 0 {
		return nil, usagef("what happened? For instance: vitrine track --visitor v1 view P105 (see vitrine track --help)")
	}
	verb, rest := args[0], args[1:]
	switch verb {
	case "home":
		return one(&pb.Event{Type: pb.EventType_EVENT_TYPE_HOME_VIEWED}), none(verb, rest)
	case "search":
		if len(rest) == 0 {
			return nil, usagef("search for what? For instance: search \"trail shoes\"")
		}
		return one(&pb.Event{Type: pb.EventType_EVENT_TYPE_PRODUCTS_SEARCHED, SearchQuery: strings.Join(rest, " ")}), nil
	case "list":
		if len(rest) == 0 {
			return nil, usagef("which category? For instance: list shoes/running")
		}
		return one(&pb.Event{Type: pb.EventType_EVENT_TYPE_PRODUCT_LIST_VIEWED, Categories: rest}), nil
	case "view":
		return f.each(verb, pb.EventType_EVENT_TYPE_PRODUCT_VIEWED, rest)
	case "click":
		return f.each(verb, pb.EventType_EVENT_TYPE_PRODUCT_CLICKED, rest)
	case "wish":
		return f.each(verb, pb.EventType_EVENT_TYPE_PRODUCT_ADDED_TO_WISHLIST, rest)
	case "cart-add":
		return f.each(verb, pb.EventType_EVENT_TYPE_PRODUCT_ADDED, rest)
	case "cart-remove":
		return f.each(verb, pb.EventType_EVENT_TYPE_PRODUCT_REMOVED, rest)
	case "order":
		order := f.orderID
		if order == "" {
			order = "cli-" + uuid.NewString()[:8]
		}
		return f.money(verb, pb.EventType_EVENT_TYPE_ORDER_COMPLETED, order, rest)
	case "refund":
		if f.orderID == "" {
			return nil, usagef("which order was it of? Say --order-id")
		}
		return f.money(verb, pb.EventType_EVENT_TYPE_ORDER_REFUNDED, f.orderID, rest)
	case "cancel":
		if f.orderID == "" {
			return nil, usagef("which order? Say --order-id")
		}
		return one(&pb.Event{Type: pb.EventType_EVENT_TYPE_ORDER_CANCELLED, Order: &pb.Order{Id: f.orderID}}), none(verb, rest)
	}
	return nil, usagef("%q is nothing that can happen here: one of home, list, search, view, click, wish, cart-add, cart-remove, order, refund, cancel is wanted", verb)
}

func one(e *pb.Event) []*pb.Event { return []*pb.Event{e} }

func none(verb string, rest []string) error {
	if len(rest) > 0 {
		return usagef("%s takes nothing more, not %q", verb, rest[0])
	}
	return nil
}

// each makes one event an item.
func (f *trackFlags) each(verb string, t pb.EventType, words []string) ([]*pb.Event, error) {
	items, err := f.items(verb, words)
	if err != nil {
		return nil, err
	}
	events := make([]*pb.Event, len(items))
	for i, it := range items {
		events[i] = &pb.Event{Type: t, Items: []*pb.EventItem{it}}
	}
	return events, nil
}

// money makes one event of all items, with the order's revenue if every item
// has a price.
func (f *trackFlags) money(verb string, t pb.EventType, order string, words []string) ([]*pb.Event, error) {
	items, err := f.items(verb, words)
	if err != nil {
		return nil, err
	}
	e := &pb.Event{Type: t, Items: items, Order: &pb.Order{Id: order}}
	var units, nanos int64
	for _, it := range items {
		if it.GetPrice() == nil {
			return one(e), nil
		}
		quantity := int64(max(it.GetQuantity(), 1))
		if it.GetPrice().GetUnits() > (math.MaxInt64/2-units)/quantity {
			return nil, usagef("%s: all of it costs more than can be sent", strings.Join(words, " "))
		}
		nanos += int64(it.GetPrice().GetNanos()) * quantity
		units += it.GetPrice().GetUnits()*quantity + nanos/1e9
		nanos %= 1e9
	}
	e.Order.Revenue = &pb.Money{CurrencyCode: f.currency, Units: units, Nanos: int32(nanos)}
	return one(e), nil
}

// items reads PRODUCT[=QUANTITY][@PRICE], apart by blanks or commas.
func (f *trackFlags) items(verb string, words []string) ([]*pb.EventItem, error) {
	var items []*pb.EventItem
	for _, word := range strings.FieldsFunc(strings.Join(words, ","), func(r rune) bool { return r == ',' }) {
		it := &pb.EventItem{ProductId: word}
		if id, price, ok := cutLast(it.ProductId, "@"); ok {
			amount, err := parseAmount(price)
			if err != nil {
				return nil, usagef("%q: the price %w", word, err)
			}
			it.ProductId, it.Price = id, amount
			it.Price.CurrencyCode = f.currency
		}
		if id, quantity, ok := cutLast(it.ProductId, "="); ok {
			n, err := strconv.ParseInt(quantity, 10, 32)
			if err != nil || n < 1 {
				return nil, usagef("%q: the quantity %q is no whole number above 0", word, quantity)
			}
			it.ProductId, it.Quantity = id, int32(n)
		}
		if it.ProductId == "" {
			return nil, usagef("%q names no product", word)
		}
		items = append(items, it)
	}
	if len(items) == 0 {
		return nil, usagef("%s what? For instance: %s P105", verb, verb)
	}
	return items, nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// amountError is a price that is none.
type amountError string

func (e amountError) Error() string {
	return strconv.Quote(string(e)) + " is no amount such as 19.90"
}

// parseAmount reads a decimal number with up to nine decimals, exactly.
func parseAmount(s string) (*pb.Money, error) {
	whole, fraction, _ := strings.Cut(s, ".")
	units, err := strconv.ParseUint(whole, 10, 40)
	if err != nil || len(fraction) > 9 {
		return nil, amountError(s)
	}
	nanos := uint64(0)
	if fraction != "" {
		if nanos, err = strconv.ParseUint((fraction + "000000000")[:9], 10, 32); err != nil {
			return nil, amountError(s)
		}
	}
	return &pb.Money{Units: int64(units), Nanos: int32(nanos)}, nil
}
