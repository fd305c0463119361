package backtest

import (
	"math"
	"testing"
)

func TestLists(t *testing.T) {
	l := newLog()
	for _, id := range []string{"a", "b", "c"} {
		l.item(id)
	}
	l.Train = []Session{{Items: []item{0, 0, 0, 1}}}
	s := newLists(l, map[string][]int32{"a": {0}, "b": {1}, "c": {0, 1}})
	// Views and one more: a 4, b 2, c 1, and 1 for all that the log does not know.
	novelty, drift := s.look([]string{"b", "c"}, []item{0, 0})
	near(t, "novelty", novelty, (math.Log2(8./2)+math.Log2(8./1))/2)
	// The session: category 0 alone. The list: b gives 1 to category 1, c half to
	// each, so that category 0 has a quarter.
	near(t, "drift", drift, math.Log(1/(0.99*0.25+0.01)))
	if _, drift := s.look([]string{"a"}, []item{0}); drift != 0 {
		t.Errorf("the same mix drifts by %v", drift)
	}
	if _, drift := s.look([]string{"b"}, []item{0}); math.Abs(drift-math.Log(100)) > 1e-9 { // ln(1 / 0.01)
		t.Errorf("another mix drifts by %v", drift)
	}
	novelty, drift = s.look([]string{"z"}, []item{0})
	near(t, "novelty of a stranger", novelty, 3)
	if !math.IsNaN(drift) {
		t.Errorf("a list without categories drifts by %v", drift)
	}
	g := newJudge([]Session{{Cuts: []int{1, 2}}}, 2)
	got := s.figures(g, [][]outcome{{{novelty: 1, drift: 3}, {novelty: 2, drift: math.NaN()}}}, 8)
	g.fill(1)
	if got.Shown != 4 || got.Coverage != 50 || got.Novelty.Value != 1.5 || got.Calibration.Value != 3 {
		t.Errorf("got %+v, calibration %+v", got, got.Calibration)
	}
	bare := newLists(l, nil)
	bare.look([]string{"a"}, []item{0})
	g = newJudge([]Session{{Cuts: []int{1}}}, 2)
	if got := bare.figures(g, [][]outcome{{{drift: math.NaN()}}}, 3); got.Calibration != nil {
		t.Error("calibrated without categories")
	}
}
