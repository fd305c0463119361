package decide

import (
	"fmt"
	"testing"

	"github.com/vitrine-io/vitrine/scoring"
)

// BenchmarkDecide fills a page of 20 with reasons. Products and visits are
// skewed; warm visitors have looked at a few products, cold ones at none.
func BenchmarkDecide(b *testing.B) {
	for _, size := range []struct {
		name            string
		products, walks int
	}{{"1k", 1000, 20000}, {"100k", 100000, 100000}} {
		g := generate(1, size.products)
		g.learn(size.walks)
		warm := make([]*Page, 2000)
		for k := range warm {
			warm[k] = g.ask(g.events(g.walk()), 20)
			warm[k].Reasons = true
		}
		cold := g.ask(nil, 20)
		cold.Reasons = true
		filtered := make([]*Page, len(warm))
		for k := range warm {
			p := *warm[k]
			p.Slots = []Slot{{Placement: "home", Count: 20, Filters: []Filter{everyOther{}}}}
			filtered[k] = &p
		}
		for _, who := range []struct {
			name  string
			pages []*Page
		}{{"visitor=warm", warm}, {"visitor=cold", []*Page{cold}}, {"visitor=warm/filter=half", filtered}} {
			b.Run(fmt.Sprintf("products=%s/%s", size.name, who.name), func(b *testing.B) {
				b.ReportAllocs()
				k := 0
				for b.Loop() {
					g.decider.Decide(who.pages[k%len(who.pages)])
					k++
				}
			})
		}
	}
}

// BenchmarkDials fills a page of 20 under one dial at a time: off is the ranking
// alone.
func BenchmarkDials(b *testing.B) {
	g := generate(1, 100000)
	g.learn(100000)
	asks := make([]*Page, 2000)
	for k := range asks {
		asks[k] = g.ask(g.events(g.walk()), 20)
		asks[k].Reasons = true
	}
	for _, dial := range []struct {
		name  string
		rules scoring.ProductRules
	}{
		{"off", scoring.ProductRules{Diversity: scoring.DiversityOff}},
		{"low", scoring.ProductRules{Diversity: scoring.DiversityLow}},
		{"medium", scoring.ProductRules{Diversity: scoring.DiversityMedium}},
		{"high", scoring.ProductRules{Diversity: scoring.DiversityHigh}},
		{"calibrate", scoring.ProductRules{Diversity: scoring.DiversityOff, Calibrate: true}},
		{"explore", scoring.ProductRules{Diversity: scoring.DiversityOff, Explore: 2}},
	} {
		b.Run("products=100k/visitor=warm/dial="+dial.name, func(b *testing.B) {
			for _, p := range asks {
				p.Slots[0].Rules = &dial.rules
			}
			b.ReportAllocs()
			k := 0
			for b.Loop() {
				g.decider.Decide(asks[k%len(asks)])
				k++
			}
		})
	}
}

// everyOther passes half of the products.
type everyOther struct{}

func (everyOther) Passes(p *scoring.Product) bool { return p.ID[len(p.ID)-1]%2 == 0 }

func BenchmarkLearn(b *testing.B) {
	for _, size := range []struct {
		name     string
		products int
	}{{"1k", 1000}, {"100k", 100000}} {
		g := generate(1, size.products)
		g.learn(20000)
		var events []*scoring.Event
		for range 20000 {
			events = append(events, g.events(g.walk())...)
		}
		b.Run("products="+size.name, func(b *testing.B) {
			b.ReportAllocs()
			k := 0
			for b.Loop() {
				g.learned.Learn(events[k%len(events)])
				k++
			}
		})
	}
}
