package backtest

import (
	"strings"
	"testing"
)

func TestRanks(t *testing.T) {
	test := []Session{
		{Items: []item{0, 0, 1, 2}, Kinds: []kind{viewed, added, viewed, ordered}},
		{Items: []item{1, 0, 1}},
	}
	for i := range test {
		test[i].allCuts()
	}
	g := newJudge(test, 2)
	// The first session's cuts: behind 3 the order, behind 2 the view, behind 1
	// the cart.
	outcomes := [][]outcome{{{orders: 1}, {place: 2}, {carts: 1}}, {{place: 1}, {}}}
	r := g.ranks([]string{"a", "b", "c"}, outcomes)
	if r.Places != "2;1 0" || r.Carts != "1/1;0/0" || r.Orders != "1/3;0/0" {
		t.Errorf("got %+v", r)
	}
	other := newJudge(test[:1], 2).ranks([]string{"a", "b", "c"}, outcomes)
	if renamed := g.ranks([]string{"a", "b", "d"}, outcomes); renamed.Test == r.Test || other.Test == r.Test || len(r.Test) != 16 {
		t.Error("another test has the same digest")
	}
	if plain := newJudge(test[1:], 2).ranks([]string{"a", "b"}, outcomes[1:]); plain.Carts != "" || plain.Orders != "" {
		t.Errorf("carts of a test without any: %+v", plain)
	}
}

func TestCompareSlices(t *testing.T) {
	a, b := runOf("1 0;2;;0"), runOf("2 4;2;;1")
	a.Ranks.Cuts = []Cut{
		{By: ByTarget, Names: []string{"repeats", "new"}, Of: "0 1;1;;1"},
		{By: ByPrefix, Names: []string{"1", "2", "3"}, Of: "2 0;0;;0"},
	}
	got, err := Compare(a, b, 1)
	if err != nil {
		t.Fatal(err)
	}
	want := []struct {
		by, name string
		targets  int
		a, b     float64 // MRR
	}{
		{ByTarget, "repeats", 1, 100, 50},
		{ByTarget, "new", 3, 50. / 3, 175. / 3}, // 0, 1/2, 0; 1/4, 1/2, 1
		{ByPrefix, "1", 3, 50. / 3, 175. / 3},   // none is in "2"
		{ByPrefix, "3", 1, 100, 50},
	}
	if len(got.Slices) != len(want) || len(got.Measures) != 3 {
		t.Fatalf("got %+v", got)
	}
	for i, w := range want {
		s := got.Slices[i]
		if s.By != w.by || s.Name != w.name || s.Targets != w.targets || len(s.Measures) != 3 || s.Measures[1].Measure != "MRR" {
			t.Fatalf("slice %d is %+v, want %+v", i, s, w)
		}
		near(t, w.name+" of A", s.Measures[1].A, w.a)
		near(t, w.name+" of B", s.Measures[1].B, w.b)
	}
	for _, of := range []string{"0 1;1;;2", "0;1;;1", "0 x;1;;1"} {
		a.Ranks.Cuts[0].Of = of
		if _, err := Compare(a, b, 1); err == nil || !strings.Contains(err.Error(), "slices by target") {
			t.Errorf("%s: got %v", of, err)
		}
	}
	t.Run("what a run writes is what its figures are cut by", func(t *testing.T) {
		test := []Session{{Items: []item{1, 2, 1}, Cuts: []int{2, 1}}, {Items: []item{3, 3}, Cuts: []int{1}}}
		cuts := newJudge(test, 20).cuts(slicings([]int32{0, 3, 9, 0}), false)
		// Behind 1 2 a repeat of 1; behind 1 the new 2; behind 3 a repeat.
		if cuts[0].Of != "0 1;0" || cuts[1].Of != "1 2;0" || cuts[2].Of != "1 0;0" {
			t.Errorf("got %+v", cuts)
		}
	})
}

func runOf(places string) *Result {
	return &Result{K: 20, Ranks: &Ranks{Test: "t", Places: places}}
}

func TestCompare(t *testing.T) {
	a, b := runOf("1 0;2;0;;4"), runOf("1 2;1;0;;0")
	a.Ranks.Carts, b.Ranks.Carts = "1/2;0/0;0/1;0/0;0/0", "2/2;0/0;0/1;0/0;0/0"
	got, err := Compare(a, b, 1)
	if err != nil {
		t.Fatal(err)
	}
	want := []struct {
		name string
		a, b float64
	}{
		{"HR", 60, 60},  // 3 of 5; 3 of 5
		{"MRR", 35, 50}, // (1 + 1/2 + 1/4)/5; (1 + 1/2 + 1)/5
		{"NDCG", 0, 0},  // below
		{"recall of carts", 100. / 3, 200. / 3},
	}
	if len(got.Measures) != len(want) {
		t.Fatalf("got %+v", got.Measures)
	}
	for i, w := range want {
		m := got.Measures[i]
		if m.Measure != w.name {
			t.Errorf("got %+v, want %s", m, w.name)
		}
		if w.name != "NDCG" {
			near(t, w.name+" of a", m.A, w.a)
			near(t, w.name+" of b", m.B, w.b)
		}
		near(t, w.name, m.BMinusA.Value, m.B-m.A)
		if m.BMinusA.Low > m.BMinusA.Value || m.BMinusA.High < m.BMinusA.Value {
			t.Errorf("%s: %+v", w.name, m.BMinusA)
		}
	}
	// Of the four sessions with targets the first two are better in b, the third
	// is the same and the last worse.
	if got.Better != 50 || got.Worse != 25 || got.Same != 25 || got.Targets != 5 || got.Sessions != 5 {
		t.Errorf("got %+v", got)
	}
}

// What two runs have in common adds no width to the interval of their
// difference: that is what pairing is for.
func TestComparisonIsPaired(t *testing.T) {
	var a, b []string
	for i := range 400 { // half of the sessions are hard; one in 20 is met by b alone
		place := []string{"0", "1"}[i%2]
		a = append(a, place)
		if i%20 == 0 {
			place = "1"
		}
		b = append(b, place)
	}
	got, err := Compare(runOf(strings.Join(a, ";")), runOf(strings.Join(b, ";")), 1)
	if err != nil {
		t.Fatal(err)
	}
	d := got.Measures[0]
	near(t, "difference", d.BMinusA.Value, 5)
	// 1.96 x sqrt(0.05 x 0.95 / 400) = 2.1; unpaired it would be 1.96 x sqrt(0.5 / 400) = 6.9.
	if half := (d.BMinusA.High - d.BMinusA.Low) / 2; half < 1.7 || half > 2.6 || !d.Differs() {
		t.Errorf("half an interval of %v, want about 2.1", half)
	}
	same, err := Compare(runOf("1;0;3"), runOf("1;0;3"), 1)
	if err != nil || same.Measures[0].Differs() || same.Measures[0].BMinusA != (Estimate{}) || same.Same != 100 {
		t.Errorf("a run and itself: %+v, %v", same, err)
	}
}

func TestCompareRefuses(t *testing.T) {
	good := runOf("1;2")
	for want, bad := range map[string]*Result{
		"it has no ranks":               {K: 20},
		"give both the same --k":        {K: 10, Ranks: good.Ranks},
		"different sessions":            {K: 20, Ranks: &Ranks{Test: "u", Places: "1;2"}},
		`"x" is no place`:               runOf("1;x"),
		`"21" is no place from 0 to 20`: runOf("1;21"),
		"as many sessions and targets":  runOf("1"),
		"do not have as many sessions":  runOf("1;2 3"),
	} {
		if _, err := Compare(good, bad, 1); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	a, b := runOf("1"), runOf("1")
	a.Ranks.Orders, b.Ranks.Orders = "1/2", "3/2"
	if _, err := Compare(a, b, 1); err == nil || !strings.Contains(err.Error(), `recall of orders: "3/2"`) {
		t.Errorf("got %v", err)
	}
	b.Ranks.Orders = "1/2;1/2"
	if _, err := Compare(a, b, 1); err == nil || !strings.Contains(err.Error(), "more sessions") {
		t.Errorf("got %v", err)
	}
}

func FuzzCompare(f *testing.F) {
	f.Add("1 0;2", "0 0;20", "1/2;0/0", "0/0;1/1")
	f.Fuzz(func(_ *testing.T, a, b, carts, orders string) {
		one, other := runOf(a), runOf(b)
		one.Ranks.Carts, other.Ranks.Carts = carts, orders
		Compare(one, other, 1) //nolint:errcheck // that it returns is what is tested
	})
}
