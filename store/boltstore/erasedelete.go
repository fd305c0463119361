package boltstore

import (
	"slices"

	bolt "go.etcd.io/bbolt"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

// deleteAllOf is the second step.
func (s *Store) deleteAllOf(e *erasure) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.deleted {
		return nil
	}
	dropped, err := s.decisions.dropVisitor(e.site, e.who)
	if err != nil {
		return err
	}
	e.erased.Decisions += dropped
	found, err := s.eventsToErase(e)
	if err != nil {
		return err
	}
	for batch := range slices.Chunk(found, eraseBatch) {
		if len(batch) < eraseBatch {
			break // the rest goes with the decisions
		}
		if err := s.journal.update(func(tx *bolt.Tx) error { return deleteEvents(tx, e.site, batch) }); err != nil {
			return err
		}
		e.erased.Events += len(batch)
	}
	rest := found[len(found)/eraseBatch*eraseBatch:]
	decisions, err := s.deleteDecisions(e)
	if err != nil {
		return err
	}
	err = s.journal.update(func(tx *bolt.Tx) error {
		if err := deleteEvents(tx, e.site, rest); err != nil {
			return err
		}
		if err := s.eraseDecisions(tx, e.site, decisions); err != nil {
			return err
		}
		return s.putErasure(tx, e, true)
	})
	if err != nil {
		return err
	}
	e.erased.Events += len(rest)
	e.erased.Decisions += len(decisions)
	e.deleted = true
	return nil
}

// eventPlace is where an event stands.
type eventPlace struct {
	hour hour
	seq  store.Seq
}

func (s *Store) eventsToErase(e *erasure) (places []eventPlace, err error) {
	search, err := s.searchFor(e.site, e.who)
	if err != nil {
		return nil, err
	}
	for _, r := range e.chunks.ascending() {
		for c := r.from; c <= r.to; c++ {
			err := search.chunk(c, e.seq, func(h hour, entry store.Entry) { places = append(places, eventPlace{h, entry.Seq}) })
			if err != nil {
				return nil, err
			}
		}
	}
	return places, nil
}

// deleteEvents deletes events of a site, and hours that are then empty. The site's
// head stays where it is.
func deleteEvents(tx *bolt.Tx, no siteNo, places []eventPlace) error {
	hours := tx.Bucket(bucketEvents).Bucket(no.key())
	if hours == nil || len(places) == 0 {
		return nil
	}
	if err := hours.Put(keyHead, seqKey(siteHead(tx, no))); err != nil {
		return err
	}
	for i, p := range places {
		events := hours.Bucket(p.hour.key())
		if events == nil {
			continue // retention was first
		}
		if err := events.Delete(seqKey(p.seq)); err != nil {
			return err
		}
		if i+1 < len(places) && places[i+1].hour == p.hour {
			continue
		}
		if k, _ := events.Cursor().First(); k == nil {
			if err := hours.DeleteBucket(p.hour.key()); err != nil {
				return err
			}
		}
	}
	return nil
}

// decisionPlace is where a decision stands.
type decisionPlace struct {
	hour hour
	id   scoring.DecisionID
}

// deleteDecisions deletes the visitor's decisions but for the last eraseBatch or fewer,
// which it returns.
func (s *Store) deleteDecisions(e *erasure) (rest []decisionPlace, err error) {
	hours, err := s.allDecisionHours(e.site)
	if err != nil {
		return nil, err
	}
	for _, h := range hours {
		found, err := s.decisionsIn(e.site, h, e.who)
		if err != nil {
			return nil, err
		}
		for _, d := range found {
			rest = append(rest, decisionPlace{h, d.ID})
		}
		for len(rest) > eraseBatch {
			batch := rest[:eraseBatch]
			if err := s.journal.update(func(tx *bolt.Tx) error { return s.eraseDecisions(tx, e.site, batch) }); err != nil {
				return nil, err
			}
			e.erased.Decisions += len(batch)
			rest = rest[eraseBatch:]
		}
	}
	return rest, nil
}

// eraseDecisions deletes decisions of a site, and what the columns say of them.
func (s *Store) eraseDecisions(tx *bolt.Tx, no siteNo, places []decisionPlace) error {
	hours := tx.Bucket(bucketDecisions).Bucket(no.key())
	if hours == nil {
		return nil
	}
	gone := make(map[hour]map[scoring.DecisionID]bool)
	who := make(map[hour]map[fingerprint]bool)
	for _, p := range places {
		records := hours.Bucket(p.hour.key())
		if records == nil {
			continue
		}
		if gone[p.hour] == nil {
			gone[p.hour], who[p.hour] = make(map[scoring.DecisionID]bool), make(map[fingerprint]bool)
		}
		gone[p.hour][p.id] = true
		if record := records.Get([]byte(p.id)); record != nil {
			var d scoring.Decision
			if err := s.codec.decodeDecision(record, &d); err != nil && !s.poisoned(no, "a decision in "+journalName, err) {
				return err
			}
			for _, v := range peopleOf(&d) {
				who[p.hour][s.fingerprintOf(no, v)] = true
			}
			if err := records.Delete([]byte(p.id)); err != nil {
				return err
			}
		}
	}
	for h, ids := range gone {
		if column := columnOf(tx, no, h); column != nil {
			for f := range who[h] {
				if err := cutColumn(column, f, ids); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// cutColumn takes decisions out of the parts of a column that have the fingerprint.
func cutColumn(column *bolt.Bucket, who fingerprint, ids map[scoring.DecisionID]bool) error {
	changed := make(map[uint64][]decider)
	err := eachMatch(column, who, func(n uint64, all []decider) error {
		if rest := slices.DeleteFunc(slices.Clone(all), func(d decider) bool { return ids[d.id] }); len(rest) < len(all) {
			changed[n] = rest
		}
		return nil
	})
	if err != nil {
		return err
	}
	for n, rest := range changed {
		if err := putColumn(column, n, rest); err != nil {
			return err
		}
	}
	return nil
}
