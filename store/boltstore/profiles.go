package boltstore

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/cespare/xxhash/v2"
	"github.com/hashicorp/golang-lru/v2/simplelru"
	bolt "go.etcd.io/bbolt"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/visitor"
	"github.com/vitrine-io/vitrine/store"
)

// profileShards spreads the cache so that readers and the applier seldom meet.
const profileShards = 64

type profileKey struct {
	site siteNo
	id   scoring.VisitorID
}

// held is a profile, the last event in it, and the parts of the journal with the
// visitor's events. A nil profile stands for a visitor of whom nothing is known.
type held struct {
	profile *visitor.Profile
	seq     store.Seq
	chunks  chunks
}

// nothing reports whether there is nothing to keep of the visitor.
func (h held) nothing() bool { return h.profile == nil && h.chunks == "" }

// profiles is what memory holds of the profiles. Each is in one of four places,
// looked up in this order:
//
//	dirty     changed since the last checkpoint began
//	flushing  being written by the checkpoint under way
//	clean     as on disk, bounded, the least recently used goes first
//	disk
//
// Only the applier changes profiles, each visitor's in one goroutine, so a change
// needs no lock between reading the old one and storing the new one.
type profiles struct {
	// rebuild makes a profile anew whose record is damaged.
	rebuild func(profileKey, error) (held, error)
	state   *file
	metrics *metrics
	shards  [profileShards]profileShard
	// dirty counts the profiles that are dirty or flushing, a profile that is
	// both twice.
	dirty atomic.Int64
	// applied is the number up to which every event is in its profile.
	applied atomic.Uint64
	// oldest is the first part of the journal that retention has left.
	oldest atomic.Uint64
	// flushes counts the checkpoints after which profiles left memory, so that a
	// read transaction begun before is known to be too old for them.
	flushes atomic.Uint64
}

type profileShard struct {
	mu       sync.Mutex
	dirty    map[profileKey]held
	flushing map[profileKey]held
	clean    *simplelru.LRU[profileKey, held]
	// moved counts the times that profiles went from flushing to clean. A reader
	// that found nothing in memory keeps what it read from disk only if nothing
	// has moved in between: else a newer one may have come and gone.
	moved uint64
}

func newProfiles(state *file, clean int, m *metrics) (*profiles, error) {
	p := &profiles{state: state, metrics: m}
	for i := range p.shards {
		lru, err := simplelru.NewLRU[profileKey, held](max(1, clean/profileShards), nil)
		if err != nil {
			return nil, err
		}
		p.shards[i].clean = lru
		p.shards[i].dirty = make(map[profileKey]held)
	}
	return p, nil
}

// shard is the index of the shard that the key belongs to.
func (key profileKey) shard() int {
	return int(xxhash.Sum64String(string(key.id)) % profileShards)
}

// find looks a profile up in memory. The shard must be locked.
func (sh *profileShard) find(key profileKey) (held, bool) {
	if h, ok := sh.dirty[key]; ok {
		return h, true
	}
	if h, ok := sh.flushing[key]; ok {
		return h, true
	}
	return sh.clean.Get(key)
}

// get returns the profile, or a nil one for a visitor never seen.
func (p *profiles) get(key profileKey) (held, error) {
	sh := &p.shards[key.shard()]
	sh.mu.Lock()
	h, ok := sh.find(key)
	moved := sh.moved
	sh.mu.Unlock()
	if ok {
		p.metrics.fromMemory.Inc()
		return h, nil
	}
	p.metrics.fromDisk.Inc()
	h, err := p.read(key)
	if err != nil || h.profile == nil {
		return h, err
	}
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if newer, ok := sh.find(key); ok {
		return newer, nil
	}
	if sh.moved == moved {
		sh.clean.Add(key, h)
	}
	return h, nil
}

// read reads a profile from disk.
func (p *profiles) read(key profileKey) (h held, err error) {
	err = p.state.view(func(tx *bolt.Tx) error {
		h, err = readProfile(tx, key)
		return err
	})
	if !errors.Is(err, errDamagedProfile) {
		return h, err
	}
	if h, err = p.rebuild(key, err); err == nil {
		p.repair(key, h)
	}
	return h, err
}

func readProfile(tx *bolt.Tx, key profileKey) (held, error) {
	b := siteBucket(tx, key.site, bucketProfiles)
	if b == nil {
		return held{}, nil
	}
	return readRecord(b, key.id)
}

func readRecord(b *bolt.Bucket, id scoring.VisitorID) (held, error) {
	v := b.Get([]byte(id))
	if v == nil {
		return held{}, nil
	}
	h, err := decodeProfile(v)
	if err != nil {
		return held{}, fmt.Errorf("%w: %w", errDamagedProfile, err)
	}
	return h, nil
}

// dropSite forgets a deleted site's profiles.
func (p *profiles) dropSite(no siteNo) {
	for i := range p.shards {
		sh := &p.shards[i]
		sh.mu.Lock()
		for key := range sh.dirty {
			if key.site == no {
				delete(sh.dirty, key)
				p.dirty.Add(-1)
			}
		}
		for _, key := range sh.clean.Keys() {
			if key.site == no {
				sh.clean.Remove(key)
			}
		}
		sh.mu.Unlock()
	}
}

func (s *Store) Profile(_ context.Context, id scoring.SiteID, visitorID scoring.VisitorID) (*visitor.Profile, error) {
	t, err := s.site(id)
	if err != nil {
		return nil, fmt.Errorf("boltstore: profile: %w", err)
	}
	h, err := s.profiles.get(profileKey{t.no, visitorID})
	if err != nil {
		return nil, fmt.Errorf("boltstore: profile of site %q: %w", id, err)
	}
	if h.profile == nil {
		return nil, store.ErrNotFound
	}
	return h.profile, nil
}
