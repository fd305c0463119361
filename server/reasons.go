package server

import (
	"strings"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/server/wording"
)

// reasonText writes the sentence of a reason.
func (st *site) reasonText(l *wording.Language, r *scoring.Reason) string {
	name, kind := st.evidenceName(r)
	return l.Sentence(r, name, kind == scoring.FacetPriceBand)
}

// evidenceName is how a visitor knows what is behind a reason, a product, a facet
// or the words of a search, and the kind of facet if it is one.
func (st *site) evidenceName(r *scoring.Reason) (string, scoring.FacetKind) {
	if r.Query != "" {
		return r.Query, 0
	}
	if r.Product != "" {
		if p, err := st.product(r.Product); err == nil && p.Title != "" {
			return p.Title, 0
		}
		return string(r.Product), 0
	}
	facet, ok := st.products.Facet(r.Facet)
	if r.Facet == 0 || !ok {
		return "", 0
	}
	if facet.Kind == scoring.FacetCategory {
		return facet.Value[strings.LastIndexByte(facet.Value, '/')+1:], facet.Kind
	}
	return facet.Value, facet.Kind
}
