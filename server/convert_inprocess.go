package server

import (
	"time"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
)

// Tools that learn and decide in their own process, as vitrine tune does, convert
// messages as the services do.

// Converter turns messages into what scoring works with.
type Converter struct{ rules *rules }

// NewConverter returns one. It costs some milliseconds and serves any number of
// goroutines.
func NewConverter() (*Converter, error) {
	r, err := newRules(&pb.Product{}, &pb.Event{}, &pb.Placement{}, &pb.PageContext{})
	return &Converter{r}, err
}

// Product converts a product whose name is its id or its full name.
func (c *Converter) Product(m *pb.Product, id scoring.ProductID, now time.Time) (*scoring.Product, error) {
	var v violations
	c.rules.check(&v, "", m)
	p := productFromProto(&v, "", m, id, "", now)
	return &p, v.err()
}

// Event converts an event, and names its products' facets. It must have a time.
func (c *Converter) Event(m *pb.Event, products *catalog.Catalog) (*scoring.Event, error) {
	var v violations
	e := eventFromProto(&v, "", m, "", m.GetTime().AsTime())
	nameFacets(products, &e)
	return &e, v.err()
}

// Placement converts a placement.
func (c *Converter) Placement(m *pb.Placement, id scoring.PlacementID, now time.Time) (*scoring.Placement, error) {
	var v violations
	c.rules.check(&v, "", m)
	p := placementFromProto(&v, "", m, id, now)
	return &p, v.err()
}

// Context converts the page that a decision is for.
func (c *Converter) Context(m *pb.PageContext) (*scoring.Context, error) {
	var v violations
	p := contextFromProto(&v, "", m)
	return &p, v.err()
}

// Ranking converts how a placement ranks.
func (*Converter) Ranking(r *scoring.Ranking) *pb.RankingConfig { return rankingToProto(r) }
