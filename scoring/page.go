package scoring

import "time"

// Mode says how much of the visitor a decision was allowed to know; the numbers
// are those of the wire contract.
type Mode uint8

// The modes.
const (
	ModeProfile    Mode = iota + 1 // the stored profile
	ModeSession                    // the events handed in, and nothing else
	ModeContextual                 // the page alone
)

// DataClass is a kind of data that a decision has read; the numbers are those
// of the wire contract.
type DataClass uint8

// The data classes.
const (
	DataPageContext DataClass = iota + 1
	DataSessionEvents
	DataProfile
	DataSiteBehaviour
)

// ReasonKind says what spoke for an item; the numbers are those of the wire
// contract.
type ReasonKind uint8

// The kinds of reasons.
const (
	ReasonViewedTogether ReasonKind = iota + 1
	ReasonInterest
	ReasonRecentlyViewed
	ReasonInCart
	ReasonBoughtBefore
	ReasonPopular
	ReasonTrending
	ReasonNew
	ReasonPageContext
	ReasonPinned
	ReasonFallback
	ReasonExploration
	ReasonSimilar
	ReasonBoughtTogether
	ReasonSearched
	ReasonRestock
	ReasonLikedHere
)

// Reason is one part of why an item was chosen.
type Reason struct {
	Kind    ReasonKind `cbor:"1,keyasint"`
	Share   float64    `cbor:"2,keyasint"`           // of the item's score, 0 to 1
	Product ProductID  `cbor:"3,keyasint,omitempty"` // the visitor's product behind it, if one is
	Facet   FacetID    `cbor:"4,keyasint,omitempty"` // the facet behind it, if one is
	// Did is what the visitor did with Product, where their own behaviour and
	// not the page is behind it: bought it, put it into the cart, or looked at it.
	Did EventType `cbor:"5,keyasint,omitempty"`
	// Query is what the visitor searched for, where that is behind it.
	Query string `cbor:"6,keyasint,omitempty"`
}

// NoFillReason says why a placement has fewer items than asked for; the numbers
// are those of the wire contract, 0 is full.
type NoFillReason uint8

// The no-fill reasons.
const (
	NoFillNoCandidates NoFillReason = iota + 1
	NoFillFiltered
	NoFillUnavailable
	NoFillExcluded
	NoFillShownElsewhere
	NoFillCapped
	NoFillBudget
	NoFillTargeting
	NoFillProducts
	NoFillUnwritable
)

// Rejection is why a candidate was left out; the numbers are those of the wire
// contract.
type Rejection uint8

// The rejections.
const (
	RejectedUnavailable Rejection = iota + 1
	RejectedFiltered
	RejectedBought
	RejectedInCart
	RejectedSeen
	RejectedExcluded
	RejectedShownElsewhere
	RejectedOutranked
	RejectedSensitive
	RejectedStrategy
	// Of creatives.
	RejectedPaused
	RejectedFlight
	RejectedDayPart
	RejectedFormat
	RejectedSize
	RejectedPlace
	RejectedTargeting
	RejectedBlocked
	RejectedDismissed
	RejectedLowerTier
	RejectedCapped
	RejectedContactPressure
	RejectedBudget
	RejectedPaced
	RejectedProducts
	RejectedUnwritable
)

// Item is one product or creative of a filled placement.
type Item struct {
	Product    ProductID `cbor:"1,keyasint,omitempty"`
	Score      float64   `cbor:"2,keyasint,omitempty"`
	Propensity float64   `cbor:"3,keyasint"` // probability of standing here under the policy
	Reasons    []Reason  `cbor:"4,keyasint,omitempty"`
	// Of a creative:
	Campaign CampaignID `cbor:"5,keyasint,omitempty"`
	Creative CreativeID `cbor:"6,keyasint,omitempty"`
	// Features are what its response was predicted from, and is learned by, as
	// creative.Pack writes them.
	Features []byte `cbor:"7,keyasint,omitempty"`
	// Products fill its slots.
	Products []ProductID `cbor:"8,keyasint,omitempty"`
}

// Rejected is a candidate that came near.
type Rejected struct {
	Product   ProductID  `cbor:"1,keyasint,omitempty"`
	Rejection Rejection  `cbor:"2,keyasint"`
	Score     float64    `cbor:"3,keyasint,omitempty"`
	Campaign  CampaignID `cbor:"4,keyasint,omitempty"`
	Creative  CreativeID `cbor:"5,keyasint,omitempty"`
}

// FilledPlacement is one placement of an answered page.
type FilledPlacement struct {
	Placement PlacementID  `cbor:"1,keyasint"`
	Items     []Item       `cbor:"2,keyasint,omitempty"`
	NoFill    NoFillReason `cbor:"3,keyasint,omitempty"`
	Rejected  []Rejected   `cbor:"4,keyasint,omitempty"`
	Objective Objective    `cbor:"5,keyasint,omitempty"` // what it was filled for; ObjectiveClick when 0
	// Chances are those of the creatives that might have been shown in the first
	// position, of many the likeliest.
	Chances []Chance `cbor:"6,keyasint,omitempty"`
}

// Chance is the probability with which a creative was to be shown.
type Chance struct {
	Campaign   CampaignID `cbor:"1,keyasint"`
	Creative   CreativeID `cbor:"2,keyasint"`
	Propensity float64    `cbor:"3,keyasint"`
}

// Decision is the record of one answered page: what is needed to explain and
// to evaluate it later.
type Decision struct {
	ID          DecisionID        `cbor:"1,keyasint"`
	Time        time.Time         `cbor:"2,keyasint"`
	Visitor     VisitorID         `cbor:"3,keyasint,omitempty"` // if they allowed to be known
	Person      PersonID          `cbor:"4,keyasint,omitempty"` // if they allowed to be known
	Context     Context           `cbor:"5,keyasint,omitzero"`
	Mode        Mode              `cbor:"6,keyasint"`
	DataClasses []DataClass       `cbor:"7,keyasint,omitempty"`
	Placements  []FilledPlacement `cbor:"8,keyasint,omitempty"`
	// Allowed is what the visitor allowed; 0: they were not to be known.
	Allowed Purposes `cbor:"9,keyasint,omitempty"`
}
