package server_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/server"
)

// GetVisitor tells in words what is known, from what, and what it led to.
func TestWhatIsKnownInWords(t *testing.T) {
	// Carts are left behind, and pages dated, by the clock on the wall.
	s := &shop{t: t, dir: t.TempDir(), clock: server.SystemClock{}}
	s.start()
	t.Cleanup(func() { s.stop() })
	_, err := s.sites.CreateSite(t.Context(), &pb.CreateSiteRequest{SiteId: "shop", Site: &pb.Site{TimeZone: "Europe/Paris"}})
	must(t, err)
	s.sell("shop", smallRange()...)
	day := time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, -1)
	at := func(e *pb.Event, hour int) *pb.Event {
		e.Time = timestamppb.New(day.Add(time.Duration(hour) * time.Hour))
		return e
	}
	first := at(viewed("me", "shoe-1"), 8)
	first.Context = &pb.PageContext{Traffic: &pb.TrafficSource{Source: "newsletter", Medium: "email"}}
	s.track("shop", first)
	s.track("shop", at(event("me", pb.EventType_EVENT_TYPE_PRODUCT_ADDED, "tent-3"), 9))
	searched := at(event("me", pb.EventType_EVENT_TYPE_PRODUCTS_SEARCHED), 10)
	searched.SearchQuery = "light tents"
	s.track("shop", searched)
	page := s.home("shop", "me", 5)
	s.setConsent("sites/shop/visitors/me", &pb.Consent{Purposes: []*pb.PurposeConsent{
		{Purpose: pb.Purpose_PURPOSE_PROFILE, Granted: true}, {Purpose: pb.Purpose_PURPOSE_DIRECT_CONTACT},
	}})
	v, err := s.visitors.GetVisitor(t.Context(), &pb.GetVisitorRequest{Name: "sites/shop/visitors/me"})
	must(t, err)
	if got := v.GetDecisions(); len(got) != 1 || got[0].GetDecision() != page.GetDecision() || got[0].GetPlacements()[0] != "sites/shop/placements/home" {
		t.Errorf("decisions: %v", got)
	}
	date := day.Format(time.DateOnly)
	for _, want := range []string{
		"We keep a profile of you, from " + date + " to " + date + ". Things you did that are in it: 3.",
		"You looked at Nordtuch tent 3, Falk shoe 1 lately.",
		"In your cart: Nordtuch tent 3.",
		"You last searched for light tents.",
		"You first came by newsletter.",
		"Pages that were chosen for you and that we still keep: 1. The last on " + time.Now().In(paris(t)).Format(time.DateOnly) + ".",
		"You allow us to keep this profile.",
		"You do not allow us to write to you.",
		"What else you allow, the shop tells us with each visit.",
	} {
		if !slices.Contains(v.GetSummary(), want) {
			t.Errorf("%q is not said; said is\n%s", want, strings.Join(v.GetSummary(), "\n"))
		}
	}
	groups := slices.IndexFunc(v.GetSummary(), func(line string) bool { return strings.HasPrefix(line, "You are in these groups: ") })
	if groups < 0 || !strings.Contains(v.GetSummary()[groups], "Left a cart behind") {
		t.Errorf("the abandoned cart is not said; said is\n%s", strings.Join(v.GetSummary(), "\n"))
	}
}

func paris(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Paris")
	must(t, err)
	return zone
}
