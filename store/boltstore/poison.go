package boltstore

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/cespare/xxhash/v2"
	bolt "go.etcd.io/bbolt"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/visitor"
	"github.com/vitrine-io/vitrine/store"
)

// maxPoison bounds the damaged records that are told apart, and maxProblems those that
// are told in words.
const (
	maxPoison   = 10_000
	maxProblems = 20
)

// poison is the damaged records that were met, and gone past: one that stopped the
// server would stop it again after each start.
type poison struct {
	mu    sync.Mutex
	known map[string]bool
	words []string
}

// poisoned notes that a record of a site, or with 0 of none, can't be read, once, and reports whether to go
// past it: it is damaged itself, and not its file, or from a newer version. where names
// the record, without anything personal.
func (s *Store) poisoned(no siteNo, where string, err error) bool {
	if !errors.Is(err, store.ErrCorrupt) || errors.Is(err, store.ErrNewerFormat) {
		return false
	}
	if no != 0 {
		where += fmt.Sprintf(" of site number %d", no)
	}
	words := fmt.Sprintf("%s can't be read and is gone past: %v", where, err)
	p := &s.poison
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known[words] || len(p.known) >= maxPoison {
		return true
	}
	if p.known == nil {
		p.known = make(map[string]bool)
	}
	p.known[words] = true
	if len(p.words) < maxProblems {
		p.words = append(p.words, words)
	}
	s.opts.Logger.Error("a damaged record is gone past; vitrine check looks for more", "what", words)
	return true
}

// problems is what an operator should know of.
func (p *poison) problems() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := slices.Clone(p.words)
	if more := len(p.known) - len(list); more > 0 {
		list = append(list, fmt.Sprintf("%d more records can't be read; the log has them", more))
	}
	return list
}

// hashed stands for a key that may name a person.
func hashed(key string) string { return fmt.Sprintf("%016x", xxhash.Sum64String(key)) }

// errDamagedProfile: the record of a profile, and not its file, is damaged.
var errDamagedProfile = errors.New("profile")

func (s *Store) poisonedProfile(key profileKey, err error) bool {
	return s.poisoned(key.site, "the profile with hash "+hashed(string(key.id))+" in "+stateName, err)
}

// rebuild makes a profile whose record is damaged anew, of all of its visitor's events
// that are kept: the whole of it as long as none are past retention. It reads the site's
// journal from its beginning, once for a damaged record: see repair.
func (s *Store) rebuild(key profileKey, damage error) (held, error) {
	if !s.poisonedProfile(key, damage) {
		return held{}, damage
	}
	var h held
	oldest := chunk(s.profiles.oldest.Load())
	err := s.journal.view(func(tx *bolt.Tx) error {
		return eachEvent(tx, key.site, 0, func(seq store.Seq, v []byte) (bool, error) {
			var e scoring.Event
			if err := s.codec.decodeEvent(v, &e); err != nil {
				if s.poisonedEvent(key.site, seq, err) {
					return true, nil
				}
				return false, err
			}
			if e.Visitor == key.id {
				h = held{visitor.Apply(h.profile, &e), seq, h.chunks.add(chunkOf(seq), oldest)}
			}
			return true, nil
		})
	})
	if h.profile.Empty() {
		h.profile = nil
	}
	return h, err
}

// repair writes a profile that was made anew in the place of its damaged record, unless
// something else has come there meanwhile: a checkpoint's, or nothing, after an erasure.
// One that can't be written is made anew at the next look.
func (p *profiles) repair(key profileKey, h held) {
	_ = p.state.update(func(tx *bolt.Tx) error {
		b := siteBucket(tx, key.site, bucketProfiles)
		if b == nil {
			return nil // the site was deleted
		}
		if _, err := readRecord(b, key.id); !errors.Is(err, errDamagedProfile) {
			return nil
		}
		return writeProfile(b, key.id, h)
	})
}

func (s *Store) poisonedEvent(no siteNo, seq store.Seq, err error) bool {
	return s.poisoned(no, fmt.Sprintf("event %d in %s", seq, journalName), err)
}

// poisonedAt is poisoned for one of a site's own records.
func (s *Store) poisonedAt(site scoring.SiteID, kind string, key []byte, err error) bool {
	t, ok := (*s.sites.Load())[site]
	return ok && s.poisoned(t.no, fmt.Sprintf("%s %q in %s", kind, key, stateName), err)
}
