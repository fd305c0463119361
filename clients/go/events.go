package vitrine

import (
	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// The purposes that a visitor may grant.
const (
	// Profile: keep what the visitor did and was shown. Without it nothing about them
	// is stored. Where it is not answered for, the answer for Personalization stands.
	Profile = vitrinev1.Purpose_PURPOSE_PROFILE
	// Personalization: choose products by the profile.
	Personalization = vitrinev1.Purpose_PURPOSE_PERSONALIZATION
	// Advertising: choose advertising creatives by the profile.
	Advertising = vitrinev1.Purpose_PURPOSE_ADVERTISING
	// Measurement: count per visitor what was shown and what came of it.
	Measurement = vitrinev1.Purpose_PURPOSE_MEASUREMENT
	// DirectContact: write to the visitor by e-mail and the like.
	DirectContact = vitrinev1.Purpose_PURPOSE_DIRECT_CONTACT
)

// Visitor is who looks at a page, or did something.
type Visitor struct {
	// DeviceID is the device or browser, as the shop knows it: a first-party
	// cookie, say. Empty for a visitor without one.
	DeviceID string
	// PersonID is the customer account, when signed in.
	PersonID string
	// Consent is what the visitor said to being known; nil leaves it to the
	// policy of the site, which refuses by default. See Granted.
	Consent *vitrinev1.Consent
}

func (v Visitor) key() *vitrinev1.VisitorKey {
	if v.DeviceID == "" && v.PersonID == "" {
		return nil
	}
	return &vitrinev1.VisitorKey{DeviceId: v.DeviceID, PersonId: v.PersonID}
}

// Granted is the consent of a visitor who allowed these purposes and refused
// all others; without any, of one who refused everything.
func Granted(purposes ...vitrinev1.Purpose) *vitrinev1.Consent {
	granted := make(map[vitrinev1.Purpose]bool, len(purposes))
	for _, p := range purposes {
		granted[p] = true
	}
	asked := []vitrinev1.Purpose{Personalization, Advertising, Measurement, DirectContact}
	if granted[Profile] {
		asked = append(asked, Profile)
	}
	consent := &vitrinev1.Consent{}
	for _, p := range asked {
		consent.Purposes = append(consent.Purposes, &vitrinev1.PurposeConsent{Purpose: p, Granted: granted[p]})
	}
	return consent
}

// Cents is a price of so many hundredths of the currency's unit: Cents("EUR",
// 1250) is 12.50 EUR.
func Cents(currency string, cents int64) *vitrinev1.Money {
	return &vitrinev1.Money{
		CurrencyCode: currency,
		Units:        cents / 100,
		Nanos:        int32(cents%100) * 10_000_000, // of the same sign as units
	}
}

// Line is a product of a cart or an order; price is of one, nil when not told.
func Line(product string, quantity int32, price *vitrinev1.Money) *vitrinev1.EventItem {
	return &vitrinev1.EventItem{ProductId: product, Quantity: quantity, Price: price}
}

// NewEvent is an event of any type; the functions below make the usual ones.
// Id and time are assigned by Track and TrackNow when the caller leaves them
// empty, and every other field may be set on what these functions return.
func NewEvent(visitor Visitor, kind vitrinev1.EventType, items ...*vitrinev1.EventItem) *vitrinev1.Event {
	return &vitrinev1.Event{Type: kind, Visitor: visitor.key(), Consent: visitor.Consent, Items: items}
}

// HomeViewed says that the home page was looked at.
func HomeViewed(visitor Visitor) *vitrinev1.Event {
	return NewEvent(visitor, vitrinev1.EventType_EVENT_TYPE_HOME_VIEWED)
}

// ProductListViewed says that a list of products was looked at, by its category
// paths such as "shoes/running".
func ProductListViewed(visitor Visitor, categories ...string) *vitrinev1.Event {
	e := NewEvent(visitor, vitrinev1.EventType_EVENT_TYPE_PRODUCT_LIST_VIEWED)
	e.Categories = categories
	return e
}

// ProductsSearched says what was searched for.
func ProductsSearched(visitor Visitor, query string) *vitrinev1.Event {
	e := NewEvent(visitor, vitrinev1.EventType_EVENT_TYPE_PRODUCTS_SEARCHED)
	e.SearchQuery = query
	return e
}

// ProductViewed says that a product's page was looked at.
func ProductViewed(visitor Visitor, product string) *vitrinev1.Event {
	return NewEvent(visitor, vitrinev1.EventType_EVENT_TYPE_PRODUCT_VIEWED, Line(product, 1, nil))
}

// ItemClicked says that an item Vitrine had chosen was clicked, a product or a creative.
func ItemClicked(visitor Visitor, item Item) *vitrinev1.Event {
	e := NewEvent(visitor, vitrinev1.EventType_EVENT_TYPE_CREATIVE_CLICKED)
	if item.ProductID != "" {
		e = NewEvent(visitor, vitrinev1.EventType_EVENT_TYPE_PRODUCT_CLICKED, Line(item.ProductID, 1, nil))
	}
	e.AttributionToken = item.AttributionToken
	return e
}

// ProductAdded says that a product was put into the cart.
func ProductAdded(visitor Visitor, line *vitrinev1.EventItem) *vitrinev1.Event {
	return NewEvent(visitor, vitrinev1.EventType_EVENT_TYPE_PRODUCT_ADDED, line)
}

// ProductRemoved says that a product was taken out of the cart.
func ProductRemoved(visitor Visitor, line *vitrinev1.EventItem) *vitrinev1.Event {
	return NewEvent(visitor, vitrinev1.EventType_EVENT_TYPE_PRODUCT_REMOVED, line)
}

// CartViewed says that the cart was looked at; its lines, when given, replace
// the cart as Vitrine knows it.
func CartViewed(visitor Visitor, lines ...*vitrinev1.EventItem) *vitrinev1.Event {
	return NewEvent(visitor, vitrinev1.EventType_EVENT_TYPE_CART_VIEWED, lines...)
}

// OrderCompleted says that an order was placed, under the shop's number, for
// that revenue without tax and shipping.
func OrderCompleted(visitor Visitor, order string, revenue *vitrinev1.Money, lines ...*vitrinev1.EventItem) *vitrinev1.Event {
	e := NewEvent(visitor, vitrinev1.EventType_EVENT_TYPE_ORDER_COMPLETED, lines...)
	e.Order = &vitrinev1.Order{Id: order, Revenue: revenue}
	return e
}

// OrderRefunded says that goods of an order were sent back.
func OrderRefunded(visitor Visitor, order string, lines ...*vitrinev1.EventItem) *vitrinev1.Event {
	e := NewEvent(visitor, vitrinev1.EventType_EVENT_TYPE_ORDER_REFUNDED, lines...)
	e.Order = &vitrinev1.Order{Id: order}
	return e
}

// OrderCancelled says that an order was called off.
func OrderCancelled(visitor Visitor, order string) *vitrinev1.Event {
	e := NewEvent(visitor, vitrinev1.EventType_EVENT_TYPE_ORDER_CANCELLED)
	e.Order = &vitrinev1.Order{Id: order}
	return e
}
