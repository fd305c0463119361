package model

import (
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/cespare/xxhash/v2"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/approx"
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/scoring/interest"
)

const (
	// maxContexts is how many contexts are known at a time: 6 MiB when every one has
	// its fill of products.
	maxContexts = 1 << 10
	// contextProducts are kept of each: what has more than one in 512 of a context is
	// told to a view, where everybody buys something else, too.
	contextProducts = 512
	// contextVisitors must share a context before it speaks: what a village looks at
	// is nobody's business.
	contextVisitors = 10
	// contextWeight must have been turned to in a context, in product views, before it
	// is preferred to the wider one that it is part of.
	contextWeight = 200
	// contextHalfLife: habits of a place last, campaigns end.
	contextHalfLife = 30 * 24 * time.Hour
	// contextTrust is how many product views are assumed to be as everywhere: the
	// gamma prior of a Poisson rate (DuMouchel, Bayesian data mining in large
	// frequency tables, The American Statistician, 1999).
	contextTrust = 5
)

// contexts learns what visitors of a context turn to: those of a city, with a
// phone, from a campaign. It is what a first-ever visitor can be met with, and
// what the page tells by itself, with or without their consent.
type contexts struct {
	of tallies
	// base is what visitors of all contexts turned to, each product in a packed
	// counter; all is the sum.
	base growing[atomic.Uint64]
	all  atomic.Uint64
	keys []contextKey // for the learner alone
}

// Trait is what visitors of a context have in common.
type Trait uint8

// The traits.
const (
	TraitPlace   Trait = iota // city, region or country
	TraitSource               // campaign, utm source and medium, or referring host
	TraitDevice               // kind of device
	TraitChannel              // where visitor and shop meet
	Traits       = iota
)

// contextKey is a context that an event or page is part of.
type contextKey struct {
	trait Trait
	key   uint64
}

// contextKeys appends the contexts of c, of each trait the widest first. Hour and
// weekday are none: docs/decisions has the figures.
func contextKeys(dst []contextKey, c *scoring.Context) []contextKey {
	add := func(t Trait, kind string, parts ...string) {
		dst = append(dst, contextKey{t, xxhash.Sum64String(kind + "\x00" + strings.ToLower(strings.Join(parts, "\x00")))})
	}
	if c.Country != "" {
		add(TraitPlace, "country", c.Country)
		if c.Region != "" {
			add(TraitPlace, "region", c.Country, c.Region)
		}
	}
	if c.City != "" {
		add(TraitPlace, "city", c.Country, c.Region, c.City)
	}
	if c.Referrer != "" {
		add(TraitSource, "host", c.ReferrerHost())
	}
	if c.Source != "" || c.Medium != "" {
		add(TraitSource, "source", c.Source, c.Medium)
	}
	if c.Campaign != "" {
		add(TraitSource, "campaign", c.Campaign)
	}
	if c.Device != 0 {
		add(TraitDevice, "device", strconv.Itoa(int(c.Device)))
	}
	if c.Channel != 0 {
		add(TraitChannel, "channel", strconv.Itoa(int(c.Channel)))
	}
	return dst
}

func (*contexts) name() string { return "contexts" }

func (x *contexts) reset() {
	x.of.size, x.of.products = maxContexts, contextProducts
	x.of.floor, x.of.halfLife, x.of.owed = contextVisitors, contextHalfLife, true
	x.of.reset()
	x.base.reset()
	x.all.Store(0)
}

// learn takes in what a visitor turned to. The event's products are not yet steps of
// the session: what it has looked at already counts no second time.
func (x *contexts) learn(m *Model, s *session, e *scoring.Event, t instantMillis) {
	w := interest.Of(e)
	if e.Context == nil || w <= 0 {
		return
	}
	x.keys = contextKeys(x.keys[:0], e.Context)
	if len(x.keys) == 0 {
		return
	}
	who := visitorKey(e.Visitor)
	for k := range e.Items {
		i := m.products.Intern(e.Items[k].Product)
		if s != nil && s.has(i) && w <= interest.OfEvent(scoring.ProductViewed) {
			continue
		}
		add(x.base.at(uint32(i)), w, t, contextHalfLife)
		add(&x.all, w, t, contextHalfLife)
		for _, c := range x.keys {
			x.of.add(c.key, who, i, w, t)
		}
	}
}

// Setting is what is known of a context.
type Setting struct {
	Trait  Trait
	Turned []Turned // what its visitors turn to most
	weight float64  // of all they turn to
	least  float64  // what a product that is not among Turned may have at most
}

// Settings appends to dst the contexts of a page of which enough is known, of each
// trait the narrowest. The lists of what dst held before are used again.
func (m *Model) Settings(dst []Setting, c *scoring.Context, now time.Time) []Setting {
	x := &m.contexts
	if x.of.sets.Load() == nil {
		return dst[:0]
	}
	var room [8]contextKey
	dst = dst[:0]
	for _, k := range contextKeys(room[:0], c) {
		_, weight := x.of.known(k.key, instant(now))
		n := len(dst)
		if n > 0 && dst[n-1].Trait == k.trait && weight >= contextWeight {
			n-- // the narrower one takes its place
		} else if weight == 0 || n > 0 && dst[n-1].Trait == k.trait {
			continue
		}
		dst = slices.Grow(dst, 1)[:n+1]
		turned, _, least := x.of.appendTo(dst[n].Turned[:0], k.key, instant(now))
		dst[n] = Setting{Trait: k.trait, Turned: turned, weight: weight, least: least}
	}
	return dst
}

// Shares tells products' parts of all that visitors turn to, of whatever context.
type Shares struct {
	base *growing[atomic.Uint64]
	all  float64
	at   instantMillis
}

// unseen is what every product has been turned to at the least, in views: none is
// impossible.
const unseen = 0.5

// Shares are those of now.
func (m *Model) Shares(now time.Time) Shares {
	t := instant(now)
	return Shares{&m.contexts.base, max(0, read(m.contexts.all.Load(), t, contextHalfLife)) + unseen, t}
}

// Of is a product's share.
func (s *Shares) Of(i catalog.Index) float64 {
	n := unseen
	if p := s.base.peek(uint32(i)); p != nil {
		n += max(0, read(p.Load(), s.at, contextHalfLife))
	}
	return n / s.all
}

// Part is what part of all that the context's visitors turn to a product has.
func (s *Setting) Part(turned float64) float32 { return float32(turned / s.weight) }

// Lift is the logarithm of how many times as much the context's visitors turn to a
// product as others do, whose share it has. With no weight in Turned, it is at most so
// much.
func (s *Setting) Lift(turned, share float64) float32 {
	usual := s.weight * share
	if turned == 0 {
		turned = min(s.least, usual)
	}
	return approx.Ln(float32((turned + contextTrust) / (usual + contextTrust)))
}

func (x *contexts) forget(gone func(catalog.Index) bool) {
	x.of.forget(gone)
	for i := range x.base.span() {
		if p := x.base.peek(i); p != nil && gone(catalog.Index(i)) {
			p.Store(0)
		}
	}
}

// The section: the tallies, then what all contexts share.

func (x *contexts) save(w *writer) {
	x.of.save(w)
	w.word(x.all.Load())
	var have []catalog.Index
	for _, i := range w.ids {
		if p := x.base.peek(uint32(i)); p != nil && p.Load() != 0 {
			have = append(have, i)
		}
	}
	w.uint(uint64(len(have)))
	for _, i := range have {
		w.product(i)
		w.word(x.base.peek(uint32(i)).Load())
	}
}

func (x *contexts) load(r *reader) {
	x.of.load(r)
	x.all.Store(r.Word())
	for range r.Count(9) {
		i := r.product()
		x.base.at(uint32(i)).Store(r.Word())
	}
}
