package server

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

// control makes a control entry durable in the site's journal, where the learner
// comes to it in its turn, and returns its number.
func (s *Server) control(ctx context.Context, st *site, e scoring.Event) (store.Seq, error) {
	e, err := s.controlEntry(e)
	if err != nil {
		return 0, err
	}
	acks, err := s.store.Append(ctx, st.id, []scoring.Event{e})
	if err != nil {
		return 0, fmt.Errorf("append a control entry: %w", about(siteName(st.id), err))
	}
	st.controlled.Store(uint64(acks[0].Seq))
	st.metrics.stored.Set(float64(acks[0].Seq))
	return acks[0].Seq, nil
}

// controlEntry gives a control entry its id and its time.
func (s *Server) controlEntry(e scoring.Event) (scoring.Event, error) {
	now := s.clock.Now()
	id, err := newDecisionID(now, s.chance)
	if err != nil {
		return e, err
	}
	e.ID = scoring.EventID("control-" + id)
	e.Time = now.UTC().Truncate(time.Microsecond)
	return e, nil
}

// controlProducts appends a control entry about products.
func (s *Server) controlProducts(ctx context.Context, st *site, kind scoring.EventType, ids []scoring.ProductID) error {
	for chunk := range slices.Chunk(ids, maxBatch) {
		e := scoring.Event{Type: kind}
		for _, id := range chunk {
			e.Items = append(e.Items, scoring.EventItem{Product: id})
		}
		if _, err := s.control(ctx, st, e); err != nil {
			return err
		}
	}
	return nil
}

// comeBack are those of the products that are not in the catalogue, but that the
// site may have deleted before: what was learned of them is to be kept.
func (st *site) comeBack(products []scoring.Product) (ids []scoring.ProductID) {
	behind := uint64(st.learner.reachedSeq()) < st.controlled.Load()
	for i := range products {
		n, ok := st.products.Lookup(products[i].ID)
		if ok && st.products.Product(n) == nil && (behind || st.learner.model.Deleted(n)) {
			ids = append(ids, products[i].ID)
		}
	}
	return ids
}
