package server

import (
	"context"
	"strings"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/persona"
)

// Of a persona so many interests name it, and so many are told.
const (
	namingInterests  = 3
	leadingInterests = 12
)

// ListPersonas implements SegmentService.
func (s *segmentAdmin) ListPersonas(_ context.Context, req *pb.ListPersonasRequest) (*pb.ListPersonasResponse, error) {
	var v violations
	s.rules.check(&v, "", req)
	if err := v.err(); err != nil {
		return nil, s.fail("ListPersonas", err)
	}
	st, err := s.sites.get(siteOf(req.GetParent()))
	if err != nil {
		return nil, s.fail("ListPersonas", err)
	}
	resp := &pb.ListPersonasResponse{}
	for _, p := range st.learner.model.Personas().Personas() {
		resp.Personas = append(resp.Personas, personaToProto(st, &p))
	}
	return resp, nil
}

// personaToProto tells a persona with what it made of the campaigns that there are. It is
// named by its leading interests, of which a category does not say again what the one
// below it says.
func personaToProto(st *site, p *persona.Persona) *pb.Persona {
	m := &pb.Persona{Name: personaName(st.id, p.ID), Share: p.Share}
	var naming []scoring.Facet
	for _, in := range p.Interests[:min(len(p.Interests), leadingInterests)] {
		m.Interests = append(m.Interests, &pb.PersonaInterest{Facet: facetToProto(st, in.Facet), Weight: in.Weight})
		if f, ok := st.products.Facet(in.Facet); ok {
			naming = withFacet(naming, f)
		}
	}
	var names []string
	for _, f := range naming[:min(len(naming), namingInterests)] {
		names = append(names, f.Value)
	}
	m.DisplayName = strings.Join(names, ", ")
	for _, r := range st.learner.model.PersonaResponses(p.ID) {
		if st.shelf.Load().Flight(r.Campaign) != nil {
			m.Responses = append(m.Responses, &pb.PersonaResponse{
				Campaign: campaignName(st.id, r.Campaign), Impressions: r.Impressions, Clicks: r.Clicks, Conversions: r.Conversions,
			})
		}
	}
	return m
}

// withFacet adds a facet to those that name a persona; of categories in one path the
// narrowest stands, at the place of the first.
func withFacet(list []scoring.Facet, f scoring.Facet) []scoring.Facet {
	for k, g := range list {
		if f.Kind != scoring.FacetCategory || g.Kind != scoring.FacetCategory {
			continue
		}
		switch {
		case strings.HasPrefix(f.Value, g.Value+"/"):
			list[k] = f
			return list
		case strings.HasPrefix(g.Value, f.Value+"/"):
			return list
		}
	}
	return append(list, f)
}
