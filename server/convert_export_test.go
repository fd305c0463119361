package server

import (
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vitrine-io/vitrine/scoring"
)

// TestEventsComeBackFromTheirMessages is the law that an export rests on.
func TestEventsComeBackFromTheirMessages(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[a-zäß0-9 _.-]{1,12}`)
		maybe := func(what string) string {
			if rapid.Bool().Draw(t, what+" told") {
				return word.Draw(t, what)
			}
			return ""
		}
		at := func(what string) time.Time {
			return now.Add(-time.Duration(rapid.Int64Range(0, 1<<50).Draw(t, what)) * time.Microsecond / 1000).Truncate(time.Microsecond)
		}
		money := func(what string) *scoring.Money {
			if rapid.Bool().Draw(t, what+" told") {
				return &scoring.Money{Currency: "EUR", Nanos: rapid.Int64Range(-1e15, 1e15).Draw(t, what)}
			}
			return nil
		}
		price := func(what string) *scoring.Money {
			if m := money(what); m != nil && m.Nanos >= 0 {
				return m
			}
			return nil
		}
		e := scoring.Event{
			ID: scoring.EventID(word.Draw(t, "id")), Type: scoring.EventType(rapid.IntRange(1, int(scoring.Custom)).Draw(t, "type")),
			CustomType: word.Draw(t, "custom type"), Visitor: scoring.VisitorID(word.Draw(t, "visitor")), Person: scoring.PersonID(maybe("person")),
			Time: at("time"), SearchQuery: maybe("query"), Channel: scoring.Channel(rapid.IntRange(0, 6).Draw(t, "channel")),
			Dwell: time.Duration(rapid.IntRange(0, 86_400_000).Draw(t, "dwell")) * time.Millisecond,
		}
		for range rapid.IntRange(0, 3).Draw(t, "items") {
			e.Items = append(e.Items, scoring.EventItem{
				Product: scoring.ProductID(word.Draw(t, "product")), Quantity: rapid.Int32Range(1, 1000).Draw(t, "quantity"), Price: price("price"),
			})
		}
		for range rapid.IntRange(0, 2).Draw(t, "categories") {
			e.Categories = append(e.Categories, word.Draw(t, "category"))
		}
		if rapid.Bool().Draw(t, "order") {
			e.Order = &scoring.Order{
				ID: scoring.OrderID(word.Draw(t, "order id")), Revenue: money("revenue"), Tax: money("tax"), Shipping: money("shipping"), Coupon: maybe("coupon"),
			}
		}
		if rapid.Bool().Draw(t, "context") {
			e.Context = &scoring.Context{
				PageType: scoring.PageType(rapid.IntRange(0, 9).Draw(t, "page")), Product: scoring.ProductID(maybe("page's product")),
				Category: maybe("page's category"), SearchQuery: maybe("page's query"), Referrer: maybe("referrer"), Source: maybe("source"),
				Medium: maybe("medium"), Campaign: maybe("campaign"), Channel: scoring.Channel(rapid.IntRange(0, 6).Draw(t, "page's channel")),
				Device: scoring.DeviceType(rapid.IntRange(0, 4).Draw(t, "device")), Locale: maybe("locale"), Country: maybe("country"),
				Region: maybe("region"), City: maybe("city"),
			}
			if rapid.Bool().Draw(t, "local time told") {
				e.Context.LocalTime = at("local time")
			}
			if rapid.Bool().Draw(t, "attributes") {
				e.Context.Attributes = map[string]string{word.Draw(t, "key"): word.Draw(t, "value")}
			}
			if rapid.Bool().Draw(t, "coordinates") {
				e.Context.Coordinates = &scoring.Coordinates{
					Latitude: float64(rapid.IntRange(-9000, 9000).Draw(t, "latitude")) / 100, Longitude: float64(rapid.IntRange(-18000, 18000).Draw(t, "longitude")) / 100,
				}
			}
		}
		var v violations
		got := eventFromProto(&v, "", eventToProto(&e), "USD", now)
		if len(v) > 0 || !reflect.DeepEqual(got, e) {
			t.Fatalf("%+v\nbecame %+v\n%v", e, got, v)
		}
	})
}
