package boltstore

import (
	"context"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

func (s *Store) Placements(_ context.Context, site scoring.SiteID) ([]scoring.Placement, error) {
	var all []scoring.Placement
	err := s.viewSite(site, bucketPlacements, func(b *bolt.Bucket) error {
		return b.ForEach(func(k, v []byte) error {
			var p scoring.Placement
			if err := s.codec.decode(v, &p); err != nil {
				return fmt.Errorf("placement %q: %w", k, err)
			}
			p.UpdatedAt = utcMicros(p.UpdatedAt)
			if r := p.Products.Ranking; r != nil {
				r.FrozenAt = utcMicros(r.FrozenAt)
			}
			all = append(all, p)
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("boltstore: placements of site %q: %w", site, err)
	}
	return all, nil
}

func (s *Store) PutPlacement(_ context.Context, site scoring.SiteID, p scoring.Placement) (scoring.Placement, error) {
	p.UpdatedAt = utcMicros(p.UpdatedAt)
	err := s.updateSite(site, bucketPlacements, func(b *bolt.Bucket) (err error) {
		if p.Revision, err = b.NextSequence(); err != nil {
			return err
		}
		v, err := s.codec.encode(&p)
		if err != nil {
			return err
		}
		return b.Put([]byte(p.ID), v)
	})
	if err != nil {
		return scoring.Placement{}, fmt.Errorf("boltstore: put placement %q of site %q: %w", p.ID, site, err)
	}
	return p, nil
}

func (s *Store) DeletePlacement(_ context.Context, site scoring.SiteID, id scoring.PlacementID) error {
	err := s.updateSite(site, bucketPlacements, func(b *bolt.Bucket) error {
		if b.Get([]byte(id)) == nil {
			return store.ErrNotFound
		}
		return b.Delete([]byte(id))
	})
	if err != nil {
		return fmt.Errorf("boltstore: delete placement %q of site %q: %w", id, site, err)
	}
	return nil
}
