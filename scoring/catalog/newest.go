package catalog

import (
	"slices"
	"sync/atomic"

	"github.com/vitrine-io/vitrine/scoring"
)

// newestSample is how many of the newest products are kept at hand: what a shop
// adds in a month, and what it has announced.
const newestSample = 512

// newest keeps the products that were first offered last.
type newest struct {
	list atomic.Pointer[[]Index]
	// full says that products were left out, so that those that go must be
	// replaced. For writers only, as listed is: every product that has a date, and
	// some that no longer do.
	full   bool
	listed []Index
}

// Newest returns up to 512 products that say when they were first offered, the
// latest first, also those to come: always the same ones for the same products,
// whatever their order of arrival; while products go, somewhat fewer. The slice
// is shared and must not be changed.
func (c *Catalog) Newest() []Index {
	if s := c.newest.list.Load(); s != nil {
		return *s
	}
	return nil
}

// later orders products by when they were first offered, the latest first.
func (c *Catalog) later(a, b Index) int {
	x, y := c.Product(a), c.Product(b)
	if d := y.AvailableAt.Compare(x.AvailableAt); d != 0 {
		return d
	}
	return c.bottom(a, b)
}

// refreshNewest notes that a product came, changed or went.
func (c *Catalog) refreshNewest(i Index, had, has *scoring.Product) {
	was := had != nil && !had.AvailableAt.IsZero()
	is := has != nil && !has.AvailableAt.IsZero()
	if was && is && had.AvailableAt.Equal(has.AvailableAt) || !was && !is {
		return
	}
	n := &c.newest
	kept := c.Newest()
	if was {
		if at := slices.Index(kept, i); at >= 0 {
			kept = slices.Delete(slices.Clone(kept), at, at+1) // readers may hold the old one
		}
	} else {
		n.listed = append(n.listed, i)
	}
	if is && (!n.full || len(kept) == 0 || c.later(i, kept[len(kept)-1]) < 0) {
		at, _ := slices.BinarySearchFunc(kept, i, c.later)
		kept = slices.Insert(slices.Clone(kept), at, i)
	} else if is {
		n.full = true
	}
	if len(kept) > newestSample {
		kept, n.full = kept[:newestSample], true
	}
	if n.full && 2*len(kept) < newestSample || len(n.listed) > 2*c.Len()+chunkSize {
		kept = c.rankNewest()
	}
	n.list.Store(&kept)
}

// rankNewest goes through all products that have a date.
func (c *Catalog) rankNewest() []Index {
	n := &c.newest
	slices.Sort(n.listed)
	n.listed = slices.DeleteFunc(slices.Compact(n.listed), func(i Index) bool {
		p := c.Product(i)
		return p == nil || p.AvailableAt.IsZero()
	})
	all := slices.Clone(n.listed)
	slices.SortFunc(all, c.later)
	n.full = len(all) > newestSample
	return slices.Clip(all[:min(len(all), newestSample)])
}
