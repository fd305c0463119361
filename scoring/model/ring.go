package model

import (
	"sync/atomic"
	"time"

	"github.com/vitrine-io/vitrine/scoring/catalog"
)

const (
	// ringSize is how many closed sessions neighbours are sought among, the
	// newest: 16 MiB when full.
	ringSize = 1 << 18
	// maxPosting is how many of the newest sessions with a product are kept:
	// on Diginetica quality is flat from 50 to 500.
	maxPosting = 128
)

// ring holds the newest closed sessions, in the manner of VMIS-kNN (Kersbergen,
// Sprangers, Schelter: Serenade, SIGMOD 2022): one cache line a session, and per
// product a bounded list of the newest sessions with it.
type ring struct {
	lines growing[ClosedSession]
	next  atomic.Uint32 // number of the next session; its line is the number modulo ringSize
}

// ClosedSession is a session that neighbours are sought among: the minute of its end
// since 2000, then its products + 1 in their order; 0 ends them. In time it becomes
// another one.
type ClosedSession [1 + sessionProducts]atomic.Uint32

func (r *ring) reset() {
	r.lines.reset()
	r.next.Store(0)
}

// file keeps a session that has ended. One of a single product has no neighbour
// to offer.
func (m *Model) file(s *session) {
	m.trails.extend(s)
	if len(s.products) < 2 {
		return
	}
	n := m.recent.next.Load()
	l := m.recent.lines.at(n % ringSize)
	l[0].Store(seconds(s.end) / 60)
	for k := range sessionProducts {
		var v uint32
		if k < len(s.products) {
			v = uint32(s.products[k]) + 1
		}
		l[1+k].Store(v)
	}
	m.recent.next.Store(n + 1)
	for k, i := range s.products {
		if !first(s.products, k) {
			continue
		}
		post(&m.items.at(uint32(i)).sessions, n)
	}
}

func first(products []catalog.Index, k int) bool {
	for _, p := range products[:k] {
		if p == products[k] {
			return false
		}
	}
	return true
}

// posting is the newest sessions with a product, in a ring of its own.
type posting struct {
	n        atomic.Uint32   // how many were ever written
	sessions []atomic.Uint32 // a power of two of them
}

// newPosting makes room for size sessions, or the next power of two from 4 to
// maxPosting, right behind the head.
func newPosting(size int) *posting {
	switch {
	case size <= 4:
		x := new(struct {
			posting
			room [4]atomic.Uint32
		})
		x.sessions = x.room[:]
		return &x.posting
	case size <= 8:
		x := new(struct {
			posting
			room [8]atomic.Uint32
		})
		x.sessions = x.room[:]
		return &x.posting
	case size <= 16:
		x := new(struct {
			posting
			room [16]atomic.Uint32
		})
		x.sessions = x.room[:]
		return &x.posting
	case size <= 32:
		x := new(struct {
			posting
			room [32]atomic.Uint32
		})
		x.sessions = x.room[:]
		return &x.posting
	case size <= 64:
		x := new(struct {
			posting
			room [64]atomic.Uint32
		})
		x.sessions = x.room[:]
		return &x.posting
	}
	x := new(struct {
		posting
		room [maxPosting]atomic.Uint32
	})
	x.sessions = x.room[:]
	return &x.posting
}

func post(at *atomic.Pointer[posting], n uint32) {
	p := at.Load()
	switch {
	case p == nil:
		p = newPosting(1)
		at.Store(p)
	case int(p.n.Load()) == len(p.sessions) && len(p.sessions) < maxPosting:
		bigger := newPosting(2 * len(p.sessions))
		for k := range p.sessions {
			bigger.sessions[k].Store(p.sessions[k].Load())
		}
		bigger.n.Store(p.n.Load())
		p = bigger
		at.Store(p)
	}
	k := p.n.Load()
	p.sessions[k%uint32(len(p.sessions))].Store(n)
	p.n.Store(k + 1)
}

// SessionRef is the number of a closed session.
type SessionRef uint32

// RecentSessions appends to dst up to most of the newest sessions with a
// product, the newest first.
func (m *Model) RecentSessions(dst []SessionRef, i catalog.Index, most int) []SessionRef {
	x := m.items.peek(uint32(i))
	if x == nil {
		return dst
	}
	p := x.sessions.Load()
	if p == nil {
		return dst
	}
	n := p.n.Load()
	size := uint32(len(p.sessions))
	newest := m.recent.next.Load()
	for k := range min(n, size, uint32(most)) {
		s := p.sessions[(n-1-k)&(size-1)].Load()
		if newest-s > ringSize {
			break
		}
		dst = append(dst, SessionRef(s))
	}
	return dst
}

// Session finds a closed session; nil if there never was one.
func (m *Model) Session(ref SessionRef) *ClosedSession {
	return m.recent.lines.peek(uint32(ref) % ringSize)
}

// End is when the session ended: since 2000, in whole minutes.
func (s *ClosedSession) End() time.Duration { return time.Duration(s[0].Load()) * time.Minute }

// Steps are the products of a session.
type Steps [sessionProducts]catalog.Index

// Products reads the products of the session and returns them.
func (s *ClosedSession) Products(into *Steps) []catalog.Index {
	for k := range into {
		v := s[1+k].Load()
		if v == 0 {
			return into[:k]
		}
		into[k] = catalog.Index(v - 1)
	}
	return into[:]
}

// SinceEpoch is a time as End tells it.
func SinceEpoch(t time.Time) time.Duration {
	return time.Duration(seconds(instant(t))) * time.Second
}
