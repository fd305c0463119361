package docstest

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The files that pages speak of, made up: a small shop in every form in which Vitrine
// reads one. DOCS_SHOP is their folder; a page copies what it names.

const (
	shopProducts = 40
	shopVisitors = 60
	shopSessions = 400
)

// shop writes the files into a folder. They are the same every time, but for the times
// of the log, which ends now.
func shop(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	rng := rand.New(rand.NewPCG(1, 1))
	now := time.Now().UTC().Truncate(time.Second)
	write := func(name, content string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("catalogue.csv", catalogue())
	write("products.jsonl", catalogueLines())
	write("products.yaml", "currency: \"{currency}\"\nproducts:\n  id: \"{id}\"\n  title: \"{title}\"\n  categories: [\"{category}\"]\n  brand: \"{brand}\"\n  price: \"{price}\"\n")
	write("log.jsonl", visits(rng, now))
	write("events.jsonl", visits(rng, now))

	sessions, pairs := sessionLines(rng, shopSessions), sessionPairs(rng, 60)
	write("march.txt", sessions)
	write("april.txt", sessionLines(rng, 60))
	write("diginetica/train_sessions.txt", sessions)
	write("diginetica/test_pairs.txt", pairs)
	write("interactions.txt", visitorLines(rng))
	write("item_attributes.json", `{"1": [1, 2], "2": [2, 3], "3": [3]}`)
	write("online_retail.csv.gz", zipped(invoices(rng)))
	clicks, buys := yoochoose(rng)
	write("yoochoose-clicks.dat", clicks)
	write("yoochoose-buys.dat", buys)
	write("retailrocket.csv", "timestamp,visitorid,event,itemid,transactionid\n1433221332117,257597,view,355908,\n1433224214164,992329,transaction,248676,77\n1433221999827,111016,addtocart,318965,\n")

	write("crm.csv", "visitor,person,attributes.tier\nphone-81f3,c-1042,gold\n,c-1043,basic\n")
	write("store-orders.csv", "till,customer,article,day\n77,c-1042,P105,"+now.Add(-48*time.Hour).Format(time.RFC3339)+"\n")
	write("store.yaml", "events:\n  id: \"till-{till}\"\n  type: order_completed\n  person: \"{customer}\"\n  time: \"{day}\"\n  channel: CHANNEL_STORE\n  item: {product: \"{article}\"}\n  order: {id: \"{till}\"}\n")
	return dir
}

// product is the id, title, category, brand and price of the nth.
func product(n int) (id, title, category, brand string, price float64) {
	named := []string{"P105", "P271", "P18", "P19", "trail-runner-42"}
	kinds := []struct{ category, noun string }{
		{"shoes/running", "trail shoe"}, {"camping/tents", "tent"}, {"camping/lamps", "lamp"}, {"clothing/jackets", "jacket"},
	}
	brands := []string{"Fjell", "Falk", "Nordtuch", "Ravensole", "Campfold"}
	kind, brand := kinds[n%len(kinds)], brands[n%len(brands)]
	id = fmt.Sprintf("p%d", n)
	if n < len(named) {
		id = named[n]
	}
	return id, fmt.Sprintf("%s %s %d", brand, kind.noun, n), kind.category, brand, float64(20+n*7%110) + 0.5
}

func catalogue() string {
	var b strings.Builder
	b.WriteString("id,title,category,brand,price,currency,stock\n")
	for n := range shopProducts {
		id, title, category, brand, price := product(n)
		fmt.Fprintf(&b, "%s,%s,%s,%s,%.2f,EUR,%d\n", id, title, category, brand, price, 3+n)
	}
	return b.String()
}

func catalogueLines() string {
	var b strings.Builder
	for n := range shopProducts {
		id, title, category, brand, price := product(n)
		fmt.Fprintf(&b, `{"id":%q,"title":%q,"category":%q,"brand":%q,"price":%.2f,"currency":"EUR","stock":%d}`+"\n", id, title, category, brand, price, 3+n)
	}
	return b.String()
}

// taste draws a product that who likes a kind turns to, mostly.
func taste(rng *rand.Rand, kind int) int {
	if rng.IntN(5) == 0 {
		return rng.IntN(shopProducts)
	}
	return rng.IntN(shopProducts/4)*4 + kind
}

// visits is a log of two weeks, oldest first: looks, carts and orders.
func visits(rng *rand.Rand, now time.Time) string {
	var b strings.Builder
	at := now.Add(-14 * 24 * time.Hour)
	step := now.Sub(at) / (shopVisitors*3 + 1)
	order := 0
	for round := range 3 {
		for v := range shopVisitors {
			kind := v % 4
			at = at.Add(step)
			for deed := range 2 {
				id, _, _, _, _ := product(taste(rng, kind))
				at := at.Add(time.Duration(deed-3) * time.Minute)
				fmt.Fprintf(&b, `{"type":"product_viewed","visitor":"device-%d","time":%q,"product":%q}`+"\n", v+1, at.Format(time.RFC3339), id)
			}
			id, _, _, _, price := product(taste(rng, kind))
			switch {
			case round == 2 && v%3 == 0:
				order++
				fmt.Fprintf(&b, `{"type":"order_completed","visitor":"device-%d","time":%q,"items":[{"product":%q,"price":%.2f}],"currency":"EUR","order":{"id":"o-%d","revenue":%.2f}}`+"\n", v+1, at.Format(time.RFC3339), id, price, order, price)
			default:
				fmt.Fprintf(&b, `{"type":"product_added","visitor":"device-%d","time":%q,"product":%q}`+"\n", v+1, at.Format(time.RFC3339), id)
			}
		}
	}
	return b.String()
}

// session draws the products of a visit, numbered.
func session(rng *rand.Rand) []string {
	kind := rng.IntN(4)
	clicks := make([]string, 3+rng.IntN(5))
	for i := range clicks {
		clicks[i] = fmt.Sprint(1 + taste(rng, kind))
	}
	return clicks
}

func sessionLines(rng *rand.Rand, n int) string {
	var b strings.Builder
	for range n {
		b.WriteString(strings.Join(session(rng), " ") + "\n")
	}
	return b.String()
}

func sessionPairs(rng *rand.Rand, n int) string {
	var b strings.Builder
	for range n {
		clicks := session(rng)
		for end := len(clicks) - 1; end > 0; end-- {
			b.WriteString(strings.Join(clicks[:end], " ") + "\t" + clicks[end] + "\n")
		}
	}
	return b.String()
}

func visitorLines(rng *rand.Rand) string {
	var b strings.Builder
	for v := range shopVisitors {
		fmt.Fprintf(&b, "%d %s\n", v+1, strings.Join(session(rng), " "))
	}
	return b.String()
}

// invoices are in the form of Online Retail: a year's.
func invoices(rng *rand.Rand) string {
	var b strings.Builder
	b.WriteString("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n")
	at := time.Date(2010, 12, 1, 8, 26, 0, 0, time.UTC)
	words := []string{"RED LUNCH BAG", "BLUE CUTLERY", "GREEN LANTERN", "WOODEN HEART"}
	for n := range 600 {
		at = at.Add(14 * time.Hour)
		customer := 12_500 + rng.IntN(shopVisitors)
		for range 1 + rng.IntN(3) {
			article := taste(rng, customer%4)
			fmt.Fprintf(&b, "%d,%d,%s NO %d,%d,%s,%.2f,%d,United Kingdom\n", 536_365+n, 20_700+article, words[article%4], article, 1+rng.IntN(6), at.Format(time.RFC3339), 0.5+float64(article), customer)
		}
	}
	return b.String()
}

// yoochoose is clicks and buys of four days.
func yoochoose(rng *rand.Rand) (clicks, buys string) {
	var c, b strings.Builder
	at := time.Date(2014, 4, 1, 8, 0, 0, 0, time.UTC)
	for n := range 400 {
		for _, item := range session(rng) {
			at = at.Add(2 * time.Minute)
			fmt.Fprintf(&c, "%d,%s,%s,0\n", n+1, at.Format("2006-01-02T15:04:05.000Z"), item)
			if rng.IntN(20) == 0 {
				fmt.Fprintf(&b, "%d,%s,%s,1046,1\n", n+1, at.Format("2006-01-02T15:04:05.000Z"), item)
			}
		}
	}
	return c.String(), b.String()
}

func zipped(content string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(content)) // a buffer takes all
	_ = w.Close()
	return b.String()
}
