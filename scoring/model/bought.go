package model

import (
	"slices"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
)

// Bought is a purchase that a visitor made and kept, as the model itself remembers
// it: what a lesson may know of it, since profiles are not as they were when a
// journal is replayed.
type Bought struct {
	Product    catalog.Index
	Categories []catalog.Term // then; the model's own
	Time       time.Time
}

// boughtBy lists the purchases of an event's visitor before it, the latest last, as
// far as they are followed: the last 64. The list is used again for the next one.
func (m *Model) boughtBy(e *scoring.Event) []Bought {
	m.bought = m.bought[:0]
	last, ok := m.hazard.last[buyer(e)]
	if !ok {
		return nil
	}
	m.hazard.each(last, func(_ uint64, o *spell) bool {
		if o.quantity > 0 && o.product != none {
			n := len(o.kinds)
			for n > 0 && o.kinds[n-1] == noTerm {
				n--
			}
			m.bought = append(m.bought, Bought{Product: o.product, Categories: o.kinds[:n], Time: time.UnixMilli(int64(timeOf(o.begun))).UTC()})
		}
		return true
	})
	slices.Reverse(m.bought)
	return m.bought
}
