package intent

import (
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/visitor"
)

// Begins reports whether a visit begins with an event: something the visitor does, half
// an hour or more after they were last seen; zero for one never seen.
func Begins(lastSeen time.Time, e *scoring.Event) bool {
	return visits(e.Type) && (lastSeen.IsZero() || e.Time.Sub(lastSeen) > visitor.VisitGap)
}

// visits reports whether an event of that type is the visitor's own doing on a page of
// the shop: mails that are sent and orders that come back are not.
func visits(t scoring.EventType) bool {
	switch t {
	case scoring.EmailDelivered, scoring.EmailUnsubscribed, scoring.OrderRefunded, scoring.OrderCancelled:
		return false
	}
	return t < scoring.CreativeServed
}
