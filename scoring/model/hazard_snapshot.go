package model

import (
	"cmp"
	"slices"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
)

// The section: the shop's tables; the products' and the categories', by id; then
// the purchases that are followed, the oldest first.

func (h *hazard) save(w *writer) {
	w.life(&h.same)
	w.life(&h.kind)
	var products []catalog.Index
	for _, i := range w.ids {
		if p := h.products.peek(uint32(i)); p != nil && p.Load() != nil {
			products = append(products, i)
		}
	}
	w.uint(uint64(len(products)))
	for _, i := range products {
		w.product(i)
		w.life(h.products.peek(uint32(i)).Load())
	}
	var terms []catalog.Term
	for t := range h.categories.span() {
		if c := h.categories.peek(t); c != nil && c.Load() != nil {
			terms = append(terms, catalog.Term(t))
		}
	}
	slices.SortFunc(terms, func(a, b catalog.Term) int {
		return cmp.Compare(w.m.products.FacetID(a), w.m.products.FacetID(b))
	})
	places := make(map[catalog.Term]uint64, len(terms))
	w.uint(uint64(len(terms)))
	for k, t := range terms {
		places[t] = uint64(k) + 1 // no category is 0
		c := h.categories.peek(uint32(t)).Load()
		w.word(uint64(w.m.products.FacetID(t)))
		w.life(&c.same)
		w.life(&c.kind)
	}
	w.uint(h.next)
	for n := h.oldest(); n < h.next; n++ {
		s := h.at(n)
		w.word(s.who)
		w.weight(s.order)
		w.weight(s.begun)
		w.uint(uint64(s.before))
		w.productOrNone(s.product)
		w.uint(uint64(s.quantity))
		for _, t := range s.kinds {
			w.uint(places[t])
		}
		w.b = append(w.room(), s.ended[:]...)
	}
	for _, n := range h.passed {
		w.uint(n)
	}
}

func (w *writer) life(l *life) {
	for j := range l {
		w.word(l[j].Load())
	}
}

func (r *reader) life(l *life) {
	for j := range l {
		l[j].Store(r.Word())
	}
}

func (h *hazard) load(r *reader) {
	r.life(&h.same)
	r.life(&h.kind)
	for range r.Count(1 + 8*lifeBins) {
		l := new(life)
		i := r.product()
		r.life(l)
		h.products.at(uint32(i)).Store(l)
	}
	terms := make([]catalog.Term, 1, 64)
	terms[0] = noTerm
	for range r.Count(8 + 16*lifeBins) {
		t := r.m.products.InternFacet(scoring.FacetID(r.Word()))
		c := h.category(t)
		r.life(&c.same)
		r.life(&c.kind)
		terms = append(terms, t)
	}
	h.next = r.Uint()
	kept := min(h.next, maxSpells)
	if kept > uint64(len(r.B)) {
		r.Failed = true
		return
	}
	h.spells = make([]spell, kept)
	for n := h.oldest(); n < h.next && !r.Failed; n++ {
		s := h.at(n)
		*s = spell{who: r.Word(), order: r.Half(), begun: r.Half(), before: uint32(r.Uint())}
		s.product, s.quantity = r.productOrNone(), int32(r.Uint())
		for k := range s.kinds {
			at := r.Uint()
			if at >= uint64(len(terms)) {
				r.Failed = true
				return
			}
			s.kinds[k] = terms[at]
		}
		copy(s.ended[:], r.Take(uint64(len(s.ended))))
		for _, ended := range s.ended {
			r.Failed = r.Failed || ended > spellOpen
		}
		h.last[s.who] = n
	}
	for j := range h.passed {
		h.passed[j] = r.Uint()
		r.Failed = r.Failed || h.passed[j] > h.next
	}
}
