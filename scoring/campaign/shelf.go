// Package campaign keeps a site's campaigns and creatives at hand, and says which
// creatives may be shown to whom, and of each other one why not.
package campaign

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/contact"
	"github.com/vitrine-io/vitrine/scoring/creative"
	"github.com/vitrine-io/vitrine/scoring/delivery"
	"github.com/vitrine-io/vitrine/scoring/pacing"
)

// Audience is whom a campaign is for: its targeting expression, made ready.
type Audience interface {
	// Fits reports whether the visitor and page that Ask.Visitor and Ask.Context
	// tell of are meant.
	Fits(a *Ask) bool
}

// Flight is a campaign made ready to be judged.
type Flight struct {
	scoring.Campaign
	Audience Audience // nil: everybody

	key  contact.Key
	caps []limit // of the campaign and its advertiser

	hours *pacing.Hours // of its day parts
}

// Paced is a campaign as pacing sees it at a time.
func (s *Shelf) Paced(f *Flight, now time.Time) delivery.Flight {
	_, offset := now.In(s.zone).Zone()
	return delivery.Flight{Campaign: &f.Campaign, Hours: f.hours, Offset: offset}
}

// Ad is a creative with the campaign that it belongs to.
type Ad struct {
	*scoring.Creative
	Flight *Flight

	flight   int32 // number of the flight
	prepared *creative.Prepared
	key      contact.Key
	caps     []limit       // of the creative by itself
	keep     time.Duration // how long a contact with it counts
}

// Subject is what predictions of the response see of the ad.
func (a *Ad) Subject() creative.Subject {
	s := creative.Subject{Creative: a.ID, Campaign: a.Campaign}
	if len(a.Flight.Categories) > 0 {
		s.Category = a.Flight.Categories[0]
	}
	s.Attributes = append(s.Attributes, creative.Trait{Key: "format", Value: a.Format})
	for _, key := range slices.Sorted(maps.Keys(a.Attributes)) {
		s.Attributes = append(s.Attributes, creative.Trait{Key: key, Value: a.Attributes[key]})
	}
	return s
}

// Prepared is Subject made ready.
func (a *Ad) Prepared() *creative.Prepared { return a.prepared }

// LandingURL is where the ad leads: the creative's own, or else the campaign's.
func (a *Ad) LandingURL() string { return cmp.Or(a.Creative.LandingURL, a.Flight.LandingURL) }

// Tier is the campaign's priority, stated or not.
func (a *Ad) Tier() scoring.Tier { return cmp.Or(a.Flight.Tier, scoring.TierAuction) }

// Shelf is a site's ads, found by what a placement takes, where the visitor is and in
// which segments, so that ten thousand cost no more than the few that can apply. It is never changed
// once it is made: a change of a campaign makes a new one.
type Shelf struct {
	flights []Flight
	ads     []Ad // in the order of campaigns and ids
	kinds   map[kind]*rack
	zone    *time.Location
	policy  *scoring.ContactPolicy
	budgets []limit       // of the policy
	counts  bool          // any of the ads is counted
	mail    time.Duration // how long an e-mail counts
	targets bool
}

// kind is what a placement tells creatives apart by.
type kind struct {
	format string
	size   scoring.CreativeSize
}

// rack is the ads of a kind by whom they are for. Those for visitors in one of several
// segments lie with each of these.
type rack struct {
	everybody spot
	segments  []segmentSpot // in the order of their ids
}

// segmentSpot is the ads for the visitors in a segment.
type segmentSpot struct {
	spot
	id scoring.SegmentID
}

// spot is ads by where they are shown.
type spot struct {
	anywhere  []*Ad
	byCountry map[string][]*Ad
}

// NewShelf makes a shelf. The flights and creatives are in the order of their ids
// and the shelf's to keep; creatives of campaigns that are not there are left out.
// Day parts are meant in zone. The policy is that of the site; nil for none.
func NewShelf(flights []Flight, creatives []scoring.Creative, zone *time.Location, policy *scoring.ContactPolicy) *Shelf {
	s := &Shelf{flights: flights, kinds: map[kind]*rack{}, zone: zone, policy: policy}
	for i := range flights {
		f := &flights[i]
		s.targets, s.counts = s.targets || f.Audience != nil || len(f.Segments) > 0, s.counts || f.Counted()
		if f.hours == nil && f.Counted() {
			f.hours = pacing.HoursOf(f.DayParts)
		}
	}
	for i := range creatives {
		c := &creatives[i]
		n, ok := slices.BinarySearchFunc(flights, c.Campaign, func(f Flight, id scoring.CampaignID) int { return cmp.Compare(f.ID, id) })
		if ok {
			ad := Ad{Creative: c, Flight: &flights[n], flight: int32(n)}
			ad.prepared = creative.Prepare(ad.Subject())
			s.ads = append(s.ads, ad)
		}
	}
	s.prepareCaps()
	for i := range s.ads {
		s.place(&s.ads[i])
	}
	return s
}

// place puts an ad where it is looked for. What is paused is looked for nowhere.
func (s *Shelf) place(a *Ad) {
	if a.Paused || a.Flight.Paused {
		return
	}
	k := kind{a.Format, a.Size}
	r := s.kinds[k]
	if r == nil {
		r = &rack{}
		s.kinds[k] = r
	}
	if len(a.Flight.Segments) == 0 {
		r.everybody.place(a)
	}
	for _, id := range a.Flight.Segments {
		at, there := slices.BinarySearchFunc(r.segments, id, func(s segmentSpot, id scoring.SegmentID) int { return cmp.Compare(s.id, id) })
		if !there {
			r.segments = slices.Insert(r.segments, at, segmentSpot{id: id})
		}
		r.segments[at].place(a)
	}
}

func (s *spot) place(a *Ad) {
	countries := map[string]bool{}
	for _, p := range a.Flight.Places {
		countries[p.Country] = true
	}
	if len(countries) == 0 || countries[""] || len(a.Flight.Circles) > 0 {
		s.anywhere = append(s.anywhere, a)
		return
	}
	if s.byCountry == nil {
		s.byCountry = map[string][]*Ad{}
	}
	for country := range countries {
		s.byCountry[country] = append(s.byCountry[country], a)
	}
}

// Targets reports whether any campaign asks whom it is for, or in which segments they
// are.
func (s *Shelf) Targets() bool { return s.targets }

// Ads are all of the shelf's, in the order of campaigns and ids.
func (s *Shelf) Ads() []Ad { return s.ads }

// Flights are all of the shelf's, in the order of their ids.
func (s *Shelf) Flights() []Flight { return s.flights }

// Flight finds a campaign by its id; nil if it is not there.
func (s *Shelf) Flight(id scoring.CampaignID) *Flight {
	n, ok := slices.BinarySearchFunc(s.flights, id, func(f Flight, id scoring.CampaignID) int { return cmp.Compare(f.ID, id) })
	if !ok {
		return nil
	}
	return &s.flights[n]
}

// Ad finds a creative by its ids; nil if it is not there.
func (s *Shelf) Ad(campaign scoring.CampaignID, id scoring.CreativeID) *Ad {
	n, ok := slices.BinarySearchFunc(s.ads, id, func(a Ad, id scoring.CreativeID) int {
		return cmp.Or(cmp.Compare(a.Campaign, campaign), cmp.Compare(a.ID, id))
	})
	if !ok {
		return nil
	}
	return &s.ads[n]
}
