package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/vitrine-io/vitrine/cmd/vitrine/personalog"
)

// Sessions of three kinds, each looking at products of its own two categories, make three
// personas, which are the same when others are sampled in another order.
func TestBacktestPersonas(t *testing.T) {
	var sessions, products strings.Builder
	products.WriteString("id,title,category\n")
	for kind := range 3 {
		for k := range 20 {
			fmt.Fprintf(&products, "p%d-%d,thing,aisle %d/shelf %d\n", kind, k, kind, k%2)
		}
	}
	for i := range 600 {
		kind := i % 3
		for k := range 4 {
			fmt.Fprintf(&sessions, "p%d-%d ", kind, (7*i+k)%20)
		}
		sessions.WriteString("\n")
	}
	args := []string{"personas", "--train", text(t, "sessions.txt", sessions.String()), "--holdout", "5%", "--products", text(t, "products.csv", products.String())}
	out, errs, err := runCommand(t, "", newBacktestCommand, append(args, "--json")...)
	if err != nil {
		t.Fatalf("%v\n%s", err, errs)
	}
	var r personalog.Result
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Personas) != 3 || r.Second != 3 || r.Agreement != 1 || r.Others != 0 || r.Visitors < 500 {
		t.Fatalf("got %+v", r)
	}
	for _, p := range r.Personas {
		if p.Share < 0.3 || p.Share > 0.37 || !strings.HasPrefix(p.Interests[0], "aisle ") {
			t.Errorf("got %+v", p)
		}
	}
	out, _, err = runCommand(t, "", newBacktestCommand, args...)
	if err != nil || !strings.Contains(out, "adjusted Rand index 1.000") || !strings.Contains(out, "aisle 1") {
		t.Errorf("%v\n%s", err, out)
	}
	if _, _, err := runCommand(t, "", newBacktestCommand, args[:5]...); err == nil || !strings.Contains(err.Error(), "--products is needed") {
		t.Errorf("without products: %v", err)
	}
}
