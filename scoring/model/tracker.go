package model

import (
	"math"
	"sync/atomic"
	"time"

	"github.com/cespare/xxhash/v2"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
)

const (
	// SessionGap without an event ends a session: the convention of web analytics.
	SessionGap = 30 * time.Minute
	// maxOpen bounds the sessions followed at a time; the one idle longest is
	// closed early.
	maxOpen = 1 << 16
	// maxSteps is how many touches of a session teach: a crawler's ten thousand
	// page views must not.
	maxSteps = 200
	// sessionProducts is how many products of a session are kept, the last ones:
	// with the time of its end they fill one cache line.
	sessionProducts = 15
)

// visitorKey stands for a visitor in the learner's memory, which never holds an
// id.
func visitorKey(v scoring.VisitorID) uint64 { return xxhash.Sum64String(string(v)) }

// session is a visitor's last products, in the order they were first or again
// turned to. The same product never stands twice in a row.
type session struct {
	key      uint64
	end      instantMillis // time of the latest event
	products []catalog.Index
	looks    []uint8     // at each, one after the other
	kinds    []TouchKind // the weightiest of these
	steps    int
	clicked  bool            // the last step was a click in a list, its page not yet seen
	returned bool            // the last step went back to a product of the session
	carted   []catalog.Index // what it put into the cart

	older, newer *session // by arrival of the last event

	room struct { // of products, looks and kinds
		products [sessionProducts]catalog.Index
		looks    [sessionProducts]uint8
		kinds    [sessionProducts]TouchKind
	}
}

// newSession is one that has no steps yet, in one piece of memory.
func newSession(key uint64, end instantMillis) *session {
	s := &session{key: key, end: end}
	s.products, s.looks, s.kinds = s.room.products[:0], s.room.looks[:0], s.room.kinds[:0]
	return s
}

const none = ^catalog.Index(0)

func (s *session) last() catalog.Index {
	if s == nil || len(s.products) == 0 {
		return none
	}
	return s.products[len(s.products)-1]
}

func (s *session) has(i catalog.Index) bool {
	for _, p := range s.products {
		if p == i {
			return true
		}
	}
	return false
}

// looksAgain reports whether an event about the product just touched is a step of
// its own: a view is, unless it is where the click before led; putting into the
// cart what is looked at is not.
func looksAgain(kind scoring.EventType, clicked bool) bool {
	return kind == scoring.ProductViewed && !clicked
}

// step goes on to a product.
func (s *session) step(i catalog.Index, kind scoring.EventType) {
	s.steps++
	again := s.last() == i
	looked := !again || looksAgain(kind, s.clicked)
	if looked {
		s.returned = s.has(i)
	}
	s.clicked = kind == scoring.ProductClicked
	if again {
		n := len(s.looks) - 1
		s.kinds[n] = Weightier(s.kinds[n], KindOf(kind))
		if looked && s.looks[n] < math.MaxUint8 {
			s.looks[n]++
		}
		return
	}
	if len(s.products) == sessionProducts {
		copy(s.products, s.products[1:])
		copy(s.looks, s.looks[1:])
		copy(s.kinds, s.kinds[1:])
		s.products, s.looks, s.kinds = s.products[:sessionProducts-1], s.looks[:sessionProducts-1], s.kinds[:sessionProducts-1]
	}
	s.products, s.looks, s.kinds = append(s.products, i), append(s.looks, 1), append(s.kinds, KindOf(kind))
}

// tracker follows the open sessions. It decides by the times of events and the
// order of the journal alone.
type tracker struct {
	byKey          map[uint64]*session
	oldest, newest *session
	size           atomic.Int64
}

func (t *tracker) reset() {
	t.byKey = make(map[uint64]*session)
	t.oldest, t.newest = nil, nil
	t.size.Store(0)
}

// closeIdle closes the sessions that had no event for the gap before now, from
// the one idle longest to the first that had.
func (t *tracker) closeIdle(now instantMillis, closed func(*session)) {
	for t.oldest != nil && now-t.oldest.end > instantMillis(SessionGap.Milliseconds()) {
		t.close(t.oldest, closed)
	}
}

func (t *tracker) close(s *session, closed func(*session)) {
	t.unlink(s)
	delete(t.byKey, s.key)
	t.size.Add(-1)
	closed(s)
}

// session returns the open session that an event of that visitor and time
// belongs to, begun now or earlier; nil when the event is older than its
// visitor's session by more than the gap.
func (t *tracker) session(key uint64, now instantMillis, closed func(*session)) (s *session, begun bool) {
	gap := instantMillis(SessionGap.Milliseconds())
	s = t.byKey[key]
	if s != nil && now-s.end > gap {
		t.close(s, closed)
		s = nil
	}
	if s != nil && s.end-now > gap {
		return nil, false
	}
	if s == nil {
		if len(t.byKey) >= maxOpen {
			t.close(t.oldest, closed)
		}
		s = newSession(key, now)
		t.byKey[key] = s
		t.size.Add(1)
		begun = true
	} else {
		t.unlink(s)
	}
	s.end = max(s.end, now)
	t.link(s)
	return s, begun
}

func (t *tracker) link(s *session) {
	s.older, s.newer = t.newest, nil
	if t.newest != nil {
		t.newest.newer = s
	} else {
		t.oldest = s
	}
	t.newest = s
}

func (t *tracker) unlink(s *session) {
	if s.older != nil {
		s.older.newer = s.newer
	} else {
		t.oldest = s.newer
	}
	if s.newer != nil {
		s.newer.older = s.older
	} else {
		t.newest = s.older
	}
	s.older, s.newer = nil, nil
}
