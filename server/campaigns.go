package server

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/campaign"
	"github.com/vitrine-io/vitrine/server/filter"
)

// audience is a campaign's targeting expression, made ready.
type audience struct{ program *filter.Targeting }

// Fits implements campaign.Audience.
func (a audience) Fits(ask *campaign.Ask) bool {
	v, ok := ask.Visitor.(*filter.Visitor)
	return ok && a.program.Fits(v, ask.Context)
}

// readyCampaign compiles a campaign's targeting.
func (s *Server) readyCampaign(c scoring.Campaign) (campaign.Flight, error) {
	f := campaign.Flight{Campaign: c}
	if c.Targeting == "" {
		return f, nil
	}
	program, err := s.filters.CompileTargeting(c.Targeting)
	if err != nil {
		return f, err
	}
	f.Audience = audience{program}
	return f, nil
}

// openShelf reads a shop's campaigns and creatives.
func (s *Server) openShelf(ctx context.Context, st *site) error {
	stored, err := s.store.Campaigns(ctx, st.id)
	if err != nil {
		return fmt.Errorf("server: read the campaigns of site %q: %w", st.id, err)
	}
	creatives, err := s.store.Creatives(ctx, st.id)
	if err != nil {
		return fmt.Errorf("server: read the creatives of site %q: %w", st.id, err)
	}
	flights := make([]campaign.Flight, len(stored))
	for i, c := range stored {
		if flights[i], err = s.readyCampaign(c); err != nil {
			return fmt.Errorf("server: campaign %q of site %q: targeting: %w", c.ID, st.id, err)
		}
	}
	st.setShelf(flights, creatives)
	return nil
}

// setShelf puts campaigns and creatives, in the order of their ids, in the place of
// those there were. The caller holds write.
func (st *site) setShelf(flights []campaign.Flight, creatives []scoring.Creative) {
	zone, err := time.LoadLocation(st.info.TimeZone)
	if err != nil { // it was there when the site was created
		zone = time.UTC
	}
	st.shelf.Store(campaign.NewShelf(flights, creatives, zone, st.record.Load().Contacts))
}

// setFlight changes a campaign, adds it, or removes it with its creatives if f is
// nil. The caller holds write.
func (st *site) setFlight(id scoring.CampaignID, f *campaign.Flight) {
	flights := slices.Clone(st.shelf.Load().Flights())
	creatives := st.creatives()
	at, there := slices.BinarySearchFunc(flights, id, func(x campaign.Flight, id scoring.CampaignID) int { return cmp.Compare(x.ID, id) })
	switch {
	case f == nil && there:
		flights = slices.Delete(flights, at, at+1)
		creatives = slices.DeleteFunc(creatives, func(c scoring.Creative) bool { return c.Campaign == id })
	case there:
		flights[at] = *f
	default:
		flights = slices.Insert(flights, at, *f)
	}
	st.setShelf(flights, creatives)
}

// setCreative changes a creative, adds it, or removes it if c is nil. The caller
// holds write.
func (st *site) setCreative(of scoring.CampaignID, id scoring.CreativeID, c *scoring.Creative) {
	creatives := st.creatives()
	at, there := slices.BinarySearchFunc(creatives, id, func(x scoring.Creative, id scoring.CreativeID) int {
		return cmp.Or(cmp.Compare(x.Campaign, of), cmp.Compare(x.ID, id))
	})
	switch {
	case c == nil && there:
		creatives = slices.Delete(creatives, at, at+1)
	case there:
		creatives[at] = *c
	default:
		creatives = slices.Insert(creatives, at, *c)
	}
	st.setShelf(st.shelf.Load().Flights(), creatives)
}

// creatives are copies of those on the shelf.
func (st *site) creatives() []scoring.Creative {
	ads := st.shelf.Load().Ads()
	list := make([]scoring.Creative, len(ads))
	for i := range ads {
		list[i] = *ads[i].Creative
	}
	return list
}
