package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/vitrine-io/vitrine/store"
)

// doorAnswer is how the door answered.
type doorAnswer struct {
	code   int
	header http.Header
}

// http asks the door, with a key unless that is empty.
func (g *guarded) http(key bearer, verb, path, body string, header ...string) (doorAnswer, string) {
	g.t.Helper()
	request, err := http.NewRequestWithContext(g.t.Context(), verb, "http://"+g.node.DoorAddr()+path, strings.NewReader(body))
	if err != nil {
		g.t.Fatal(err)
	}
	if key != "" {
		request.Header.Set("Authorization", "Bearer "+string(key))
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	resp, err := transport.RoundTrip(request)
	if err != nil {
		g.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		g.t.Fatalf("%s %s: %q, %v", verb, path, text, err)
	}
	return doorAnswer{resp.StatusCode, resp.Header}, string(text)
}

// A shop's day over HTTP: what is answered, with what status.
func TestDoor(t *testing.T) {
	g := guard(t)
	root := g.key("root", nil, store.RoleAdmin)
	const shop = "/v1/sites/shop"
	want := func(status int, says string, verb, path, body string, header ...string) doorAnswer {
		t.Helper()
		resp, text := g.http(root, verb, path, body, header...)
		if compact := strings.ReplaceAll(text, `": `, `":`); resp.code != status || !strings.Contains(compact, says) {
			t.Errorf("%s %s: %d %s, want %d with %s", verb, path, resp.code, text, status, says)
		}
		if resp.code >= 400 && resp.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s %s: %d is told as %q", verb, path, resp.code, resp.header.Get("Content-Type"))
		}
		return resp
	}
	want(200, `"name":"sites/shop"`, "POST", "/v1/sites?siteId=shop", `{"displayName": "Shop"}`)
	want(409, "ALREADY_EXISTS", "POST", "/v1/sites?site_id=shop", `{}`)

	// Ids of all kinds, in both spellings of names.
	want(200, `"units":"5"`, "POST", shop+"/products?productId=a%20b:c%25%C3%A4", `{"title": "Shoe", "list_price": {"currencyCode": "EUR", "units": 5}}`)
	product := shop + "/products/a%20b%3Ac%25%C3%A4"
	want(200, `"title":"Shoe"`, "GET", product, "")
	want(200, `"title":"Shoe"`, "GET", shop+"/products/a%20b:c%25%C3%A4", "")

	// ETags: read, changed if it is still so, deleted if it is still so.
	tag := want(200, "", "GET", product, "").header.Get("ETag")
	if resp := want(304, "", "GET", product, "", "If-None-Match", `"x", `+tag); resp.header.Get("ETag") != tag {
		t.Errorf("not modified, with the ETag %q", resp.header.Get("ETag"))
	}
	want(200, "Shoe", "GET", product, "", "If-None-Match", `"x"`)
	want(412, "ABORTED", "PATCH", product, `{"title": "Boot"}`, "If-Match", `"x"`)
	changed := want(200, `"title":"Boot"`, "PATCH", product, `{"title": "Boot"}`, "If-Match", tag)
	if changed.header.Get("ETag") == tag || changed.header.Get("ETag") == "" {
		t.Errorf("changed, with the ETag %q", changed.header.Get("ETag"))
	}
	want(200, `"listPrice":`, "GET", product, "") // what the body did not name is as it was
	want(200, `"title":"Boot"`, "PATCH", product+"?updateMask=brand", `{"title": "Slipper", "brand": "Acme"}`)
	want(400, "update_mask.paths[0]", "PATCH", product+"?updateMask=colour", `{}`)
	want(400, `"field":"product.name"`, "PATCH", product, `{"name": "sites/other/products/p", "title": "x"}`)
	want(412, "ABORTED", "DELETE", product, "", "If-Match", tag)
	want(400, "If-Match", "DELETE", product, "", "If-Match", "unquoted")
	want(400, "If-Match", "DELETE", shop, "", "If-Match", `"1"`)
	want(200, "{}", "DELETE", product, "")
	want(404, "NOT_FOUND", "GET", product, "")
	list := want(200, "", "GET", shop+"/products?pageSize=5", "").header.Get("ETag")
	want(304, "", "GET", shop+"/products?pageSize=5", "", "If-None-Match", list)
	if resp, body := g.http(root, "HEAD", shop, ""); resp.code != 200 || body != "" || resp.header.Get("ETag") == "" {
		t.Errorf("HEAD: %d %q %v", resp.code, body, resp.header)
	}

	// A decision and an event.
	want(200, `"decision":"sites/shop/decisions/`, "POST", shop+":decide", `{"placements": [{"placement": "home"}]}`)
	want(200, `{"status":"EVENT_STATUS_VALID"}`, "POST", shop+"/events?dryRun=true", `{"id": "e1", "type": "EVENT_TYPE_PRODUCT_VIEWED", "visitor": {"deviceId": "d1"}, "consent": {"purposes": [{"purpose": "PURPOSE_PERSONALIZATION", "granted": true}]}, "items": [{"productId": "p1"}]}`)
	want(400, `"field":"event.id"`, "POST", shop+"/events", `{"id": "`+strings.Repeat("x", 1000)+`"}`)

	// The document of it all, without a key.
	if resp, body := g.http("", "GET", "/openapi.json", ""); resp.code != 200 || !strings.Contains(body, `"openapi"`) || resp.header.Get("ETag") == "" {
		t.Errorf("the OpenAPI document: %d %v", resp.code, resp.header)
	}
	want(405, "GET", "DELETE", "/openapi.json", "")

	// What can't be understood, and where.
	want(404, "nothing at this path", "GET", "/v2/sites", "")
	want(404, "nothing at this path", "GET", shop+"/products/a%2Fb", "")
	if resp := want(405, "DELETE, GET, PATCH", "PUT", shop, "{}"); resp.header.Get("Allow") != "DELETE, GET, PATCH" {
		t.Errorf("allowed is %q", resp.header.Get("Allow"))
	}
	want(415, "application/json", "POST", shop+":decide", "a=b", "Content-Type", "application/x-www-form-urlencoded")
	want(400, `line 2, column 2: unknown field \"nonsense\"`, "POST", shop+":decide", "{\n \"nonsense\": 1}")
	want(400, "no JSON", "POST", shop+":decide", "{]")
	want(400, "no parameter", "GET", shop+"/products?page=2", "")
	want(400, "page_size", "GET", shop+"/products?pageSize=two", "")
	want(400, "twice", "GET", shop+"/products?pageSize=2&page_size=3", "")
	want(400, "belongs into the body", "POST", shop+":decide?dryRun=true", "{}")
	want(400, "stands in the path", "GET", shop+"/products?parent=sites/other", "")
	want(400, "no body", "GET", shop, "{}")
}

// A catalogue as JSON Lines: a bad product is told and left out; a line that can't be
// read ends the import, and a full import that was cut off removes nothing.
func TestDoorImportsLines(t *testing.T) {
	g := guard(t)
	root := g.key("root", nil, store.RoleAdmin)
	g.http(root, "POST", "/v1/sites?siteId=shop", "{}")
	var catalogue []string
	for i := range 1000 {
		catalogue = append(catalogue, fmt.Sprintf(`{"name": "sites/shop/products/p%d", "title": "Product %d"}`, i, i))
	}
	catalogue[500] = `{"name": "sites/shop/products/p500", "title": "Product 500", "price": {"currencyCode": "EUR", "units": -1}}`
	load := func(query string, lines []string) (int, map[string]any) {
		t.Helper()
		resp, text := g.http(root, "POST", "/v1/sites/shop/products:import"+query, strings.Join(lines, "\n"), "Content-Type", "application/jsonl")
		answers := strings.Split(strings.TrimSpace(text), "\n")
		var last map[string]any
		if err := json.Unmarshal([]byte(answers[len(answers)-1]), &last); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if resp.code == http.StatusOK && !strings.Contains(text, `"index":"500"`) && !strings.Contains(text, `"index": "500"`) {
			t.Errorf("nothing is said of the bad product: %s", text)
		}
		return resp.code, last
	}
	if code, last := load("", catalogue); code != 200 || last["received"] != "1000" || last["stored"] != "999" || last["rejected"] != "1" {
		t.Errorf("%d, at last %v", code, last)
	}
	bad := append([]string{`{"name": 7}`}, catalogue...)
	if code, p := load("?mode=IMPORT_MODE_FULL", bad); code != 400 || p["line"] != 1.0 {
		t.Errorf("a line that can't be read: %d %v", code, p)
	}
	if resp, text := g.http(root, "GET", "/v1/sites/shop/products/p999", ""); resp.code != 200 {
		t.Errorf("after a full import that was cut off: %s", text)
	}
	code, last := load("?mode=IMPORT_MODE_FULL", catalogue[:600])
	if code != 200 || last["deleted"] != "400" {
		t.Errorf("a full import: %d %v", code, last)
	}
	if resp, _ := g.http(root, "GET", "/v1/sites/shop/products/p999", ""); resp.code != 404 {
		t.Errorf("what a full import doesn't have: %d", resp.code)
	}
}

// What a visitor carries away are the lines themselves, which an import of events takes
// back.
func TestDoorExportsLines(t *testing.T) {
	g := guard(t)
	root := g.key("root", nil, store.RoleAdmin)
	things := g.furnish("shop", root)
	resp, text := g.http(root, "GET", "/v1/"+things["Visitor"]+":export", "")
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if resp.code != http.StatusOK || resp.header.Get("Content-Type") != "application/jsonl" || len(lines) < 3 {
		t.Fatalf("%d %v %s", resp.code, resp.header, text)
	}
	for i, key := range []string{"profile", "id"} {
		var one map[string]any
		if err := json.Unmarshal([]byte(lines[i]), &one); err != nil || one[key] == nil {
			t.Errorf("line %d is %s, %v: want %q in it", i, lines[i], err, key)
		}
	}
	if resp, text := g.http(root, "GET", "/v1/sites/shop/visitors/nobody:export", ""); resp.code != 404 {
		t.Errorf("a visitor who isn't there: %d %s", resp.code, text)
	}
	if resp, text := g.http(root, "POST", "/v1/sites/shop/events:import", lines[1]+"\n", "Content-Type", "application/x-ndjson"); resp.code != 200 || !strings.Contains(strings.ReplaceAll(text, " ", ""), `"received":"1"`) {
		t.Errorf("an event taken back: %d %s", resp.code, text)
	}
	if log := g.log.String(); strings.Contains(log, hidden) {
		t.Error("the log names the visitor")
	}
}
