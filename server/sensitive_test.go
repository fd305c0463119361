package server_test

import (
	"testing"

	"google.golang.org/protobuf/types/known/fieldmaskpb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// What a site finds sensitive enters no profile, is shown to nobody because of who they
// are, and is no reason: from the moment it says so, and of what was known before.
func TestSensitiveCategories(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	s.sell("shop", smallRange()...)
	before := func(id string) {
		for _, p := range []string{"tent-1", "tent-2", "shoe-1"} {
			s.track("shop", viewed(id, p))
		}
		s.track("shop", event(id, pb.EventType_EVENT_TYPE_PRODUCT_ADDED, "tent-3"))
	}
	before("early")
	policy := func(categories ...string) {
		t.Helper()
		got, err := s.sites.UpdateSite(t.Context(), &pb.UpdateSiteRequest{
			Site:       &pb.Site{Name: "sites/shop", VisitorPolicy: &pb.VisitorPolicy{SensitiveCategories: categories}},
			UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"visitor_policy"}},
		})
		must(t, err)
		if len(got.GetVisitorPolicy().GetSensitiveCategories()) != len(categories) {
			t.Fatalf("the site has %v", got)
		}
	}
	full := func(r *pb.DecideRequest) { r.Explain, r.DryRun = pb.Explain_EXPLAIN_FULL, true }
	tents := func(visitor string) int { return count(ids(s.home("shop", visitor, 20, full)), "tent-") }
	if tents("early") == 0 {
		t.Fatal("no tents before: the test shows nothing")
	}
	policy("camping/tents")
	for range 2 {
		before("late")
		seen, err := s.visitors.GetVisitor(t.Context(), &pb.GetVisitorRequest{Name: "sites/shop/visitors/late"})
		must(t, err)
		for _, touch := range seen.GetTouches() {
			if touch.GetProductId() != "shoe-1" {
				t.Errorf("the profile holds a %v of %s", touch.GetType(), touch.GetProductId())
			}
		}
		for _, in := range seen.GetInterests() {
			if v := in.GetFacet().GetValue(); v == "camping/tents" || v == "camping" || v == "Nordtuch" {
				t.Errorf("the profile holds an interest in %s", v)
			}
		}
		if len(seen.GetCart()) > 0 {
			t.Errorf("the profile holds a cart of %v", seen.GetCart())
		}
		for _, visitor := range []string{"early", "late", "nobody"} {
			if n := tents(visitor); n > 0 {
				t.Errorf("%s is shown %d tents", visitor, n)
			}
			for _, item := range s.home("shop", visitor, 20, full).GetPlacements()[0].GetItems() {
				for _, r := range item.GetReasons() {
					if count([]string{r.GetProductId()}, "tent-") > 0 || r.GetFacet().GetValue() == "camping/tents" {
						t.Errorf("%s is told %v", visitor, r)
					}
				}
			}
		}
		s.restart()
	}
	policy() // nothing is sensitive any more
	if tents("early") == 0 {
		t.Error("no tents after the site changed its mind")
	}
}
