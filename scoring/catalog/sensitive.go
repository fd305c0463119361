package catalog

import (
	"slices"

	"github.com/vitrine-io/vitrine/scoring"
)

// Withhold has the products of the site's sensitive categories count as sensitive ones
// from now on, and those of others no longer.
func (c *Catalog) Withhold(policy *scoring.VisitorPolicy) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.policy.Store(policy)
	for i := range Index(c.products.len()) {
		if p := c.Product(i); p != nil && p.Withheld != withheld(policy, p) {
			c.put(p)
		}
	}
}

// withheld reports whether one of a product's categories is sensitive.
func withheld(policy *scoring.VisitorPolicy, p *scoring.Product) bool {
	return policy != nil && slices.ContainsFunc(p.Categories, policy.IsSensitive)
}

// SensitiveFacets are the facets of the site's sensitive categories, as far as the
// catalogue knows any; nil for none. It goes through all facets.
func (c *Catalog) SensitiveFacets() map[scoring.FacetID]bool {
	policy := c.policy.Load()
	if policy == nil || len(policy.Sensitive) == 0 {
		return nil
	}
	found := map[scoring.FacetID]bool{}
	add := func(category string) { found[scoring.Facet{Kind: scoring.FacetCategory, Value: category}.ID()] = true }
	for _, category := range policy.Sensitive {
		add(category)
	}
	for t := range c.terms.len() {
		if f := c.terms.at(t).facet.Load(); f != nil && f.Kind == scoring.FacetCategory && policy.IsSensitive(f.Value) {
			add(f.Value)
		}
	}
	return found
}
