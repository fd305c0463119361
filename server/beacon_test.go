package server

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
)

// banner is the beacon of a creative that a decision of now showed.
func bannerBeacon(t testing.TB, kind beaconKind) beacon {
	t.Helper()
	id, err := newDecisionID(time.Now(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	token := string((&tokens{key: []byte("secret")}).forDecision("shop", id).of(0, scoring.Led{Propensity: 0.5}))
	return beacon{kind: kind, site: "shop", campaign: "spring", creative: "people", token: token}
}

func TestBeaconsThatAreNotOurs(t *testing.T) {
	t.Parallel()
	ours := &beacons{base: "https://t.example", key: []byte("secret")}
	want := bannerBeacon(t, beaconClick)
	good, ok := strings.CutPrefix(ours.url(want), "https://t.example")
	if got, genuine := ours.read(good); !ok || !genuine || got != want {
		t.Fatalf("%s: read %+v, %v", good, got, genuine)
	}
	for _, test := range []struct {
		name, path string
		campaign   scoring.CampaignID // that is told all the same
	}{
		{"a view in the place of a click", strings.Replace(good, "/c/", "/v/", 1), "spring"},
		{"another site", strings.Replace(good, "/shop/", "/other/", 1), "spring"},
		{"another campaign", strings.Replace(good, "/spring/", "/summer/", 1), "summer"},
		{"another creative", strings.Replace(good, "/people/", "/price/", 1), "spring"},
		{"another token", strings.Replace(good, "/"+want.token, "/B"+want.token[1:], 1), "spring"},
		{"without its signature", good[:strings.LastIndex(good, ".")], "spring"},
		{"cut short", good[:len(good)-1], "spring"},
		{"cut off behind the creative", "/c/shop/spring/people", "spring"},
		{"cut off behind the campaign", "/c/shop/spring", "spring"},
		{"signed by another installation", strings.TrimPrefix((&beacons{key: []byte("other")}).url(want), ""), "spring"},
		{"with more behind it", good + "/x", "spring"},
		{"endless", good + strings.Repeat("x", maxBeacon), ""},
		{"with a campaign that can't be one", "/c/shop/https:evil/people/x.y", ""},
		{"nothing", "", ""},
	} {
		if got, genuine := ours.read(test.path); genuine || got.campaign != test.campaign {
			t.Errorf("%s: read %+v, %v; want campaign %q, not genuine", test.name, got, genuine, test.campaign)
		}
	}
}

// Whatever a path is, reading it does no harm, and one that passes is one that was
// written.
func FuzzBeacon(f *testing.F) {
	ours := &beacons{key: []byte("secret")}
	f.Add(ours.url(bannerBeacon(f, beaconView)))
	f.Add(ours.url(bannerBeacon(f, beaconClick)))
	f.Add("/c/shop/spring/people/a.b")
	f.Add("/v//../%00/.")
	f.Fuzz(func(t *testing.T, path string) {
		b, genuine := ours.read(path)
		if genuine && ours.url(b) != path {
			t.Errorf("%q passes, and reads as %q", path, ours.url(b))
		}
		for _, id := range []string{string(b.site), string(b.campaign), string(b.creative)} {
			if id != "" && !validSiteID(id) {
				t.Errorf("%q gives the id %q", path, id)
			}
		}
	})
}
