package pacing

import (
	"bytes"
	"errors"
	"math"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
)

// monday is the beginning of a week of tests.
var monday = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

func hour(n float64) time.Time { return monday.Add(time.Duration(n * float64(time.Hour))) }

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-6*(1+math.Abs(want)) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func TestBetweenCountsAverageHours(t *testing.T) {
	f := Uniform()
	near(t, "a quarter of an hour", f.Between(hour(5), hour(5.25)), 0.25)
	near(t, "three weeks and an hour", f.Between(hour(7), hour(7+3*168+1)), 3*168+1)
	near(t, "backwards", f.Between(hour(7), hour(6)), 0)
}

// Day parts are meant in the site's time zone: nine to five in Berlin is eight to four
// UTC in winter.
func TestWithinDayParts(t *testing.T) {
	workdays := scoring.Weekdays(1<<time.Monday | 1<<time.Tuesday)
	f := Uniform().Within(HoursOf([]scoring.DayPart{{Days: workdays, Start: 9*60 + 30, End: 17 * 60}}), 3600)
	near(t, "before", f.Between(hour(0), hour(8)), 0)
	// From 9:30 on: half of the hour that begins at 8:00 UTC.
	near(t, "its first hour", f.Between(hour(8), hour(9)), 0.5)
	near(t, "a day", f.Between(hour(0), hour(24)), 7.5)
	near(t, "a week", f.Between(hour(0), hour(168)), 15)
	if Uniform().Within(nil, 3600).Between(hour(0), hour(168)) != 168 {
		t.Error("without day parts there are less than all hours")
	}
}

// A site with traffic in the evenings alone is known after some days; a day of another
// kind changes little.
func TestTrafficIsLearned(t *testing.T) {
	var l Traffic
	if l.Forecast().Between(hour(0), hour(168)) != 168 {
		t.Error("at the start the forecast is not uniform")
	}
	for h := range 14 * 24 {
		n := 10
		if h%24 >= 18 {
			n = 90
		}
		for k := range n {
			l.Learn(hour(float64(h) + float64(k)/float64(n)))
		}
	}
	l.Learn(hour(14 * 24))
	f := l.Forecast()
	near(t, "a week", f.Between(hour(0), hour(168)), 168)
	// A day has 18 x 10 and 6 x 90: an evening's hour is 90 / 30 = 3 of an average one.
	if evening := f.Between(hour(19), hour(20)); evening < 2.8 || evening > 3.01 {
		t.Errorf("an evening's hour is %v of an average one, want 3", evening)
	}
	var again Traffic
	if rest, err := again.Restore(l.AppendTo(nil)); err != nil || len(rest) > 0 {
		t.Fatal(err, len(rest))
	}
	near(t, "restored", again.Forecast().Between(hour(3), hour(40)), f.Between(hour(3), hour(40)))
	if _, err := again.Restore(l.AppendTo(nil)[:100]); err == nil {
		t.Error("half of the bytes were taken")
	}
}

func TestPart(t *testing.T) {
	known := Supply{Chances: 24 * 100, Hours: 24} // 100 an hour
	for _, test := range []struct {
		name string
		plan Plan
		s    Supply
		want float64
	}{
		// 500 of 100 x 50 chances.
		{"a tenth", Plan{500, 50, 0}, known, 0.1},
		{"more than there are", Plan{50_000, 50, 100}, known, 1},
		{"nothing left to do", Plan{0, 50, 100}, known, 0},
		{"no time left", Plan{5, 0, 100}, known, 1},
		{"nothing known", Plan{500, 100, 100}, Supply{}, guess},
	} {
		if got := test.plan.Part(test.s, 0); math.Abs(got-test.want) > 0.01*test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

// Hours in which a campaign was paused say nothing of its chances.
func TestAPauseTeachesNothing(t *testing.T) {
	known, plan := Supply{Chances: 24 * 100, Hours: 24}, Plan{500, 50, 100}
	// One in 50 / 500 hours is handed out: ten times that is believed.
	near(t, "passed", plan.Passed(known, 72), 10*50.0/500)
	before, after := plan.Part(known, 0), plan.Part(known, 72)
	if after > 1.1*before {
		t.Errorf("it takes part with %v, and with %v after three days", before, after)
	}
}

// One that was handed out with probability 1/4 stands for four chances; half of it is
// left after a day's traffic.
func TestSupplyCountsChances(t *testing.T) {
	s := Supply{}.Handed(0.25, 0)
	near(t, "chances", s.Chances, 4)
	s = s.Handed(0.5, 24)
	near(t, "chances a day later", s.Chances, 4*0.5+2)
	near(t, "hours", s.Hours, 24)
}

// Whatever bytes a traffic is read from, it does no harm; what it takes it writes again
// byte for byte.
func FuzzRestore(f *testing.F) {
	t := &Traffic{}
	t.Learn(time.Unix(1_770_000_000, 0))
	t.Learn(time.Unix(1_770_009_000, 0))
	f.Add(t.AppendTo(nil))
	f.Add(t.AppendTo(nil)[:100])
	f.Fuzz(func(t *testing.T, b []byte) {
		tr := &Traffic{}
		rest, err := tr.Restore(b)
		if err != nil {
			if !errors.Is(err, ErrCorrupt) || !bytes.Equal(tr.AppendTo(nil), (&Traffic{}).AppendTo(nil)) {
				t.Fatalf("%v, and something is known", err)
			}
			return
		}
		if again := tr.AppendTo(nil); !bytes.Equal(append(again, rest...), b) {
			t.Error("written otherwise than it was read")
		}
	})
}
