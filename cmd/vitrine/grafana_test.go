package main

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/vitrine-io/vitrine/server/config"
)

// notMetrics are the parts of an expression that name labels.
var notMetrics = regexp.MustCompile(`\{[^}]*\}|by \([^)]*\)`)

// metricName is the name of one of ours, or of the libraries'.
var metricName = regexp.MustCompile(`\b(?:vitrine|grpc|go|process)_[a-z_]+`)

// served are the names of the metrics that a new server with a site tells of.
func served(t *testing.T) map[string]bool {
	t.Helper()
	cfg := config.Default()
	cfg.DataDir, cfg.Listen, cfg.OpsListen = t.TempDir(), "127.0.0.1:0", "127.0.0.1:0"
	n, err := startNode(context.Background(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	}()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+n.OpsAddr()+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	response, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^# TYPE (\S+) `).FindAllStringSubmatch(string(text), -1) {
		names[m[1]] = true
	}
	return names
}

// Those that begin with a site's first call are not told of by a server without sites.
func isOfASite(name string) bool {
	switch name {
	case "vitrine_events_total", "vitrine_decisions_total", "vitrine_decisions_unrecorded_total", "vitrine_events_unlearned_total",
		"vitrine_learner_lag_seconds", "vitrine_learner_lag_events", "vitrine_beacons_total", "vitrine_creatives_refused_total":
		return true
	}
	return false
}

func checkExpression(t *testing.T, names map[string]bool, where, expr string) {
	t.Helper()
	found := metricName.FindAllString(notMetrics.ReplaceAllString(expr, ""), -1)
	if len(found) == 0 && !strings.HasPrefix(expr, "up{") {
		t.Errorf("%s: no metric in %s", where, expr)
	}
	for _, name := range found {
		name = strings.TrimSuffix(name, "_bucket")
		if !names[name] && !isOfASite(name) {
			t.Errorf("%s: the server has no metric %s", where, name)
		}
	}
	for _, pair := range []string{"()", "{}", "[]"} {
		if strings.Count(expr, pair[:1]) != strings.Count(expr, pair[1:]) {
			t.Errorf("%s: %s does not match in %s", where, pair, expr)
		}
	}
}

func TestDashboardAndAlertsNameMetricsThatAreThere(t *testing.T) {
	names := served(t)
	read := func(file string) []byte {
		text, err := os.ReadFile("../../docs/grafana/" + file)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	var dashboard struct {
		Panels []struct {
			ID      int
			Type    string
			Title   string
			GridPos struct{ X, Y, W, H int }
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(read("vitrine.json"), &dashboard); err != nil {
		t.Fatal(err)
	}
	ids, taken := map[int]bool{}, map[[2]int]string{}
	for _, p := range dashboard.Panels {
		if ids[p.ID] {
			t.Errorf("two panels have the id %d", p.ID)
		}
		ids[p.ID] = true
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				if other := taken[[2]int{x, y}]; other != "" || x >= 24 {
					t.Fatalf("%q lies upon %q, or beyond the edge", p.Title, other)
				}
				taken[[2]int{x, y}] = p.Title
			}
		}
		if p.Type != "row" && len(p.Targets) == 0 {
			t.Errorf("%s shows nothing", p.Title)
		}
		for _, target := range p.Targets {
			checkExpression(t, names, p.Title, target.Expr)
		}
	}
	if len(dashboard.Panels) < 20 {
		t.Errorf("%d panels, want all of them", len(dashboard.Panels))
	}

	var alerts struct {
		Groups []struct {
			Rules []struct {
				Alert, Expr, For    string
				Labels, Annotations map[string]string
			}
		}
	}
	if err := yaml.Unmarshal(read("alerts.yaml"), &alerts); err != nil {
		t.Fatal(err)
	}
	manual, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, group := range alerts.Groups {
		for _, rule := range group.Rules {
			n++
			checkExpression(t, names, rule.Alert, rule.Expr)
			if rule.Annotations["summary"] == "" || rule.Labels["severity"] == "" {
				t.Errorf("%s has no summary or no severity", rule.Alert)
			}
			if !strings.Contains(string(manual), "`"+rule.Alert+"`") {
				t.Errorf("docs/operations.md does not say what to do about %s", rule.Alert)
			}
		}
	}
	if n == 0 {
		t.Error("there are no alerts")
	}
}
