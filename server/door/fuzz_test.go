package door

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"net/url"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

func routes(t testing.TB) router {
	t.Helper()
	var names []string
	for _, s := range services() {
		names = append(names, string(s.FullName()))
	}
	all, err := newRouter(names)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Whatever comes is a request or a problem that says what is wrong; a request's JSON is
// read back as the same.
func FuzzRequest(f *testing.F) {
	all := routes(f)
	for _, seed := range [][4]string{
		{"POST", "/v1/sites/shop:decide", "", `{"placements": [{"placement": "home"}], "visitor": {"deviceId": "d"}}`},
		{"PATCH", "/v1/sites/shop/products/a%20b", "updateMask=title,brand&allowMissing=true", `{"title": "x", "price": {"units": "5"}}`},
		{"GET", "/v1/sites/shop/products", "pageSize=5&filter=true", ""},
		{"POST", "/v1/sites/shop/products:import", "mode=IMPORT_MODE_FULL", "{\"name\": \"p\"}\n{}"},
		{"DELETE", "/v1/sites/shop/campaigns/c/creatives/k", "etag=1", ""},
		{"GET", "/v1/sites/%2F/products/%zz:x", "a.b.c=1&=&product.price[x]=1", "{"},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3])
	}
	f.Fuzz(func(t *testing.T, verb, path, query, body string) {
		rt, values, _ := all.match(verb, path)
		parsed, err := url.ParseQuery(query)
		if rt == nil || err != nil {
			return
		}
		var request proto.Message
		if rt.method.IsStreamingClient() {
			up := &uploading{route: rt, first: rt.in.New(), lines: newLineReader(strings.NewReader(body), 1<<20, func() {})}
			for err == nil {
				var next proto.Message
				if next, err = up.next(); err == nil {
					request = next
				}
			}
			if errors.Is(err, io.EOF) {
				err = nil
			}
		} else {
			request, err = rt.request(values, parsed, []byte(body))
		}
		if err != nil {
			if p := problemOf(err); p.Status != 400 || p.Detail == "" {
				t.Errorf("%s %s?%s %q: %+v", verb, path, query, body, p)
			}
			return
		}
		if request == nil {
			return // no line
		}
		text, err := protojson.Marshal(request)
		if err != nil {
			return // text that is no UTF-8 came by the path: the server refuses it
		}
		again := rt.in.New().Interface()
		if err := protojson.Unmarshal(text, again); err != nil {
			t.Fatalf("%s is not read back: %v", text, err)
		}
		if back, err := protojson.Marshal(again); err != nil || !bytes.Equal(back, text) {
			t.Errorf("%s is read back as %s, %v", text, back, err)
		}
	})
}

// A body of gRPC-Web is one message or a mistake.
func FuzzFrame(f *testing.F) {
	f.Add([]byte{0, 0, 0, 0, 2, 8, 1}, false)
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, false)
	f.Add([]byte{1, 0, 0, 0, 1, 0}, false)
	f.Add([]byte{0, 0xff, 0xff, 0xff, 0xff}, false)
	f.Add([]byte("AAAAAAA="), true)
	d := &Door{options: Options{MaxMessageBytes: 1 << 16}}
	f.Fuzz(func(t *testing.T, body []byte, text bool) {
		message, err := d.onlyFrame(bytes.NewReader(body), text)
		if err != nil {
			return
		}
		framed := append([]byte{0, byte(len(message) >> 24), byte(len(message) >> 16), byte(len(message) >> 8), byte(len(message))}, message...)
		if text {
			framed = base64.StdEncoding.AppendEncode(nil, framed)
		}
		if again, err := d.onlyFrame(bytes.NewReader(framed), text); err != nil || !bytes.Equal(again, message) {
			t.Errorf("%x is read back as %x, %v", message, again, err)
		}
	})
}
