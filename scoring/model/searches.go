package model

import (
	"math"
	"slices"
	"time"

	"github.com/cespare/xxhash/v2"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/scoring/interest"
)

const (
	// maxWords is how many words and queries are known at a time: 16 MiB when every
	// one has its fill of products.
	maxWords = 1 << 15
	// wordProducts are kept of each.
	wordProducts = 48
	// wordVisitors must have searched for a word before it speaks: what one or two
	// alone typed must not show others what they looked at.
	wordVisitors = 3
	// wordHalfLife: what a word means changes with the season's assortment.
	wordHalfLife = 60 * 24 * time.Hour
	// wordTrust is how much must have been turned to before a word's shares are
	// taken at their face value, in product views.
	wordTrust = 5
	// maxQueries is how many visitors' last searches are remembered, for the visit.
	maxQueries = 1 << 14
	// queryWords is how many words of a query count.
	queryWords = 6
	// querySteps is how many products after a search count, each 0.7 of the one
	// before, as in pairs.
	querySteps = 10
)

// searches learns what visitors turn to after they have searched for a word, so
// that "sneakers" finds what they chose even if no title has it.
type searches struct {
	words tallies

	// For the learner alone: the last searches, number n at n modulo maxQueries.
	open []search
	next uint64
	last map[uint64]uint64 // a visitor's last search, by number
}

// search is a visitor's last search.
type search struct {
	who     uint64
	end     instantMillis // of the visit so far
	steps   int           // products turned to since
	product catalog.Index // the latest of them
	keys    []uint64      // none: it no longer counts
}

func (*searches) name() string { return "searches" }

func (s *searches) reset() {
	s.words.size, s.words.products = maxWords, wordProducts
	s.words.floor, s.words.halfLife = wordVisitors, wordHalfLife
	s.words.reset()
	s.open, s.next, s.last = nil, 0, map[uint64]uint64{}
}

// queryKeys are those of a query's words and, of several, of all together,
// whatever their order.
func queryKeys(query string) []uint64 {
	var keys []uint64
	catalog.EachWord(query, func(w string) bool {
		if k := xxhash.Sum64String(w); !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
		return len(keys) < queryWords
	})
	if len(keys) > 1 {
		slices.Sort(keys)
		whole := xxhash.New()
		for _, k := range keys {
			var b [8]byte
			for i := range b {
				b[i] = byte(k >> (8 * i))
			}
			_, _ = whole.Write(b[:])
		}
		keys = append(keys, whole.Sum64())
	}
	return keys
}

// queryOf is what the event says was searched for: in the shop, or, where the visit
// has not searched yet, to come to it.
func queryOf(e *scoring.Event, searched bool) string {
	switch {
	case e.SearchQuery != "" || e.Context == nil:
		return e.SearchQuery
	case e.Context.SearchQuery != "" || searched:
		return e.Context.SearchQuery
	}
	return e.Context.ArrivedBy()
}

// learn takes in a search, or a product turned to after one.
func (s *searches) learn(m *Model, e *scoring.Event, t instantMillis) {
	touched := e.Type.Touched()
	if !touched && e.Type != scoring.ProductsSearched {
		return
	}
	o := s.follow(e, t)
	if o == nil {
		return
	}
	o.end = max(o.end, t)
	if !touched {
		o.steps, o.product = 0, none
		return
	}
	for i := range e.Items {
		product := m.products.Intern(e.Items[i].Product)
		if product != o.product {
			o.product = product
			o.steps++
		}
		if o.steps > querySteps {
			return
		}
		w := interest.OfEvent(e.Type) * math.Pow(pairFade, float64(o.steps-1))
		for _, k := range o.keys {
			s.words.add(k, o.who, product, w, t)
		}
	}
}

// follow finds the search that an event belongs to: one of its own, or the
// visitor's last in this visit; nil if there is none.
func (s *searches) follow(e *scoring.Event, t instantMillis) *search {
	who := visitorKey(e.Visitor)
	n, known := s.last[who]
	if known && t-s.at(n).end > instantMillis(SessionGap.Milliseconds()) {
		s.drop(who)
		known = false
	}
	if query := queryOf(e, known); query != "" {
		keys := queryKeys(query)
		if !known || !slices.Equal(s.at(n).keys, keys) {
			s.drop(who)
			known = len(keys) > 0
			if known {
				n = s.begin(who, keys)
			}
		}
	}
	if !known {
		return nil
	}
	return s.at(n)
}

func (s *searches) at(n uint64) *search { return &s.open[n%maxQueries] }

// drop forgets a visitor's search.
func (s *searches) drop(who uint64) {
	if n, ok := s.last[who]; ok {
		*s.at(n) = search{product: none}
		delete(s.last, who)
	}
}

// begin remembers a visitor's search in the place of the oldest of all, if there is
// no more room.
func (s *searches) begin(who uint64, keys []uint64) (n uint64) {
	n = s.next
	s.next++
	if n < maxQueries {
		s.open = append(s.open, search{})
	} else if old := s.at(n); len(old.keys) > 0 {
		delete(s.last, old.who)
	}
	*s.at(n) = search{who: who, end: math.MinInt64, product: none, keys: keys}
	s.last[who] = n
	return n
}

// Searched appends to dst what visitors turned to after searching for the words of
// a query: of all the words together, where they were searched for together, and of
// each word, each product with its share of what they turned to. A product may
// stand there several times; its shares add up to at most 1.
func (m *Model) Searched(dst []Standing, query string, now time.Time) []Standing {
	keys := queryKeys(query)
	var turned [wordProducts]Turned
	for _, k := range keys {
		products, weight, _ := m.searches.words.appendTo(turned[:0], k, instant(now))
		f := 1 / (float32(weight) + wordTrust) / float32(len(keys))
		for _, p := range products {
			dst = append(dst, Standing{Product: p.Product, Share: p.Weight * f})
		}
	}
	return dst
}

func (s *searches) forget(gone func(catalog.Index) bool) {
	s.words.forget(gone)
	for k := range s.open {
		if o := &s.open[k]; o.product != none && gone(o.product) {
			o.product = none
		}
	}
}

func (s *searches) save(w *writer) {
	s.words.save(w)
	w.uint(s.next)
	for n := s.next - min(s.next, maxQueries); n < s.next; n++ {
		o := s.at(n)
		w.uint(uint64(len(o.keys)))
		if len(o.keys) == 0 {
			continue
		}
		for _, k := range o.keys {
			w.word(k)
		}
		w.word(o.who)
		w.int(int64(o.end))
		w.uint(uint64(o.steps))
		w.productOrNone(o.product)
	}
}

func (s *searches) load(r *reader) {
	s.words.load(r)
	s.next = r.Uint()
	kept := min(s.next, maxQueries)
	if kept > uint64(len(r.B)) {
		r.Failed = true
		return
	}
	s.open = make([]search, kept)
	for n := s.next - kept; n < s.next && !r.Failed; n++ {
		o := s.at(n)
		o.product = none
		keys := r.Count(8)
		if keys == 0 {
			continue
		}
		for range keys {
			o.keys = append(o.keys, r.Word())
		}
		o.who, o.end, o.steps = r.Word(), instantMillis(r.Int()), int(r.Uint())
		o.product = r.productOrNone()
		s.last[o.who] = n
	}
}

// productOrNone writes a product that may be none.
func (w *writer) productOrNone(i catalog.Index) {
	if i == none {
		w.uint(0)
		return
	}
	w.uint(uint64(w.products[i]) + 1)
}

func (r *reader) productOrNone() catalog.Index {
	n := r.Uint()
	if n > uint64(len(r.products)) {
		r.Failed, r.B = true, nil
		return none
	}
	if n == 0 {
		return none
	}
	return r.products[n-1]
}
