// Package visitor keeps what one visitor's own behaviour says: interests, recent
// touches, the open cart and the last purchases, in one small record.
package visitor

import (
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/interest"
)

// The bounds of a profile. What exceeds them goes, the oldest or weakest first.
const (
	MaxTouches   = 32
	MaxCart      = 32
	MaxPurchases = 32
	// MaxBytes bounds the encoded record; interests give way first.
	MaxBytes = 1024
)

// Touch is a product the visitor had to do with. The same product may stand
// here several times.
type Touch struct {
	Product scoring.ProductID
	Type    scoring.EventType
	Time    time.Time
}

// CartItem is a product in the open cart.
type CartItem struct {
	Product  scoring.ProductID
	Quantity int32
	Time     time.Time
}

// Purchase is a product of one of the last orders, less what was sent back.
type Purchase struct {
	Product  scoring.ProductID
	Order    scoring.OrderID
	Quantity int32
	Price    *scoring.Money
	Time     time.Time
}

// Profile is what is known of a visitor. A Profile that was handed out is never
// changed: Apply returns a new one.
type Profile struct {
	Interests interest.Vector
	Touches   []Touch // oldest first
	Cart      []CartItem
	Purchases []Purchase // oldest first
	FirstSeen time.Time
	LastSeen  time.Time
	Events    int64
}
