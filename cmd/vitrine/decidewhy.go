package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// shelf is a site's campaigns and creatives by their names, to tell from why one was
// not shown.
type shelf struct {
	campaigns map[string]*pb.Campaign
	creatives map[string]*pb.Creative
}

// shelfOf reads the campaigns and creatives that an answer tells of.
func shelfOf(ctx context.Context, c pb.CampaignServiceClient, site string, resp *pb.DecideResponse) (*shelf, error) {
	s := &shelf{campaigns: map[string]*pb.Campaign{}, creatives: map[string]*pb.Creative{}}
	if !tellsOfCreatives(resp) {
		return s, nil
	}
	return s, eachCampaign(ctx, c, site, func(m *pb.Campaign) error {
		s.campaigns[m.GetName()] = m
		return eachCreative(ctx, c, m.GetName(), func(m *pb.Creative) error {
			s.creatives[m.GetName()] = m
			return nil
		})
	})
}

// tellsOfCreatives reports whether an answer lists creatives that were not shown.
func tellsOfCreatives(resp *pb.DecideResponse) bool {
	for _, p := range resp.GetPlacements() {
		if len(p.GetRejected()) > 0 && showsCreatives(p) {
			return true
		}
	}
	return false
}

// chanceWidth is that of the bar of a probability of 1.
const chanceWidth = 12

// chanceBar draws a probability, in eighths of a character.
func chanceBar(p float64) string {
	if p <= 0 {
		return ""
	}
	eighths := max(1, int(p*chanceWidth*8+0.5))
	bar := strings.Repeat("█", eighths/8)
	if rest := eighths % 8; rest > 0 {
		bar += string([]rune("▏▎▍▌▋▊▉")[rest-1])
	}
	return fmt.Sprintf("%-*s %5.1f %%", chanceWidth, bar, 100*p)
}

// whyTable has a line for each creative of the site: those shown, those that might
// have been, each with its chance, and the others with what stood against them.
func (s *shelf) whyTable(p *pb.PlacementResult, asked *pb.PageContext) *table {
	t := newTable("creative", "campaign", "tier", "verdict", "chance", "why")
	add := func(name, verdict string, chance float64, why string) {
		id, _ := creativeID(name)
		campaign, creative, _ := strings.Cut(id, "/")
		of := s.campaigns[campaignOf(name)]
		t.add(creative, campaign, enumWords(of.GetTier().String(), "TIER_"), verdict, chanceBar(chance), fold(why, whyWidth))
	}
	for _, it := range p.GetItems() {
		add(it.GetCreative().GetCreative(), "shown", it.GetPropensity(), "drawn")
	}
	for _, r := range p.GetRejected() {
		if r.GetRejection() == pb.Rejection_REJECTION_OUTRANKED {
			add(r.GetId(), "eligible", r.GetPropensity(), "another was drawn")
		}
	}
	for _, r := range p.GetRejected() {
		if r.GetRejection() != pb.Rejection_REJECTION_OUTRANKED {
			add(r.GetId(), "refused", 0, s.cause(r, asked))
		}
	}
	return t
}

func campaignOf(creative string) string {
	name, _, _ := strings.Cut(creative, "/creatives/")
	return name
}

// cause says why a creative was refused: the reason, and what of the campaign, the
// creative or the page is behind it.
func (s *shelf) cause(r *pb.RejectedCandidate, asked *pb.PageContext) string {
	campaign, creative := s.campaigns[campaignOf(r.GetId())], s.creatives[r.GetId()]
	reason := enumWords(r.GetRejection().String(), "REJECTION_")
	detail := ""
	switch r.GetRejection() {
	case pb.Rejection_REJECTION_PAUSED:
		detail = "the creative is"
		if campaign.GetPaused() {
			detail = "the campaign is"
		}
	case pb.Rejection_REJECTION_FLIGHT:
		detail = flightAt(campaign, time.Now())
	case pb.Rejection_REJECTION_DAY_PART:
		detail = dayParts(campaign)
	case pb.Rejection_REJECTION_FORMAT:
		detail = "it is a " + creative.GetFormat()
	case pb.Rejection_REJECTION_SIZE:
		detail = "it has none"
		if size := creative.GetSize(); size != nil {
			detail = fmt.Sprintf("it is %d x %d", size.GetWidth(), size.GetHeight())
		}
	case pb.Rejection_REJECTION_PLACE:
		detail = "it is for " + placesOf(campaign)
		if country := asked.GetPlace().GetCountry(); country != "" {
			detail += ", and the page is in " + country
		}
	case pb.Rejection_REJECTION_TARGETING:
		detail = "it is for " + campaign.GetTargeting()
	case pb.Rejection_REJECTION_BLOCKED:
		detail = strings.Join(append([]string{campaign.GetAdvertiser()}, campaign.GetCategories()...), ", ")
	case pb.Rejection_REJECTION_CAPPED:
		detail = capWords(slices.Concat(campaign.GetFrequencyCaps(), creative.GetFrequencyCaps()))
	case pb.Rejection_REJECTION_BUDGET:
		detail = "of " + goalOf(campaign) + " all is reached, or waited for"
	case pb.Rejection_REJECTION_PACED:
		detail = paceOf(campaign)
	case pb.Rejection_REJECTION_LOWER_TIER:
		detail = "one of a higher tier may be shown"
	}
	if detail == "" {
		return reason
	}
	return reason + ": " + detail
}

// flightAt says when a flight begins, or has ended.
func flightAt(m *pb.Campaign, now time.Time) string {
	at := func(t interface{ AsTime() time.Time }) string { return t.AsTime().Format("2006-01-02 15:04") + " UTC" }
	if from := m.GetStartTime(); from != nil && now.Before(from.AsTime()) {
		return "begins " + at(from)
	}
	if to := m.GetEndTime(); to != nil {
		return "ended " + at(to)
	}
	return ""
}

// dayParts are the parts of the week of a campaign: "fri sun 22:00-06:00".
func dayParts(m *pb.Campaign) string {
	var list []string
	for _, p := range m.GetDayParts() {
		var days string
		for _, d := range p.GetDays() {
			days += strings.ToLower(strings.TrimPrefix(d.String(), "DAY_OF_WEEK_"))[:3] + " "
		}
		clock := func(minute int32) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }
		list = append(list, days+clock(p.GetStartMinute())+"-"+clock(p.GetEndMinute()))
	}
	return strings.Join(list, ", ")
}
