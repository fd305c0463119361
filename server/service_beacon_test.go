package server_test

import (
	"bytes"
	"context"
	"image/gif"
	"io"
	"net/http"
	"strings"
	"testing"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

// fetched is an answer over HTTP.
type fetched struct {
	code int
	head http.Header
	body []byte
}

// fetch asks for a URL as a browser does, following no redirect.
func (s *shop) fetch(method, url string, headers ...string) fetched {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, url, nil)
	must(s.t, err)
	for k := 0; k < len(headers); k += 2 {
		req.Header.Set(headers[k], headers[k+1])
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	must(s.t, err)
	body, err := io.ReadAll(resp.Body)
	must(s.t, err)
	must(s.t, resp.Body.Close())
	return fetched{resp.StatusCode, resp.Header, body}
}

// eventsOf is the events of site "shop" of a kind.
func (s *shop) eventsOf(kind scoring.EventType) (list []scoring.Event) {
	s.t.Helper()
	head, err := s.store.Head(s.t.Context(), "shop")
	must(s.t, err)
	if head == 0 {
		return nil
	}
	ctx, done := context.WithCancel(s.t.Context())
	defer done()
	must(s.t, s.store.Follow(ctx, "shop", 0, func(entries []store.Entry) error {
		for i := range entries {
			if entries[i].Event.Type == kind {
				list = append(list, entries[i].Event)
			}
			if entries[i].Seq == head {
				done()
			}
		}
		return nil
	}))
	return list
}

// hits is the count of a metric of beacons.
func (s *shop) hits(kind, outcome string) int {
	s.t.Helper()
	return s.metric("vitrine_beacons_total", "kind", kind, "outcome", outcome)
}

// metric is the value of a counter or a gauge with these labels, 0 if there is none.
func (s *shop) metric(name string, labels ...string) int {
	s.t.Helper()
	families, err := s.registry.Gather()
	must(s.t, err)
	for _, f := range families {
		if f.GetName() != name {
			continue
		}
		for _, m := range f.GetMetric() {
			of := map[string]string{}
			for _, l := range m.GetLabel() {
				of[l.GetName()] = l.GetValue()
			}
			fits := true
			for k := 0; k < len(labels); k += 2 {
				fits = fits && of[labels[k]] == labels[k+1]
			}
			if fits {
				return int(m.GetCounter().GetValue() + m.GetGauge().GetValue())
			}
		}
	}
	return 0
}

// An impression and a click told over HTTP are those that TrackEvent takes, of the
// visitor that the decision was for, and count once.
func TestResponsesOverHTTP(t *testing.T) {
	s := banners(t)
	s.campaign("spring", &pb.Campaign{LandingUrl: "https://example.com/spring?a=1&b=2"}, "a")
	s.track("shop", viewed("v", "shoe-1"))
	before, last := s.tags, ""
	for _, visitor := range []string{"v", "never-seen"} {
		item := s.banner(visitor, 1).GetPlacements()[0].GetItems()[0]
		c := item.GetCreative()
		last = c.GetClickUrl()
		for range 2 {
			resp := s.fetch("GET", c.GetImpressionUrl())
			if resp.code != 200 || resp.head.Get("Content-Type") != "image/gif" || resp.head.Get("Cache-Control") != "no-store" {
				t.Fatalf("%s: %v", c.GetImpressionUrl(), resp)
			}
			picture, err := gif.Decode(bytes.NewReader(resp.body))
			must(t, err)
			if _, _, _, alpha := picture.At(0, 0).RGBA(); picture.Bounds().Dx() != 1 || picture.Bounds().Dy() != 1 || alpha != 0 {
				t.Errorf("the pixel is %v, alpha %d", picture.Bounds(), alpha)
			}
			resp = s.fetch("GET", c.GetClickUrl())
			if resp.code != 302 || resp.head.Get("Location") != "https://example.com/spring?a=1&b=2" || resp.head.Get("Cache-Control") != "no-store" {
				t.Fatalf("%s: %v", c.GetClickUrl(), resp)
			}
		}
		for _, kind := range []scoring.EventType{scoring.CreativeViewed, scoring.CreativeClicked} {
			list := s.eventsOf(kind)
			last := list[len(list)-1]
			if last.Visitor != scoring.VisitorID(visitor) || last.Ad == nil || last.Ad.Creative != "a" ||
				last.AttributionToken != item.GetAttributionToken() {
				t.Errorf("stored %+v", last)
			}
		}
	}
	if views, clicks := s.eventsOf(scoring.CreativeViewed), s.eventsOf(scoring.CreativeClicked); len(views) != 2 || len(clicks) != 2 {
		t.Errorf("%d views and %d clicks in the journal, want 2 and 2", len(views), len(clicks))
	}
	// The last one once more after a restart: still the same two.
	s.restart()
	s.fetch("GET", s.tags+strings.TrimPrefix(last, before))
	if got := s.eventsOf(scoring.CreativeClicked); len(got) != 2 || s.hits("click", "duplicate") != 1 {
		t.Errorf("%d clicks after a restart", len(got))
	}
}

// What is no visitor's doing does not count, and whoever clicks is sent on all the
// same, to where the shop says and to nowhere else.
func TestResponsesThatDoNotCount(t *testing.T) {
	s := banners(t)
	s.campaign("spring", &pb.Campaign{LandingUrl: "https://example.com/spring"}, "a")
	decided := func(change ...func(*pb.DecideRequest)) *pb.DecidedCreative {
		return s.banner("v", 1, change...).GetPlacements()[0].GetItems()[0].GetCreative()
	}
	c := decided()
	unknown := decided(func(r *pb.DecideRequest) { r.Consent = answered(false) })
	forged := strings.Replace(c.GetClickUrl(), "/a/", "/a/x", 1)
	for _, test := range []struct {
		name, outcome, url string
		code               int
		headers            []string
	}{
		{"prefetch", "prefetch", c.GetClickUrl(), 503, []string{"Sec-Purpose", "prefetch;prerender"}},
		{"prefetch of old", "prefetch", c.GetClickUrl(), 503, []string{"Purpose", "prefetch"}},
		{"a robot", "robot", c.GetClickUrl(), 302, []string{"User-Agent", "Mozilla/5.0 (compatible; Googlebot/2.1)"}},
		{"Global Privacy Control", "no_consent", c.GetClickUrl(), 302, []string{"Sec-GPC", "1"}},
		{"decided without consent", "no_consent", unknown.GetClickUrl(), 302, nil},
		{"forged", "forged", forged, 302, nil},
		{"cut short", "forged", c.GetClickUrl()[:len(c.GetClickUrl())-3], 302, nil},
		{"another target", "counted", c.GetClickUrl() + "?url=https://evil.example", 302, nil},
		{"of a campaign that is not there", "forged", strings.Replace(c.GetClickUrl(), "/spring/", "/none/", 1), 404, nil},
		{"of a site that is not there", "forged", strings.Replace(c.GetClickUrl(), "/shop/", "/none/", 1), 404, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := s.hits("click", test.outcome)
			resp := s.fetch("GET", test.url, test.headers...)
			if resp.code != test.code || test.code == 302 && resp.head.Get("Location") != "https://example.com/spring" {
				t.Errorf("got %v", resp)
			}
			if test.outcome != "forged" || test.code == 302 {
				if got := s.hits("click", test.outcome) - before; got != 1 {
					t.Errorf("counted as %s %d times, want once", test.outcome, got)
				}
			}
		})
	}
	if resp := s.fetch("HEAD", c.GetImpressionUrl()); resp.code != 200 || s.hits("view", "head") != 1 {
		t.Errorf("HEAD: %v", resp)
	}
	if resp := s.fetch("POST", c.GetClickUrl()); resp.code != 405 {
		t.Errorf("POST: %v", resp)
	}
	if resp := s.fetch("GET", s.tags+"/x/y"); resp.code != 404 {
		t.Errorf("another path: %v", resp)
	}
	if got := len(s.eventsOf(scoring.CreativeClicked)); got != 1 { // of "another target", which is ignored
		t.Errorf("%d clicks in the journal, want 1", got)
	}
	// A creative that is gone leads to its campaign's page.
	_, err := s.campaigns.DeleteCreative(t.Context(), &pb.DeleteCreativeRequest{Name: "sites/shop/campaigns/spring/creatives/a"})
	must(t, err)
	if resp := s.fetch("GET", c.GetClickUrl()); resp.code != 302 || resp.head.Get("Location") != "https://example.com/spring" {
		t.Errorf("of a creative that was deleted: %v", resp)
	}
}

// A link in an e-mail outlives the decision it was made by.
func TestClickOfADecisionThatIsNotKept(t *testing.T) {
	s := banners(t)
	s.campaign("spring", &pb.Campaign{LandingUrl: "https://example.com/spring"}, "a")
	c := s.banner("v", 1).GetPlacements()[0].GetItems()[0].GetCreative()
	// The site is set up anew: its decisions are gone.
	_, err := s.sites.DeleteSite(t.Context(), &pb.DeleteSiteRequest{Name: "sites/shop"})
	must(t, err)
	s.create("shop")
	s.campaign("spring", &pb.Campaign{LandingUrl: "https://example.com/summer"}, "a")
	resp := s.fetch("GET", c.GetClickUrl())
	if resp.code != 302 || resp.head.Get("Location") != "https://example.com/summer" || s.hits("click", "expired") != 1 {
		t.Errorf("got %v, expired %d", resp, s.hits("click", "expired"))
	}
}

// Without an address for visitors, or a decision that is kept, there are no URLs; and
// what leads nowhere has no click URL.
func TestURLsOfCreatives(t *testing.T) {
	s := banners(t)
	s.campaign("spring", &pb.Campaign{}, "a")
	c := s.banner("v", 1).GetPlacements()[0].GetItems()[0].GetCreative()
	if !strings.HasPrefix(c.GetImpressionUrl(), s.tags+"/v/shop/spring/a/") || c.GetClickUrl() != "" {
		t.Errorf("got %v", c)
	}
	dry := s.banner("v", 1, func(r *pb.DecideRequest) { r.DryRun = true }).GetPlacements()[0].GetItems()[0].GetCreative()
	if dry.GetImpressionUrl() != "" {
		t.Errorf("got %v", dry)
	}
}
