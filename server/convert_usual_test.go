package server

import (
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"
	"pgregory.net/rapid"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// edge draws texts about as long as a rule allows, which is one of these lengths.
func edge(t *rapid.T, name string) string {
	n := rapid.SampledFrom([]int{0, 1, 5, 5, 5, 35, 64, 128, 256, 512, 2048, 4096}).Draw(t, name)
	return strings.Repeat("x", max(0, n+rapid.SampledFrom([]int{0, 0, 0, 0, 1}).Draw(t, "over")))
}

func enumNear[E ~int32](t *rapid.T, names map[int32]string, name string) E {
	return E(rapid.Int32Range(-1, int32(len(names))+1).Draw(t, name))
}

func nearlyUsual(t *rapid.T) *pb.Event {
	some := func(name string) bool { return rapid.IntRange(0, 3).Draw(t, name) == 0 }
	e := &pb.Event{
		Id: edge(t, "id"), Type: enumNear[pb.EventType](t, pb.EventType_name, "type"), Visitor: &pb.VisitorKey{DeviceId: "v"}, Time: timestamppb.Now(),
	}
	if some("rest") {
		e.CustomType, e.SearchQuery, e.AttributionToken = edge(t, "custom"), edge(t, "query"), edge(t, "token")
		e.Channel = enumNear[pb.Channel](t, pb.Channel_name, "channel")
	}
	if some("nobody") {
		e.Visitor = nil
	}
	for range rapid.SampledFrom([]int{0, 1, 1, 2, 100, 101}).Draw(t, "items") {
		e.Items = append(e.Items, &pb.EventItem{ProductId: "p", Quantity: 1})
	}
	if len(e.Items) > 0 && some("item") {
		e.Items[0] = &pb.EventItem{ProductId: edge(t, "product"), Quantity: rapid.SampledFrom([]int32{-1, 0, 1_000_000, 1_000_001}).Draw(t, "quantity")}
		if some("priced") {
			e.Items[0].Price = &pb.Money{CurrencyCode: rapid.SampledFrom([]string{"EUR", "eur"}).Draw(t, "currency")}
		}
	}
	for range rapid.SampledFrom([]int{0, 0, 8, 9}).Draw(t, "categories") {
		e.Categories = append(e.Categories, edge(t, "category"))
	}
	if some("dwell") {
		e.DwellTime = &durationpb.Duration{Seconds: rapid.Int64Range(-1, 86401).Draw(t, "seconds")}
	}
	if some("order") {
		e.Order = &pb.Order{Id: edge(t, "order")}
	}
	if some("context") {
		e.Context = &pb.PageContext{
			PageType: enumNear[pb.PageType](t, pb.PageType_name, "page"), Channel: enumNear[pb.Channel](t, pb.Channel_name, "channel"),
			Device: enumNear[pb.DeviceType](t, pb.DeviceType_name, "device"), ProductId: edge(t, "product"), Category: edge(t, "category"),
			SearchQuery: edge(t, "query"), Locale: edge(t, "locale"),
		}
		if some("traffic") {
			e.Context.Traffic = &pb.TrafficSource{Referrer: edge(t, "referrer"), Source: edge(t, "source"), Medium: edge(t, "medium"), Campaign: edge(t, "campaign")}
		}
		if some("place") {
			e.Context.Place = &pb.Place{Country: "xx"}
		}
		if some("coordinates") {
			e.Context.Coordinates = &pb.Coordinates{Latitude: 91}
		}
		if some("attributes") {
			e.Context.Attributes = map[string]string{"": ""}
		}
	}
	if some("consent") {
		e.Consent = &pb.Consent{TcfString: edge(t, "tcf"), GppString: edge(t, "gpp")}
		for range rapid.SampledFrom([]int{0, 1, 1, 16, 17}).Draw(t, "purposes") {
			e.Consent.Purposes = append(e.Consent.Purposes, &pb.PurposeConsent{Purpose: enumNear[pb.Purpose](t, pb.Purpose_name, "purpose")})
		}
	}
	return e
}

func TestUsualEventsKeepTheRules(t *testing.T) {
	r, err := newRules(&pb.Event{}, &pb.TrackEventRequest{})
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		e := nearlyUsual(t)
		if !usual(e) {
			return
		}
		var v violations
		if r.check(&v, "", e); len(v) > 0 {
			t.Fatalf("taken for usual, and the rules say %v", v)
		}
	})
	for _, e := range []*pb.Event{
		{Id: "e", Type: pb.EventType_EVENT_TYPE_PRODUCT_VIEWED, Visitor: &pb.VisitorKey{DeviceId: "v"}, Items: []*pb.EventItem{{ProductId: "p"}},
			Consent: &pb.Consent{Purposes: []*pb.PurposeConsent{{Purpose: pb.Purpose_PURPOSE_PROFILE, Granted: true}}}},
		{Id: "e", Type: pb.EventType_EVENT_TYPE_PAGE_VIEWED, Visitor: &pb.VisitorKey{DeviceId: "v"}, Context: &pb.PageContext{Traffic: &pb.TrafficSource{Source: "news"}}},
	} {
		if !usual(e) {
			t.Errorf("not usual: %v", e)
		}
	}
}

func TestUsualLeavesWhatBreaksARuleToTheRules(t *testing.T) {
	r, err := newRules(&pb.Event{})
	if err != nil {
		t.Fatal(err)
	}
	long := func(n int) string { return strings.Repeat("x", n) }
	for name, breaks := range map[string]func(*pb.Event){
		"no id":           func(e *pb.Event) { e.Id = "" },
		"id":              func(e *pb.Event) { e.Id = long(65) },
		"no type":         func(e *pb.Event) { e.Type = 0 },
		"type":            func(e *pb.Event) { e.Type = 1000 },
		"custom type":     func(e *pb.Event) { e.CustomType = long(65) },
		"visitor":         func(e *pb.Event) { e.Visitor = nil },
		"items":           func(e *pb.Event) { e.Items = slices.Repeat(e.Items, 101) },
		"no product":      func(e *pb.Event) { e.Items[0].ProductId = "" },
		"product":         func(e *pb.Event) { e.Items[0].ProductId = long(129) },
		"quantity":        func(e *pb.Event) { e.Items[0].Quantity = -1 },
		"quantities":      func(e *pb.Event) { e.Items[0].Quantity = 1_000_001 },
		"price":           func(e *pb.Event) { e.Items[0].Price = &pb.Money{CurrencyCode: "eur"} },
		"order":           func(e *pb.Event) { e.Order = &pb.Order{Revenue: &pb.Money{CurrencyCode: "eur"}} },
		"query":           func(e *pb.Event) { e.SearchQuery = long(513) },
		"categories":      func(e *pb.Event) { e.Categories = slices.Repeat([]string{"c"}, 9) },
		"no category":     func(e *pb.Event) { e.Categories = []string{""} },
		"category":        func(e *pb.Event) { e.Categories = []string{long(513)} },
		"token":           func(e *pb.Event) { e.AttributionToken = long(257) },
		"channel":         func(e *pb.Event) { e.Channel = 1000 },
		"dwell":           func(e *pb.Event) { e.DwellTime = &durationpb.Duration{Seconds: -1} },
		"page":            func(e *pb.Event) { e.Context = &pb.PageContext{PageType: 1000} },
		"page's product":  func(e *pb.Event) { e.Context = &pb.PageContext{ProductId: long(129)} },
		"page's category": func(e *pb.Event) { e.Context = &pb.PageContext{Category: long(513)} },
		"page's query":    func(e *pb.Event) { e.Context = &pb.PageContext{SearchQuery: long(513)} },
		"page's channel":  func(e *pb.Event) { e.Context = &pb.PageContext{Channel: 1000} },
		"device":          func(e *pb.Event) { e.Context = &pb.PageContext{Device: 1000} },
		"locale":          func(e *pb.Event) { e.Context = &pb.PageContext{Locale: long(36)} },
		"place":           func(e *pb.Event) { e.Context = &pb.PageContext{Place: &pb.Place{Country: "xx"}} },
		"coordinates":     func(e *pb.Event) { e.Context = &pb.PageContext{Coordinates: &pb.Coordinates{Latitude: 91}} },
		"attributes":      func(e *pb.Event) { e.Context = &pb.PageContext{Attributes: map[string]string{"": ""}} },
		"referrer":        func(e *pb.Event) { e.Context = &pb.PageContext{Traffic: &pb.TrafficSource{Referrer: long(2049)}} },
		"source":          func(e *pb.Event) { e.Context = &pb.PageContext{Traffic: &pb.TrafficSource{Source: long(257)}} },
		"medium":          func(e *pb.Event) { e.Context = &pb.PageContext{Traffic: &pb.TrafficSource{Medium: long(257)}} },
		"campaign":        func(e *pb.Event) { e.Context = &pb.PageContext{Traffic: &pb.TrafficSource{Campaign: long(257)}} },
		"purposes":        func(e *pb.Event) { e.Consent.Purposes = slices.Repeat(e.Consent.Purposes, 17) },
		"no purpose":      func(e *pb.Event) { e.Consent.Purposes[0].Purpose = 0 },
		"purpose":         func(e *pb.Event) { e.Consent.Purposes[0].Purpose = 1000 },
		"tcf":             func(e *pb.Event) { e.Consent.TcfString = long(4097) },
		"gpp":             func(e *pb.Event) { e.Consent.GppString = long(4097) },
	} {
		e := &pb.Event{
			Id: "e", Type: pb.EventType_EVENT_TYPE_PRODUCT_VIEWED, Visitor: &pb.VisitorKey{DeviceId: "v"}, Items: []*pb.EventItem{{ProductId: "p"}},
			Consent: &pb.Consent{Purposes: []*pb.PurposeConsent{{Purpose: pb.Purpose_PURPOSE_PROFILE}}},
		}
		breaks(e)
		var v violations
		if r.check(&v, "", e); len(v) == 0 {
			t.Errorf("%s: breaks no rule", name)
		}
		if usual(e) {
			t.Errorf("%s: taken for usual", name)
		}
	}
}

// Whoever adds a field to what usual looks at decides there what it means for usual.
func TestUsualKnowsEveryField(t *testing.T) {
	for _, test := range []struct {
		message proto.Message
		fields  string
	}{
		{&pb.Event{}, "attribution_token categories channel consent context custom_type dwell_time id items order search_query time type visitor"},
		{&pb.VisitorKey{}, "device_id person_id"},
		{&pb.EventItem{}, "price product_id quantity"},
		{&pb.PageContext{}, "attributes category channel coordinates device local_time locale page_type place product_id search_query traffic"},
		{&pb.Place{}, "city country region"},
		{&pb.TrafficSource{}, "campaign medium referrer source"},
		{&pb.Consent{}, "global_privacy_control gpp_string purposes tcf_string"},
		{&pb.PurposeConsent{}, "granted purpose"},
		{&pb.TrackEventRequest{}, "dry_run event site"},
		{&pb.DecideRequest{}, "consent contact_blob context dry_run explain include_products include_segments placements session_events site visitor"},
		{&pb.PlacementRequest{}, "count exclude_ids filter placement"},
	} {
		var names []string
		fields := test.message.ProtoReflect().Descriptor().Fields()
		for i := range fields.Len() {
			f := fields.Get(i)
			names = append(names, string(f.Name()))
		}
		slices.Sort(names)
		if got := strings.Join(names, " "); got != test.fields {
			t.Errorf("%T has the fields %q, usual knows %q", test.message, got, test.fields)
		}
	}
}

func BenchmarkCheckEvent(b *testing.B) {
	r, err := newRules(&pb.Event{})
	if err != nil {
		b.Fatal(err)
	}
	e := &pb.Event{
		Id: "e", Type: pb.EventType_EVENT_TYPE_PRODUCT_VIEWED, Visitor: &pb.VisitorKey{DeviceId: "v"}, Time: timestamppb.Now(),
		Items:   []*pb.EventItem{{ProductId: "p"}},
		Consent: &pb.Consent{Purposes: []*pb.PurposeConsent{{Purpose: pb.Purpose_PURPOSE_PROFILE, Granted: true}}},
	}
	for name, check := range map[string]func(*violations, string, *pb.Event){
		"rules":        func(v *violations, prefix string, e *pb.Event) { r.check(v, prefix, e) },
		"usual, rules": r.checkEvent,
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var v violations
				if check(&v, "", e); len(v) > 0 {
					b.Fatal(v)
				}
			}
		})
	}
}
