package scoring

import "time"

// Purpose is what a visitor may allow data about them to be used for; the numbers are
// those of the wire contract.
type Purpose uint8

// The purposes.
const (
	PurposeProducts    Purpose = iota + 1 // choose products by the profile
	PurposeCreatives                      // choose creatives by the profile
	PurposeMeasurement                    // tell what came of what was shown to them
	PurposeMessages                       // contact them directly
	PurposeProfile                        // keep a profile; nothing is stored or read without
)

// Purposes is a set of them.
type Purposes uint8

// PurposesOf is the set of these.
func PurposesOf(list ...Purpose) (s Purposes) {
	for _, p := range list {
		s |= 1 << p
	}
	return s
}

// AllPurposes is the set of all.
const AllPurposes Purposes = 1<<PurposeProducts | 1<<PurposeCreatives | 1<<PurposeMeasurement | 1<<PurposeMessages | 1<<PurposeProfile

// Has reports whether a purpose is in the set.
func (s Purposes) Has(p Purpose) bool { return s>>p&1 == 1 }

// Signal is how an answer was given; the numbers are those of the wire contract.
type Signal uint8

// The signals.
const (
	SignalPurposes Signal = iota + 1
	SignalTCF
	SignalGPP
	SignalGlobalPrivacyControl
	SignalSitePolicy
)

// ConsentAnswer is a visitor's answer for one purpose.
type ConsentAnswer struct {
	Purpose Purpose `cbor:"1,keyasint"`
	Granted bool    `cbor:"2,keyasint,omitempty"`
	Signal  Signal  `cbor:"3,keyasint,omitempty"`
	// Time is when it was given, to the second; in an event it is the event's.
	Time time.Time `cbor:"-"`
}
