package decide

import (
	"fmt"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/model"
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

// BenchmarkDecideStep is what the parts of scoring take of a page of 20 for a visitor who
// has looked at some of 100,000 products, each by the clock: read is who they are and what
// they did, policy all from the ranking to the page, reasons included where they are asked
// for.
func BenchmarkDecideStep(b *testing.B) {
	g := generate(1, 100000)
	g.learn(100000)
	for _, reasons := range []bool{false, true} {
		w := watch{took: make(map[string]time.Duration)}
		asks := make([]*Page, 2000)
		for k := range asks {
			asks[k] = g.ask(g.events(g.walk()), 20)
			asks[k].Reasons, asks[k].Step = reasons, w.next
		}
		b.Run(fmt.Sprintf("products=100k/visitor=warm/reasons=%t", reasons), func(b *testing.B) {
			b.ReportAllocs()
			clear(w.took)
			for k := 0; b.Loop(); k++ {
				w.next("read")
				g.decider.Decide(asks[k%len(asks)])
				w.next("")
			}
			for _, name := range []string{"read", "candidates", "score", "policy"} {
				b.ReportMetric(float64(w.took[name].Nanoseconds())/float64(b.N), name+"-ns/op")
			}
		})
	}
}

// watch adds up how long steps take.
type watch struct {
	name  string
	since time.Time
	took  map[string]time.Duration
}

func (w *watch) next(name string) {
	now := time.Now()
	w.took[w.name] += now.Sub(w.since)
	w.name, w.since = name, now
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

// BenchmarkLearn folds in events, with the lessons that the blend has from them and
// without.
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
		for _, student := range []struct {
			lessons bool
			model.Student
		}{{true, g.decider}, {false, nobody{}}} {
			g.learned.Teach(student.Student)
			b.Run(fmt.Sprintf("products=%s/lessons=%t", size.name, student.lessons), func(b *testing.B) {
				b.ReportAllocs()
				k := 0
				for b.Loop() {
					g.learned.Learn(events[k%len(events)])
					k++
				}
			})
		}
	}
}

// nobody learns no weights.
type nobody struct{}

func (nobody) Study(*model.Step) {}
