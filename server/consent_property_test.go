package server_test

import (
	crand "crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

var unknownVisitors = flag.Int("consent.visitors", 150, "visitors without consent whose answers are compared with a never-seen visitor's")

// Visitors with rich histories who do not, or no longer, allow to be known get answers
// that are byte for byte those of a visitor never seen, from everything that reads:
// pages of products, of creatives, of both, explained and not, and segments.
func TestWithoutConsentNobodyIsKnown(t *testing.T) {
	chance := &chosenChance{}
	clock := newHandClock(time.Now().Truncate(time.Second))
	s := &shop{t: t, dir: t.TempDir(), clock: clock, chance: chance}
	s.start()
	t.Cleanup(func() { s.stop() })
	_, err := s.sites.CreateSite(t.Context(), &pb.CreateSiteRequest{SiteId: "shop", Site: &pb.Site{
		ConsentPolicy: pb.ConsentPolicy_CONSENT_POLICY_OPT_OUT,
		ContactPolicy: &pb.ContactPolicy{Budgets: []*pb.ContactBudget{{Limit: 3, Window: durationpb.New(time.Hour)}}},
	}})
	must(t, err)
	s.sell("shop", smallRange()...)
	_, err = s.placements.CreatePlacement(t.Context(), &pb.CreatePlacementRequest{
		Parent: "sites/shop", PlacementId: "banner",
		Placement: &pb.Placement{Count: 1, Rules: &pb.Placement_Creatives{Creatives: &pb.CreativeRules{Formats: []string{"banner"}}}},
	})
	must(t, err)
	s.campaign("known", &pb.Campaign{Targeting: "visitor.known"}, "k1", "k2")
	s.campaign("left", &pb.Campaign{Segments: []string{"sites/shop/segments/abandoned-carts"}}, "l1")
	s.campaign("all", &pb.Campaign{FrequencyCaps: []*pb.FrequencyCap{{Limit: 2, Window: durationpb.New(time.Hour)}}}, "a1", "a2", "a3")
	rng := rand.New(rand.NewPCG(5, 1))
	refusals := []*pb.Consent{
		answered(false), {GlobalPrivacyControl: true}, {TcfString: tcfNone}, {GppString: gppOut}, {TcfString: "nonsense"},
		{Purposes: []*pb.PurposeConsent{{Purpose: pb.Purpose_PURPOSE_PROFILE}, {Purpose: pb.Purpose_PURPOSE_PERSONALIZATION, Granted: true}}},
	}
	type unknown struct {
		id     string
		signal *pb.Consent // of the request; nil: SetConsent was told
	}
	var all []unknown
	for n := range *unknownVisitors {
		id := fmt.Sprint("v", n)
		s.importEvents("shop", richHistory(rng, id))
		if rng.IntN(4) == 0 {
			_, err := s.visitors.LinkVisitors(t.Context(), &pb.LinkVisitorsRequest{
				Person: fmt.Sprintf("sites/shop/persons/p%d", n/8), Visitors: []string{"sites/shop/visitors/" + id},
			})
			must(t, err)
		}
	}
	for n := range *unknownVisitors {
		id := fmt.Sprint("v", n)
		refusal := refusals[rng.IntN(len(refusals))]
		if rng.IntN(2) == 0 {
			s.setConsent("sites/shop/visitors/"+id, refusal)
			refusal = nil
		}
		all = append(all, unknown{id, refusal})
	}
	s.settle("shop")
	chance.none = true // what chance draws is the same for all from here on
	page := func(id string, c *pb.Consent, pages int) string {
		req := &pb.DecideRequest{
			Site: "sites/shop", Visitor: &pb.VisitorKey{DeviceId: id}, Consent: c, DryRun: true, IncludeSegments: true,
			Explain: pb.Explain(1 + pages%3), Context: &pb.PageContext{PageType: pb.PageType_PAGE_TYPE_HOME, Place: &pb.Place{Country: "FR"}},
			Placements: [][]*pb.PlacementRequest{
				{{Placement: "home"}}, {{Placement: "banner"}}, {{Placement: "home", Count: 5}, {Placement: "banner"}},
			}[pages/3%3],
		}
		resp, err := s.decisions.Decide(t.Context(), req)
		must(t, err)
		resp.Notices = nil // they are about the request's own string
		return encode(t, resp)
	}
	different := 0
	for n, who := range all {
		never := page(fmt.Sprint("never", n), nil, n)
		if page(who.id, who.signal, n) != never {
			t.Fatalf("visitor %s with signal %v is known", who.id, who.signal)
		}
		if who.signal != nil && page(who.id, nil, n) != never {
			different++ // whoever refuses by a signal alone is known without it
		}
	}
	if different == 0 {
		t.Error("nobody's history made a difference: the test shows nothing")
	}
	refused := map[string]bool{}
	for _, who := range all {
		if who.signal == nil {
			refused["sites/shop/visitors/"+who.id] = true
		}
	}
	for _, segment := range []string{"returning-visitors", "abandoned-carts", "new-visitors"} {
		stream, err := s.segments.ListSegmentMembers(t.Context(), &pb.ListSegmentMembersRequest{Name: "sites/shop/segments/" + segment})
		must(t, err)
		for {
			m, err := stream.Recv()
			if errors.Is(err, io.EOF) {
				break
			}
			must(t, err)
			if refused[m.GetName()] {
				t.Errorf("%s is a member of %s", m.GetName(), segment)
			}
		}
	}
}

// chosenChance is the machine's chance, or none.
type chosenChance struct{ none bool }

// Read implements io.Reader.
func (c *chosenChance) Read(b []byte) (int, error) {
	if c.none {
		clear(b)
		return len(b), nil
	}
	return crand.Read(b)
}

// richHistory is what a visitor did over some weeks: looked, searched, bought, sent
// back, waved away, and was written to.
func richHistory(rng *rand.Rand, id string) (list []*pb.Event) {
	kinds := []pb.EventType{
		pb.EventType_EVENT_TYPE_PRODUCT_VIEWED, pb.EventType_EVENT_TYPE_PRODUCT_VIEWED, pb.EventType_EVENT_TYPE_PRODUCT_CLICKED,
		pb.EventType_EVENT_TYPE_PRODUCT_ADDED, pb.EventType_EVENT_TYPE_PRODUCT_ADDED_TO_WISHLIST, pb.EventType_EVENT_TYPE_ORDER_COMPLETED,
		pb.EventType_EVENT_TYPE_ORDER_REFUNDED, pb.EventType_EVENT_TYPE_DISMISSED, pb.EventType_EVENT_TYPE_PRODUCTS_SEARCHED,
		pb.EventType_EVENT_TYPE_EMAIL_DELIVERED, pb.EventType_EVENT_TYPE_PRODUCT_LIST_VIEWED,
	}
	for range 5 + rng.IntN(40) {
		e := event(id, kinds[rng.IntN(len(kinds))], fmt.Sprintf("%s-%d", []string{"shoe", "tent", "lamp"}[rng.IntN(3)], rng.IntN(10)))
		e.Consent = nil
		e.Time = timestamppb.New(time.Now().Add(-time.Duration(rng.IntN(20*24*60)) * time.Minute))
		switch e.GetType() {
		case pb.EventType_EVENT_TYPE_PRODUCTS_SEARCHED:
			e.Items, e.SearchQuery = nil, "tent shoe lamp"[5*rng.IntN(2):]
		case pb.EventType_EVENT_TYPE_ORDER_COMPLETED, pb.EventType_EVENT_TYPE_ORDER_REFUNDED:
			e.Order = &pb.Order{Id: fmt.Sprint("o", id, rng.IntN(4))}
		case pb.EventType_EVENT_TYPE_EMAIL_DELIVERED:
			e.Items = nil
		}
		list = append(list, e)
	}
	return list
}
