package server

import (
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/store"
)

func TestTheLagIsTheWaitOfTheOldestEventNotLearned(t *testing.T) {
	at := func(s float64) time.Time { return time.Unix(1000, 0).Add(time.Duration(s * float64(time.Second))) }
	var l lag
	if got := l.waited(5, at(100)); got != 0 {
		t.Errorf("with nothing seen: %s", got)
	}
	l.saw(10, at(1))
	l.saw(20, at(1.01)) // too soon after the last to be remembered
	l.saw(30, at(2))
	l.saw(30, at(9)) // nothing new has come
	for _, c := range []struct {
		reached uint64
		want    time.Duration
	}{
		{0, 9 * time.Second},  // event 1 was there at 1 s; it is 10 s now
		{9, 9 * time.Second},  // so was event 10
		{10, 8 * time.Second}, // event 11 was there at 2 s at the latest
		{30, 0},
		{40, 0},
	} {
		if got := l.waited(store.Seq(c.reached), at(10)); got != c.want {
			t.Errorf("at event %d: %s, want %s", c.reached, got, c.want)
		}
	}
	l.saw(50, at(11))
	if got := l.waited(40, at(11.5)); got != 500*time.Millisecond {
		t.Errorf("after a rest: %s, want 500ms", got)
	}
}
