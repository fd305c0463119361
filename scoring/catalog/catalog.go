// Package catalog is a shop's products in memory, under small numbers that the
// learners index their tables by.
package catalog

import "github.com/vitrine-io/vitrine/scoring"

// Index is a product's number in this process. Numbers start at 0, are dense,
// and are never used again for another product.
type Index uint32

// Catalog holds one site's products. Reads take no lock and may run beside any
// write.
type Catalog struct{}

// New returns an empty catalogue.
func New() *Catalog { return &Catalog{} }

// Intern returns the number of a product id, a new one if it has none yet. The
// product need not be in the catalogue: events may come before it.
func (c *Catalog) Intern(id scoring.ProductID) Index { panic("unbuilt") }

// Lookup returns the number of a product id, if it has one.
func (c *Catalog) Lookup(id scoring.ProductID) (Index, bool) { panic("unbuilt") }

// ID returns the product id of a number that Intern returned.
func (c *Catalog) ID(i Index) scoring.ProductID { panic("unbuilt") }

// Product returns the product of that number, or nil if it is not (or no
// longer) in the catalogue. It is shared and must not be changed.
func (c *Catalog) Product(i Index) *scoring.Product { panic("unbuilt") }

// Put adds or replaces a product. It must not be changed afterwards.
func (c *Catalog) Put(p *scoring.Product) { panic("unbuilt") }

// Delete removes a product; its number stays its own.
func (c *Catalog) Delete(id scoring.ProductID) { panic("unbuilt") }

// Facet returns what a facet id stands for, if a product of the catalogue has
// or had it.
func (c *Catalog) Facet(id scoring.FacetID) (scoring.Facet, bool) { panic("unbuilt") }

// Len is how many products the catalogue holds.
func (c *Catalog) Len() int { panic("unbuilt") }
