package server

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/cespare/xxhash/v2"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/visitor"
	"github.com/vitrine-io/vitrine/store"
)

// What a site has of a visitor policy that does not say.
const (
	defaultMaxDevices    = 16
	defaultSharedPersons = 3
)

// visitor reads what is kept of whoever is behind an id, sealed: what may be known of it
// depends on what they allow. It is the only way to a profile. Of a device that is linked
// to a person, and of a person's own key, it is what is known of the person; of a device
// that many share, this visit. A visitor never seen is no error.
func (s *Server) visitor(ctx context.Context, st *site, id scoring.VisitorID) (visitor.Sealed, error) {
	b, err := s.behind(ctx, st, id)
	if err != nil {
		return visitor.Sealed{}, err
	}
	if b.shared {
		return visitor.SealVisit(visitor.ThisVisit(b.parts[0], s.clock.Now(), st.facetsOf)), nil
	}
	return visitor.Seal(st.merged.of(b)), nil
}

// consents are the stored answers of whoever is behind an id, which is all that an event
// on its way in needs of them.
func (s *Server) consents(ctx context.Context, st *site, id scoring.VisitorID) (answers []scoring.ConsentAnswer, err error) {
	b, err := s.behind(ctx, st, id)
	for _, p := range b.parts {
		answers = visitor.StrictestConsents(answers, p.Consents)
	}
	return answers, err
}

// behind is who is behind an id.
type behind struct {
	person scoring.PersonID   // empty for a device that stands for itself
	parts  []*visitor.Profile // the device alone, or the person's own record and all their devices
	shared bool               // a device that many persons use: parts has it alone
}

// behind finds out who is behind an id. A device that many persons use is part of none.
func (s *Server) behind(ctx context.Context, st *site, id scoring.VisitorID) (b behind, err error) {
	p, err := s.profile(ctx, st, id)
	if err != nil {
		return b, err
	}
	if p != nil {
		b.parts = append(b.parts, p)
	}
	person, own := visitor.PersonOf(id)
	if !own {
		if person = p.Person(); person == "" {
			return b, nil
		}
		if b.shared = p.Shared(st.sharedPersons(), s.clock.Now()); b.shared {
			return b, nil
		}
		if p, err = s.profile(ctx, st, visitor.PersonKey(person)); err != nil {
			return b, err
		}
		if p != nil {
			b.parts = append(b.parts, p)
		}
	}
	b.person = person
	for _, device := range p.Devices() {
		if device == id {
			continue
		}
		d, err := s.profile(ctx, st, device)
		if err != nil {
			return b, err
		}
		// One that is being taken from them, or that many share, is not theirs.
		if d.Person() == person && !d.Shared(st.sharedPersons(), s.clock.Now()) {
			b.parts = append(b.parts, d)
		}
	}
	return b, nil
}

// profile reads one profile by itself; nil for a visitor never seen.
func (s *Server) profile(ctx context.Context, st *site, id scoring.VisitorID) (*visitor.Profile, error) {
	p, err := s.store.Profile(ctx, st.id, id)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("read a visitor of site %q: %w", st.id, err)
	}
	return p, nil
}

// merges remember what was last made of persons' parts. Profiles never change, so what
// was made of the same ones is the same. Reading takes no lock; persons who share a place
// take turns in it.
type merges [1024]atomic.Pointer[mergedPerson]

type mergedPerson struct {
	parts []*visitor.Profile
	whole *visitor.Profile
}

// of is what is known of who is behind an id; nil for nobody known.
func (m *merges) of(b behind) *visitor.Profile {
	if len(b.parts) < 2 {
		return visitor.Merge(nil, b.parts...)
	}
	place := &m[xxhash.Sum64String(string(b.person))%uint64(len(m))]
	if last := place.Load(); last != nil && sameParts(last.parts, b.parts) {
		return last.whole
	}
	whole := visitor.Merge(nil, b.parts...)
	place.Store(&mergedPerson{b.parts, whole})
	return whole
}

// sameParts reports whether both have the same profiles, whatever their order: it depends
// on which device was asked for.
func sameParts(a, b []*visitor.Profile) bool {
	if len(a) != len(b) {
		return false
	}
	for _, p := range a {
		if !slices.Contains(b, p) {
			return false
		}
	}
	return true
}

// facetsOf are a product's, as events have them.
func (st *site) facetsOf(id scoring.ProductID) []scoring.FacetID {
	e := scoring.Event{Items: []scoring.EventItem{{Product: id}}}
	st.nameFacets(&e)
	return e.Items[0].Facets
}

// maxDevices is how many devices a person may have.
func (st *site) maxDevices() int {
	if p := st.record.Load().Visitors; p != nil && p.MaxDevices > 0 {
		return int(p.MaxDevices)
	}
	return defaultMaxDevices
}

// sharedPersons is of how many persons a device is nobody's.
func (st *site) sharedPersons() int {
	if p := st.record.Load().Visitors; p != nil && p.SharedPersons > 0 {
		return int(p.SharedPersons)
	}
	return defaultSharedPersons
}

// turnOf waits for the turn of whoever is behind a device, which ends with done: persons
// take theirs on all their devices together.
func (s *Server) turnOf(ctx context.Context, st *site, device scoring.VisitorID) (done func(), err error) {
	for {
		key, err := s.turnKey(ctx, st, device)
		if err != nil {
			return nil, err
		}
		done := st.turns.take(key)
		again, err := s.turnKey(ctx, st, device)
		if err == nil && again == key {
			return done, nil
		}
		done() // it was linked, or unlinked, meanwhile
		if err != nil {
			return nil, err
		}
	}
}

// turnKey is the key of the person behind a device, or the device's own.
func (s *Server) turnKey(ctx context.Context, st *site, device scoring.VisitorID) (scoring.VisitorID, error) {
	p, err := s.profile(ctx, st, device)
	if person := p.Person(); person != "" {
		return visitor.PersonKey(person), err
	}
	return device, err
}

// takeAll waits for the turns of several at once. Whoever takes more than one takes them
// in this way, which is always the same order.
func (t *turns) takeAll(keys []scoring.VisitorID) (done func()) {
	locks := make([]int, len(keys))
	for i, key := range keys {
		locks[i] = t.lockOf(key)
	}
	slices.Sort(locks)
	locks = slices.Compact(locks)
	for _, k := range locks {
		t[k].Lock()
	}
	return func() {
		for _, k := range locks {
			t[k].Unlock()
		}
	}
}

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
		server: s, site: st, now: s.clock.Now().UTC().Truncate(time.Microsecond),
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
		if err := r.tell(scoring.VisitorLinked, person, device); err != nil {
			return err
		}
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
	return r.tell(scoring.VisitorUnlinked, person, device)
}

// tell adds the two events of a link.
func (r *relink) tell(kind scoring.EventType, person scoring.PersonID, device scoring.VisitorID) error {
	for _, key := range []scoring.VisitorID{device, visitor.PersonKey(person)} {
		id, err := newDecisionID(r.now, r.server.chance)
		if err != nil {
			return err
		}
		r.keys = append(r.keys, key)
		r.events = append(r.events, scoring.Event{
			ID: scoring.EventID("link-" + id), Type: kind, Visitor: key, Time: r.now, Link: &scoring.Link{Person: person, Device: device},
		})
	}
	return nil
}

// commit makes all of it durable at once. No decision that hands out something counted to
// any of them is under way meanwhile.
func (r *relink) commit(ctx context.Context) error {
	if len(r.events) == 0 {
		return nil
	}
	defer r.site.turns.takeAll(r.keys)()
	acks, err := r.server.store.Append(ctx, r.site.id, r.events)
	if err != nil {
		return fmt.Errorf("append links: %w", about(siteName(r.site.id), err))
	}
	r.site.metrics.stored.Set(float64(acks[len(acks)-1].Seq))
	return nil
}
