//go:build unix

package decide

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/model"
	"github.com/vitrine-io/vitrine/scoring/visitor"
)

// BenchmarkSize is a decision and an event at the size of Diginetica's log, with
// products that have facets and with bare ids, as that log has them.
func BenchmarkSize(b *testing.B) {
	const products, sessions = 43_097, 187_000
	for _, facets := range []bool{false, true} {
		g := newStreet(products, sessions, facets)
		g.learn(sessions)
		g.measure(b, fmt.Sprintf("products=43k/sessions=187k/facets=%t", facets))
	}
}

// BenchmarkMillion is the same for a million products and ten million sessions.
// Learning them takes a quarter of an hour, so it must be asked for by name.
func BenchmarkMillion(b *testing.B) {
	if !strings.Contains(flag.Lookup("test.bench").Value.String(), "Million") {
		b.Skip("learns 49 million events first; run with -bench Million -timeout 2h")
	}
	const products, sessions = 1_000_000, 10_000_000
	g := newStreet(products, sessions, true)
	// The blend has its lessons from the last ones: it would learn nothing else from
	// the first ten million.
	g.learned.Teach(nobody{})
	g.learn(sessions - 200_000)
	g.learned.Teach(g.decider)
	g.learn(200_000)
	g.measure(b, "products=1m/sessions=10m/facets=true")
}

// street is a made-up shopping street with the measures of Diginetica's log: views
// of a product fall with the root of its rank, sessions are 2 long or more and 4.9
// on average, one view in six goes back to a product of the session, and the others
// stay for the most part in one shop window of 40.
type street struct {
	*shop
	rng    *rand.Rand
	ids    []scoring.ProductID
	facets [][]scoring.FacetID
	pace   time.Duration // between sessions, so that all take 150 days
	at     time.Time
	seen   int
}

func newStreet(products, sessions int, facets bool) *street {
	g := &street{
		shop: newShop(), rng: rand.New(rand.NewPCG(7, 7)), at: noon,
		pace: 150 * 24 * time.Hour / time.Duration(sessions),
	}
	for i := range products {
		p := &scoring.Product{ID: scoring.ProductID(fmt.Sprintf("p%07d", i))}
		if facets {
			w := i % (products / window)
			p.Categories = []string{fmt.Sprintf("h%d/w%d", w%40, w)}
			p.Brand = fmt.Sprintf("brand %d", i*7919%500)
			p.Tags = []string{fmt.Sprintf("tag %d", i%90)}
		}
		g.products.Put(p)
		g.ids = append(g.ids, p.ID)
		g.facets = append(g.facets, p.FacetIDs())
	}
	return g
}

// window is how many products are looked at together.
const window = 40

// anywhere is a product, popular ones more often: the first r of n have the root of
// r/n of all views.
func (g *street) anywhere() int {
	u := g.rng.Float64()
	return min(int(u*u*float64(len(g.ids))), len(g.ids)-1)
}

// beside is another product of the same window, its popular ones more often. Each
// window has one of every rank's neighbourhood.
func (g *street) beside(i int) int {
	windows := len(g.ids) / window
	u := g.rng.Float64()
	return min(i%windows+windows*int(u*u*window), len(g.ids)-1)
}

// walk is one session's products.
func (g *street) walk() []int {
	// 2, and one more with a chance of 0.74 each time: 4.9 on average.
	n := 2 + int(g.rng.ExpFloat64()/-math.Log(0.74))
	at := g.anywhere()
	walk := []int{at}
	for len(walk) < n {
		switch x := g.rng.Float64(); {
		case x < 0.16:
			walk = append(walk, walk[g.rng.IntN(len(walk))])
			continue
		case x < 0.85:
			at = g.beside(at)
		default:
			at = g.anywhere()
		}
		walk = append(walk, at)
	}
	return walk
}

// session is a new visitor's views, half a minute apart.
func (g *street) session() []*scoring.Event {
	g.seen++
	g.at = g.at.Add(g.pace)
	walk := g.walk()
	events := make([]*scoring.Event, len(walk))
	for k, i := range walk {
		events[k] = &scoring.Event{
			Type: scoring.ProductViewed, Visitor: scoring.VisitorID(fmt.Sprint("v", g.seen)),
			Time:  g.at.Add(time.Duration(k) * 30 * time.Second),
			Items: []scoring.EventItem{{Product: g.ids[i], Quantity: 1, Facets: g.facets[i]}},
		}
	}
	return events
}

func (g *street) learn(sessions int) {
	for range sessions {
		for _, e := range g.session() {
			g.learned.Learn(e)
		}
	}
}

// measure times decisions and events of visitors never seen before.
func (g *street) measure(b *testing.B, size string) {
	timeDecisions(b, size, g.decider, g.visits(20_000))
	b.Run(size+"/learn", func(b *testing.B) {
		var events []*scoring.Event
		for len(events) < b.N {
			events = append(events, g.session()...)
		}
		timeEvents(b, g.learned, events[:b.N])
	})
}

// visits are pages of 20 behind every step of sessions, so many that they fill the
// caches over and over.
func (g *street) visits(n int) []*Page {
	pages := make([]*Page, 0, n)
	for len(pages) < n {
		pages = append(pages, visit(g.session())...)
	}
	return pages
}

// visit is a page of 20 behind every step of a session.
func visit(session []*scoring.Event) (pages []*Page) {
	var p *visitor.Profile
	for _, e := range session {
		p = visitor.Apply(p, e)
		pages = append(pages, &Page{
			Now: e.Time.Add(time.Second), Visitor: knowing(p), Folded: true, Context: &scoring.Context{},
			Slots: []Slot{{Placement: "home", Count: 20}},
		})
	}
	return pages
}

// timeDecisions reports what a decision takes, with and without reasons: by the wall
// clock, and of all cores, which tells more where they are shared. Where the pages are
// gone through several times, what the fastest of its turns took tells of each page
// what a core takes that nobody else wants.
func timeDecisions(b *testing.B, size string, d *Decider, pages []*Page) {
	for _, reasons := range []bool{false, true} {
		for _, p := range pages {
			p.Reasons = reasons
		}
		b.Run(fmt.Sprintf("%s/decide/reasons=%t", size, reasons), func(b *testing.B) {
			b.ReportAllocs()
			took := make([]time.Duration, 0, 1<<16)
			used := cpu(b)
			for b.Loop() {
				p := pages[len(took)%len(pages)]
				began := time.Now()
				d.Decide(p)
				took = append(took, time.Since(began))
			}
			used = cpu(b) - used
			if len(took) >= 2*len(pages) {
				fastest := slices.Clone(took[:len(pages)])
				for k, t := range took {
					fastest[k%len(pages)] = min(fastest[k%len(pages)], t)
				}
				median, mean := middle(fastest)
				b.ReportMetric(median, "fastest-median-us")
				b.ReportMetric(mean, "fastest-mean-us")
			}
			median, mean := middle(took)
			b.ReportMetric(median, "median-us")
			b.ReportMetric(mean, "mean-us")
			b.ReportMetric(us(took[len(took)*99/100]), "p99-us")
			b.ReportMetric(us(used)/float64(len(took)), "cpu-us")
		})
	}
}

// middle sorts times and returns their median and their mean, in us.
func middle(took []time.Duration) (median, mean float64) {
	slices.Sort(took)
	var sum time.Duration
	for _, t := range took {
		sum += t
	}
	return us(took[len(took)/2]), us(sum) / float64(len(took))
}

// timeEvents reports what an event takes of all cores, lessons for the blend and
// memory management included.
func timeEvents(b *testing.B, m *model.Model, events []*scoring.Event) {
	b.ReportAllocs()
	b.ResetTimer()
	began := cpu(b)
	for _, e := range events {
		m.Learn(e)
	}
	b.ReportMetric(us(cpu(b)-began)/float64(len(events)), "cpu-us")
}

func us(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

// cpu is what this process has used of all cores.
func cpu(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
