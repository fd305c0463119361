package scoring

import "time"

// PageType is the kind of page; the numbers are those of the wire contract.
type PageType uint8

// The page types.
const (
	PageUnspecified PageType = iota
	PageHome
	PageProduct
	PageCategory
	PageSearch
	PageCart
	PageCheckout
	PageOrderConfirmation
	PageEmail
	PageOther
)

// Channel is where visitor and shop met; the numbers are those of the wire
// contract.
type Channel uint8

// The channels.
const (
	ChannelUnspecified Channel = iota
	ChannelWeb
	ChannelApp
	ChannelEmail
	ChannelSocial
	ChannelStore
	ChannelCallCenter
)

// DeviceType is the kind of device; the numbers are those of the wire contract.
type DeviceType uint8

// The device types.
const (
	DeviceUnspecified DeviceType = iota
	DeviceDesktop
	DevicePhone
	DeviceTablet
	DeviceTV
)

// Context is the page of a decision, or the one an event happened on. Nothing
// in it identifies a person.
type Context struct {
	PageType    PageType          `cbor:"1,keyasint,omitempty"`
	Product     ProductID         `cbor:"2,keyasint,omitempty"`
	Category    string            `cbor:"3,keyasint,omitempty"`
	SearchQuery string            `cbor:"4,keyasint,omitempty"`
	Referrer    string            `cbor:"5,keyasint,omitempty"`
	Source      string            `cbor:"6,keyasint,omitempty"` // utm_source
	Medium      string            `cbor:"7,keyasint,omitempty"` // utm_medium
	Campaign    string            `cbor:"8,keyasint,omitempty"` // utm_campaign
	Channel     Channel           `cbor:"9,keyasint,omitempty"`
	Device      DeviceType        `cbor:"10,keyasint,omitempty"`
	Locale      string            `cbor:"11,keyasint,omitempty"` // BCP 47
	Country     string            `cbor:"12,keyasint,omitempty"` // ISO 3166-1 alpha-2
	Region      string            `cbor:"13,keyasint,omitempty"` // ISO 3166-2, without the country
	City        string            `cbor:"14,keyasint,omitempty"`
	LocalTime   time.Time         `cbor:"15,keyasint,omitzero"`
	Attributes  map[string]string `cbor:"16,keyasint,omitempty"`
	Coordinates *Coordinates      `cbor:"17,keyasint,omitempty"` // to hundredths of a degree
}
