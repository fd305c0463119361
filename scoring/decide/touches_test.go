package decide

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
)

// mates is a shop of products that go with one other each. Its visitors look at
// two products at random and put the first into the cart in between; then they
// turn to the mate of one of both.
type mates struct {
	*shop
	rng  *rand.Rand
	seen int
}

const matePairs = 40

func newMates() *mates {
	m := &mates{shop: newShop(), rng: rand.New(rand.NewPCG(1, 2))}
	for n := range 2 * matePairs {
		m.products.Put(&scoring.Product{ID: m.id(n)})
	}
	return m
}

func (m *mates) id(n int) scoring.ProductID { return scoring.ProductID(fmt.Sprint("p", n)) }

// visit is that of a new visitor who touched a product in that way and looked at
// another.
func (m *mates) visit(touched scoring.EventType, first, other int) []*scoring.Event {
	m.seen++
	who, at := scoring.VisitorID(fmt.Sprint("v", m.seen)), float64(10*m.seen)
	return []*scoring.Event{
		m.event(scoring.ProductViewed, who, at, m.id(first)),
		m.event(touched, who, at+1, m.id(first)),
		m.event(scoring.ProductViewed, who, at+2, m.id(other)),
	}
}

// learn lets that many visitors go on to the mate of what they touched, with that
// probability, or else to the mate of what they looked at last.
func (m *mates) learn(visits int, touched scoring.EventType, probability float64) {
	for range visits {
		first, other := m.rng.IntN(2*matePairs), m.rng.IntN(2*matePairs)
		events := m.visit(touched, first, other)
		next := other ^ 1
		if m.rng.Float64() < probability {
			next = first ^ 1
		}
		last := events[len(events)-1]
		for _, e := range append(events, m.event(scoring.ProductViewed, last.Visitor, last.Time.Sub(noon).Minutes()+1, m.id(next))) {
			m.learned.Learn(e)
		}
	}
}

// weight is what was learned of a feature in a visit of two products.
func (m *mates) weight(t *testing.T, feature string) float32 {
	list, _ := m.decider.Weights(nil, scoring.PageUnspecified, scoring.ObjectiveClick, noon)
	for _, w := range list {
		if w.Feature == feature {
			return w.InEffect[1*seedClasses+seedClasses-1]
		}
	}
	t.Fatalf("no feature %q", feature)
	return 0
}

// What a touch of a type says of what is turned to next is learned: much in a
// shop where visitors go on from what they put into the cart, less than a view
// where they are done with it.
func TestTheWeightOfATouchIsLearned(t *testing.T) {
	for _, test := range []struct {
		touched scoring.EventType
		feature string
	}{
		{scoring.ProductAdded, "from the cart"},
		{scoring.ProductWishlisted, "from a wish list"},
		{scoring.ProductShared, "from a wish list"},
		{scoring.OrderCompleted, "from an order"},
	} {
		t.Run(fmt.Sprint(test.feature, " ", test.touched), func(t *testing.T) {
			for _, shop := range []struct {
				probability float64
				tells       bool
			}{{0.8, true}, {0.05, false}} {
				m := newMates()
				m.learn(3000, test.touched, shop.probability)
				if w := m.weight(t, test.feature); shop.tells != (w > 0.3) || !shop.tells != (w < -0.3) {
					t.Errorf("visitors go on from it with probability %v: weight %v", shop.probability, w)
				}
				right := 0
				for range 50 {
					first, other := m.rng.IntN(2*matePairs), m.rng.IntN(2*matePairs)
					if first/2 == other/2 {
						continue
					}
					p := page(profile(m.visit(test.touched, first, other)...), 0, 10)
					p.Now = p.Visitor.Profile().LastSeen.Add(10 * time.Second)
					for _, id := range ids(m.decider.Decide(p)[0]) {
						if id == m.id(first^1) || id == m.id(other^1) {
							if (id == m.id(first^1)) == shop.tells {
								right++
							}
							break
						}
					}
				}
				if right < 40 {
					t.Errorf("visitors go on from it with probability %v: the right mate stands first in %d of 50 visits", shop.probability, right)
				}
			}
		})
	}
}
