// Package catalog is a shop's products in memory, under small numbers that the
// learners index their tables by.
package catalog

import (
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cespare/xxhash/v2"

	"github.com/vitrine-io/vitrine/scoring"
)

// Index is a product's number in this process. Numbers start at 0, are dense,
// and are never used again for another product.
type Index uint32

// Catalog holds one site's products. Reads take no lock and may run beside any
// write; writes take turns.
//
// What can be read depends on the products alone, never on the order they came
// in, but for the numbers themselves.
type Catalog struct {
	mu       sync.Mutex // one writer at a time
	products chunks[entry]
	byID     table
	terms    chunks[term]
	byTerm   table
	all      term
	newest   newest
	held     atomic.Int64
	shared   shared
	policy   atomic.Pointer[scoring.VisitorPolicy] // nil: nothing is sensitive but what is marked so
}

// entry is one product number.
type entry struct {
	id      scoring.ProductID
	hash    uint64
	listing atomic.Pointer[listing] // nil: not in the catalogue
}

// listing is a product as it stands in the catalogue. What every decision asks of its
// candidates comes first, so that their data need not be read.
type listing struct {
	product   *scoring.Product
	terms     []Term  // facets, and behind them words
	offered   Instant // it may be shown from here
	ends      Instant // up to here
	facets    uint8   // among the terms
	out       bool    // out of stock
	sensitive bool
	grouped   bool  // stands in a group of variants
	parts     parts // the product itself
}

// Instant is a point in time as nanoseconds since 1970. What was before 1900 is taken to
// be as of then, so that the time since is one that can be told.
type Instant int64

// The ends of time.
const (
	Undated = Instant(math.MinInt64)
	forEver = Instant(math.MaxInt64)
)

// longAgo is the beginning of 1900.
const longAgo = Instant(-2_208_988_800 * time.Second)

// InstantOf is the instant of a time, Undated for none.
func InstantOf(t time.Time) Instant {
	switch year := t.Year(); {
	case t.IsZero():
		return Undated
	case year < 1900:
		return longAgo
	case year > 2200:
		return forEver
	}
	return Instant(t.UnixNano())
}

// New returns an empty catalogue.
func New() *Catalog {
	c := &Catalog{}
	c.all.most = scanSample
	return c
}

// Intern returns the number of a product id, a new one if it has none yet. The
// product need not be in the catalogue: events may come before it.
func (c *Catalog) Intern(id scoring.ProductID) Index {
	if i, ok := c.Lookup(id); ok {
		return i
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.intern(id)
}

func (c *Catalog) intern(id scoring.ProductID) Index {
	hash := xxhash.Sum64String(string(id))
	if i, ok := c.byID.find(hash, func(i uint32) bool { return c.products.at(i).id == id }); ok {
		return Index(i)
	}
	e, i := c.products.grow()
	e.id, e.hash = scoring.ProductID(strings.Clone(string(id))), hash
	c.byID.insert(hash, i, func(i uint32) uint64 { return c.products.at(i).hash })
	c.products.publish()
	return Index(i)
}

// Lookup returns the number of a product id, if it has one.
func (c *Catalog) Lookup(id scoring.ProductID) (Index, bool) {
	hash := xxhash.Sum64String(string(id))
	i, ok := c.byID.find(hash, func(i uint32) bool {
		e := c.products.at(i)
		return e.hash == hash && e.id == id
	})
	return Index(i), ok
}

// None is the number of no product.
const None = ^Index(0)

// LookupAll writes the numbers of product ids into found, None for an id without one.
// It asks for the memory of many at a time before it waits for that of one.
func (c *Catalog) LookupAll(found []Index, ids []scoring.ProductID) {
	var hashes [32]uint64
	var near [len(hashes)]*entry
	for len(ids) > 0 {
		some := ids[:min(len(ids), len(hashes))]
		for k, id := range some {
			hashes[k] = xxhash.Sum64String(string(id))
			found[k], near[k] = None, nil
			if i, ok := c.byID.likely(hashes[k]); ok {
				found[k], near[k] = Index(i), c.products.at(i)
			}
		}
		for k, id := range some {
			if e := near[k]; e != nil && e.hash == hashes[k] && e.id == id {
				continue
			}
			if i, ok := c.Lookup(id); ok {
				found[k] = i
			} else {
				found[k] = None
			}
		}
		ids, found = ids[len(some):], found[len(some):]
	}
}

// ID returns the product id of a number that Intern returned.
func (c *Catalog) ID(i Index) scoring.ProductID { return c.products.at(uint32(i)).id }

// Product returns the product of that number, or nil if it is not (or no
// longer) in the catalogue. It is shared and must not be changed.
func (c *Catalog) Product(i Index) *scoring.Product {
	if l := c.products.at(uint32(i)).listing.Load(); l != nil {
		return l.product
	}
	return nil
}

// Holds reports whether the product of that number is in the catalogue. It is cheaper
// than to look at it.
func (c *Catalog) Holds(i Index) bool { return c.products.at(uint32(i)).listing.Load() != nil }

// Candidate returns the product of that number for a decision at that time, or
// nil if it is not in the catalogue, with the reason why it may not be shown to
// anyone; 0 when it may. It is cheaper than to look at the product.
func (c *Catalog) Candidate(i Index, now Instant) (*scoring.Product, scoring.Rejection) {
	l := c.products.at(uint32(i)).listing.Load()
	switch {
	case l == nil:
		return nil, scoring.RejectedUnavailable
	case l.out || now < l.offered || now >= l.ends:
		return l.product, scoring.RejectedUnavailable
	case l.sensitive:
		return l.product, scoring.RejectedSensitive
	}
	return l.product, 0
}

// Offered returns since when the product of that number may be shown: Undated if that is
// not said, or it is not in the catalogue. It is cheaper than to look at the product.
func (c *Catalog) Offered(i Index) Instant {
	if l := c.products.at(uint32(i)).listing.Load(); l != nil {
		return l.offered
	}
	return Undated
}

// Sensitive reports whether the product of that number is sensitive. It is cheaper than
// to look at the product.
func (c *Catalog) Sensitive(i Index) bool {
	l := c.products.at(uint32(i)).listing.Load()
	return l != nil && l.sensitive
}

// Ahead asks for the memory that Candidate and Facets read of products, of all at a
// time, so that none is waited for alone. What it returns is of no use but that the
// reading can't be left out.
func (c *Catalog) Ahead(list []Index) (read Term) {
	var listings [64]*listing
	for len(list) > 0 {
		some := list[:min(len(list), len(listings))]
		for k, i := range some {
			listings[k] = c.products.at(uint32(i)).listing.Load()
		}
		for k := range some {
			if l := listings[k]; l != nil && l.facets > 0 {
				read += l.terms[0]
			}
		}
		list = list[len(some):]
	}
	return read
}

// Grouped reports whether the product of that number stands in a group of variants.
func (c *Catalog) Grouped(i Index) bool {
	l := c.products.at(uint32(i)).listing.Load()
	return l != nil && l.grouped
}

// listed is the listing of a copy of p with that id.
func (c *Catalog) listed(id scoring.ProductID, p *scoring.Product) *listing {
	l := &listing{
		offered: InstantOf(p.AvailableAt), ends: forEver,
		out: !p.InStock(), sensitive: p.IsSensitive(), grouped: p.GroupID != "",
	}
	c.shared.pack(&l.parts, p)
	l.product = &l.parts.product
	l.product.ID = id
	l.terms, l.facets = c.internTerms(l.product)
	if !p.ExpiresAt.IsZero() {
		l.ends = InstantOf(p.ExpiresAt)
	}
	return l
}

// Put adds or replaces a product, of which it takes a copy.
func (c *Catalog) Put(p *scoring.Product) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.put(p)
}

// put is Put; the caller holds mu.
func (c *Catalog) put(p *scoring.Product) {
	if now := withheld(c.policy.Load(), p); now != p.Withheld {
		marked := *p
		marked.Withheld = now
		p = &marked
	}
	i := c.intern(p.ID)
	e := c.products.at(uint32(i))
	next := c.listed(e.id, p)
	old := e.listing.Swap(next)
	if old == nil {
		c.held.Add(1)
		c.list(&c.all, i)
		old = &listing{}
	}
	c.relist(i, old.terms, next.terms)
	c.refreshNewest(i, old.product, p)
}

// Delete removes a product; its number stays its own.
func (c *Catalog) Delete(id scoring.ProductID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	i, ok := c.Lookup(id)
	if !ok {
		return
	}
	old := c.products.at(uint32(i)).listing.Swap(nil)
	if old == nil {
		return
	}
	c.held.Add(-1)
	c.unlist(&c.all, i, func(i Index) bool { return c.Product(i) != nil })
	c.relist(i, old.terms, nil)
	c.refreshNewest(i, old.product, nil)
}

// Len is how many products the catalogue holds.
func (c *Catalog) Len() int { return int(c.held.Load()) }

// Numbers is how many product numbers were given out: every Index is below it.
func (c *Catalog) Numbers() int { return int(c.products.len()) }
