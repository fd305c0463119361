package model

import "github.com/vitrine-io/vitrine/scoring/catalog"

// section is a learner with a place of its own in the snapshot. A snapshot that
// lacks it leaves it as reset makes it; one with a section that is not known is
// read without it.
type section interface {
	name() string // at most 255 bytes, for good
	reset()
	save(w *writer)
	load(r *reader)
	// forget lets go of the products that gone names: no number of theirs may be
	// left in what save writes. Readers run beside it.
	forget(gone func(catalog.Index) bool)
}

// sections are those of the model, in the order of the snapshot.
func (m *Model) sections() []section {
	return []section{
		&m.hazard,
		&m.again,
		&m.searches,
		&m.revenue,
		&m.clicks,
		&m.removal,
		&m.baskets,
		&m.contexts,
		&m.kinds,
		lessons{m.blend},
		&m.affinity,
		touches{&m.open},
		&m.trails,
		&m.deliveries,
		&m.orders,
		&m.intents,
		&m.personas,
	}
}

func (w *writer) sections() {
	all := w.m.sections()
	w.uint(uint64(len(all)))
	for k, s := range all {
		w.text(s.name())
		if w.to != nil {
			w.uint(w.sizes[k])
			s.save(w)
			continue
		}
		own := writer{m: w.m, ids: w.ids, products: w.products, facets: w.facets}
		s.save(&own)
		own.flush()
		w.sizes = append(w.sizes, own.written)
		w.uint(own.written)
		w.written += own.written
	}
}

func (r *reader) sections() {
	known := map[string]section{}
	for _, s := range r.m.sections() {
		known[s.name()] = s
	}
	for range r.Count(2) {
		s := known[r.Text()]
		own := reader{m: r.m, version: r.version, products: r.products, facets: r.facets}
		own.B = r.Take(r.Uint())
		if r.Failed {
			return
		}
		if s == nil {
			continue
		}
		s.load(&own)
		r.Failed = r.Failed || own.Failed || len(own.B) > 0
	}
}
