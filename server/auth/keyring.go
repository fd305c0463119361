package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vitrine-io/vitrine/store"
)

// Keyring holds the keys in force. It may be used by many goroutines; Find takes no lock.
type Keyring struct {
	store store.APIKeys
	now   func() time.Time

	changing sync.Mutex
	byHash   atomic.Pointer[map[uint64]*Caller] // by the first bytes of the hash
}

// Open reads the keys. now is the clock that they expire by; time.Now when nil.
func Open(ctx context.Context, keys store.APIKeys, now func() time.Time) (*Keyring, error) {
	if now == nil {
		now = time.Now
	}
	all, err := keys.APIKeys(ctx)
	if err != nil {
		return nil, fmt.Errorf("auth: read the API keys: %w", err)
	}
	byHash := make(map[uint64]*Caller, len(all))
	for i := range all {
		byHash[short(all[i].Hash)] = newCaller(all[i], now)
	}
	k := &Keyring{store: keys, now: now}
	k.byHash.Store(&byHash)
	return k, nil
}

// short is what keys are found by. Two of a million keys share it with probability 3e-8;
// Create then fails, and a repetition makes another secret.
func short(hash [32]byte) uint64 { return binary.BigEndian.Uint64(hash[:]) }

// Create makes a key and its secret, which nobody can read again. Of the key its id,
// roles, sites, limits and expiry count. It is durable and in force when Create returns;
// store.ErrExists for an id that is taken.
func (k *Keyring) Create(ctx context.Context, key store.APIKey) (store.APIKey, Secret, error) {
	secret, err := NewSecret(rand.Reader)
	if err != nil {
		return store.APIKey{}, Secret{}, err
	}
	key.Hash, key.Prefix = hash(secret.text), secret.Prefix()
	key.CreatedAt = k.now().UTC().Truncate(time.Microsecond)
	k.changing.Lock()
	defer k.changing.Unlock()
	changed := maps.Clone(*k.byHash.Load())
	if changed[short(key.Hash)] != nil {
		return store.APIKey{}, Secret{}, errors.New("auth: a new secret resembles that of another key: try again")
	}
	if err := k.store.CreateAPIKey(ctx, key); err != nil {
		return store.APIKey{}, Secret{}, fmt.Errorf("auth: create a key: %w", err)
	}
	changed[short(key.Hash)] = newCaller(key, k.now)
	k.byHash.Store(&changed)
	return key, secret, nil
}

// Revoke ends a key: when it returns, no call that begins later is let in by it, and no
// message of an open stream. store.ErrNotFound if there is none.
func (k *Keyring) Revoke(ctx context.Context, id store.APIKeyID) error {
	k.changing.Lock()
	defer k.changing.Unlock()
	if err := k.store.DeleteAPIKey(ctx, id); err != nil {
		return fmt.Errorf("auth: revoke a key: %w", err)
	}
	changed := maps.Clone(*k.byHash.Load())
	for hash, caller := range changed {
		if caller.key.ID == id {
			caller.revoked.Store(true)
			delete(changed, hash)
		}
	}
	k.byHash.Store(&changed)
	return nil
}

// Keys are those there are, expired ones too, in the order of their ids.
func (k *Keyring) Keys() []store.APIKey {
	var all []store.APIKey
	for _, caller := range *k.byHash.Load() {
		all = append(all, caller.key)
	}
	slices.SortFunc(all, func(a, b store.APIKey) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return all
}

// Find returns whose secret it is, or a *Refusal.
func (k *Keyring) Find(secret string) (*Caller, error) {
	hash := hash(secret)
	// Where it looks depends on the hash of what the caller sent, which tells them
	// nothing of any other secret.
	caller := (*k.byHash.Load())[short(hash)]
	if caller == nil || subtle.ConstantTimeCompare(caller.key.Hash[:], hash[:]) != 1 {
		if _, err := ParseSecret(secret); err != nil {
			return nil, refuse(Malformed, "the API key %w", err)
		}
		return nil, refuse(Unknown, "the API key was revoked, or is that of another installation")
	}
	return caller, caller.InForce()
}
