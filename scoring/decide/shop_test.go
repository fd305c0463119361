package decide

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/scoring/model"
	"github.com/vitrine-io/vitrine/scoring/visitor"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// shop is a catalogue with what was learned of its visitors.
type shop struct {
	products *catalog.Catalog
	learned  *model.Model
	decider  *Decider
}

func newShop(products ...*scoring.Product) *shop {
	s := &shop{products: catalog.New()}
	for _, p := range products {
		s.products.Put(p)
	}
	s.learned = model.New(s.products)
	s.decider = New(s.products, s.learned)
	return s
}

// product is one in a category, of a brand.
func product(id scoring.ProductID, category, brand string) *scoring.Product {
	return &scoring.Product{ID: id, Title: string(id), Categories: []string{category}, Brand: brand}
}

// event is something done minutes after noon.
func (s *shop) event(t scoring.EventType, who scoring.VisitorID, minutes float64, ids ...scoring.ProductID) *scoring.Event {
	e := &scoring.Event{Type: t, Visitor: who, Time: noon.Add(time.Duration(minutes * float64(time.Minute)))}
	for _, id := range ids {
		it := scoring.EventItem{Product: id, Quantity: 1}
		if i, ok := s.products.Lookup(id); ok && s.products.Product(i) != nil {
			it.Facets = s.products.Product(i).FacetIDs()
		}
		e.Items = append(e.Items, it)
	}
	return e
}

// views lets a visitor look at products, a minute each, from that minute on.
func (s *shop) views(who scoring.VisitorID, minutes float64, ids ...scoring.ProductID) {
	for k, id := range ids {
		s.learned.Learn(s.event(scoring.ProductViewed, who, minutes+float64(k), id))
	}
}

// profile is that of a visitor who did these things.
func profile(events ...*scoring.Event) *visitor.Profile {
	var p *visitor.Profile
	for _, e := range events {
		p = visitor.Apply(p, e)
	}
	return p
}

// knowing is all of a profile, as of a visitor who allows everything.
func knowing(p *visitor.Profile) visitor.For[visitor.Products] {
	return visitor.Open[visitor.Products](visitor.Seal(p), scoring.AllPurposes)
}

// page asks for one slot.
func page(p *visitor.Profile, minutes float64, count int) *Page {
	return &Page{
		Now: noon.Add(time.Duration(minutes * float64(time.Minute))), Visitor: knowing(p),
		Slots: []Slot{{Placement: "home", Rules: &scoring.ProductRules{}, Count: count}}, Reasons: true,
	}
}

func ids(f scoring.FilledPlacement) []scoring.ProductID {
	var list []scoring.ProductID
	for _, it := range f.Items {
		list = append(list, it.Product)
	}
	return list
}

// generated is a made-up shop: products in aisles, visitors who walk from one
// product to those near it in the same aisle. Products and taste are skewed.
type generated struct {
	*shop
	rng  *rand.Rand
	zipf *rand.Zipf
	n    int
	at   time.Time
	seen int
}

const aisle = 40

func generate(seed uint64, products int) *generated {
	g := &generated{shop: newShop(), rng: rand.New(rand.NewPCG(seed, 0)), n: products, at: noon}
	g.zipf = rand.NewZipf(g.rng, 1.1, 8, uint64(products-1))
	brands := []string{"Acme", "Borealis", "Corvo", "Dune", "Elan"}
	for i := range products {
		a := i / aisle
		g.products.Put(&scoring.Product{
			ID: g.id(i), Title: fmt.Sprintf("Thing %d of aisle %d", i, a),
			Categories: []string{fmt.Sprintf("hall-%d/aisle-%d", a/8, a)},
			Brand:      brands[i*7%len(brands)],
			Price:      &scoring.Money{Currency: "EUR", Nanos: int64(1+i%90) * 1e9},
		})
	}
	return g
}

func (g *generated) id(i int) scoring.ProductID { return scoring.ProductID(fmt.Sprintf("p%06d", i)) }

// walk is the products of one visit.
func (g *generated) walk() []scoring.ProductID {
	at := int(g.zipf.Uint64()) * 7919 % g.n
	walk := []scoring.ProductID{g.id(at)}
	for g.rng.Float64() < 0.75 && len(walk) < 12 {
		switch x := g.rng.Float64(); {
		case x < 0.15 && len(walk) > 1:
			walk = append(walk, walk[g.rng.IntN(len(walk))])
			continue
		case x < 0.9:
			at = at/aisle*aisle + (at+1+int(g.rng.ExpFloat64()*3))%aisle
		default:
			at = int(g.zipf.Uint64()) * 7919 % g.n
		}
		walk = append(walk, g.id(min(at, g.n-1)))
	}
	return walk
}

// events are those of a walk by a new visitor, half a minute apart.
func (g *generated) events(walk []scoring.ProductID) []*scoring.Event {
	g.seen++
	events := make([]*scoring.Event, len(walk))
	for k, id := range walk {
		events[k] = g.event(scoring.ProductViewed, scoring.VisitorID(fmt.Sprint("v", g.seen)), 0, id)
		events[k].Time = g.at.Add(time.Duration(k) * 30 * time.Second)
	}
	g.at = g.at.Add(time.Minute)
	return events
}

func (g *generated) learn(walks int) {
	for range walks {
		for _, e := range g.events(g.walk()) {
			g.learned.Learn(e)
		}
	}
}

// ask is a page for a visitor who has just done these things.
func (g *generated) ask(events []*scoring.Event, count int) *Page {
	p := &Page{Now: g.at, Slots: []Slot{{Placement: "home", Count: count}}}
	if len(events) > 0 {
		p.Visitor = knowing(profile(events...))
		p.Now = p.Visitor.Profile().LastSeen.Add(10 * time.Second)
	}
	return p
}
