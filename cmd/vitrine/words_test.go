package main

import (
	"strings"
	"testing"
	"time"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// What stands behind a flag or a verb is refused, or is what the flag is for.
func FuzzWords(f *testing.F) {
	for _, seed := range []string{
		"", "150d", "36h", "-1d", "1e400d", "NaNd", "20y", "50%", "200%", "-0%", "NaN", "Inf%", "0x1p-2",
		"90d", "2027-01-31T12:00:00Z", "0000-01-01T00:00:00Z", "106751d23h", "60", "10m", "19.90", "0.0000000001", "1099511627776", "1.-1", ".5",
		"P105", "P105=2@19.90", "a=2147483647@1099511627775.999999999,b=2147483647@1099511627775", "=1", "@1", "a=0", "a=b@c",
	} {
		f.Add(seed)
	}
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	track := &trackFlags{currency: "EUR"}
	f.Fuzz(func(t *testing.T, text string) {
		if d, err := parseSpan(text); err == nil && (d < time.Minute || d > 20*365*24*time.Hour) {
			t.Errorf("a span of %v", d)
		}
		if share, err := parseShare(text); err == nil && !(share > 0 && share <= 2) {
			t.Errorf("a share of %v", share)
		}
		if b, err := parseBudget(text); err == nil && (b.Trials < 0 || b.Time < 0) {
			t.Errorf("a budget of %+v", b)
		}
		if at, err := parseExpiry(text, now); err == nil && text != "" && at.CheckValid() != nil {
			t.Errorf("a key that expires at %v", at)
		}
		if m, err := parseAmount(text); err == nil && !isAmount(m) {
			t.Errorf("an amount of %v", m)
		}
		events, err := track.money("order", pb.EventType_EVENT_TYPE_ORDER_COMPLETED, "o", strings.Fields(text))
		if err != nil {
			return
		}
		for _, e := range events {
			if revenue := e.GetOrder().GetRevenue(); revenue != nil && !isAmount(revenue) {
				t.Errorf("a revenue of %v", revenue)
			}
			for _, it := range e.GetItems() {
				if it.GetProductId() == "" || it.GetQuantity() < 0 || it.GetPrice() != nil && !isAmount(it.GetPrice()) {
					t.Errorf("an item %v", it)
				}
			}
		}
	})
}

func isAmount(m *pb.Money) bool {
	return m.GetUnits() >= 0 && m.GetNanos() >= 0 && m.GetNanos() < 1e9
}
