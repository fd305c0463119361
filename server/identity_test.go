package server_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
)

// link joins devices to a person of the site "shop".
func (s *shop) link(person string, devices ...string) *pb.Person {
	s.t.Helper()
	p, err := s.visitors.LinkVisitors(s.t.Context(), linkOf(person, devices...))
	must(s.t, err)
	return p
}

func linkOf(person string, devices ...string) *pb.LinkVisitorsRequest {
	req := &pb.LinkVisitorsRequest{Person: "sites/shop/persons/" + person}
	for _, d := range devices {
		req.Visitors = append(req.Visitors, "sites/shop/visitors/"+d)
	}
	return req
}

// unlink takes devices, or all, from a person of the site "shop".
func (s *shop) unlink(person string, devices ...string) *pb.Person {
	s.t.Helper()
	p, err := s.visitors.UnlinkVisitors(s.t.Context(), &pb.UnlinkVisitorsRequest{
		Person: "sites/shop/persons/" + person, Visitors: linkOf(person, devices...).GetVisitors(),
	})
	must(s.t, err)
	return p
}

// known is what is known of a visitor of the site "shop"; nil for nothing.
func (s *shop) known(name string) *pb.Visitor {
	s.t.Helper()
	m, err := s.visitors.GetVisitor(s.t.Context(), &pb.GetVisitorRequest{Name: "sites/shop/" + name})
	if status.Code(err) == codes.NotFound {
		return nil
	}
	must(s.t, err)
	return m
}

func TestLinking(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	s.sell("shop", smallRange()...)
	s.track("shop", viewed("phone", "shoe-1"))
	s.track("shop", viewed("laptop", "tent-1"))
	if got := s.link("alice", "phone", "laptop").GetDevices(); fmt.Sprint(got) != "[sites/shop/visitors/phone sites/shop/visitors/laptop]" {
		t.Errorf("devices %v", got)
	}
	t.Run("what is known of a device is what is known of the person", func(t *testing.T) {
		phone, laptop, alice := s.known("visitors/phone"), s.known("visitors/laptop"), s.known("persons/alice")
		for _, m := range []*pb.Visitor{phone, laptop, alice} {
			if len(m.GetTouches()) != 2 || m.GetEventCount() != 2 || m.GetPerson() != "sites/shop/persons/alice" || len(m.GetDevices()) != 2 {
				t.Errorf("%s: got %v", m.GetName(), m)
			}
			m.Name = ""
		}
		if !proto.Equal(phone, laptop) || !proto.Equal(phone, alice) {
			t.Errorf("they differ:\non the phone %v\non the laptop %v\nof alice %v", phone, laptop, alice)
		}
	})
	t.Run("decisions see the person", func(t *testing.T) {
		same := func(a, b *pb.DecideResponse) bool { return fmt.Sprint(ids(a)) == fmt.Sprint(ids(b)) }
		phone, laptop := s.home("shop", "phone", 10), s.home("shop", "laptop", 10)
		if phone.GetMode() != pb.DecisionMode_DECISION_MODE_PROFILE || !same(phone, laptop) {
			t.Errorf("on the phone %v, on the laptop %v", ids(phone), ids(laptop))
		}
		if fresh := s.home("shop", "never-seen", 10); same(fresh, phone) {
			t.Error("as for one never seen")
		}
	})
	t.Run("it is the same however often", func(t *testing.T) {
		before, err := s.store.Head(t.Context(), "shop")
		must(t, err)
		if got := s.link("alice", "laptop", "phone", "phone").GetDevices(); len(got) != 2 {
			t.Errorf("devices %v", got)
		}
		if after, err := s.store.Head(t.Context(), "shop"); err != nil || after != before {
			t.Errorf("the journal grew from %d to %d for nothing, %v", before, after, err)
		}
	})
	t.Run("a device of another person is taken from them", func(t *testing.T) {
		s.link("bob", "laptop")
		if got := s.known("persons/alice").GetDevices(); len(got) != 1 {
			t.Errorf("alice has %v", got)
		}
		if got := s.known("visitors/laptop"); got.GetPerson() != "sites/shop/persons/bob" || got.GetEventCount() != 1 {
			t.Errorf("the laptop is %v", got)
		}
	})
	t.Run("it survives a restart", func(t *testing.T) {
		s.restart()
		if got := s.known("visitors/phone"); got.GetPerson() != "sites/shop/persons/alice" {
			t.Errorf("the phone is %v", got)
		}
	})
	t.Run("unlinked as never linked", func(t *testing.T) {
		s.unlink("alice")
		s.unlink("bob", "laptop", "phone")
		for _, name := range []string{"phone", "laptop"} {
			if m := s.known("visitors/" + name); m.GetEventCount() != 1 || m.GetPerson() != "" {
				t.Errorf("%s: %v", name, m)
			}
		}
		if m := s.known("persons/alice"); m != nil {
			t.Errorf("of alice is known %v", m)
		}
	})
	t.Run("a device never seen is so again", func(t *testing.T) {
		s.link("carol", "fridge")
		s.unlink("carol", "fridge")
		if m := s.known("visitors/fridge"); m != nil {
			t.Errorf("got %v", m)
		}
		if got := s.home("shop", "fridge", 5); got.GetMode() != pb.DecisionMode_DECISION_MODE_CONTEXTUAL {
			t.Errorf("mode %v", got.GetMode())
		}
	})
}

func TestLinkingBadInput(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	for _, c := range []struct{ name, person, visitor, field string }{
		{"a shared person", "sites/shop/persons/guest", "sites/shop/visitors/d", "person"},
		{"a shared device", "sites/shop/persons/p", "sites/shop/visitors/'NULL'", "visitors[0]"},
		{"the advertising id of who forbids tracking", "sites/shop/persons/p", "sites/shop/visitors/00000000-0000-0000-0000-000000000000", "visitors[0]"},
		{"another site's device", "sites/shop/persons/p", "sites/other/visitors/d", "visitors[0]"},
		{"a device for a person", "sites/shop/visitors/p", "sites/shop/visitors/d", "person"},
		{"a person for a device", "sites/shop/persons/p", "sites/shop/persons/d", "visitors[0]"},
		{"a control character", "sites/shop/persons/p\x00", "sites/shop/visitors/d", "person"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := s.visitors.LinkVisitors(t.Context(), &pb.LinkVisitorsRequest{Person: c.person, Visitors: []string{c.visitor}})
			wantViolation(t, err, c.field, "")
		})
	}
	t.Run("who refused is linked to nobody", func(t *testing.T) {
		_, err := s.visitors.SetConsent(t.Context(), &pb.SetConsentRequest{Name: "sites/shop/visitors/shy", Consent: answered(false)})
		must(t, err)
		_, err = s.visitors.LinkVisitors(t.Context(), linkOf("dave", "shy"))
		wantCode(t, err, codes.FailedPrecondition)
	})
}

func TestMaxDevices(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	var devices []string
	for k := range 16 {
		devices = append(devices, fmt.Sprint("d", k))
	}
	s.link("alice", devices...)
	_, err := s.visitors.LinkVisitors(t.Context(), linkOf("alice", "d16"))
	wantCode(t, err, codes.FailedPrecondition)
	if text := status.Convert(err).Message(); !strings.Contains(text, "16 devices") || !strings.Contains(text, "max_devices") {
		t.Errorf("it says %q", text)
	}
	s.link("alice", "d3") // she has it
	_, err = s.sites.UpdateSite(t.Context(), &pb.UpdateSiteRequest{
		Site: &pb.Site{Name: "sites/shop", VisitorPolicy: &pb.VisitorPolicy{MaxDevices: 17}},
	})
	must(t, err)
	if got := s.link("alice", "d16").GetDevices(); len(got) != 17 {
		t.Errorf("%d devices", len(got))
	}
}

// A tablet at which a whole family signs in is nobody's: it is known by the visit alone.
func TestSharedDevice(t *testing.T) {
	clock := newHandClock(time.Now())
	s := &shop{t: t, dir: t.TempDir(), clock: clock}
	s.start()
	t.Cleanup(func() { s.stop() })
	s.create("shop")
	s.sell("shop", smallRange()...)
	s.track("shop", viewed("phone", "shoe-1"))
	s.track("shop", viewed("tablet", "tent-1"))
	s.link("alice", "phone", "tablet")
	s.link("bob", "tablet")
	if m := s.known("visitors/tablet"); m.GetSharedDevice() {
		t.Error("two persons are no family")
	}
	s.link("alice", "tablet")
	s.link("carol", "tablet")
	s.link("alice", "tablet")
	m := s.known("visitors/tablet")
	if !m.GetSharedDevice() || len(m.GetTouches()) != 1 {
		t.Errorf("the tablet is %v", m)
	}
	if m := s.known("visitors/phone"); len(m.GetTouches()) != 1 || m.GetTouches()[0].GetProductId() != "shoe-1" {
		t.Errorf("alice is %v", m)
	}
	if mode := s.home("shop", "tablet", 5).GetMode(); mode != pb.DecisionMode_DECISION_MODE_SESSION {
		t.Errorf("mode %v", mode)
	}
	clock.pass(31 * time.Minute) // whoever comes now is somebody else
	if m := s.known("visitors/tablet"); len(m.GetTouches()) != 0 {
		t.Errorf("the next one is told %v", m)
	}
	if mode := s.home("shop", "tablet", 5).GetMode(); mode != pb.DecisionMode_DECISION_MODE_CONTEXTUAL {
		t.Errorf("mode %v", mode)
	}
	clock.pass(90 * 24 * time.Hour) // and a season later it is alice's
	if m := s.known("visitors/tablet"); m.GetSharedDevice() || len(m.GetTouches()) != 2 {
		t.Errorf("the tablet is %v", m)
	}
}

// Caps and the contact budget hold for a person over all their devices, also for requests
// at once.
func TestCapsOfAPerson(t *testing.T) {
	s, clock := cappedBanners(t)
	s.campaign("one", &pb.Campaign{FrequencyCaps: capOf(pb.CapScope_CAP_SCOPE_CREATIVE, 3, time.Hour)}, "a")
	s.campaign("two", &pb.Campaign{}, "b")
	s.policy(&pb.ContactPolicy{Budgets: []*pb.ContactBudget{{Limit: 5, Window: durationpb.New(time.Hour)}}})
	s.link("alice", "phone", "laptop")
	seen := map[string]int{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for k := range 16 {
		wg.Go(func() {
			resp, err := s.decisions.Decide(t.Context(), &pb.DecideRequest{
				Site: "sites/shop", Visitor: &pb.VisitorKey{DeviceId: []string{"phone", "laptop"}[k%2]}, Consent: granted(),
				Placements: []*pb.PlacementRequest{{Placement: "banner", Count: 2}},
			})
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			for _, c := range creativesOf(resp) {
				seen[c[len(c)-1:]]++
			}
		})
	}
	wg.Wait()
	if seen["a"] > 3 || seen["a"]+seen["b"] != 5 {
		t.Errorf("alice was shown %v, at most 3 of a and 5 in all", seen)
	}
	clock.pass(time.Minute)
	t.Run("apart each has their own", func(t *testing.T) {
		s.unlink("alice")
		n := 0
		for _, device := range []string{"phone", "laptop"} {
			for range 5 {
				n += len(creativesOf(s.banner(device, 1)))
			}
		}
		// Of ten contacts that two devices may have, five were.
		if n != 5 {
			t.Errorf("%d more, want 5", n)
		}
	})
}

// An order on the laptop is credited to the creative that was clicked on the phone, told
// before or in the same batch; who is linked to nobody has none of it.
func TestAnOrderIsCreditedToThePerson(t *testing.T) {
	s := banners(t)
	s.campaign("spring", &pb.Campaign{}, "a")
	s.link("alice", "phone", "laptop")
	click := func(device string) *pb.Event {
		e := event(device, pb.EventType_EVENT_TYPE_CREATIVE_CLICKED)
		e.AttributionToken = s.banner(device, 1).GetPlacements()[0].GetItems()[0].GetAttributionToken()
		return e
	}
	order := func(device, id string) *pb.Event {
		e := event(device, pb.EventType_EVENT_TYPE_ORDER_COMPLETED, "shoe-1")
		e.Order = &pb.Order{Id: id}
		return e
	}
	track := func(batch ...*pb.Event) {
		_, err := s.events.TrackEvents(t.Context(), &pb.TrackEventsRequest{Site: "sites/shop", Events: batch})
		must(t, err)
	}
	track(click("phone"), order("other", "o1"), order("laptop", "o2"))
	track(order("laptop", "o3"))
	s.unlink("alice")
	track(order("laptop", "o4"), order("phone", "o5"))
	got := ""
	for _, e := range s.eventsOf(scoring.OrderCompleted) {
		got += fmt.Sprint(e.Order.ID, " ", e.Ad != nil, "; ")
	}
	if want := "o1 false; o2 true; o3 true; o4 false; o5 true; "; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// What a person allows holds on all their devices.
func TestConsentOfAPerson(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	s.sell("shop", smallRange()...)
	s.track("shop", viewed("phone", "shoe-1"))
	s.track("shop", viewed("laptop", "tent-1"))
	s.link("alice", "phone", "laptop")
	never := encode(t, s.home("shop", "never-seen", 5, func(r *pb.DecideRequest) { r.DryRun = true }))
	refuse := func(yes bool) {
		_, err := s.visitors.SetConsent(t.Context(), &pb.SetConsentRequest{Name: "sites/shop/persons/alice", Consent: answered(yes)})
		must(t, err)
	}
	refuse(false)
	for _, device := range []string{"phone", "laptop"} {
		if got := encode(t, s.home("shop", device, 5, func(r *pb.DecideRequest) { r.DryRun = true })); got != never {
			t.Errorf("%s is known", device)
		}
		if got := s.track("shop", viewed(device, "lamp-1")); got != pb.EventStatus_EVENT_STATUS_NO_CONSENT {
			t.Errorf("an event on the %s is %v", device, got)
		}
	}
	refuse(true)
	if got := s.home("shop", "laptop", 5).GetMode(); got != pb.DecisionMode_DECISION_MODE_PROFILE {
		t.Errorf("allowed again, mode %v", got)
	}
}
