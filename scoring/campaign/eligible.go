package campaign

import (
	"cmp"
	"slices"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/contact"
)

// Ask is a slot that wants a creative, and who would see it.
type Ask struct {
	Now     time.Time
	Context *scoring.Context
	// Visitor is what an Audience judges by, whatever it makes of it; nil when no
	// audience asks.
	Visitor any
	// In reports whether the visitor is in a segment; nil: in none.
	In    func(scoring.SegmentID) bool
	Rules *scoring.CreativeRules
	// Without are ads that stand elsewhere on the page, or were not wanted, by why.
	Without func(*Ad) scoring.Rejection
	// Tally, if not nil, counts the ads that Eligible refused, of those of the right
	// kind, country and segment, by why.
	Tally *Tally
	// Contacts are what the visitor was handed out of late, on this page as well.
	Contacts contact.Log
	// Purchased is when the visitor last bought something and kept it; zero if they
	// did not, or it is not known.
	Purchased time.Time
	// Paced is why a campaign with a goal or a budget does not take part; nil: all do.
	Paced func(*Flight) scoring.Rejection

	judged   []verdict         // by number of the flight
	pressure scoring.Rejection // of all ads alike
}

// Tally is how many ads were refused, by why.
type Tally [64]uint32

// verdict is what was found of a campaign: 0 before it was judged, open when it may
// be shown, or else its rejection.
type verdict uint8

const open verdict = 255

// Eligible appends to dst the ads that may be shown, those of the highest tier among
// them alone, in the order of campaigns and ids.
func (s *Shelf) Eligible(dst []*Ad, a *Ask) []*Ad {
	from := len(dst)
	s.begin(a)
	tier := scoring.TierHouse
	refused := a.Tally
	if refused == nil {
		refused = new(Tally)
	}
	s.each(a, func(ad *Ad) {
		if ad.Tier() > tier {
			refused[scoring.RejectedLowerTier]++
			return
		}
		if why := s.judge(a, ad); why != 0 {
			refused[why]++
			return
		}
		if ad.Tier() < tier {
			refused[scoring.RejectedLowerTier] += uint32(len(dst) - from)
			dst, tier = dst[:from], ad.Tier()
		}
		dst = append(dst, ad)
	})
	slices.SortFunc(dst[from:], func(x, y *Ad) int {
		return cmp.Or(cmp.Compare(x.Campaign, y.Campaign), cmp.Compare(x.ID, y.ID))
	})
	return dst
}

// begin forgets what was found for the slot before.
func (s *Shelf) begin(a *Ask) {
	a.judged = slices.Grow(a.judged[:0], len(s.flights))[:len(s.flights)]
	clear(a.judged)
	a.pressure = s.pressure(a)
}

// each goes through the ads that the placement, the visitor's country and their segments
// leave.
func (s *Shelf) each(a *Ask, do func(*Ad)) {
	spots := func(s *spot, do func(*Ad)) {
		for _, ad := range s.anywhere {
			do(ad)
		}
		if a.Context.Country != "" {
			for _, ad := range s.byCountry[a.Context.Country] {
				do(ad)
			}
		}
	}
	racks := func(r *rack) {
		spots(&r.everybody, do)
		for k := range r.segments {
			s := &r.segments[k]
			if !a.in(s.id) {
				continue
			}
			spots(&s.spot, func(ad *Ad) {
				if len(ad.Flight.Segments) == 1 || a.firstOf(ad.Flight.Segments) == s.id {
					do(ad)
				}
			})
		}
	}
	if len(a.Rules.Formats) > 0 && len(a.Rules.Sizes) > 0 {
		for _, format := range a.Rules.Formats {
			for _, size := range a.Rules.Sizes {
				if r := s.kinds[kind{format, size}]; r != nil {
					racks(r)
				}
			}
		}
		return
	}
	for k, r := range s.kinds {
		if a.takes(k) == 0 {
			racks(r)
		}
	}
}

func (a *Ask) in(id scoring.SegmentID) bool { return a.In != nil && a.In(id) }

// firstOf is the first of several segments that the visitor is in; empty for none.
func (a *Ask) firstOf(list []scoring.SegmentID) scoring.SegmentID {
	for _, id := range list {
		if a.in(id) {
			return id
		}
	}
	return ""
}

// takes is why the placement does not take creatives of a kind; 0 if it does.
func (a *Ask) takes(k kind) scoring.Rejection {
	switch {
	case len(a.Rules.Formats) > 0 && !slices.Contains(a.Rules.Formats, k.format):
		return scoring.RejectedFormat
	case len(a.Rules.Sizes) > 0 && !slices.Contains(a.Rules.Sizes, k.size):
		return scoring.RejectedSize
	}
	return 0
}

// judge is why an ad of the right kind may not be shown; 0 if it may.
func (s *Shelf) judge(a *Ask, ad *Ad) scoring.Rejection {
	v := &a.judged[ad.flight]
	if *v == 0 {
		*v = open
		if why := s.judgeFlight(a, ad.Flight); why != 0 {
			*v = verdict(why)
		}
	}
	if *v != open {
		return scoring.Rejection(*v)
	}
	if a.Without != nil {
		if why := a.Without(ad); why != 0 {
			return why
		}
	}
	return a.spent(ad)
}

// judgeFlight is why nothing of a campaign may be shown, the cheapest to find first;
// 0 if it may.
func (s *Shelf) judgeFlight(a *Ask, f *Flight) scoring.Rejection {
	switch {
	case f.Paused:
		return scoring.RejectedPaused
	case a.Now.Before(f.Start) || !f.End.IsZero() && !a.Now.Before(f.End):
		return scoring.RejectedFlight
	case slices.Contains(a.Rules.BlockedAdvertisers, f.Advertiser) && f.Advertiser != "" ||
		slices.ContainsFunc(f.Categories, func(c string) bool { return slices.Contains(a.Rules.BlockedCategories, c) }):
		return scoring.RejectedBlocked
	case !f.IsShownIn(a.Context):
		return scoring.RejectedPlace
	case len(f.DayParts) > 0 && !s.inDayPart(f.DayParts, a.Now):
		return scoring.RejectedDayPart
	case len(f.Segments) > 0 && a.firstOf(f.Segments) == "", f.Audience != nil && !f.Audience.Fits(a):
		return scoring.RejectedTargeting
	case a.pressure != 0:
		return a.pressure
	}
	if why := s.restsFor(a, f); why != 0 || a.Paced == nil || !f.Counted() {
		return why
	}
	return a.Paced(f)
}

func (s *Shelf) inDayPart(parts []scoring.DayPart, now time.Time) bool {
	local := now.In(s.zone)
	return slices.ContainsFunc(parts, func(p scoring.DayPart) bool { return p.Has(local) })
}

// Rejections lists every ad but those shown, with why, at most so many. Unlike
// Eligible it goes through all of them.
func (s *Shelf) Rejections(a *Ask, shown []*Ad, most int) []scoring.Rejected {
	s.begin(a)
	tier := scoring.Tier(0)
	for _, ad := range shown {
		tier = max(tier, ad.Tier())
	}
	var list []scoring.Rejected
	for k := range s.ads {
		ad := &s.ads[k]
		if len(list) == most {
			break
		}
		if slices.Contains(shown, ad) {
			continue
		}
		why := a.takes(kind{ad.Format, ad.Size})
		switch {
		case ad.Paused:
			why = scoring.RejectedPaused
		case why == 0:
			why = s.judge(a, ad)
		}
		switch {
		case why != 0:
		case ad.Tier() <= tier:
			why = scoring.RejectedOutranked
		default:
			why = scoring.RejectedLowerTier
		}
		list = append(list, scoring.Rejected{Campaign: ad.Campaign, Creative: ad.ID, Rejection: why})
	}
	return list
}

// NoFill sums up why a slot has too few: the commonest of what can be done something
// about.
func NoFill(rejected []scoring.Rejected) scoring.NoFillReason {
	var n [256]int
	for _, r := range rejected {
		n[r.Rejection]++
	}
	best, most := scoring.NoFillNoCandidates, 0
	for _, kind := range []struct {
		of   scoring.NoFillReason
		from []scoring.Rejection
	}{
		{scoring.NoFillCapped, []scoring.Rejection{scoring.RejectedCapped, scoring.RejectedContactPressure, scoring.RejectedDismissed}},
		{scoring.NoFillShownElsewhere, []scoring.Rejection{scoring.RejectedShownElsewhere}},
		{scoring.NoFillExcluded, []scoring.Rejection{scoring.RejectedExcluded, scoring.RejectedBlocked}},
		{scoring.NoFillBudget, []scoring.Rejection{scoring.RejectedBudget, scoring.RejectedPaced}},
		{scoring.NoFillTargeting, []scoring.Rejection{scoring.RejectedTargeting, scoring.RejectedPlace}},
		{scoring.NoFillUnwritable, []scoring.Rejection{scoring.RejectedUnwritable}},
		{scoring.NoFillProducts, []scoring.Rejection{scoring.RejectedProducts}},
		{scoring.NoFillUnavailable, []scoring.Rejection{scoring.RejectedPaused, scoring.RejectedFlight, scoring.RejectedDayPart}},
	} {
		sum := 0
		for _, r := range kind.from {
			sum += n[r]
		}
		if sum > most {
			best, most = kind.of, sum
		}
	}
	return best
}
