package visitor

import (
	"math"
	"slices"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
)

// Shown is a product that came into the visitor's sight and that they have not
// turned to since.
type Shown struct {
	Product scoring.ProductID
	Times   float32   // how often, as of Time; in eighths, under 32
	Time    time.Time // the last
}

const (
	// MaxShown bounds what is remembered: about two pages of a list.
	MaxShown = 24
	// shownHalfLife lets a sight fade: who comes every other day has seen a
	// product of last week not quite once, and it may try again.
	shownHalfLife = 3 * 24 * time.Hour
	// shownUnit is what Times is counted in, so that it takes a byte of the record.
	shownUnit = 1.0 / 8
	mostShown = 255 * shownUnit
)

// TimesAt is how often the product was seen, each time counting half every three
// days until then.
func (s *Shown) TimesAt(now time.Time) float64 {
	return float64(s.Times) * faded(now.Sub(s.Time))
}

func faded(age time.Duration) float64 {
	return math.Exp2(-max(0, age.Hours()) / shownHalfLife.Hours())
}

// see counts the event's products as seen, each once; of a longer list the first.
// One that the visitor has turned to since was not left alone.
func (p *Profile) see(e *scoring.Event, at time.Time) {
	items := e.Items[:min(len(e.Items), MaxShown)]
	if len(items) == 0 {
		return
	}
	shown := slices.Clone(p.Shown)
	for i := range items {
		id := items[i].Product
		if slices.ContainsFunc(items[:i], func(it scoring.EventItem) bool { return it.Product == id }) || p.touchedSince(id, at) {
			continue
		}
		k := slices.IndexFunc(shown, func(s Shown) bool { return s.Product == id })
		if k < 0 {
			shown = append(shown, Shown{Product: id, Times: 1, Time: at})
			continue
		}
		s := &shown[k]
		latest := later(s.Time, at)
		times := s.TimesAt(latest) + faded(latest.Sub(at))
		s.Times, s.Time = float32(min(mostShown, math.Round(times/shownUnit)*shownUnit)), latest
	}
	slices.SortStableFunc(shown, func(a, b Shown) int { return a.Time.Compare(b.Time) })
	p.Shown = newest(shown, MaxShown)
}

func (p *Profile) touchedSince(id scoring.ProductID, at time.Time) bool {
	for k := len(p.Touches) - 1; k >= 0 && !p.Touches[k].Time.Before(at); k-- {
		if p.Touches[k].Product == id {
			return true
		}
	}
	return false
}

// noticed takes the products that the visitor answered to off those left alone.
func (p *Profile) noticed(items []scoring.EventItem) {
	answered := func(s Shown) bool {
		return slices.ContainsFunc(items, func(it scoring.EventItem) bool { return it.Product == s.Product })
	}
	if slices.ContainsFunc(p.Shown, answered) {
		p.Shown = newest(slices.DeleteFunc(slices.Clone(p.Shown), answered), MaxShown)
	}
}
