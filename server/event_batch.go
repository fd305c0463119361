package server

import (
	"context"
	"fmt"
	"time"

	"github.com/cespare/xxhash/v2"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/server/trace"
	"github.com/vitrine-io/vitrine/store"
)

// maxBatch bounds the events of one message.
const maxBatch = 1000

// eventBatch is a number of events on their way into the journal.
type eventBatch struct {
	server  *Server
	site    *site
	dryRun  bool
	bulk    bool // of an import, which waits until all of it has been learned from
	now     time.Time
	from    int64 // index of the first
	results []*pb.EventResult
	spare   []pb.EventResult   // for results to come
	events  []scoring.Event    // those to store
	places  []int              // of events, in results
	said    []signals          // of events: what they say of consent
	unread  []violations       // of events: what of that can't be read
	behind  []behind           // of events: who they are of, once consent has been applied
	allowed []scoring.Purposes // of events, likewise
	last    store.Seq          // of those stored
	steps   *trace.Steps       // of the call, if it is traced
}

// newBatch begins a batch of about so many events.
func (s *Server) newBatch(st *site, dryRun bool, size int) *eventBatch {
	return &eventBatch{
		server: s, site: st, dryRun: dryRun, now: time.Now(),
		results: make([]*pb.EventResult, 0, size), spare: make([]pb.EventResult, size),
		events: make([]scoring.Event, 0, size), places: make([]int, 0, size),
		said: make([]signals, 0, size), unread: make([]violations, 0, size),
	}
}

// result begins the result of the next event.
func (b *eventBatch) result() *pb.EventResult {
	if len(b.spare) == 0 {
		b.spare = make([]pb.EventResult, 16)
	}
	r := &b.spare[0]
	b.spare = b.spare[1:]
	r.Index = b.from + int64(len(b.results))
	b.results = append(b.results, r)
	return r
}

// admit checks an event by itself and puts it into the batch, or its result.
func (b *eventBatch) admit(e *pb.Event) {
	var v violations
	b.server.rules.checkEvent(&v, "", e)
	b.admitChecked(&v, "", e)
}

// admitChecked goes on where the contract's rules have been checked.
func (b *eventBatch) admitChecked(v *violations, field string, m *pb.Event) {
	result := b.result()
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
	b.result()
	b.events = append(b.events, e)
	b.said, b.unread = append(b.said, said), append(b.unread, nil)
}

// applyConsent keeps of the admitted events those whose visitors allow a profile, and of
// each no more than they allow.
func (b *eventBatch) applyConsent(ctx context.Context) error {
	kept := 0
	b.behind, b.allowed = make([]behind, 0, len(b.events)), make([]scoring.Purposes, 0, len(b.events))
	for i := range b.events {
		e, result := &b.events[i], b.results[b.places[i]]
		who, err := b.server.behind(ctx, b.site, e.Visitor)
		if err != nil {
			return err
		}
		allowed := b.said[i].allowed(who.consents(), b.site.info.ConsentPolicy)
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
		b.behind, b.allowed = append(b.behind, who), append(b.allowed, allowed)
		if kept < i {
			b.events[kept], b.places[kept] = *e, b.places[i]
		}
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
	b.steps.Next("profile")
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
		b.noteVisits()
		if err := b.spareLessons(ctx); err != nil {
			return err
		}
		b.steps.End()
		if b.steps != nil {
			ctx = store.WithSteps(ctx, b.steps.Add)
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

const (
	// lessonsLate is later than learning is that gives way to events.
	lessonsLate = putOff * 3 / 2
	// lessonsKept is one in how many events still teach while learning is later.
	lessonsKept = 8
)

// spareLessons has most of the events teach the blend nothing while learning doesn't keep
// up: lessons are near half of what it costs (docs/decisions/0028).
func (b *eventBatch) spareLessons(ctx context.Context) error {
	head, err := b.server.store.Head(ctx, b.site.id)
	if err != nil {
		return fmt.Errorf("read the last event: %w", about(siteName(b.site.id), err))
	}
	learner, now := b.site.learner, time.Now()
	learner.lag.saw(head, now)
	if b.bulk || learner.lag.waited(learner.reachedSeq(), now) <= b.server.lessonsLate {
		return nil
	}
	for i := range b.events {
		// What followed from a choice of ours is rarer, and nothing else teaches it.
		if e := &b.events[i]; e.Led == nil {
			e.Unstudied = xxhash.Sum64String(string(e.ID))%lessonsKept != 0
		}
	}
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
