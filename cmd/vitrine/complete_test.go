package main

import (
	"slices"
	"strings"
	"testing"
)

// completed is what the shell offers after the words and Tab, and cobra's directive.
func completed(t *testing.T, words ...string) (offers []string, directive string) {
	t.Helper()
	code, out, stderr := call(t, nil, append([]string{"__complete"}, words...)...)
	if code != exitOK {
		t.Fatal(stderr)
	}
	for line := range strings.Lines(out) {
		line, _, _ = strings.Cut(strings.TrimSpace(line), "\t")
		if strings.HasPrefix(line, ":") {
			return offers, line
		}
		offers = append(offers, line)
	}
	t.Fatalf("no directive in %q", out)
	return nil, ""
}

func TestCompletionOfValues(t *testing.T) {
	const files, nothing, folders = ":0", ":4", ":16"
	for _, c := range []struct {
		words     string
		offers    []string
		directive string
	}{
		{"serve --log-level", []string{"debug", "info", "warn", "error"}, nothing},
		{"serve --auth", []string{"keys", "none"}, nothing},
		{"serve --tls-cert-file", nil, files},
		{"serve --config", nil, files},
		{"serve --data-dir", nil, folders},
		{"serve --listen", nil, nothing},
		{"status --timeout", nil, nothing},
		{"sites create", nil, nothing},
		{"restore", nil, files},
		{"man visitor", []string{"consent", "erase", "export", "link", "show", "unlink"}, nothing},
		// Nobody answers there.
		{"decide --target 127.0.0.1:1 --site", nil, nothing},
	} {
		offers, directive := completed(t, append(strings.Fields(c.words), "")...)
		if !slices.Equal(offers, c.offers) || directive != c.directive {
			t.Errorf("%s: %q %s, want %q %s", c.words, offers, directive, c.offers, c.directive)
		}
	}
}

func TestCompletionAsksTheServer(t *testing.T) {
	dir := t.TempDir()
	s := serve(t, dir)
	defer s.end(t, dir)
	for _, site := range []string{"shop", "shore", "market"} {
		if code, _, stderr := call(t, nil, "sites", "create", site, "--target", s.addr); code != exitOK {
			t.Fatal(stderr)
		}
	}
	for _, c := range []struct {
		words []string
		want  []string
	}{
		{[]string{"decide", "--target", s.addr, "--timeout", "1m", "--site", "sh"}, []string{"shop", "shore"}},
		{[]string{"decide", "--target", s.addr, "--timeout", "1m", "--site", "shop", "--placement", ""}, []string{"home"}},
		{[]string{"decide", "--target", s.addr, "--timeout", "1m", "--site", "shop", "--placement", "cart,"}, []string{"cart,home"}},
		{[]string{"weights", "show", "--target", s.addr, "--timeout", "1m", "--placement", "sites/m"}, []string{"sites/market/placements/home"}},
	} {
		if got, _ := completed(t, c.words...); !slices.Equal(got, c.want) {
			t.Errorf("%v: %q, want %q", c.words, got, c.want)
		}
	}
}
