package server_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/server"
)

// Half of the visitors look at shoes and click the banner, the other half look at lamps
// and do not. Two personas come of it, named by what they care for, each with half of the
// visitors and with what it made of the campaign. A visitor resembles the one of their
// kind, which a segment can ask for; all of it also after a restart.
func TestPersonas(t *testing.T) {
	s := &shop{t: t, dir: t.TempDir(), clock: &server.EventClock{}}
	s.start()
	t.Cleanup(func() { s.stop() })
	s.create("shop")
	for kind, category := range map[string]string{"shoe": "shoes/trail", "lamp": "camping/lamps"} {
		for i := range 10 {
			s.sell("shop", &pb.Product{Name: fmt.Sprintf("%s-%d", kind, i), Title: kind, Categories: []string{category}})
		}
	}
	s.campaign("spring", &pb.Campaign{}, "a")
	_, err := s.placements.CreatePlacement(t.Context(), &pb.CreatePlacementRequest{
		Parent: "sites/shop", PlacementId: "banner", Placement: &pb.Placement{Count: 1, Rules: &pb.Placement_Creatives{Creatives: &pb.CreativeRules{}}},
	})
	must(t, err)
	now := time.Now().Add(-10 * 24 * time.Hour)
	var batch []*pb.Event
	tell := func(who string, kind pb.EventType, token string, products ...string) {
		e := event(who, kind, products...)
		e.Time, e.AttributionToken = timestamppb.New(now), token
		batch = append(batch, e)
	}
	for i := range 300 {
		kind := []string{"shoe", "lamp"}[i%2]
		who := fmt.Sprint(kind, i)
		for k := range 3 {
			tell(who, pb.EventType_EVENT_TYPE_PRODUCT_VIEWED, "", fmt.Sprintf("%s-%d", kind, (i+k)%10))
		}
		now = now.Add(10 * time.Minute)
	}
	for i := range 40 { // who came back
		who := []string{"shoe", "lamp"}[i%2] + fmt.Sprint(200+i)
		token := s.banner(who, 1).GetPlacements()[0].GetItems()[0].GetAttributionToken()
		tell(who, pb.EventType_EVENT_TYPE_CREATIVE_VIEWED, token)
		if i%2 == 0 {
			tell(who, pb.EventType_EVENT_TYPE_CREATIVE_CLICKED, token)
			tell(who, pb.EventType_EVENT_TYPE_CREATIVE_CLICKED, token) // told twice
		}
		now = now.Add(time.Minute)
	}
	for some := range slices.Chunk(batch, 500) {
		_, err := s.events.TrackEvents(t.Context(), &pb.TrackEventsRequest{Site: "sites/shop", Events: some})
		must(t, err)
	}
	s.settle("shop")
	segments := pb.NewSegmentServiceClient
	for range 2 {
		resp, err := segments(s.conn).ListPersonas(t.Context(), &pb.ListPersonasRequest{Parent: "sites/shop"})
		must(t, err)
		if len(resp.GetPersonas()) != 2 {
			t.Fatalf("got %v", resp)
		}
		for kind, want := range map[string]struct {
			name   string
			clicks int64
		}{"shoe": {"shoes/trail", 20}, "lamp": {"camping/lamps", 0}} {
			m, err := s.visitors.GetVisitor(t.Context(), &pb.GetVisitorRequest{Name: fmt.Sprintf("sites/shop/visitors/%s%d", kind, map[string]int{"shoe": 100, "lamp": 101}[kind])})
			must(t, err)
			k := slices.IndexFunc(resp.GetPersonas(), func(p *pb.Persona) bool { return p.GetName() == m.GetPersona() })
			if k < 0 {
				t.Fatalf("%s resembles %q", m.GetName(), m.GetPersona())
			}
			p := resp.GetPersonas()[k]
			if !strings.Contains(p.GetDisplayName(), want.name) || p.GetShare() < 0.45 || p.GetShare() > 0.55 || len(p.GetInterests()) == 0 {
				t.Errorf("%s: got %v", kind, p)
			}
			if r := p.GetResponses(); len(r) != 1 || r[0].GetCampaign() != "sites/shop/campaigns/spring" || r[0].GetImpressions() != 20 || r[0].GetClicks() != want.clicks || r[0].GetConversions() != 0 {
				t.Errorf("%s: responses %v", kind, r)
			}
			rule := fmt.Sprintf("visitor.persona == '%s' && visitor.intent_30d < 0.9", m.GetPersona()[strings.LastIndex(m.GetPersona(), "/")+1:])
			preview, err := segments(s.conn).PreviewSegment(t.Context(), &pb.PreviewSegmentRequest{Site: "sites/shop", Rule: rule})
			must(t, err)
			if preview.GetMembers() != 150 {
				t.Errorf("%s: %d are in the segment %s", kind, preview.GetMembers(), rule)
			}
		}
		s.restart()
	}
}
