package model

import (
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/scoring/interest"
)

// TouchKind is how a visitor turned to a product: the types of events that may
// tell different things of what is turned to next.
type TouchKind uint8

// The kinds of touches.
const (
	Viewed TouchKind = iota
	Clicked
	Wished // put on the wish list, or shared
	Carted
	Ordered
	TouchKinds
)

// KindOf is the kind of touch that an event is.
func KindOf(t scoring.EventType) TouchKind {
	switch t {
	case scoring.ProductClicked:
		return Clicked
	case scoring.ProductWishlisted, scoring.ProductShared:
		return Wished
	case scoring.ProductAdded:
		return Carted
	case scoring.OrderCompleted:
		return Ordered
	}
	return Viewed
}

var kindWeight = [TouchKinds]float64{
	Viewed:  interest.OfEvent(scoring.ProductViewed),
	Clicked: interest.OfEvent(scoring.ProductClicked),
	Wished:  interest.OfEvent(scoring.ProductWishlisted),
	Carted:  interest.OfEvent(scoring.ProductAdded),
	Ordered: interest.OfEvent(scoring.OrderCompleted),
}

// Weight is how much such a touch says of interest; see interest.OfEvent.
func (k TouchKind) Weight() float64 { return kindWeight[k] }

// Weightier is the one of two kinds of touches that says more of interest.
func Weightier(a, b TouchKind) TouchKind {
	if kindWeight[b] > kindWeight[a] {
		return b
	}
	return a
}

// touches keeps the kinds of touches of open sessions in the snapshot. They stand
// in the sessions themselves.
type touches struct{ open *tracker }

func (touches) name() string                    { return "touches" }
func (touches) reset()                          {}
func (touches) forget(func(catalog.Index) bool) {}

// save writes, of each open session that did more than view, its place, and the
// kind of each of its products.
func (t touches) save(w *writer) {
	type at struct {
		place int
		*session
	}
	var typed []at
	n := 0
	for s := t.open.oldest; s != nil; s = s.newer {
		for _, k := range s.kinds {
			if k != Viewed {
				typed = append(typed, at{n, s})
				break
			}
		}
		n++
	}
	w.uint(uint64(len(typed)))
	for _, s := range typed {
		w.uint(uint64(s.place))
		for _, k := range s.kinds {
			w.uint(uint64(k))
		}
	}
}

func (t touches) load(r *reader) {
	s, n := t.open.oldest, uint64(0)
	for range r.Count(2) {
		for place := r.Uint(); n < place && s != nil; n++ {
			s = s.newer
		}
		if s == nil {
			r.Failed = true
			return
		}
		for k := range s.kinds {
			kind := r.Uint()
			r.Failed = r.Failed || kind >= uint64(TouchKinds)
			s.kinds[k] = TouchKind(kind)
		}
	}
}
