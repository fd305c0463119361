package blend

import (
	"bytes"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/vitrine-io/vitrine/scoring"
)

func lesson(b *Blend) *Lesson {
	return &Lesson{
		Rows:   []*Row{b.Row("near"), b.Row("age")},
		Values: []float32{1, 0, 0, 1}, Scores: []float32{0, 0},
		Target: 0, Scope: Scope{Situation: 2}, Weight: 1, Teach: Shared,
	}
}

func TestLearn(t *testing.T) {
	b := New()
	b.Learn(lesson(b))
	// Both stand at 1/2; the target alone is near, its rival alone is old.
	step := func(rate float64) float64 { return rate * 0.5 / math.Sqrt(float64(firm)+0.25) }
	for _, test := range []struct {
		feature   string
		situation int
		want      float64
	}{
		{"near", 2, step(sharedRate) + step(situationRate)},
		{"near", 0, step(sharedRate)},
		{"age", 2, -step(sharedRate) - step(situationRate)},
		{"hop", 2, 0},
	} {
		if got := b.Row(test.feature).Moved(Scope{Situation: test.situation}); math.Abs(float64(got)-test.want) > 1e-6 {
			t.Errorf("%s in situation %d moved by %v, want %v", test.feature, test.situation, got, test.want)
		}
	}
	b.Reset()
	if got := b.Row("near").Moved(Scope{Situation: 2}); got != 0 {
		t.Errorf("moved by %v after Reset, want 0", got)
	}
}

func TestWithoutALessonWeightsGoBack(t *testing.T) {
	b := New()
	b.Learn(lesson(b))
	before := b.Row("near").Moved(Scope{Situation: 2})
	nothing := lesson(b)
	nothing.Values = []float32{1, 1, 1, 1} // no difference to learn from
	for range 1000 {
		nothing.Scores = []float32{0, 0}
		b.Learn(nothing)
	}
	if after := b.Row("near").Moved(Scope{Situation: 2}); after <= 0 || after >= before {
		t.Errorf("moved by %v, then %v: want nearer to 0", before, after)
	}
}

// Each layer is learned apart, and a weight is the sum of those of its scope.
func TestLayers(t *testing.T) {
	b := New()
	l := lesson(b)
	l.Scope = Scope{Situation: 2, Page: Cart, Objective: scoring.ObjectiveOrder}
	l.Teach = Objective | Set
	b.Learn(l)
	step := func(rate float64) float64 { return rate * 0.5 / math.Sqrt(float64(firm)+0.25) }
	for _, test := range []struct {
		name  string
		scope Scope
		want  float64
	}{
		{"the same page and objective", l.Scope, step(sharedRate) + step(situationRate)},
		{"another page", Scope{Page: Home, Objective: scoring.ObjectiveOrder}, step(sharedRate)},
		{"another objective", Scope{Situation: 2, Page: Cart}, 0},
	} {
		if got := b.Row("near").Moved(test.scope); math.Abs(float64(got)-test.want) > 1e-6 {
			t.Errorf("%s: moved by %v, want %v", test.name, got, test.want)
		}
	}
}

func TestDue(t *testing.T) {
	for _, test := range []struct {
		name    string
		lessons uint64
		want    int // of 16,000
	}{
		{"a quarter of the chances", 0, 4000},
		{"a quarter until it is mature", mature - 1, 4000},
		{"a sixteenth of what is mature", mature, 1000},
	} {
		b, taken := New(), 0
		for range 16000 {
			if b.Due(test.lessons) {
				taken++
			}
		}
		if taken < test.want-10 || taken > test.want+10 {
			t.Errorf("%s: %d of 16000, want %d", test.name, taken, test.want)
		}
	}
}

func TestRestoreWhatWasAppended(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := New()
		for range rapid.IntRange(0, 20).Draw(t, "lessons") {
			l := lesson(b)
			l.Rows[1] = b.Row(rapid.String().Draw(t, "feature"))
			l.Scope.Situation = rapid.IntRange(0, Situations-1).Draw(t, "situation")
			b.Due(0)
			b.Learn(l)
		}
		saved := b.AppendTo(nil)
		again := New()
		again.Learn(lesson(again)) // to be replaced
		rest, ok := again.Restore(append(bytes.Clone(saved), "rest"...))
		if !ok || string(rest) != "rest" {
			t.Fatalf("restored: %v, left %q", ok, rest)
		}
		if !bytes.Equal(again.AppendTo(nil), saved) {
			t.Fatal("what was restored differs")
		}
	})
}

func FuzzRestore(f *testing.F) {
	b := New()
	b.Learn(lesson(b))
	f.Add(b.AppendTo(nil))
	f.Add([]byte{})
	f.Fuzz(func(_ *testing.T, in []byte) { New().Restore(in) })
}
