package scoring_test

import (
	"testing"

	"github.com/vitrine-io/vitrine/scoring"
)

func TestTraffic(t *testing.T) {
	for _, c := range []struct {
		context     scoring.Context
		host, words string
	}{
		{scoring.Context{}, "", ""},
		{scoring.Context{Referrer: "https://www.google.com/search?q=trail+shoes&hl=en"}, "google.com", "trail shoes"},
		{scoring.Context{Referrer: "https://search.yahoo.com/search?p=hats"}, "search.yahoo.com", "hats"},
		{scoring.Context{Referrer: "News.Example/today?x=1"}, "news.example", ""},
		{scoring.Context{Referrer: "www.example.org"}, "example.org", ""},
		{scoring.Context{Referrer: "https://ads.example/click?utm_term=red%20hat"}, "ads.example", "red hat"},
		{scoring.Context{Referrer: "https://google.com/", Attributes: map[string]string{"utm_term": "boots"}}, "google.com", "boots"},
		{scoring.Context{Referrer: "::not an address"}, "::not an address", ""},
	} {
		if host, words := c.context.ReferrerHost(), c.context.ArrivedBy(); host != c.host || words != c.words {
			t.Errorf("%+v: came from %q for %q, want %q and %q", c.context, host, words, c.host, c.words)
		}
	}
}
