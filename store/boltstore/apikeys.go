package boltstore

import (
	"context"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"github.com/vitrine-io/vitrine/store"
)

func (s *Store) APIKeys(context.Context) ([]store.APIKey, error) {
	if s.isClosed() {
		return nil, store.ErrClosed
	}
	var all []store.APIKey
	err := s.state.view(func(tx *bolt.Tx) error {
		return tx.Bucket(bucketAPIKeys).ForEach(func(k, v []byte) error {
			var key store.APIKey
			if err := s.codec.decode(v, &key); err != nil {
				if s.poisoned(0, fmt.Sprintf("API key %q in %s", k, stateName), err) {
					return nil // it lets nobody in
				}
				return fmt.Errorf("API key %q: %w", k, err)
			}
			key.CreatedAt, key.ExpiresAt = utcMicros(key.CreatedAt), utcMicros(key.ExpiresAt)
			all = append(all, key)
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("boltstore: API keys: %w", err)
	}
	return all, nil
}

func (s *Store) CreateAPIKey(_ context.Context, key store.APIKey) error {
	if s.isClosed() {
		return store.ErrClosed
	}
	key.CreatedAt, key.ExpiresAt = utcMicros(key.CreatedAt), utcMicros(key.ExpiresAt)
	err := s.state.update(func(tx *bolt.Tx) error {
		b := tx.Bucket(bucketAPIKeys)
		if b.Get([]byte(key.ID)) != nil {
			return store.ErrExists
		}
		v, err := s.codec.encode(key)
		if err != nil {
			return err
		}
		return b.Put([]byte(key.ID), v)
	})
	if err != nil {
		return fmt.Errorf("boltstore: create API key %q: %w", key.ID, err)
	}
	return nil
}

func (s *Store) DeleteAPIKey(_ context.Context, id store.APIKeyID) error {
	if s.isClosed() {
		return store.ErrClosed
	}
	err := s.state.update(func(tx *bolt.Tx) error { return deleteKey(tx.Bucket(bucketAPIKeys), string(id)) })
	if err != nil {
		return fmt.Errorf("boltstore: delete API key %q: %w", id, err)
	}
	return nil
}

// completeState gives a state.db of an earlier version the bucket that it lacks.
func (s *Store) completeState() error {
	lacking := false
	err := s.state.view(func(tx *bolt.Tx) error {
		lacking = tx.Bucket(bucketAPIKeys) == nil
		return nil
	})
	if err != nil || !lacking {
		return err
	}
	return s.state.update(func(tx *bolt.Tx) error {
		_, err := tx.CreateBucketIfNotExists(bucketAPIKeys)
		return err
	})
}
