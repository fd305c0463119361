package main

import (
	"regexp"
	"strings"
	"testing"
)

// With --explain full every creative has a line: with its chance where it might have
// been shown, or else with what stood against it.
func TestDecideTellsWhyEachCreative(t *testing.T) {
	target := serveShop(t)
	file := text(t, "campaigns.jsonl", `{"name": "campaigns/spring"}
{"name": "campaigns/spring/creatives/red", "format": "banner"}
{"name": "campaigns/spring/creatives/blue", "format": "banner"}
{"name": "campaigns/spring/creatives/off", "format": "banner", "paused": true}
{"name": "campaigns/later", "tier": "TIER_SPONSORSHIP", "startTime": "2126-01-01T00:00:00Z"}
{"name": "campaigns/later/creatives/x", "format": "banner"}
{"name": "campaigns/lyon", "places": [{"country": "FR", "city": "Lyon"}]}
{"name": "campaigns/lyon/creatives/y", "format": "banner"}
{"name": "campaigns/known", "targeting": "visitor.known"}
{"name": "campaigns/known/creatives/z", "format": "banner"}
{"name": "campaigns/once", "tier": "TIER_GOAL", "goal": {"metric": "GOAL_METRIC_IMPRESSIONS", "amount": 1}}
{"name": "campaigns/once/creatives/o", "format": "banner"}
{"name": "campaigns/house", "tier": "TIER_HOUSE"}
{"name": "campaigns/house/creatives/hello", "format": "banner"}
`)
	if out, errs, err := runCommand(t, "", newCampaignsCommand, "import", file, "--site", "shop", "--target", target); err != nil {
		t.Fatalf("%v\n%s%s", err, out, errs)
	}
	// The first shows the one that is wanted once.
	for _, want := range []string{"o", ""} {
		out, _, err := runCommand(t, "", newDecideCommand, "--site", "shop", "--placement", "banner", "--explain", "full", "--target", target)
		if shown := regexp.MustCompile(`o +once +goal +shown`).MatchString(out); err != nil || shown != (want == "o") {
			t.Errorf("%v: shown is %v in\n%s", err, shown, out)
		}
	}
	out, _, err := runCommand(t, "", newDecideCommand, "--site", "shop", "--placement", "banner", "--explain", "full", "--country", "DE", "--target", target)
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(out, "Why these, and why not the others:")
	for _, want := range []string{
		`(red|blue) +spring +auction +shown +██████ +50\.0 % +drawn`,
		`(red|blue) +spring +auction +eligible +██████ +50\.0 % +another was drawn`,
		`off +spring +auction +refused +paused: the creative is`,
		`x +later +sponsorship +refused +flight: begins 2126-01-01 00:00 UTC`,
		`y +lyon +auction +refused +place: it is for Lyon FR, and the page is +in DE`,
		`z +known +auction +refused +targeting: it is for visitor\.known`,
		`o +once +goal +refused +budget: of 1 impressions all is reached, or +waited for`,
		`hello +house +house +refused +lower tier: one of a higher tier may be +shown`,
	} {
		if !regexp.MustCompile(want).MatchString(regexp.MustCompile(`\s+`).ReplaceAllString(table, " ")) {
			t.Errorf("%q is missing in\n%s", want, out)
		}
	}
}

func TestChanceBar(t *testing.T) {
	for p, want := range map[float64]string{
		0:     "",
		0.001: "▏              0.1 %", // never nothing for what may be shown
		0.125: "█▌            12.5 %", // 1.5 of 12
		1:     "████████████ 100.0 %",
	} {
		if got := chanceBar(p); got != want {
			t.Errorf("%v: %q, want %q", p, got, want)
		}
	}
}
