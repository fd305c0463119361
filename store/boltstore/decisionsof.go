package boltstore

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	bolt "go.etcd.io/bbolt"

	"github.com/vitrine-io/vitrine/scoring"
)

// DecisionsOf looks through the fingerprints of the hours that are kept: four bytes a
// decision. Hours from before there were fingerprints are looked through as they are.
func (s *Store) DecisionsOf(ctx context.Context, id scoring.SiteID, v scoring.VisitorID, fn func(*scoring.Decision) error) error {
	t, err := s.site(id)
	if err != nil {
		return fmt.Errorf("boltstore: decisions of a visitor: %w", err)
	}
	// Those that wait come first, lest one become durable in between and be missed.
	pending, err := s.decisions.of(t.no, v)
	if err != nil {
		return fmt.Errorf("boltstore: decisions of a visitor of site %q: %w", id, err)
	}
	hours, err := s.decisionHours(t.no)
	if err != nil {
		return fmt.Errorf("boltstore: decisions of a visitor of site %q: %w", id, err)
	}
	for _, h := range hours {
		if err := ctx.Err(); err != nil {
			return err
		}
		found, err := s.decisionsIn(t.no, h, v)
		if err != nil {
			return fmt.Errorf("boltstore: decisions of a visitor of site %q: %w", id, err)
		}
		for _, d := range found {
			delete(pending, d.ID)
			if err := fn(d); err != nil {
				return err
			}
		}
	}
	for _, d := range inOrder(pending) {
		if err := fn(d); err != nil {
			return err
		}
	}
	return nil
}

func inOrder(byID map[scoring.DecisionID]*scoring.Decision) []*scoring.Decision {
	return slices.SortedFunc(maps.Values(byID), func(a, b *scoring.Decision) int { return strings.Compare(string(a.ID), string(b.ID)) })
}

// of are the visitor's decisions that are not yet durable.
func (q *decisions) of(no siteNo, v scoring.VisitorID) (map[scoring.DecisionID]*scoring.Decision, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	found := make(map[scoring.DecisionID]*scoring.Decision)
	who := q.s.fingerprintOf(no, v)
	for key, e := range q.pending {
		if key.site != no || !slices.Contains(e.who.all(), who) {
			continue
		}
		d, err := q.s.codec.normalDecision(e.record)
		if err != nil {
			return nil, fmt.Errorf("decision that waits: %w", err)
		}
		if isOf(d, v) {
			found[key.id] = d
		}
	}
	return found, nil
}

// decisionHours are the hours that are kept.
func (s *Store) decisionHours(no siteNo) ([]hour, error) {
	oldest := hourOf(s.opts.Now().Add(-s.opts.DecisionRetention))
	hours, err := s.allDecisionHours(no)
	return slices.DeleteFunc(hours, func(h hour) bool { return h < oldest }), err
}

// allDecisionHours are those that are there.
func (s *Store) allDecisionHours(no siteNo) (hours []hour, err error) {
	err = s.journal.view(func(tx *bolt.Tx) error {
		hours = hoursOf(tx.Bucket(bucketDecisions).Bucket(no.key()))
		return nil
	})
	return hours, err
}

// decisionsIn finds the visitor's decisions of an hour, in the order of their ids.
func (s *Store) decisionsIn(no siteNo, h hour, v scoring.VisitorID) (found []*scoring.Decision, err error) {
	err = s.journal.view(func(tx *bolt.Tx) error {
		hours := tx.Bucket(bucketDecisions).Bucket(no.key())
		if hours == nil {
			return nil
		}
		records := hours.Bucket(h.key())
		if records == nil {
			return nil // dropped meanwhile
		}
		take := func(record []byte) error {
			d := new(scoring.Decision)
			if err := s.codec.decodeDecision(record, d); err != nil {
				if s.poisoned(no, "a decision in "+journalName, err) {
					return nil
				}
				return fmt.Errorf("decision: %w", err)
			}
			if isOf(d, v) {
				normaliseDecision(d)
				found = append(found, d)
			}
			return nil
		}
		if h <= s.decidersSince {
			name := []byte(strings.TrimPrefix(string(v), "\x00")) // a person's stands without the mark
			return records.ForEach(func(_, record []byte) error {
				if !bytes.Contains(record, name) {
					return nil
				}
				return take(record)
			})
		}
		column := columnOf(tx, no, h)
		if column == nil {
			return nil
		}
		who := s.fingerprintOf(no, v)
		return eachMatch(column, who, func(_ uint64, all []decider) error {
			for _, d := range all {
				if d.who != who {
					continue
				}
				if record := records.Get([]byte(d.id)); record != nil {
					if err := take(record); err != nil {
						return err
					}
				}
			}
			return nil
		})
	})
	slices.SortFunc(found, func(a, b *scoring.Decision) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return slices.CompactFunc(found, func(a, b *scoring.Decision) bool { return a.ID == b.ID }), err
}
