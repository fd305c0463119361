package main

import (
	"errors"
	"net"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

func aPage() *pb.DecideResponse {
	return &pb.DecideResponse{
		Decision:    "sites/demo/decisions/01hx",
		Mode:        pb.DecisionMode_DECISION_MODE_PROFILE,
		DataClasses: []pb.DataClass{pb.DataClass_DATA_CLASS_PAGE_CONTEXT, pb.DataClass_DATA_CLASS_PROFILE},
		Placements: []*pb.PlacementResult{{
			Placement: "home",
			Items: []*pb.DecidedItem{
				{
					Item: &pb.DecidedItem_Product{Product: &pb.DecidedProduct{ProductId: "P105", Product: &pb.Product{
						Title: "Ravensole Thicket women's trail shoe, moss and a colour more", Price: &pb.Money{CurrencyCode: "EUR", Units: 129},
					}}},
					Score: 4.25, Propensity: 1,
					Reasons: []*pb.Reason{
						{Kind: pb.ReasonKind_REASON_KIND_VIEWED_TOGETHER, Share: 0.624, Text: "Because you looked at Ravensole Outcrop women's trail shoe, lemon"},
						{Kind: pb.ReasonKind_REASON_KIND_POPULAR, Share: 0.096, Text: "Popular in this shop"},
					},
				},
				{
					Item:  &pb.DecidedItem_Product{Product: &pb.DecidedProduct{ProductId: "鞋-7", Product: &pb.Product{Title: "越野跑鞋"}}},
					Score: 0.5,
					Reasons: []*pb.Reason{
						{Kind: pb.ReasonKind_REASON_KIND_FALLBACK, Share: 1, Text: "From the shop's range"},
					},
				},
			},
			NoFillReason: pb.NoFillReason_NO_FILL_REASON_FILTERED,
			Rejected: []*pb.RejectedCandidate{
				{Id: "P7", Rejection: pb.Rejection_REJECTION_IN_CART, Score: 3},
				{Id: "gone", Rejection: pb.Rejection_REJECTION_UNAVAILABLE, Score: 2.5},
			},
		}},
	}
}

func TestDecidePrintsThePage(t *testing.T) {
	target := (&canned{page: aPage()}).serve(t)
	out, err := command(t, newDecideCommand, "", "--target", target, "--visitor", "v1", "--consent", "granted")
	if err != nil {
		t.Fatal(err)
	}
	matchGolden(t, "decide", out)
}

func TestDecidePrintsJSON(t *testing.T) {
	target := (&canned{page: aPage()}).serve(t)
	out, err := command(t, newDecideCommand, "", "--target", target, "--json")
	if err != nil {
		t.Fatal(err)
	}
	got := &pb.DecideResponse{}
	if err := protojson.Unmarshal([]byte(out), got); err != nil || !proto.Equal(got, aPage()) {
		t.Errorf("%v: %s", err, out)
	}
}

func TestDecideAsksWhatTheFlagsSay(t *testing.T) {
	for _, tt := range []struct {
		args []string
		want *pb.DecideRequest
	}{
		{nil, &pb.DecideRequest{Context: &pb.PageContext{PageType: pb.PageType_PAGE_TYPE_HOME}, Placements: []*pb.PlacementRequest{{Placement: "home"}}}},
		{[]string{"--product", "P1"}, &pb.DecideRequest{
			Context:    &pb.PageContext{PageType: pb.PageType_PAGE_TYPE_PRODUCT, ProductId: "P1"},
			Placements: []*pb.PlacementRequest{{Placement: "home"}},
		}},
		{[]string{"--page", "order-confirmation", "--category", "tents", "--locale", "fr"}, &pb.DecideRequest{
			Context:    &pb.PageContext{PageType: pb.PageType_PAGE_TYPE_ORDER_CONFIRMATION, Category: "tents", Locale: "fr"},
			Placements: []*pb.PlacementRequest{{Placement: "home"}},
		}},
		{[]string{"--search", "trail shoes", "--gpc", "--dry-run"}, &pb.DecideRequest{
			Context:    &pb.PageContext{PageType: pb.PageType_PAGE_TYPE_SEARCH, SearchQuery: "trail shoes"},
			Placements: []*pb.PlacementRequest{{Placement: "home"}},
			Consent:    &pb.Consent{GlobalPrivacyControl: true},
			DryRun:     true,
		}},
		{[]string{"--placement", "home,cart", "--count", "3", "--filter", "product.stock > 1", "--exclude", "A,B", "--explain", "full"}, &pb.DecideRequest{
			Context: &pb.PageContext{PageType: pb.PageType_PAGE_TYPE_HOME},
			Placements: []*pb.PlacementRequest{
				{Placement: "home", Count: 3, Filter: "product.stock > 1", ExcludeIds: []string{"A", "B"}},
				{Placement: "cart", Count: 3, Filter: "product.stock > 1", ExcludeIds: []string{"A", "B"}},
			},
			Explain: pb.Explain_EXPLAIN_FULL,
		}},
		{[]string{"--site", "sites/other", "--visitor", "v1", "--person", "c9", "--consent", "refused", "--session", "A,B"}, &pb.DecideRequest{
			Site:       "sites/other",
			Visitor:    &pb.VisitorKey{DeviceId: "v1", PersonId: "c9"},
			Context:    &pb.PageContext{PageType: pb.PageType_PAGE_TYPE_HOME},
			Placements: []*pb.PlacementRequest{{Placement: "home"}},
			Consent: &pb.Consent{Purposes: []*pb.PurposeConsent{
				{Purpose: pb.Purpose_PURPOSE_PERSONALIZATION}, {Purpose: pb.Purpose_PURPOSE_ADVERTISING}, {Purpose: pb.Purpose_PURPOSE_MEASUREMENT},
			}},
			SessionEvents: []*pb.Event{
				{Type: pb.EventType_EVENT_TYPE_PRODUCT_VIEWED, Items: []*pb.EventItem{{ProductId: "A"}}},
				{Type: pb.EventType_EVENT_TYPE_PRODUCT_VIEWED, Items: []*pb.EventItem{{ProductId: "B"}}},
			},
		}},
	} {
		c := &canned{page: aPage()}
		if _, err := command(t, newDecideCommand, "", append(tt.args, "--target", c.serve(t))...); err != nil {
			t.Fatalf("%q: %v", tt.args, err)
		}
		// What every request has, unless the test says otherwise.
		tt.want.IncludeProducts = true
		if tt.want.Site == "" {
			tt.want.Site = "sites/demo"
		}
		if tt.want.Explain == 0 {
			tt.want.Explain = pb.Explain_EXPLAIN_REASONS
		}
		if !proto.Equal(c.asked, tt.want) {
			t.Errorf("%q asked for\n%v\nwant\n%v", tt.args, c.asked, tt.want)
		}
	}
}

func TestDecideRefusesFlagsThatSayNothing(t *testing.T) {
	for _, args := range [][]string{
		{"--consent", "maybe"}, {"--page", "moon"}, {"--page", "unspecified"}, {"--explain", "a lot"},
	} {
		_, err := command(t, newDecideCommand, "", args...)
		var usage *usageError
		if !errors.As(err, &usage) || !strings.Contains(err.Error(), args[1]) {
			t.Errorf("%q: %v", args, err)
		}
	}
}

func TestErrorsSayWhatToDo(t *testing.T) {
	for _, tt := range []struct {
		name   string
		answer error
		want   []string
	}{
		{"every field violation is listed", invalid("site", "is empty", "placements[0].filter", "does not compile"),
			[]string{"refused", "\n  site: is empty", "\n  placements[0].filter: does not compile"}},
		{"an unknown site", status.Error(codes.NotFound, "sites/demo: not found"), []string{"sites/demo: not found", "vitrine sites create demo"}},
		{"an unknown placement", status.Error(codes.NotFound, "sites/demo/placements/x: not found"), []string{"placements/x: not found"}},
		{"another server", status.Error(codes.Unimplemented, "unknown service"), []string{"not a Vitrine server"}},
		{"a slow server", status.Error(codes.DeadlineExceeded, "late"), []string{"did not answer within 10s", "--timeout"}},
		{"anything else", status.Error(codes.Internal, "internal error"), []string{"internal error"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := command(t, newDecideCommand, "", "--target", (&canned{err: tt.answer}).serve(t))
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
			if strings.Contains(err.Error(), "rpc error") {
				t.Errorf("%q is gRPC's own wording", err)
			}
		})
	}
	t.Run("no server", func(t *testing.T) {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ln.Close()
		_, err = command(t, newDecideCommand, "", "--target", ln.Addr().String())
		if err == nil || !strings.Contains(err.Error(), "vitrine serve") {
			t.Errorf("%v does not say how to start one", err)
		}
	})
}

func TestDecideHints(t *testing.T) {
	anybody := &pb.DecideResponse{Mode: pb.DecisionMode_DECISION_MODE_CONTEXTUAL, Placements: []*pb.PlacementResult{{Placement: "home"}}}
	for _, tt := range []struct {
		args []string
		want string
	}{
		{nil, "--visitor"},
		{[]string{"--visitor", "v1"}, "--consent granted"},
		{[]string{"--visitor", "v1", "--gpc"}, "Global Privacy Control"},
		{[]string{"--visitor", "v1", "--consent", "granted"}, "vitrine track --visitor v1"},
		{[]string{"--visitor", "v1", "--consent", "refused"}, "decision: not kept\n"},
	} {
		out, err := command(t, newDecideCommand, "", append(tt.args, "--target", (&canned{page: anybody}).serve(t))...)
		if err != nil || !strings.Contains(out, tt.want) {
			t.Errorf("%q: %v, and %q is not in\n%s", tt.args, err, tt.want, out)
		}
	}
}
