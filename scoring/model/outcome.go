package model

import (
	"math"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/blend"
	"github.com/vitrine-io/vitrine/scoring/catalog"
)

// Aim is a part of the weights that a step teaches beside the shared ones: that
// of an objective which the step meets, or of a page and objective.
type Aim struct {
	Page      blend.Page
	Objective scoring.Objective
	Layers    blend.Layer
	Weight    float64 // of the lesson
}

const (
	// maxTargets is how many products of a cart or order teach: a wholesale order
	// of a thousand must not.
	maxTargets = 8
	// positionFade is how fast attention fades from position to position: the one
	// at p, from 0, is looked at (1+p)^-0.5 as often as the first. Between the
	// flattest (eta 0.3) and the steepest (1) that Joachims, Swaminathan, Schnabel
	// (Unbiased learning-to-rank with biased feedback, WSDM 2017) work with.
	positionFade = 0.5
	// maxLedWeight bounds the weight of a lesson that chance or a far position
	// made rare: a few of them must not turn a set of weights.
	maxLedWeight = 8
)

// ledWeight is what a step that a decision led to counts for: the less likely it
// was that the product would be seen there, by its position and by the chance
// that put it there, the more.
func ledWeight(led *scoring.Led) float64 {
	w := math.Pow(float64(1+max(0, led.Position)), positionFade)
	if led.Propensity > 0 && led.Propensity < 1 {
		w /= led.Propensity
	}
	return min(w, maxLedWeight)
}

// clickAims are what going on to a product teaches beside the shared weights.
// One that a decision led to teaches its page and objective; another the page it
// happened on. The page that shows the product is not the one it was chosen on,
// so a view on it tells of no page.
func (m *Model) clickAims(e *scoring.Event) []Aim {
	if e.Type != scoring.ProductViewed && e.Type != scoring.ProductClicked {
		return nil
	}
	m.aims = m.aims[:0]
	switch page := pageOf(e); {
	case e.Led != nil:
		m.aim(e, scoring.ObjectiveClick, 1)
	case page != scoring.PageUnspecified && !(page == scoring.PageProduct && e.Type == scoring.ProductViewed):
		m.aims = append(m.aims, Aim{blend.PageOf(page), scoring.ObjectiveClick, blend.Set, 1})
	}
	return m.aims
}

func pageOf(e *scoring.Event) scoring.PageType {
	if e.Context == nil {
		return scoring.PageUnspecified
	}
	return e.Context.PageType
}

// aim adds what an event that meets an objective teaches of it.
func (m *Model) aim(e *scoring.Event, objective scoring.Objective, weight float64) {
	a := Aim{Objective: objective, Layers: blend.Objective, Weight: weight}
	switch page := pageOf(e); {
	case e.Led != nil:
		a.Page, a.Layers = blend.PageOf(e.Led.Page), blend.Objective|blend.Set
		a.Weight *= ledWeight(e.Led)
	case page != scoring.PageUnspecified:
		a.Page, a.Layers = blend.PageOf(page), blend.Objective|blend.Set
	}
	m.aims = append(m.aims, a)
}

// outcome shows the student the products that were put into the cart or ordered,
// with the visit as it was before. Unlike a step, which goes on to another
// product, an outcome may well be about the one that is looked at. All of them
// are shown: they are rare beside views.
func (m *Model) outcome(s *session, e *scoring.Event) {
	if e.Type != scoring.ProductAdded && e.Type != scoring.OrderCompleted {
		return
	}
	student := m.student.Load()
	taught := student != nil && s != nil && len(s.products) > 0 && s.steps < maxSteps && (e.AttributionToken == "" || e.Led != nil)
	var bought []Bought
	if taught {
		bought = m.boughtBy(e)
	}
	for k := range e.Items {
		it := &e.Items[k]
		m.aims = m.aims[:0]
		if e.Type == scoring.ProductAdded {
			m.aim(e, scoring.ObjectiveCart, 1)
		} else {
			m.aim(e, scoring.ObjectiveOrder, 1)
			m.aim(e, scoring.ObjectiveRevenue, m.revenue.weigh(valueOf(e, it)))
		}
		if taught && k < maxTargets {
			(*student).Study(&Step{
				Visit: s.products, Looks: s.looks, Kinds: s.kinds, Returned: s.returned, To: m.products.Intern(it.Product), Time: e.Time, Aims: m.aims,
				Bought: bought,
			})
		}
	}
}

// valueOf is what an ordered product brings in, and in which currency: its price
// by its quantity, or an equal share of the order's revenue; 0 when neither is
// told.
func valueOf(e *scoring.Event, it *scoring.EventItem) (amount float64, currency string) {
	switch {
	case it.Price != nil:
		return it.Price.Amount() * float64(max(1, it.Quantity)), it.Price.Currency
	case e.Order != nil && e.Order.Revenue != nil:
		return e.Order.Revenue.Amount() / float64(len(e.Items)), e.Order.Revenue.Currency
	}
	return 0, ""
}

const (
	maxCurrencies = 16   // whose mean is known; others count as average
	meanOver      = 1000 // ordered products, about: the older ones fade
	mostRevenue   = 4    // weight of what brings in most; the least is its inverse
)

// revenue knows what an ordered product brings in on average, by currency.
type revenue struct{ means []mean }

type mean struct {
	currency string
	of       float64
	n        uint64
}

// weigh counts a value and returns how much more than the average it is: 1/4 to
// 4, and 1 for one that is not known.
func (r *revenue) weigh(amount float64, currency string) float64 {
	if amount <= 0 {
		return 1
	}
	k := 0
	for k < len(r.means) && r.means[k].currency != currency {
		k++
	}
	if k == len(r.means) {
		if k == maxCurrencies {
			return 1
		}
		r.means = append(r.means, mean{currency: currency})
	}
	m := &r.means[k]
	m.n++
	m.of += (amount - m.of) / float64(min(m.n, meanOver))
	return min(mostRevenue, max(1.0/mostRevenue, amount/m.of))
}

func (r *revenue) name() string                    { return "revenue" }
func (r *revenue) reset()                          { r.means = nil }
func (r *revenue) forget(func(catalog.Index) bool) {}

func (r *revenue) save(w *writer) {
	w.uint(uint64(len(r.means)))
	for _, m := range r.means {
		w.text(m.currency)
		w.word(math.Float64bits(m.of))
		w.uint(m.n)
	}
}

func (r *revenue) load(in *reader) {
	for range in.Count(10) {
		m := mean{currency: in.Text(), of: math.Float64frombits(in.Word()), n: in.Uint()}
		r.means = append(r.means, m)
	}
	in.Failed = in.Failed || len(r.means) > maxCurrencies
}

// lessons keeps how many lessons the blend had.
type lessons struct{ of *blend.Blend }

func (l lessons) name() string                    { return "lessons" }
func (l lessons) reset()                          {} // the blend's own Reset does
func (l lessons) save(w *writer)                  { w.b = l.of.AppendLessons(w.room()) }
func (l lessons) forget(func(catalog.Index) bool) {}

func (l lessons) load(r *reader) {
	rest, ok := l.of.RestoreLessons(r.B)
	r.B, r.Failed = rest, r.Failed || !ok
}
