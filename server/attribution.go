package server

import (
	"context"
	"errors"
	"fmt"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/visitor"
	"github.com/vitrine-io/vitrine/store"
)

// nameAds writes into events about creatives which ones they are about, and what
// their response was predicted from; and into orders which creative they are credited
// to, by their own token or by what their visitor clicked or saw before. So replaying
// the journal needs no decision and no profile of the past. An event whose decision is
// not known any more stays without.
func (b *eventBatch) nameAds(ctx context.Context) error {
	for i := range b.events {
		e := &b.events[i]
		var err error
		switch e.Type {
		case scoring.Dismissed, scoring.EmailDelivered:
			e.Ad, err = b.adOf(ctx, e) // what the visitor wants, and what counts as a contact
		case scoring.CreativeViewed, scoring.CreativeClicked:
			if b.allowed[i].Has(scoring.PurposeMeasurement) {
				e.Ad, err = b.adOf(ctx, e)
			}
		case scoring.OrderCompleted:
			if !b.allowed[i].Has(scoring.PurposeMeasurement) {
				continue
			}
			if e.Ad, err = b.adOf(ctx, e); err == nil && e.Ad != nil {
				e.Ad = &scoring.AdShown{Campaign: e.Ad.Campaign, Creative: e.Ad.Creative, Token: e.Ad.Token, By: scoring.AttributedByToken}
			}
			fallthrough
		case scoring.OrderRefunded, scoring.OrderCancelled:
			if err == nil {
				err = b.creditOrder(ctx, i)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// adOf is the creative that an event's token stands for; nil if it is none of a
// creative, or its decision is not known any more.
func (b *eventBatch) adOf(ctx context.Context, e *scoring.Event) (*scoring.AdShown, error) {
	at, ok := placeOf(e.AttributionToken)
	if !ok {
		return nil, nil
	}
	d, err := b.server.store.Decision(ctx, b.site.id, at.decision)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the decision of an event: %w", err)
	}
	if at.placement >= len(d.Placements) || at.position >= len(d.Placements[at.placement].Items) {
		return nil, nil
	}
	item := &d.Placements[at.placement].Items[at.position]
	if item.Creative == "" {
		return nil, nil
	}
	return &scoring.AdShown{Campaign: item.Campaign, Creative: item.Creative, Token: at.hash, Features: item.Features}, nil
}

// creditOrder credits the i-th event, an order, to what its visitor clicked or saw, or
// takes an order back from what it was credited to. What the batch tells of the
// visitor before it counts.
func (b *eventBatch) creditOrder(ctx context.Context, i int) error {
	e := &b.events[i]
	if len(b.site.shelf.Load().Flights()) == 0 {
		return nil // no creative was ever shown, but for those deleted since
	}
	kept, err := b.server.visitor(ctx, b.site, e.Visitor)
	if err != nil {
		return err
	}
	p := visitor.Open[visitor.Measuring](kept, b.allowed[i]).Profile()
	for k := range b.events[:i] {
		if b.events[k].Visitor == e.Visitor {
			p = visitor.Apply(p, &b.events[k])
		}
	}
	switch {
	case e.Type != scoring.OrderCompleted:
		e.Ad = p.Uncredit(e)
	case e.Ad == nil:
		e.Ad = p.Credit(e)
	case p.Credited(e):
		e.Ad = nil // one more part of an order that was credited
	}
	return nil
}
