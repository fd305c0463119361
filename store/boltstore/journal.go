package boltstore

import (
	"context"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

// Append encodes here, in the caller's goroutine, and waits for the committer
// and the applier. An event without a visitor is journalled and changes no
// profile. When ctx ends first the outcome is open: the events may become
// durable or not.
func (s *Store) Append(ctx context.Context, id scoring.SiteID, events []scoring.Event) ([]store.Ack, error) {
	t, err := s.site(id)
	if err != nil {
		return nil, fmt.Errorf("boltstore: append: %w", err)
	}
	if len(events) == 0 {
		return nil, nil
	}
	r := &request{
		ctx:     ctx,
		site:    t,
		entries: make([]store.Entry, len(events)),
		acks:    make([]store.Ack, len(events)),
		done:    make(chan struct{}),
	}
	for i := range events {
		if len(events[i].Visitor) > bolt.MaxKeySize {
			// Its profile could never be written, nor the watermark pass it.
			return nil, fmt.Errorf("boltstore: append to site %q: event %d of the call: visitor id of %d bytes", id, i, len(events[i].Visitor))
		}
		r.entries[i].Event = events[i]
		normaliseEvent(&r.entries[i].Event)
	}
	if r.records, r.hashes, err = s.codec.encodeEvents(t.no, r.entries); err != nil {
		return nil, fmt.Errorf("boltstore: append to site %q: %w", id, err)
	}
	begun := time.Now()
	if err := s.committer.enqueue(r); err != nil {
		return nil, err
	}
	select {
	case <-r.done:
		if tell := store.StepsOf(ctx); tell != nil && r.err == nil {
			tell("commit", begun, r.committed)
			tell("apply", r.committed, time.Now())
		}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if r.err != nil {
		return nil, fmt.Errorf("boltstore: append to site %q: %w", id, r.err)
	}
	return r.acks, nil
}

func (s *Store) Head(_ context.Context, id scoring.SiteID) (store.Seq, error) {
	t, err := s.site(id)
	if err != nil {
		return 0, fmt.Errorf("boltstore: head: %w", err)
	}
	return t.feed.last(), nil
}
