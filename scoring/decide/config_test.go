package decide

import (
	"fmt"
	"math"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/vitrine-io/vitrine/scoring"
)

// compiled is a configuration without faults.
func compiled(t *testing.T, r *scoring.Ranking) *Config {
	t.Helper()
	c, faults := Compile(r)
	if len(faults) > 0 {
		t.Fatalf("%+v: %v", r, faults)
	}
	return c
}

// under is the page with all its slots under a configuration.
func (p *Page) under(c *Config) *Page {
	other := *p
	other.Slots = slices.Clone(p.Slots)
	for k := range other.Slots {
		other.Slots[k].Config = c
	}
	return &other
}

func TestDefaultsAreWhatIsShipped(t *testing.T) {
	g := generate(21, 500)
	g.learn(800)
	all := map[string]float64{}
	for _, p := range Parameters() {
		all[p.Name] = p.Default
	}
	c := compiled(t, &scoring.Ranking{Parameters: all})
	for k, p := range g.requests(100) {
		if got, want := g.decider.Decide(p.under(c)), g.decider.Decide(p); !reflect.DeepEqual(got, want) {
			t.Fatalf("request %d: %+v, want %+v", k, got, want)
		}
	}
}

func TestParametersAtTheirEnds(t *testing.T) {
	g := generate(22, 500)
	g.learn(800)
	pages := g.requests(20)
	for _, p := range Parameters() {
		if p.Name == "" || p.About == "" || !(p.Min <= p.Default && p.Default <= p.Max) {
			t.Errorf("%+v: needs a name, a sentence and a default in its range", p)
		}
		moved := false
		for _, v := range []float64{p.Min, p.Max} {
			c := compiled(t, &scoring.Ranking{Parameters: map[string]float64{p.Name: v}})
			moved = moved || !c.same(g.decider.shipped)
			for k, page := range pages {
				for _, f := range g.decider.Decide(page.under(c)) {
					if f.NoFill != 0 {
						t.Fatalf("%s %v, request %d: no fill: %v", p.Name, v, k, f.NoFill)
					}
				}
			}
		}
		if !moved {
			t.Errorf("%s changes nothing", p.Name)
		}
	}
}

// What a configuration says of popularity alone, it gets, in the first hour of a
// shop as later.
func TestSetWeightsStand(t *testing.T) {
	for _, walks := range []int{50, 1000} {
		g := generate(23, 300)
		g.learn(walks)
		weights := map[string][]float32{}
		for _, name := range FeatureNames() {
			weights[name] = []float32{0}
		}
		weights["popular now"] = []float32{50}
		c := compiled(t, &scoring.Ranking{Fixed: true, Weights: weights})
		for _, p := range g.requests(20) {
			if p.Context != nil || p.Visitor.Profile() == nil {
				continue
			}
			p = p.under(c)
			p.Slots = p.Slots[:1]
			p.Slots[0].Rules = &scoring.ProductRules{RepeatPolicy: scoring.RepeatExclude, Diversity: scoring.DiversityOff}
			last := math.Inf(1)
			for _, it := range g.decider.Decide(p)[0].Items {
				i, _ := g.products.Lookup(it.Product)
				now := g.learned.Popularity(i, p.Now).Fast
				if now > last+1e-3 {
					t.Fatalf("after %d visits: %s with a popularity of %v behind one of %v", walks, it.Product, now, last)
				}
				last = now
			}
		}
	}
}

func TestFixedWeightsDoNotMove(t *testing.T) {
	g := generate(24, 300)
	g.learn(1500)
	fixed := compiled(t, &scoring.Ranking{Fixed: true})
	pages := g.requests(40)
	var before, learning [][]scoring.FilledPlacement
	for _, p := range pages {
		before = append(before, g.decider.Decide(p.under(fixed)))
		learning = append(learning, g.decider.Decide(p))
	}
	if reflect.DeepEqual(before, learning) {
		t.Error("fixed weights rank as those that learn")
	}
	g.learned.Blend().Reset()
	for k, p := range pages {
		if got := g.decider.Decide(p); !reflect.DeepEqual(got, before[k]) {
			t.Fatalf("request %d: without anything learned %+v, fixed %+v", k, got, before[k])
		}
	}
}

// Each placement of a page ranks as it would alone, by its own weights, and none
// shows what another does.
func TestPlacementsOfAPageKeepTheirConfigurations(t *testing.T) {
	g := generate(25, 500)
	g.learn(800)
	popular := compiled(t, &scoring.Ranking{Weights: map[string][]float32{"popular": {40}}})
	again := compiled(t, &scoring.Ranking{Weights: map[string][]float32{"popular": {40}}})
	narrow := compiled(t, &scoring.Ranking{Parameters: map[string]float64{"candidates": 20, "sessions": 10}})
	for _, p := range g.requests(30) {
		p.Slots = []Slot{
			{Placement: "a", Count: 6}, {Placement: "b", Count: 6, Config: popular},
			{Placement: "c", Count: 6, Config: narrow}, {Placement: "d", Count: 6, Config: again}, {Placement: "e", Count: 6},
		}
		got := g.decider.Decide(p)
		var shown []scoring.ProductID
		for k := range p.Slots {
			alone := *p
			alone.Slots = []Slot{p.Slots[k], p.Slots[k]} // as many items on the page
			alone.Slots[0].Exclude, alone.Slots[1].Count = shown, 24
			list := ids(got[k])
			if want := ids(g.decider.Decide(&alone)[0]); !slices.Equal(list, want) {
				t.Fatalf("placement %s shows %v, alone %v", p.Slots[k].Placement, list, want)
			}
			for _, id := range list {
				if slices.Contains(shown, id) {
					t.Fatalf("%s stands on the page twice", id)
				}
			}
			shown = append(shown, list...)
		}
	}
	if !popular.same(again) || popular.same(narrow) {
		t.Error("two placements with the same weights are ranked apart, or two with others together")
	}
}

func TestFaultsOfARanking(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name string
		in   scoring.Ranking
		want Fault // Text: what it contains
	}{
		{"no such feature", scoring.Ranking{Weights: map[string][]float32{"neer": {1}}}, Fault{Feature: "neer", Text: "perhaps near;"}},
		{"nothing like it", scoring.Ranking{Weights: map[string][]float32{"zzzzzzzzzzzz": {1}}}, Fault{Feature: "zzzzzzzzzzzz", Text: "one of near, "}},
		{"two weights", scoring.Ranking{Weights: map[string][]float32{"near": {1, 2}}}, Fault{Feature: "near", Text: "has 2 weights, must have 1 for all situations or one for each of the 10"}},
		{"a weight that is no number", scoring.Ranking{Weights: map[string][]float32{"near": {float32(nan)}}}, Fault{Feature: "near", Text: "must be from -100 to 100"}},
		{"a weight too large", scoring.Ranking{Weights: map[string][]float32{"near": {101}}}, Fault{Feature: "near", Text: "has a weight of 101"}},
		{"no such parameter", scoring.Ranking{Parameters: map[string]float64{"candidate": 60}}, Fault{Parameter: "candidate", Text: "perhaps candidates;"}},
		{"too much", scoring.Ranking{Parameters: map[string]float64{"candidates": 500}}, Fault{Parameter: "candidates", Text: "is 500, must be from 20 to 200"}},
		{"half a candidate", scoring.Ranking{Parameters: map[string]float64{"candidates": 20.5}}, Fault{Parameter: "candidates", Text: "must be a whole number"}},
		{"no number", scoring.Ranking{Parameters: map[string]float64{"seed_fade": nan}}, Fault{Parameter: "seed_fade", Text: "must be from"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, faults := Compile(&c.in)
			if len(faults) != 1 || faults[0].Feature != c.want.Feature || faults[0].Parameter != c.want.Parameter || !strings.Contains(faults[0].Text, c.want.Text) {
				t.Fatalf("%+v, want %+v", faults, c.want)
			}
			if shipped, _ := Compile(nil); !got.same(shipped) {
				t.Error("what is wrong is used all the same")
			}
		})
	}
}

// docs/ranking.md lists the parameters as they are.
func TestParametersAreDocumented(t *testing.T) {
	doc, err := os.ReadFile("../../docs/ranking.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range Parameters() {
		row := fmt.Sprintf("| `%s` | %v | %v to %v | %s |", p.Name, p.Default, p.Min, p.Max, p.About)
		if !strings.Contains(string(doc), row) {
			t.Errorf("docs/ranking.md lacks %s", row)
		}
	}
}

// score is an observed candidate's, as the comment of Observation has it.
func (o *Observation) score(c int, weights [][]float32) float64 {
	var sum float64
	for f, moved := range o.Moved {
		old := weights[f][noVisit]
		sum += float64(o.Values[c*len(o.Moved)+f]) * float64(old+o.Fresh*(weights[f][o.Situation]-old)+moved)
	}
	return sum
}

// An observation has all that a ranking is made of: scoring its candidates by the
// shipped weights puts them in the order that Decide shows.
func TestObservationsScoreAsDecisions(t *testing.T) {
	g := generate(26, 400)
	g.learn(600)
	var o Observation
	seen := 0
	for _, p := range g.requests(100) {
		if p.Visitor.Profile() == nil {
			continue
		}
		p.Slots = p.Slots[:1]
		p.Slots[0].Rules = &scoring.ProductRules{Diversity: scoring.DiversityOff}
		shown := ids(g.decider.Decide(p)[0])
		for place, id := range shown[:5] {
			if !g.decider.Observe(p, id, &o) {
				continue // popular, behind all that was ranked
			}
			seen++
			weights := g.decider.Shipped(p.Now)
			better, own := 0, o.score(o.Target, weights)
			for c := range len(o.Values) / len(o.Moved) {
				if o.score(c, weights) > own+1e-4 {
					better++
				}
			}
			// The page's own product and those of the visit, which are bounded in a
			// young shop, stand elsewhere.
			if better > place+len(p.Visitor.Profile().Touches)+1 {
				t.Fatalf("%s: %d candidates score better, it is shown in place %d", id, better, place+1)
			}
		}
	}
	if seen < 200 {
		t.Errorf("%d products observed", seen)
	}
}

// What the first stage is shipped with is what it goes by: each prior has a
// parameter, and each parameter its default.
func TestEveryPriorIsAParameter(t *testing.T) {
	c, faults := Compile(nil)
	if len(faults) > 0 || c.prior != prior {
		t.Errorf("priors %v, want %v (%v)", c.prior, prior, faults)
	}
}
