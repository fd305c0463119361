package server

import (
	"cmp"
	"fmt"
	"math"
	"time"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
)

// maxMinute is the end of the day, in minutes.
const maxMinute = 24 * 60

func campaignFromProto(
	v *violations, field string, m *pb.Campaign, site scoring.SiteID, id scoring.CampaignID, currency string, now time.Time,
) scoring.Campaign {
	c := scoring.Campaign{
		ID:          id,
		DisplayName: m.GetDisplayName(),
		Advertiser:  m.GetAdvertiser(),
		Start:       timeFromProto(v, field+"start_time", m.GetStartTime()),
		End:         timeFromProto(v, field+"end_time", m.GetEndTime()),
		Tier:        scoring.Tier(m.GetTier()),
		ClickValue:  moneyFromProto(v, field+"click_value", m.GetClickValue(), currency),
		Targeting:   m.GetTargeting(),
		LandingURL:  m.GetLandingUrl(),
		Categories:  m.GetCategories(),
		Paused:      m.GetPaused(),
		Attributes:  m.GetAttributes(),
		UpdatedAt:   now,
		Caps:        capsFromProto(v, field, m.GetFrequencyCaps(), scoring.CapCampaign),
		Goal:        goalFromProto(v, field+"goal", m.GetGoal()),
		Budget:      moneyFromProto(v, field+"budget", m.GetBudget(), currency),
		Bid:         bidFromProto(v, field+"bid", m.GetBid(), currency),
	}
	c.Segments = segmentsFromProto(v, field+"segments", site, m.GetSegments())
	for i, limit := range c.Caps {
		if limit.Scope == scoring.CapAdvertiser && c.Advertiser == "" {
			v.add(fmt.Sprintf("%sfrequency_caps[%d].scope", field, i), "is CAP_SCOPE_ADVERTISER, and the campaign's advertiser is empty: name it")
		}
	}
	checkBudget(v, field, &c, currency)
	if !c.Start.IsZero() && !c.End.IsZero() && !c.Start.Before(c.End) {
		v.add(field+"end_time", "is %s, must be after start_time, which is %s", c.End.Format(time.RFC3339), c.Start.Format(time.RFC3339))
	}
	switch {
	case c.ClickValue == nil:
	case c.ClickValue.Nanos <= 0:
		v.add(field+"click_value", "is %v, must be above 0: leave it out where clicks are worth the same", c.ClickValue.Amount())
	case c.ClickValue.Currency != currency:
		v.add(field+"click_value.currency_code", "is %q, must be the site's, %q", clip(c.ClickValue.Currency), currency)
	}
	for i, p := range m.GetDayParts() {
		c.DayParts = append(c.DayParts, dayPartFromProto(v, fmt.Sprintf("%sday_parts[%d]", field, i), p))
	}
	for i, p := range m.GetPlaces() {
		if p.GetCountry() == "" {
			v.add(fmt.Sprintf("%splaces[%d].country", field, i), "is empty, must be a country such as \"FR\": regions and cities are of a country")
		}
		c.Places = append(c.Places, scoring.Place{Country: p.GetCountry(), Region: p.GetRegion(), City: p.GetCity()})
	}
	for _, r := range m.GetCircles() {
		at := scoring.Coordinates{Latitude: r.GetCenter().GetLatitude(), Longitude: r.GetCenter().GetLongitude()}
		c.Circles = append(c.Circles, scoring.Circle{Center: at, Radius: r.GetRadiusKm()})
	}
	return c
}

func dayPartFromProto(v *violations, field string, m *pb.DayPart) scoring.DayPart {
	p := scoring.DayPart{Start: m.GetStartMinute(), End: m.GetEndMinute()}
	if p.Start == p.End {
		v.add(field+".end_minute", "is %d, as is start_minute: a whole day is 0 to %d", p.End, maxMinute)
	}
	for _, d := range m.GetDays() {
		p.Days |= 1 << (d % 7) // the contract has Sunday as 7, Go as 0
	}
	return p
}

func campaignToProto(site scoring.SiteID, c *scoring.Campaign) *pb.Campaign {
	m := &pb.Campaign{
		Name:          campaignName(site, c.ID),
		DisplayName:   c.DisplayName,
		Advertiser:    c.Advertiser,
		StartTime:     timeToProto(c.Start),
		EndTime:       timeToProto(c.End),
		Tier:          pb.Tier(cmp.Or(c.Tier, scoring.TierAuction)),
		ClickValue:    moneyToProto(c.ClickValue),
		Targeting:     c.Targeting,
		LandingUrl:    c.LandingURL,
		Categories:    c.Categories,
		Paused:        c.Paused,
		Attributes:    c.Attributes,
		Etag:          etagOf(c.Revision),
		UpdateTime:    timeToProto(c.UpdatedAt),
		Budget:        moneyToProto(c.Budget),
		FrequencyCaps: capsToProto(c.Caps),
	}
	if c.Goal != nil {
		m.Goal = &pb.Goal{Metric: pb.GoalMetric(c.Goal.Metric), Amount: c.Goal.Amount}
	}
	if c.Bid != nil {
		m.Bid = &pb.Bid{Charge: pb.Charge(c.Bid.Charge), Amount: moneyToProto(&c.Bid.Amount)}
	}
	for _, s := range c.Segments {
		m.Segments = append(m.Segments, segmentName(site, s))
	}
	for _, p := range c.DayParts {
		part := &pb.DayPart{StartMinute: p.Start, EndMinute: p.End}
		for d := pb.DayOfWeek_DAY_OF_WEEK_MONDAY; d <= pb.DayOfWeek_DAY_OF_WEEK_SUNDAY && p.Days != 0; d++ {
			if p.Days.Has(time.Weekday(d % 7)) {
				part.Days = append(part.Days, d)
			}
		}
		m.DayParts = append(m.DayParts, part)
	}
	for _, p := range c.Places {
		m.Places = append(m.Places, &pb.Place{Country: p.Country, Region: p.Region, City: p.City})
	}
	for _, r := range c.Circles {
		m.Circles = append(m.Circles, &pb.Circle{Center: coordinatesToProto(&r.Center), RadiusKm: r.Radius})
	}
	return m
}

// coarseFromProto rounds to hundredths of a degree: where a visitor is, nobody
// needs to know better.
func coarseFromProto(m *pb.Coordinates) *scoring.Coordinates {
	if m == nil {
		return nil
	}
	coarse := func(degrees float64) float64 { return math.Round(100*degrees) / 100 }
	return &scoring.Coordinates{Latitude: coarse(m.GetLatitude()), Longitude: coarse(m.GetLongitude())}
}

func coordinatesToProto(c *scoring.Coordinates) *pb.Coordinates {
	if c == nil {
		return nil
	}
	return &pb.Coordinates{Latitude: c.Latitude, Longitude: c.Longitude}
}

func creativeFromProto(
	v *violations, field string, m *pb.Creative, campaign scoring.CampaignID, id scoring.CreativeID, now time.Time,
) scoring.Creative {
	c := scoring.Creative{
		ID:          id,
		Campaign:    campaign,
		DisplayName: m.GetDisplayName(),
		Format:      m.GetFormat(),
		LandingURL:  m.GetLandingUrl(),
		Attributes:  m.GetAttributes(),
		Paused:      m.GetPaused(),
		UpdatedAt:   now,
		Caps:        capsFromProto(v, field, m.GetFrequencyCaps(), scoring.CapCreative),
		Products:    productSlotsFromProto(v, field+"product_slots.", m.GetProductSlots()),
	}
	if m.GetSize() != nil {
		c.Size = scoring.CreativeSize{Width: m.GetSize().GetWidth(), Height: m.GetSize().GetHeight()}
	}
	return c
}

func creativeToProto(site scoring.SiteID, c *scoring.Creative) *pb.Creative {
	m := &pb.Creative{
		Name:        creativeName(site, c.Campaign, c.ID),
		DisplayName: c.DisplayName,
		Format:      c.Format,
		LandingUrl:  c.LandingURL,
		Attributes:  c.Attributes,
		Paused:      c.Paused,
		Etag:        etagOf(c.Revision),
		UpdateTime:  timeToProto(c.UpdatedAt),

		FrequencyCaps: capsToProto(c.Caps),
		ProductSlots:  productSlotsToProto(c.Products),
	}
	if c.Size != (scoring.CreativeSize{}) {
		m.Size = &pb.CreativeSize{Width: c.Size.Width, Height: c.Size.Height}
	}
	return m
}
