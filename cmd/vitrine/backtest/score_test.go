package backtest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

func near(t *testing.T, name string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-9 {
		t.Errorf("%s: got %v, want %v", name, got, want)
	}
}

// places are outcomes with nothing but the places.
func places(all ...[]uint8) [][]outcome {
	out := make([][]outcome, len(all))
	for i := range all {
		for _, p := range all[i] {
			out[i] = append(out[i], outcome{place: p})
		}
	}
	return out
}

func scoreOf(test []Session, outcomes [][]outcome, seed uint64) (s Score) {
	g := newJudge(test, DefaultK)
	g.score(&s, outcomes, all)
	g.fill(seed)
	return s
}

func TestScore(t *testing.T) {
	test := []Session{
		{Items: []item{1, 2, 1, 3}, Cuts: []int{3, 2, 1}}, // targets 3 (new), 1 (repeat), 2 (new)
		{Items: []item{4, 4}, Cuts: []int{1}},             // target 4 (repeat)
	}
	outcomes := places([]uint8{0, 2, 4}, []uint8{1})
	whole := scoreOf(test, outcomes, 1)
	near(t, "HR", whole.HR.Value, 75)                                            // 3 of 4
	near(t, "MRR", whole.MRR.Value, 100*1.75/4)                                  // 0 + 1/2 + 1/4 + 1
	near(t, "NDCG", whole.NDCG.Value, 100*(0+1/math.Log2(3)+1/math.Log2(5)+1)/4) // 1/log2(1+place)
	if whole.Targets != 4 || whole.Carts != nil {
		t.Errorf("got %+v", whole)
	}
	// Two sessions: a sample has both, or one of them twice. HR is then 3/4, 2/3
	// or 1, each often enough to be the bounds.
	near(t, "low", whole.HR.Low, 100*2./3)
	near(t, "high", whole.HR.High, 100)
	if none := scoreOf(nil, nil, 1); none != (Score{}) {
		t.Errorf("of nothing: %+v", none)
	}
}

func TestSlices(t *testing.T) {
	test := []Session{
		{Items: []item{1, 2, 1, 3}, Cuts: []int{3, 2, 1}}, // targets 3 (new), 1 (repeat), 2 (new)
		{Items: []item{4, 4}, Cuts: []int{1}},             // target 4 (repeat)
	}
	outcomes := places([]uint8{0, 2, 4}, []uint8{1})
	g := newJudge(test, DefaultK)
	// Of the targets 3 is in no train session, 1 in 5, 2 in 6 and 4 in 81.
	found := g.slices([]int32{0, 5, 6, 0, 81}, outcomes)
	g.fill(1)
	want := []struct {
		by, name string
		targets  int
		hr, mrr  float64
	}{
		{ByTarget, "repeats", 2, 100, 75},             // (1/2 + 1) / 2
		{ByTarget, "new to the session", 2, 50, 12.5}, // (0 + 1/4) / 2
		{ByFrequency, "never", 1, 0, 0},               // 3
		{ByFrequency, "in 1-5 sessions", 1, 100, 50},  // 1, at place 2
		{ByFrequency, "in 6-20 sessions", 1, 100, 25}, // 2, at place 4
		{ByFrequency, "in more than 80", 1, 100, 100}, // 4; none is in 21 to 80
		{ByPrefix, "1", 2, 100, 62.5},                 // (1/4 + 1) / 2
		{ByPrefix, "2", 1, 100, 50},                   //
		{ByPrefix, "3-5", 1, 0, 0},                    //
	}
	if len(found) != len(want) {
		t.Fatalf("got %d slices", len(found))
	}
	for i, w := range want {
		s := found[i]
		if s.By != w.by || s.Name != w.name || s.Targets != w.targets {
			t.Errorf("got %+v, want %+v", s, w)
		}
		near(t, w.name+" HR", s.HR.Value, w.hr)
		near(t, w.name+" MRR", s.MRR.Value, w.mrr)
	}
}

func TestSessionCounts(t *testing.T) {
	got := sessionCounts([]Session{{Items: []item{0, 1, 0}}, {Items: []item{0}}}, 3)
	if fmt.Sprint(got) != "[2 1 0]" {
		t.Errorf("got %v", got)
	}
}

func TestRecall(t *testing.T) {
	// Viewed 0, put 0 and then 1 into the cart, viewed 2, ordered 0 and 1 at once.
	s := Session{
		Items: []item{0, 0, 1, 2, 0, 1}, Kinds: []kind{viewed, added, added, viewed, ordered, ordered},
		Times: []int64{1, 2, 3, 4, 5, 5},
	}
	s.allCuts()
	if fmt.Sprint(s.Cuts) != "[4 3 2 1]" { // not within the order
		t.Fatalf("cuts at %v", s.Cuts)
	}
	// Behind 4, 3, 2, 1 things: 0, 0, 1, 2 carts and 2 orders each are wanted.
	outcomes := [][]outcome{{{orders: 1}, {orders: 2, place: 2}, {orders: 2, carts: 1}, {orders: 1}}}
	var got Score
	g := newJudge([]Session{s}, 20)
	g.ranker(&got, outcomes)
	g.fill(1)
	near(t, "carts", got.Carts.Value, 100*1./3)
	near(t, "orders", got.Orders.Value, 100*6./8)
	near(t, "HR", got.HR.Value, 100) // the one view behind a cut, that of 2
	if got.Targets != 1 || got.Carts.Wanted != 3 || got.Orders.Wanted != 8 {
		t.Errorf("got %+v, %+v, %+v", got, got.Carts, got.Orders)
	}
	// A list of one can hold one of the two ordered.
	g = newJudge([]Session{s}, 1)
	g.ranker(&got, [][]outcome{{{orders: 1}, {}, {}, {}}})
	g.fill(1)
	near(t, "orders in lists of one", got.Orders.Value, 25)
}

func TestIntervalIsTheTextbooksWhenSessionsHaveOnePair(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	test, outcomes := make([]Session, 10_000), make([][]outcome, 10_000)
	for i := range test {
		test[i] = Session{Items: []item{0, 1}, Cuts: []int{1}}
		outcomes[i] = []outcome{{place: uint8(rng.IntN(2))}}
	}
	got := scoreOf(test, outcomes, 7)
	// 1.96 x sqrt(0.5 x 0.5 / 10,000) = 0.98 of a percent on either side.
	for _, half := range []float64{got.HR.High - got.HR.Value, got.HR.Value - got.HR.Low} {
		if half < 0.85 || half > 1.11 {
			t.Errorf("half an interval of %v, want about 0.98: %+v", half, got.HR)
		}
	}
	if again := scoreOf(test, outcomes, 7); again != got {
		t.Error("the same seed gave another interval")
	}
	if other := scoreOf(test, outcomes, 8); other.HR.Low == got.HR.Low && other.HR.High == got.HR.High {
		t.Error("another seed gave the same interval")
	}
}

func TestPairsOfOneSessionStandTogether(t *testing.T) {
	// 100 sessions of 100 pairs, all met or none, tell no more than 100 pairs.
	test, outcomes := make([]Session, 100), make([][]outcome, 100)
	for i := range test {
		test[i].Items = make([]item, 101)
		for n := range 100 {
			test[i].Cuts = append(test[i].Cuts, n+1)
			outcomes[i] = append(outcomes[i], outcome{place: uint8(i % 2)})
		}
	}
	got := scoreOf(test, outcomes, 1)
	if half := (got.HR.High - got.HR.Low) / 2; half < 8.5 || half > 11.1 { // 1.96 x sqrt(0.25/100) = 9.8
		t.Errorf("half an interval of %v, want about 9.8", half)
	}
}

func TestQuantile(t *testing.T) {
	sorted := []float64{1, 2, 4}
	near(t, "median", quantile(sorted, 0.5), 2)
	near(t, "between", quantile(sorted, 0.75), 3)
	near(t, "last", quantile(sorted, 1), 4)
}

func TestFloors(t *testing.T) {
	// Views in train: item 0 three, 1 and 2 two each, 3 one, 4 none.
	f := newFloors([]Session{{Items: []item{0, 1, 2}}, {Items: []item{0, 1, 2, 3}}, {Items: []item{0}}}, 5, DefaultK)
	for it, want := range []uint8{1, 3, 3, 4, 5} { // 1 and 2 tie: both third
		if got := f.popular(nil)(item(it)); got != want {
			t.Errorf("popular: item %d at %d, want %d", it, got, want)
		}
	}
	for _, c := range []struct {
		prefix []item
		target item
		want   uint8
	}{
		{[]item{3, 4, 3}, 3, 1}, // most often
		{[]item{3, 4, 3}, 4, 2},
		{[]item{4, 3}, 4, 2},    // as often, and less viewed
		{[]item{1, 2}, 1, 2},    // as often, and as much viewed: the tie counts against us
		{[]item{3, 4}, 0, 3},    // two of the session, then the most popular
		{[]item{0, 4}, 1, 4},    // 0 and 4, then 1 and 2 tie
		{[]item{1, 4}, 2, 4},    // 1 and 4, then 0, then 2 alone
		{[]item{0, 1, 2}, 4, 5}, // the three, then 3, then 4
	} {
		if got := f.inSession(c.prefix)(c.target); got != c.want {
			t.Errorf("in session %v: item %d at %d, want %d", c.prefix, c.target, got, c.want)
		}
	}
}

func TestShortListsEndTheFloors(t *testing.T) {
	f := newFloors([]Session{{Items: []item{0, 0, 1}}}, 2, 1)
	if f.popular(nil)(0) != 1 || f.popular(nil)(1) != 0 {
		t.Error("a list of one has one place")
	}
}

func TestSample(t *testing.T) {
	test := make([]Session, 100)
	for i := range test {
		test[i].Items = []item{item(i)}
	}
	got := sample(test, 10, 1)
	if len(got) != 10 {
		t.Fatalf("got %d sessions", len(got))
	}
	for i := 1; i < len(got); i++ {
		if got[i-1].Items[0] >= got[i].Items[0] {
			t.Error("not in their order, or drawn twice")
		}
	}
	if len(sample(test, 0, 1)) != 100 || len(sample(test, 1000, 1)) != 100 {
		t.Error("0, or more than there are, means all")
	}
}
