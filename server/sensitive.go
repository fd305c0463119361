package server

import (
	"slices"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/visitor"
)

// setVisitorPolicy has the site's policy hold: of what its sensitive categories say
// nothing is taken in or read from now on. The caller holds write, or nobody else has
// the site yet.
func (st *site) setVisitorPolicy(policy *scoring.VisitorPolicy) {
	st.products.Withhold(policy)
	if facets := st.products.SensitiveFacets(); facets != nil {
		st.withheld.Store(&facets)
	} else {
		st.withheld.Store(nil)
	}
}

// saysNothing reports whether a product says nothing of a visitor.
func (st *site) saysNothing(id scoring.ProductID) bool {
	i, ok := st.products.Lookup(id)
	return ok && st.products.Sensitive(i)
}

// withhold has no use see what the site finds sensitive.
func (st *site) withhold(sealed visitor.Sealed) visitor.Sealed {
	facets := st.withheld.Load()
	if facets == nil {
		return sealed
	}
	return sealed.Withholding(func(f scoring.FacetID, id scoring.ProductID) bool {
		return id != "" && st.saysNothing(id) || id == "" && (*facets)[f]
	})
}

// dropSensitive takes out of an event what its visitor's profile may not hold: products
// that are sensitive, and categories.
func (st *site) dropSensitive(e *scoring.Event) {
	e.Items = slices.DeleteFunc(e.Items, func(it scoring.EventItem) bool { return st.saysNothing(it.Product) })
	policy := st.record.Load().Visitors
	if c := e.Context; c != nil && (st.saysNothing(c.Product) || policy.IsSensitive(c.Category)) {
		page := *c
		page.Product, page.Category = "", ""
		e.Context = &page
	}
	e.Categories = slices.DeleteFunc(e.Categories, policy.IsSensitive)
}
