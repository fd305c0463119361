package server_test

import (
	"strings"
	"testing"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// A reason says what the visitor did, in the language of the page.
func TestReasonsSayWhatTheVisitorDid(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	s.sell("shop", smallRange()...)
	s.importViews("shop", [][]string{{"shoe-1", "lamp-2"}, {"shoe-1", "lamp-2"}, {"shoe-1", "lamp-2"}})
	for _, c := range []struct {
		did    pb.EventType
		locale string
		want   string
	}{
		{pb.EventType_EVENT_TYPE_PRODUCT_VIEWED, "", "Because you looked at Falk shoe 1"},
		{pb.EventType_EVENT_TYPE_PRODUCT_ADDED, "en-GB", "Because Falk shoe 1 is in your cart"},
		{pb.EventType_EVENT_TYPE_ORDER_COMPLETED, "", "Because you bought Falk shoe 1"},
		{pb.EventType_EVENT_TYPE_ORDER_COMPLETED, "fr-CA", "Parce que vous avez acheté : Falk shoe 1"},
		{pb.EventType_EVENT_TYPE_PRODUCT_VIEWED, "de", "Because you looked at Falk shoe 1"},
	} {
		t.Run(c.did.String()+c.locale, func(t *testing.T) {
			visitor := "v" + c.did.String() + c.locale
			s.track("shop", event(visitor, c.did, "shoe-1"))
			page := s.home("shop", visitor, 10, func(r *pb.DecideRequest) { r.Context = &pb.PageContext{Locale: c.locale} })
			for _, item := range page.GetPlacements()[0].GetItems() {
				for _, reason := range item.GetReasons() {
					if item.GetProduct().GetProductId() != "lamp-2" || reason.GetKind() != pb.ReasonKind_REASON_KIND_VIEWED_TOGETHER {
						continue
					}
					if reason.GetText() != c.want || reason.GetEventType() != c.did || reason.GetProductId() != "shoe-1" {
						t.Errorf("%v, want %q", reason, c.want)
					}
					return
				}
			}
			t.Errorf("lamp-2 is not shown for its company: %v", page.GetPlacements())
		})
	}
}

// A page in a language that is not known is answered in the site's, else in
// English.
func TestReasonsInTheSitesLanguage(t *testing.T) {
	s := openShop(t)
	for site, locale := range map[string]string{"paris": "fr-FR", "berlin": "de"} {
		_, err := s.sites.CreateSite(t.Context(), &pb.CreateSiteRequest{SiteId: site, Site: &pb.Site{Locale: locale}})
		must(t, err)
		s.sell(site, smallRange()...)
	}
	for _, c := range []struct{ site, page, want string }{
		{"paris", "", "Dans l'assortiment de la boutique"},
		{"paris", "de-AT", "Dans l'assortiment de la boutique"},
		{"paris", "en", "From the shop's range"},
		{"berlin", "", "From the shop's range"},
		{"berlin", "fr", "Dans l'assortiment de la boutique"},
	} {
		page := s.home(c.site, "stranger", 10, func(r *pb.DecideRequest) { r.Context = &pb.PageContext{Locale: c.page} })
		if got := page.GetPlacements()[0].GetItems()[9].GetReasons()[0].GetText(); got != c.want {
			t.Errorf("%s, page in %q: %q, want %q", c.site, c.page, got, c.want)
		}
	}
}

// What the page says speaks for itself: nobody is told that they looked at
// something they did not.
func TestReasonsOfAStranger(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	s.sell("shop", smallRange()...)
	s.importViews("shop", [][]string{{"shoe-1", "lamp-2"}, {"shoe-1", "lamp-2"}, {"tent-1", "lamp-2"}})
	page := s.home("shop", "stranger", 10)
	for _, item := range page.GetPlacements()[0].GetItems() {
		for _, reason := range item.GetReasons() {
			if strings.Contains(reason.GetText(), "you") || reason.GetShare() < 0.005 {
				t.Errorf("%s: %q (%.3f)", item.GetProduct().GetProductId(), reason.GetText(), reason.GetShare())
			}
		}
	}
}
