package server

import (
	"context"
	"fmt"
	"time"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/decide"
)

// decisions is DecisionService.
type decisions struct {
	pb.UnimplementedDecisionServiceServer
	*Server
}

// Decide implements DecisionService.
func (s *decisions) Decide(ctx context.Context, req *pb.DecideRequest) (*pb.DecideResponse, error) {
	steps := s.steps(ctx)
	defer steps.End()
	steps.Next("validate")
	q, err := s.queryFromProto(req)
	if err != nil {
		return nil, s.fail("Decide", err)
	}
	if q.counted() {
		if err := q.site.countersReady(ctx); err != nil {
			return nil, s.fail("Decide", err)
		}
	}
	q.steps = steps
	steps.Next("profile")
	done, err := s.turn(ctx, q)
	if err != nil {
		return nil, s.fail("Decide", err)
	}
	defer done()
	who, err := s.known(ctx, q)
	if err != nil {
		return nil, s.fail("Decide", err)
	}
	now := s.clock.Now().UTC().Truncate(time.Microsecond) // as the journal keeps it
	id, err := newDecisionID(now, s.chance)
	if err != nil {
		return nil, s.fail("Decide", err)
	}
	page := &scoring.Decision{Time: now, Context: q.context, Mode: who.mode, DataClasses: who.read(), Allowed: who.allowed}
	var served []scoring.Served
	room, ok := s.rooms.Get().(*decide.Room)
	if !ok {
		room = new(decide.Room)
	}
	defer s.rooms.Put(room) // nobody has anything of the page once it is written out
	page.Placements, served = s.fill(q, who, now, id, room)
	steps.Next("hand out")
	blob, err := s.handOut(ctx, q, who, page, id, served)
	if cannotWrite(err) {
		q.unwritable = true
		page.Placements, served = s.fill(q, who, now, id, room)
		blob, err = s.handOut(ctx, q, who, page, id, served)
	}
	if err != nil {
		return nil, s.fail("Decide", err)
	}
	if q.recorded() {
		page.ID, page.Visitor, page.Person = id, q.visitor, q.person
	}
	steps.Next("explain")
	answer, err := s.pageToProto(q, page)
	if err != nil {
		return nil, s.fail("Decide", err)
	}
	s.record(q, page) // now that all of it is at hand
	answer.ContactBlob = blob
	if q.grouped {
		answer.Segments = segmentNames(q.site, asked(q.site, who.groups, who.allowed, now))
	}
	return answer, nil
}

// GetDecision implements DecisionService.
func (s *decisions) GetDecision(ctx context.Context, req *pb.GetDecisionRequest) (*pb.Decision, error) {
	var v violations
	s.rules.check(&v, "", req)
	siteID, id := splitName(&v, "name", req.GetName(), "decisions")
	if err := v.err(); err != nil {
		return nil, s.fail("GetDecision", err)
	}
	st, err := s.sites.get(siteID)
	if err != nil {
		return nil, s.fail("GetDecision", err)
	}
	d, err := s.store.Decision(ctx, st.id, scoring.DecisionID(id))
	if err != nil {
		return nil, s.fail("GetDecision", about(req.GetName(), err))
	}
	m, err := s.decisionToProto(st, d)
	return m, s.fail("GetDecision", err)
}

// fill decides the placements, those of products and those of creatives, and lists
// what of it is counted. What is left to chance follows from the id. The products' items
// stand in the room; nil: in memory of their own.
func (s *decisions) fill(
	q *query, who knowledge, now time.Time, id scoring.DecisionID, room *decide.Room,
) ([]scoring.FilledPlacement, []scoring.Served) {
	seed := decide.SeedOf(id)
	page := &decide.Page{
		Now: now, Context: &q.context, Visitor: who.products, Folded: who.mode != scoring.ModeContextual && len(q.session) == 0, Seed: seed,
		Reasons: q.reasons(), Rejected: q.rejected(), Room: room, Step: q.steps.Teller(),
	}
	for _, slot := range q.slots {
		if slot.placement.Creatives == nil {
			page.Slots = append(page.Slots, slot.fill)
		}
	}
	if a := s.ablation.Load(); a != nil {
		for i := range page.Slots {
			page.Slots[i].Config = page.Slots[i].Config.Without(a)
		}
	}
	decided := q.site.decider.Decide(page)
	for i := range decided {
		decided[i].Objective = page.Slots[i].Rules.Objective
	}
	if len(decided) == len(q.slots) {
		return decided, nil
	}
	filled := make([]scoring.FilledPlacement, len(q.slots))
	for i, slot := range q.slots {
		if slot.placement.Creatives == nil {
			filled[i], decided = decided[0], decided[1:]
		}
	}
	return filled, s.fillAds(q, who, now, id, seed, filled)
}

// recorded reports whether the decision is kept. A dry run is not, nor what is made from a
// session of which nothing may be stored. Only one that is has an id.
func (q *query) recorded() bool { return !q.dryRun && len(q.session) == 0 }

// record keeps the decision, if it is to be.
func (s *decisions) record(q *query, d *scoring.Decision) {
	q.site.metrics.decisions[d.Mode].Inc()
	if q.recorded() && !s.store.RecordDecision(q.site.id, d) {
		q.site.metrics.unrecorded.Inc()
	}
}

// pageToProto writes out the answer, its placements as the bytes that go out: whoever
// reads them from the message, and not from what it is marshalled to, finds none.
func (s *decisions) pageToProto(q *query, d *scoring.Decision) (*pb.DecideResponse, error) {
	a := answer{site: q.site, words: s.languages.Of(q.context.Locale, q.site.info.Locale), filled: d.Placements, whole: q.whole}
	resp := &pb.DecideResponse{Mode: pb.DecisionMode(d.Mode), DataClasses: dataClassesToProto(d.DataClasses), Notices: q.notices}
	if d.ID != "" {
		resp.Decision = decisionName(q.site.id, d.ID)
		a.urls = s.beacons
		a.token, a.page = s.tokens.forDecision(q.site.id, d.ID), d.Context.PageType
	}
	placements, err := s.answers.placements(responsePlacements, a)
	if err != nil {
		return nil, fmt.Errorf("write out a page of site %q: %w", q.site.id, err)
	}
	resp.ProtoReflect().SetUnknown(placements)
	return resp, nil
}
