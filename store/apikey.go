package store

import (
	"context"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
)

// APIKeyID is the id of an API key, as its owner chose it.
type APIKeyID string

// Role is what an API key may do. The numbers are on disk.
type Role uint8

// The roles.
const (
	RoleDecide    Role = 1
	RoleTrack     Role = 2
	RoleCatalog   Role = 3
	RoleMarketing Role = 4
	RoleAdmin     Role = 5
)

// APIKey lets a caller in. Its secret is nowhere: only what can be compared with it.
type APIKey struct {
	ID        APIKeyID         `cbor:"1,keyasint"`
	Hash      [32]byte         `cbor:"2,keyasint"` // SHA-256 of the secret
	Prefix    string           `cbor:"3,keyasint"` // the first characters of the secret, to tell keys apart
	Roles     []Role           `cbor:"4,keyasint"` // at least one
	Sites     []scoring.SiteID `cbor:"5,keyasint,omitempty"`
	Rate      float64          `cbor:"6,keyasint,omitempty"` // calls a second; 0: as many as it likes
	Burst     int              `cbor:"7,keyasint,omitempty"` // calls at once after a rest; 0: as many as in a second
	CreatedAt time.Time        `cbor:"8,keyasint"`
	ExpiresAt time.Time        `cbor:"9,keyasint"` // zero: never
}

// APIKeys keeps the API keys of the installation. Every change is durable when it
// returns.
type APIKeys interface {
	// APIKeys returns all of them in the order of their ids.
	APIKeys(ctx context.Context) ([]APIKey, error)
	// CreateAPIKey returns ErrExists for an id that is taken.
	CreateAPIKey(ctx context.Context, key APIKey) error
	// DeleteAPIKey returns ErrNotFound if it is not there.
	DeleteAPIKey(ctx context.Context, id APIKeyID) error
}
