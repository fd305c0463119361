package demo

import (
	"context"
	"fmt"
	"slices"
	"strings"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"google.golang.org/protobuf/types/known/durationpb"
)

// placementBanner shows creatives; it is their format, too.
const placementBanner = "banner"

// promotion is a campaign of the shop, with a creative for each of its motifs.
type promotion struct {
	id, title string
	meant     string // for whom, in words
	targeting string // and in CEL
	tier      pb.Tier
	motifs    []string
	slots     *pb.ProductSlots
}

// promotions are the shop's four campaigns: one brings back the tent in the cart, two
// are for a taste each, and the shop's own is for everybody else.
func promotions() []promotion {
	likes := func(path string) string {
		return fmt.Sprintf("'category/%s' in visitor.interests && visitor.interests['category/%s'] > 1.0", path, path)
	}
	return []promotion{
		{
			id: "come-back", title: "Still in your cart", meant: "who left a tent in the cart", tier: pb.Tier_TIER_GOAL, motifs: []string{"cart"},
			targeting: likes("tents"),
			slots: &pb.ProductSlots{
				Count: 2, Sources: []pb.ProductSource{pb.ProductSource_PRODUCT_SOURCE_CART}, CartRest: durationpb.New(0),
			},
		},
		{id: "seen-in-traffic", title: "Seen in traffic", meant: "who likes cycling", targeting: likes("cycling"), motifs: []string{"lights"}},
		{id: "trail-days", title: "Trail days", meant: "who likes running shoes", targeting: likes("shoes/running"), motifs: []string{"ridge"}},
		{id: "welcome", title: "Welcome to " + ShopName, meant: "everybody else", tier: pb.Tier_TIER_HOUSE, motifs: []string{"door", "summit"}},
	}
}

func (d *Demo) createCampaigns(ctx context.Context) error {
	for _, p := range promotions() {
		_, err := d.clients.campaigns.CreateCampaign(ctx, &pb.CreateCampaignRequest{Parent: d.Shop.Site, CampaignId: p.id, Campaign: &pb.Campaign{
			DisplayName: p.title, Tier: p.tier, Targeting: p.targeting, LandingUrl: "https://shop.example/" + p.id,
		}})
		if err != nil {
			return fmt.Errorf("create campaign %q: %w", p.id, err)
		}
		for _, motif := range p.motifs {
			_, err := d.clients.campaigns.CreateCreative(ctx, &pb.CreateCreativeRequest{
				Parent: d.Shop.Site + "/campaigns/" + p.id, CreativeId: motif,
				Creative: &pb.Creative{Format: placementBanner, Attributes: map[string]string{"motif": motif}, ProductSlots: p.slots},
			})
			if err != nil {
				return fmt.Errorf("create creative %q of campaign %q: %w", motif, p.id, err)
			}
		}
	}
	return nil
}

// Banner is the creative that a visitor is shown, and what stood against the others.
type Banner struct {
	Visitor    string   `json:"visitor"`
	Campaign   string   `json:"campaign"` // its title
	Creative   string   `json:"creative"` // its id
	Propensity float64  `json:"propensity"`
	Meant      string   `json:"meant_for"`
	Products   []string `json:"products"` // titles, in its slots
	Against    []string `json:"against"`  // "come-back, trail-days (targeting)"
}

// Banners asks for the creative that each visitor of the story is shown.
func (d *Demo) Banners(ctx context.Context) ([]Banner, error) {
	var list []Banner
	for _, visitor := range []string{trailRunner, campingFamily, cityCyclist, refuser} {
		consent := Granted()
		if visitor == refuser {
			consent = Refused()
		}
		resp, err := d.clients.decide(ctx, &pb.DecideRequest{
			Site: d.Shop.Site, Visitor: &pb.VisitorKey{DeviceId: visitor}, Consent: consent,
			Context:    &pb.PageContext{PageType: pb.PageType_PAGE_TYPE_HOME},
			Placements: []*pb.PlacementRequest{{Placement: placementBanner}}, Explain: pb.Explain_EXPLAIN_FULL, IncludeProducts: true,
		})
		if err != nil {
			return nil, fmt.Errorf("the banner of %s: %w", visitor, err)
		}
		b := bannerOf(resp.GetPlacements()[0])
		b.Visitor = visitor
		list = append(list, b)
	}
	return list, nil
}

func bannerOf(p *pb.PlacementResult) (b Banner) {
	all := promotions()
	for _, it := range p.GetItems() {
		id := shortName(it.GetCreative().GetCreative())
		campaign, creative, _ := strings.Cut(id, "/")
		b.Creative, b.Propensity = creative, it.GetPropensity()
		if k := slices.IndexFunc(all, func(p promotion) bool { return p.id == campaign }); k >= 0 {
			b.Campaign, b.Meant = all[k].title, all[k].meant
		}
		for _, product := range it.GetCreative().GetProducts() {
			b.Products = append(b.Products, product.GetProduct().GetTitle())
		}
	}
	var whys []string
	of := map[string][]string{} // the campaigns refused, by why
	for _, r := range p.GetRejected() {
		why := strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(r.GetRejection().String(), "REJECTION_"), "_", " "))
		campaign, _, _ := strings.Cut(shortName(r.GetId()), "/")
		if len(of[why]) == 0 {
			whys = append(whys, why)
		}
		if !slices.Contains(of[why], campaign) {
			of[why] = append(of[why], campaign)
		}
	}
	for _, why := range whys {
		b.Against = append(b.Against, strings.Join(of[why], ", ")+" ("+why+")")
	}
	return b
}

// shortName is campaign/creative of a creative's name.
func shortName(name string) string {
	_, id, _ := strings.Cut(name, "/campaigns/")
	return strings.Replace(id, "/creatives/", "/", 1)
}

// Banners tells which creative each visitor is shown, and why none of the others.
func (p *Printer) Banners(number int, list []Banner) {
	p.heading(fmt.Sprintf("%d  A CREATIVE FOR EACH", number), "placement "+placementBanner+", four campaigns")
	for _, b := range list {
		title := line{{fmt.Sprintf("   %-15s ", b.Visitor), dim}, {b.Campaign, bold}, {" (" + b.Creative + ")", plain}}
		p.print(ends(title, in(green, fmt.Sprintf("%3.0f %%", 100*b.Propensity)), p.width))
		indent := text(strings.Repeat(" ", 19))
		if len(b.Products) > 0 {
			p.hang(indent, plain, "with "+strings.Join(b.Products, " and "), nil)
		}
		p.hang(indent, dim, "for "+b.Meant+"; not "+strings.Join(b.Against, ", "), nil)
	}
	p.print(nil)
	p.hang(text("   "), plain, "The percentage is the probability with which just this one was drawn, of those that may be shown: the decision's record keeps it.", nil)
}
