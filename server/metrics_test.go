package server_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// What is measured names the shop's own things, and nobody: no visitor, product or
// search, whatever they do.
func TestMetricsNameNobody(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	s.sell("shop", smallRange()...)
	for _, visitor := range []string{"anna-secret", "bert-secret"} {
		s.track("shop", viewed(visitor, "shoe-1", "tent-2"))
		e := event(visitor, pb.EventType_EVENT_TYPE_PRODUCTS_SEARCHED)
		e.SearchQuery = "secret words"
		s.track("shop", e)
		s.home("shop", visitor, 5)
		s.home("shop", visitor, 5, func(r *pb.DecideRequest) {
			r.Context = &pb.PageContext{SearchQuery: "secret words"}
		})
	}
	families, err := s.registry.Gather()
	must(t, err)
	named := regexp.MustCompile(`^[a-z_.]*$`)
	allowed := map[string]func(value string) bool{
		"site":      func(v string) bool { return v == "shop" || v == "" },
		"placement": func(v string) bool { return v == "home" },
		"file":      func(v string) bool { return v == "journal.db" || v == "state.db" || v == "snapshots" },
		"status":    named.MatchString, "mode": named.MatchString, "kind": named.MatchString,
		"outcome": named.MatchString, "reason": named.MatchString, "from": named.MatchString,
	}
	seen := map[string]bool{}
	for _, family := range families {
		seen[family.GetName()] = true
		for _, m := range family.GetMetric() {
			for _, l := range m.GetLabel() {
				if ok := allowed[l.GetName()]; ok == nil || !ok(l.GetValue()) {
					t.Errorf("%s has the label %s=%q: say here that its values are few and name nobody", family.GetName(), l.GetName(), l.GetValue())
				}
			}
		}
		if text := family.String(); strings.Contains(text, "secret") || strings.Contains(text, "shoe-") {
			t.Errorf("%s names what visitors did", family.GetName())
		}
	}
	for _, name := range []string{"vitrine_learner_lag_seconds", "vitrine_learner_lag_events", "vitrine_decisions_total", "vitrine_commit_duration_seconds"} {
		if !seen[name] {
			t.Errorf("there is no %s", name)
		}
	}
}

// gauge reads a metric that there is one of.
func gauge(t testing.TB, from prometheus.Gatherer, name string) float64 {
	t.Helper()
	families, err := from.Gather()
	must(t, err)
	for _, f := range families {
		if f.GetName() == name {
			return f.GetMetric()[0].GetGauge().GetValue()
		}
	}
	t.Fatalf("no metric %s", name)
	return 0
}
