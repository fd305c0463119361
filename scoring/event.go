package scoring

import "time"

// EventType says what happened. The numbers are those of the wire contract and
// of the journal, and never change.
type EventType uint8

// The event types.
const (
	PageViewed EventType = iota + 1
	HomeViewed
	ProductListViewed
	ProductsSearched
	ProductViewed
	ProductClicked
	ProductAdded
	ProductRemoved
	CartViewed
	CheckoutStarted
	PaymentInfoEntered
	OrderCompleted
	OrderRefunded
	OrderCancelled
	CouponApplied
	ProductWishlisted
	ProductUnwishlisted
	ProductShared
	PromotionViewed
	PromotionClicked
	EmailDelivered
	EmailOpened
	EmailLinkClicked
	EmailUnsubscribed
	SocialInteraction
	CreativeViewed
	CreativeClicked
	Dismissed
	Custom
)

// CreativeServed is the journal's alone: no client can send it, and it has no number
// in the wire contract. It says that a decision is about to hand out the creatives
// in Event.Served, somebody counts them, and stands in the journal before the
// decision is answered. Its id is made of the decision's. It has a visitor only if
// the decision may know them.
const CreativeServed EventType = 100

// ConsentSet is the journal's alone, too: the visitor answered for the purposes in
// Event.Consent.
const ConsentSet EventType = 101

// VisitorLinked, VisitorUnlinked and VisitorDescribed are the journal's alone, too. The
// first two stand twice, once under the device and once under the person, and tell that
// the device of Event.Link belongs to the person from then on, or no longer. The third
// brings what the shop told of the visitor, in Event.Attributes.
const (
	VisitorLinked    EventType = 102
	VisitorUnlinked  EventType = 103
	VisitorDescribed EventType = 104
)

// Internal reports whether an event is the journal's alone: no client can send it, and
// it is nothing that the visitor did.
func (t EventType) Internal() bool { return t >= CreativeServed }

// Touched reports whether the event means that the visitor turned to its
// products of their own accord: the behaviour that is learned from.
func (t EventType) Touched() bool {
	switch t {
	case ProductViewed, ProductClicked, ProductAdded, OrderCompleted, ProductWishlisted, ProductShared:
		return true
	}
	return false
}

// EventItem is one product of an event.
type EventItem struct {
	Product  ProductID `cbor:"1,keyasint"`
	Quantity int32     `cbor:"2,keyasint,omitempty"` // at least 1
	Price    *Money    `cbor:"3,keyasint,omitempty"` // of one; nil: not told
	// Facets are the product's when the event arrived. They travel with the
	// event so that replaying the journal needs no catalogue of the past.
	// Empty when the product was not known.
	Facets []FacetID `cbor:"4,keyasint,omitempty"`
}

// Order is the money side of an order event.
type Order struct {
	ID       OrderID `cbor:"1,keyasint,omitempty"`
	Revenue  *Money  `cbor:"2,keyasint,omitempty"`
	Tax      *Money  `cbor:"3,keyasint,omitempty"`
	Shipping *Money  `cbor:"4,keyasint,omitempty"`
	Coupon   string  `cbor:"5,keyasint,omitempty"`
}

// Event is something a visitor did: what the journal keeps. Values are shared
// between goroutines and never changed once they are in the journal.
type Event struct {
	ID               EventID       `cbor:"1,keyasint"`
	Type             EventType     `cbor:"2,keyasint"`
	CustomType       string        `cbor:"3,keyasint,omitempty"`
	Visitor          VisitorID     `cbor:"4,keyasint"`
	Person           PersonID      `cbor:"5,keyasint,omitempty"`
	Time             time.Time     `cbor:"6,keyasint"`
	Items            []EventItem   `cbor:"7,keyasint,omitempty"`
	Order            *Order        `cbor:"8,keyasint,omitempty"`
	SearchQuery      string        `cbor:"9,keyasint,omitempty"`
	Categories       []string      `cbor:"10,keyasint,omitempty"`
	AttributionToken string        `cbor:"11,keyasint,omitempty"`
	Channel          Channel       `cbor:"12,keyasint,omitempty"`
	Dwell            time.Duration `cbor:"13,keyasint,omitempty"`
	Context          *Context      `cbor:"14,keyasint,omitempty"`
	// Led says from which of our choices the event followed, as far as its
	// attribution token tells. It travels with the event, so that replaying the
	// journal needs no decision of the past.
	Led     *Led     `cbor:"15,keyasint,omitempty"`
	Control *Control `cbor:"16,keyasint,omitempty"` // of a control entry
	// Ad says which creative of ours the event is about, as far as its attribution
	// token tells and the decision is known. It travels with the event as Led does.
	Ad *AdShown `cbor:"17,keyasint,omitempty"`
	// Served are the creatives of a CreativeServed. With another event it is what
	// counts as a contact with the visitor, such as a delivered e-mail.
	Served []Served `cbor:"18,keyasint,omitempty"`
	// Link is of a VisitorLinked or VisitorUnlinked.
	Link *Link `cbor:"20,keyasint,omitempty"`
	// Attributes are of a VisitorDescribed. An empty value removes one.
	Attributes map[string]string `cbor:"21,keyasint,omitempty"`
	// Consent are the answers of a ConsentSet.
	Consent []ConsentAnswer `cbor:"22,keyasint,omitempty"`
	// Visit is what is known of the visitor after the event, if a visit of theirs began
	// with it; nil: none did. It travels with the event, so that what is learned of
	// visitors over time needs no profile of the past.
	Visit *Visit `cbor:"19,keyasint,omitempty"`
	// Unstudied has the event teach the blend nothing: it came while learning was far
	// behind. It travels with the event, so that the journal decides which do, and not
	// the machine that replays it.
	Unstudied bool `cbor:"23,keyasint,omitempty"`
}

// Visit is what is known of a visitor at the beginning of a visit.
type Visit struct {
	Intent    []byte `cbor:"1,keyasint,omitempty"` // as intent.Facts.Pack writes it
	Interests []byte `cbor:"2,keyasint,omitempty"` // as persona.Noted.Pack writes it
}

// Link is a device that belongs to a person.
type Link struct {
	Person PersonID  `cbor:"1,keyasint"`
	Device VisitorID `cbor:"2,keyasint"`
}

// Served is one creative that is handed out.
type Served struct {
	Campaign   CampaignID  `cbor:"1,keyasint,omitempty"`
	Creative   CreativeID  `cbor:"2,keyasint,omitempty"`
	Advertiser string      `cbor:"3,keyasint,omitempty"`
	Placement  PlacementID `cbor:"4,keyasint,omitempty"`
	Channel    Channel     `cbor:"5,keyasint,omitempty"`
	// Keep is how long the visitor's contacts are to remember it: the longest window
	// of what counts it. 0: nothing does.
	Keep time.Duration `cbor:"6,keyasint,omitempty"`
	// Token is the hash of its attribution token, as AdShown.Token.
	Token uint64 `cbor:"7,keyasint,omitempty"`
	// Terms are of a campaign with a goal or a budget; nil: it has none.
	Terms *Terms `cbor:"8,keyasint,omitempty"`
}

// AdShown is a creative that a decision showed.
type AdShown struct {
	Campaign CampaignID `cbor:"1,keyasint"`
	Creative CreativeID `cbor:"2,keyasint"`
	Token    uint64     `cbor:"3,keyasint"`           // a hash of the attribution token: of the impression
	Features []byte     `cbor:"4,keyasint,omitempty"` // as Item.Features
	// By is, of an order, how it is known that it follows from the creative. A refund or
	// cancellation has the creative, too, that the order is taken back from.
	By Attribution `cbor:"5,keyasint,omitempty"`
}

// Attribution is how an order is known to follow from a creative.
type Attribution uint8

// The attributions.
const (
	AttributedByToken Attribution = iota + 1 // its own token says so
	AttributedToClick                        // the visitor clicked it within the look-back window
	AttributedToView                         // it came into their sight within the look-back window
)

// Led is the choice of ours that an event followed from.
type Led struct {
	Page       PageType  `cbor:"1,keyasint,omitempty"`
	Objective  Objective `cbor:"2,keyasint,omitempty"` // of the placement; ObjectiveClick when 0
	Position   int       `cbor:"3,keyasint,omitempty"` // in the placement, from 0
	Propensity float64   `cbor:"4,keyasint,omitempty"` // with which the item stood there; 1 when 0
}
