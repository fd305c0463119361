package decide

import (
	"math"
	"slices"
	"testing"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/visitor"
)

// What came into sight five times and was left alone sinks below its rival, and comes
// back: that costs ln(1 + 5/2) = 1.25 of the score, where b leads c by 1.12.
func TestRotation(t *testing.T) {

	for _, test := range []struct {
		name  string
		sunk  bool
		setup func(s *shop, p *Page)
	}{
		{"seen five times", true, func(*shop, *Page) {}},
		{"never seen", false, func(_ *shop, p *Page) { p.Visitor.Profile().Shown = nil }},
		{"turned to since", false, func(s *shop, p *Page) {
			p.Visitor = knowing(profile(
				s.event(scoring.ProductListViewed, "me", -30, "b"), s.event(scoring.ProductListViewed, "me", -20, "b"),
				s.event(scoring.ProductListViewed, "me", -10, "b"), s.event(scoring.ProductClicked, "me", -5, "b"),
				s.event(scoring.ProductViewed, "me", -1, "a")))
		}},
		{"where the placement does not rotate", false, func(_ *shop, p *Page) { p.Slots[0].Rules.NoRotation = true }},
		{"when it has faded", false, func(_ *shop, p *Page) {
			for k := range p.Visitor.Profile().Shown {
				p.Visitor.Profile().Shown[k].Time = p.Visitor.Profile().Shown[k].Time.AddDate(0, 0, -14)
			}
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := corner()
			seen := s.event(scoring.ProductListViewed, "me", -10, "b")
			p := page(profile(seen, seen, seen, seen, seen, s.event(scoring.ProductViewed, "me", -1, "a")), 0, 6)
			test.setup(s, p)
			f := s.decider.Decide(p)[0]
			unseen := *p.Visitor.Profile()
			unseen.Shown = nil
			p.Visitor = knowing(&unseen)
			got, as := ids(f), ids(s.decider.Decide(p)[0])
			if sunk := slices.Index(got, "b") > slices.Index(got, "c"); test.sunk && !sunk || !test.sunk && !slices.Equal(got, as) {
				t.Errorf("%v, and had b never been seen %v", got, as)
			}
		})
	}
}

// Three sights cost ln(1 + 3/2) = 0.92 of the score, and after three days
// ln(1 + 1.5/2) = 0.56; the reasons are shares of what speaks for the product, as
// ever.
func TestRotationArithmetic(t *testing.T) {
	for _, test := range []struct {
		later, times, want float64
	}{{0, 1, 0.405}, {0, 3, 0.916}, {0, 10, 1.792}, {3 * 24 * 60, 3, 0.560}, {14 * 24 * 60, 3, 0.057}} {
		s := corner()
		p := page(profile(s.event(scoring.ProductViewed, "me", -1, "a")), test.later, 6)
		p.Slots[0].Rules.Diversity = scoring.DiversityOff
		fresh := s.decider.Decide(p)[0]
		p.Visitor = knowing(profile(s.event(scoring.ProductViewed, "me", -1, "a")))
		for range int(test.times) {
			e := s.event(scoring.ProductListViewed, "me", 0, "b")
			p.Visitor = knowing(visitor.Apply(p.Visitor.Profile(), e))
		}
		stale := s.decider.Decide(p)[0]
		lead := func(f scoring.FilledPlacement) float64 {
			return math.Log(find(t, f, "b").Score / find(t, f, "c").Score)
		}
		if got := lead(fresh) - lead(stale); math.Abs(got-test.want) > 1e-3 {
			t.Errorf("%v times, %v minutes ago: cost %.3f, want %.3f", test.times, test.later, got, test.want)
		}
		if a, b := find(t, fresh, "b"), find(t, stale, "b"); !slices.Equal(a.Reasons, b.Reasons) {
			t.Errorf("reasons %+v and %+v", a.Reasons, b.Reasons)
		}
	}
}

// Two slots of a page may differ: the one rotates, the other does not.
func TestRotationBySlot(t *testing.T) {
	s := corner()
	seen := s.event(scoring.ProductListViewed, "me", -10, "b")
	p := page(profile(seen, seen, seen, seen, seen, s.event(scoring.ProductViewed, "me", -1, "a")), 0, 1)
	still := &scoring.ProductRules{NoRotation: true, RepeatPolicy: scoring.RepeatExclude}
	p.Slots[0].Rules = &scoring.ProductRules{RepeatPolicy: scoring.RepeatExclude}
	p.Slots = append(p.Slots, Slot{Placement: "below", Count: 1, Rules: still})
	got := s.decider.Decide(p)
	if ids(got[0])[0] != "c" || ids(got[1])[0] != "b" {
		t.Errorf("%v above, where c takes b's place, and %v below, where b is the first", ids(got[0]), ids(got[1]))
	}
}
