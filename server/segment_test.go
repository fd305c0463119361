package server_test

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// segmentShop is a shop with a placement of banners and a clock that is moved by hand.
func segmentShop(t *testing.T) (*shop, *handClock) {
	s, clock := cappedBanners(t)
	s.sell("shop", smallRange()...)
	return s, clock
}

// segment adds a segment to the site "shop".
func (s *shop) segment(id, rule string) *pb.Segment {
	s.t.Helper()
	m, err := s.segments.CreateSegment(s.t.Context(), &pb.CreateSegmentRequest{
		Parent: "sites/shop", SegmentId: id, Segment: &pb.Segment{DisplayName: strings.ToUpper(id), Rule: rule},
	})
	must(s.t, err)
	return m
}

// did tracks an event at that time.
func (s *shop) did(at time.Time, e *pb.Event) {
	s.t.Helper()
	e.Time = timestamppb.New(at)
	if got := s.track("shop", e); got != pb.EventStatus_EVENT_STATUS_STORED {
		s.t.Fatalf("the event was %v", got)
	}
}

// members lists a segment's members, by the last part of their names.
func (s *shop) members(id string, change ...func(*pb.ListSegmentMembersRequest)) (list []*pb.SegmentMember) {
	s.t.Helper()
	req := &pb.ListSegmentMembersRequest{Name: "sites/shop/segments/" + id}
	for _, f := range change {
		f(req)
	}
	stream, err := s.segments.ListSegmentMembers(s.t.Context(), req)
	must(s.t, err)
	for {
		m, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return list
		}
		must(s.t, err)
		list = append(list, m)
	}
}

func memberNames(list []*pb.SegmentMember) string {
	var names []string
	for _, m := range list {
		names = append(names, strings.TrimPrefix(m.GetName(), "sites/shop/"))
	}
	return strings.Join(names, " ")
}

// bannerFor asks for a banner, and returns its campaign and the visitor's segments.
func (s *shop) bannerFor(visitor string) (campaign string, segments []string) {
	s.t.Helper()
	resp, err := s.decisions.Decide(s.t.Context(), &pb.DecideRequest{
		Site: "sites/shop", Visitor: &pb.VisitorKey{DeviceId: visitor}, Consent: granted(), IncludeSegments: true,
		Placements: []*pb.PlacementRequest{{Placement: "banner"}},
	})
	must(s.t, err)
	for _, name := range resp.GetSegments() {
		segments = append(segments, strings.TrimPrefix(name, "sites/shop/segments/"))
	}
	for _, item := range resp.GetPlacements()[0].GetItems() {
		campaign = strings.Split(item.GetCreative().GetCreative(), "/")[3]
	}
	return campaign, segments
}

// A window that ends changes the membership when it ends: with nothing done, in
// targeting, in Decide and in the list.
func TestAWindowThatEndsEndsTheMembership(t *testing.T) {
	s, clock := segmentShop(t)
	s.segment("shoppers", "visitor.times('viewed', 'category/shoes', '7d') >= 3 && visitor.times('bought', 'category/shoes', '7d') == 0")
	s.campaign("shoes", &pb.Campaign{Segments: []string{"sites/shop/segments/shoppers"}}, "a")
	s.campaign("spoken", &pb.Campaign{Targeting: "'shoppers' in visitor.segments", Tier: pb.Tier_TIER_HOUSE}, "a")
	begin := clock.Now().Truncate(time.Second)
	want := func(when string, in bool) {
		t.Helper()
		campaign, segments := s.bannerFor("v")
		listed := memberNames(s.members("shoppers"))
		told := slices.Contains(s.known("visitors/v").GetSegments(), "sites/shop/segments/shoppers")
		if (campaign == "shoes") != in || slices.Contains(segments, "shoppers") != in || (listed == "visitors/v") != in || told != in {
			t.Errorf("%s: shown %q, segments %v, listed %q, told %v; want %v", when, campaign, segments, listed, told, in)
		}
		preview, err := s.segments.PreviewSegment(t.Context(), &pb.PreviewSegmentRequest{
			Site: "sites/shop", Rule: "visitor.times('viewed', 'category/shoes', '7d') >= 3 && visitor.times('bought', 'category/shoes', '7d') == 0",
		})
		must(t, err)
		if (preview.GetMembers() == 1) != in || preview.GetVisitors() != 1 {
			t.Errorf("%s: preview %v", when, preview)
		}
	}
	s.did(begin, viewed("v", "shoe-1"))
	s.did(begin, viewed("v", "shoe-1"))
	s.did(begin.Add(time.Hour), viewed("v", "tent-1"))
	want("two views of shoes, one of a tent", false)
	s.did(begin.Add(time.Hour), viewed("v", "shoe-2"))
	want("three views of shoes", true)
	clock.pass(7*24*time.Hour - 2*time.Second)
	want("just before the first is a week old", true)
	clock.pass(3 * time.Second)
	want("after it", false)

	// The same, ended by an order and begun again by its return.
	s.did(clock.Now(), viewed("v", "shoe-1"))
	s.did(clock.Now(), viewed("v", "shoe-1"))
	want("three views within a week again", true)
	order := event("v", pb.EventType_EVENT_TYPE_ORDER_COMPLETED, "shoe-1")
	order.Order = &pb.Order{Id: "o"}
	s.did(clock.Now(), order)
	want("bought", false)
	back := event("v", pb.EventType_EVENT_TYPE_ORDER_CANCELLED)
	back.Order = &pb.Order{Id: "o"}
	s.did(clock.Now(), back)
	want("and taken back", true)
	s.restart()
	want("after a restart", true)
}

func TestListSegmentMembers(t *testing.T) {
	s, clock := segmentShop(t)
	begin := clock.Now()
	// Alice fills her cart on the phone, and looks around on the laptop.
	s.did(begin, event("phone", pb.EventType_EVENT_TYPE_PRODUCT_ADDED, "shoe-1", "tent-0")) // 30 and 20
	s.did(begin, viewed("laptop", "lamp-1"))
	for _, v := range []string{"anna", "bert", "carl"} {
		s.did(begin.Add(30*time.Minute), event(v, pb.EventType_EVENT_TYPE_PRODUCT_ADDED, "lamp-2")) // 40
	}
	s.did(begin, viewed("dora", "lamp-1"))
	s.link("alice", "phone", "laptop")
	s.setConsent("sites/shop/visitors/bert", &pb.Consent{Purposes: []*pb.PurposeConsent{
		{Purpose: pb.Purpose_PURPOSE_DIRECT_CONTACT, Granted: true},
	}})

	clock.pass(59 * time.Minute)
	if got := memberNames(s.members("abandoned-carts")); got != "" {
		t.Errorf("within the hour: %s", got)
	}
	clock.pass(time.Minute)
	if got := memberNames(s.members("abandoned-carts")); got != "persons/alice" {
		t.Errorf("after an hour: %s", got)
	}
	clock.pass(time.Hour)
	all := s.members("abandoned-carts")
	if got := memberNames(all); got != "persons/alice visitors/anna visitors/bert visitors/carl" {
		t.Errorf("after two: %s", got)
	}
	alice := all[0]
	if alice.GetCartValue().GetUnits() != 50 || len(alice.GetCart()) != 2 || alice.GetCartAge().AsDuration().Truncate(time.Second) != 2*time.Hour || alice.GetContactable() {
		t.Errorf("alice is %v", alice)
	}
	contactable := s.members("abandoned-carts", func(r *pb.ListSegmentMembersRequest) { r.ContactableOnly = true })
	if got := memberNames(contactable); got != "visitors/bert" || !contactable[0].GetContactable() {
		t.Errorf("contactable are %s", got)
	}
	for after, want := range map[string]string{
		"persons/alice": "visitors/anna visitors/bert visitors/carl", "visitors/anna": "visitors/bert visitors/carl", "visitors/carl": "",
	} {
		rest := s.members("abandoned-carts", func(r *pb.ListSegmentMembersRequest) { r.After = "sites/shop/" + after })
		if got := memberNames(rest); got != want {
			t.Errorf("after %s: %s, want %s", after, got, want)
		}
	}

	// Whoever takes their consent back is in no segment, and counts nowhere.
	s.setConsent("sites/shop/visitors/bert", answered(false))
	s.setConsent("sites/shop/visitors/carl", &pb.Consent{Purposes: []*pb.PurposeConsent{{Purpose: pb.Purpose_PURPOSE_PROFILE}}})
	if got := memberNames(s.members("abandoned-carts")); got != "persons/alice visitors/anna" {
		t.Errorf("with consent taken back: %s", got)
	}
	order := event("laptop", pb.EventType_EVENT_TYPE_ORDER_COMPLETED, "shoe-1", "tent-0")
	s.did(clock.Now(), order)
	if got := memberNames(s.members("abandoned-carts")); got != "visitors/anna" {
		t.Errorf("alice ordered on the laptop: %s", got)
	}
	clock.pass(30 * 24 * time.Hour)
	if got := memberNames(s.members("abandoned-carts")); got != "" {
		t.Errorf("a month later: %s", got)
	}
}

func TestSegmentsAreKept(t *testing.T) {
	s, _ := segmentShop(t)
	ctx := t.Context()
	made := s.segment("runners", "visitor.times('viewed', 'category/shoes/trail', '7d') >= 3")
	s.segment("aaa", "visitor.known")
	list, err := s.segments.ListSegments(ctx, &pb.ListSegmentsRequest{Parent: "sites/shop", PageSize: 4})
	must(t, err)
	rest, err := s.segments.ListSegments(ctx, &pb.ListSegmentsRequest{Parent: "sites/shop", PageToken: list.GetNextPageToken()})
	must(t, err)
	var names []string
	for _, m := range append(list.GetSegments(), rest.GetSegments()...) {
		names = append(names, fmt.Sprint(strings.TrimPrefix(m.GetName(), "sites/shop/segments/"), ":", m.GetBuiltIn()))
	}
	if got := strings.Join(names, " "); got != "aaa:false abandoned-carts:true buyers:true lapsed-buyers:true loyal-buyers:true new-visitors:true returning-visitors:true runners:false" {
		t.Errorf("listed: %s", got)
	}

	_, err = s.segments.CreateSegment(ctx, &pb.CreateSegmentRequest{Parent: "sites/shop", SegmentId: "buyers", Segment: &pb.Segment{Rule: "true"}})
	wantCode(t, err, codes.AlreadyExists)
	_, err = s.segments.CreateSegment(ctx, &pb.CreateSegmentRequest{Parent: "sites/shop", SegmentId: "bad", Segment: &pb.Segment{Rule: "visitor.times('veiwed', '', '7d') > 2"}})
	wantViolation(t, err, "segment.rule", "line 1, column 15: nobody can have \"veiwed\"; the actions are ")
	_, err = s.segments.PreviewSegment(ctx, &pb.PreviewSegmentRequest{Site: "sites/shop", Rule: "'buyers' in visitor.segments"})
	wantViolation(t, err, "rule", "a segment can't be made of segments")

	changed, err := s.segments.UpdateSegment(ctx, &pb.UpdateSegmentRequest{
		Segment:    &pb.Segment{Name: made.GetName(), Rule: "visitor.orders > 1", Etag: made.GetEtag()},
		UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"rule"}},
	})
	must(t, err)
	if changed.GetRule() != "visitor.orders > 1" || changed.GetDisplayName() != "RUNNERS" || changed.GetEtag() == made.GetEtag() {
		t.Errorf("changed to %v", changed)
	}
	_, err = s.segments.UpdateSegment(ctx, &pb.UpdateSegmentRequest{Segment: &pb.Segment{Name: made.GetName(), Rule: "true", Etag: made.GetEtag()}})
	wantCode(t, err, codes.Aborted)
	for _, change := range []func() error{
		func() error {
			_, err := s.segments.UpdateSegment(ctx, &pb.UpdateSegmentRequest{Segment: &pb.Segment{Name: "sites/shop/segments/buyers", Rule: "true"}})
			return err
		},
		func() error {
			_, err := s.segments.DeleteSegment(ctx, &pb.DeleteSegmentRequest{Name: "sites/shop/segments/buyers"})
			return err
		},
	} {
		if err := change(); status.Code(err) != codes.FailedPrecondition || !strings.Contains(err.Error(), "is built in") {
			t.Errorf("a built-in segment: %v", err)
		}
	}

	s.campaign("one", &pb.Campaign{Segments: []string{made.GetName(), "sites/shop/segments/buyers"}}, "a")
	s.campaign("two", &pb.Campaign{Targeting: "visitor.known && 'runners' in visitor.segments"}, "a")
	got, err := s.campaigns.GetCampaign(ctx, &pb.GetCampaignRequest{Name: "sites/shop/campaigns/one"})
	must(t, err)
	if !slices.Equal(got.GetSegments(), []string{made.GetName(), "sites/shop/segments/buyers"}) {
		t.Errorf("the campaign is for %v", got.GetSegments())
	}
	_, err = s.segments.DeleteSegment(ctx, &pb.DeleteSegmentRequest{Name: made.GetName()})
	if status.Code(err) != codes.FailedPrecondition || !strings.Contains(err.Error(), "sites/shop/campaigns/one, sites/shop/campaigns/two") {
		t.Errorf("deleting what campaigns name: %v", err)
	}
	create := func(m *pb.Campaign) error {
		_, err := s.campaigns.CreateCampaign(ctx, &pb.CreateCampaignRequest{Parent: "sites/shop", CampaignId: "three", Campaign: m})
		return err
	}
	wantViolation(t, create(&pb.Campaign{Segments: []string{"sites/shop/segments/nobody"}}), "campaign.segments[0]", "there is no such segment")
	wantViolation(t, create(&pb.Campaign{Segments: []string{"sites/other/segments/buyers"}}), "campaign.segments[0]", "must be of the site")
	wantViolation(t, create(&pb.Campaign{Targeting: "'nobody' in visitor.segments"}), "campaign.targeting", "there is no such segment")

	s.restart()
	_, err = s.segments.DeleteSegment(ctx, &pb.DeleteSegmentRequest{Name: "sites/shop/segments/aaa"})
	must(t, err)
	_, err = s.segments.GetSegment(ctx, &pb.GetSegmentRequest{Name: "sites/shop/segments/aaa"})
	wantCode(t, err, codes.NotFound)
	again, err := s.segments.GetSegment(ctx, &pb.GetSegmentRequest{Name: made.GetName()})
	must(t, err)
	if again.GetRule() != "visitor.orders > 1" {
		t.Errorf("after a restart: %v", again)
	}
}

// What is told of a visitor has where they came from, and what they did.
func TestGetVisitorTellsTheJourney(t *testing.T) {
	s, clock := segmentShop(t)
	at := clock.Now().Truncate(time.Second)
	enter := viewed("v", "shoe-1")
	enter.Context = &pb.PageContext{Device: pb.DeviceType_DEVICE_TYPE_PHONE, Traffic: &pb.TrafficSource{Source: "google", Medium: "cpc", Referrer: "https://www.google.com/?q=x"}}
	s.did(at, enter)
	s.did(at.Add(time.Minute), event("v", pb.EventType_EVENT_TYPE_PRODUCT_ADDED, "shoe-1"))
	s.did(at.Add(24*time.Hour), event("v", pb.EventType_EVENT_TYPE_ORDER_COMPLETED, "shoe-1", "tent-1"))
	m := s.known("visitors/v")
	first := m.GetFirstSource()
	if first.GetTraffic().GetMedium() != "cpc" || first.GetTraffic().GetReferrer() != "google.com" || first.GetDevice() != pb.DeviceType_DEVICE_TYPE_PHONE || !first.GetTime().AsTime().Equal(at) {
		t.Errorf("first source %v", first)
	}
	if last := m.GetLastSource(); last.GetTraffic() != nil || !last.GetTime().AsTime().Equal(at.Add(24*time.Hour)) {
		t.Errorf("last source %v", last)
	}
	journey := m.GetJourney()
	if len(journey) != 3 || journey[0].GetProductId() != "" || journey[0].GetType() != pb.EventType_EVENT_TYPE_ORDER_COMPLETED ||
		journey[1].GetProductId() != "shoe-1" || journey[2].GetSource().GetTraffic().GetSource() != "google" {
		t.Errorf("journey %v", journey)
	}
}
