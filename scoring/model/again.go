package model

import (
	"sync/atomic"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
)

// rebuys learns how much likelier than by chance the shop's visitors buy what they
// bought before. Shops differ in the sign of it: coffee comes back, television sets
// do not.
type rebuys struct {
	seen     atomic.Uint64 // packed counter: products ordered that had been bought before
	expected atomic.Uint64 // the same, had they been ordered as strangers order them
}

func (*rebuys) name() string                    { return "again" }
func (*rebuys) forget(func(catalog.Index) bool) {} // it holds none

func (a *rebuys) reset() {
	a.seen.Store(0)
	a.expected.Store(0)
}

func (a *rebuys) save(w *writer) {
	w.word(a.seen.Load())
	w.word(a.expected.Load())
}

func (a *rebuys) load(r *reader) {
	a.seen.Store(r.Word())
	a.expected.Store(r.Word())
}

// againTrust is how many products bought again the shop is taken to have seen, as
// many as by chance, before its orders tell.
const againTrust = 1

// overChance is how many times likelier than by chance; 1 before anything was seen.
func (a *rebuys) overChance(t instantMillis) float64 {
	return (read(a.seen.Load(), t, lifeHalfLife) + againTrust) / (read(a.expected.Load(), t, lifeHalfLife) + againTrust)
}

// learn holds an order against what its visitor bought before, as far as that is
// followed: of so many products ordered, how many they had, and how many a stranger
// would have ordered of these, by their share of all that is bought. The hazard has
// not taken in the order yet.
func (a *rebuys) learn(h *hazard, e *scoring.Event, products *catalog.Catalog, t instantMillis) {
	last, ok := h.last[buyer(e)]
	all := h.same.total()
	if !ok || all == 0 {
		return
	}
	var had [maxLookBack]catalog.Index
	n := 0
	var share float64
	h.each(last, func(_ uint64, o *spell) bool {
		bin := lifeBin((float64(seconds(t)) - float64(o.begun)) / 86400)
		if bin < 0 || o.quantity == 0 || o.product == none || contains(had[:n], o.product) {
			return true // one shopping, sent back or gone
		}
		had[n] = o.product
		n++
		if p := h.products.peek(uint32(o.product)); p != nil {
			share += p.Load().total() / all
		}
		return true
	})
	if n == 0 {
		return
	}
	items := e.Items[:min(len(e.Items), maxLookBack)]
	var seen float64
	for k := range items {
		if contains(had[:n], products.Intern(items[k].Product)) {
			seen++
		}
	}
	add(&a.seen, seen, t, lifeHalfLife)
	add(&a.expected, float64(len(items))*min(1, share), t, lifeHalfLife)
}
