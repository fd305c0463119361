package main

import (
	"strings"
	"testing"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

func TestPersonasArePrinted(t *testing.T) {
	var b strings.Builder
	if err := printPersonas(&b, &pb.ListPersonasResponse{Personas: []*pb.Persona{{
		Name: "sites/shop/personas/p2", DisplayName: "shoes/trail, Falk", Share: 0.413,
		Interests: []*pb.PersonaInterest{{Facet: &pb.Facet{Value: "shoes/trail"}, Weight: 0.71}, {Facet: &pb.Facet{Value: "Falk"}, Weight: 0.5}},
		Responses: []*pb.PersonaResponse{{Campaign: "sites/shop/campaigns/spring", Impressions: 120, Clicks: 7, Conversions: 2}},
	}}}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"p2 ", "shoes/trail, Falk", "41.3", "shoes/trail 0.71, Falk 0.50", "spring 7 / 120, 2"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in\n%s", want, b.String())
		}
	}
	b.Reset()
	if err := printPersonas(&b, &pb.ListPersonasResponse{}); err != nil || !strings.Contains(b.String(), "none yet") {
		t.Errorf("%v: %s", err, b.String())
	}
}
