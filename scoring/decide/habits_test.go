package decide

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/model"
	"github.com/vitrine-io/vitrine/scoring/visitor"
)

// household is a shop whose visitors buy a coffee every month, always the same of
// four, and a television set once. Every product is looked at as often.
func household() *shop {
	s := newShop()
	for k := range 4 {
		s.products.Put(product(scoring.ProductID(fmt.Sprint("coffee", k)), "food/coffee", "Acme"))
		s.products.Put(product(scoring.ProductID(fmt.Sprint("tv", k)), "electronics/tv", "Bee"))
		s.products.Put(product(scoring.ProductID(fmt.Sprint("lamp", k)), "home/lamps", "Cee"))
	}
	for month := range 12 {
		for k := range 12 {
			at := float64((month-12)*30*days + k*60)
			s.orders(v(k), at, scoring.ProductID(fmt.Sprint("coffee", k%4)))
			if month == k {
				s.orders(v(k), at+1, scoring.ProductID(fmt.Sprint("tv", k%4)))
			}
			for p := range 4 {
				for _, of := range []string{"coffee", "tv", "lamp"} {
					s.views(v(100+p), at+float64(200+10*p), scoring.ProductID(fmt.Sprint(of, p)))
				}
			}
		}
	}
	return s
}

// changes is what a visitor's purchases change in the scores of all products beside
// that of one, when what they bought may be shown. A page tells shares of probability;
// their logarithms differ as scores do.
func changes(s *shop, p *visitor.Profile, beside scoring.ProductID) map[scoring.ProductID]float64 {
	all := map[scoring.ProductID]float64{}
	var purchases *Ablation
	for _, a := range Ablations() {
		if a.Of == WithoutFeatures && a.Name == "purchases" {
			purchases = a
		}
	}
	for sign, config := range map[float64]*Config{1: nil, -1: s.decider.shipped.Without(purchases)} {
		asked := page(p, 0, 12)
		asked.Slots[0].Rules = &scoring.ProductRules{ShowBought: true, Diversity: scoring.DiversityOff}
		asked.Slots[0].Config = config
		for _, it := range s.decider.Decide(asked)[0].Items {
			all[it.Product] += sign * math.Log(it.Score)
		}
	}
	same := all[beside]
	for id := range all {
		all[id] -= same
	}
	return all
}

// What is used up comes back and what lasts is held back: the product itself, and
// others of its kind.
func TestPurchasesComeBackOrStayAway(t *testing.T) {
	s := household()
	for _, test := range []struct {
		name     string
		bought   scoring.ProductID
		ago      float64 // days
		product  scoring.ProductID
		up, down bool
	}{
		{"coffee that is used up", "coffee0", 30, "coffee0", true, false},
		{"another coffee then", "coffee0", 30, "coffee1", true, false},
		{"another coffee when it can't be used up yet", "coffee0", 5, "coffee1", false, true},
		{"a television set", "tv0", 30, "tv0", false, true},
		{"another television set", "tv0", 30, "tv1", false, true},
		{"a lamp after coffee", "coffee0", 30, "lamp0", false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			switch change := changes(s, profile(s.event(scoring.OrderCompleted, "me", -test.ago*days, test.bought)), "lamp3")[test.product]; {
			case test.up && change < 0.1, test.down && change > -0.1, !test.up && !test.down && (change < -0.01 || change > 0.01):
				t.Errorf("scores %+.3f for the purchase", change)
			}
		})
	}
}

// What was bought is left out for 90 days, or until it is used up, where the
// placement does not say how long.
func TestWhatIsUsedUpComesBackBeforeTheWindowEnds(t *testing.T) {
	s := household()
	for _, test := range []struct {
		name   string
		bought scoring.ProductID
		ago    float64 // days
		window time.Duration
		shown  bool
	}{
		{"coffee that is used up", "coffee0", 30, 0, true},
		{"coffee that can't be used up yet", "coffee0", 5, 0, false},
		{"coffee that is used up, in a placement of 60 days", "coffee0", 30, 60 * 24 * time.Hour, false},
		{"a television set", "tv0", 30, 0, false},
		{"a television set after the window", "tv0", 100, 0, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			asked := page(profile(s.event(scoring.OrderCompleted, "me", -test.ago*days, test.bought)), 0, 12)
			asked.Slots[0].Rules = &scoring.ProductRules{BoughtWindow: test.window}
			shown := slices.ContainsFunc(s.decider.Decide(asked)[0].Items, func(it scoring.Item) bool { return it.Product == test.bought })
			if shown != test.shown {
				t.Errorf("shown: %v", shown)
			}
		})
	}
}

// Until a shop's orders tell, a purchase is no reason for or against a product.
func TestPurchasesSayNothingInAShopWithoutOrders(t *testing.T) {
	s := mall()
	for k := range 8 {
		s.views(v(k), float64(-100+5*k), "shoe", "hat", "wax")
	}
	for id, d := range changes(s, profile(s.event(scoring.OrderCompleted, "me", -30*days, "shoe")), "hat") {
		if d < -1e-6 || d > 1e-6 {
			t.Errorf("%s scores %+.3f for the purchase", id, d)
		}
	}
}

// The first stage lets through what was bought: its prior is a parameter, like those
// that are in effect.
func TestPurchasesPassTheFirstStage(t *testing.T) {
	if c, _ := Compile(nil); c.prior[sigBought] != prior[sigBought] || prior[sigBought] == 0 {
		t.Errorf("a prior of %v is in effect, want %v", c.prior[sigBought], prior[sigBought])
	}
}

// Of twenty orders of eighteen lines, what was in all of them is on the page, also
// when the last order had other things.
func TestWhatIsBoughtEveryTimeIsOnThePage(t *testing.T) {
	s := newShop()
	var all []scoring.ProductID
	for k := range 300 {
		all = append(all, scoring.ProductID(fmt.Sprintf("thing%03d", k)))
		s.products.Put(product(all[k], "things", "Acme"))
	}
	usual := []scoring.ProductID{"thing007", "thing107", "thing207"}
	for k := range 20 { // others have their own habits
		for n := range 5 {
			s.orders(v(k), float64((n-6)*30*days+k), all[k*11], all[k*11+1], all[(k*37+n*51)%300])
		}
	}
	var mine []*scoring.Event
	for n := range 20 {
		lines := slices.Clone(all[n*15:][:15])
		if n < 19 {
			lines = append(lines, usual...)
		}
		e := s.event(scoring.OrderCompleted, "me", float64((n-20)*10*days), lines...)
		s.learned.Learn(e)
		mine = append(mine, e)
	}
	asked := page(profile(mine...), 0, 6)
	asked.Slots[0].Rules = &scoring.ProductRules{ShowBought: true, Diversity: scoring.DiversityOff}
	f := s.decider.Decide(asked)[0]
	for _, id := range usual {
		k := slices.Index(ids(f), id)
		if k < 0 {
			t.Errorf("%s, bought 19 times, is not among %v", id, ids(f))
			continue
		}
		if r := f.Items[k].Reasons[0]; r.Kind != scoring.ReasonBoughtBefore {
			t.Errorf("%s is shown for %+v, want that it was bought before", id, f.Items[k].Reasons)
		}
	}
}

// A lesson knows of a purchase what a decision does: the model's memory and the
// profile lead to the same habits.
func TestALessonKnowsThePurchases(t *testing.T) {
	s := household()
	mine := []*scoring.Event{
		s.event(scoring.OrderCompleted, "me", -200*days, "coffee0", "tv0"), s.event(scoring.OrderCompleted, "me", -100*days, "coffee0"),
		s.event(scoring.OrderCompleted, "me", -100*days+60, "coffee0", "lamp1"), s.event(scoring.OrderRefunded, "me", -99*days, "lamp1"),
		s.event(scoring.ProductViewed, "me", 0, "lamp0"),
	}
	for _, e := range mine {
		s.learned.Learn(e)
	}
	seen := &student{}
	s.learned.Teach(seen)
	for k := range 4 { // one chance in four is taken
		s.learned.Learn(s.event(scoring.ProductViewed, "me", float64(1+k), scoring.ProductID(fmt.Sprint("lamp", 1+k%3))))
	}
	q := newQuery(s.decider)
	q.begin(&Page{Now: noon, Visitor: knowing(profile(mine...))})
	want := slices.Clone(q.habits)
	q.begin(&Page{Now: noon})
	q.readBought(seen.bought)
	if len(want) != 2 || len(q.habits) != len(want) {
		t.Fatalf("the profile has %+v, the lesson %+v", want, q.habits)
	}
	for k := range want {
		p := want[k]
		l := q.habits[slices.IndexFunc(q.habits, func(h habit) bool { return h.product == p.product })]
		if l.times != p.times || l.lately/p.lately > 1.001 || l.lately/p.lately < 0.999 || l.last.Sub(p.last).Abs() > 60e9 {
			t.Errorf("the profile has %+v, the lesson %+v", p, l)
		}
	}
}

// student keeps what the last step told of purchases.
type student struct{ bought []model.Bought }

func (s *student) Study(step *model.Step) { s.bought = slices.Clone(step.Bought) }
