package boltstore

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
)

var (
	eraseVisitors = flag.Int("erase.visitors", 20_000, "visitors of BenchmarkErase; its events are five times, its decisions as many")
	eraseDraws    = flag.Int("erase.draws", 200, "visitors that BenchmarkErase erases a way of drawing them")
)

// BenchmarkErase erases visitors among many, whose events follow Zipf: "any" draws each
// alike, most of whom have an event or two; "active" draws them by their events, so that
// those who are here all the time are drawn the most.
func BenchmarkErase(b *testing.B) {
	ctx := context.Background()
	s := benchStore(b, Options{DecisionQueue: 1 << 20})
	rng := rand.New(rand.NewPCG(3, 4))
	zipf := rand.NewZipf(rng, 1.2, float64(*eraseVisitors)/20, uint64(*eraseVisitors-1))
	name := func(n int) scoring.VisitorID { return scoring.VisitorID(fmt.Sprintf("visitor-%08d", n)) }
	counts := make([]int, *eraseVisitors)
	var drawn []int // the visitors of some events
	const batch = 2_000
	events := make([]scoring.Event, batch)
	for n := 0; n < 5**eraseVisitors; n += batch {
		for i := range events {
			who := int(zipf.Uint64())
			if n < *eraseVisitors { // everybody has been here once
				who = n + i
			}
			if counts[who]++; rng.IntN(100) == 0 {
				drawn = append(drawn, who)
			}
			events[i] = testEvent("x", n+i)
			events[i].Visitor = name(who)
		}
		if _, err := s.Append(ctx, "shop", events); err != nil {
			b.Fatal(err)
		}
	}
	decision := fixtureDecision()
	for n := range *eraseVisitors {
		d := *decision
		d.ID, d.Visitor = scoring.DecisionID(fmt.Sprintf("%026d", n)), name(int(zipf.Uint64()))
		if !s.RecordDecision("shop", &d) {
			b.Fatal("refused")
		}
		if n%10_000 == 0 {
			flushDecisions(s)
		}
	}
	flushDecisions(s)
	if err := s.checkpointer.checkpoint(false); err != nil {
		b.Fatal(err)
	}
	for _, draw := range []struct {
		name string
		fn   func() int
	}{
		{"any", func() int { return rng.IntN(*eraseVisitors) }},
		{"active", func() int { return drawn[rng.IntN(len(drawn))] }},
	} {
		b.Run(fmt.Sprintf("visitors=%d/%s", *eraseVisitors, draw.name), func(b *testing.B) {
			var took []time.Duration
			gone, erased := map[int]bool{}, 0
			for b.Loop() {
				took, erased = took[:0], 0
				for len(took) < *eraseDraws {
					who := draw.fn()
					if gone[who] || counts[who] == 0 {
						continue
					}
					gone[who] = true
					start := time.Now()
					got, err := s.EraseVisitor(ctx, "shop", erasureOf(name(who)))
					took = append(took, time.Since(start))
					if err != nil || got.Events != counts[who] {
						b.Fatalf("%+v, %v; want %d events", got, err, counts[who])
					}
					erased += got.Events
					counts[who] = 0
				}
			}
			slices.Sort(took)
			ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(ms(took[len(took)/2]), "p50-ms")
			b.ReportMetric(ms(took[len(took)*99/100]), "p99-ms")
			b.ReportMetric(ms(took[len(took)-1]), "max-ms")
			b.ReportMetric(float64(erased)/float64(len(took)), "events/visitor")
		})
	}
}
