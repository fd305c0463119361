package scoring

import "time"

// CapScope is what a frequency cap counts together; the numbers are those of the wire
// contract.
type CapScope uint8

// The scopes.
const (
	CapCreative CapScope = iota + 1
	CapCampaign
	CapAdvertiser
)

// The windows that caps and contact budgets may have.
const (
	MinCapWindow = time.Minute
	MaxCapWindow = 180 * 24 * time.Hour
)

// FrequencyCap is how often a visitor may be shown something within a sliding window.
type FrequencyCap struct {
	Scope  CapScope      `cbor:"1,keyasint"`
	Limit  int32         `cbor:"2,keyasint"` // at least 1
	Window time.Duration `cbor:"3,keyasint"`
}

// ContactBudget is how often a visitor may be contacted within a sliding window.
type ContactBudget struct {
	Channels []Channel     `cbor:"1,keyasint,omitempty"` // counted together; empty: all
	Limit    int32         `cbor:"2,keyasint"`           // at least 1
	Window   time.Duration `cbor:"3,keyasint"`
}

// ContactPolicy bounds how much a visitor of a site is advertised to in all. The zero
// value bounds nothing.
type ContactPolicy struct {
	Budgets []ContactBudget `cbor:"1,keyasint,omitempty"`
	// AfterPurchase is how long a visitor who has bought is shown no creatives.
	AfterPurchase time.Duration `cbor:"2,keyasint,omitempty"`
	// AfterDismissal is how long a campaign rests for a visitor who waved one of its
	// creatives away.
	AfterDismissal time.Duration `cbor:"3,keyasint,omitempty"`
}
