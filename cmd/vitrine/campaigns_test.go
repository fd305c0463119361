package main

import (
	"context"
	"log/slog"
	"strings"
	"testing"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/server/config"
)

// serveShop starts a server with the site shop, which has a placement of creatives,
// banner, and returns its address.
func serveShop(t *testing.T) string {
	t.Helper()
	cfg := config.Default()
	cfg.DataDir, cfg.Listen, cfg.OpsListen, cfg.Auth = t.TempDir(), "127.0.0.1:0", "", config.AuthNone
	n, err := startNode(context.Background(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	})
	r := &remote{target: n.Addr()}
	conn, err := r.dial()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := pb.NewSiteServiceClient(conn).CreateSite(t.Context(), &pb.CreateSiteRequest{SiteId: "shop"}); err != nil {
		t.Fatal(err)
	}
	_, err = pb.NewPlacementServiceClient(conn).CreatePlacement(t.Context(), &pb.CreatePlacementRequest{
		Parent: "sites/shop", PlacementId: "banner",
		Placement: &pb.Placement{Count: 1, Rules: &pb.Placement_Creatives{Creatives: &pb.CreativeRules{}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return n.Addr()
}

// Campaigns go in from a file, are listed, come out as they went in, and bad lines
// are told without the others being lost.
func TestCampaigns(t *testing.T) {
	target := serveShop(t)
	file := text(t, "campaigns.jsonl", `{"name": "campaigns/spring", "displayName": "Spring", "tier": "TIER_GOAL", "clickValue": {"nanos": 500000000}, "targeting": "visitor.known"}

{"name": "campaigns/spring/creatives/red", "format": "banner", "size": {"width": 300, "height": 250}, "attributes": {"motif": "people"}}
{"name": "campaigns/spring/creatives/blue", "format": "banner", "colour": "blue"}
{"name": "campaigns/none/creatives/x", "format": "banner"}
{"name": "campaigns/bad", "targeting": "visitor.age > 3"}
{"format": "banner"}
no JSON
{"name": "campaigns/house", "tier": "TIER_HOUSE", "goal": {"metric": "GOAL_METRIC_CLICKS", "amount": 50}, "bid": {"charge": "CHARGE_CLICK", "amount": {"nanos": 200000000}}, "budget": {"units": 9}, "endTime": "2126-01-01T00:00:00Z"}
`)
	out, errs, err := runCommand(t, "", newCampaignsCommand, "import", file, "--site", "shop", "--target", target)
	if err == nil || !strings.Contains(out, "3 created, 0 changed, 5 bad lines") {
		t.Errorf("%v\n%s", err, out)
	}
	for _, want := range []string{
		file + `:4: (line 1:`, `unknown field "colour"`, file + `:5: name: is of campaign "none", which is not there`,
		file + ":6: targeting:", "undefined field 'age'", file + `:7: name "": campaigns/{campaign}`, file + ":8: no JSON object",
	} {
		if !strings.Contains(errs, want) {
			t.Errorf("%q is missing in\n%s", want, errs)
		}
	}
	out, _, err = runCommand(t, "", newCampaignsCommand, "--site", "shop", "--target", target)
	for _, want := range []string{"spring", "Spring", "goal", "0.50 EUR a click", "always", "0.20 EUR a click", "50 clicks, 9.00 EUR", "0.0 %", "takes part in 10 %", "days", "visitor.known", "house"} {
		if err != nil || !strings.Contains(out, want) {
			t.Errorf("%q is missing: %v\n%s", want, err, out)
		}
	}
	out, _, err = runCommand(t, "", newCreativesCommand, "--site", "shop", "--target", target)
	for _, want := range []string{"red", "300 x 250", "motif people"} {
		if err != nil || !strings.Contains(out, want) {
			t.Errorf("%q is missing: %v\n%s", want, err, out)
		}
	}
	// The house's campaign has no creative; of spring's one is for who is known.
	out, _, err = runCommand(t, "", newDecideCommand, "--site", "shop", "--placement", "banner", "--explain", "full", "--target", target)
	for _, want := range []string{"banner: 0 creatives, contextual mode", "No more: no creative's targeting fits.", "targeting: it is for visitor.known"} {
		if err != nil || !strings.Contains(out, want) {
			t.Errorf("%q is missing: %v\n%s", want, err, out)
		}
	}
	out, _, err = runCommand(t, "", newDecideCommand, "--site", "shop", "--placement", "banner", "--session", "p1", "--device", "phone", "--target", target)
	for _, want := range []string{"banner: 1 creative, session mode", "spring/red", "100.0 %", "100% Something new to discover"} {
		if err != nil || !strings.Contains(out, want) {
			t.Errorf("%q is missing: %v\n%s", want, err, out)
		}
	}
	shown, _, err := runCommand(t, "", newCampaignsCommand, "show", "spring", "--site", "shop", "--target", target)
	if err != nil {
		t.Fatal(err)
	}
	out, errs, err = runCommand(t, shown, newCampaignsCommand, "import", "-", "--site", "shop", "--target", target)
	if err != nil || !strings.Contains(out, "0 created, 2 changed, 0 bad lines") {
		t.Errorf("%v\n%s%s", err, out, errs)
	}
	out, errs, err = runCommand(t, shown, newCampaignsCommand, "import", "-", "--site", "shop", "--full", "--target", target)
	if err != nil || !strings.Contains(out, "0 created, 2 changed, 1 removed, 0 bad lines") { // the house's
		t.Errorf("%v\n%s%s", err, out, errs)
	}
	for _, step := range []struct{ do, then string }{{"pause", "paused"}, {"resume", ""}, {"delete", ""}} {
		if _, _, err := runCommand(t, "", newCampaignsCommand, step.do, "spring", "--site", "shop", "--target", target); err != nil {
			t.Errorf("%s: %v", step.do, err)
		}
		out, _, _ = runCommand(t, "", newCampaignsCommand, "--site", "shop", "--target", target)
		if strings.Contains(out, "paused") != (step.then == "paused") || strings.Contains(out, "spring") == (step.do == "delete") {
			t.Errorf("after %s:\n%s", step.do, out)
		}
	}
	_, _, err = runCommand(t, "", newCampaignsCommand, "show", "spring", "--site", "shop", "--target", target)
	if err == nil || !strings.Contains(err.Error(), "sites/shop/campaigns/spring: not found") {
		t.Errorf("got %v", err)
	}
}
