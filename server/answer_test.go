package server

import (
	"bytes"
	"slices"
	"strings"
	"sync"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/server/wording"
)

// What is written out by hand is what the contract says, in the response and in the
// record of the decision: of short texts and of long ones, whose length takes two bytes
// more, and of reasons said before.
func TestAnswerIsOfTheContract(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("nonsense ", 40)
	brand := scoring.Facet{Kind: scoring.FacetBrand, Value: "Falk"}
	colour := scoring.Facet{Kind: scoring.FacetAttribute, Key: "colour", Value: "red"}
	products := catalog.New()
	products.Put(&scoring.Product{ID: "p1", Title: long, Brand: "Falk", Attributes: map[string]string{"colour": "red"}})
	languages, err := wording.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	because := scoring.Reason{Kind: scoring.ReasonViewedTogether, Share: 0.75, Product: "p1", Did: scoring.ProductAdded}
	again := because
	again.Share = 0.5
	signed := (&tokens{key: []byte("secret")}).forDecision("shop", scoring.DecisionID(strings.Repeat("0", idEncoding.EncodedLen(idBytes))))
	a := answer{
		site: &site{id: "shop", products: products}, words: languages.Of("en"), page: scoring.PageCart, token: signed,
		filled: []scoring.FilledPlacement{
			{Placement: "home", Items: []scoring.Item{
				{Product: "p1", Score: -1.5, Propensity: 1, Reasons: []scoring.Reason{because, {Kind: scoring.ReasonInterest, Share: 0.25, Facet: brand.ID()}}},
				{Product: "p2", Propensity: 0.5, Reasons: []scoring.Reason{again, {Kind: scoring.ReasonInterest, Share: 0.5, Facet: colour.ID()}}},
				{Product: "p3", Score: 1e-9, Propensity: 1, Reasons: []scoring.Reason{{Kind: scoring.ReasonSearched, Share: 1, Query: "red " + long}}},
			}},
			{Placement: "none", NoFill: scoring.NoFillExcluded, Rejected: []scoring.Rejected{
				{Product: "p4", Rejection: scoring.RejectedBought, Score: 2},
				{Campaign: "spring", Creative: "banner", Rejection: scoring.RejectedOutranked},
			}, Chances: []scoring.Chance{{Campaign: "spring", Creative: "banner", Propensity: 0.125}}},
			{Placement: "empty"},
		},
	}
	token := func(position int, propensity float64) string {
		return string(signed.of(0, scoring.Led{Page: scoring.PageCart, Position: position, Propensity: propensity}))
	}
	product := func(id string) *pb.DecidedItem_Product {
		return &pb.DecidedItem_Product{Product: &pb.DecidedProduct{ProductId: id}}
	}
	cart := func(share float64) *pb.Reason {
		return &pb.Reason{
			Kind: pb.ReasonKind_REASON_KIND_VIEWED_TOGETHER, Share: share, Text: "Because " + long + " is in your cart",
			Evidence: &pb.Reason_ProductId{ProductId: "p1"}, EventType: pb.EventType_EVENT_TYPE_PRODUCT_ADDED,
		}
	}
	interest := func(share float64, f *pb.Facet) *pb.Reason {
		return &pb.Reason{
			Kind: pb.ReasonKind_REASON_KIND_INTEREST, Share: share, Text: "Because you are interested in " + f.GetValue(), Evidence: &pb.Reason_Facet{Facet: f},
		}
	}
	want := []*pb.PlacementResult{
		{Placement: "home", Items: []*pb.DecidedItem{
			{Item: product("p1"), Score: -1.5, Propensity: 1, AttributionToken: token(0, 1), Reasons: []*pb.Reason{
				cart(0.75), interest(0.25, &pb.Facet{Kind: pb.FacetKind_FACET_KIND_BRAND, Value: "Falk"}),
			}},
			{Item: product("p2"), Propensity: 0.5, AttributionToken: token(1, 0.5), Reasons: []*pb.Reason{
				cart(0.5), interest(0.5, &pb.Facet{Kind: pb.FacetKind_FACET_KIND_ATTRIBUTE, Key: "colour", Value: "red"}),
			}},
			{Item: product("p3"), Score: 1e-9, Propensity: 1, AttributionToken: token(2, 1), Reasons: []*pb.Reason{{
				Kind: pb.ReasonKind_REASON_KIND_SEARCHED, Share: 1, Text: "Because you searched for “red " + long + "”",
				Evidence: &pb.Reason_SearchQuery{SearchQuery: "red " + long},
			}}},
		}},
		{Placement: "none", NoFillReason: pb.NoFillReason_NO_FILL_REASON_EXCLUDED, Rejected: []*pb.RejectedCandidate{
			{Id: "p4", Rejection: pb.Rejection_REJECTION_BOUGHT, Score: 2},
			{Id: "sites/shop/campaigns/spring/creatives/banner", Rejection: pb.Rejection_REJECTION_OUTRANKED, Propensity: 0.125},
		}},
		{Placement: "empty"},
	}
	var writers answers
	for _, test := range []struct {
		name      string
		write     func() ([]byte, error)
		got, want proto.Message
	}{
		{"response", func() ([]byte, error) { return writers.placements(responsePlacements, a) }, &pb.DecideResponse{}, &pb.DecideResponse{Placements: want}},
		{"record", func() ([]byte, error) { return writers.placements(decisionPlacements, a) }, &pb.Decision{}, &pb.Decision{Placements: want}},
	} {
		b, err := test.write()
		if err == nil {
			err = proto.Unmarshal(b, test.got)
		}
		if err != nil {
			t.Fatal(err)
		}
		if !proto.Equal(test.got, test.want) {
			t.Errorf("%s:\n%s\nwant\n%s", test.name, protojson.Format(test.got), protojson.Format(test.want))
		}
	}
}

// An answer is its caller's: none of its bytes change when the writer's memory is used
// for others, at the same time or later.
func TestAnswersKeepNothingOfEachOther(t *testing.T) {
	t.Parallel()
	languages, err := wording.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	var writers answers
	page := func(n int) answer {
		because := scoring.Reason{Kind: scoring.ReasonSearched, Share: 1, Query: strings.Repeat(string(rune('a'+n)), 3+n)}
		return answer{
			site: &site{id: "shop", products: catalog.New()}, words: languages.Of("en"),
			filled: []scoring.FilledPlacement{{Placement: "home", Items: slices.Repeat([]scoring.Item{{Product: "p", Reasons: []scoring.Reason{because}}}, 1+n)}},
		}
	}
	var group sync.WaitGroup
	for n := range 8 {
		group.Go(func() {
			a := page(n)
			var kept [][]byte
			for range 200 {
				b, err := writers.placements(responsePlacements, a)
				if err != nil {
					t.Error(err)
				}
				kept = append(kept, b)
			}
			for _, b := range kept {
				if !bytes.Equal(b, kept[0]) {
					t.Errorf("page %d is written in two ways", n)
					return
				}
			}
			var m pb.DecideResponse
			if err := proto.Unmarshal(kept[0], &m); err != nil || len(m.GetPlacements()[0].GetItems()) != 1+n ||
				m.GetPlacements()[0].GetItems()[n].GetReasons()[0].GetSearchQuery() != a.filled[0].Items[0].Reasons[0].Query {
				t.Errorf("page %d: %v, %v", n, err, &m)
			}
		})
	}
	group.Wait()
}
