package main

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

// Every method is called with every role: testdata/roles.golden says who may. A method
// that is new is for nobody until somebody says for whom, which this test asks for.
func TestEveryMethodByRole(t *testing.T) {
	g := guard(t)
	g.roles(func(key bearer, m method) codes.Code {
		request, field := naming(t, m, "sites/shop")
		if field == "name" && !strings.HasSuffix(string(m.Name()), "Site") {
			request, _ = naming(t, m, "sites/shop/x") // nothing there is called so
		}
		_, err := g.call(key, m, request)
		return status.Code(err)
	})
}

// roles calls every method with every role, and compares who may with
// testdata/roles.golden.
func (g *guarded) roles(call func(bearer, method) codes.Code) {
	t := g.t
	t.Helper()
	shop := []scoring.SiteID{"shop"}
	callers := []struct {
		title string
		key   bearer
	}{
		{"no key", ""},
		{"decide", g.key("decide", shop, store.RoleDecide)},
		{"track", g.key("track", shop, store.RoleTrack)},
		{"catalog", g.key("catalog", shop, store.RoleCatalog)},
		{"marketing", g.key("marketing", shop, store.RoleMarketing)},
		{"admin of the site", g.key("admin", shop, store.RoleAdmin)},
		{"all but admin, everywhere", g.key("most", nil, store.RoleDecide, store.RoleTrack, store.RoleCatalog, store.RoleMarketing)},
		{"admin", g.key("root", nil, store.RoleAdmin)},
	}
	header := []string{"method"}
	for _, c := range callers {
		header = append(header, c.title)
	}
	table := newTable(header...)
	for _, m := range g.methods(callers[1].key) {
		row := []string{strings.TrimPrefix(m.wire(), "/vitrine.v1.")}
		for _, c := range callers {
			code := call(c.key, m)
			switch {
			case code != codes.PermissionDenied && code != codes.Unauthenticated:
				row = append(row, "may")
			case (c.key == "") != (code == codes.Unauthenticated):
				t.Errorf("%s by %s: %v", m.wire(), c.title, code)
			default:
				row = append(row, "-")
			}
		}
		if row[len(row)-1] != "may" {
			t.Errorf("%s is for nobody, not even an admin: say in server/auth/methods.go who may call it", row[0])
		}
		table.add(row...)
	}
	var text strings.Builder
	if err := table.write(&text); err != nil {
		t.Fatal(err)
	}
	matchGolden(t, "roles", text.String())
}

var inBraces = regexp.MustCompile(`\{[^=}]*=([^}]*)\}`)

// Over HTTP every method is for whom it is for over gRPC, in each way to call it.
func TestEveryMethodByRoleOverHTTP(t *testing.T) {
	for binding := range 2 {
		g := guard(t)
		g.roles(func(key bearer, m method) codes.Code {
			rule, _ := proto.GetExtension(m.Options(), annotations.E_Http).(*annotations.HttpRule)
			if more := rule.GetAdditionalBindings(); binding == 1 && len(more) > 0 {
				rule = more[0]
			}
			verb, path := "GET", rule.GetGet()
			for name, pattern := range map[string]string{"POST": rule.GetPost(), "PATCH": rule.GetPatch(), "DELETE": rule.GetDelete()} {
				if pattern != "" {
					verb, path = name, pattern
				}
			}
			path = inBraces.ReplaceAllString(path, "$1")
			path = strings.ReplaceAll(strings.ReplaceAll(path, "sites/*", "sites/shop"), "*", "x")
			body := ""
			if rule.GetBody() != "" {
				body = "{}"
			}
			resp, text := g.http(key, verb, path, body)
			switch resp.code {
			case http.StatusNotFound:
				if strings.Contains(text, "nothing at this path") {
					t.Errorf("%s %s: no such path", verb, path)
				}
			case http.StatusUnauthorized:
				return codes.Unauthenticated
			case http.StatusForbidden:
				return codes.PermissionDenied
			}
			return codes.OK
		})
	}
}
