// Package decide fills the placements of a page: candidates from several
// sources, scored by a blend of named features, under the rules of the page.
package decide

import (
	"sync"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/blend"
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/scoring/model"
	"github.com/vitrine-io/vitrine/scoring/visitor"
)

// Filter says which products a placement may show.
type Filter interface {
	Passes(p *scoring.Product) bool
}

// Slot is one placement to fill.
type Slot struct {
	Placement scoring.PlacementID
	Rules     *scoring.ProductRules // nil: the defaults
	Config    *Config               // of Rules.Ranking; nil: as shipped
	Count     int
	Filters   []Filter // all must pass
	Exclude   []scoring.ProductID
}

// Page is what to decide: the whole page at once, so that no product stands on
// it twice.
type Page struct {
	Now     time.Time
	Context *scoring.Context // nil: nothing known of the page
	// Visitor is what may be known to choose products by.
	Visitor visitor.For[visitor.Products]
	// Folded says that the model learns from the profile's events, as it does from
	// all that are in the journal. A visit that was handed in it has not seen.
	Folded bool
	// Seed decides what is left to chance: the positions of an exploration.
	Seed     uint64
	Slots    []Slot
	Reasons  bool // explain each item
	Rejected bool // list what was left out
	// Room, if not nil, is where the answer's items and their reasons stand.
	Room *Room
	// Step, if not nil, is told when a step of a slot begins: candidates, score, policy.
	Step func(string)
}

func (p *Page) step(name string) {
	if p.Step != nil {
		p.Step(name)
	}
}

// Decider fills pages. It is safe for concurrent use and takes no lock.
type Decider struct {
	products *catalog.Catalog
	learned  *model.Model
	features []feature
	points   [starts]startingPoint
	fitted   []*[situations]float32 // of the features; nil: not learned
	rows     []*blend.Row           // what was learned of the features
	rare     []bool                 // of the features: they read rare signals alone
	// The places of the first of touchFeatures and interestFeatures.
	touchesAt, interestAt int
	// strategies are the table of strategy.go with weights by feature.
	strategies []strategy
	assortment strategy // of the shop's range, for want of anything else
	scratch    sync.Pool
	shipped    *Config
}

// New returns a decider over a site's catalogue and what it has learned. From now
// on the model shows it the visits, for the blend to learn.
func New(products *catalog.Catalog, learned *model.Model) *Decider {
	d := &Decider{products: products, learned: learned, features: features(), points: startingPoints()}
	d.strategies = mixed(d.features)
	d.touchesAt, d.interestAt = place(d.features, "from a click"), place(d.features, "interest")
	d.assortment = strategy{name: "assortment", start: fromRange, prior: &[signals]float32{sigRange: 1}}
	for k := range d.features {
		d.fitted = append(d.fitted, fitted(&d.features[k]))
		d.rows = append(d.rows, learned.Blend().Row(d.features[k].name))
		d.rare = append(d.rare, readsRare(d.features[k].name))
	}
	d.shipped, _ = Compile(nil)
	d.scratch.New = func() any { return newQuery(d) }
	learned.Teach(d)
	return d
}

// Decide fills the slots in their order. The same page, catalogue and model
// give the same answer. The result is the caller's, and stands in the page's room;
// nothing of the page is kept.
func (d *Decider) Decide(p *Page) []scoring.FilledPlacement {
	filled := make([]scoring.FilledPlacement, len(p.Slots))
	if len(p.Slots) == 0 {
		return filled
	}
	if p.Room != nil {
		p.Room.clear()
	}
	r := rankings{first: d.start(p, d.configOf(&p.Slots[0]))}
	for i := range p.Slots {
		filled[i] = r.fill(&p.Slots[i])
	}
	r.end()
	return filled
}
