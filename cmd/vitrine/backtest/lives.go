package backtest

import (
	"math/rand/v2"
	"time"
)

// spreadLives gives lives without times theirs, in place.
//
// Lives overlap, so that the shop's clock runs once over the span, and all of them
// last until its end, because that is when the decision is asked for: what is held
// out comes a step behind what is known, as it does in a shop. Each life takes a
// quarter to the whole of the span, drawn at random, in steps of about the same
// length: a visitor of nine purchases comes back every four to seventeen days of a
// span of 150.
func spreadLives(lives []Session, end time.Time, span time.Duration, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 0x6c697665)) // "live"
	for i := range lives {
		s := &lives[i]
		n := len(s.Items)
		step := (0.25 + 0.75*rng.Float64()) * float64(span.Milliseconds()) / float64(n)
		for j := range s.Times {
			back := step * (float64(n-1-j) + rng.Float64()) // anywhere in its step
			s.Times[j] = end.UnixMilli() - int64(back)
		}
	}
}

// spreadVisits makes one visit of each life, in the order of the file.
func spreadVisits(lives []Session, end time.Time, span time.Duration) {
	for i := range lives {
		s := &lives[i]
		back := time.Duration(float64(span) * float64(len(lives)-1-i) / float64(len(lives)))
		for j := range s.Times {
			s.Times[j] = end.Add(-back - time.Duration(len(s.Items)-1-j)*clickGap).UnixMilli()
		}
	}
}

// setLifeTimes gives the lives their times, or moves those that have some.
func (r *replay) setLifeTimes() {
	switch {
	case r.log.untimed && r.log.oneVisit:
		spreadVisits(r.log.lives, r.End, r.Span)
	case r.log.untimed:
		spreadLives(r.log.lives, r.End, r.Span, r.Seed)
	}
	if r.Move {
		shift(r.log.lives, r.End.Sub(time.UnixMilli(lastTime(r.log.Train))))
	}
}
