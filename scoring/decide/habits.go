package decide

import (
	"slices"
	"time"

	"github.com/vitrine-io/vitrine/scoring/approx"
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/scoring/model"
	"github.com/vitrine-io/vitrine/scoring/visitor"
)

// habit is a product that the visitor bought, as a decision sees it.
type habit struct {
	product catalog.Index
	times   float32 // on how many occasions
	lately  float32 // the same, each counting half every 90 days
	last    time.Time

	categories []catalog.Term // then; nil: as the catalogue has it
	judged     bool           // what follows is known
	due, again float32
	comesBack  float32
}

// bought brings what the visitor bought and has not sent back, by how often and how
// lately: the personal part of TIFU-KNN (Hu, He, Gao, Zhang, SIGIR 2020) with time
// in the place of baskets. Where the shop's orders do not tell that visitors buy
// again what they bought, it brings nothing unless it must, and only tells of what
// others brought.
type bought struct{ always bool }

func (bought) name() string { return "bought" }

func (b bought) gather(q *query) {
	if len(q.habits) == 0 {
		return
	}
	q.candidates.rare = true
	comesBack := comesBack(approx.Ln(float32(q.rebuying.Again())))
	for k := range q.habits {
		h := &q.habits[k]
		var c *candidate
		if b.always || comesBack > 0 {
			c = q.candidates.of(h.product)
		} else {
			c = q.candidates.find(h.product)
		}
		if c == nil {
			continue
		}
		c.habit = uint8(k) + 1
		if c.signal[sigBought] = h.lately; !b.always {
			c.signal[sigBought] *= comesBack
		}
	}
}

// comesBack is how far a visitor's own purchases are a reason to show a product,
// from 0 where they are bought again as often as by chance, or less, to 1 where it
// is five times as often and more. It takes the logarithm of that.
func comesBack(again float32) float32 { return max(0, min(1, again/1.6094)) } // ln 5

// maxHabits is how many of the visitor's habits, the latest, a decision tells apart: as
// many as a candidate has numbers for.
const maxHabits = 255

// readHabits finds what the visitor bought, the latest last.
func (q *query) readHabits() {
	q.habits, q.owned = q.habits[:0], q.owned[:0]
	if q.page.Visitor.Profile() == nil {
		return
	}
	all := q.page.Visitor.Profile().Habits
	all = all[max(0, len(all)-maxHabits):]
	for k := range all {
		h := &all[k]
		i, ok := q.find(h.Product)
		if !ok || q.sensitive(i) {
			continue
		}
		q.habits = append(q.habits, habit{
			product: i, times: float32(h.Times), lately: float32(h.LatelyAt(q.page.Now)), last: h.Last,
		})
	}
	q.judgeHabits()
}

// readBought is readHabits for a visitor who is known by what the model remembers.
func (q *query) readBought(purchases []model.Bought) {
	for _, b := range purchases {
		k := slices.IndexFunc(q.habits, func(h habit) bool { return h.product == b.Product })
		if k < 0 {
			if len(q.habits) == maxHabits {
				continue
			}
			q.habits = append(q.habits, habit{product: b.Product, times: 1, lately: 1, last: b.Time, categories: b.Categories})
			continue
		}
		if h := &q.habits[k]; b.Time.Sub(h.last) >= visitor.Occasion {
			h.lately = h.lately*float32(visitor.HabitLeft(h.last, b.Time)) + 1
			h.times, h.last, h.categories = h.times+1, b.Time, b.Categories
		}
	}
	for k := range q.habits {
		h := &q.habits[k]
		h.lately *= float32(visitor.HabitLeft(h.last, q.page.Now))
	}
	q.judgeHabits()
}

// maxKinds is how many of the products bought last say of what kinds the visitor has
// something.
const maxKinds = 16

// judgeHabits reads what the shop's orders tell of habits, and finds the narrowest
// categories of what was bought last with how far each is wanted again.
func (q *query) judgeHabits() {
	if len(q.habits) == 0 {
		return
	}
	q.rebuying = q.learned.Rebuying(q.page.Now)
	for k := len(q.habits) - 1; k >= max(0, len(q.habits)-maxKinds); k-- {
		h := &q.habits[k]
		levels := q.categoriesOf(h)
		if len(levels) > 0 && q.kindBought(levels) == nil {
			q.owned = append(q.owned, kindBought{levels[len(levels)-1], inOdds(q.rebuying.DueKind(levels, h.last))})
		}
	}
}

// kindBought is a category that the visitor bought in, and how far something of it
// is wanted again.
type kindBought struct {
	category catalog.Term
	due      float32
}

// kindBought finds the narrowest of those categories; nil if the visitor bought
// nothing of it.
func (q *query) kindBought(levels []catalog.Term) *kindBought {
	for k := range q.owned {
		if q.owned[k].category == levels[len(levels)-1] {
			return &q.owned[k]
		}
	}
	return nil
}

// categoriesOf are those of what was bought, from the root down.
func (q *query) categoriesOf(h *habit) []catalog.Term {
	if h.categories == nil {
		q.levels = q.learned.Categories(q.levels[:0], h.product)
		return q.levels
	}
	return h.categories
}

// inOdds brings a ratio of rates to a scale from -1 for never over 0 for as usual
// to 1: x / (1 + x), twice, less 1.
func inOdds(ratio float64) float32 { return float32((ratio - 1) / (ratio + 1)) }

// habitOf is what the visitor's own purchases say of a candidate; nil if nothing.
func (q *query) habitOf(v *view) *habit {
	if v.habit == 0 {
		return nil
	}
	return q.judged(int(v.habit) - 1)
}

// wanted is how far a purchase must be due for the usual rule to let it come back: at
// twice the rate that things are bought again at in general.
const wanted = 1.0 / 3 // inOdds(2)

// usedUp reports whether the shop's orders tell that the visitor wants to buy again by
// now what they bought.
func (q *query) usedUp(i catalog.Index) bool {
	k := slices.IndexFunc(q.habits, func(h habit) bool { return h.product == i })
	if k < 0 {
		return false
	}
	h := q.judged(k)
	return h.due >= wanted && h.comesBack >= 0.5
}

// judged is a habit with what the shop's orders tell of it.
func (q *query) judged(k int) *habit {
	h := &q.habits[k]
	if !h.judged {
		due, again := q.rebuying.Due(h.product, q.categoriesOf(h), h.last)
		h.due, h.again, h.judged = inOdds(due), approx.Ln(float32(again)), true
		h.comesBack = comesBack(h.again)
	}
	return h
}

// boughtAgain is how much likelier than by chance this shop's visitors buy again
// what they bought: a logarithm, 1 for 150 times and more, and below 0 for what
// lasts.
func boughtAgain(q *query, v *view) float32 {
	if h := q.habitOf(v); h != nil {
		return max(-1, min(1, h.again/5))
	}
	return 0
}

// boughtOften is on how many occasions the visitor bought what is bought again, in
// logarithm: 0 for once, 1 for sixteen times.
func boughtOften(q *query, v *view) float32 {
	if h := q.habitOf(v); h != nil {
		return h.comesBack * min(1, approx.Ln(h.times)/2.7726) // ln 16
	}
	return 0
}

// boughtLately is how often and how lately, beside what else the visitor buys again.
func boughtLately(q *query, v *view) float32 {
	if h := q.habitOf(v); h != nil {
		return h.comesBack * inLog(v.signal[sigBought]*q.scale[sigBought])
	}
	return 0
}

// due is how far a product that the visitor bought is wanted again by now, from -1
// for what lasts over 0 where nothing is known of it.
func due(q *query, v *view) float32 {
	if h := q.habitOf(v); h != nil {
		return h.due
	}
	return 0
}

// kindDue is the same for the kind of a product, of which the visitor bought another.
func kindDue(q *query, v *view) float32 {
	if len(q.owned) == 0 || v.habit != 0 {
		return 0
	}
	q.levels = q.learned.Categories(q.levels[:0], v.product)
	if len(q.levels) > 0 {
		if k := q.kindBought(q.levels); k != nil {
			return k.due
		}
	}
	return 0
}
