package server

import (
	"context"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/visitor"
)

// LinkVisitors implements VisitorService.
func (s *visitors) LinkVisitors(ctx context.Context, req *pb.LinkVisitorsRequest) (*pb.Person, error) {
	var v violations
	s.rules.check(&v, "", req)
	siteID, person := splitPerson(&v, "person", req.GetPerson())
	devices := splitDevices(&v, "visitors", siteID, req.GetVisitors())
	if err := v.err(); err != nil {
		return nil, s.fail("LinkVisitors", err)
	}
	st, err := s.sites.get(siteID)
	if err != nil {
		return nil, s.fail("LinkVisitors", err)
	}
	if err := s.mayLink(ctx, st, append([]scoring.VisitorID{visitor.PersonKey(person)}, devices...)); err != nil {
		return nil, s.fail("LinkVisitors", err)
	}
	resp, err := s.changeLinks(ctx, st, person, func(r *relink) error { return r.link(ctx, person, devices) })
	return resp, s.fail("LinkVisitors", err)
}

// UnlinkVisitors implements VisitorService.
func (s *visitors) UnlinkVisitors(ctx context.Context, req *pb.UnlinkVisitorsRequest) (*pb.Person, error) {
	var v violations
	s.rules.check(&v, "", req)
	siteID, person := splitPerson(&v, "person", req.GetPerson())
	devices := splitDevices(&v, "visitors", siteID, req.GetVisitors())
	if err := v.err(); err != nil {
		return nil, s.fail("UnlinkVisitors", err)
	}
	st, err := s.sites.get(siteID)
	if err != nil {
		return nil, s.fail("UnlinkVisitors", err)
	}
	resp, err := s.changeLinks(ctx, st, person, func(r *relink) error {
		if len(devices) == 0 {
			p, err := s.profile(ctx, st, visitor.PersonKey(person))
			if err != nil {
				return err
			}
			devices = p.Devices()
		}
		for _, device := range devices {
			if err := r.unlink(ctx, person, device); err != nil {
				return err
			}
		}
		return nil
	})
	return resp, s.fail("UnlinkVisitors", err)
}

// changeLinks changes links in one commit and returns the person as they are then.
func (s *visitors) changeLinks(ctx context.Context, st *site, person scoring.PersonID, change func(*relink) error) (*pb.Person, error) {
	st.linking.Lock()
	defer st.linking.Unlock()
	r := s.relink(st)
	if err := change(r); err != nil {
		return nil, err
	}
	if err := r.commit(ctx); err != nil {
		return nil, err
	}
	p, err := s.profile(ctx, st, visitor.PersonKey(person))
	if err != nil {
		return nil, err
	}
	m := &pb.Person{Name: personName(st.id, person)}
	for _, device := range p.Devices() {
		m.Devices = append(m.Devices, visitorName(st.id, device))
	}
	return m, nil
}

// mayLink fails if one of them has refused to have a profile kept. Who has not answered
// has not refused: the call carries no signals, and that two devices are one customer's is
// the shop's to know.
func (s *visitors) mayLink(ctx context.Context, st *site, ids []scoring.VisitorID) error {
	for _, id := range ids {
		answers, err := s.consents(ctx, st, id)
		if err != nil {
			return err
		}
		var silent signals
		if !silent.allowed(answers, scoring.OptOut).Has(scoring.PurposeProfile) {
			return precondition("%s does not allow a profile to be kept (PURPOSE_PROFILE): SetConsent changes that", visitorName(st.id, id))
		}
	}
	return nil
}
