package boltstore

import (
	"context"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

// productBatch is how many products one read transaction of EachProduct takes.
const productBatch = 512

// siteBucket is a bucket of a site's data; nil once the site is deleted.
func siteBucket(tx *bolt.Tx, no siteNo, name []byte) *bolt.Bucket {
	data := tx.Bucket(bucketSiteData).Bucket(no.key())
	if data == nil {
		return nil
	}
	return data.Bucket(name)
}

// viewSite runs fn on a bucket of a site's data in a read transaction.
func (s *Store) viewSite(id scoring.SiteID, name []byte, fn func(*bolt.Bucket) error) error {
	t, err := s.site(id)
	if err != nil {
		return err
	}
	return s.state.view(func(tx *bolt.Tx) error {
		b := siteBucket(tx, t.no, name)
		if b == nil {
			return store.ErrNotFound
		}
		return fn(b)
	})
}

// updateSite is viewSite for a write transaction.
func (s *Store) updateSite(id scoring.SiteID, name []byte, fn func(*bolt.Bucket) error) error {
	t, err := s.site(id)
	if err != nil {
		return err
	}
	return s.state.update(func(tx *bolt.Tx) error {
		b := siteBucket(tx, t.no, name)
		if b == nil {
			return store.ErrNotFound
		}
		return fn(b)
	})
}

func (s *Store) Product(_ context.Context, site scoring.SiteID, id scoring.ProductID) (p scoring.Product, err error) {
	err = s.viewSite(site, bucketProducts, func(b *bolt.Bucket) error {
		v := b.Get([]byte(id))
		if v == nil {
			return store.ErrNotFound
		}
		return s.codec.decode(v, &p)
	})
	if err != nil {
		return scoring.Product{}, fmt.Errorf("boltstore: product %q of site %q: %w", id, site, err)
	}
	normaliseProduct(&p)
	return p, nil
}

// EachProduct reads in short transactions and calls fn outside of them, so fn
// may take its time and may write. It sees changes made meanwhile further on.
func (s *Store) EachProduct(ctx context.Context, site scoring.SiteID, after scoring.ProductID, fn func(scoring.Product) bool) error {
	for {
		products, err := s.productsAfter(site, after)
		if err != nil {
			return fmt.Errorf("boltstore: products of site %q: %w", site, err)
		}
		for _, p := range products {
			if !fn(p) {
				return nil
			}
		}
		if len(products) < productBatch {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		after = products[len(products)-1].ID
	}
}

func (s *Store) productsAfter(site scoring.SiteID, after scoring.ProductID) ([]scoring.Product, error) {
	var products []scoring.Product
	err := s.viewSite(site, bucketProducts, func(b *bolt.Bucket) error {
		c := b.Cursor()
		k, v := c.Seek([]byte(after))
		if k != nil && string(k) == string(after) {
			k, v = c.Next()
		}
		for ; k != nil && len(products) < productBatch; k, v = c.Next() {
			var p scoring.Product
			if err := s.codec.decode(v, &p); err != nil {
				if s.poisonedAt(site, "product", k, err) {
					continue
				}
				return fmt.Errorf("product %q: %w", k, err)
			}
			normaliseProduct(&p)
			products = append(products, p)
		}
		return nil
	})
	return products, err
}

func (s *Store) PutProducts(_ context.Context, site scoring.SiteID, products []scoring.Product) ([]scoring.Product, error) {
	put := make([]scoring.Product, len(products))
	copy(put, products)
	err := s.updateSite(site, bucketProducts, func(b *bolt.Bucket) error {
		for i := range put {
			p := &put[i]
			normaliseProduct(p)
			// The bucket's own sequence: revisions also grow when a product is
			// deleted and made anew.
			revision, err := b.NextSequence()
			if err != nil {
				return err
			}
			p.Revision = revision
			v, err := s.codec.encode(p)
			if err != nil {
				return fmt.Errorf("product %q: %w", p.ID, err)
			}
			if err := b.Put([]byte(p.ID), v); err != nil {
				return fmt.Errorf("product %q: %w", p.ID, err)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("boltstore: put products of site %q: %w", site, err)
	}
	return put, nil
}

func (s *Store) DeleteProducts(_ context.Context, site scoring.SiteID, ids []scoring.ProductID) (int, error) {
	deleted := 0
	err := s.updateSite(site, bucketProducts, func(b *bolt.Bucket) error {
		deleted = 0
		for _, id := range ids {
			if b.Get([]byte(id)) == nil {
				continue
			}
			if err := b.Delete([]byte(id)); err != nil {
				return err
			}
			deleted++
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("boltstore: delete products of site %q: %w", site, err)
	}
	return deleted, nil
}
