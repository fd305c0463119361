package records

import (
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
)

func TestJSONEvents(t *testing.T) {
	const whole = `{"id":"e1","type":"EVENT_TYPE_PRODUCT_VIEWED","visitor":{"deviceId":"v1","personId":"p1"},` +
		`"time":"2026-03-01T12:00:00Z","items":[{"productId":"s1","quantity":2,"price":{"currencyCode":"EUR","units":"12","nanos":500000000}}],` +
		`"context":{"place":{"country":"FR"}}}`
	for _, c := range []struct{ name, line, want string }{
		{"the contract's message", whole, whole},
		{
			"short forms",
			`{"id":"e1","type":"Product Viewed","visitor":"v1","person":"p1","time":1772366400,"product":"s1","quantity":2,"price":12.50,"currency":"EUR","country":"FR"}`,
			whole,
		},
		{
			"snake case, items and an order",
			`{"id":"e2","type":"order_completed","visitor":{"device_id":"v1"},"time":"2026-03-01 12:00","items":["s1",{"product":7,"price":"3"}],"order":{"id":"o1","revenue":4.5}}`,
			`{"id":"e2","type":"EVENT_TYPE_ORDER_COMPLETED","visitor":{"deviceId":"v1"},"time":"2026-03-01T12:00:00Z","items":[{"productId":"s1"},{"productId":"7","price":{"units":"3"}}],"order":{"id":"o1","revenue":{"units":"4","nanos":500000000}}}`,
		},
		{
			"country joins a context",
			`{"id":"e3","type":"home_viewed","visitor":"v1","time":1772366400000,"country":"FR","category":"shoes","context":{"device":"DEVICE_TYPE_PHONE"}}`,
			`{"id":"e3","type":"EVENT_TYPE_HOME_VIEWED","visitor":{"deviceId":"v1"},"time":"2026-03-01T12:00:00Z","categories":["shoes"],"context":{"device":"DEVICE_TYPE_PHONE","place":{"country":"FR"}}}`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := OpenEvents(input(t, c.line+"\n"), nil)
			got, bad := readAll(t, r, err)
			sameLines(t, bad)
			if len(got) != 1 {
				t.Fatalf("got %d events", len(got))
			}
			same(t, got[0].Message, c.want)
		})
	}
}

func TestBadJSONEvents(t *testing.T) {
	const head = `{"type":"home_viewed","visitor":"v","time":"2026-03-01T12:00:00Z"`
	for _, c := range []struct{ line, want string }{
		{`nonsense`, "no JSON object: each line is one, {...}"},
		{`{"type":"home_`, "the JSON object is cut off"},
		{`{} {}`, "there is text behind the object: each line is one object"},
		{`{"type":"home_viewed","visitor":"v"}`, "time: is missing, and a log of the past needs it"},
		{`{"type":"home_viewed","time":1}`, "visitor: is missing"},
		{head + `,"colour":"red"}`, `unknown field "colour"`},
		{head + `,"context":{"colour":"red"}}`, `unknown field "colour"`},
		{head + `,"time":1}`, `"time" stands there twice`},
		{head + `,"product":"p","price":"NaN"}`, `price: "NaN" is no amount: a decimal number such as 12.50 is`},
		{head + `,"product":"p","price":-1}`, "price: is negative"},
		{head + `,"product":"p","quantity":1.5}`, `quantity: "1.5", must be a whole number from 1 to 1,000,000`},
		{head + `,"product":"p","items":[]}`, "items: stands beside product, quantity or price; use one or the other"},
		{head + `,"items":[{"price":1}]}`, "items[0]: product: is missing"},
		{head + `,"items":[{"product":"p","sku":1}]}`, `items[0]: unknown field "sku"`},
		{head + `,"order":{"id":"o","total":1}}`, `order: unknown field "total"`},
		{head + `,"order":true}`, `order: no JSON object: each line is one, {...}`},
	} {
		r, err := OpenEvents(input(t, head+"}\n"+c.line+"\n"+head+"}\n"), nil)
		got, bad := readAll(t, r, err)
		sameLines(t, bad, "stdin:2: "+c.want)
		if len(got) != 2 {
			t.Errorf("%s: %d of the 2 good lines were read", c.line, len(got))
		}
	}
}

func TestAnUnknownTypeListsTheKnownOnes(t *testing.T) {
	r, err := OpenEvents(input(t, `{"type":"seen","visitor":"v","time":1}`), nil)
	_, bad := readAll(t, r, err)
	if len(bad) != 1 || !strings.Contains(bad[0], `type: "seen" is none of `) || !strings.Contains(bad[0], "product_viewed") {
		t.Errorf("got %q", bad)
	}
}

func TestIDsComeFromTheContent(t *testing.T) {
	const line = `{"type":"home_viewed","visitor":"v","time":1}` + "\n"
	ids := func(text string) []string {
		r, err := OpenEvents(input(t, text), nil)
		got, _ := readAll(t, r, err)
		var all []string
		for _, e := range got {
			all = append(all, e.Message.Id)
		}
		return all
	}
	first, again, longer := ids(line+line), ids(line+line), ids(line+line+line)
	if first[0] == first[1] {
		t.Error("two lines share an id")
	}
	sameLines(t, again, first...)
	sameLines(t, longer[:2], first...)
}

func TestAnOrderOf250ItemsIsThreeEvents(t *testing.T) {
	items := strings.TrimSuffix(strings.Repeat(`"p",`, 250), ",")
	r, err := OpenEvents(input(t, `{"id":"o","type":"order_completed","visitor":"v","time":1,"items":[`+items+`],"order":{"id":"o","revenue":9,"coupon":"c"}}`), nil)
	got, bad := readAll(t, r, err)
	sameLines(t, bad)
	for i, want := range []struct {
		id      string
		items   int
		revenue int64
	}{{"o", 100, 9}, {"o-2", 100, 0}, {"o-3", 50, 0}} { // the money counts once
		e := got[i].Message
		if e.Id != want.id || len(e.Items) != want.items || e.Order.GetId() != "o" || e.Order.GetRevenue().GetUnits() != want.revenue {
			t.Errorf("event %d: %s with %d items and revenue %v", i, e.Id, len(e.Items), e.Order.GetRevenue())
		}
	}
}

func TestJSONProducts(t *testing.T) {
	const whole = `{"name":"s1","title":"Trail Runner","categories":["shoes/running"],"brand":"Fjell","price":{"units":"99"},` +
		`"listPrice":{"units":"120","nanos":500000000},"availability":"AVAILABILITY_IN_STOCK","stock":"3","attributes":{"colour":"red"},"numbers":{"rating":4.5}}`
	r, err := OpenProducts(input(t,
		`{"id":"s1","title":"Trail Runner","category":"shoes/running","brand":"Fjell","price":99,"list_price":"120.50","availability":"in_stock","stock":3,"attributes":{"colour":"red"},"numbers":{"rating":4.5}}`+"\n"+
			strings.Replace(whole, `"s1"`, `"sites/a/products/s1"`, 1)+"\n"), nil, "sites/a")
	got, bad := readAll(t, r, err)
	sameLines(t, bad)
	for _, p := range got {
		same(t, p.Message, whole)
	}
	if len(got) != 2 || !proto.Equal(got[0].Message, got[1].Message) {
		t.Errorf("the short form and the contract's differ")
	}
}

func TestBadJSONProducts(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{`{"title":"x"}`, "id: is missing"},
		{`{"name":"Trail Runner"}`, `name: "Trail Runner" is no resource name sites/{site}/products/{product}; the id goes into ` + "`id`, what visitors read into `title`"},
		{`{"name":"sites/b/products/1"}`, `name: "sites/b/products/1" belongs to another site than sites/a`},
		{`{"name":"sites/a/products/1","id":"2"}`, `name: "sites/a/products/1" does not agree with the id "2"`},
		{`{"id":"1","numbers":{"margin":"NaN"}}`, "numbers.margin: NaN is not finite"},
		{`{"id":"1","price":{"units":"NaN"}}`, `price: invalid value for int64 field units: "NaN"`},
		{`{"id":"1","list_price":1,"listPrice":2}`, "list_price and listPrice mean the same: use one of them"},
		{`{"id":"1","availability":"sold"}`, `availability: "sold" is none of backorder, in_stock, out_of_stock, preorder`},
	} {
		r, err := OpenProducts(input(t, c.line), nil, "sites/a")
		_, bad := readAll(t, r, err)
		sameLines(t, bad, "stdin:1: "+c.want)
	}
}

func FuzzJSONEvents(f *testing.F) {
	for _, s := range []string{
		`{"id":"e","type":"order_completed","visitor":"v","time":1,"items":["s1",{"product":7,"price":"3"}],"order":{"id":"o1","revenue":4.5}}`,
		`{"type":"EVENT_TYPE_CUSTOM","customType":"x","visitor":{"deviceId":"v"},"time":"2026-03-01T12:00:00Z","consent":{"purposes":[{"purpose":1,"granted":true}]}}`,
		`{`, `{"a":{"b":[`, "{}\n\xff\n{}", `{"time":1e400}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		in, err := Open("-", strings.NewReader(s))
		if err != nil {
			return
		}
		r := &jsonEvents{jsonLines: jsonLines{in: in}}
		got, _ := readAll(t, r, nil)
		for _, e := range got {
			if checkEvent(e.Message) != nil || e.Message.Id == "" || len(e.Message.Items) > maxItems {
				t.Errorf("%q gave the bad event %v", s, e.Message)
			}
			if _, err := proto.Marshal(e.Message); err != nil {
				t.Errorf("%q gave an event that can't be sent: %v", s, err)
			}
		}
	})
}

func FuzzJSONProducts(f *testing.F) {
	for _, s := range []string{`{"id":"1","price":1e3,"numbers":{"a":1}}`, `{"name":"sites/a/products/1","tags":["x"]}`, `{"id":null}`, `{"name":"sites//products/"}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		in, err := Open("-", strings.NewReader(s))
		if err != nil {
			return
		}
		got, _ := readAll(t, &jsonProducts{jsonLines: jsonLines{in: in}}, nil)
		for _, p := range got {
			if _, err := proto.Marshal(p.Message); err != nil || p.Message.Name == "" || checkNumbers(p.Message) != nil {
				t.Errorf("%q gave the bad product %v: %v", s, p.Message, err)
			}
		}
	})
}
