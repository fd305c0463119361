package scoring

import "time"

// Money is an amount of a currency in billionths of its unit, so that adding
// up prices never rounds.
type Money struct {
	Currency string `cbor:"1,keyasint,omitempty"`
	Nanos    int64  `cbor:"2,keyasint,omitempty"` // 1e-9 units
}

// Amount is the value in units of the currency.
func (m Money) Amount() float64 { return float64(m.Nanos) / 1e9 }

// Availability says whether a product can be bought.
type Availability uint8

// The availabilities. The zero value is InStock: a shop that does not say so
// sells what it lists.
const (
	InStock Availability = iota
	OutOfStock
	Preorder
	Backorder
)

// Product is something the shop sells. Values are shared between goroutines
// and never changed once they are in a catalogue.
type Product struct {
	ID           ProductID          `cbor:"1,keyasint"`
	Title        string             `cbor:"2,keyasint,omitempty"`
	Categories   []string           `cbor:"3,keyasint,omitempty"` // paths, "shoes/running"
	Brand        string             `cbor:"4,keyasint,omitempty"`
	Tags         []string           `cbor:"5,keyasint,omitempty"`
	Price        *Money             `cbor:"6,keyasint,omitempty"` // nil: unknown
	ListPrice    *Money             `cbor:"7,keyasint,omitempty"`
	Availability Availability       `cbor:"8,keyasint,omitempty"`
	Stock        *int64             `cbor:"9,keyasint,omitempty"` // pieces; nil: not counted
	Attributes   map[string]string  `cbor:"10,keyasint,omitempty"`
	Numbers      map[string]float64 `cbor:"11,keyasint,omitempty"`
	GroupID      string             `cbor:"12,keyasint,omitempty"` // variants share it
	URL          string             `cbor:"13,keyasint,omitempty"`
	ImageURL     string             `cbor:"14,keyasint,omitempty"`
	AvailableAt  time.Time          `cbor:"15,keyasint,omitzero"`
	ExpiresAt    time.Time          `cbor:"16,keyasint,omitzero"`
	Sensitive    bool               `cbor:"17,keyasint,omitempty"`
	Withheld     bool               `cbor:"-"`                     // treated as sensitive: its category is, to this site
	Revision     uint64             `cbor:"18,keyasint,omitempty"` // set by the store; grows with every change
	UpdatedAt    time.Time          `cbor:"19,keyasint,omitzero"`
}

// Showable reports whether p may be shown at all at that time.
func (p *Product) Showable(now time.Time) bool {
	switch {
	case !p.InStock(),
		!p.AvailableAt.IsZero() && now.Before(p.AvailableAt),
		!p.ExpiresAt.IsZero() && !now.Before(p.ExpiresAt):
		return false
	}
	return true
}

// InStock reports whether p is not out of stock, as far as the shop says.
func (p *Product) InStock() bool {
	return p.Availability != OutOfStock && (p.Stock == nil || *p.Stock > 0)
}

// IsSensitive reports whether the product may say nothing of a visitor, nor be shown to
// anybody because of who they are.
func (p *Product) IsSensitive() bool { return p.Sensitive || p.Withheld }
