package scoring

import (
	"slices"
	"strings"
)

// VisitorPolicy is how a site treats what it knows of its visitors.
type VisitorPolicy struct {
	MaxDevices    int32 `cbor:"1,keyasint,omitempty"` // of a person; 0: as shipped
	SharedPersons int32 `cbor:"2,keyasint,omitempty"` // of a device that is nobody's; 0: as shipped
	// Sensitive are category paths that, with all below them, never enter a profile, a
	// target or a reason.
	Sensitive []string `cbor:"3,keyasint,omitempty"`
}

// IsSensitive reports whether a category is one of the sensitive ones, or below one. p
// may be nil.
func (p *VisitorPolicy) IsSensitive(category string) bool {
	return p != nil && slices.ContainsFunc(p.Sensitive, func(s string) bool {
		rest, under := strings.CutPrefix(strings.Trim(category, "/"), strings.Trim(s, "/"))
		return under && (rest == "" || rest[0] == '/')
	})
}
