package boltstore

import (
	"bytes"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

const (
	// profileWalkFirst is how long after the start the profiles are first looked
	// through: not while it has other things to do.
	profileWalkFirst = 10 * time.Minute
	profileWalkEvery = 24 * time.Hour
	// profileWalkBatch profiles are looked at in one transaction, some 3 ms, and then
	// others have the disk for profileWalkPause: a million take four minutes.
	profileWalkBatch = 500
	profileWalkPause = 100 * time.Millisecond
)

// retainProfiles removes what is past its retention once a day, until the store is
// closed.
func (s *Store) retainProfiles() {
	next := time.NewTimer(profileWalkFirst)
	defer next.Stop()
	for {
		select {
		case <-next.C:
		case <-s.closing:
			return
		}
		n, err := s.expireProfiles(profileWalkPause)
		switch {
		case err != nil && !s.isClosed():
			s.opts.Logger.Warn("profiles past retention could not all be removed; tried again tomorrow", "removed", n, "error", err)
		case n > 0:
			s.opts.Logger.Info("removed profiles past retention", "profiles", n)
		}
		next.Reset(profileWalkEvery)
	}
}

// expireProfiles removes the profiles whose last event is past retention, and returns
// how many. It pauses after each batch.
func (s *Store) expireProfiles(pause time.Duration) (removed int, err error) {
	for _, t := range *s.sites.Load() {
		for after, more := []byte(nil), true; more; {
			if s.isClosed() {
				return removed, store.ErrClosed
			}
			var past []scoring.VisitorID
			if past, after, more, err = s.profilesPast(t.no, after); err != nil {
				return removed, err
			}
			n, err := s.removeProfiles(t.no, past)
			if removed += n; err != nil {
				return removed, err
			}
			select {
			case <-time.After(pause):
			case <-s.closing:
			}
		}
	}
	return removed, nil
}

// past reports whether a profile is to be removed. While there are events of its visitor
// in the journal it stays: it knows where they are.
func (s *Store) past(h held) bool {
	if h.chunks.since(chunk(s.profiles.oldest.Load())) != "" {
		return false
	}
	return h.profile == nil || h.profile.LastSeen.Before(s.opts.Now().Add(-s.opts.ProfileRetention))
}

// profilesPast looks at the next batch of records after a key.
func (s *Store) profilesPast(no siteNo, after []byte) (past []scoring.VisitorID, last []byte, more bool, err error) {
	err = s.state.view(func(tx *bolt.Tx) error {
		b := siteBucket(tx, no, bucketProfiles)
		if b == nil {
			return nil // the site was deleted
		}
		c := b.Cursor()
		k, v := c.Seek(after)
		if k != nil && bytes.Equal(k, after) {
			k, v = c.Next()
		}
		for n := 0; k != nil; k, v = c.Next() {
			if n == profileWalkBatch {
				more = true
				return nil
			}
			n++
			last = bytes.Clone(k)
			h, err := decodeProfile(v)
			if err != nil && s.poisonedProfile(profileKey{no, scoring.VisitorID(k)}, err) {
				continue // it is made anew when it is asked for
			}
			if err != nil {
				return err
			}
			if s.past(h) {
				past = append(past, scoring.VisitorID(k))
			}
		}
		return nil
	})
	return past, last, more, err
}

// removeProfiles removes those that are still past retention when the applier comes to
// it. The next checkpoint deletes their records.
func (s *Store) removeProfiles(no siteNo, ids []scoring.VisitorID) (removed int, err error) {
	if len(ids) == 0 {
		return 0, nil
	}
	err = s.committer.do(&request{
		control: func(*bolt.Tx, store.Seq) error { return nil },
		applied: func() {
			for _, id := range ids {
				key := profileKey{no, id}
				if h, err := s.profiles.get(key); err == nil && !h.nothing() && s.past(h) {
					s.profiles.change(key, &s.profiles.shards[key.shard()], held{seq: h.seq})
					removed++
				}
			}
		},
	})
	return removed, err
}
