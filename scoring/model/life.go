package model

import (
	"math"
	"sync/atomic"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
)

// lifeBins is how many ages of a purchase are told apart.
const lifeBins = 17

// lifeEdges are the days between which the ages lie: about a quarter longer each,
// so that what is used up in a week and what is used up in a season are both told
// from their neighbours. Half a day is one shopping, whatever the number of orders.
var lifeEdges = [lifeBins + 1]float64{0.5, 1, 2, 4, 7, 10, 14, 21, 28, 35, 45, 60, 75, 90, 120, 180, 270, 365}

// lifeBin is the age that many days fall into; -1 for less than half a day,
// lifeBins for more than a year.
func lifeBin(days float64) int {
	for j, edge := range lifeEdges {
		if days < edge {
			return j - 1
		}
	}
	return lifeBins
}

// lifeHalfLife is how long it takes until a purchase says half: habits of a
// category change with its assortment, over years.
const lifeHalfLife = 365 * 24 * time.Hour

// lifeLandmark is the middle, 2050, of the times that seconds can tell. Purchases
// weigh 2^((their time - landmark) / half-life): forward decay whose weights stay
// within a float32, and what a purchase has put on can be taken off again.
const lifeLandmark = 50 * 365.25 * 86400

func lifeWeight(s uint32) float64 {
	return math.Exp2((float64(s) - lifeLandmark) / lifeHalfLife.Seconds())
}

// life is a life table (Kaplan and Meier 1958, in bins): of the purchases that
// reached an age without the next one, how many had it then. In each word the
// former stand as float32 over the latter.
type life [lifeBins]atomic.Uint64

func (l *life) add(bin int, risk, again float64) {
	r, a := l.at(bin)
	r, a = max(0, r+risk), max(0, a+again)
	l[bin].Store(uint64(math.Float32bits(float32(r)))<<32 | uint64(math.Float32bits(float32(a))))
}

func (l *life) at(bin int) (risk, again float64) {
	v := l[bin].Load()
	return float64(math.Float32frombits(uint32(v >> 32))), float64(math.Float32frombits(uint32(v)))
}

// rates are purchases a day, by age.
type rates [lifeBins]float64

const (
	// lifeTrust is how many purchases the table above a table stands for, in each
	// age and in all: a handful, since categories differ a hundredfold.
	lifeTrust = 2
	// lifeGuess is the rate assumed before any purchase was followed: one a year.
	lifeGuess = 1.0 / 365
)

// under corrects the rates of the table above by what this one has seen: first
// all ages together, then each, both with a Gamma prior that is worth lifeTrust
// purchases (empirical Bayes rates: Clayton and Kaldor, Biometrics 1987). Scale
// brings the weights to purchases of today.
func (l *life) under(above *rates, scale float64) (own rates) {
	if l == nil {
		return *above
	}
	var risk, again, expected, seen float64
	for j := range l {
		risk, again = l.at(j)
		expected += risk * scale * lifeDays(j) * above[j]
		seen += again * scale
	}
	ratio := (seen + lifeTrust) / (expected + lifeTrust)
	for j := range l {
		risk, again = l.at(j)
		own[j] = (again*scale + lifeTrust) / (risk*scale*lifeDays(j) + lifeTrust/(ratio*above[j]))
	}
	return own
}

func lifeDays(j int) float64 { return lifeEdges[j+1] - lifeEdges[j] }

// mean is the rate over all ages, as far as purchases were followed.
func (l *life) mean(scale float64) float64 {
	days, again := 1/lifeGuess, 1.0
	for j := range l {
		r, a := l.at(j)
		days += r * scale * lifeDays(j)
		again += a * scale
	}
	return again / days
}

// total is how many purchases were followed.
func (l *life) total() float64 {
	if l == nil {
		return 0
	}
	risk, _ := l.at(0)
	return risk
}

// Due is how much a product that a visitor bought then is wanted again now: the
// rate at which visitors buy it again at that age, over the rate at which this
// shop's visitors buy what they bought again in general. 1 for a shop or product
// that nothing is known of, near 0 for what lasts, 5 and more for what is used up
// about now. It rests on the product's own orders as far as there are any, then
// on those of its categories, then on the shop's. About 1 us.
func (m *Model) Due(i catalog.Index, bought, now time.Time) float64 {
	h := &m.hazard
	var own *life
	if p := h.products.peek(uint32(i)); p != nil {
		own = p.Load()
	}
	return m.due(&h.same, own, i, func(c *categoryLives) *life { return &c.same }, bought, now)
}

// DueKind is the same for the kind of a product, after a purchase of another one of
// its categories.
func (m *Model) DueKind(i catalog.Index, bought, now time.Time) float64 {
	return m.due(&m.hazard.kind, nil, i, func(c *categoryLives) *life { return &c.kind }, bought, now)
}

func (m *Model) due(
	shop, own *life, i catalog.Index, of func(*categoryLives) *life, bought, now time.Time,
) float64 {
	bin := lifeBin(now.Sub(bought).Hours() / 24)
	if bin < 0 {
		return 0 // one shopping
	}
	scale := 1 / lifeWeight(seconds(instant(now)))
	mean := shop.mean(scale)
	var r rates
	for j := range r {
		r[j] = mean
	}
	r = shop.under(&r, scale)
	// From the widest category to the narrowest, as their purchases tell.
	var tables [maxKinds]*life
	n := 0
	for _, t := range m.products.Facets(i) {
		if n == maxKinds {
			break
		}
		if m.products.FacetID(t).Kind() != scoring.FacetCategory {
			continue
		}
		if c := m.hazard.categories.peek(uint32(t)); c != nil && c.Load() != nil {
			tables[n] = of(c.Load())
			for k := n; k > 0 && tables[k].total() > tables[k-1].total(); k-- {
				tables[k], tables[k-1] = tables[k-1], tables[k]
			}
			n++
		}
	}
	for _, l := range tables[:n] {
		r = l.under(&r, scale)
	}
	r = own.under(&r, scale)
	return r[min(bin, lifeBins-1)] / mean
}
