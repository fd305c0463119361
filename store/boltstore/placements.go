package boltstore

import (
	"context"

	"github.com/vitrine-io/vitrine/scoring"
)

var placements = collection[scoring.Placement]{
	bucket: bucketPlacements, one: "placement",
	key:    func(p *scoring.Placement) string { return string(p.ID) },
	revise: func(p *scoring.Placement, r uint64) { p.Revision = r },
	tidy: func(p *scoring.Placement) {
		p.UpdatedAt = utcMicros(p.UpdatedAt)
		if r := p.Products.Ranking; r != nil && !r.FrozenAt.IsZero() {
			tidied := *r
			tidied.FrozenAt = utcMicros(r.FrozenAt)
			p.Products.Ranking = &tidied
		}
	},
}

func (s *Store) Placements(_ context.Context, site scoring.SiteID) ([]scoring.Placement, error) {
	return placements.all(s, site)
}

func (s *Store) PutPlacement(_ context.Context, site scoring.SiteID, p scoring.Placement) (scoring.Placement, error) {
	return placements.put(s, site, p)
}

func (s *Store) DeletePlacement(_ context.Context, site scoring.SiteID, id scoring.PlacementID) error {
	return placements.delete(s, site, string(id))
}
