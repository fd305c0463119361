package backtest

import (
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

func TestScore(t *testing.T) {
	test := []Session{
		{Items: []item{1, 2, 1, 3}, Cuts: []int{3, 2, 1}}, // targets 3 (new), 1 (repeat), 2 (new)
		{Items: []item{4, 4}, Cuts: []int{1}},             // target 4 (repeat)
	}
	places := []Outcome{{0, 2, 4}, {1}}
	all := score(perSession(test, places, allTargets), 1)
	near(t, "HR", all.HR.Value, 75)           // 3 of 4
	near(t, "MRR", all.MRR.Value, 100*1.75/4) // 0 + 1/2 + 1/4 + 1
	again := score(perSession(test, places, repeats), 1)
	near(t, "HR of repeats", again.HR.Value, 100)
	near(t, "MRR of repeats", again.MRR.Value, 75) // (1/2 + 1) / 2
	fresh := score(perSession(test, places, newTargets), 1)
	near(t, "HR of new ones", fresh.HR.Value, 50)
	near(t, "MRR of new ones", fresh.MRR.Value, 12.5) // (0 + 1/4) / 2
	if all.Pairs != 4 || again.Pairs != 2 || fresh.Pairs != 2 {
		t.Errorf("pairs %d, %d, %d", all.Pairs, again.Pairs, fresh.Pairs)
	}
	// Two sessions: a sample has both, or one of them twice. HR is then 3/4, 2/3
	// or 1, each often enough to be the bounds.
	near(t, "low", all.HR.Low, 100*2./3)
	near(t, "high", all.HR.High, 100)
	if none := score(nil, 1); none.Pairs != 0 || none.HR != (Estimate{}) {
		t.Errorf("of nothing: %+v", none)
	}
}

func TestIntervalIsTheTextbooksWhenSessionsHaveOnePair(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	sessions := make([]sums, 10_000)
	for i := range sessions {
		hit := uint8(0)
		if rng.Float64() < 0.5 {
			hit = 1
		}
		sessions[i].add(hit)
	}
	got := score(sessions, 7)
	// 1.96 x sqrt(0.5 x 0.5 / 10,000) = 0.98 of a percent on either side.
	for _, half := range []float64{got.HR.High - got.HR.Value, got.HR.Value - got.HR.Low} {
		if half < 0.85 || half > 1.11 {
			t.Errorf("half an interval of %v, want about 0.98: %+v", half, got.HR)
		}
	}
	if again := score(sessions, 7); again != got {
		t.Error("the same seed gave another interval")
	}
	if other := score(sessions, 8); other.HR.Low == got.HR.Low && other.HR.High == got.HR.High {
		t.Error("another seed gave the same interval")
	}
}

func TestPairsOfOneSessionStandTogether(t *testing.T) {
	// 100 sessions of 100 pairs, all met or none, tell no more than 100 pairs.
	sessions := make([]sums, 100)
	for i := range sessions {
		for range 100 {
			sessions[i].add(uint8(i % 2))
		}
	}
	got := score(sessions, 1)
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
	f := newFloors([]Session{{Items: []item{0, 1, 2}}, {Items: []item{0, 1, 2, 3}}, {Items: []item{0}}}, 5)
	for it, want := range []uint8{1, 3, 3, 4, 5} { // 1 and 2 tie: both third
		if got := f.popular(item(it)); got != want {
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
		if got := f.inSession(c.prefix, c.target); got != c.want {
			t.Errorf("in session %v: item %d at %d, want %d", c.prefix, c.target, got, c.want)
		}
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
