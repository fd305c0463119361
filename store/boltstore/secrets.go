package boltstore

import (
	"context"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"slices"

	bolt "go.etcd.io/bbolt"

	"github.com/vitrine-io/vitrine/store"
)

// secretSeed is how many random bytes are kept for a name. What is handed out is
// derived from them (HKDF, RFC 5869), so that any length can be asked for.
const secretSeed = 32

// Secret makes the secret durable before it first returns it. n is at most 8,160
// (HKDF's bound with SHA-256).
func (s *Store) Secret(_ context.Context, name string, n int) ([]byte, error) {
	if s.isClosed() {
		return nil, store.ErrClosed
	}
	seed, err := s.secretSeed(name)
	if err != nil {
		return nil, fmt.Errorf("boltstore: secret %q: %w", name, err)
	}
	secret, err := deriveSecret(seed, name, n)
	if err != nil {
		return nil, fmt.Errorf("boltstore: secret %q of %d bytes: %w", name, n, err)
	}
	return secret, nil
}

func deriveSecret(seed []byte, name string, n int) ([]byte, error) {
	return hkdf.Key(sha256.New, seed, nil, "vitrine secret "+name, n)
}

func (s *Store) secretSeed(name string) (seed []byte, err error) {
	get := func(tx *bolt.Tx) error {
		v := tx.Bucket(bucketSecrets).Get([]byte(name))
		if v == nil {
			return nil
		}
		body, err := openRecord(v)
		seed = slices.Clone(body)
		return err
	}
	if err := s.state.view(get); err != nil || seed != nil {
		return seed, err
	}
	err = s.state.update(func(tx *bolt.Tx) error {
		if err := get(tx); err != nil || seed != nil {
			return err // somebody else was first
		}
		seed = make([]byte, secretSeed)
		if _, err := rand.Read(seed); err != nil {
			return err
		}
		record := append([]byte{recordVersion}, seed...)
		return tx.Bucket(bucketSecrets).Put([]byte(name), sealRecord(record))
	})
	return seed, err
}
