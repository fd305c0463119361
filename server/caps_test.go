package server_test

import (
	"bytes"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// handClock stands still until it is moved.
type handClock struct{ at atomic.Pointer[time.Time] }

func newHandClock(at time.Time) *handClock {
	c := &handClock{}
	c.at.Store(&at)
	return c
}

func (c *handClock) Now() time.Time       { return *c.at.Load() }
func (*handClock) Saw(time.Time)          {}
func (c *handClock) pass(d time.Duration) { at := c.Now().Add(d); c.at.Store(&at) }

// cappedBanners is banners with a clock that is moved by hand.
func cappedBanners(t *testing.T) (*shop, *handClock) {
	clock := newHandClock(time.Now().Add(-3 * 365 * 24 * time.Hour))
	s := &shop{t: t, dir: t.TempDir(), clock: clock}
	s.start()
	t.Cleanup(func() { s.stop() })
	s.create("shop")
	_, err := s.placements.CreatePlacement(t.Context(), &pb.CreatePlacementRequest{
		Parent: "sites/shop", PlacementId: "banner",
		Placement: &pb.Placement{Count: 1, Rules: &pb.Placement_Creatives{Creatives: &pb.CreativeRules{Formats: []string{"banner"}}}},
	})
	must(t, err)
	return s, clock
}

func capOf(scope pb.CapScope, limit int32, window time.Duration) []*pb.FrequencyCap {
	return []*pb.FrequencyCap{{Scope: scope, Limit: limit, Window: durationpb.New(window)}}
}

func (s *shop) policy(p *pb.ContactPolicy) {
	s.t.Helper()
	_, err := s.sites.UpdateSite(s.t.Context(), &pb.UpdateSiteRequest{
		Site: &pb.Site{Name: "sites/shop", ContactPolicy: p}, UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"contact_policy"}},
	})
	must(s.t, err)
}

// Caps slide, hold over a restart, and count a page's own slots.
func TestFrequencyCaps(t *testing.T) {
	s, clock := cappedBanners(t)
	s.campaign("one", &pb.Campaign{FrequencyCaps: capOf(0, 3, time.Hour)}, "a", "b", "c", "d")
	resp := s.banner("v", 4, func(r *pb.DecideRequest) { r.Explain = pb.Explain_EXPLAIN_FULL })
	if got := creativesOf(resp); len(got) != 3 || resp.GetPlacements()[0].GetNoFillReason() != pb.NoFillReason_NO_FILL_REASON_CAPPED ||
		resp.GetPlacements()[0].GetRejected()[0].GetRejection() != pb.Rejection_REJECTION_CAPPED || len(resp.GetContactBlob()) != 0 {
		t.Errorf("on one page %v, %v", got, resp)
	}
	clock.pass(time.Hour - time.Second)
	s.restart()
	if got := creativesOf(s.banner("v", 4)); len(got) != 0 {
		t.Errorf("a second before the hour is over: %v", got)
	}
	if got := creativesOf(s.banner("w", 4)); len(got) != 3 {
		t.Errorf("another visitor: %v", got)
	}
	clock.pass(2 * time.Second) // times are kept to the second, and rounded up
	if got := creativesOf(s.banner("v", 4, func(r *pb.DecideRequest) { r.DryRun = true })); len(got) != 3 {
		t.Errorf("dry, after the hour: %v", got)
	}
	if got := creativesOf(s.banner("v", 2)); len(got) != 2 {
		t.Errorf("after the hour: %v", got)
	}
	clock.pass(30 * time.Minute)
	if got := creativesOf(s.banner("v", 2)); len(got) != 1 {
		t.Errorf("half an hour later: %v, want the third within the hour", got)
	}
	// What is known of them can be read, that of the hour before, too.
	v, err := s.visitors.GetVisitor(t.Context(), &pb.GetVisitorRequest{Name: "sites/shop/visitors/v"})
	must(t, err)
	if c := v.GetContacts(); len(c) != 6 || c[0].GetCreative() == "" || c[0].GetTimes() != 1 || v.GetEventCount() != 0 {
		t.Errorf("known: %v", v)
	}
}

func TestScopesOfCaps(t *testing.T) {
	s, _ := cappedBanners(t)
	s.campaign("one", &pb.Campaign{Advertiser: "acme", FrequencyCaps: capOf(pb.CapScope_CAP_SCOPE_CREATIVE, 1, time.Hour)}, "a", "b")
	s.campaign("two", &pb.Campaign{Advertiser: "other"}, "c")
	// Each creative of the first once; the second's as often as one likes.
	for range 2 {
		s.banner("v", 3)
	}
	if got := creativesOf(s.banner("v", 3)); fmt.Sprint(got) != "[two/creatives/c]" {
		t.Errorf("by creative: %v", got)
	}
	// A third campaign's cap counts what is handed out of the first, from now on.
	s.campaign("three", &pb.Campaign{
		Advertiser: "acme", Tier: pb.Tier_TIER_SPONSORSHIP, FrequencyCaps: capOf(pb.CapScope_CAP_SCOPE_ADVERTISER, 2, time.Hour),
	}, "d")
	if got := creativesOf(s.banner("w", 3)); len(got) != 3 || got[0] != "three/creatives/d" {
		t.Errorf("by advertiser: %v", got)
	}
	if got := creativesOf(s.banner("w", 3)); slices.Contains(got, "three/creatives/d") {
		t.Errorf("by advertiser, again: %v", got)
	}
	// A creative's own.
	_, err := s.campaigns.UpdateCreative(t.Context(), &pb.UpdateCreativeRequest{Creative: &pb.Creative{
		Name: "sites/shop/campaigns/two/creatives/c", Format: "banner", FrequencyCaps: capOf(0, 1, time.Minute),
	}})
	must(t, err)
	s.banner("x", 4)
	if got := creativesOf(s.banner("x", 4)); slices.Contains(got, "two/creatives/c") {
		t.Errorf("of its own: %v", got)
	}
}

// Two hundred requests at once for one visitor: three are shown, not four.
func TestCapsHoldForRequestsAtOnce(t *testing.T) {
	s, _ := cappedBanners(t)
	s.campaign("one", &pb.Campaign{FrequencyCaps: capOf(0, 3, 24*time.Hour)}, "a", "b", "c")
	var shown atomic.Int32
	var wg sync.WaitGroup
	for range 200 {
		wg.Go(func() {
			resp, err := s.decisions.Decide(t.Context(), &pb.DecideRequest{
				Site: "sites/shop", Visitor: &pb.VisitorKey{DeviceId: "v"}, Consent: granted(),
				Placements: []*pb.PlacementRequest{{Placement: "banner", Count: 1}},
			})
			if err != nil {
				t.Error(err)
			}
			shown.Add(int32(len(resp.GetPlacements()[0].GetItems())))
		})
	}
	wg.Wait()
	if got := shown.Load(); got != 3 {
		t.Errorf("%d are shown, want 3", got)
	}
}

func TestContactPressure(t *testing.T) {
	s, clock := cappedBanners(t)
	s.campaign("one", &pb.Campaign{}, "a")
	full := func(r *pb.DecideRequest) { r.Explain = pb.Explain_EXPLAIN_FULL }
	pressed := func(what string, visitor string, want bool) {
		t.Helper()
		resp := s.banner(visitor, 1, full)
		got := len(resp.GetPlacements()[0].GetItems()) == 0 &&
			resp.GetPlacements()[0].GetRejected()[0].GetRejection() == pb.Rejection_REJECTION_CONTACT_PRESSURE
		if got != want {
			t.Errorf("%s: %v", what, resp)
		}
	}
	s.policy(&pb.ContactPolicy{Budgets: []*pb.ContactBudget{
		{Channels: []pb.Channel{pb.Channel_CHANNEL_WEB, pb.Channel_CHANNEL_APP}, Limit: 2, Window: durationpb.New(time.Hour)},
		{Limit: 3, Window: durationpb.New(24 * time.Hour)},
	}, PurchaseCoolDown: durationpb.New(48 * time.Hour)})
	tell := func(visitor string, kind pb.EventType) *pb.Event {
		e := event(visitor, kind)
		e.Time = timestamppb.New(clock.Now())
		return e
	}
	pressed("the first", "v", false)
	pressed("the second", "v", false)
	pressed("the third within an hour", "v", true)
	clock.pass(time.Hour + time.Second)
	s.track("shop", tell("v", pb.EventType_EVENT_TYPE_EMAIL_DELIVERED))
	pressed("two and an e-mail within a day", "v", true)
	s.restart()
	pressed("the same after a restart", "v", true)
	clock.pass(24 * time.Hour)
	pressed("a day later", "v", false)

	// Whoever has bought is left alone, until they send it back.
	bought := tell("w", pb.EventType_EVENT_TYPE_ORDER_COMPLETED)
	bought.Items = []*pb.EventItem{{ProductId: "p", Quantity: 1}}
	bought.Order = &pb.Order{Id: "o"}
	s.track("shop", bought)
	pressed("after a purchase", "w", true)
	back := tell("w", pb.EventType_EVENT_TYPE_ORDER_CANCELLED)
	back.Order = &pb.Order{Id: "o"}
	s.track("shop", back)
	pressed("after it was cancelled", "w", false)
	s.track("shop", func() *pb.Event { bought.Id = "again"; return bought }())
	pressed("bought again", "w", true)
	clock.pass(48 * time.Hour)
	pressed("two days later", "w", false)

	got, err := s.sites.GetSite(t.Context(), &pb.GetSiteRequest{Name: "sites/shop"})
	must(t, err)
	if len(got.GetContactPolicy().GetBudgets()) != 2 || got.GetDisplayName() != "shop" {
		t.Errorf("the site is %v", got)
	}
}

// What was waved away does not come back, and its campaign rests.
func TestWavedAwayCreativesStayAway(t *testing.T) {
	s, clock := cappedBanners(t)
	s.policy(&pb.ContactPolicy{DismissalCoolDown: durationpb.New(24 * time.Hour)})
	s.campaign("one", &pb.Campaign{}, "a", "b")
	resp := s.banner("v", 1)
	e := event("v", pb.EventType_EVENT_TYPE_DISMISSED)
	e.AttributionToken, e.Time = resp.GetPlacements()[0].GetItems()[0].GetAttributionToken(), timestamppb.New(clock.Now())
	if got := s.track("shop", e); got != pb.EventStatus_EVENT_STATUS_STORED {
		t.Fatal(got)
	}
	s.restart()
	for _, want := range []int{0, 1} {
		resp := s.banner("v", 2, func(r *pb.DecideRequest) { r.Explain = pb.Explain_EXPLAIN_FULL })
		if got := creativesOf(resp); len(got) != want || want == 1 && resp.GetPlacements()[0].GetRejected()[0].GetRejection() != pb.Rejection_REJECTION_DISMISSED {
			t.Errorf("%v, want %d of the campaign: %v", got, want, resp)
		}
		clock.pass(24*time.Hour + time.Second)
	}
}

// For a visitor who may not be known the caller keeps the contacts, sealed; and the
// server stores nothing.
func TestCapsWithoutConsent(t *testing.T) {
	s, clock := cappedBanners(t)
	s.create("other")
	s.campaign("one", &pb.Campaign{FrequencyCaps: capOf(0, 2, time.Hour)}, "a", "b", "c")
	var blob []byte
	ask := func(r *pb.DecideRequest) { r.Consent, r.ContactBlob = answered(false), blob }
	for _, want := range []int{1, 1, 0} {
		resp := s.banner("v", 1, ask)
		if len(creativesOf(resp)) != want || len(resp.GetContactBlob()) != 512 || bytes.Equal(blob, resp.GetContactBlob()) {
			t.Fatalf("got %d creatives and %d bytes, want %d and 512", len(creativesOf(resp)), len(resp.GetContactBlob()), want)
		}
		blob = resp.GetContactBlob()
	}
	if _, err := s.visitors.GetVisitor(t.Context(), &pb.GetVisitorRequest{Name: "sites/shop/visitors/v"}); err == nil {
		t.Error("the server knows the visitor")
	}
	head, err := s.store.Head(t.Context(), "shop")
	must(t, err)
	if head != 0 {
		t.Errorf("%d events are in the journal", head)
	}
	s.restart()
	if got := creativesOf(s.banner("w", 1, ask)); len(got) != 0 {
		t.Errorf("after a restart %v", got)
	}
	if resp := s.banner("v", 1, ask, func(r *pb.DecideRequest) { r.DryRun = true }); len(resp.GetContactBlob()) != 0 {
		t.Error("a dry run counts")
	}
	// Not of this site, or changed.
	refused := func(what, site string, blob []byte) {
		t.Helper()
		_, err := s.decisions.Decide(t.Context(), &pb.DecideRequest{
			Site: "sites/" + site, ContactBlob: blob, Placements: []*pb.PlacementRequest{{Placement: "home"}},
		})
		if err == nil {
			t.Fatalf("%s is taken", what)
		}
		wantViolation(t, err, "contact_blob", "hand it in unchanged, or leave it out")
	}
	refused("another site's", "other", blob)
	refused("a part", "shop", blob[:511])
	refused("something else", "shop", []byte("{}"))
	for k := range blob {
		changed := bytes.Clone(blob)
		changed[k] ^= 1 << (k % 8)
		if k%16 < 3 || k < 20 {
			refused(fmt.Sprintf("a blob with byte %d changed", k), "shop", changed)
		}
	}
	// Days later its key has changed. It opens, and has nothing to say any more.
	clock.pass(3 * 24 * time.Hour)
	if got := creativesOf(s.banner("v", 1, ask)); len(got) != 1 {
		t.Errorf("days later %v", got)
	}
}

// Who withdraws consent is from the next answer on somebody unknown.
func TestConsentWithdrawnTurnsToTheBlob(t *testing.T) {
	s, _ := cappedBanners(t)
	s.campaign("one", &pb.Campaign{FrequencyCaps: capOf(0, 1, time.Hour)}, "a")
	s.banner("v", 1)
	if got := creativesOf(s.banner("v", 1)); len(got) != 0 {
		t.Fatalf("known: %v", got)
	}
	refused := func(r *pb.DecideRequest) { r.Consent = answered(false) }
	resp := s.banner("v", 1, refused)
	if len(creativesOf(resp)) != 1 || resp.GetMode() != pb.DecisionMode_DECISION_MODE_CONTEXTUAL || len(resp.GetContactBlob()) == 0 {
		t.Fatalf("withdrawn: %v", resp)
	}
	if got := creativesOf(s.banner("v", 1, refused, func(r *pb.DecideRequest) { r.ContactBlob = resp.GetContactBlob() })); len(got) != 0 {
		t.Errorf("with the blob: %v", got)
	}
}

func TestBadCaps(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	for _, test := range []struct {
		name, field, text string
		caps              []*pb.FrequencyCap
	}{
		{"a cap of zero", "campaign.frequency_caps[0].limit", "greater than or equal to 1", capOf(0, 0, time.Hour)},
		{"less than a minute", "campaign.frequency_caps[0].window", "from 1 minute (60s) to 180 days", capOf(0, 1, time.Second)},
		{"more than half a year", "campaign.frequency_caps[0].window", "from 1 minute (60s) to 180 days", capOf(0, 1, 181*24*time.Hour)},
		{"no window", "campaign.frequency_caps[0].window", "", []*pb.FrequencyCap{{Limit: 1}}},
		{"of no advertiser", "campaign.frequency_caps[0].scope", "name it", capOf(pb.CapScope_CAP_SCOPE_ADVERTISER, 1, time.Hour)},
		{"no such scope", "campaign.frequency_caps[0].scope", "", capOf(9, 1, time.Hour)},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := s.campaigns.CreateCampaign(t.Context(), &pb.CreateCampaignRequest{
				Parent: "sites/shop", CampaignId: "c", Campaign: &pb.Campaign{FrequencyCaps: test.caps},
			})
			wantViolation(t, err, test.field, test.text)
		})
	}
	s.campaign("c", &pb.Campaign{})
	_, err := s.campaigns.CreateCreative(t.Context(), &pb.CreateCreativeRequest{
		Parent: "sites/shop/campaigns/c", CreativeId: "x",
		Creative: &pb.Creative{Format: "banner", FrequencyCaps: capOf(pb.CapScope_CAP_SCOPE_CAMPAIGN, 1, time.Hour)},
	})
	wantViolation(t, err, "creative.frequency_caps[0].scope", "must be CAP_SCOPE_CREATIVE")
	change := func(site *pb.Site, paths ...string) error {
		_, err := s.sites.UpdateSite(t.Context(), &pb.UpdateSiteRequest{Site: site, UpdateMask: &fieldmaskpb.FieldMask{Paths: paths}})
		return err
	}
	wantViolation(t, change(&pb.Site{Name: "sites/shop", ContactPolicy: &pb.ContactPolicy{
		Budgets: []*pb.ContactBudget{{Limit: 1, Window: durationpb.New(time.Second)}},
	}}), "site.contact_policy.budgets[0].window", "from 1 minute")
	wantViolation(t, change(&pb.Site{Name: "sites/shop", CurrencyCode: "USD"}, "currency_code"), "update_mask.paths[0]", "contact_policy, display_name")
	wantViolation(t, change(&pb.Site{Name: "shop"}), "site.name", "must be sites/{site}")
}
