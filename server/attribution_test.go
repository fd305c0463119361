package server_test

import (
	"fmt"
	"testing"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
)

// An order says in the journal which creative it is credited to, and what undoes it
// which one it is taken back from, also when all of it is told in one batch.
func TestOrdersAreCreditedToCreatives(t *testing.T) {
	s := banners(t)
	s.campaign("spring", &pb.Campaign{}, "a")
	token := func(visitor string) string {
		return s.banner(visitor, 1).GetPlacements()[0].GetItems()[0].GetAttributionToken()
	}
	about := func(e *pb.Event, token, order string) *pb.Event {
		e.AttributionToken = token
		if order != "" {
			e.Order = &pb.Order{Id: order}
		}
		return e
	}
	const viewed, clicked, completed, cancelled = pb.EventType_EVENT_TYPE_CREATIVE_VIEWED, pb.EventType_EVENT_TYPE_CREATIVE_CLICKED,
		pb.EventType_EVENT_TYPE_ORDER_COMPLETED, pb.EventType_EVENT_TYPE_ORDER_CANCELLED
	var batch []*pb.Event
	batch = append(batch,
		about(event("clicks", viewed), token("clicks"), ""), about(event("clicks", clicked), token("clicks"), ""),
		about(event("clicks", completed, "shoe-1"), "", "o1"),
		about(event("clicks", completed, "shoe-2"), "", "o1"), // one more part of it
		about(event("sees", viewed), token("sees"), ""), about(event("sees", completed, "shoe-1"), "", "o2"),
		about(event("tells", completed, "shoe-1"), token("tells"), "o3"),
		about(event("other", completed, "shoe-1"), "", "o4"),
		about(event("clicks", cancelled), "", "o1"),
		about(event("clicks", cancelled), "", "o1"),
	)
	resp, err := s.events.TrackEvents(t.Context(), &pb.TrackEventsRequest{Site: "sites/shop", Events: batch})
	must(t, err)
	for _, r := range resp.GetResults() {
		if r.GetStatus() != pb.EventStatus_EVENT_STATUS_STORED {
			t.Fatalf("got %v", r)
		}
	}
	credits := func(kind scoring.EventType) (got string) {
		for _, e := range s.eventsOf(kind) {
			got += string(e.Order.ID)
			if e.Ad != nil {
				got += fmt.Sprintf(" %s/%s by %d", e.Ad.Campaign, e.Ad.Creative, e.Ad.By)
			}
			got += "; "
		}
		return got
	}
	if got, want := credits(scoring.OrderCompleted), "o1 spring/a by 2; o1; o2 spring/a by 3; o3 spring/a by 1; o4; "; got != want {
		t.Errorf("orders: %s\nwant    %s", got, want)
	}
	// The same creative was clicked and ordered by: what is taken back has no by.
	if got, want := credits(scoring.OrderCancelled), "o1 spring/a by 0; o1; "; got != want {
		t.Errorf("cancelled: %s\nwant       %s", got, want)
	}
	click, order, back := s.eventsOf(scoring.CreativeClicked)[0], s.eventsOf(scoring.OrderCompleted)[0], s.eventsOf(scoring.OrderCancelled)[0]
	if click.Ad.Token != order.Ad.Token || order.Ad.Token != back.Ad.Token {
		t.Errorf("tokens %d, %d, %d: want that of the click", click.Ad.Token, order.Ad.Token, back.Ad.Token)
	}
}

// What was waved away is told by its token.
func TestDismissalNamesItsCreative(t *testing.T) {
	s := banners(t)
	s.campaign("spring", &pb.Campaign{}, "a")
	e := event("v", pb.EventType_EVENT_TYPE_DISMISSED)
	e.AttributionToken = s.banner("v", 1).GetPlacements()[0].GetItems()[0].GetAttributionToken()
	s.track("shop", e)
	if got := s.eventsOf(scoring.Dismissed); len(got) != 1 || got[0].Ad == nil || got[0].Ad.Creative != "a" {
		t.Errorf("got %+v", got)
	}
}

// A token counts once, however it comes back; one that was forged, cut short or of
// another site is refused, and one of a decision that is not kept any more is stored
// and credits nothing.
func TestTokensOverTheAPI(t *testing.T) {
	s := banners(t)
	s.create("other")
	s.campaign("spring", &pb.Campaign{}, "a")
	token := s.banner("v", 1).GetPlacements()[0].GetItems()[0].GetAttributionToken()
	tell := func(site, token string) error {
		e := event("v", pb.EventType_EVENT_TYPE_CREATIVE_CLICKED)
		e.AttributionToken = token
		_, err := s.events.TrackEvent(t.Context(), &pb.TrackEventRequest{Site: "sites/" + site, Event: e})
		return err
	}
	forged := []byte(token)
	forged[8] ^= 1
	for name, err := range map[string]error{
		"forged": tell("shop", string(forged)), "cut short": tell("shop", token[:20]), "of another site": tell("other", token), "no token": tell("shop", "?"),
	} {
		t.Run(name, func(t *testing.T) {
			wantViolation(t, err, "event.attribution_token", "is not one that Decide returned for this site")
		})
	}
	for range 3 {
		must(t, tell("shop", token))
	}
	s.settle("shop")
	clicks := s.eventsOf(scoring.CreativeClicked)
	if len(clicks) != 3 || clicks[0].Ad.Token != clicks[2].Ad.Token { // the same impression for whoever counts
		t.Errorf("got %+v", clicks)
	}
	_, err := s.sites.DeleteSite(t.Context(), &pb.DeleteSiteRequest{Name: "sites/shop"})
	must(t, err)
	s.create("shop")
	must(t, tell("shop", token))
	if got := s.eventsOf(scoring.CreativeClicked); len(got) != 1 || got[0].Ad != nil {
		t.Errorf("of a decision that is gone: %+v", got)
	}
}
