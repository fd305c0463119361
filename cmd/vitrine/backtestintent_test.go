package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/cmd/vitrine/intentlog"
)

// regularsAndPassers is a year of orders: of 100 regulars, who buy every three weeks, and
// of 400 who buy once.
func regularsAndPassers() string {
	rng := rand.New(rand.NewPCG(1, 1))
	start := time.Date(2025, 1, 1, 9, 0, 0, 0, time.UTC)
	var b strings.Builder
	order := func(who string, day float64) {
		at := start.Add(time.Duration(day * 24 * float64(time.Hour)))
		fmt.Fprintf(&b, `{"id":"%s-%.0f","type":"ORDER_COMPLETED","visitor":{"deviceId":"%s"},"time":"%s","order":{"id":"%s-%.0f"},"items":[{"productId":"p%d"}]}`+"\n",
			who, day, who, at.Format(time.RFC3339), who, day, rng.IntN(50))
	}
	for i := range 100 {
		for day := rng.Float64() * 21; day < 360; day += 18 + 6*rng.Float64() {
			order(fmt.Sprint("regular", i), day)
		}
	}
	for i := range 400 {
		order(fmt.Sprint("passer", i), 360*rng.Float64())
	}
	return b.String()
}

func TestBacktestIntentTellsWhoBuys(t *testing.T) {
	file := text(t, "orders.jsonl", regularsAndPassers())
	out, errs, err := runCommand(t, "", newBacktestCommand, "intent", file, "--json")
	if err != nil {
		t.Fatalf("%v\n%s", err, errs)
	}
	var r intentlog.Result
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	// A quarter of 360 days, without the 30 that tell the outcomes.
	if r.Visitors != 500 || len(r.Judged) != 2 || r.To.Sub(r.From) < 58*24*time.Hour || r.To.Sub(r.From) > 61*24*time.Hour {
		t.Fatalf("%d visitors, judged %d times from %v to %v", r.Visitors, len(r.Judged), r.From, r.To)
	}
	for _, j := range r.Judged {
		if len(j.By) != 3 || j.By[0].Name != "vitrine" || j.By[1].Name != "recency alone" || j.By[2].Name != "frequency alone" {
			t.Fatalf("%s: %+v", j.When, j.By)
		}
		// Who has bought several times is a regular and buys again: nothing is easier.
		ours := j.By[0]
		if ours.AUC.Value < 0.97 || ours.Brier.Value > 0.05 || ours.Error.Value > 0.05 || len(ours.Bins) != 10 {
			t.Errorf("%s: %+v", j.When, ours)
		}
		if !(ours.AUC.Low <= ours.AUC.Value && ours.AUC.Value <= ours.AUC.High) {
			t.Errorf("%s: AUC %+v", j.When, ours.AUC)
		}
	}
	again, _, _ := runCommand(t, "", newBacktestCommand, "intent", file, "--json")
	if again != out {
		t.Error("the same file and seed gave other figures")
	}
	out, _, err = runCommand(t, regularsAndPassers(), newBacktestCommand, "intent", "-", "--validation")
	if err != nil || !strings.Contains(out, "frequency alone") || !strings.Contains(out, "judged from 2025-0") {
		t.Errorf("%v\n%s", err, out)
	}
	for args, want := range map[string]string{"--part 2": "above 0, below 1", "--part 0.02": "longer than the 30 days"} {
		if _, _, err := runCommand(t, "", newBacktestCommand, append([]string{"intent", file}, strings.Fields(args)...)...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", args, err)
		}
	}
}
