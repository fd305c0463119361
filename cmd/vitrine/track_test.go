package main

import (
	"errors"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// sent runs `vitrine track` against a canned server and returns the events it
// was sent.
func sent(t *testing.T, stdin string, args ...string) []*pb.Event {
	t.Helper()
	c := &canned{}
	if _, err := command(t, newTrackCommand, stdin, append(args, "--target", c.serve(t), "--visitor", "v1")...); err != nil {
		t.Fatalf("%q: %v", args, err)
	}
	return c.asked.(*pb.TrackEventsRequest).GetEvents()
}

func TestTrackSendsWhatWasSaid(t *testing.T) {
	items := func(ids ...string) []*pb.EventItem {
		var all []*pb.EventItem
		for _, id := range ids {
			all = append(all, &pb.EventItem{ProductId: id})
		}
		return all
	}
	price := func(units int64, nanos int32) *pb.Money { return &pb.Money{Units: units, Nanos: nanos} }
	for _, tt := range []struct {
		args string
		want []*pb.Event
	}{
		{"home", []*pb.Event{{Type: pb.EventType_EVENT_TYPE_HOME_VIEWED}}},
		{"search trail shoes", []*pb.Event{{Type: pb.EventType_EVENT_TYPE_PRODUCTS_SEARCHED, SearchQuery: "trail shoes"}}},
		{"list shoes/running", []*pb.Event{{Type: pb.EventType_EVENT_TYPE_PRODUCT_LIST_VIEWED, Categories: []string{"shoes/running"}}}},
		{"view A B", []*pb.Event{
			{Type: pb.EventType_EVENT_TYPE_PRODUCT_VIEWED, Items: items("A")},
			{Type: pb.EventType_EVENT_TYPE_PRODUCT_VIEWED, Items: items("B")},
		}},
		{"click A --token x.y", []*pb.Event{{Type: pb.EventType_EVENT_TYPE_PRODUCT_CLICKED, Items: items("A"), AttributionToken: "x.y"}}},
		{"wish A", []*pb.Event{{Type: pb.EventType_EVENT_TYPE_PRODUCT_ADDED_TO_WISHLIST, Items: items("A")}}},
		{"cart-add A=2@19.90", []*pb.Event{{Type: pb.EventType_EVENT_TYPE_PRODUCT_ADDED,
			Items: []*pb.EventItem{{ProductId: "A", Quantity: 2, Price: price(19, 900_000_000)}}}}},
		{"cart-remove A", []*pb.Event{{Type: pb.EventType_EVENT_TYPE_PRODUCT_REMOVED, Items: items("A")}}},
		{"order A=2@19.90,B@0.50 --order-id O1", []*pb.Event{{Type: pb.EventType_EVENT_TYPE_ORDER_COMPLETED,
			Items: []*pb.EventItem{{ProductId: "A", Quantity: 2, Price: price(19, 900_000_000)}, {ProductId: "B", Price: price(0, 500_000_000)}},
			Order: &pb.Order{Id: "O1", Revenue: price(40, 300_000_000)}}}}, // 2 x 19.90 + 0.50
		{"order A=1 B@5 --order-id O1", []*pb.Event{{Type: pb.EventType_EVENT_TYPE_ORDER_COMPLETED,
			Items: []*pb.EventItem{{ProductId: "A", Quantity: 1}, {ProductId: "B", Price: price(5, 0)}},
			Order: &pb.Order{Id: "O1"}}}}, // one price is not known, so the revenue is not
		{"refund A --order-id O1", []*pb.Event{{Type: pb.EventType_EVENT_TYPE_ORDER_REFUNDED, Items: items("A"), Order: &pb.Order{Id: "O1"}}}},
		{"cancel --order-id O1", []*pb.Event{{Type: pb.EventType_EVENT_TYPE_ORDER_CANCELLED, Order: &pb.Order{Id: "O1"}}}},
		{"home --at 2026-05-14T12:00:00Z --id e1", []*pb.Event{{Type: pb.EventType_EVENT_TYPE_HOME_VIEWED, Id: "e1",
			Time: timestamppb.New(time.Date(2026, 5, 14, 12, 0, 0, 0, time.UTC))}}},
	} {
		got := sent(t, "", strings.Fields(tt.args)...)
		if len(got) != len(tt.want) {
			t.Errorf("%q sent %d events, want %d", tt.args, len(got), len(tt.want))
			continue
		}
		for i, e := range got {
			if e.GetId() == "" || e.GetVisitor().GetDeviceId() != "v1" {
				t.Errorf("%q: id %q, visitor %v", tt.args, e.GetId(), e.GetVisitor())
			}
			tt.want[i].Visitor = e.GetVisitor()
			if tt.want[i].Id == "" {
				tt.want[i].Id = e.GetId()
			}
			if !proto.Equal(e, tt.want[i]) {
				t.Errorf("%q sent\n%v\nwant\n%v", tt.args, e, tt.want[i])
			}
		}
	}
}

func TestTrackReadsJSONLines(t *testing.T) {
	got := sent(t, `{"type":"EVENT_TYPE_HOME_VIEWED"}

{"id":"own","type":"EVENT_TYPE_PRODUCT_VIEWED","visitor":{"deviceId":"other"},"items":[{"productId":"A"}],"consent":{"globalPrivacyControl":true}}
`, "--json-events", "-", "--consent", "granted")
	if len(got) != 2 {
		t.Fatalf("%d events", len(got))
	}
	if e := got[0]; e.GetId() == "" || e.GetVisitor().GetDeviceId() != "v1" || !e.GetConsent().GetPurposes()[0].GetGranted() {
		t.Errorf("what the line left out is not taken from the flags: %v", e)
	}
	if e := got[1]; e.GetId() != "own" || e.GetVisitor().GetDeviceId() != "other" || len(e.GetConsent().GetPurposes()) != 0 {
		t.Errorf("what the line says is not kept: %v", e)
	}
}

func TestTrackRefusesWhatMakesNoSense(t *testing.T) {
	for _, tt := range []struct{ args, stdin, want string }{
		{"", "", "what happened?"},
		{"jump", "", `"jump"`},
		{"home A", "", `"A"`},
		{"view", "", "view what?"},
		{"view ,", "", "view what?"},
		{"search", "", "search for what?"},
		{"list", "", "which category?"},
		{"order A=0", "", `quantity "0"`},
		{"order A=x", "", `quantity "x"`},
		{"order A@NaN", "", `"NaN" is no amount`},
		{"order A@-1", "", `"-1" is no amount`},
		{"order A@1.0000000001", "", "is no amount"},
		{"order =2", "", "names no product"},
		{"refund A", "", "--order-id"},
		{"cancel", "", "--order-id"},
		{"home --at yesterday", "", "yesterday"},
		{"home --consent perhaps", "", "perhaps"},
		{"view A B --id e", "", "--id"},
		{"home --json-events -", "{}", "not from both"},
		{"--json-events -", "\n", "holds no events"},
		{"--json-events -", "{}\n{", "line 2"},
		{"--json-events -", `{"typo":1}`, "typo"},
		{"--json-events /nonexistent", "", "/nonexistent"},
	} {
		_, err := command(t, newTrackCommand, tt.stdin, append(strings.Fields(tt.args), "--visitor", "v1")...)
		var usage *usageError
		if !errors.As(err, &usage) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: %v, want a usage error with %q", tt.args, err, tt.want)
		}
	}
	if _, err := command(t, newTrackCommand, "", "home"); err == nil || !strings.Contains(err.Error(), "--visitor") {
		t.Errorf("without a visitor: %v", err)
	}
}

func TestTrackTellsTheStatus(t *testing.T) {
	c := &canned{results: []*pb.EventResult{
		{Status: pb.EventStatus_EVENT_STATUS_STORED},
		{Status: pb.EventStatus_EVENT_STATUS_NO_CONSENT},
		{Status: pb.EventStatus_EVENT_STATUS_INVALID, Violations: []*pb.FieldViolation{{Field: "time", Description: "is before the year 2000"}}},
	}}
	out, err := command(t, newTrackCommand, "", "--target", c.serve(t), "--visitor", "v1", "view", "A", "B", "C")
	if err == nil || err.Error() != "1 of 3 events were bad" {
		t.Errorf("%v", err)
	}
	for _, want := range []string{
		"STORED     product viewed A", "NO_CONSENT product viewed B", "INVALID    product viewed C",
		"time: is before the year 2000", "--consent granted",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
}

func TestVisitorIsShown(t *testing.T) {
	now := time.Now()
	at := func(ago time.Duration) *timestamppb.Timestamp { return timestamppb.New(now.Add(-ago)) }
	c := &canned{visitor: &pb.Visitor{
		Name: "sites/demo/visitors/v1", EventCount: 7, FirstSeenTime: at(73 * time.Hour), LastSeenTime: at(time.Second),
		Summary:  []string{"You looked at Title of A lately.", "You do not allow us to choose products by it, to choose creatives by it, to tell what came of what you were shown."},
		Consents: []*pb.StoredConsent{{Purpose: pb.Purpose_PURPOSE_PROFILE, Granted: true, Signal: pb.ConsentSignal_CONSENT_SIGNAL_SITE_POLICY}},
		Interests: []*pb.Interest{
			{Facet: &pb.Facet{Kind: pb.FacetKind_FACET_KIND_CATEGORY, Value: "shoes/running"}, ShortTerm: 1.5, MidTerm: 3, LongTerm: 4},
			{Facet: &pb.Facet{Kind: pb.FacetKind_FACET_KIND_ATTRIBUTE, Key: "colour", Value: "moss"}, LongTerm: 1},
		},
		Touches:   []*pb.Touch{{ProductId: "A", Type: pb.EventType_EVENT_TYPE_PRODUCT_VIEWED, Time: at(5 * time.Minute)}},
		Cart:      []*pb.CartItem{{ProductId: "gone", Quantity: 2, Time: at(3 * time.Hour)}},
		Purchases: []*pb.Purchase{{ProductId: "B", OrderId: "O1", Quantity: 1, Price: &pb.Money{CurrencyCode: "EUR", Units: 20}, Time: at(72 * time.Hour)}},
		Bought: []*pb.BoughtProduct{
			{ProductId: "B", Times: 1, Lately: 0.98, LastTime: at(72 * time.Hour)}, // is told above
			{ProductId: "D", Times: 4, Lately: 1.5, LastTime: at(96 * time.Hour)},
			{ProductId: "C", Times: 3, Lately: 2.5, LastTime: at(120 * time.Hour)},
		},
		Shown: []*pb.ShownProduct{{ProductId: "C", Times: 2.5, Time: at(26 * time.Hour)}},
	}}
	out, err := command(t, newVisitorShowCommand, "", "--target", c.serve(t), "v1")
	if err != nil {
		t.Fatal(err)
	}
	matchGolden(t, "visitor", out)
}

func TestBar(t *testing.T) {
	for _, tt := range []struct {
		part, whole float64
		want        string
	}{
		{4, 4, strings.Repeat("█", 20)},
		{1, 2, strings.Repeat("█", 10)},
		{1, 160, "▏"}, // one eighth of one of twenty columns
		{0, 4, ""},
		{1, 0, ""},
	} {
		if got := bar(tt.part, tt.whole); got != tt.want {
			t.Errorf("bar(%v, %v) = %q, want %q", tt.part, tt.whole, got, tt.want)
		}
	}
}
