package boltstore

import (
	"fmt"

	bolt "go.etcd.io/bbolt"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

// collection is a site's records of one kind, few enough to be read as a whole.
type collection[T any] struct {
	bucket []byte
	one    string // as messages call a record
	key    func(*T) string
	tidy   func(*T) // brings times into the form that they are kept in
	revise func(*T, uint64)
}

// all returns the records in the order of their keys.
func (c *collection[T]) all(s *Store, site scoring.SiteID) ([]T, error) {
	var all []T
	err := s.viewSite(site, c.bucket, func(b *bolt.Bucket) error {
		return b.ForEach(func(k, v []byte) error {
			var x T
			if err := s.codec.decode(v, &x); err != nil {
				if s.poisonedAt(site, c.one, k, err) {
					return nil
				}
				return fmt.Errorf("%s %q: %w", c.one, k, err)
			}
			c.tidy(&x)
			all = append(all, x)
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("boltstore: %s of site %q: %w", c.bucket, site, err)
	}
	return all, nil
}

// put writes a record and returns it with its new revision.
func (c *collection[T]) put(s *Store, site scoring.SiteID, x T) (T, error) {
	c.tidy(&x)
	err := s.updateSite(site, c.bucket, func(b *bolt.Bucket) error { return c.putIn(s, b, &x) })
	if err != nil {
		var none T
		return none, fmt.Errorf("boltstore: put %s %q of site %q: %w", c.one, c.key(&x), site, err)
	}
	return x, nil
}

// putIn writes a record, which is tidy, into its bucket and sets its revision.
func (c *collection[T]) putIn(s *Store, b *bolt.Bucket, x *T) error {
	revision, err := b.NextSequence()
	if err != nil {
		return err
	}
	c.revise(x, revision)
	v, err := s.codec.encode(x)
	if err != nil {
		return err
	}
	return b.Put([]byte(c.key(x)), v)
}

// putAll writes records into their bucket and sets their revisions.
func (c *collection[T]) putAll(s *Store, b *bolt.Bucket, records []T) error {
	for k := range records {
		c.tidy(&records[k])
		if err := c.putIn(s, b, &records[k]); err != nil {
			return fmt.Errorf("%s %q: %w", c.one, c.key(&records[k]), err)
		}
	}
	return nil
}

// delete removes a record; ErrNotFound if it is not there.
func (c *collection[T]) delete(s *Store, site scoring.SiteID, key string) error {
	err := s.updateSite(site, c.bucket, func(b *bolt.Bucket) error { return deleteKey(b, key) })
	if err != nil {
		return fmt.Errorf("boltstore: delete %s %q of site %q: %w", c.one, key, site, err)
	}
	return nil
}

func deleteKey(b *bolt.Bucket, key string) error {
	if b.Get([]byte(key)) == nil {
		return store.ErrNotFound
	}
	return b.Delete([]byte(key))
}

// check decodes a record and reports whether it stands where it should.
func (c *collection[T]) check(codec codec, k, v []byte) error {
	var x T
	err := codec.decode(v, &x)
	if err == nil && c.key(&x) != string(k) {
		return fmt.Errorf("%q stands at %q", c.key(&x), k)
	}
	return err
}
