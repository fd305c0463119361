package server

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/model"
	"github.com/vitrine-io/vitrine/scoring/visitor"
	"github.com/vitrine-io/vitrine/store"
)

// EraseVisitor implements VisitorService.
func (s *visitors) EraseVisitor(ctx context.Context, req *pb.EraseVisitorRequest) (*pb.EraseVisitorResponse, error) {
	var v violations
	s.rules.check(&v, "", req)
	siteID, id := splitVisitor(&v, "name", req.GetName())
	if err := v.err(); err != nil {
		return nil, s.fail("EraseVisitor", err)
	}
	st, err := s.sites.get(siteID)
	if err != nil {
		return nil, s.fail("EraseVisitor", err)
	}
	st.linking.Lock()
	defer st.linking.Unlock()
	goers, err := s.goers(ctx, st, id)
	if err != nil {
		return nil, s.fail("EraseVisitor", err)
	}
	if len(goers) == 0 {
		return nil, s.fail("EraseVisitor", about(req.GetName(), store.ErrNotFound))
	}
	receipt := &pb.EraseVisitorResponse{Time: timeToProto(s.clock.Now().UTC().Truncate(time.Microsecond))}
	if receipt.Links, err = s.takeFromPersons(ctx, st, goers, id); err != nil {
		return nil, s.fail("EraseVisitor", err)
	}
	for _, g := range goers {
		if err := s.erase(ctx, st, g, receipt); err != nil {
			return nil, s.fail("EraseVisitor", err)
		}
	}
	return receipt, nil
}

// goer is one who is to be erased: a device, or a person's own record.
type goer struct {
	id       scoring.VisitorID
	known    bool             // has a profile
	person   scoring.PersonID // a device's
	near     []scoring.VisitorID
	products []uint64  // hashes of those that the shop doesn't sell
	counted  store.Seq // the last of their events that a campaign's goal or budget counts by
}

// goers are those behind an id who are to be erased, the person's own record last: a
// device alone, or a person with all their devices. Those of whom nothing is kept are
// left out.
func (s *visitors) goers(ctx context.Context, st *site, id scoring.VisitorID) ([]*goer, error) {
	p, err := s.profile(ctx, st, id)
	if err != nil {
		return nil, err
	}
	var goers []*goer
	for _, one := range append(slices.Clone(p.Devices()), id) {
		g, err := s.goer(ctx, st, one)
		if err != nil {
			return nil, err
		}
		if g != nil {
			goers = append(goers, g)
		}
	}
	return goers, nil
}

// goer looks through what is kept of one; nil if that is nothing.
func (s *visitors) goer(ctx context.Context, st *site, id scoring.VisitorID) (*goer, error) {
	p, err := s.profile(ctx, st, id)
	if err != nil {
		return nil, err
	}
	g := &goer{id: id, known: !p.Empty(), person: p.Person()}
	kept := p != nil
	err = s.store.EventsOf(ctx, st.id, id, func(entry store.Entry) error {
		kept = true
		g.look(st, &entry.Event)
		if e := &entry.Event; e.Ad != nil || slices.ContainsFunc(e.Served, func(s scoring.Served) bool { return s.Terms != nil }) {
			g.counted = entry.Seq
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read a visitor of site %q: %w", st.id, err)
	}
	if !kept {
		err := s.store.DecisionsOf(ctx, st.id, id, func(*scoring.Decision) error { return errFound })
		if kept = errors.Is(err, errFound); !kept && err != nil {
			return nil, fmt.Errorf("read a visitor of site %q: %w", st.id, err)
		}
	}
	if !kept {
		return nil, nil
	}
	return g, nil
}

// errFound ends a search.
var errFound = errors.New("found")

// look notes whose events may name the visitor, and the products that only events do.
func (g *goer) look(st *site, e *scoring.Event) {
	if e.Link != nil {
		other := e.Link.Device
		if other == g.id {
			other = visitor.PersonKey(e.Link.Person)
		}
		if !slices.Contains(g.near, other) {
			g.near = append(g.near, other)
		}
	}
	for i := range e.Items {
		if n, ok := st.products.Lookup(e.Items[i].Product); ok && st.products.Product(n) != nil {
			continue
		}
		if hash := model.ProductHash(e.Items[i].Product); !slices.Contains(g.products, hash) && len(g.products) < maxBatch {
			g.products = append(g.products, hash)
		}
	}
}

// takeFromPersons takes devices from the persons that they are linked to, and returns how
// many. A person who goes, too, keeps them to the end: should it be cut short, the next
// call finds them.
func (s *visitors) takeFromPersons(ctx context.Context, st *site, goers []*goer, asked scoring.VisitorID) (int64, error) {
	r, n := s.relink(st), int64(0)
	for _, g := range goers {
		if g.person == "" {
			continue
		}
		if visitor.PersonKey(g.person) == asked {
			n++
			continue
		}
		if err := r.unlink(ctx, g.person, g.id); err != nil {
			return 0, err
		}
		n++
		if key := visitor.PersonKey(g.person); !slices.Contains(g.near, key) {
			g.near = append(g.near, key) // the link is past the events' retention
		}
	}
	return n, r.commit(ctx)
}

// erase erases one and adds what it took to the receipt. No decision that hands out
// something counted to them is under way meanwhile.
func (s *visitors) erase(ctx context.Context, st *site, g *goer, receipt *pb.EraseVisitorResponse) error {
	told, err := s.controlEntry(scoring.Event{
		Type:    scoring.VisitorErased,
		Control: &scoring.Control{Visitor: model.VisitorHash(g.id), Products: g.products},
	})
	if err != nil {
		return err
	}
	if person, ok := visitor.PersonOf(g.id); ok {
		told.Control.Person = model.PersonHash(person)
	}
	defer st.turns.take(g.id)()
	// What a campaign has handed out and brought about goes on counting: after a crash it
	// can't be learned from the events any more.
	if err := st.learner.saveUpTo(ctx, g.counted); err != nil {
		return fmt.Errorf("save what campaigns brought about: %w", about(siteName(st.id), err))
	}
	erased, err := s.store.EraseVisitor(ctx, st.id, store.Erasure{Visitor: g.id, Near: g.near, Told: told})
	if err != nil {
		return fmt.Errorf("erase a visitor: %w", about(siteName(st.id), err))
	}
	if g.known {
		receipt.Profiles++
	}
	receipt.Events += int64(erased.Events)
	receipt.Decisions += int64(erased.Decisions)
	receipt.JournalPosition = int64(erased.Seq)
	st.metrics.stored.Set(float64(erased.Seq))
	return nil
}
