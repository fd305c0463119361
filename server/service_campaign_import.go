package server

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/campaign"
)

// ImportCampaigns implements CampaignService.
func (s *campaigns) ImportCampaigns(stream pb.CampaignService_ImportCampaignsServer) error {
	return runImport(s.Server, "ImportCampaigns", stream, s.beginCampaignImport)
}

// campaignImport is an import under way.
type campaignImport struct {
	*campaigns
	site      *site
	mentioned map[string]bool // names, of a full import; nil for an incremental one
	counts    pb.ImportCampaignsResponse
	errors    []*pb.ImportError // since the last report
}

func (s *campaigns) beginCampaignImport(first *pb.ImportCampaignsRequest) (bulkImport[pb.ImportCampaignsRequest, pb.ImportCampaignsResponse], error) {
	st, err := s.importInto(first.GetParent(), &pb.ImportCampaignsRequest{Parent: first.GetParent(), Mode: first.GetMode()})
	if err != nil {
		return nil, err
	}
	run := &campaignImport{campaigns: s, site: st}
	if first.GetMode() == pb.ImportMode_IMPORT_MODE_FULL {
		run.mentioned = map[string]bool{}
	}
	return run, nil
}

// batch stores one message's campaigns and creatives, the good ones in one
// transaction.
func (run *campaignImport) batch(ctx context.Context, req *pb.ImportCampaignsRequest) error {
	var v violations
	for field, n := range map[string]int{"campaigns": len(req.GetCampaigns()), "creatives": len(req.GetCreatives())} {
		if n > maxBatch {
			v.add(field, "has %d items, must have at most %d", n, maxBatch)
		}
	}
	run.site.isStill(&v, req.GetParent())
	if err := v.err(); err != nil {
		return err
	}
	run.site.write.Lock()
	defer run.site.write.Unlock()
	next := newShelving(run.site.shelf.Load())
	for _, m := range req.GetCampaigns() {
		f, err := run.campaign(m)
		if run.took(m.GetName(), err, err == nil && next.flights[f.ID] == nil) {
			next.setFlight(&f)
		}
	}
	for _, m := range req.GetCreatives() {
		c, err := run.creative(m, next)
		if run.took(m.GetName(), err, err == nil && next.creatives[keyOf(&c)] == nil) {
			next.setCreative(&c)
		}
	}
	return run.keep(ctx, next)
}

// took counts a record, and reports whether it is good.
func (run *campaignImport) took(name string, err error, isNew bool) bool {
	at := run.counts.Received
	run.counts.Received++
	switch {
	case err != nil:
		run.counts.Rejected++
		run.errors = append(run.errors, &pb.ImportError{Index: at, Id: clip(name), Reason: err.Error()})
	case isNew:
		run.counts.Created++
	default:
		run.counts.Changed++
	}
	return err == nil
}

// campaign checks one campaign. Even a bad one counts as mentioned, so that a full
// import does not take what stands for it away.
func (run *campaignImport) campaign(m *pb.Campaign) (campaign.Flight, error) {
	var v violations
	if run.rules.check(&v, "", &pb.GetCampaignRequest{Name: m.GetName()}); v.err() != nil {
		return campaign.Flight{}, v.err()
	}
	siteID, id := splitCampaign(m.GetName())
	run.isOurs(&v, siteID, m.GetName())
	run.rules.check(&v, "", m)
	f, err := run.readyCampaign(campaignFromProto(&v, "", m, run.site.id, id, run.site.info.Currency, run.wallTime()))
	if err != nil {
		v.add("targeting", "%v", err)
	}
	run.site.checkSegments(&v, "", &f)
	return f, v.err()
}

// creative does the same for a creative, whose campaign must be there.
func (run *campaignImport) creative(m *pb.Creative, next *shelving) (scoring.Creative, error) {
	var v violations
	if run.rules.check(&v, "", &pb.GetCreativeRequest{Name: m.GetName()}); v.err() != nil {
		return scoring.Creative{}, v.err()
	}
	siteID, of, id := splitCreative(m.GetName())
	if run.isOurs(&v, siteID, m.GetName()) && next.flights[of] == nil {
		v.add("name", "is of campaign %q, which is not there: import it before its creatives", of)
	}
	run.rules.check(&v, "", m)
	c := creativeFromProto(&v, "", m, of, id, run.wallTime())
	return c, v.err()
}

// isOurs reports whether a name is of the site that is imported to, and notes that
// it was mentioned.
func (run *campaignImport) isOurs(v *violations, siteID scoring.SiteID, name string) bool {
	if siteID != run.site.id {
		v.add("name", "is of site %q, must be of %q", siteID, run.site.id)
		return false
	}
	if run.mentioned != nil {
		run.mentioned[name] = true
	}
	return true
}

// keep makes changes durable and has the next decision go by them.
func (run *campaignImport) keep(ctx context.Context, next *shelving) error {
	changed, theirs := next.changes()
	if len(changed)+len(theirs) == 0 {
		return nil
	}
	if err := run.beginAnew(ctx, run.site, changed); err != nil {
		return err
	}
	if err := run.store.PutCampaigns(ctx, run.site.id, changed, theirs); err != nil {
		return fmt.Errorf("import %d campaigns and %d creatives: %w", len(changed), len(theirs), about(siteName(run.site.id), err))
	}
	next.revised(changed, theirs)
	run.site.setShelf(next.sorted())
	return nil
}

// removeRest takes away what a full import did not mention.
func (run *campaignImport) removeRest(ctx context.Context) error {
	run.site.write.Lock()
	defer run.site.write.Unlock()
	shelf := run.site.shelf.Load()
	for _, ad := range shelf.Ads() {
		if run.mentioned[creativeName(run.site.id, ad.Campaign, ad.ID)] || !run.mentioned[campaignName(run.site.id, ad.Campaign)] {
			continue // those of a campaign that goes, go with it
		}
		if err := run.store.DeleteCreative(ctx, run.site.id, ad.Campaign, ad.ID); err != nil {
			return fmt.Errorf("full import: remove creative %q of campaign %q: %w", ad.ID, ad.Campaign, err)
		}
		run.site.setCreative(ad.Campaign, ad.ID, nil)
		run.counts.Deleted++
	}
	for _, f := range shelf.Flights() {
		if run.mentioned[campaignName(run.site.id, f.ID)] {
			continue
		}
		before := len(run.site.shelf.Load().Ads())
		if err := run.store.DeleteCampaign(ctx, run.site.id, f.ID); err != nil {
			return fmt.Errorf("full import: remove campaign %q: %w", f.ID, err)
		}
		run.site.setFlight(f.ID, nil)
		if err := run.forgetCampaign(ctx, run.site, f.ID); err != nil {
			return err
		}
		run.counts.Deleted += int64(1 + before - len(run.site.shelf.Load().Ads()))
	}
	return nil
}

func (run *campaignImport) isFull() bool { return run.mentioned != nil }

// report is the progress so far, with the errors since the last report.
func (run *campaignImport) report() *pb.ImportCampaignsResponse {
	report := &pb.ImportCampaignsResponse{
		Received: run.counts.GetReceived(), Created: run.counts.GetCreated(), Changed: run.counts.GetChanged(),
		Rejected: run.counts.GetRejected(), Deleted: run.counts.GetDeleted(), Errors: run.errors,
	}
	run.errors = nil
	return report
}

// shelving is a shelf with changes that are not made yet.
type shelving struct {
	flights   map[scoring.CampaignID]*campaign.Flight
	creatives map[creativeKey]*scoring.Creative
	changed   map[scoring.CampaignID]bool
	theirs    map[creativeKey]bool
}

// creativeKey finds a creative.
type creativeKey struct {
	campaign scoring.CampaignID
	id       scoring.CreativeID
}

func keyOf(c *scoring.Creative) creativeKey { return creativeKey{c.Campaign, c.ID} }

func newShelving(shelf *campaign.Shelf) *shelving {
	s := &shelving{
		flights: map[scoring.CampaignID]*campaign.Flight{}, creatives: map[creativeKey]*scoring.Creative{},
		changed: map[scoring.CampaignID]bool{}, theirs: map[creativeKey]bool{},
	}
	for _, f := range shelf.Flights() {
		s.flights[f.ID] = &f
	}
	for _, ad := range shelf.Ads() {
		s.creatives[keyOf(ad.Creative)] = ad.Creative
	}
	return s
}

func (s *shelving) setFlight(f *campaign.Flight) { s.flights[f.ID], s.changed[f.ID] = f, true }

func (s *shelving) setCreative(c *scoring.Creative) {
	s.creatives[keyOf(c)], s.theirs[keyOf(c)] = c, true
}

// changes are copies of what was set.
func (s *shelving) changes() (changed []scoring.Campaign, theirs []scoring.Creative) {
	for id := range s.changed {
		changed = append(changed, s.flights[id].Campaign)
	}
	for key := range s.theirs {
		theirs = append(theirs, *s.creatives[key])
	}
	slices.SortFunc(changed, func(a, b scoring.Campaign) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(theirs, byName)
	return changed, theirs
}

// revised takes the changes as the store has them.
func (s *shelving) revised(changed []scoring.Campaign, theirs []scoring.Creative) {
	for _, c := range changed {
		s.flights[c.ID].Campaign = c
	}
	for _, c := range theirs {
		*s.creatives[keyOf(&c)] = c
	}
}

// sorted is everything in the order of the ids.
func (s *shelving) sorted() (flights []campaign.Flight, creatives []scoring.Creative) {
	for _, f := range s.flights {
		flights = append(flights, *f)
	}
	for _, c := range s.creatives {
		creatives = append(creatives, *c)
	}
	slices.SortFunc(flights, func(a, b campaign.Flight) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(creatives, byName)
	return flights, creatives
}

func byName(a, b scoring.Creative) int {
	return cmp.Or(cmp.Compare(a.Campaign, b.Campaign), cmp.Compare(a.ID, b.ID))
}
