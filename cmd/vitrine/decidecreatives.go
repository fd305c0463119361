package main

import (
	"fmt"
	"strings"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// creativeID is campaign/creative of a creative's name; false for a product's id.
func creativeID(name string) (string, bool) {
	_, id, ok := strings.Cut(name, "/campaigns/")
	return strings.Replace(id, "/creatives/", "/", 1), ok && strings.HasPrefix(name, "sites/")
}

// showsCreatives reports whether a placement is one of creatives, as far as the answer
// tells.
func showsCreatives(p *pb.PlacementResult) bool {
	for _, it := range p.GetItems() {
		return it.GetCreative() != nil
	}
	for _, r := range p.GetRejected() {
		_, is := creativeID(r.GetId())
		return is
	}
	return false
}

// itemCount is how many of what a placement shows: "20 products".
func itemCount(p *pb.PlacementResult) string {
	what := "product"
	if showsCreatives(p) {
		what = "creative"
	}
	if len(p.GetItems()) != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", len(p.GetItems()), what)
}

// creativeTable has a line for each creative: chance is its propensity, and worth
// what showing it is expected to bring, the value of a click times its probability.
func creativeTable(p *pb.PlacementResult) *table {
	t := newTable(">#", "creative", "leads to", ">chance", ">worth", "why")
	for i, it := range p.GetItems() {
		id, _ := creativeID(it.GetCreative().GetCreative())
		t.add(fmt.Sprint(i+1), id, it.GetCreative().GetLandingUrl(), fmt.Sprintf("%.1f %%", 100*it.GetPropensity()),
			fmt.Sprintf("%.4f", it.GetScore()), whyShown(it))
	}
	return t
}
