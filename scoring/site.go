package scoring

import "time"

// ConsentPolicy says what the absence of any consent signal means.
type ConsentPolicy uint8

// The consent policies. The zero value is the cautious one.
const (
	OptIn ConsentPolicy = iota
	OptOut
)

// Site is a tenant.
type Site struct {
	ID            SiteID        `cbor:"1,keyasint"`
	DisplayName   string        `cbor:"2,keyasint,omitempty"`
	Currency      string        `cbor:"3,keyasint,omitempty"` // ISO 4217
	Locale        string        `cbor:"4,keyasint,omitempty"` // BCP 47
	TimeZone      string        `cbor:"5,keyasint,omitempty"` // IANA
	ConsentPolicy ConsentPolicy `cbor:"6,keyasint,omitempty"`
	Revision      uint64        `cbor:"7,keyasint,omitempty"` // set by the store
	CreatedAt     time.Time     `cbor:"8,keyasint,omitzero"`
	// Contacts bounds how much visitors are advertised to; nil: not at all.
	Contacts *ContactPolicy `cbor:"9,keyasint,omitempty"`
	Visitors *VisitorPolicy `cbor:"10,keyasint,omitempty"` // nil: as shipped
}

// RepeatPolicy says whether products the visitor looked at may come back.
type RepeatPolicy uint8

// The repeat policies.
const (
	RepeatLearned RepeatPolicy = iota // as this shop's visitors return to them
	RepeatExclude                     // never
)

// Strategy is what a placement of products is for; the numbers are those of the
// wire contract. 0 is StrategyForYou.
type Strategy uint8

// The strategies.
const (
	StrategyForYou Strategy = iota + 1
	StrategySimilar
	StrategyBoughtTogether
	StrategyCompleteCart
	StrategyRecentlyViewed
	StrategyBuyAgain
	StrategyTrending
	StrategyNewForYou
	StrategyFromSearch
)

// Objective is what a placement wants of the visitor; the numbers are those of
// the wire contract. 0 is ObjectiveClick.
type Objective uint8

// The objectives.
const (
	ObjectiveClick Objective = iota + 1
	ObjectiveCart
	ObjectiveOrder
	ObjectiveRevenue
)

// Diversity is how different the products of a placement are from each other;
// the numbers are those of the wire contract. 0 is DiversityLow.
type Diversity uint8

// The levels of diversity.
const (
	DiversityOff Diversity = iota + 1
	DiversityLow
	DiversityMedium
	DiversityHigh
)

// Ranking is how a placement ranks, where that is not left to Vitrine.
type Ranking struct {
	Fixed      bool                 `cbor:"1,keyasint,omitempty"` // weights do not move with what visitors do
	Weights    map[string][]float32 `cbor:"2,keyasint,omitempty"` // by feature: one, or one a situation
	Parameters map[string]float64   `cbor:"3,keyasint,omitempty"`
	FrozenAt   time.Time            `cbor:"4,keyasint,omitzero"`  // when Weights were frozen
	Unfrozen   map[string][]float32 `cbor:"5,keyasint,omitempty"` // Weights before they were
}

// ProductRules govern a placement of products.
type ProductRules struct {
	Filter        string        `cbor:"1,keyasint,omitempty"` // CEL; empty: all
	ShowBought    bool          `cbor:"2,keyasint,omitempty"` // do not exclude what was bought
	BoughtWindow  time.Duration `cbor:"3,keyasint,omitempty"` // how long a purchase excludes; 0: 90 days
	ShowInCart    bool          `cbor:"4,keyasint,omitempty"` // do not exclude what is in the cart
	RepeatPolicy  RepeatPolicy  `cbor:"5,keyasint,omitempty"`
	Pinned        []ProductID   `cbor:"6,keyasint,omitempty"`
	FallbackFirst []ProductID   `cbor:"7,keyasint,omitempty"` // before popular ones, when too few remain
	Strategy      Strategy      `cbor:"8,keyasint,omitempty"`
	Objective     Objective     `cbor:"9,keyasint,omitempty"`
	Diversity     Diversity     `cbor:"10,keyasint,omitempty"`
	Calibrate     bool          `cbor:"11,keyasint,omitempty"` // to the visitor's mix of interests
	NoRotation    bool          `cbor:"12,keyasint,omitempty"` // what was seen and left alone does not sink
	Explore       int           `cbor:"13,keyasint,omitempty"` // positions at the end for new products
	Ranking       *Ranking      `cbor:"14,keyasint,omitempty"` // nil: as shipped and learned
}

// CreativeSize is a size in CSS pixels.
type CreativeSize struct {
	Width  int32 `cbor:"1,keyasint"`
	Height int32 `cbor:"2,keyasint"`
}

// CreativeRules govern a placement of creatives.
type CreativeRules struct {
	Formats            []string       `cbor:"1,keyasint,omitempty"`
	Sizes              []CreativeSize `cbor:"2,keyasint,omitempty"`
	BlockedCategories  []string       `cbor:"3,keyasint,omitempty"`
	BlockedAdvertisers []string       `cbor:"4,keyasint,omitempty"`
}

// Placement is a spot on a page and the rules for filling it.
type Placement struct {
	ID          PlacementID    `cbor:"1,keyasint"`
	DisplayName string         `cbor:"2,keyasint,omitempty"`
	PageType    PageType       `cbor:"3,keyasint,omitempty"`
	Count       int            `cbor:"4,keyasint,omitempty"`
	Products    ProductRules   `cbor:"5,keyasint,omitzero"`
	Creatives   *CreativeRules `cbor:"6,keyasint,omitempty"` // not nil: shows creatives, and Products is void
	Revision    uint64         `cbor:"7,keyasint,omitempty"` // set by the store
	UpdatedAt   time.Time      `cbor:"8,keyasint,omitzero"`
}
