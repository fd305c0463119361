package records

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// said spells an event out.
func said(e *vitrinev1.Event) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", e.Visitor.DeviceId, strings.ToLower(strings.TrimPrefix(e.Type.String(), "EVENT_TYPE_")))
	for _, i := range e.Items {
		fmt.Fprintf(&b, " %s", i.ProductId)
		if i.Quantity > 0 {
			fmt.Fprintf(&b, "x%d", i.Quantity)
		}
		if p := i.Price; p != nil {
			fmt.Fprintf(&b, "@%d.%02d%s", p.Units, p.Nanos/1e7, p.CurrencyCode)
		}
	}
	for _, c := range e.Categories {
		b.WriteString(" in " + c)
	}
	if e.SearchQuery != "" {
		b.WriteString(" for " + e.SearchQuery)
	}
	if o := e.Order; o != nil {
		b.WriteString(" order " + o.Id)
		if o.Revenue != nil {
			fmt.Fprintf(&b, " %d.%02d%s", o.Revenue.Units, o.Revenue.Nanos/1e7, o.Revenue.CurrencyCode)
		}
	}
	if p := e.Visitor.PersonId; p != "" {
		b.WriteString(" by " + p)
	}
	return b.String() + e.Time.AsTime().Format(" 2006-01-02 15:04:05.000")
}

func TestLogFormats(t *testing.T) {
	for _, c := range []struct {
		file, format string
		want         []string
		skipped      string
	}{
		{"retailrocket.csv", "retailrocket", []string{
			"257 product_viewed 3550 2015-06-02 05:02:12.117",
			"257 product_added 3550 2015-06-02 05:03:18.225",
			"57 product_viewed 2480 2015-06-02 05:17:56.276",
			"257 order_completed 3550 order 14 2015-06-02 05:33:56.124",
			"257 order_completed 4200 order 14 2015-06-02 05:33:56.124",
		}, "map[]"},
		{"diginetica.csv", "diginetica", []string{
			"1 product_viewed 8165 2016-05-09 00:08:46.309", // 526.309 s
			"1 product_viewed 1240 2016-05-09 00:17:11.018",
			"2 product_viewed 6501 by 88 2016-05-10 00:00:00.000",
		}, "map[]"},
		{"yoochoose-clicks.dat", "yoochoose", []string{
			"1 product_viewed 21453650 2014-04-07 10:51:09.277",
			"1 product_viewed 21453600 2014-04-07 10:54:09.868",
			"2 product_viewed 21466211 2014-04-07 13:56:37.614",
		}, "map[]"},
		{"yoochoose-buys.dat", "yoochoose", []string{
			"1 order_completed 21453600x2 order 1-2014-04-07T10:58:00.306Z 2014-04-07 10:58:00.306",
			"1 order_completed 21453650 order 1-2014-04-07T10:58:00.306Z 2014-04-07 10:58:00.306",
		}, "map[]"},
		{"otto.jsonl", "otto", []string{
			"11 product_viewed 151 2022-07-31 22:00:00.025",
			"11 product_added 152 2022-07-31 22:01:44.511",
			"11 order_completed 152 153 order 11-1659305000000 2022-07-31 22:03:20.000",
			"12 product_viewed 151 2022-07-31 22:00:00.999",
		}, "map[]"},
		{"google-retail.jsonl", "google-retail", []string{
			"v1 product_viewed P105 2026-03-01 12:00:00.000",
			"v1 product_added P105x2 2026-03-01 12:01:00.000",
			"v1 products_searched for boots 2026-03-01 12:02:00.000",
			"v1 order_completed P105x2 order o-1 199.50EUR by c-9 2026-03-01 12:03:00.000",
		}, "map[events of type survey:1]"},
		{"segment.jsonl", "segment", []string{
			"a1 product_viewed P105@99.50USD 2026-03-01 12:00:00.000",
			"a1 product_list_viewed in shoes 2026-03-01 12:00:40.000",
			"c-9 order_completed P105x1@99.50USD order o-1 99.50USD by c-9 2026-03-01 12:05:00.000",
		}, "map[calls of type page:1 events that are not of e-commerce:1]"},
	} {
		t.Run(c.file, func(t *testing.T) {
			in, err := Open(filepath.Join("testdata", "logs", c.file), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer in.Close()
			if f, ok := DetectLogFormat(in); !ok || f.Name != c.format {
				t.Fatalf("taken for %q", f.Name)
			}
			r, err := OpenEvents(in, nil)
			all, bad := readAll(t, r, err)
			sameLines(t, bad)
			var got []string
			ids := map[string]bool{}
			for _, rec := range all {
				got = append(got, said(rec.Message))
				ids[rec.Message.Id] = true
			}
			sameLines(t, got, c.want...)
			if len(ids) != len(all) || ids[""] {
				t.Errorf("the ids are not distinct: %v", ids)
			}
			if fmt.Sprint(r.Skipped()) != c.skipped {
				t.Errorf("skipped %v, want %s", r.Skipped(), c.skipped)
			}
		})
	}
}

func TestLogFormatsReportBadLines(t *testing.T) {
	for _, c := range []struct{ format, line, want string }{
		{"retailrocket", "1433221332117,257,view,3550", "4 fields, want 5: timestamp,"},
		{"retailrocket", "1433221332117,257,look,3550,", `event: "look" is none of view, addtocart, transaction`},
		{"retailrocket", "soon,257,view,3550,", `timestamp: "soon" is no number`},
		{"retailrocket", "1433221332117,257,transaction,3550,", "transactionid: is empty"},
		{"retailrocket", "1433221332117,,view,3550,", "visitor: is missing"},
		{"retailrocket", "1433221332117,1,view,,", "a product without an id"},
		{"diginetica", "1;NA;81766;526309", "4 fields, want 5"},
		{"diginetica", "1;NA;81766;526309;9 May", `eventdate: "9 May" is no date such as 2016-05-09`},
		{"diginetica", "1;NA;81766;-1;2016-05-09", `timeframe: "-1"`},
		{"yoochoose", "1,2014-04-07T10:51:09.277Z", "2 fields, want session,time,item,category"},
		{"yoochoose", "a,2014-04-07T10:51:09.277Z,1,0", `session: "a" is no whole number`},
		{"yoochoose", "1,10:51,1,0", `time: "10:51" is no time`},
		{"yoochoose", "1,2014-04-07T10:51:09.277Z,1,5,many", `quantity: "many", must be a whole number`},
		{"otto", `{"session":1,"events":[{"aid":1,"ts":1,"type":"looks"}]}`, `events[0].type: "looks" is none of clicks, carts, orders`},
		{"otto", `{"session":1,"events":[{"aid":1,"type":"clicks"}]}`, `events[0].ts: "" is no number`},
		{"otto", `{"session":1,"events":[{"ts":1,"type":"clicks"}]}`, "a product without an id"},
		{"otto", `{"session":1,"events":[`, "bad JSON"},
		{"google-retail", `{"visitorId":"v"}`, "eventType: is missing"},
		{"google-retail", `{"eventType":"detail-page-view","visitorId":"v"}`, "time: is missing"},
		{"google-retail", `{"eventType":"detail-page-view","visitorId":"v","eventTime":"2026-03-01T12:00:00Z","productDetails":[{}]}`, "productDetails[0].product.id: is missing"},
		{"google-retail", `{"eventType":"detail-page-view","visitorId":"v","eventTime":"2026-03-01T12:00:00Z","productDetails":[{"product":{"id":"a"},"quantity":1.5}]}`, `productDetails[0].quantity: "1.5", must be a whole number`},
		{"segment", `{"type":"track","anonymousId":"a"}`, "event: is missing in a track call"},
		{"segment", `{"type":"track","event":"Product Viewed","timestamp":"2026-03-01T12:00:00Z"}`, "visitor: is missing"},
		{"segment", `{"type":"track","event":"Order Completed","anonymousId":"a","timestamp":"2026-03-01T12:00:00Z","properties":{"products":[{}]}}`, "properties.products[0].product_id: is missing"},
		{"segment", `{"type":"track","event":"Order Completed","anonymousId":"a","timestamp":"2026-03-01T12:00:00Z","properties":{"order_id":1,"revenue":-3,"currency":"EUR"}}`, "properties.revenue: is negative"},
	} {
		m, err := FormatMapping(c.format)
		if err != nil {
			t.Fatal(err)
		}
		r, err := OpenEvents(input(t, "\n"+c.line+"\n"), m)
		all, bad := readAll(t, r, err)
		if len(all) != 0 || len(bad) != 1 || !strings.HasPrefix(bad[0], "stdin:2: ") || !strings.Contains(bad[0], c.want) ||
			!strings.Contains(bad[0], "(read as "+c.format+"; --format says otherwise)") {
			t.Errorf("%s: %s: got %q, want %q", c.format, c.line, bad, c.want)
		}
	}
	if _, err := FormatMapping("xml"); err == nil || !strings.Contains(err.Error(), `--format "xml": one of retailrocket, diginetica,`) {
		t.Errorf("got %v", err)
	}
	if m, err := FormatMapping(""); m != nil || err != nil {
		t.Errorf("no name: %v, %v", m, err)
	}
}

// Vitrine's own forms are taken for no other.
func TestOwnFormsStayOwn(t *testing.T) {
	for _, text := range []string{
		`{"type":"product_viewed","visitor":"v","time":1,"product":"p"}`, `{"id":"a"}`, "", "{", "[1]",
		"id,type,visitor,time\n", "1,2014-04-07,3,4\n", "a b c\n", "1\t2\n",
	} {
		if f, ok := DetectLogFormat(input(t, text)); ok {
			t.Errorf("%q is taken for %s", text, f.Name)
		}
	}
	long := `{"session":1,"events":[` + strings.Repeat(`{"aid":1,"ts":1659304800025,"type":"clicks"},`, 5000)
	if f, ok := DetectLogFormat(input(t, long)); !ok || f.Name != "otto" {
		t.Error("a session longer than what is looked at is not known")
	}
}

func FuzzLogFormats(f *testing.F) {
	paths, err := filepath.Glob(filepath.Join("testdata", "logs", "*"))
	if err != nil || len(paths) == 0 {
		f.Fatalf("%v, %v", paths, err)
	}
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(b))
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, format := range LogFormats() {
			in, err := Open("-", strings.NewReader(text))
			if err != nil {
				return // refused as a whole, with what to do
			}
			all, _ := readAll(t, format.Open(in), nil)
			for _, rec := range all {
				if err := checkEvent(rec.Message); err != nil || rec.Message.Id == "" || len(rec.Message.Items) > maxItems {
					t.Errorf("%s: %q: %v: %v", format.Name, text, rec.Message, err)
				}
			}
		}
	})
}
