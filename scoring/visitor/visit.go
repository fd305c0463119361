package visitor

import "time"

// visitGap is how long nothing happens between two visits: the convention of web
// analytics, as in model.SessionGap.
const visitGap = 30 * time.Minute

// Returning reports whether the visitor was here before the visit that goes on now,
// or begins.
func (p *Profile) Returning(now time.Time) bool {
	begun := now
	for k := len(p.Touches) - 1; k >= 0 && begun.Sub(p.Touches[k].Time) <= visitGap; k-- {
		begun = p.Touches[k].Time
	}
	return p.FirstSeen.Before(begun.Add(-visitGap))
}
