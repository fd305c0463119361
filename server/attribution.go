package server

import (
	"context"
	"errors"
	"fmt"
	"time"

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
		return b.handedOut(ctx, e, at)
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

// lostLately is how old a decision may be that a crash, or a disk that did not keep up,
// can have taken just now: what is older is past its retention, and not looked for.
const lostLately = time.Hour

// handedOut is adOf for an impression or a click whose decision was lost: that it was
// handed out stands in the journal, if somebody counts it, and so does what comes of it.
// Which creative of the campaign it was is lost.
func (b *eventBatch) handedOut(ctx context.Context, e *scoring.Event, at tokenPlace) (*scoring.AdShown, error) {
	if e.Type != scoring.CreativeViewed && e.Type != scoring.CreativeClicked || b.server.clock.Now().Sub(at.time) > lostLately {
		return nil, nil
	}
	if err := b.site.countersReady(ctx); err != nil {
		return nil, err
	}
	id, ok := b.site.learner.model.Deliveries().HandedOut(at.hash)
	if !ok {
		return nil, nil
	}
	return &scoring.AdShown{Campaign: id, Token: at.hash}, nil
}

// creditOrder credits the i-th event, an order, to what its visitor clicked or saw, on
// whichever of their devices, or takes an order back from what it was credited to, which
// the device knows that told of the order. What the batch tells of the visitor before it
// counts.
func (b *eventBatch) creditOrder(ctx context.Context, i int) error {
	e := &b.events[i]
	if len(b.site.shelf.Load().Flights()) == 0 {
		return nil // no creative was ever shown, but for those deleted since
	}
	kept, sameVisitor, err := b.teller(ctx, e)
	if err != nil {
		return err
	}
	p := visitor.Open[visitor.Measuring](kept, b.allowed[i]).Profile()
	for k := range b.events[:i] {
		same, err := sameVisitor(b.events[k].Visitor)
		if err != nil {
			return err
		}
		if same {
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

// teller is what is known of whoever told of an order, and which visitors they are: of an
// order that is placed the person, where there is one, and of what takes an order back the
// device alone.
func (b *eventBatch) teller(ctx context.Context, e *scoring.Event) (visitor.Sealed, func(scoring.VisitorID) (bool, error), error) {
	itself := func(v scoring.VisitorID) (bool, error) { return v == e.Visitor, nil }
	if e.Type != scoring.OrderCompleted {
		p, err := b.server.profile(ctx, b.site, e.Visitor)
		return visitor.Seal(p), itself, err
	}
	kept, err := b.server.visitor(ctx, b.site, e.Visitor)
	if err != nil {
		return kept, nil, err
	}
	key, err := b.server.turnKey(ctx, b.site, e.Visitor)
	if _, linked := visitor.PersonOf(key); err != nil || !linked || kept.OfVisit() {
		return kept, itself, err
	}
	return kept, func(v scoring.VisitorID) (bool, error) {
		of, err := b.server.turnKey(ctx, b.site, v)
		return of == key, err
	}, nil
}
