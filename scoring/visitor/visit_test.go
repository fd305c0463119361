package visitor

import (
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
)

func TestReturning(t *testing.T) {
	noon := time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)
	at := func(minutes int) time.Time { return noon.Add(time.Duration(minutes) * time.Minute) }
	for _, test := range []struct {
		name    string
		touches []int // minutes before noon
		now     int
		want    bool
	}{
		{"in the first visit", []int{50, 25, 5}, 0, false},
		{"a long first visit", []int{100, 75, 50, 25}, 0, false},
		{"coming back after an hour", []int{100}, 0, true},
		{"in the second visit", []int{100, 20, 5}, 0, true},
		{"a day later", []int{5}, 24 * 60, true},
	} {
		var p *Profile
		for _, m := range test.touches {
			p = Apply(p, &scoring.Event{Type: scoring.ProductViewed, Time: at(-m), Items: []scoring.EventItem{{Product: "p"}}})
		}
		if got := p.Returning(at(test.now)); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}
