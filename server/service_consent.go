package server

import (
	"context"
	"fmt"
	"time"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
)

// SetConsent implements VisitorService. The answers stand in the journal like anything
// else that the visitor did, and so in their profile when it returns.
func (s *visitors) SetConsent(ctx context.Context, req *pb.SetConsentRequest) (*pb.SetConsentResponse, error) {
	var v violations
	s.rules.check(&v, "", req)
	siteID, id := splitVisitor(&v, "name", req.GetName())
	said, unread := signalsFromProto("consent", req.GetConsent())
	answers := said.answers()
	if len(answers) == 0 {
		v.add("consent", "says nothing, must have at least one signal")
	}
	if err := v.err(); err != nil {
		return nil, s.fail("SetConsent", err)
	}
	st, err := s.sites.get(siteID)
	if err != nil {
		return nil, s.fail("SetConsent", err)
	}
	if err := s.setConsent(ctx, st, id, answers); err != nil {
		return nil, s.fail("SetConsent", err)
	}
	kept, err := s.visitor(ctx, st, id)
	if err != nil {
		return nil, s.fail("SetConsent", err)
	}
	return &pb.SetConsentResponse{Consents: consentsToProto(st, kept.Consents()), Notices: unread}, nil
}

// setConsent stores a visitor's answers.
func (s *Server) setConsent(ctx context.Context, st *site, id scoring.VisitorID, answers []scoring.ConsentAnswer) error {
	now := s.clock.Now().UTC().Truncate(time.Microsecond)
	event, err := newDecisionID(now, s.chance)
	if err != nil {
		return err
	}
	acks, err := s.store.Append(ctx, st.id, []scoring.Event{{
		ID: scoring.EventID("consent-" + event), Type: scoring.ConsentSet, Visitor: id, Time: now, Consent: answers,
	}})
	if err != nil {
		return fmt.Errorf("append what a visitor allows: %w", about(siteName(st.id), err))
	}
	st.metrics.stored.Set(float64(acks[0].Seq))
	return nil
}

// consentsToProto tells what a visitor allows now, by purpose: what they answered, and
// where they did not what the site's policy says.
func consentsToProto(st *site, stored []scoring.ConsentAnswer) []*pb.StoredConsent {
	var silent signals
	allowed := silent.allowed(stored, st.info.ConsentPolicy)
	list := make([]*pb.StoredConsent, 0, scoring.PurposeProfile)
	for p := scoring.PurposeProducts; p <= scoring.PurposeProfile; p++ {
		m := &pb.StoredConsent{Purpose: pb.Purpose(p), Granted: allowed.Has(p), Signal: pb.ConsentSignal_CONSENT_SIGNAL_SITE_POLICY}
		for _, a := range stored {
			if a.Purpose == p {
				m.Granted, m.Signal, m.Time = a.Granted, pb.ConsentSignal(a.Signal), timeToProto(a.Time)
			}
		}
		list = append(list, m)
	}
	return list
}
