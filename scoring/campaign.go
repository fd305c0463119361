package scoring

import (
	"math"
	"time"
)

// Tier is a campaign's priority, the first above all others; the numbers are those
// of the wire contract. 0 is TierAuction.
type Tier uint8

// The tiers.
const (
	TierSponsorship Tier = iota + 1
	TierGoal
	TierAuction
	TierHouse
)

// DayPart is a part of the week in the site's time zone.
type DayPart struct {
	Days  Weekdays `cbor:"1,keyasint,omitempty"` // 0: every day
	Start int32    `cbor:"2,keyasint,omitempty"` // minute of the day, 0 to 1439
	// End is the minute that it ends before, 1 to 1440. One that is not after
	// Start lies on the next day.
	End int32 `cbor:"3,keyasint"`
}

// Weekdays is a set of days: bit 1 << time.Weekday.
type Weekdays uint8

// Has reports whether the day is in the set; the empty set has all.
func (w Weekdays) Has(d time.Weekday) bool { return w == 0 || w&(1<<d) != 0 }

// Has reports whether a moment, in the time zone that the part is meant in, lies
// within it. What runs over midnight belongs to the day it began on.
func (p DayPart) Has(at time.Time) bool {
	minute := int32(at.Hour()*60 + at.Minute())
	if p.Start < p.End {
		return minute >= p.Start && minute < p.End && p.Days.Has(at.Weekday())
	}
	yesterday := (at.Weekday() + 6) % 7
	return minute >= p.Start && p.Days.Has(at.Weekday()) || minute < p.End && p.Days.Has(yesterday)
}

// Place is coarse on purpose: a city at the finest. Empty parts stand for all.
type Place struct {
	Country string `cbor:"1,keyasint,omitempty"` // ISO 3166-1 alpha-2
	Region  string `cbor:"2,keyasint,omitempty"` // ISO 3166-2, without the country
	City    string `cbor:"3,keyasint,omitempty"`
}

// Holds reports whether the page's visitor is in the place.
func (p Place) Holds(c *Context) bool {
	return (p.Country == "" || p.Country == c.Country) && (p.Region == "" || p.Region == c.Region) &&
		(p.City == "" || p.City == c.City)
}

// Coordinates are a place on earth, in degrees.
type Coordinates struct {
	Latitude  float64 `cbor:"1,keyasint,omitempty"`
	Longitude float64 `cbor:"2,keyasint,omitempty"`
}

// earthRadius is the mean one in kilometres.
const earthRadius = 6371.0

// Distance is how far two places are apart on the surface, in kilometres: the
// haversine formula (Sinnott: Virtues of the haversine, Sky and Telescope 68, 1984).
func (c Coordinates) Distance(to Coordinates) float64 {
	const rad = math.Pi / 180
	north := math.Sin((to.Latitude - c.Latitude) * rad / 2)
	east := math.Sin((to.Longitude - c.Longitude) * rad / 2)
	h := north*north + math.Cos(c.Latitude*rad)*math.Cos(to.Latitude*rad)*east*east
	return 2 * earthRadius * math.Asin(math.Sqrt(min(1, h)))
}

// Circle is the surroundings of a place.
type Circle struct {
	Center Coordinates `cbor:"1,keyasint"`
	Radius float64     `cbor:"2,keyasint"` // in kilometres
}

// Holds reports whether the page's visitor is within the circle, as far as the page
// tells.
func (r Circle) Holds(c *Context) bool {
	return c.Coordinates != nil && r.Center.Distance(*c.Coordinates) <= r.Radius
}

// Campaign is what creatives belong to. Values are shared between goroutines and
// never changed once they are in use.
type Campaign struct {
	ID          CampaignID `cbor:"1,keyasint"`
	DisplayName string     `cbor:"2,keyasint,omitempty"`
	Advertiser  string     `cbor:"3,keyasint,omitempty"`
	Start       time.Time  `cbor:"4,keyasint,omitzero"` // zero: at once
	End         time.Time  `cbor:"5,keyasint,omitzero"` // not included; zero: never
	DayParts    []DayPart  `cbor:"6,keyasint,omitempty"`
	Tier        Tier       `cbor:"7,keyasint,omitempty"`
	ClickValue  *Money     `cbor:"8,keyasint,omitempty"` // nil: 1
	Targeting   string     `cbor:"9,keyasint,omitempty"` // CEL; empty: everybody
	Places      []Place    `cbor:"10,keyasint,omitempty"`
	LandingURL  string     `cbor:"11,keyasint,omitempty"`
	Categories  []string   `cbor:"12,keyasint,omitempty"`
	Paused      bool       `cbor:"13,keyasint,omitempty"`
	Revision    uint64     `cbor:"14,keyasint,omitempty"` // set by the store
	UpdatedAt   time.Time  `cbor:"15,keyasint,omitzero"`
	Circles     []Circle   `cbor:"16,keyasint,omitempty"`

	Goal   *Goal  `cbor:"20,keyasint,omitempty"`
	Budget *Money `cbor:"21,keyasint,omitempty"` // of the whole flight; has a Bid
	Bid    *Bid   `cbor:"22,keyasint,omitempty"` // nil: nothing is charged

	Attributes map[string]string `cbor:"17,keyasint,omitempty"` // the shop's own
	// Segments are those of which the visitor must be in one; none: everybody.
	Segments []SegmentID `cbor:"24,keyasint,omitempty"`
	// Caps are how often a visitor may be shown its creatives.
	Caps []FrequencyCap `cbor:"18,keyasint,omitempty"`
}

// IsShownIn reports whether a campaign is for where the page's visitor is.
func (c *Campaign) IsShownIn(at *Context) bool {
	if len(c.Places)+len(c.Circles) == 0 {
		return true
	}
	for _, p := range c.Places {
		if p.Holds(at) {
			return true
		}
	}
	for _, r := range c.Circles {
		if r.Holds(at) {
			return true
		}
	}
	return false
}

// RetargetSource is where products for a creative's slots come from; the numbers are
// those of the wire contract.
type RetargetSource uint8

// The sources.
const (
	RetargetCart   RetargetSource = iota + 1 // the abandoned cart
	RetargetViewed                           // looked at and not bought
)

// RetargetWindow is what ProductSlots.StopAfter counts in.
const RetargetWindow = 30 * 24 * time.Hour

// ProductSlots are the slots of a creative for what the visitor left behind.
type ProductSlots struct {
	Count   int              `cbor:"1,keyasint"`           // 1 to 12
	Min     int              `cbor:"2,keyasint"`           // with fewer it is not shown
	Sources []RetargetSource `cbor:"3,keyasint,omitempty"` // empty: cart, then viewed
	After   time.Duration    `cbor:"4,keyasint,omitempty"` // how long a cart must rest
	// StopAfter is how often it is handed out within RetargetWindow without a click; 0:
	// without end.
	StopAfter int `cbor:"5,keyasint,omitempty"`
}

// Creative is one thing to show.
type Creative struct {
	ID          CreativeID        `cbor:"1,keyasint"`
	Campaign    CampaignID        `cbor:"2,keyasint"`
	DisplayName string            `cbor:"3,keyasint,omitempty"`
	Format      string            `cbor:"4,keyasint"`
	Size        CreativeSize      `cbor:"5,keyasint,omitzero"` // zero: has none
	LandingURL  string            `cbor:"6,keyasint,omitempty"`
	Attributes  map[string]string `cbor:"7,keyasint,omitempty"`
	Paused      bool              `cbor:"8,keyasint,omitempty"`
	Revision    uint64            `cbor:"9,keyasint,omitempty"` // set by the store
	UpdatedAt   time.Time         `cbor:"10,keyasint,omitzero"`
	Caps        []FrequencyCap    `cbor:"11,keyasint,omitempty"` // of scope CapCreative
	Products    *ProductSlots     `cbor:"12,keyasint,omitempty"` // nil: none
}
