package decide

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vitrine-io/vitrine/scoring"
)

// rarely passes what few have looked at.
type rarely struct{}

func (rarely) Passes(p *scoring.Product) bool { return strings.HasPrefix(string(p.ID), "rare") }

// TestACrowdLeavesOutWhatIsHardlyLookedAt: of a brand that the visitor cares for the least
// popular products are no candidates where there is a crowd of others, unless a filter
// asks for them.
func TestACrowdLeavesOutWhatIsHardlyLookedAt(t *testing.T) {
	var all []*scoring.Product
	for i := range 300 {
		all = append(all, product(scoring.ProductID(fmt.Sprintf("crowd-%03d", i)), fmt.Sprint("c", i%30), "Acme"))
	}
	for i := range 40 {
		all = append(all, product(scoring.ProductID(fmt.Sprintf("rare-%02d", i)), fmt.Sprint("d", i), "Dune"))
	}
	all = append(all, product("loved", "d", "Dune"))
	s := newShop(all...)
	for v := range 60 {
		who := scoring.VisitorID(fmt.Sprint("crowd", v))
		s.views(who, 0, "crowd-000")
		for k := range 6 {
			s.views(who, float64(1+k), all[1+(v*6+k)%299].ID)
		}
		s.views(scoring.VisitorID(fmt.Sprint("fan", v)), 0, "loved")
	}
	for i := range 40 {
		s.views(scoring.VisitorID(fmt.Sprint("rare", i)), 0, all[300+i].ID)
	}
	p := page(profile(
		s.event(scoring.ProductViewed, "v", 60, "loved"), s.event(scoring.ProductViewed, "v", 61, "crowd-000"),
	), 62, 10)
	rare := func() (n int) {
		for _, id := range ids(s.decider.Decide(p)[0]) {
			if strings.HasPrefix(string(id), "rare") {
				n++
			}
		}
		return n
	}
	q := newQuery(s.decider)
	q.begin(p)
	q.enter(fromVisit)
	i, _ := s.products.Lookup("rare-07")
	if n := len(q.candidates.list); n < crowd || q.candidates.find(i) != nil {
		t.Errorf("%d candidates, rare-07 %v: want a crowd without it", n, q.candidates.find(i))
	}
	p.Slots[0].Filters = []Filter{rarely{}}
	if n := rare(); n != 10 {
		t.Errorf("%d of 10 through the filter", n)
	}
	q.begin(p)
	q.enter(fromVisit)
	if q.candidates.find(i) == nil {
		t.Error("a filter asks for rare-07, and it is no candidate")
	}
}
