package server

import (
	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/server/wording"
)

// answer is how a filled page is written out.
type answer struct {
	site   *site
	words  *wording.Language
	token  func(placement int, led scoring.Led) string // nil: no tokens
	urls   *beacons
	page   scoring.PageType
	filled []scoring.FilledPlacement
	whole  bool // products whole, not their ids alone
}

// slab holds the messages of a page in one piece a kind: a page of twenty
// products is two hundred of them, and allocating each took as long as choosing
// the products.
type slab struct {
	items    []pb.DecidedItem
	shown    []pb.DecidedItem_Product
	products []pb.DecidedProduct
	reasons  []pb.Reason
	pointers []*pb.Reason
	byID     []pb.Reason_ProductId
	byFacet  []pb.Reason_Facet
}

// slab makes room for the whole page.
func (a *answer) slab() *slab {
	items, reasons := 0, 0
	for i := range a.filled {
		items += len(a.filled[i].Items)
		for j := range a.filled[i].Items {
			reasons += len(a.filled[i].Items[j].Reasons)
		}
	}
	return &slab{
		items: make([]pb.DecidedItem, items), shown: make([]pb.DecidedItem_Product, items),
		products: make([]pb.DecidedProduct, items), reasons: make([]pb.Reason, reasons),
		pointers: make([]*pb.Reason, reasons), byID: make([]pb.Reason_ProductId, reasons),
		byFacet: make([]pb.Reason_Facet, reasons),
	}
}

// take cuts the first n off a part of a slab.
func take[T any](part *[]T, n int) []T {
	cut := (*part)[:n:n]
	*part = (*part)[n:]
	return cut
}

// placements writes out every placement of the page.
func (a *answer) placements() []*pb.PlacementResult {
	room := a.slab()
	results := make([]*pb.PlacementResult, len(a.filled))
	for i := range a.filled {
		f := &a.filled[i]
		result := &pb.PlacementResult{
			Placement:    string(f.Placement),
			Items:        make([]*pb.DecidedItem, len(f.Items)),
			NoFillReason: pb.NoFillReason(f.NoFill),
		}
		for j := range f.Items {
			result.Items[j] = a.item(room, &f.Items[j])
			if a.token != nil {
				token := a.token(i, scoring.Led{
					Page: a.page, Objective: f.Objective, Position: j, Propensity: f.Items[j].Propensity,
				})
				result.Items[j].AttributionToken = token
				if f.Items[j].Creative != "" && a.urls.base != "" {
					a.beacons(result.Items[j].GetCreative(), &f.Items[j], token)
				}
			}
		}
		for _, r := range f.Rejected {
			m := &pb.RejectedCandidate{Id: string(r.Product), Rejection: pb.Rejection(r.Rejection), Score: r.Score}
			if r.Creative != "" {
				m.Id = creativeName(a.site.id, r.Campaign, r.Creative)
				m.Propensity = chanceOf(f, &r)
			}
			result.Rejected = append(result.Rejected, m)
		}
		results[i] = result
	}
	return results
}

// chanceOf is the probability with which a creative that was not shown was to be.
func chanceOf(f *scoring.FilledPlacement, r *scoring.Rejected) float64 {
	for k := range f.Chances {
		if c := &f.Chances[k]; c.Creative == r.Creative && c.Campaign == r.Campaign {
			return c.Propensity
		}
	}
	return 0
}

func (a *answer) item(room *slab, item *scoring.Item) *pb.DecidedItem {
	m := &take(&room.items, 1)[0]
	if item.Creative != "" {
		m.Item = a.creative(item)
	} else {
		m.Item = a.product(room, item)
	}
	m.Score, m.Propensity = item.Score, item.Propensity
	m.Reasons = take(&room.pointers, len(item.Reasons))
	for i := range item.Reasons {
		m.Reasons[i] = a.reason(room, &item.Reasons[i])
	}
	return m
}

func (a *answer) product(room *slab, item *scoring.Item) *pb.DecidedItem_Product {
	shown, product := &take(&room.shown, 1)[0], &take(&room.products, 1)[0]
	a.fillProduct(product, item.Product)
	shown.Product = product
	return shown
}

func (a *answer) fillProduct(m *pb.DecidedProduct, id scoring.ProductID) {
	m.ProductId = string(id)
	if a.whole {
		if p, err := a.site.product(id); err == nil {
			m.Product = productToProto(a.site.id, p)
		}
	}
}

// creative is written without where it leads if it was deleted since.
func (a *answer) creative(item *scoring.Item) *pb.DecidedItem_Creative {
	m := &pb.DecidedCreative{
		Creative: creativeName(a.site.id, item.Campaign, item.Creative), Campaign: campaignName(a.site.id, item.Campaign),
	}
	if ad := a.site.shelf.Load().Ad(item.Campaign, item.Creative); ad != nil {
		m.LandingUrl = ad.LandingURL()
	}
	for _, id := range item.Products {
		product := &pb.DecidedProduct{}
		a.fillProduct(product, id)
		m.Products = append(m.Products, product)
	}
	return &pb.DecidedItem_Creative{Creative: m}
}

// beacons writes the URLs that count a creative's impression, and its click where it
// leads anywhere.
func (a *answer) beacons(m *pb.DecidedCreative, item *scoring.Item, token string) {
	b := beacon{kind: beaconView, site: a.site.id, campaign: item.Campaign, creative: item.Creative, token: token}
	m.ImpressionUrl = a.urls.url(b)
	if m.GetLandingUrl() != "" {
		b.kind = beaconClick
		m.ClickUrl = a.urls.url(b)
	}
}

func (a *answer) reason(room *slab, r *scoring.Reason) *pb.Reason {
	m := &take(&room.reasons, 1)[0]
	m.Kind, m.Share, m.EventType = pb.ReasonKind(r.Kind), r.Share, pb.EventType(r.Did)
	m.Text = a.site.reasonText(a.words, r)
	switch {
	case r.Product != "":
		evidence := &take(&room.byID, 1)[0]
		evidence.ProductId = string(r.Product)
		m.Evidence = evidence
	case r.Facet != 0:
		evidence := &take(&room.byFacet, 1)[0]
		evidence.Facet = facetToProto(a.site, r.Facet)
		m.Evidence = evidence
	case r.Query != "":
		m.Evidence = &pb.Reason_SearchQuery{SearchQuery: r.Query}
	}
	return m
}

// decisionToProto writes out a decision as it was recorded.
func (s *Server) decisionToProto(st *site, d *scoring.Decision) *pb.Decision {
	a := answer{
		site: st, words: s.languages.Of(d.Context.Locale, st.info.Locale), filled: d.Placements,
		token: s.tokens.forDecision(st.id, d.ID), urls: s.beacons, page: d.Context.PageType,
	}
	m := &pb.Decision{
		Name:        decisionName(st.id, d.ID),
		Time:        timeToProto(d.Time),
		Context:     contextToProto(&d.Context),
		Mode:        pb.DecisionMode(d.Mode),
		DataClasses: dataClassesToProto(d.DataClasses),
		Placements:  a.placements(),
	}
	if d.Mode == scoring.ModeProfile {
		m.Visitor = &pb.VisitorKey{DeviceId: string(d.Visitor), PersonId: string(d.Person)}
	}
	return m
}

func dataClassesToProto(classes []scoring.DataClass) []pb.DataClass {
	out := make([]pb.DataClass, len(classes))
	for i, c := range classes {
		out[i] = pb.DataClass(c)
	}
	return out
}
