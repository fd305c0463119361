package server

import (
	"context"
	"fmt"
	"slices"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/delivery"
)

// countersReady waits, after a start, until what is counted has all that stood in the
// journal when the site was opened. From then on it is never behind: what is handed
// out is held until it is learned.
func (st *site) countersReady(ctx context.Context) error {
	if st.opened == 0 || st.learner.reachedSeq() >= st.opened {
		return nil
	}
	if _, err := st.learner.wait(ctx, st.opened-1); err != nil {
		return fmt.Errorf("wait for the counters of site %q: %w", st.id, err)
	}
	return nil
}

// handOut writes down what the page hands out and somebody counts: when it returns
// without an error it counts, whatever becomes of the answer. Otherwise nothing of it
// does, and what was held is let go. It does so in the journal, under an id that is made
// of the decision's. Contacts with a visitor who may not be known stand in the sealed
// blob that it returns, and in the journal only what campaigns with a goal or a budget
// handed out, to nobody.
func (s *decisions) handOut(
	ctx context.Context, q *query, who knowledge, page *scoring.Decision, id scoring.DecisionID, served []scoring.Served,
) (blob []byte, err error) {
	if !q.counted() {
		return nil, nil
	}
	defer func() {
		if err != nil {
			drop(q.site.learner.model.Deliveries(), served)
		}
	}()
	if q.visitor == "" {
		if blob, err = s.blobs.seal(q.site.id, who.contacts.Add(served, page.Time), page.Time); err != nil {
			return nil, err
		}
		served = ofNobody(served)
	}
	if len(served) == 0 {
		return blob, nil
	}
	to := q.visitor
	if !slices.ContainsFunc(served, func(c scoring.Served) bool { return c.Keep > 0 }) {
		to = "" // nothing of it is a contact
	}
	// A caller who goes away must not leave open whether it was written.
	acks, err := s.store.Append(context.WithoutCancel(ctx), q.site.id, []scoring.Event{{
		ID: scoring.EventID("served-" + id), Type: scoring.CreativeServed, Visitor: to, Time: page.Time, Served: served,
	}})
	if err != nil {
		return nil, fmt.Errorf("append what is handed out: %w", about(siteName(q.site.id), err))
	}
	q.site.metrics.stored.Set(float64(acks[0].Seq))
	return blob, nil
}

// ofNobody is what goals and budgets are to know of what was handed out.
func ofNobody(served []scoring.Served) (list []scoring.Served) {
	for _, c := range served {
		if c.Terms != nil {
			c.Keep = 0
			list = append(list, c)
		}
	}
	return list
}

// drop lets go of what was held for what is not handed out.
func drop(ledger *delivery.Ledger, served []scoring.Served) {
	for i := range served {
		ledger.Drop(served[i].Token)
	}
}

// forgetCampaign lets go of what a campaign that was deleted has brought about.
func (s *Server) forgetCampaign(ctx context.Context, st *site, id scoring.CampaignID) error {
	_, err := s.control(ctx, st, scoring.Event{Type: scoring.CampaignDeleted, Control: &scoring.Control{Campaign: id}})
	return err
}

// beginAnew does so for those of the campaigns that are to be created, under ids of
// which something is counted from before. The caller holds the site's write.
func (s *Server) beginAnew(ctx context.Context, st *site, campaigns []scoring.Campaign) error {
	shelf, ledger := st.shelf.Load(), st.learner.model.Deliveries()
	for i := range campaigns {
		id := campaigns[i].ID
		if shelf.Flight(id) != nil || !ledger.Knows(id) {
			continue
		}
		if err := s.forgetCampaign(ctx, st, id); err != nil {
			return err
		}
	}
	return nil
}
