package decide

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/scoring/model"
)

// cross is a shop where every category has products of every brand, and whose
// visitors stay with one of both.
type cross struct {
	*shop
	rng  *rand.Rand
	seen int
}

const crossed = 12 // categories, and brands

func newCross() *cross {
	c := &cross{shop: newShop(), rng: rand.New(rand.NewPCG(3, 4))}
	for n := range 3 * crossed * crossed {
		c.products.Put(product(c.id(n), fmt.Sprint("category ", n%crossed), fmt.Sprint("brand ", n/crossed%crossed)))
	}
	return c
}

func (c *cross) id(n int) scoring.ProductID { return scoring.ProductID(fmt.Sprintf("p%03d", n)) }

// next is another product of the same brand, or of the same category.
func (c *cross) next(n int, byBrand bool) int {
	for {
		m := c.rng.IntN(3 * crossed * crossed)
		if m != n && (byBrand && m/crossed%crossed == n/crossed%crossed || !byBrand && m%crossed == n%crossed) {
			return m
		}
	}
}

// learn lets that many visitors look at four products.
func (c *cross) learn(visits int, byBrand bool) {
	for range visits {
		c.seen++
		n := c.rng.IntN(3 * crossed * crossed)
		for k := range 4 {
			c.learned.Learn(c.event(scoring.ProductViewed, scoring.VisitorID(fmt.Sprint("v", c.seen)), float64(40*c.seen+k), c.id(n)))
			n = c.next(n, byBrand)
		}
	}
}

// Interest goes by what this shop's visitors go by: the weights of the kinds of
// facets are learned, and so are the affinities of the facets.
func TestInterestIsLearned(t *testing.T) {
	for _, test := range []struct {
		byBrand  bool
		by, than string
	}{
		{true, "interest in brands", "interest in categories"},
		{false, "interest in categories", "interest in brands"},
	} {
		c := newCross()
		c.learn(3000, test.byBrand)
		list, _ := c.decider.Weights(nil, scoring.PageUnspecified, scoring.ObjectiveClick, noon)
		weights := map[string]float32{}
		for _, w := range list {
			weights[w.Feature] = w.InEffect[0]
		}
		if weights[test.by] < weights[test.than]+0.5 {
			t.Errorf("visitors go by brand: %v; interest in brands weighs %v, in categories %v",
				test.byBrand, weights["interest in brands"], weights["interest in categories"])
		}
		// Both kinds have one chance in twelve; the visitors stay with one of them.
		now := noon.Add(time.Duration(40*c.seen) * time.Minute)
		affinity := func(f scoring.Facet) float64 {
			return c.learned.Affinity(c.products.InternFacet(f.ID()), 1.0/crossed, now)
		}
		brand := affinity(scoring.Facet{Kind: scoring.FacetBrand, Value: "brand 1"})
		category := affinity(scoring.Facet{Kind: scoring.FacetCategory, Value: "category 1"})
		if (brand > category+2) != test.byBrand || (category > brand+2) == test.byBrand {
			t.Errorf("visitors go by brand: %v; affinity of a brand %v, of a category %v", test.byBrand, brand, category)
		}
		// Two products that nobody has seen: the one of the brand, the other of the
		// category of what the visitor looks at.
		seen := c.id(c.rng.IntN(crossed * crossed))
		i, _ := c.products.Lookup(seen)
		at := c.products.Product(i)
		c.products.Put(product("of the brand", "category none", at.Brand))
		c.products.Put(product("of the category", at.Categories[0], "brand none"))
		minutes := now.Sub(noon).Minutes()
		p := page(profile(c.event(scoring.ProductViewed, "me", minutes, seen)), minutes+1, 60)
		want, other := scoring.ProductID("of the brand"), scoring.ProductID("of the category")
		if !test.byBrand {
			want, other = other, want
		}
		if v, o := c.liking(p, want), c.liking(p, other); v <= o {
			t.Errorf("%s gets %v for what the visitor likes, %s %v", want, v, other, o)
		}
	}
}

// liking is what the visitor's interest adds to the score of a product.
func (s *shop) liking(p *Page, id scoring.ProductID) (sum float32) {
	q := newQuery(s.decider)
	q.begin(p)
	q.gather()
	q.weigh()
	i, _ := q.products.Lookup(id)
	views := []view{{candidate: &candidate{product: i}, at: q.products.Product(i)}}
	q.look(views)
	for f, w := range q.weights {
		if q.features[f].kind == scoring.ReasonInterest {
			sum += w * q.valueOf(f, views)
		}
	}
	return sum
}

// What was turned away from counts against a product in every shop, also in one
// whose visitors have enough of a brand after one product.
func TestNegativeInterestStaysNegative(t *testing.T) {
	c := newCross()
	c.learn(2000, false)
	minutes := float64(40 * (c.seen + 1))
	p := page(profile(c.event(scoring.Dismissed, "me", minutes, c.id(0))), minutes+24*60, 20)
	for _, n := range []int{crossed * crossed, 1} { // of the category, and of the brand
		if got := c.liking(p, c.id(n)); got >= 0 {
			t.Errorf("%s gets %v for what was waved away", c.id(n), got)
		}
	}
}

// Lessons know facets from the events alone: whatever the catalogue says by then,
// a replay and a snapshot with the rest of the journal give the same weights.
func TestInterestIsAFoldOfTheJournal(t *testing.T) {
	c := newCross()
	var journal []*scoring.Event
	for v := range 400 {
		n := c.rng.IntN(3 * crossed * crossed)
		for k := range 4 {
			kind := scoring.ProductViewed
			if k == 2 && v%3 == 0 {
				kind = scoring.ProductAdded
			}
			journal = append(journal, c.event(kind, scoring.VisitorID(fmt.Sprint("v", v)), float64(7*v+k), c.id(n)))
			n = c.next(n, v%2 == 0)
		}
	}
	replayed := func(products *catalog.Catalog, from []byte, events []*scoring.Event) []byte {
		m := model.New(products)
		if from != nil {
			if err := m.Load(bytes.NewReader(from)); err != nil {
				t.Fatal(err)
			}
		}
		New(products, m)
		for _, e := range events {
			m.Learn(e)
		}
		var b bytes.Buffer
		if err := m.Save(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	whole := replayed(c.products, nil, journal)
	if !bytes.Equal(replayed(catalog.New(), nil, journal), whole) {
		t.Error("with an empty catalogue the journal gives another model")
	}
	half := replayed(c.products, nil, journal[:702])
	if !bytes.Equal(replayed(catalog.New(), half, journal[702:]), whole) {
		t.Error("a snapshot and the rest of the journal give another model")
	}
}

// A lesson gives a visitor the interests that a decision reads from their profile,
// of this visit and of those before.
func TestALessonKnowsTheInterests(t *testing.T) {
	c := newCross()
	c.learn(300, true)
	minutes := float64(40 * (c.seen + 1))
	numbers := func(ids ...int) (list []catalog.Index) {
		for _, n := range ids {
			i, _ := c.products.Lookup(c.id(n))
			list = append(list, i)
		}
		return list
	}
	const days = 24 * 60
	for _, test := range []struct {
		name   string
		events []*scoring.Event
		step   model.Step
		now    float64
	}{
		{
			name: "one visit, a product in the cart",
			events: []*scoring.Event{
				c.event(scoring.ProductViewed, "me", minutes, c.id(5)),
				c.event(scoring.ProductAdded, "me", minutes, c.id(5)),
				c.event(scoring.ProductViewed, "me", minutes, c.id(40)),
			},
			step: model.Step{Visit: numbers(5, 40), Looks: []uint8{1, 1}, Kinds: []model.TouchKind{model.Carted, model.Viewed}},
			now:  minutes,
		}, {
			name: "a visit ten days ago",
			events: []*scoring.Event{
				c.event(scoring.ProductViewed, "me", minutes, c.id(5)),
				c.event(scoring.ProductViewed, "me", minutes, c.id(40)),
			},
			step: model.Step{Past: numbers(5, 40), PastEnd: noon.Add(time.Duration(minutes) * time.Minute)},
			now:  minutes + 10*days,
		}, {
			name: "one of each",
			events: []*scoring.Event{
				c.event(scoring.ProductViewed, "me", minutes, c.id(5)),
				c.event(scoring.ProductViewed, "me", minutes+10*days, c.id(40)),
			},
			step: model.Step{
				Past: numbers(5), PastEnd: noon.Add(time.Duration(minutes) * time.Minute),
				Visit: numbers(40), Looks: []uint8{1}, Kinds: []model.TouchKind{model.Viewed},
			},
			now: minutes + 10*days,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			decision, lesson := newQuery(c.decider), newQuery(c.decider)
			decision.begin(page(profile(test.events...), test.now, 10))
			test.step.Time = decision.page.Now
			lesson.beginVisit(&test.step)
			if len(lesson.interests) != len(decision.interests) || len(lesson.interests) != 4 {
				t.Fatalf("%d interests in the lesson, %d in the decision, want 4", len(lesson.interests), len(decision.interests))
			}
			for _, want := range decision.interests {
				k := lesson.byTerm.find(want.term)
				if k < 0 {
					t.Fatalf("the lesson lacks %v", want)
				}
				got := lesson.interests[k]
				far := func(a, b float32) bool { return max(a-b, b-a) > 0.03 } // shares of all products, and of those seen
				if far(got.weight, want.weight) || far(got.scales[0], want.scales[0]) || far(got.scales[1], want.scales[1]) || far(got.scales[2], want.scales[2]) {
					t.Errorf("in the lesson %+v, in the decision %+v", got, want)
				}
			}
			if lesson.remembers != decision.remembers {
				t.Errorf("scales %v in the lesson, %v in the decision", lesson.remembers, decision.remembers)
			}
		})
	}
}
