package visitor

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
)

const days = 24 * 60 // in the minutes of event

func TestHabits(t *testing.T) {
	bought, refunded, cancelled := scoring.OrderCompleted, scoring.OrderRefunded, scoring.OrderCancelled
	for _, test := range []struct {
		name   string
		events []*scoring.Event
		times  int32
		last   int     // day
		lately float64 // as of then
	}{
		{"bought once", []*scoring.Event{order(bought, 0, "o1", "a")}, 1, 0, 1},
		{"twice in 90 days", []*scoring.Event{order(bought, 0, "o1", "a"), order(bought, 90*days, "o2", "a")}, 2, 90, 1 + 0.5},
		{
			"the order of arrival does not matter",
			[]*scoring.Event{order(bought, 90*days, "o2", "a"), order(bought, 0, "o1", "a")}, 2, 90, 1 + 0.5,
		},
		{
			"two orders of an afternoon are one shopping",
			[]*scoring.Event{order(bought, 0, "o1", "a"), order(bought, 180, "o2", "a", "b")}, 1, 0, 1,
		},
		{
			"a refund takes an occasion back", []*scoring.Event{
				order(bought, 0, "o1", "a"), order(bought, 90*days, "o2", "a"), order(bought, 180*days, "o3", "a"),
				order(refunded, 181*days, "o2", "a"),
			}, 2, 180, 1 + 0.25, // 180 days before
		},
		{
			"the last sent back, the one before it is the last", []*scoring.Event{
				order(bought, 0, "o1", "a"), order(bought, 90*days, "o2", "a"), order(cancelled, 91*days, "o2"),
			}, 1, 0, 1,
		},
		{
			"a part sent back leaves the habit",
			[]*scoring.Event{with(order(bought, 0, "o1", "a"), 3), order(refunded, 1, "o1", "a")}, 1, 0, 1,
		},
		{
			"one of two orders of a shopping sent back",
			[]*scoring.Event{order(bought, 0, "o1", "a"), order(bought, 180, "o2", "a"), order(refunded, 1*days, "o2", "a")}, 1, 0, 1,
		},
		{
			"all sent back",
			[]*scoring.Event{order(bought, 0, "o1", "a"), order(refunded, 9, "o1", "a")}, 0, 0, 0,
		},
		{
			"sent back when its line is long forgotten",
			[]*scoring.Event{order(bought, 0, "o1", "a"), order(bought, 2*days, "o2", many(40)...), order(refunded, 3*days, "", "a")}, 0, 0, 0,
		},
		{
			"an order of many lines cancelled",
			[]*scoring.Event{order(bought, 0, "o1", "a"), order(bought, 90*days, "o2", append(many(40), "a")...), order(cancelled, 91*days, "o2")}, 1, 0, 1,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := fold(test.events...)
			k := p.habitOf("a")
			if test.times == 0 {
				if k >= 0 {
					t.Fatalf("still a habit: %+v", p.Habits[k])
				}
				return
			}
			if k < 0 {
				t.Fatal("no habit")
			}
			h := p.Habits[k]
			if h.Times != test.times || !h.Last.Equal(noon.Add(time.Duration(test.last)*24*time.Hour)) || math.Abs(float64(h.Lately)-test.lately) > 1e-3 {
				t.Errorf("%d times, lately %v, last %v; want %d, %v, day %d", h.Times, h.Lately, h.Last, test.times, test.lately, test.last)
			}
		})
	}
}

func many(n int) (ids []scoring.ProductID) {
	for i := range n {
		ids = append(ids, scoring.ProductID(fmt.Sprintf("P%04d", i)))
	}
	return ids
}

// An order cancelled takes with it what its lines no longer tell, and nothing else.
func TestACancelledOrderLeavesNoHabit(t *testing.T) {
	p := fold(order(scoring.OrderCompleted, 0, "o1", "a"), order(scoring.OrderCompleted, 9*days, "o2", many(60)...), order(scoring.OrderCancelled, 10*days, "o2"))
	if len(p.Habits) != 1 || p.Habits[0].Product != "a" {
		t.Errorf("habits %+v, want a alone", p.Habits)
	}
}

// Hundreds of lines of past orders still speak: of 20 orders of 30 lines, 10 of
// them the same each time, those 10 are known with all their occasions, in a record
// within its bound. What was bought once goes first, the oldest of it.
func TestManyOrdersStillSpeak(t *testing.T) {
	var events []*scoring.Event
	for n := range 20 {
		ids := many(10)
		for k := range 20 {
			ids = append(ids, scoring.ProductID(fmt.Sprintf("once-%02d-%02d", n, k)))
		}
		events = append(events, order(scoring.OrderCompleted, n*20*days, scoring.OrderID(fmt.Sprint(n)), ids...))
	}
	p := fold(events...)
	for _, id := range many(10) {
		k := p.habitOf(id)
		if k < 0 || p.Habits[k].Times != 20 {
			t.Fatalf("%s: %+v, want 20 occasions", id, p.Habits)
		}
	}
	if n := len(p.Habits); n < 80 || p.habitOf("once-00-00") >= 0 || p.habitOf("once-19-00") < 0 {
		t.Errorf("%d habits, from %s to %s", n, p.Habits[0].Product, p.Habits[n-1].Product)
	}
	if n := p.size(); n > MaxBytes {
		t.Errorf("a record of %d bytes; want %d at most", n, MaxBytes)
	}
	t.Logf("%d habits in a record of %d bytes", len(p.Habits), p.size())
}
