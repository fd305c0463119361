package server

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/campaign"
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/scoring/decide"
	"github.com/vitrine-io/vitrine/scoring/model"
	"github.com/vitrine-io/vitrine/server/filter"
	"github.com/vitrine-io/vitrine/store"
)

// site is one shop at work: its catalogue, its placements and what it has
// learned, in memory. Decisions read it without a lock; whoever changes it
// holds write.
type site struct {
	id       scoring.SiteID
	info     scoring.Site // as the site was opened: for what never changes
	record   atomic.Pointer[scoring.Site]
	turns    turns
	linking  sync.Mutex // held by whoever changes links; taken before turns
	merged   merges
	products *catalog.Catalog
	decider  *decide.Decider
	learner  *learner
	metrics  *siteMetrics
	opened   store.Seq // the last event when it was opened

	// controlled is the sequence number of the last control entry since the start.
	controlled atomic.Uint64

	// withheld are the facets that say nothing of a visitor, to this site; nil: none.
	withheld atomic.Pointer[map[scoring.FacetID]bool]

	write      sync.Mutex
	placements atomic.Pointer[map[scoring.PlacementID]*placement]
	shelf      atomic.Pointer[campaign.Shelf] // campaigns and creatives
	segments   atomic.Pointer[segments]
}

// placement is a placement ready to decide with.
type placement struct {
	scoring.Placement
	filter  *filter.Program // nil: everything passes
	ranking *decide.Config  // nil: as shipped
	faults  []decide.Fault  // what of the ranking was left out
	// refusals count, of creatives, those that were refused, by why.
	refusals refusals
}

// openSite reads a shop into memory and resumes learning where it stopped.
func (s *Server) openSite(ctx context.Context, info scoring.Site) (*site, error) {
	products := catalog.New()
	err := s.store.EachProduct(ctx, info.ID, "", func(p scoring.Product) bool {
		products.Put(&p)
		return true
	})
	if err != nil {
		return nil, fmt.Errorf("server: read the products of site %q: %w", info.ID, err)
	}
	learned, counts := model.New(products), s.metrics.of(info.ID)
	st := &site{
		id: info.ID, info: info, products: products, metrics: counts,
		decider: decide.New(products, learned),
		learner: newLearner(s, info.ID, learned, counts),
	}
	st.record.Store(&info)
	st.setVisitorPolicy(info.Visitors)
	if st.opened, err = s.store.Head(ctx, info.ID); err != nil {
		return nil, fmt.Errorf("server: read the head of site %q: %w", info.ID, err)
	}
	stored, err := s.store.Placements(ctx, info.ID)
	if err != nil {
		return nil, fmt.Errorf("server: read the placements of site %q: %w", info.ID, err)
	}
	ready := make(map[scoring.PlacementID]*placement, len(stored))
	for _, p := range stored {
		compiled, err := s.readyPlacement(p)
		if err != nil {
			return nil, fmt.Errorf("server: placement %q of site %q: filter: %w", p.ID, info.ID, err)
		}
		for _, f := range compiled.faults { // written by another version
			s.log.Warn("a part of a placement's ranking is left out", "site", info.ID, "placement", p.ID,
				"feature", f.Feature, "parameter", f.Parameter, "why", f.Text)
		}
		compiled.refusals = counts.refusalsOf(p.ID)
		ready[p.ID] = compiled
	}
	st.placements.Store(&ready)
	if err := s.openSegments(ctx, st); err != nil {
		return nil, err
	}
	return st, s.openShelf(ctx, st)
}

// readyPlacement compiles a placement's filter and its ranking.
func (s *Server) readyPlacement(p scoring.Placement) (*placement, error) {
	ready := &placement{Placement: p}
	if p.Creatives == nil && p.Products.Ranking != nil {
		ready.ranking, ready.faults = decide.Compile(p.Products.Ranking)
	}
	if p.Creatives != nil || p.Products.Filter == "" {
		return ready, nil
	}
	program, err := s.filters.Compile(p.Products.Filter)
	if err != nil {
		return nil, err
	}
	ready.filter = program
	return ready, nil
}

// placement finds one by its id.
func (st *site) placement(id scoring.PlacementID) (*placement, bool) {
	p, ok := (*st.placements.Load())[id]
	return p, ok
}

// setPlacement puts p in place of the one with its id, or removes that one if p
// is nil. The caller holds write.
func (st *site) setPlacement(id scoring.PlacementID, p *placement) {
	old := *st.placements.Load()
	changed := make(map[scoring.PlacementID]*placement, len(old)+1)
	for key, value := range old {
		changed[key] = value
	}
	if p == nil {
		delete(changed, id)
	} else {
		p.refusals = st.metrics.refusalsOf(id)
		changed[id] = p
	}
	st.placements.Store(&changed)
}

// product finds one in the catalogue.
func (st *site) product(id scoring.ProductID) (*scoring.Product, error) {
	if index, ok := st.products.Lookup(id); ok {
		if p := st.products.Product(index); p != nil {
			return p, nil
		}
	}
	return nil, about(productName(st.id, id), store.ErrNotFound)
}

// sites are the shops of this installation. Reading them takes no lock.
type sites struct {
	change sync.Mutex
	byID   atomic.Pointer[map[scoring.SiteID]*site]
}

func newSites() *sites {
	s := &sites{}
	s.byID.Store(&map[scoring.SiteID]*site{})
	return s
}

// get returns a shop, or ErrNotFound.
func (s *sites) get(id scoring.SiteID) (*site, error) {
	if st, ok := (*s.byID.Load())[id]; ok {
		return st, nil
	}
	return nil, about(siteName(id), store.ErrNotFound)
}

// all returns the shops in no order.
func (s *sites) all() []*site {
	byID := *s.byID.Load()
	list := make([]*site, 0, len(byID))
	for _, st := range byID {
		list = append(list, st)
	}
	return list
}

// set puts a shop in place, or removes it if st is nil. The caller holds
// change.
func (s *sites) set(id scoring.SiteID, st *site) {
	old := *s.byID.Load()
	changed := make(map[scoring.SiteID]*site, len(old)+1)
	for key, value := range old {
		changed[key] = value
	}
	if st == nil {
		delete(changed, id)
	} else {
		changed[id] = st
	}
	s.byID.Store(&changed)
}
