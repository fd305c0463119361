package visitor

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
)

// Habit is a product that the visitor bought and kept, over all their orders: what
// stays of those that Purchases no longer tells line by line.
type Habit struct {
	Product scoring.ProductID
	Times   int32     // on how many occasions; at least 1
	Lately  float32   // the same as of Last, each counting half every habitHalfLife
	Last    time.Time // the last occasion, to the minute
}

const (
	// MaxHabits bounds the products remembered; MaxBytes most often does so first.
	MaxHabits = 256
	// habitHalfLife is between a household's stock and a season. On a gift shop's
	// year of orders 30 to 240 days rank a visitor's products alike, and a second
	// scale beside it brought nothing.
	habitHalfLife = 90 * 24 * time.Hour
	// Occasion is the time within which orders are one shopping, as for what the
	// model learns of repeat purchases.
	Occasion = 12 * time.Hour
)

// LatelyAt is on how many occasions the visitor bought the product, each counting
// half every 90 days until then.
func (h *Habit) LatelyAt(now time.Time) float64 {
	return float64(h.Lately) * HabitLeft(h.Last, now)
}

// HabitLeft is what is left of a purchase by a later time.
func HabitLeft(then, now time.Time) float64 {
	return math.Exp2(-max(0, now.Sub(then).Hours()) / habitHalfLife.Hours())
}

// strength orders habits by what is left of them at any one time: log2 of it, but
// for a constant.
func (h *Habit) strength() float64 {
	return math.Log2(float64(h.Lately)) + float64(h.Last.Unix())/habitHalfLife.Seconds()
}

// minuteOf is the minute that a time is in.
func minuteOf(t time.Time) int64 {
	ms := t.UnixMilli() - minMillis // from 0 upwards
	return ms/60000 + minMillis/60000
}

func timeOf(minute int64) time.Time { return time.UnixMilli(minute * 60000).UTC() }

// accustom counts the products of an order as bought once more.
func (p *Profile) accustom(items []scoring.EventItem, at time.Time) {
	at = timeOf(minuteOf(at))
	p.Habits = slices.Clone(p.Habits)
	for i := range items {
		if k := p.habitOf(items[i].Product); k >= 0 {
			p.Habits[k].again(at)
		} else {
			p.Habits = append(p.Habits, Habit{Product: items[i].Product, Times: 1, Lately: 1, Last: at})
		}
	}
	p.sortHabits()
}

// sortHabits puts what was bought longest ago first and keeps the strongest.
func (p *Profile) sortHabits() {
	slices.SortStableFunc(p.Habits, func(a, b Habit) int { return a.Last.Compare(b.Last) })
	p.keepHabits(MaxHabits)
}

// keepHabits keeps the n strongest.
func (p *Profile) keepHabits(n int) {
	if excess := len(p.Habits) - max(0, n); excess > 0 {
		weakest, strengths := make([]int, len(p.Habits)), make([]float64, len(p.Habits))
		for k := range weakest {
			weakest[k], strengths[k] = k, p.Habits[k].strength()
		}
		slices.SortStableFunc(weakest, func(a, b int) int { return cmp.Compare(strengths[a], strengths[b]) })
		kept := make([]Habit, 0, len(p.Habits)-excess)
		weakest = weakest[:excess]
		slices.Sort(weakest)
		for k := range p.Habits {
			if len(weakest) > 0 && weakest[0] == k {
				weakest = weakest[1:]
				continue
			}
			kept = append(kept, p.Habits[k])
		}
		p.Habits = kept
	}
	if len(p.Habits) == 0 {
		p.Habits = nil
	}
}

func (p *Profile) habitOf(id scoring.ProductID) int {
	return slices.IndexFunc(p.Habits, func(h Habit) bool { return h.Product == id })
}

// again counts a purchase at another time, unless it is one shopping with the last.
func (h *Habit) again(at time.Time) {
	switch gap := at.Sub(h.Last); {
	case gap.Abs() < Occasion:
		return
	case gap > 0:
		h.Lately, h.Last = float32(float64(h.Lately)*HabitLeft(h.Last, at)+1), at
	default:
		h.Lately += float32(HabitLeft(at, h.Last))
	}
	h.Times = sum(h.Times, 1)
}

// unlearn takes one occasion of a habit back, that at a time, or at the zero time
// the last: the whole habit when it is the only one.
func (p *Profile) unlearn(id scoring.ProductID, at time.Time) {
	k := p.habitOf(id)
	if k < 0 {
		return
	}
	p.Habits = slices.Clone(p.Habits)
	h := &p.Habits[k]
	if h.Times--; h.Times < 1 {
		p.Habits = slices.Delete(p.Habits, k, k+1)
		p.sortHabits()
		return
	}
	if earlier := h.Last.Sub(at); !at.IsZero() && earlier >= Occasion {
		h.Lately = max(1, h.Lately-float32(HabitLeft(at, h.Last)))
	} else {
		h.before()
	}
	if h.Times == 1 {
		h.Lately = 1
	}
	p.sortHabits()
}

// before takes the last occasion off a habit, whose Times no longer has it. When
// the one before was is told by what is left of them all: exactly where there is
// one, and else as if all the rest had been at once, which is not too late.
func (h *Habit) before() {
	left := max(float64(h.Lately)-1, 1.0/1024) // ten half-lives
	back := min(0, math.Log2(left/float64(h.Times))) * habitHalfLife.Minutes()
	last := max(minuteOf(h.Last)+int64(math.Round(back)), minMillis/60000)
	h.Lately = float32(max(1, left/HabitLeft(timeOf(last), h.Last)))
	h.Last = timeOf(last)
}

// habitsOf are the habits that a list of purchases tells of, the oldest first.
func habitsOf(purchases []Purchase) []Habit {
	var p Profile
	for i := range purchases {
		p.accustom([]scoring.EventItem{{Product: purchases[i].Product}}, purchases[i].Time)
	}
	return p.Habits
}
