package boltstore

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	bolt "go.etcd.io/bbolt"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

// site is a tenant that exists. All maps and queues refer to it by pointer or
// number, so that a site of the same name made later shares nothing with it.
type site struct {
	no     siteNo
	record atomic.Pointer[scoring.Site]
	gone   chan struct{} // closed when it is deleted

	feed feed

	// saving is held (shared) while a snapshot is written, so that a deletion
	// finds no file half made.
	saving sync.RWMutex
}

func newSite(no siteNo, record scoring.Site) *site {
	s := &site{no: no, gone: make(chan struct{})}
	s.record.Store(&record)
	return s
}

func (s *site) deleted() bool {
	select {
	case <-s.gone:
		return true
	default:
		return false
	}
}

// siteRecord is what the sites bucket keeps.
type siteRecord struct {
	No   siteNo       `cbor:"1,keyasint"`
	Site scoring.Site `cbor:"2,keyasint"`
}

type sitesByID map[scoring.SiteID]*site

// site finds a tenant, or fails with ErrNotFound, or ErrClosed.
func (s *Store) site(id scoring.SiteID) (*site, error) {
	if s.isClosed() {
		return nil, store.ErrClosed
	}
	if t, ok := (*s.sites.Load())[id]; ok {
		return t, nil
	}
	return nil, fmt.Errorf("site %q: %w", id, store.ErrNotFound)
}

func (s *Store) CreateSite(_ context.Context, record scoring.Site) (scoring.Site, error) {
	if s.isClosed() {
		return scoring.Site{}, store.ErrClosed
	}
	s.sitesMu.Lock()
	defer s.sitesMu.Unlock()
	t, err := s.createSite(record)
	if err != nil {
		return scoring.Site{}, fmt.Errorf("boltstore: create site %q: %w", record.ID, err)
	}
	byID := maps.Clone(*s.sites.Load())
	byID[record.ID] = t
	s.sites.Store(&byID)
	return *t.record.Load(), nil
}

func (s *Store) PutSite(_ context.Context, record scoring.Site) (scoring.Site, error) {
	s.sitesMu.Lock()
	defer s.sitesMu.Unlock()
	t, err := s.site(record.ID)
	if err != nil {
		return scoring.Site{}, fmt.Errorf("boltstore: change %w", err)
	}
	record.CreatedAt = t.record.Load().CreatedAt
	err = s.state.update(func(tx *bolt.Tx) error {
		sites := tx.Bucket(bucketSites)
		if record.Revision, err = sites.NextSequence(); err != nil {
			return err
		}
		b, err := s.codec.encode(siteRecord{No: t.no, Site: record})
		if err != nil {
			return err
		}
		return sites.Put([]byte(record.ID), b)
	})
	if err != nil {
		return scoring.Site{}, fmt.Errorf("boltstore: change site %q: %w", record.ID, err)
	}
	t.record.Store(&record)
	return record, nil
}

func (s *Store) createSite(record scoring.Site) (*site, error) {
	if _, ok := (*s.sites.Load())[record.ID]; ok {
		return nil, store.ErrExists
	}
	record.CreatedAt = utcMicros(record.CreatedAt)
	var no siteNo
	err := s.state.update(func(tx *bolt.Tx) error {
		next, err := tx.Bucket(bucketMeta).NextSequence()
		if err != nil {
			return err
		}
		no = siteNo(next)
		sites := tx.Bucket(bucketSites)
		if record.Revision, err = sites.NextSequence(); err != nil {
			return err
		}
		b, err := s.codec.encode(siteRecord{No: no, Site: record})
		if err != nil {
			return err
		}
		if err := sites.Put([]byte(record.ID), b); err != nil {
			return err
		}
		data, err := tx.Bucket(bucketSiteData).CreateBucket(no.key())
		if err != nil {
			return err
		}
		for _, name := range siteBuckets {
			if _, err := data.CreateBucket(name); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return newSite(no, record), nil
}

func (s *Store) Sites(context.Context) ([]scoring.Site, error) {
	if s.isClosed() {
		return nil, store.ErrClosed
	}
	byID := *s.sites.Load()
	all := make([]scoring.Site, 0, len(byID))
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		all = append(all, *byID[id].record.Load())
	}
	return all, nil
}

// DeleteSite takes the site's record and its part of state.db in one
// transaction; a crash after that leaves remains that nothing refers to and the
// next start removes. It holds up other writes for as long as freeing the
// site's pages takes.
func (s *Store) DeleteSite(ctx context.Context, id scoring.SiteID) error {
	if s.isClosed() {
		return store.ErrClosed
	}
	s.sitesMu.Lock()
	defer s.sitesMu.Unlock()
	t, ok := (*s.sites.Load())[id]
	if !ok {
		return fmt.Errorf("boltstore: delete site %q: %w", id, store.ErrNotFound)
	}
	if err := s.deleteSiteData(t); err != nil {
		return fmt.Errorf("boltstore: delete site %q: %w", id, err)
	}
	byID := maps.Clone(*s.sites.Load())
	delete(byID, id)
	s.sites.Store(&byID)
	close(t.gone)

	// From here on the site is gone for every caller and after every crash; what
	// follows only frees room.
	err := s.committer.control(func(tx *bolt.Tx) error { return dropJournal(tx, t.no) })
	s.erasures.dropSite(t.no)
	s.profiles.dropSite(t.no)
	s.decisions.dropSite(t.no)
	if err == nil {
		t.saving.Lock()
		err = s.snapshots.drop(t.no)
		t.saving.Unlock()
	}
	if err != nil {
		s.opts.Logger.Warn("remains of a deleted site stay until the next start", "site", string(id), "error", err)
	}
	return nil
}

func (s *Store) deleteSiteData(t *site) error {
	// No checkpoint may be under way: it would write into the bucket.
	s.checkpointer.mu.Lock()
	defer s.checkpointer.mu.Unlock()
	return s.state.update(func(tx *bolt.Tx) error {
		if err := tx.Bucket(bucketSites).Delete([]byte(t.record.Load().ID)); err != nil {
			return err
		}
		return tx.Bucket(bucketSiteData).DeleteBucket(t.no.key())
	})
}

// dropJournal removes what the journal has of a site. The numbers given out
// stay given out.
func dropJournal(tx *bolt.Tx, no siteNo) error {
	for _, name := range [][]byte{bucketEvents, bucketDecisions, bucketDeciders} {
		b := tx.Bucket(name)
		if b.Bucket(no.key()) == nil {
			continue
		}
		if err := b.DeleteBucket(no.key()); err != nil {
			return err
		}
	}
	erasures := tx.Bucket(bucketErasures)
	var gone [][]byte
	c := erasures.Cursor()
	for k, _ := c.Seek(no.key()); bytes.HasPrefix(k, no.key()); k, _ = c.Next() {
		gone = append(gone, bytes.Clone(k))
	}
	for _, k := range gone {
		if err := erasures.Delete(k); err != nil {
			return err
		}
	}
	return nil
}

// loadSites reads the tenants at opening.
func (s *Store) loadSites() error {
	byID := make(sitesByID)
	err := s.state.view(func(tx *bolt.Tx) error {
		return tx.Bucket(bucketSites).ForEach(func(k, v []byte) error {
			var r siteRecord
			if err := s.codec.decode(v, &r); err != nil {
				if s.poisoned(0, fmt.Sprintf("site %q in %s", k, stateName), err) {
					s.siteLost = true
					return nil
				}
				return fmt.Errorf("site %q: %w", k, err)
			}
			r.Site.CreatedAt = utcMicros(r.Site.CreatedAt)
			byID[scoring.SiteID(k)] = newSite(r.No, r.Site)
			return nil
		})
	})
	if err != nil {
		return err
	}
	s.sites.Store(&byID)
	return nil
}

// completeSites gives sites of an earlier version the buckets that they lack.
func (s *Store) completeSites() error {
	var lacking bool
	err := s.state.view(func(tx *bolt.Tx) error {
		for _, t := range *s.sites.Load() {
			for _, name := range siteBuckets {
				lacking = lacking || siteBucket(tx, t.no, name) == nil
			}
		}
		return nil
	})
	if err != nil || !lacking {
		return err
	}
	return s.state.update(func(tx *bolt.Tx) error {
		for _, t := range *s.sites.Load() {
			data, err := tx.Bucket(bucketSiteData).CreateBucketIfNotExists(t.no.key())
			if err != nil {
				return err
			}
			for _, name := range siteBuckets {
				if _, err := data.CreateBucketIfNotExists(name); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// completeJournal gives a journal of an earlier version the buckets that it lacks, and
// learns since when decisions have fingerprints.
func (s *Store) completeJournal() (err error) {
	if s.fingerprints, err = s.Secret(context.Background(), fingerprintSecret, fingerprintKey); err != nil {
		return err
	}
	lacking := false
	err = s.journal.view(func(tx *bolt.Tx) error {
		b := tx.Bucket(bucketDeciders)
		if lacking = b == nil; !lacking {
			s.decidersSince, _ = keyHour(b.Get(keySince))
		}
		return nil
	})
	if err != nil || !lacking {
		return err
	}
	return s.journal.update(func(tx *bolt.Tx) error {
		deciders, err := tx.CreateBucket(bucketDeciders)
		if err != nil {
			return err
		}
		if _, err := tx.CreateBucketIfNotExists(bucketErasures); err != nil {
			return err
		}
		// Should the clock go back, the hour written last is written again.
		s.decidersSince = hourOf(s.opts.Now())
		sites := tx.Bucket(bucketDecisions)
		err = sites.ForEachBucket(func(k []byte) error {
			for _, h := range hoursOf(sites.Bucket(k)) {
				s.decidersSince = max(s.decidersSince, h)
			}
			return nil
		})
		if err != nil {
			return err
		}
		return deciders.Put(keySince, s.decidersSince.key())
	})
}

// dropRemains finishes deletions that a crash cut short.
func (s *Store) dropRemains() error {
	if s.siteLost {
		return nil // what seems to be a deleted site's may be its
	}
	alive := make(map[siteNo]bool)
	for _, t := range *s.sites.Load() {
		alive[t.no] = true
	}
	var remains []siteNo
	err := s.journal.view(func(tx *bolt.Tx) error {
		for _, name := range [][]byte{bucketEvents, bucketDecisions} {
			err := tx.Bucket(name).ForEachBucket(func(k []byte) error {
				if no, ok := keySiteNo(k); ok && !alive[no] && !slices.Contains(remains, no) {
					remains = append(remains, no)
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(remains) > 0 {
		err := s.journal.update(func(tx *bolt.Tx) error {
			for _, no := range remains {
				if err := dropJournal(tx, no); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return s.snapshots.dropAllBut(alive)
}

// metaNumber reads a number of the meta bucket, 0 if it was never written.
func metaNumber(tx *bolt.Tx, key []byte) uint64 {
	v := tx.Bucket(bucketMeta).Get(key)
	if len(v) != 8 {
		return 0
	}
	return binary.BigEndian.Uint64(v)
}
