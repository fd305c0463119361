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

// Rebuying is what this shop's orders tell, at a time, of how long after a purchase
// visitors buy the product, or something of its kind, again.
type Rebuying struct {
	m          *Model
	now        time.Time
	scale      float64
	same, kind shopRates
	again      float64
}

// shopRates are the rates of all products together.
type shopRates struct {
	mean float64
	at   rates
}

// Rebuying reads what the shop's orders tell as of a time: about 1 us, once for a
// decision.
func (m *Model) Rebuying(now time.Time) Rebuying {
	r := Rebuying{m: m, now: now, scale: 1 / lifeWeight(seconds(instant(now)))}
	for _, of := range []struct {
		shop *life
		to   *shopRates
	}{{&m.hazard.same, &r.same}, {&m.hazard.kind, &r.kind}} {
		of.to.mean = of.shop.mean(r.scale)
		for j := range of.to.at {
			of.to.at[j] = of.to.mean
		}
		of.to.at = of.shop.under(&of.to.at, r.scale)
	}
	r.again = m.again.overChance(instant(now))
	return r
}

// Due is how much a product that a visitor bought then is wanted again now: the
// rate at which visitors buy it again at that age, over the rate at which this
// shop's visitors buy what they bought again in general. 1 for a shop or product
// that nothing is known of, near 0 for what lasts, 5 and more for what is used up
// about now. It rests on the product's own orders as far as there are any, then
// on those of its categories, then on the shop's.
//
// Again is the same whatever the age: how many times likelier than by chance a
// visitor who bought the product buys it again. By chance means as often as its
// share of all that is bought has it; 1 where nothing is known, below 1 in a shop
// of what lasts. Both take about half a microsecond. Categories are the product's.
func (r *Rebuying) Due(i catalog.Index, categories []catalog.Term, bought time.Time) (due, again float64) {
	var own *life
	if p := r.m.hazard.products.peek(uint32(i)); p != nil {
		own = p.Load()
	}
	at := r.under(&r.same, own, categories, func(c *categoryLives) *life { return &c.same })
	return r.due(&r.same, &at, bought), r.again * at.year() / r.same.at.year()
}

// Again is how many times likelier than by chance the shop's visitors buy what they
// bought before.
func (r *Rebuying) Again() float64 { return r.again }

// DueKind is what Due is for the kind of a product of those categories, after a
// purchase of another one of them.
func (r *Rebuying) DueKind(categories []catalog.Term, bought time.Time) float64 {
	at := r.under(&r.kind, nil, categories, func(c *categoryLives) *life { return &c.kind })
	return r.due(&r.kind, &at, bought)
}

// due is the rate at the age of a purchase over the shop's.
func (r *Rebuying) due(shop *shopRates, at *rates, bought time.Time) float64 {
	bin := lifeBin(r.now.Sub(bought).Hours() / 24)
	if bin < 0 {
		return 0 // one shopping
	}
	return at[min(bin, lifeBins-1)] / shop.mean
}

// year is how many purchases a year of those rates has.
func (r *rates) year() (n float64) {
	for j, rate := range r {
		n += rate * lifeDays(j)
	}
	return n
}

// under goes from the shop's rates over those of categories to a product's own.
func (r *Rebuying) under(shop *shopRates, own *life, categories []catalog.Term, of func(*categoryLives) *life) rates {
	at := shop.at
	// From the widest category to the narrowest, as their purchases tell.
	var tables [maxKinds]*life
	n := 0
	for _, t := range categories[:min(len(categories), maxKinds)] {
		if c := r.m.hazard.categories.peek(uint32(t)); c != nil && c.Load() != nil {
			tables[n] = of(c.Load())
			for k := n; k > 0 && tables[k].total() > tables[k-1].total(); k-- {
				tables[k], tables[k-1] = tables[k-1], tables[k]
			}
			n++
		}
	}
	for _, l := range tables[:n] {
		at = l.under(&at, r.scale)
	}
	return own.under(&at, r.scale)
}

// Categories appends a product's categories to dst, from the root down.
func (m *Model) Categories(dst []catalog.Term, i catalog.Index) []catalog.Term {
	for _, t := range m.products.Facets(i) {
		if m.products.FacetID(t).Kind() == scoring.FacetCategory {
			dst = append(dst, t)
		}
	}
	return dst
}
