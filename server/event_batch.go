package server

import (
	"context"
	"fmt"
	"time"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/store"
)

// maxBatch bounds the events of one message.
const maxBatch = 1000

// eventBatch is a number of events on their way into the journal.
type eventBatch struct {
	server  *Server
	site    *site
	dryRun  bool
	now     time.Time
	from    int64 // index of the first
	results []*pb.EventResult
	events  []scoring.Event    // those to store
	places  []int              // of events, in results
	said    []signals          // of events: what they say of consent
	unread  []violations       // of events: what of that can't be read
	allowed []scoring.Purposes // of events, once consent has been applied
	last    store.Seq          // of those stored
}

func (s *Server) newBatch(st *site, dryRun bool) *eventBatch {
	return &eventBatch{server: s, site: st, dryRun: dryRun, now: time.Now()}
}

// admit checks an event by itself and puts it into the batch, or its result.
func (b *eventBatch) admit(e *pb.Event) {
	var v violations
	b.server.rules.check(&v, "", e)
	b.admitChecked(&v, "", e)
}

// admitWaiting admits what waits in the channel, up to a commit's worth.
func (b *eventBatch) admitWaiting(events <-chan *pb.Event) {
	for len(b.results) < maxPending/2 {
		select {
		case e, ok := <-events:
			if !ok {
				return
			}
			b.admit(e)
		default:
			return
		}
	}
}

// admitChecked goes on where the contract's rules have been checked.
func (b *eventBatch) admitChecked(v *violations, field string, m *pb.Event) {
	result := &pb.EventResult{Index: b.from + int64(len(b.results))}
	b.results = append(b.results, result)
	e := eventFromProto(v, field, m, b.site.info.Currency, b.now)
	whoFromProto(v, field+"visitor", m.GetVisitor())
	e.Led = b.server.tokens.read(v, field+"attribution_token", b.site.id, m.GetAttributionToken())
	if len(*v) > 0 {
		result.Status, result.Violations = pb.EventStatus_EVENT_STATUS_INVALID, *v
		return
	}
	said, unread := signalsFromProto(field+"consent", m.GetConsent())
	b.events = append(b.events, e)
	b.places = append(b.places, len(b.results)-1)
	b.said, b.unread = append(b.said, said), append(b.unread, unread)
}

// put puts an event that has been checked into the batch.
func (b *eventBatch) put(e scoring.Event, said signals) {
	b.places = append(b.places, len(b.results))
	b.results = append(b.results, &pb.EventResult{Index: b.from + int64(len(b.results))})
	b.events = append(b.events, e)
	b.said, b.unread = append(b.said, said), append(b.unread, nil)
}

// applyConsent keeps of the admitted events those whose visitors allow a profile, and of
// each no more than they allow.
func (b *eventBatch) applyConsent(ctx context.Context) error {
	kept := 0
	for i := range b.events {
		e, result := &b.events[i], b.results[b.places[i]]
		answers, err := b.server.consents(ctx, b.site, e.Visitor)
		if err != nil {
			return err
		}
		allowed := b.said[i].allowed(answers, b.site.info.ConsentPolicy)
		switch {
		case !allowed.Has(scoring.PurposeProfile):
			result.Status, result.Violations = pb.EventStatus_EVENT_STATUS_NO_CONSENT, b.unread[i]
			continue
		case b.dryRun:
			result.Status = pb.EventStatus_EVENT_STATUS_VALID
			continue
		case !allowed.Has(scoring.PurposeMeasurement):
			e.Led = nil
		}
		b.allowed = append(b.allowed, allowed)
		b.events[kept], b.places[kept] = *e, b.places[i]
		kept++
	}
	b.events, b.places = b.events[:kept], b.places[:kept]
	return nil
}

// nameFacets writes into the event what its products are, so that replaying the
// journal needs no catalogue of the past.
func (st *site) nameFacets(e *scoring.Event) { nameFacets(st.products, e) }

func nameFacets(products *catalog.Catalog, e *scoring.Event) {
	for i := range e.Items {
		index, ok := products.Lookup(e.Items[i].Product)
		if !ok {
			continue
		}
		terms := products.Facets(index)
		facets := make([]scoring.FacetID, len(terms))
		for j, term := range terms {
			facets[j] = products.FacetID(term)
		}
		e.Items[i].Facets = facets
	}
}

// store makes the admitted events durable and fills in their results.
func (b *eventBatch) store(ctx context.Context) error {
	if err := b.applyConsent(ctx); err != nil {
		return err
	}
	if len(b.events) > 0 {
		for i := range b.events {
			b.site.dropSensitive(&b.events[i])
			b.site.nameFacets(&b.events[i])
		}
		if err := b.nameAds(ctx); err != nil {
			return err
		}
		for i := range b.events {
			b.site.countMail(&b.events[i])
		}
		if err := b.noteVisits(ctx); err != nil {
			return err
		}
		acks, err := b.server.store.Append(ctx, b.site.id, b.events)
		if err != nil {
			return fmt.Errorf("append %d events: %w", len(b.events), about(siteName(b.site.id), err))
		}
		for i, ack := range acks {
			result := b.results[b.places[i]]
			if ack.Duplicate {
				result.Status = pb.EventStatus_EVENT_STATUS_DUPLICATE
				continue
			}
			result.Status = pb.EventStatus_EVENT_STATUS_STORED
			b.last = max(b.last, ack.Seq)
			b.server.clock.Saw(b.events[i].Time)
		}
	}
	b.count()
	return nil
}

// count tells the metrics what became of the batch.
func (b *eventBatch) count() {
	if b.dryRun {
		return
	}
	for _, r := range b.results {
		b.site.metrics.events[r.GetStatus()].Inc()
	}
	if b.last > 0 {
		b.site.metrics.stored.Set(float64(b.last))
	}
}

// remarkable are the results that say more than "stored".
func (b *eventBatch) remarkable() []*pb.EventResult {
	var list []*pb.EventResult
	for _, r := range b.results {
		if r.GetStatus() != pb.EventStatus_EVENT_STATUS_STORED {
			list = append(list, r)
		}
	}
	return list
}
