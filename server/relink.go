package server

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/visitor"
)

// relink is the links of a site as they are to be, for one who holds its linking: what is
// read once, and changed by links that are not in the journal yet.
type relink struct {
	server *Server
	site   *site
	now    time.Time
	person map[scoring.VisitorID]scoring.PersonID
	has    map[scoring.PersonID]int // devices
	keys   []scoring.VisitorID      // of all who are touched
	events []scoring.Event
}

func (s *Server) relink(st *site) *relink {
	return &relink{
		server: s, site: st, now: journalTime(s.clock.Now()),
		person: map[scoring.VisitorID]scoring.PersonID{}, has: map[scoring.PersonID]int{},
	}
}

func (r *relink) personOf(ctx context.Context, device scoring.VisitorID) (scoring.PersonID, error) {
	person, ok := r.person[device]
	if !ok {
		p, err := r.server.profile(ctx, r.site, device)
		if err != nil {
			return "", err
		}
		person = p.Person()
		r.person[device] = person
	}
	return person, nil
}

func (r *relink) devicesOf(ctx context.Context, person scoring.PersonID) (int, error) {
	n, ok := r.has[person]
	if !ok {
		p, err := r.server.profile(ctx, r.site, visitor.PersonKey(person))
		if err != nil {
			return 0, err
		}
		n = len(p.Devices())
		r.has[person] = n
	}
	return n, nil
}

// link joins devices to a person, or changes nothing.
func (r *relink) link(ctx context.Context, person scoring.PersonID, devices []scoring.VisitorID) error {
	var fresh []scoring.VisitorID
	for _, device := range devices {
		of, err := r.personOf(ctx, device)
		if err != nil {
			return err
		}
		if of != person && !slices.Contains(fresh, device) {
			fresh = append(fresh, device)
		}
	}
	n, err := r.devicesOf(ctx, person)
	if err != nil {
		return err
	}
	if most := r.site.maxDevices(); n+len(fresh) > most && len(fresh) > 0 {
		return precondition("%s has %d devices and would have %d, more than %d: unlink those that are no longer used, or raise max_devices in the site's visitor_policy",
			personName(r.site.id, person), n, n+len(fresh), most)
	}
	for _, device := range fresh {
		if of := r.person[device]; of != "" {
			if err := r.unlink(ctx, of, device); err != nil {
				return err
			}
		}
		r.person[device] = person
		r.has[person]++
		r.tell(scoring.VisitorLinked, person, device)
	}
	return nil
}

// unlink takes a device from a person, if it is theirs.
func (r *relink) unlink(ctx context.Context, person scoring.PersonID, device scoring.VisitorID) error {
	of, err := r.personOf(ctx, device)
	if err != nil || of != person {
		return err
	}
	n, err := r.devicesOf(ctx, person)
	if err != nil {
		return err
	}
	r.person[device], r.has[person] = "", n-1
	r.tell(scoring.VisitorUnlinked, person, device)
	return nil
}

// tell adds the two events of a link.
func (r *relink) tell(kind scoring.EventType, person scoring.PersonID, device scoring.VisitorID) {
	for _, key := range []scoring.VisitorID{device, visitor.PersonKey(person)} {
		r.keys = append(r.keys, key)
		r.events = append(r.events, scoring.Event{Type: kind, Visitor: key, Time: r.now, Link: &scoring.Link{Person: person, Device: device}})
	}
}

// commit makes all of it durable at once. No decision that hands out something counted to
// any of them is under way meanwhile.
func (r *relink) commit(ctx context.Context) error {
	defer r.site.turns.takeAll(r.keys)()
	return r.server.appendInternal(ctx, r.site, r.events)
}

// appendInternal makes events that are the journal's alone durable, all at once, under
// ids of their own.
func (s *Server) appendInternal(ctx context.Context, st *site, events []scoring.Event) error {
	if len(events) == 0 {
		return nil
	}
	for i := range events {
		id, err := newDecisionID(events[i].Time, s.chance)
		if err != nil {
			return err
		}
		events[i].ID = scoring.EventID("internal-" + id)
	}
	acks, err := s.store.Append(ctx, st.id, events)
	if err != nil {
		return fmt.Errorf("append what is told of visitors: %w", about(siteName(st.id), err))
	}
	st.metrics.stored.Set(float64(acks[len(acks)-1].Seq))
	return nil
}

// journalTime is a time as the journal keeps it.
func journalTime(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }
