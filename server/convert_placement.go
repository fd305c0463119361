package server

import (
	"fmt"
	"time"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
)

// defaultCount is how many items a placement shows when nobody says.
const defaultCount = 12

func placementFromProto(v *violations, field string, m *pb.Placement, id scoring.PlacementID, now time.Time) scoring.Placement {
	p := scoring.Placement{
		ID:          id,
		DisplayName: m.GetDisplayName(),
		PageType:    scoring.PageType(m.GetPageType()),
		Count:       int(m.GetCount()),
		UpdatedAt:   now.UTC().Truncate(time.Microsecond),
	}
	if p.Count == 0 {
		p.Count = defaultCount
	}
	if rules := m.GetProducts(); rules != nil {
		p.Products = scoring.ProductRules{
			Filter:        rules.GetFilter(),
			ShowBought:    rules.GetExcludeBought() == pb.Toggle_TOGGLE_OFF,
			BoughtWindow:  rules.GetBoughtWindow().AsDuration(),
			ShowInCart:    rules.GetExcludeInCart() == pb.Toggle_TOGGLE_OFF,
			Pinned:        productIDs(v, field+"products.pinned_product_ids", rules.GetPinnedProductIds()),
			FallbackFirst: productIDs(v, field+"products.fallback_product_ids", rules.GetFallbackProductIds()),
			Strategy:      scoring.Strategy(rules.GetStrategy()),
			Objective:     scoring.Objective(rules.GetObjective()),
			Diversity:     scoring.Diversity(rules.GetDiversity()),
			Calibrate:     rules.GetCalibrate() == pb.Toggle_TOGGLE_ON,
			NoRotation:    rules.GetRotate() == pb.Toggle_TOGGLE_OFF,
			Explore:       int(rules.GetExplorationCount()),
			Ranking:       rankingFromProto(v, field+"products.ranking", rules.GetRanking()),
		}
		if rules.GetRepeatPolicy() == pb.RepeatPolicy_REPEAT_POLICY_EXCLUDE {
			p.Products.RepeatPolicy = scoring.RepeatExclude
		}
	}
	if rules := m.GetCreatives(); rules != nil {
		p.Creatives = &scoring.CreativeRules{
			Formats:            rules.GetFormats(),
			BlockedCategories:  rules.GetBlockedCategories(),
			BlockedAdvertisers: rules.GetBlockedAdvertisers(),
		}
		for _, size := range rules.GetSizes() {
			p.Creatives.Sizes = append(p.Creatives.Sizes, scoring.CreativeSize{Width: size.GetWidth(), Height: size.GetHeight()})
		}
	}
	return p
}

func placementToProto(site scoring.SiteID, p *scoring.Placement) *pb.Placement {
	m := &pb.Placement{
		Name:        placementName(site, p.ID),
		DisplayName: p.DisplayName,
		PageType:    pb.PageType(p.PageType),
		Count:       int32(p.Count),
		Etag:        etagOf(p.Revision),
		UpdateTime:  timeToProto(p.UpdatedAt),
	}
	if p.Creatives != nil {
		rules := &pb.CreativeRules{
			Formats:            p.Creatives.Formats,
			BlockedCategories:  p.Creatives.BlockedCategories,
			BlockedAdvertisers: p.Creatives.BlockedAdvertisers,
		}
		for _, size := range p.Creatives.Sizes {
			rules.Sizes = append(rules.Sizes, &pb.CreativeSize{Width: size.Width, Height: size.Height})
		}
		m.Rules = &pb.Placement_Creatives{Creatives: rules}
		return m
	}
	repeat := pb.RepeatPolicy_REPEAT_POLICY_LEARNED
	if p.Products.RepeatPolicy == scoring.RepeatExclude {
		repeat = pb.RepeatPolicy_REPEAT_POLICY_EXCLUDE
	}
	m.Rules = &pb.Placement_Products{Products: &pb.ProductRules{
		Filter:             p.Products.Filter,
		ExcludeBought:      toggle(!p.Products.ShowBought),
		BoughtWindow:       durationToProto(p.Products.BoughtWindow),
		ExcludeInCart:      toggle(!p.Products.ShowInCart),
		RepeatPolicy:       repeat,
		PinnedProductIds:   plainIDs(p.Products.Pinned),
		FallbackProductIds: plainIDs(p.Products.FallbackFirst),
		Strategy:           pb.Strategy(max(p.Products.Strategy, scoring.StrategyForYou)),
		Objective:          pb.Objective(max(p.Products.Objective, scoring.ObjectiveClick)),
		Diversity:          diversityToProto(p.Products.Diversity),
		Calibrate:          toggle(p.Products.Calibrate),
		Rotate:             toggle(!p.Products.NoRotation),
		ExplorationCount:   int32(p.Products.Explore),
		Ranking:            rankingToProto(p.Products.Ranking),
	}}
	return m
}

func diversityToProto(d scoring.Diversity) pb.DiversityLevel {
	if d == 0 {
		d = scoring.DiversityLow
	}
	return pb.DiversityLevel(d)
}

func toggle(on bool) pb.Toggle {
	if on {
		return pb.Toggle_TOGGLE_ON
	}
	return pb.Toggle_TOGGLE_OFF
}

// productIDs checks a list of the shop's ids.
func productIDs(v *violations, field string, ids []string) []scoring.ProductID {
	out := make([]scoring.ProductID, 0, len(ids))
	for i, id := range ids {
		checkID(v, fmt.Sprintf("%s[%d]", field, i), id)
		out = append(out, scoring.ProductID(id))
	}
	return out
}

func plainIDs(ids []scoring.ProductID) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = string(id)
	}
	return out
}
