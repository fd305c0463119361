package decide

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/scoring/model"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The ranking of a small made-up shop, with one aggregate over 500 visits, in the
// order of the scores alone. After a change, run with -update and review the diff.
func TestGoldenRanking(t *testing.T) {
	g := generate(1, 1000)
	g.learn(4000)
	var got bytes.Buffer
	hits, reciprocal, asked := 0, 0.0, 0
	for n := range 500 {
		walk := g.walk()
		if len(walk) < 2 {
			continue
		}
		last := len(walk) - 1
		p := g.ask(g.events(walk[:last]), 20)
		p.Reasons = true
		p.Slots[0].Rules = &scoring.ProductRules{Diversity: scoring.DiversityOff}
		f := g.decider.Decide(p)[0]
		asked++
		if at := slices.Index(ids(f), walk[last]); at >= 0 {
			hits++
			reciprocal += 1 / float64(at+1)
		}
		if n < 40 && n%4 == 0 {
			fmt.Fprintf(&got, "%v -> %s\n", walk[:last], walk[last])
			for _, it := range f.Items[:5] {
				fmt.Fprintf(&got, "  %s %.3f", it.Product, it.Score)
				for _, r := range it.Reasons {
					fmt.Fprintf(&got, " %d:%.2f:%s", r.Kind, r.Share, r.Product)
					if name, ok := g.products.Facet(r.Facet); ok {
						fmt.Fprintf(&got, "%s", name.Value)
					}
				}
				fmt.Fprintln(&got)
			}
		}
	}
	fmt.Fprintf(&got, "hr@20 %.3f mrr@20 %.3f of %d\n", float64(hits)/float64(asked), reciprocal/float64(asked), asked)

	file := filepath.Join("testdata", "rank.golden")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("the ranking has changed; go test ./scoring/decide -run Golden -update writes it anew.\n%s", got.Bytes())
	}
}

// requests are pages of visitors of all kinds.
func (g *generated) requests(n int) []*Page {
	pages := make([]*Page, n)
	for k := range pages {
		pages[k] = g.ask(g.events(g.walk()), 10)
		pages[k].Reasons, pages[k].Rejected = true, k%2 == 0
		switch k % 5 {
		case 1:
			pages[k].Visitor = knowing(nil)
		case 2:
			pages[k].Now = pages[k].Now.Add(time.Duration(k) * time.Hour)
		case 3:
			pages[k].Context = &scoring.Context{PageType: scoring.PageProduct, Product: g.id(k)}
		case 4:
			pages[k].Context = &scoring.Context{PageType: scoring.PageSearch, SearchQuery: fmt.Sprint("things of aisle ", k%20)}
			pages[k].Slots = append(pages[k].Slots, Slot{Placement: "more", Count: 8})
		}
	}
	return pages
}

// A restart from a snapshot and the rest of the journal, with products loaded in
// another order and other numbers, decides as if it had never been.
func TestDecisionsSurviveARestart(t *testing.T) {
	g := generate(2, 600)
	var journal []*scoring.Event
	for range 2000 {
		journal = append(journal, g.events(g.walk())...)
	}
	cut := len(journal) / 2
	for _, e := range journal[:cut] {
		g.learned.Learn(e)
	}
	var snapshot bytes.Buffer
	if err := g.learned.Save(&snapshot); err != nil {
		t.Fatal(err)
	}

	products := catalog.New()
	for i := g.n - 1; i >= 0; i-- {
		k, _ := g.products.Lookup(g.id(i))
		products.Put(g.products.Product(k))
	}
	learned := model.New(products)
	if err := learned.Load(&snapshot); err != nil {
		t.Fatal(err)
	}
	restarted := New(products, learned)
	for _, e := range journal[cut:] {
		g.learned.Learn(e)
		learned.Learn(e)
	}
	for k, p := range g.requests(500) {
		want, got := g.decider.Decide(p), restarted.Decide(p)
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("request %d: %+v, want %+v", k, got, want)
		}
	}
}

// Decisions run beside learning and changes of the catalogue, and what is decided
// once all is quiet does not depend on it.
func TestDecideBesideLearning(t *testing.T) {
	g := generate(4, 400)
	g.learn(300)
	pages := g.requests(60)
	walks := make([][]*scoring.Event, 200)
	for k := range walks {
		walks[k] = g.events(g.walk())
	}
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for k := 0; ; k++ {
				select {
				case <-done:
					return
				default:
					g.decider.Decide(pages[k%len(pages)])
				}
			}
		})
	}
	readers.Go(func() {
		for k := range 200 {
			i, _ := g.products.Lookup(g.id(k))
			p := *g.products.Product(i)
			g.products.Delete(p.ID)
			p.Brand = "Fjord"
			g.products.Put(&p)
		}
	})
	for _, walk := range walks {
		for _, e := range walk {
			g.learned.Learn(e)
		}
	}
	close(done)
	readers.Wait()
	for k, p := range pages {
		if got, want := g.decider.Decide(p), g.decider.Decide(p); !reflect.DeepEqual(got, want) {
			t.Fatalf("request %d decided twice: %+v and %+v", k, got, want)
		}
	}
}
