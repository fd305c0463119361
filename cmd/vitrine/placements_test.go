package main

import (
	"strings"
	"testing"
)

// Placements are created and changed from a file, listed, shown and deleted.
func TestPlacements(t *testing.T) {
	target := serveShop(t)
	run := func(stdin, want string, args ...string) {
		t.Helper()
		out, errs, err := runCommand(t, stdin, newPlacementsCommand, append(args, "--site", "shop", "--target", target)...)
		got := out + errs
		if err != nil {
			got += err.Error()
		}
		for _, part := range strings.Split(want, " ... ") {
			if !strings.Contains(got, part) {
				t.Errorf("%v: got\n%s\nwant %q", args, got, part)
			}
		}
	}
	const two = `{"name": "placements/poster", "count": 1, "creatives": {"formats": ["banner"]}}
{"name": "sites/other/placements/cart", "displayName": "Goes with it",
 "products": {"strategy": "STRATEGY_COMPLETE_CART"}}
`
	run(two, "created sites/shop/placements/poster ... created sites/shop/placements/cart", "apply", "-")
	run(`{"name": "placements/poster", "count": 2, "creatives": {}}`, "changed sites/shop/placements/poster", "apply", "-")
	run("", "poster ... 2  creatives ... cart ... Goes with it ... 12  products: complete cart ... home")
	run("", `"count":2`, "show", "poster")
	run("", `{"name":"sites/shop/placements/poster","count":2`, "--json")
	run("{\"name\": \"placements/a\"}\n{\"name\": \"home\"}", `-:2: name "home": placements/{placement} is wanted`, "apply", "-")
	run(`{"name": "placements/a", "cuont": 2}`, `-:1: ... unknown field "cuont"`, "apply", "-")
	run(`{"name": "placements/a", "count": 2000}`, "-:1: sites/shop/placements/a was not taken ... placement.count", "apply", "-")
	run("", "which placement?", "show")
	run("", "deleted sites/shop/placements/poster", "delete", "poster")
	run("", "not found", "show", "poster")
}
