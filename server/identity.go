package server

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

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
	return s.seal(st, b), nil
}

// seal is what is kept of who is behind an id.
func (s *Server) seal(st *site, b behind) visitor.Sealed {
	if b.shared {
		return st.withhold(visitor.SealVisit(visitor.ThisVisit(b.parts[0], s.clock.Now(), st.facetsOf)))
	}
	return st.withhold(visitor.Seal(st.merged.of(b)))
}

// consents are the stored answers of whoever is behind an id.
func (s *Server) consents(ctx context.Context, st *site, id scoring.VisitorID) ([]scoring.ConsentAnswer, error) {
	b, err := s.behind(ctx, st, id)
	return b.consents(), err
}

func (b *behind) consents() (answers []scoring.ConsentAnswer) {
	for _, p := range b.parts {
		if len(p.Consents) > 0 { // most have none, and this is asked of every event
			answers = visitor.StrictestConsents(answers, p.Consents)
		}
	}
	return answers
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

// sensitive reports whether a text is a category that the site calls sensitive, or one
// below it.
func (st *site) sensitive(text string) bool {
	p := st.record.Load().Visitors
	if p == nil {
		return false
	}
	text = strings.ToLower(strings.TrimSpace(text))
	return slices.ContainsFunc(p.Sensitive, func(category string) bool {
		rest, ok := strings.CutPrefix(text, strings.ToLower(category))
		return ok && (rest == "" || rest[0] == '/')
	})
}
