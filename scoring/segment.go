package scoring

import "time"

// MaxSegments is how many a site may have, beside those that are built in.
const MaxSegments = 200

// Segment is a group of visitors: those whom its rule is true of.
type Segment struct {
	ID          SegmentID `cbor:"1,keyasint"`
	DisplayName string    `cbor:"2,keyasint,omitempty"`
	Rule        string    `cbor:"3,keyasint"`           // CEL
	Revision    uint64    `cbor:"4,keyasint,omitempty"` // set by the store
	UpdatedAt   time.Time `cbor:"5,keyasint,omitzero"`
}
