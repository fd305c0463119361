package records

import (
	"strings"
	"testing"
)

func TestCSVEventsOfAnInvoice(t *testing.T) {
	const log = `Invoice,Line,Code,Qty,When,Price,Who,Land
1,1,A,2,01/12/2026 08:26,"2,50",v1,France
1,2,B,1,01/12/2026 08:26,"1.000,00",v1,France
2,1,A,1,01/12/2026 08:30,"2,50",,France
C3,1,A,-2,02/12/2026 08:30,"2,50",v1,Nowhere
`
	m := mapping(t, `
time_format: "%d/%m/%Y %H:%M"
time_zone: Europe/Paris
decimal: ","
currency: EUR
events:
  skip: [{name: no visitor, when: {column: Who, empty: true}}]
  group_by: "{Invoice}"
  id: "{Invoice}-{line}"
  type:
    - {when: {column: Invoice, prefix: C}, value: ORDER_REFUNDED}
    - ORDER_COMPLETED
  visitor: "{Who}"
  time: "{When}"
  order: {id: "{Invoice}", revenue_from_items: true}
  item: {product: "{Code}", quantity: {value: "{Qty}", absolute: true}, price: "{Price}"}
  country: {value: "{Land}", table: {France: FR}, otherwise: ""}
`)
	r, err := OpenEvents(input(t, log), m)
	got, bad := readAll(t, r, err)
	sameLines(t, bad)
	if len(got) != 2 {
		t.Fatalf("got %d events", len(got))
	}
	// 2 x 2.50 + 1 x 1000; 08:26 in Paris in winter is 07:26 UTC.
	same(t, got[0].Message, `{"id":"1-2","type":"EVENT_TYPE_ORDER_COMPLETED","visitor":{"deviceId":"v1"},"time":"2026-12-01T07:26:00Z",
		"items":[{"productId":"A","quantity":2,"price":{"currencyCode":"EUR","units":"2","nanos":500000000}},
		         {"productId":"B","quantity":1,"price":{"currencyCode":"EUR","units":"1000"}}],
		"order":{"id":"1","revenue":{"currencyCode":"EUR","units":"1005"}},"context":{"place":{"country":"FR"}}}`)
	same(t, got[1].Message, `{"id":"C3-5","type":"EVENT_TYPE_ORDER_REFUNDED","visitor":{"deviceId":"v1"},"time":"2026-12-02T07:30:00Z",
		"items":[{"productId":"A","quantity":2,"price":{"currencyCode":"EUR","units":"2","nanos":500000000}}],
		"order":{"id":"C3","revenue":{"currencyCode":"EUR","units":"5"}}}`)
	if got[1].At.Line != 5 || r.Skipped()["no visitor"] != 1 {
		t.Errorf("at %v, skipped %v", got[1].At, r.Skipped())
	}
}

const sessionsMapping = `
time_format: unix
events:
  group_by: "{s}"
  %window
  id: "{s}"
  type: order_completed
  visitor: "{v}"
  time: "{t}"
  item: {product: "{p}"}
`

func TestGroupWindow(t *testing.T) {
	const log = "s,v,t,p\n1,a,1,A\n2,a,2,B\n1,a,3,C\n3,a,4,D\n4,a,5,E\n1,a,6,F\n"
	for _, c := range []struct{ name, window, want string }{
		{"rows that follow each other", "window: 0", "1:A 2:B 1:C 3:D 4:E 1:F"},
		// Group 2, last seen in row 2, closes when row 4 comes; 1, seen in row 3, when row 5 does.
		{"one row between", "window: 1", "2:B 1:AC 3:D 4:E 1:F"},
		{"two rows between", "window: 2", "2:B 3:D 4:E 1:ACF"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := OpenEvents(input(t, log), mapping(t, strings.Replace(sessionsMapping, "%window", c.window, 1)))
			got, bad := readAll(t, r, err)
			sameLines(t, bad)
			var all []string
			for _, e := range got {
				s := e.Message.Id + ":"
				for _, item := range e.Message.Items {
					s += item.ProductId
				}
				all = append(all, s)
			}
			if strings.Join(all, " ") != c.want {
				t.Errorf("got %s, want %s", strings.Join(all, " "), c.want)
			}
		})
	}
}

func TestAGroupThatNeverEndsIsReported(t *testing.T) {
	log := "s,v,t,p\n" + strings.Repeat("1,a,1,A\n", maxGroupRows+5) + "2,a,1,A\n"
	r, err := OpenEvents(input(t, log), mapping(t, strings.Replace(sessionsMapping, "%window", "", 1)))
	got, bad := readAll(t, r, err)
	sameLines(t, bad, `stdin:2: group_by: more than 10000 rows share "1"; is it what one order or session has in common?`)
	if len(got) != 1 || got[0].Message.Id != "2" {
		t.Errorf("got %v", got)
	}
}

func TestBadRows(t *testing.T) {
	const log = "id,v,t,q,k\n1,a,1,1,x\n2,a,late,1,x\n3,a,1,1.5,x\n4,a,1\n5,,1,1,x\n6,a,1,0,x\n7,a,1,1,zzz\n8,a,1,many,x\n"
	m := mapping(t, `
time_format: unix
events:
  skip: [{name: negative, when: {column: q, less: 0}}]
  id: "{id}"
  type: {value: "{k}", table: {x: product_viewed}}
  visitor: "{v}"
  time: "{t}"
  item: {product: A, quantity: "{q}"}
`)
	r, err := OpenEvents(input(t, log), m)
	got, bad := readAll(t, r, err)
	sameLines(t, bad,
		`stdin:3: time: "late" is no number of seconds or milliseconds`,
		`stdin:4: item.quantity: "1.5" is no whole number`,
		`stdin:5: 3 fields where the first row has 5`,
		"stdin:6: visitor: is empty: a `skip` rule leaves out what nobody is known of",
		"stdin:7: item.quantity: 0, must be 1 to 1,000,000; `absolute: true` drops a minus",
		"stdin:8: type: \"zzz\" is not in the mapping's table, and the table has no `otherwise`",
		`stdin:9: skip: "many" is no number, and the mapping compares it`,
	)
	if len(got) != 1 {
		t.Errorf("%d rows were good, want 1", len(got))
	}
}

func TestCSVProducts(t *testing.T) {
	const log = `code,text,price,labels
A,RED WOODEN BOX WITH A LID,2.50,new|gift
B,Glass,1,
A,,2.75,
A,BLUE WOODEN BOX,3,sale
`
	section := func(repeated string) string {
		return `
products:
  repeated: ` + repeated + `
  id: "{code}"
  title: {value: "{text}", case: sentence}
  price: "{price}"
  tags:
    - {value: "{labels}", split: "|"}
    - {value: "{text}", words: true, min_length: 3, without: [with], case: lower}
  attributes: {colour: {value: "{text}", find: [red, blue]}}
`
	}
	r, err := OpenProducts(input(t, log), mapping(t, section("last")), "")
	got, bad := readAll(t, r, err)
	sameLines(t, bad)
	if len(got) != 2 {
		t.Fatalf("got %d products", len(got))
	}
	same(t, got[0].Message, `{"name":"A","title":"Blue wooden box","price":{"units":"3"},"tags":["sale","blue","wooden","box"],"attributes":{"colour":"blue"}}`)
	same(t, got[1].Message, `{"name":"B","title":"Glass","price":{"units":"1"},"tags":["glass"]}`)

	r, err = OpenProducts(input(t, log), mapping(t, section("first")), "")
	got, _ = readAll(t, r, err)
	same(t, got[0].Message, `{"name":"A","title":"Red wooden box with a lid","price":{"units":"2","nanos":500000000},"tags":["new","gift","red","wooden","box","lid"],"attributes":{"colour":"red"}}`)

	r, err = OpenProducts(input(t, log), mapping(t, section("each")), "")
	if got, _ = readAll(t, r, err); len(got) != 4 {
		t.Errorf("each: got %d products, want one a row", len(got))
	}
}

func TestColumnsNamedAfterTheFields(t *testing.T) {
	r, err := OpenEvents(input(t, "id;type;visitor;time;product;price;currency\n1;product_viewed;v;2026-03-01;A;2.50;EUR\n"), nil)
	events, bad := readAll(t, r, err)
	sameLines(t, bad)
	same(t, events[0].Message, `{"id":"1","type":"EVENT_TYPE_PRODUCT_VIEWED","visitor":{"deviceId":"v"},"time":"2026-03-01T00:00:00Z",
		"items":[{"productId":"A","price":{"currencyCode":"EUR","units":"2","nanos":500000000}}]}`)

	rp, err := OpenProducts(input(t, "id\ttitle\tcategory\tstock\nA\tBoot\tshoes/hiking|sale\t3\n"), nil, "")
	products, bad := readAll(t, rp, err)
	sameLines(t, bad)
	same(t, products[0].Message, `{"name":"A","title":"Boot","categories":["shoes/hiking","sale"],"stock":"3"}`)

	if _, err := OpenEvents(input(t, "id,type,visitor,time,colour\n"), nil); err == nil || !strings.Contains(err.Error(), `column "colour" is no field`) {
		t.Errorf("got %v", err)
	}
	if _, err := OpenEvents(input(t, "id,type,time\n"), nil); err == nil || !strings.Contains(err.Error(), `column "visitor" is missing`) {
		t.Errorf("got %v", err)
	}
	if _, err := OpenEvents(input(t, ""), nil); err == nil || !strings.Contains(err.Error(), "is empty") {
		t.Errorf("got %v", err)
	}
}

func TestBadMappings(t *testing.T) {
	const need = "events:\n  type: home_viewed\n  visitor: \"{v}\"\n  time: \"{t}\"\n"
	for _, c := range []struct{ text, want string }{
		{"", "it is empty"},
		{"currency: EUR\n", "none of `events`, `products` and `visitors` is there"},
		{need + "  colour: red\n", "line 5: colour is no key here"},
		{"events: {type: a, visitor: b}\n", "events: `time` is missing"},
		{need + "  id: {value: a, colour: b}\n", `line 5: "colour" is not known here`},
		{need + "  id: {case: lower}\n", "line 5: a rule needs `value`"},
		{need + "  id: \"{}\"\n", "a brace without a column's name"},
		{need + "  id: \"{a\"\n", "a brace without a column's name"},
		{need + "  id: \"a}\"\n", "a closing brace without an opening one"},
		{need + "  skip: [{name: x, when: {column: a, matches: \"(\"}}]\n", "line 5: matches: error parsing regexp"},
		{need + "  skip: [{name: x, when: {column: a}}]\n", "a condition takes one of"},
		{need + "  skip: [{name: x, when: {column: a, empty: true, prefix: b}}]\n", "a condition takes one of"},
		{need + "  skip: [{name: x, when: {equals: b}}]\n", "a test needs `column`"},
		{need + "  window: 5\n", "`window` goes with `group_by`"},
		{need + "  group_by: \"{a}\"\n", "so `item` is needed"},
		{"delimiter: ab\n" + need, "one ASCII character, or tab"},
		{"time_format: HH:MM\n" + need, "names no year"},
		{"products: {id: \"{a}\", repeated: often}\n", "each, first or last"},
	} {
		_, err := parseMapping("m.yaml", []byte(c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: got %v, want %q", c.text, err, c.want)
		}
	}
	m := mapping(t, need)
	if _, err := OpenEvents(input(t, "a,t\n"), m); err == nil || !strings.Contains(err.Error(), `names "v", but the file has the columns "a", "t"`) {
		t.Errorf("got %v", err)
	}
	if _, err := OpenEvents(input(t, "{}\n"), m); err == nil || !strings.Contains(err.Error(), "leave --mapping out") {
		t.Errorf("got %v", err)
	}
	if _, err := OpenProducts(input(t, "v,t\n"), m, ""); err == nil || !strings.Contains(err.Error(), "no `products` section") {
		t.Errorf("got %v", err)
	}
}

func TestConditions(t *testing.T) {
	for _, c := range []struct {
		when string
		want string // of the rows a, b, 7
	}{
		{"{column: c, equals: a}", "a"},
		{"{column: c, in: [a, b]}", "a b"},
		{"{not: {column: c, in: [a, b]}}", "7"},
		{"{any: [{column: c, prefix: a}, {column: c, suffix: \"7\"}]}", "a 7"},
		{"{all: [{column: c, matches: \"^.$\"}, {not: {column: c, equals: b}}]}", "a 7"},
		{"{column: c, empty: false}", "a b 7"},
	} {
		m := mapping(t, "products:\n  skip: [{name: others, when: {not: "+c.when+"}}]\n  id: \"{c}\"\n")
		r, err := OpenProducts(input(t, "c\na\nb\n7\n"), m, "")
		got, bad := readAll(t, r, err)
		sameLines(t, bad)
		var ids []string
		for _, p := range got {
			ids = append(ids, p.Message.Name)
		}
		if strings.Join(ids, " ") != c.want {
			t.Errorf("%s: got %q, want %q", c.when, ids, c.want)
		}
	}
}

func FuzzMapping(f *testing.F) {
	f.Add("events: {type: home_viewed, visitor: \"{v}\", time: \"{t}\", group_by: \"{v}\", item: {product: \"{t}\"}}", "v,t\n1,2\n")
	f.Add("products: {id: {value: \"{a}\", split: \",\"}, tags: [{value: x, words: true}]}", "a\n\"1,2\"\n")
	f.Fuzz(func(t *testing.T, text, log string) {
		m, err := parseMapping("m", []byte(text))
		if err != nil {
			return
		}
		if in, err := Open("-", strings.NewReader(log)); err == nil {
			if r, err := OpenEvents(in, m); err == nil {
				readAll(t, r, nil)
			}
		}
		if in, err := Open("-", strings.NewReader(log)); err == nil {
			if r, err := OpenProducts(in, m, ""); err == nil {
				readAll(t, r, nil)
			}
		}
	})
}
