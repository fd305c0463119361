package server

import (
	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
)

// answer is how a filled page is written out.
type answer struct {
	site   *site
	words  *language
	token  func(placement, position int) string // nil: no tokens
	filled []scoring.FilledPlacement
	whole  bool // products whole, not their ids alone
}

// placements writes out every placement of the page.
func (a *answer) placements() []*pb.PlacementResult {
	results := make([]*pb.PlacementResult, len(a.filled))
	for i := range a.filled {
		f := &a.filled[i]
		result := &pb.PlacementResult{
			Placement:    string(f.Placement),
			Items:        make([]*pb.DecidedItem, len(f.Items)),
			NoFillReason: pb.NoFillReason(f.NoFill),
		}
		for j := range f.Items {
			result.Items[j] = a.item(&f.Items[j])
			if a.token != nil {
				result.Items[j].AttributionToken = a.token(i, j)
			}
		}
		for _, r := range f.Rejected {
			result.Rejected = append(result.Rejected, &pb.RejectedCandidate{
				Id: string(r.Product), Rejection: pb.Rejection(r.Rejection), Score: r.Score,
			})
		}
		results[i] = result
	}
	return results
}

func (a *answer) item(item *scoring.Item) *pb.DecidedItem {
	product := &pb.DecidedProduct{ProductId: string(item.Product)}
	if a.whole {
		if p, err := a.site.product(item.Product); err == nil {
			product.Product = productToProto(a.site.id, p)
		}
	}
	m := &pb.DecidedItem{
		Item:       &pb.DecidedItem_Product{Product: product},
		Score:      item.Score,
		Propensity: item.Propensity,
	}
	for i := range item.Reasons {
		m.Reasons = append(m.Reasons, a.reason(&item.Reasons[i]))
	}
	return m
}

func (a *answer) reason(r *scoring.Reason) *pb.Reason {
	m := &pb.Reason{
		Kind: pb.ReasonKind(r.Kind), Share: r.Share, EventType: pb.EventType(r.Did), Text: a.site.reasonText(a.words, r),
	}
	switch {
	case r.Product != "":
		m.Evidence = &pb.Reason_ProductId{ProductId: string(r.Product)}
	case r.Facet != 0:
		m.Evidence = &pb.Reason_Facet{Facet: facetToProto(a.site, r.Facet)}
	}
	return m
}

// decisionToProto writes out a decision as it was recorded.
func (s *Server) decisionToProto(st *site, d *scoring.Decision) *pb.Decision {
	a := answer{
		site: st, words: languageOf(d.Context.Locale, st.info.Locale), filled: d.Placements,
		token: s.tokens.forDecision(st.id, d.ID),
	}
	m := &pb.Decision{
		Name:        decisionName(st.id, d.ID),
		Time:        timeToProto(d.Time),
		Context:     contextToProto(&d.Context),
		Mode:        pb.DecisionMode(d.Mode),
		DataClasses: dataClassesToProto(d.DataClasses),
		Placements:  a.placements(),
	}
	if d.Visitor != "" {
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
